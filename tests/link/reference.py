"""One pair at a time in plain Python: slow, and easy to see that it is right.

The engine must give every pair the levels and the weight that these functions give. Conditions
are written anew from the meaning of the levels, not copied from the SQL.
"""

import math
from typing import Any

from rapidfuzz.distance import DamerauLevenshtein, Hamming, JaroWinkler

Row = dict[str, Any]


def given_name(left: Row, right: Row) -> str | None:
    one, two = left["given"], right["given"]
    if one is None or two is None:
        return None
    if one == two:
        return "same"
    if _slip(one, two):
        return "a slip"
    if left["given_sound"] == right["given_sound"] or JaroWinkler.similarity(one, two) >= 0.9:
        return "a variant"
    if _short(one, two) or (min(len(one), len(two)) == 1 and one[0] == two[0]):
        return "a short form"
    if _in_whole_name(one, right, "family") or _in_whole_name(two, left, "family"):
        return "elsewhere in the name"
    return "faintly alike" if JaroWinkler.similarity(one, two) >= 0.78 else "different"


def family_name(left: Row, right: Row) -> str | None:
    one, two = left["family"], right["family"]
    if one is None or two is None:
        return None
    if one == two:
        return "same"
    if _slip(one, two):
        return "a slip"
    if left["family_sound"] == right["family_sound"] or JaroWinkler.similarity(one, two) >= 0.9:
        return "a variant"
    if set(left["family_words"]) & set(right["family_words"]) or _short(one, two):
        return "a part of it"
    if _in_whole_name(one, right, "given") or _in_whole_name(two, left, "given"):
        return "elsewhere in the name"
    return "faintly alike" if JaroWinkler.similarity(one, two) >= 0.78 else "different"


def date_of_birth(left: Row, right: Row) -> str | None:
    one, two = left["birth"], right["birth"]
    if one is None or two is None:
        return None
    year, other_year = one[:4], two[:4]
    month, other_month = one[4:6], two[4:6]
    day, other_day = one[6:], two[6:]
    wrong = Hamming.distance(one, two)
    if one == two:
        return "same"
    if year == other_year and "0101" in {one[4:], two[4:]}:
        return "first of January of the year"
    if year == other_year and (month, day) == (other_day, other_month):
        return "day and month changed over"
    if wrong <= 1 or (wrong == 2 and DamerauLevenshtein.distance(one, two) <= 1):
        return "a slip"
    if (year == other_year) + (month == other_month) + (day == other_day) == 2:
        return "two parts of three"
    if wrong <= 2:
        return "two slips"
    return "close in years" if abs(int(year) - int(other_year)) <= 1 else "different"


def weight(
    level: str | None,
    *,
    parameters: dict[str, tuple[float, float]],
    term_frequency: tuple[float | None, float | None] = (None, None),
    scaled: frozenset[str] = frozenset(),
    is_ordered: bool = False,
) -> float:
    """The weight of a level; a scaled one is moved by how rare the commoner value is.

    Equal values that are differently rare (people of two nationalities) are as rare as the rarer,
    less a bit.
    A variant is scaled by how rare its sound is; names that are the same or a slip apart share it.
    Where levels are ordered, nothing says more than equality on the commoner of both values.
    """
    if level is None:
        return 0.0
    same, others = parameters[level]
    bits = [value for value in term_frequency if value is not None]
    usual = math.log2(max(parameters["same"][1], others))
    if level == "a variant":
        usual = math.log2(sum(parameters[name][1] for name in ("same", "a slip", "a variant")))
    is_equal = level in {"same", "a variant"}
    rarest = max(min(bits), max(bits) - 1) if bits and is_equal else min(bits, default=0.0)
    moved = rarest + usual if level in scaled and bits else 0.0
    found = math.log2(same / others) + moved
    equal, equal_by_chance = parameters["same"]
    if not is_ordered or level == "same" or equal < same:
        return found
    rarity = min(bits) if bits else -math.log2(equal_by_chance)
    return min(found, math.log2(equal) + rarity)


