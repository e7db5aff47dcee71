"""A first look at each pair that blocking forms: may it weigh enough to be looked at again?

Blocking forms some sixty pairs for each person, and nearly all show their hopelessness in a few
numbers: another place of birth, another gender, another postcode. A glance bounds the weight of a
pair from these while it is being formed, so that the pairs of a million by a million never lie in
memory. Like the bounds of `bounds`, a glance is never below the weight: nothing is lost.

Each comparison with a *look* has up to three steps: its value is the same on both sides, it is near
enough for some grades, or neither; each step bounds the grades that are still possible. What the
other comparisons can add at most is the *rest*. Identifiers count there without their agreement:
whoever shares one is formed by its own rule, and pairs of that rule are not glanced at.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.bounds import letters
from jobs.link.comparisons import Comparison, rarity_columns
from jobs.link.model import Shares
from jobs.link.weights import EITHER, exact_grade, grade_weight

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

SHARED_NUMBER: Final = frozenset({"same", "same family file"})
"""Grades of identifiers that a rule of their own forms pairs of."""
CODES: Final = (
    "given", "given_sound", "family", "family_sound", "gender", "nationality", "birth_place",
    "postcode", "suburb", "region", "address", "house", "variant",
)  # fmt: skip
LETTERS: Final = ("given", "family", "birth_place", "address", "postcode")
SLACK: Final = 1e-3
"""Sums of numbers of 32 bits may differ in the last digits."""
_DIGITS: Final = np.uint32(0x11111111)


class Pair:
    """The numbers of many pairs: ``left`` and ``right`` of a name, fetched when asked for."""

    def __init__(
        self, numbers: tuple[Mapping[str, Array], Mapping[str, Array]], rows: tuple[Array, Array]
    ) -> None:
        self._numbers, self._rows = numbers, rows
        self._fetched: dict[str, tuple[Array, Array]] = {}

    def both(self, name: str) -> tuple[Array, Array]:
        """The numbers of a name on both sides, fetched once; not to be written to."""
        if name not in self._fetched:
            (left, right), (one, other) = self._numbers, self._rows
            self._fetched[name] = left[name].take(one), right[name].take(other)
        return self._fetched[name]

    def equal(self, name: str) -> tuple[Flags, Flags]:
        """Where both have the same value, and where both have one."""
        left, right = self.both(f"code_{name}")
        given = (left != 0) & (right != 0)
        return (left == right) & given, given

    def apart(self, name: str, similarity: float) -> Flags:
        """Where the Jaro-Winkler similarity cannot reach ``similarity``, as far as letters tell.

        It needs a Jaro similarity of (s - 0.4) / 0.6, and of that each letter that the other text
        lacks takes away its part.
        """
        share = np.float32(3 * (1 - (similarity - 0.4) / 0.6) + SLACK)
        sets, lengths = self.both(f"letters_{name}"), self.both(f"length_{name}")
        differ = np.bitwise_count(sets[0] ^ sets[1])
        apart: Flags = differ > share * np.maximum(*lengths)
        return apart

    def part(self, name: str) -> Flags:
        """Where all letters of one are among those of the other."""
        left, right = self.both(f"letters_{name}")
        inside: Flags = ((left & ~right) == 0) | ((right & ~left) == 0)
        return inside

    def among(self, name: str, others: str) -> Flags:
        """Where all letters of one side's value are among those of the other's other values."""
        own, whole = self.both(f"letters_{name}"), self.both(f"letters_{others}")
        inside: Flags = ((own[0] & ~whole[1]) == 0) | ((own[1] & ~whole[0]) == 0)
        return inside


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Where a comparison says nothing, where it may be the same, near, and at least somewhere."""

    silent: Flags
    same: Flags
    near: Flags | None = None
    somewhere: Flags | None = None


def _is_near(pair: Pair, column: str) -> Flags:
    near: Flags = ~pair.apart(column, 0.9) | pair.equal(f"{column}_sound")[0] | pair.part(column)
    return near


def _given(pair: Pair) -> Steps:
    same, given = pair.equal("given")
    return Steps(silent=~given, same=same, near=_is_near(pair, "given"))


def _family(pair: Pair) -> Steps:
    same, given = pair.equal("family")
    return Steps(
        silent=~given,
        same=same,
        near=_is_near(pair, "family") | np.logical_or(*pair.both("several_words")),
        somewhere=pair.among("family", "all_names"),
    )


