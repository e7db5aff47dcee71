"""The most that a pair can weigh, at a glance: most pairs need no closer look.

Comparing names letter by letter is what scoring costs, and of the pairs that blocking forms hardly
one in fifty reaches the weight that matters. Most show it in a few numbers: another place of birth,
other letters in the name. So each row's values become numbers (hashes, digits, sets of letters),
and a pair's weight is bounded by the heaviest grade of each comparison that these leave possible.
Only pairs whose bound reaches the bar are compared in full; while pairs are being formed, those of
a million by a million never lie in memory. The bound is never below the weight: nothing is lost.

What `POSSIBLE` does not name is taken to be possible. Comparisons without a single condition there
are *the rest*, bounded by what each can add at most. Identifiers count there without agreement
where the pair cannot share one: whoever does is formed by the identifier's own rule.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.comparisons import Comparison, rarity_columns
from jobs.link.letters import STRANGE, letters_of
from jobs.link.model import Shares
from jobs.link.weights import EITHER, exact_grade, grade_weight

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Told = TypeVar("Told")

SHARED_NUMBER: Final = frozenset({"same", "same family file"})
"""Grades of identifiers that a rule of their own forms pairs of."""
CODES: Final = (
    "given", "given_sound", "family", "family_sound", "gender", "nationality", "nationality_two",
    "birth_place", "postcode", "suburb", "region", "address", "house", "middle", "variant",
)  # fmt: skip
LETTERS: Final = ("given", "family", "birth_place", "address", "postcode")
FLAGS: Final = {
    "has_birth": "birth IS NOT NULL",
    "odd_birth": "birth IS NOT NULL AND NOT regexp_full_match(birth, '[0-9]{8}')",
    "several_family_words": "coalesce(len(family_words), 0) > 1",
}
AT_ONCE: Final = 200_000
"""Rows whose numbers are made together."""
SLACK: Final = 1e-3
"""Sums of numbers of 32 bits may differ in the last digits."""
_DIGITS: Final = np.uint32(0x11111111)
"""The lowest bit of each of the eight digits of a date, which take four bits each."""
NAMES: Final = ("given name", "family name")
"""Comparisons that are looked at last, and only in pairs that the others leave."""


class Pair:
    """The numbers of many pairs, by name for both sides; see `numbers_of`."""

    def __init__(self, left: Array, right: Array) -> None:
        self._sides = left, right
        self._known: dict[str, Any] = {}

    def __len__(self) -> int:
        return len(self._sides[0])

    def both(self, name: str) -> tuple[Array, Array]:
        """The numbers of a name on both sides; not to be written to."""
        left, right = self._sides
        return left[name], right[name]

    def has(self, name: str) -> bool:
        """Whether there are numbers of a name: there are none where nobody has a value."""
        return name in (self._sides[0].dtype.names or ())

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

    def alike(self, name: str, similarity: float) -> Flags:
        """Where the Jaro-Winkler similarity may reach ``similarity``."""
        most = self._once(f"alike {name}", lambda: self._alike(name))
        found: Flags = most >= np.float32(similarity - SLACK)
        return found

    def part(self, name: str) -> Flags:
        """Where all letters of one are among those of the other."""
        left, right = self.both(f"letters_{name}")
        inside: Flags = ((left & ~right) == 0) | ((right & ~left) == 0) | self._strange(name)
        return inside

    def among(self, name: str) -> Flags:
        """Where all letters of one side's value are among those of the other's whole name."""
        own, whole = self.both(f"letters_{name}"), self.both("letters_all_names")
        inside: Flags = ((own[0] & ~whole[1]) == 0) | ((own[1] & ~whole[0]) == 0)
        return inside | self._strange(name)

    def dates(self) -> tuple[Array, Flags, Array]:
        """How many digits of the dates of birth differ, whether a date is none, and which bits."""

        def told() -> tuple[Array, Flags, Array]:
            left, right = self.both("digits_birth")
            apart = left ^ right
            wrong = np.bitwise_count((apart | apart >> 1 | apart >> 2 | apart >> 3) & _DIGITS)
            return wrong, self.either("odd_birth"), apart

        return self._once("dates", told)

    def _met(self, name: str, how: Callable[[Array, Array], Flags]) -> Flags:
        return how(*self.both(name)) if self.has(name) else np.zeros(len(self), dtype=bool)

    def _strange(self, name: str) -> Flags:
        def told() -> Flags:
            left, right = self.both(f"length_{name}")
            strange: Flags = (left == STRANGE) | (right == STRANGE)
            return strange

        return self._once(f"strange {name}", told)

    def _slip(self, name: str) -> Flags:
        left, right = self.both(f"letters_{name}")
        slip: Flags = np.bitwise_count(left ^ right) <= 2
        return slip | self._strange(name)

    def _alike(self, name: str) -> Array:
        """The most that the similarity can be.

        Letters that the other name lacks match nothing, so at most the rest of either name does; a
        shared beginning lifts the similarity by at most four tenths of what it lacks.
        """
        (left, right), (long, other) = self.both(f"letters_{name}"), self.both(f"length_{name}")
        matches = np.minimum(
            long - np.bitwise_count(left & ~right), other - np.bitwise_count(right & ~left)
        ).astype(np.float32)
        jaro = (matches / np.maximum(long, 1) + matches / np.maximum(other, 1) + 1) / 3
        firsts = self.both(f"first_{name}")
        jaro = np.where(firsts[0] == firsts[1], np.float32(0.4) + np.float32(0.6) * jaro, jaro)
        most: Array = np.where(self._strange(name), np.float32(1), jaro)
        return most

    def _once(self, name: str, tell: Callable[[], Told]) -> Told:
        if name not in self._known:
            self._known[name] = tell()
        return cast("Told", self._known[name])


def _both_given(left: Array, right: Array) -> Flags:
    given: Flags = (left != 0) & (right != 0)
    return given


def _both_equal(left: Array, right: Array) -> Flags:
    equal: Flags = (left == right) & (left != 0)
    return equal


Condition = Callable[[Pair], Flags]


def _equal(column: str) -> Condition:
    return lambda pair: pair.equal(column)


def _alike(column: str, similarity: float) -> Condition:
    def alike(pair: Pair) -> Flags:
        return (
            pair.alike(column, similarity) if pair.has(f"letters_{column}") else pair.given(column)
        )

    return alike


def _variant(column: str) -> Condition:
    return lambda pair: pair.equal(f"{column}_sound") | pair.alike(column, 0.9)


def _digits(most: int) -> Condition:
    def few(pair: Pair) -> Flags:
        wrong, is_odd, _ = pair.dates()
        found: Flags = (wrong <= most) | is_odd
        return found

    return few


def _bits(bits: Callable[[Array], Flags]) -> Condition:
    def same(pair: Pair) -> Flags:
        _, is_odd, apart = pair.dates()
        return bits(apart) | is_odd

    return same


_YEAR: Final = _bits(lambda apart: apart >> 16 == 0)
_TWO_PARTS: Final = _bits(lambda apart: (apart >> 16 == 0) | (apart & 0xFFFF == 0))


def _district(pair: Pair) -> Flags:
    if not pair.has("first_postcode"):
        return pair.given("postcode")
    firsts = pair.both("first_postcode")
    district: Flags = pair.given("postcode") & (firsts[0] == firsts[1])
    return district


def _area_alike(pair: Pair) -> Flags:
    if not pair.has("letters_postcode"):
        return pair.given("suburb")
    return pair.given("suburb") | (pair.given("postcode") & pair.slip("postcode"))


def _second(pair: Pair) -> Flags:
    seconds, firsts = pair.both("code_nationality_two"), pair.both("code_nationality")
    second: Flags = (seconds[0] == firsts[1]) | (seconds[1] == firsts[0])
    return second


POSSIBLE: Final[Mapping[tuple[str, str], Condition]] = {
    ("given name", "same"): _equal("given"),
    ("given name", "a slip"): lambda pair: pair.slip("given"),
    ("given name", "a variant"): _variant("given"),
    ("given name", "a short form"): lambda pair: pair.part("given"),
    ("given name", "elsewhere in the name"): lambda pair: pair.among("given"),
    ("given name", "faintly alike"): _alike("given", 0.78),
    ("family name", "same"): _equal("family"),
    ("family name", "a slip"): lambda pair: pair.slip("family"),
    ("family name", "a variant"): _variant("family"),
    ("family name", "a part of it"): (
        lambda pair: pair.part("family") | pair.either("several_family_words")
    ),
    ("family name", "elsewhere in the name"): lambda pair: pair.among("family"),
    ("family name", "faintly alike"): _alike("family", 0.78),
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
    ("birth place", "alike"): _alike("birth_place", 0.88),
    ("street", "street and number"): _equal("house"),
    ("street", "street"): _equal("address"),
    ("street", "street alike"): _alike("address", 0.88),
    ("street", "number"): _equal("house"),
    ("area", "postcode and suburb"): _equal("postcode"),
    ("area", "postcode"): _equal("postcode"),
    ("area", "suburb"): _equal("suburb"),
    ("area", "postcode or suburb alike"): _area_alike,
    ("area", "postcode district"): _district,
    ("area", "region"): _equal("region"),
    ("name used", "own names"): _equal("variant"),
}
"""For a grade, what must hold of the numbers if a pair has it."""


def _given(*columns: str) -> Condition:
    def given(pair: Pair) -> Flags:
        found = pair.given(columns[0])
        for column in columns[1:]:
            found = found | pair.given(column)
        return found

    return given


GIVEN: Final[Mapping[str, Condition]] = {
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


@dataclass(frozen=True, kw_only=True)
class Glance:
    """Tells which pairs may weigh ``at_least``.

    ``numbers`` are `numbers_of` both sides, ``numbered`` the numbers of their rows, sorted.
    """

    comparisons: Sequence[Comparison]
    shares: Shares
    at_least: float
    numbers: tuple[Array, Array]
    numbered: tuple[Array, Array]

    def may_matter(self, rows: tuple[Array, Array], *, is_number_possible: bool) -> Flags:
        """Which pairs of rows may weigh enough.

        Args:
            rows: numbers of rows of both sides, as many.
            is_number_possible: a pair may share an identifier.
        """
        pair = self.pair(rows)
        most = np.minimum(*pair.both("rest_with_numbers" if is_number_possible else "rest"))
        for comparison in self._first:
            most += self.look(comparison, pair)
        names = sum(np.maximum(*pair.both(f"most_{c.needs[0]}")) for c in self._last)
        some = np.flatnonzero(most + names >= self.at_least - SLACK)
        left = self.pair((rows[0][some], rows[1][some]))
        bound = most[some] + sum(self.look(comparison, left) for comparison in self._last)
        enough = np.zeros(len(pair), dtype=bool)
        enough[some] = bound >= self.at_least - SLACK
        return enough

    def pair(self, rows: tuple[Array, Array]) -> Pair:
        """The numbers of pairs of rows."""
        left, right = (
            numbers.take(of if len(numbered) == numbered[-1] + 1 else np.searchsorted(numbered, of))
            for numbers, numbered, of in zip(self.numbers, self.numbered, rows, strict=True)
        )
        return Pair(left, right)

    def look(self, comparison: Comparison, pair: Pair) -> Array:
        """The most that a comparison of `GIVEN` can weigh in each pair."""
        most: Array = np.full(len(pair), self._always[comparison.name], dtype=np.float32)
        for place, grade in enumerate(comparison.grades):
            possible = POSSIBLE.get((comparison.name, grade.name))
            if possible is not None:
                weight = weight_of(comparison, self.shares, place, pair)
                np.maximum(most, weight, out=most, where=possible(pair))
            elif grade.rarity:
                np.maximum(most, weight_of(comparison, self.shares, place, pair), out=most)
        most[~GIVEN[comparison.name](pair)] = 0
        return most

    @cached_property
    def _first(self) -> list[Comparison]:
        return [c for c in self.comparisons if c.name in GIVEN and c.name not in NAMES]

    @cached_property
    def _last(self) -> list[Comparison]:
        return [c for c in self.comparisons if c.name in NAMES]

    @cached_property
    def _always(self) -> Mapping[str, float]:
        """For each comparison the weight of the heaviest grade that is always possible."""
        return {
            c.name: max(
                grade_weight(c, self.shares, place)[0]
                for place, grade in enumerate(c.grades)
                if (c.name, grade.name) not in POSSIBLE and not grade.rarity
            )
            for c in self.comparisons
        }


def weight_of(comparison: Comparison, shares: Shares, place: int, pair: Pair) -> Array | np.float32:
    """The weight of a grade in each pair."""
    grade = comparison.grades[place]
    weight, usual = (np.float32(number) for number in grade_weight(comparison, shares, place))
    if not grade.rarity or not pair.has(f"bits_{grade.rarity}"):
        return weight
    one, other = pair.both(f"bits_{grade.rarity}")
    bits = np.fmin(one, other)
    if grade.name == exact_grade(comparison, grade.rarity):
        bits = np.fmax(bits, np.fmax(one, other) - np.float32(EITHER))
    moved = weight + np.float32(grade.rarity_share) * (bits - usual)
    return np.where(np.isnan(moved), weight, moved)


def numbers_of(
    connection: duckdb.DuckDBPyConnection,
    *,
    rows: str,
    numbered: Array,
    comparisons: Sequence[Comparison],
    columns: Collection[str],
) -> Array:
    """The values of rows as numbers: an array of records, one for each row; see `add_most`.

    Args:
        connection: holds the rows.
        rows: a table or view like ``rows_l``.
        numbered: the numbers of its rows, sorted; the records are in their order.
        comparisons: what pairs are compared in.
        columns: those that both sides have values in.
    """
    coded = [name for name in CODES if name in columns or name == "nationality_two"]
    spelt = [name for name in LETTERS if name in columns]
    wanted = [
        *(f"{_hash(name)} AS code_{name}" for name in coded),
        *(f"coalesce(unicode({name}), 0)::UINTEGER AS first_{name}" for name in spelt),
        *(f"coalesce(bits_{name}::FLOAT, 'nan') AS bits_{name}"
          for name in rarity_columns(comparisons) if name in columns),
        ("coalesce(CASE WHEN regexp_full_match(birth, '[0-9]{8}') THEN ('0x' || birth)::UINTEGER "
         "END, 0) AS digits_birth"),
        *(f"{sql} AS {name}" for name, sql in FLAGS.items()),
        *(f"{c.needs[0]} IS NOT NULL AS has_{c.needs[0]}"
          for c in comparisons if c.name not in GIVEN),
    ]  # fmt: skip
    reader = connection.execute(
        f"SELECT {', '.join([*wanted, *spelt, 'all_names', 'row'])} FROM {rows}"
    ).to_arrow_reader(AT_ONCE)
    plain = [sql.rpartition(" AS ")[2] for sql in wanted]
    kinds = _kinds([reader.schema.field(name) for name in plain], spelt, comparisons)
    numbers = np.zeros(len(numbered), dtype=kinds)
    for batch in reader:
        own = np.zeros(batch.num_rows, dtype=kinds)
        for name in plain:
            own[name] = np.asarray(batch[name])
        for name in (*spelt, "all_names"):
            own[f"letters_{name}"], length = letters_of(batch[name])
            if name in spelt:
                own[f"length_{name}"] = length
        numbers[np.searchsorted(numbered, np.asarray(batch["row"]))] = own
    return numbers


def _kinds(
    plain: Sequence[pa.Field], spelt: Sequence[str], comparisons: Sequence[Comparison]
) -> np.dtype[Any]:
    most = [f"most_{c.needs[0]}" for c in comparisons if c.name in NAMES]
    return np.dtype([
        *((f"letters_{name}", np.uint64) for name in (*spelt, "all_names")),
        *((field.name, field.type.to_pandas_dtype()) for field in plain),
        *((name, np.float32) for name in ("rest", "rest_with_numbers", *most)),
        *((f"length_{name}", np.int16) for name in spelt),
    ])  # fmt: skip


def add_most(numbers: Array, comparisons: Sequence[Comparison], shares: Shares) -> None:
    """Write down in `numbers_of` rows the most that the rest, and each name, can weigh with each.

    Args:
        numbers: changed in place.
        comparisons: what pairs are compared in.
        shares: of the model.
    """
    for name, without in (("rest", SHARED_NUMBER), ("rest_with_numbers", frozenset())):
        numbers[name] = 0
        for comparison in comparisons:
            if comparison.name not in GIVEN:
                most = np.float32(_most(comparison, shares, without))
                numbers[name] += most * numbers[f"has_{comparison.needs[0]}"]
    for begin in range(0, len(numbers), AT_ONCE):
        part = numbers[begin : begin + AT_ONCE]
        own = Pair(part, part)
        for comparison in comparisons:
            if comparison.name in NAMES:
                places = range(len(comparison.grades))
                weights = [weight_of(comparison, shares, place, own) for place in places]
                heaviest = np.maximum.reduce(np.broadcast_arrays(*weights))
                part[f"most_{comparison.needs[0]}"] = np.maximum(heaviest, 0)


def _hash(name: str) -> str:
    """A number of 32 bits for a value; nought where there is none."""
    return f"if({name} IS NULL, 0, greatest(hash({name}) & 4294967295::UBIGINT, 1))::UINTEGER"


def _most(comparison: Comparison, shares: Shares, without: Collection[str]) -> float:
    """The most that a comparison adds without some of its grades; at least nought."""
    is_number = comparison.needs[0].startswith("id_")
    return max(0.0, *(
        grade_weight(comparison, shares, place)[0]
        for place, grade in enumerate(comparison.grades)
        if not is_number or grade.name not in without
    ))  # fmt: skip