def _slip(one: str, two: str) -> bool:
    return min(len(one), len(two)) >= 4 and DamerauLevenshtein.distance(one, two) <= 1


def _short(one: str, two: str) -> bool:
    return min(len(one), len(two)) >= 3 and (one.startswith(two) or two.startswith(one))


def _in_whole_name(name: str, other: Row, unlike: str) -> bool:
    words = other["all_names"]
    return words is not None and name in list(words) and name != other[unlike]


def before_evidence(
    one: int,
    other: int,
    *,
    pairs: list[tuple[int, int, float]],
    of_left: list[int],
    of_right: list[int],
    told: list[bool],
) -> float:
    """The weight of a pair of persons before evidence, given each pair's probability.

    shared : (alone on the left x alone on the right), the alone being as many as if everybody were
    of this person's group and told of, or not, as they are; how much oftener than others the right
    one is met by whether it was told of; and what the two groups add together.
    """
    shared = sum(probability for _, _, probability in pairs)
    bits = math.log2(max(shared, 0.5)) + math.log2(_often(told[other], pairs, told))
    nobody = [False] * len(of_left)
    for person, of, heard, side in ((one, of_left, nobody, 0), (other, of_right, told, 1)):
        count = len(of)
        everybody = max(1 - shared / count, 0.15)
        usual = _alone(person, heard, side, pairs, everybody)
        both = list(zip(of, heard, strict=True))
        bits -= math.log2(count * max(_alone(person, both, side, pairs, usual), 0.15))
    return bits + _meeting(
        (of_left[one], of_right[other]), told[other], pairs, of_left, of_right, told
    )


def _alone(
    person: int, of: list[Any], side: int, pairs: list[tuple[int, int, float]], usual: float
) -> float:
    """The share without a partner of those who are like a person, held to a usual one."""
    size = of.count(of[person])
    met = sum(pair[2] for pair in pairs if of[pair[side]] == of[person])
    return (size - met + 30 * usual) / (size + 30)


def _often(heard: bool, pairs: list[tuple[int, int, float]], told: list[bool]) -> float:
    """How much oftener than all others people of the right side told of, or not, have a partner."""
    met = sum(probability for _, right, probability in pairs if told[right] == heard)
    shared = sum(probability for *_, probability in pairs)
    return (met + 3) / (shared * told.count(heard) / len(told) + 3)


def _meeting(
    groups: tuple[int, int],
    heard: bool,
    pairs: list[tuple[int, int, float]],
    of_left: list[int],
    of_right: list[int],
    told: list[bool],
) -> float:
    """What two groups add: the pairs of one person that they have to those that are accounted for.

    Accounted for are: of an unknown group, all pairs spread over all persons; of two groups, all
    pairs that differ spread over the persons who differ; of one group, as many as if the pairs that
    agree were spread over it, and it had a share of either side as of both together. A person of
    the right side counts as often as those told of, or not, have a partner.
    """
    found = [(of_left[left], of_right[right], told[right], p) for left, right, p in pairs]
    met = sum(p for *of, p in found if of == [*groups, heard])
    shared = sum(p for *_, p in found)
    known = sum(p for a, b, _, p in found if a and b)
    same = sum(p for a, b, _, p in found if a and a == b)
    often = {heard: _often(heard, pairs, told) for heard in set(told)}
    right = list(zip(of_right, told, strict=True))
    size = of_left.count(groups[0]) * right.count((groups[1], heard)) * often[heard]
    persons = len(of_left) * len(of_right)
    if 0 in groups:
        expected = shared * size / persons
    elif groups[0] == groups[1]:
        people = sum(1 for group in (*of_left, *of_right) if group)
        common = (of_left.count(groups[0]) + of_right.count(groups[1])) / people
        expected = shared * same / max(known, 1.0) * size / persons / common
    else:
        apart = sum(often[h] for a in of_left for b, h in right if a and b and a != b)
        expected = (known - same) / max(apart, 1) * size
    return min(math.log2((met + 3) / (expected + 3)), 6)