def _birth(pair: Pair) -> Steps:
    left, right = pair.both("digits_birth")
    has = np.logical_and(*pair.both("has_birth"))
    unread = np.logical_or(*pair.both("odd_birth"))
    apart = left ^ right
    wrong = np.bitwise_count((apart | apart >> 1 | apart >> 2 | apart >> 3) & _DIGITS)
    return Steps(
        silent=~has, same=(apart == 0) | unread, near=(apart >> 16 == 0) | (wrong <= 2) | unread
    )


def _equal_only(column: str) -> Callable[[Pair], Steps]:
    def steps(pair: Pair) -> Steps:
        same, given = pair.equal(column)
        return Steps(silent=~given, same=same)

    return steps


def _nationality(pair: Pair) -> Steps:
    same, given = pair.equal("nationality")
    return Steps(silent=~given, same=same, near=np.logical_or(*pair.both("second")))


def _birth_place(pair: Pair) -> Steps:
    same, given = pair.equal("birth_place")
    return Steps(silent=~given, same=same, near=~pair.apart("birth_place", 0.88))


def _street(pair: Pair) -> Steps:
    (house, houses), (address, addresses) = pair.equal("house"), pair.equal("address")
    near = ~pair.apart("address", 0.88)
    return Steps(silent=~(houses | addresses), same=house | address, near=near)


def _area(pair: Pair) -> Steps:
    found = [pair.equal(column) for column in ("postcode", "suburb", "region")]
    same = found[0][0] | found[1][0] | found[2][0]
    given = found[0][1] | found[1][1] | found[2][1]
    sets, firsts = pair.both("letters_postcode"), pair.both("first_postcode")
    alike = np.bitwise_count(sets[0] ^ sets[1]) <= 2
    near = (found[0][1] & (alike | (firsts[0] == firsts[1]))) | found[1][1]
    return Steps(silent=~given, same=same, near=near)


_NAME: Final = ("a slip", "a variant")
LOOKS: Final[Mapping[str, tuple[Callable[[Pair], Steps], tuple[str, ...], tuple[str, ...]]]] = {
    "birth place": (_birth_place, ("same",), ("alike",)),
    "gender": (_equal_only("gender"), ("same",), ()),
    "nationality": (_nationality, ("same",), ("same as the second one",)),
    "area": (
        _area,
        ("postcode and suburb", "postcode", "suburb", "region"),
        ("postcode or suburb alike", "postcode district"),
    ),
    "date of birth": (
        _birth,
        ("same",),
        ("first of January of the year", "day and month changed over", "a slip", "two slips"),
    ),
    "given name": (_given, ("same",), (*_NAME, "a short form")),
    "family name": (_family, ("same",), (*_NAME, "a part of it")),
    "street": (_street, ("street and number", "street", "number"), ("street alike",)),
    "name used": (_equal_only("variant"), ("own names",), ()),
}
"""For a comparison: its steps, the grades that only the first leaves possible, and those that the
second does too. Those that prune most come first."""
SOMEWHERE: Final = frozenset({"elsewhere in the name"})
"""Grades that only a value found somewhere in the other's whole name leaves possible."""
ONLY_SAME: Final = frozenset({"birth place", "gender", "nationality", "given name", "family name"})
"""Comparisons whose equal values have the first grade and no other."""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """Tells which pairs may weigh ``at_least``; ``numbers`` are `numbers_of` both sides."""

    comparisons: Sequence[Comparison]
    shares: Shares
    at_least: float
    numbers: tuple[Mapping[str, Array], Mapping[str, Array]]

    def may_matter(self, rows: tuple[Array, Array], *, is_number_possible: bool) -> Flags:
        """Which pairs of rows may weigh enough.

        Args:
            rows: numbers of rows of both sides, as many.
            is_number_possible: a pair may share an identifier, since its rule left keys out.
        """
        pair = Pair(self.numbers, rows)
        rest = "rest_with_numbers" if is_number_possible else "rest"
        most = np.minimum(*pair.both(rest))
        for comparison in self.comparisons:
            if comparison.name in LOOKS:
                most += self.look(comparison, pair)
        enough: Flags = most >= self.at_least - SLACK
        return enough

    def look(self, comparison: Comparison, pair: Pair) -> Array:
        """The most that a comparison of `LOOKS` can weigh in each pair."""
        steps_of, if_same, if_near = LOOKS[comparison.name]
        steps = steps_of(pair)
        grades = {grade.name for grade in comparison.grades}
        others = grades - set(if_same)
        first = set(if_same) if comparison.name in ONLY_SAME else grades
        far = others - set(if_near)
        most = most_of(comparison, self.shares, far, pair)
        if steps.somewhere is not None:
            nowhere = most_of(comparison, self.shares, far - SOMEWHERE, pair)
            most = np.where(steps.somewhere, most, nowhere)
        if steps.near is not None:
            most = np.where(steps.near, most_of(comparison, self.shares, others, pair), most)
        most = np.where(steps.same, most_of(comparison, self.shares, first, pair), most)
        weight: Array = np.where(steps.silent, np.float32(0), most)
        return weight


