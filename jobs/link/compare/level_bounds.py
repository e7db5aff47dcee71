"""What the numbers of two rows leave possible: which levels a pair can have at most.

`weight_bounds` makes the numbers and bounds weights with them. What `LEVEL_CONDITIONS` does not
name is taken to be possible.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from jobs.link.compare.character_masks import STRANGE
from jobs.link.compare.comparison_levels import Comparison

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Value = TypeVar("Value")

SHARED_NUMBER: Final = ("same", "same family file")
"""Levels of identifiers that a rule of their own forms pairs of, in the order of the columns."""
SLACK: Final = 1e-3
"""Sums of numbers of 32 bits may differ in the last digits."""
_DIGITS: Final = np.uint32(0x11111111)
"""The lowest bit of each of the eight digits of a date, which take four bits each."""


class CandidatePairs:
    """The numbers of many pairs, by name for both sides; see `numbers_of`."""

    def __init__(self, left: Array, right: Array) -> None:
        self._sides = left, right
        self._known: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._sides[0])

    def both(self, name: str) -> tuple[Array, Array]:
        """The numbers of a name on both sides; not to be written to."""
        # Side by side in memory: in records each number would be a stride away from the next.
        left, right = self._sides
        return self._once(
            name, lambda: (np.ascontiguousarray(left[name]), np.ascontiguousarray(right[name]))
        )

    def has(self, name: str) -> bool:
        """Whether there are numbers of a name: there are none where nobody has a value."""
        return name in (self._sides[0].dtype.names or ())

    def bits(self, name: str) -> tuple[Array, Array]:
        """The lesser and the greater term frequency of a name, in bits."""

        def made() -> tuple[Array, Array]:
            one, other = self.both(f"bits_{name}")
            return np.fmin(one, other), np.fmax(one, other)

        return self._once(f"bits {name}", made)

    def given(self, name: str) -> Flags:
        """Where both have a value."""
        return self._once(f"given {name}", lambda: self._met(f"code_{name}", _both_given))

    def equal(self, name: str) -> Flags:
        """Where both may have the same value; two values may have one code."""
        return self._once(f"equal {name}", lambda: self._met(f"code_{name}", _both_equal))

    def either(self, flag: str) -> Flags:
        """Where one of both has a flag."""
        found: Flags = np.logical_or(*self.both(flag))
        return found

    def slip(self, name: str) -> Flags:
        """Where at most one letter may be wrong, missing or added: two are in one set only."""
        return self._once(f"slip {name}", lambda: self._slip(name))

    def similar(self, name: str, similarity: float) -> Flags:
        """Where the Jaro-Winkler similarity may reach ``similarity``."""
        most = self._once(f"similar {name}", lambda: self._similar(name))
        found: Flags = most >= np.float32(similarity - SLACK)
        return found

    def part(self, name: str) -> Flags:
        """Where all letters of one are among those of the other."""
        left, right = self.both(f"mask_{name}")
        inside: Flags = ((left & ~right) == 0) | ((right & ~left) == 0) | self._strange(name)
        return inside

    def among(self, name: str) -> Flags:
        """Where all letters of one side's value are among those of the other's whole name."""
        own, whole = self.both(f"mask_{name}"), self.both("mask_all_names")
        inside: Flags = ((own[0] & ~whole[1]) == 0) | ((own[1] & ~whole[0]) == 0)
        return inside | self._strange(name)

    def dates(self) -> tuple[Array, Flags, Array]:
        """How many digits of the dates of birth differ, whether a date is none, and which bits."""

        def made() -> tuple[Array, Flags, Array]:
            left, right = self.both("digits_birth")
            apart = left ^ right
            wrong = np.bitwise_count((apart | apart >> 1 | apart >> 2 | apart >> 3) & _DIGITS)
            return wrong, self.either("odd_birth"), apart

        return self._once("dates", made)

    def _met(self, name: str, how: Callable[[Array, Array], Flags]) -> Flags:
        return how(*self.both(name)) if self.has(name) else np.zeros(len(self), dtype=bool)

    def _strange(self, name: str) -> Flags:
        def made() -> Flags:
            left, right = self.both(f"length_{name}")
            strange: Flags = (left == STRANGE) | (right == STRANGE)
            return strange

        return self._once(f"strange {name}", made)

    def _slip(self, name: str) -> Flags:
        left, right = self.both(f"mask_{name}")
        slip: Flags = np.bitwise_count(left ^ right) <= 2
        return slip | self._strange(name)

    def _similar(self, name: str) -> Array:
        """The most that the similarity can be.

        Letters that the other name lacks match nothing, so at most the rest of either name does; a
        shared beginning lifts the similarity by at most four tenths of what it lacks.
        """
        left, right = self.both(f"mask_{name}")
        long, other = (length.astype(np.int16) for length in self.both(f"length_{name}"))
        matches = np.minimum(
            long - np.bitwise_count(left & ~right), other - np.bitwise_count(right & ~left)
        ).astype(np.float32)
        jaro = (matches / np.maximum(long, 1) + matches / np.maximum(other, 1) + 1) / 3
        firsts = self.both(f"first_{name}")
        jaro = np.where(firsts[0] == firsts[1], np.float32(0.4) + np.float32(0.6) * jaro, jaro)
        most: Array = np.where(self._strange(name), np.float32(1), jaro)
        return most

    def _once(self, name: str, make: Callable[[], Value]) -> Value:
        if name not in self._known:
            self._known[name] = make()
        return cast("Value", self._known[name])


def _both_given(left: Array, right: Array) -> Flags:
    given: Flags = (left != 0) & (right != 0)
    return given


def _both_equal(left: Array, right: Array) -> Flags:
    equal: Flags = (left == right) & (left != 0)
    return equal


Condition = Callable[[CandidatePairs], Flags]


def _equal(column: str) -> Condition:
    return lambda pair: pair.equal(column)


def _similar(column: str, similarity: float) -> Condition:
    def similar(pair: CandidatePairs) -> Flags:
        return (
            pair.similar(column, similarity) if pair.has(f"mask_{column}") else pair.given(column)
        )

    return similar


def _variant(column: str) -> Condition:
    return lambda pair: pair.equal(f"{column}_sound") | pair.similar(column, 0.9)


def _digits(most: int) -> Condition:
    def few(pair: CandidatePairs) -> Flags:
        wrong, is_odd, _ = pair.dates()
        found: Flags = (wrong <= most) | is_odd
        return found

    return few


def _bits(bits: Callable[[Array], Flags]) -> Condition:
    def same(pair: CandidatePairs) -> Flags:
        _, is_odd, apart = pair.dates()
        return bits(apart) | is_odd

    return same


_YEAR: Final = _bits(lambda apart: apart >> 16 == 0)
_TWO_PARTS: Final = _bits(lambda apart: (apart >> 16 == 0) | (apart & 0xFFFF == 0))


def _district(pair: CandidatePairs) -> Flags:
    if not pair.has("first_postcode"):
        return pair.given("postcode")
    firsts = pair.both("first_postcode")
    district: Flags = pair.given("postcode") & (firsts[0] == firsts[1])
    return district


def _area_similar(pair: CandidatePairs) -> Flags:
    if not pair.has("mask_postcode"):
        return pair.given("suburb")
    return pair.given("suburb") | (pair.given("postcode") & pair.slip("postcode"))


def _second(pair: CandidatePairs) -> Flags:
    seconds, firsts = pair.both("code_nationality_two"), pair.both("code_nationality")
    second: Flags = (seconds[0] == firsts[1]) | (seconds[1] == firsts[0])
    return second


LEVEL_CONDITIONS: Final[Mapping[tuple[str, str], Condition]] = {
    ("given name", "same"): _equal("given"),
    ("given name", "a slip"): lambda pair: pair.slip("given"),
    ("given name", "a variant"): _variant("given"),
    ("given name", "a short form"): lambda pair: pair.part("given"),
    ("given name", "elsewhere in the name"): lambda pair: pair.among("given"),
    ("given name", "faintly alike"): _similar("given", 0.78),
    ("family name", "same"): _equal("family"),
    ("family name", "a slip"): lambda pair: pair.slip("family"),
    ("family name", "a variant"): _variant("family"),
    ("family name", "a part of it"): (
        lambda pair: pair.part("family") | pair.either("several_family_words")
    ),
    ("family name", "elsewhere in the name"): lambda pair: pair.among("family"),
    ("family name", "faintly alike"): _similar("family", 0.78),
    ("middle names", "same"): _equal("middle"),
    ("date of birth", "same"): _digits(0),
    ("date of birth", "first of January of the year"): _YEAR,
    ("date of birth", "day and month changed over"): _YEAR,
    ("date of birth", "a slip"): _digits(2),
    ("date of birth", "two parts of three"): _TWO_PARTS,
    ("date of birth", "two slips"): _digits(2),
    ("gender", "same"): _equal("gender"),
    ("nationality", "same"): _equal("nationality"),
    ("nationality", "same as the second one"): _second,
    ("birth place", "same"): _equal("birth_place"),
    ("birth place", "alike"): _similar("birth_place", 0.88),
    ("street", "street and number"): _equal("house"),
    ("street", "street"): _equal("address"),
    ("street", "street alike"): _similar("address", 0.88),
    ("street", "number"): _equal("house"),
    ("area", "postcode and suburb"): _equal("postcode"),
    ("area", "postcode"): _equal("postcode"),
    ("area", "suburb"): _equal("suburb"),
    ("area", "postcode or suburb alike"): _area_similar,
    ("area", "postcode district"): _district,
    ("area", "region"): _equal("region"),
    ("name used", "own names"): _equal("variant"),
}
"""For a level, what must hold of the numbers if a pair has it."""


def _given(*columns: str) -> Condition:
    def given(pair: CandidatePairs) -> Flags:
        found = pair.given(columns[0])
        for column in columns[1:]:
            found = found | pair.given(column)
        return found

    return given


COMPARED_CONDITIONS: Final[Mapping[str, Condition]] = {
    "given name": _given("given"),
    "family name": _given("family"),
    "date of birth": lambda pair: np.logical_and(*pair.both("has_birth")),
    "gender": _given("gender"),
    "nationality": _given("nationality"),
    "birth place": _given("birth_place"),
    "street": _given("address", "house"),
    "area": _given("postcode", "suburb", "region"),
    "middle names": _given("middle"),
    "name used": _given("variant"),
}
"""For a comparison, where it says something."""


def is_number(comparison: Comparison) -> bool:
    """Whether a comparison is of an identifier."""
    return comparison.needs[0].startswith("id_")


def level_condition(comparison: Comparison, level: str) -> Condition | None:
    """What must hold of the numbers of a pair that has a level; always possible if nothing."""
    if is_number(comparison) and level in SHARED_NUMBER:
        return _shared(comparison.needs[SHARED_NUMBER.index(level)])
    return LEVEL_CONDITIONS.get((comparison.name, level))


def compared_condition(comparison: Comparison) -> Condition:
    """Where a comparison says something."""
    return COMPARED_CONDITIONS.get(comparison.name) or _given(comparison.needs[0])


def _shared(column: str) -> Condition:
    """An entry of one list may be in the other: one has several, or the first ones are equal."""
    return lambda pair: pair.equal(column) | pair.either(f"several_{column}")