def most_of(
    comparison: Comparison, shares: Shares, grades: Collection[str], pair: Pair
) -> Array | np.float32:
    """The most that one of some grades can weigh in each pair."""
    most: Array | np.float32 = np.float32(-np.inf)
    for place, grade in enumerate(comparison.grades):
        if grade.name in grades:
            weight, usual = grade_weight(comparison, shares, place)
            if grade.rarity:
                one, other = pair.both(f"bits_{grade.rarity}")
                bits = np.fmin(one, other)
                if grade.name == exact_grade(comparison, grade.rarity):
                    bits = np.fmax(bits, np.fmax(one, other) - np.float32(EITHER))
                moved = np.float32(weight) + np.float32(grade.rarity_share) * (
                    bits - np.float32(usual)
                )
                most = np.fmax(most, np.where(np.isnan(moved), np.float32(weight), moved))
            else:
                most = np.fmax(most, np.float32(weight))
    return most


def numbers_of(
    connection: duckdb.DuckDBPyConnection,
    *,
    side: str,
    rows: pa.Table,
    comparisons: Sequence[Comparison],
    shares: Shares,
) -> dict[str, Array]:
    """The values of a side's rows as numbers, by name, each in order of ``row``.

    Args:
        connection: holds ``rows_<side>``.
        side: its letter.
        rows: the same rows.
        comparisons: what pairs are compared in.
        shares: of the model.
    """
    minor = [comparison for comparison in comparisons if comparison.name not in LOOKS]
    wanted = [
        *(f"if({name} IS NULL, 0, hash({name})) AS code_{name}" for name in CODES),
        *(f"least(coalesce(length({name}), 0), 200)::UTINYINT AS length_{name}"
          for name in LETTERS),
        *(f"coalesce(bits_{name}::FLOAT, 'nan') AS bits_{name}"
          for name in rarity_columns(comparisons)),
        ("coalesce(CASE WHEN regexp_full_match(birth, '[0-9]{8}') THEN ('0x' || birth)::UINTEGER "
        "END, 0) AS digits_birth"),
        "birth IS NOT NULL AS has_birth",
        "birth IS NOT NULL AND NOT regexp_full_match(birth, '[0-9]{8}') AS odd_birth",
        "nationality_two IS NOT NULL AS second",
        "coalesce(len(family_words), 0) > 1 AS several_words",
        "coalesce(unicode(postcode), 0)::UINTEGER AS first_postcode",
        *(f"{comparison.needs[0]} IS NOT NULL AS has_{comparison.needs[0]}"
          for comparison in minor),
    ]  # fmt: skip
    numbers: dict[str, Array] = {}
    for expression in wanted:
        found = connection.execute(f"SELECT {expression} FROM rows_{side} ORDER BY row")
        numbers |= found.fetchnumpy()
    names = letters(rows["all_names"])
    numbers["letters_all_names"] = np.asarray(names.fill_null(2**64 - 1))
    for name in LETTERS:
        numbers[f"letters_{name}"], numbers[f"length_{name}"] = _letters(
            rows[name], numbers[f"length_{name}"]
        )
    for name, without in (("rest", SHARED_NUMBER), ("rest_with_numbers", frozenset())):
        numbers[name] = np.zeros(rows.num_rows, dtype=np.float32)
        for comparison in minor:
            of = {grade.name for grade in comparison.grades}
            if comparison.needs[0].startswith("id_"):
                of -= without
            most = max(
                grade_weight(comparison, shares, place)[0]
                for place, grade in enumerate(comparison.grades)
                if grade.name in of
            )
            if most > 0:
                numbers[name] += most * numbers[f"has_{comparison.needs[0]}"]
    return numbers


def _letters(values: pa.ChunkedArray, lengths: Array) -> tuple[Array, Array]:
    """Sets of letters and lengths; a text in other letters has all, and a length beyond any bar."""
    sets = letters(values)
    is_strange = np.asarray(sets.is_null()) & (lengths > 0)
    found = np.asarray(sets.fill_null(0))
    return (
        np.where(is_strange, ~np.uint64(0), found),
        np.where(is_strange, np.uint8(255), lengths),
    )
