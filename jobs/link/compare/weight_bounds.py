"""Upper bounds of the weights of pairs: most pairs need no closer look.

Comparing names letter by letter is what scoring costs, and of the pairs that blocking forms hardly
one in fifty reaches the weight that matters. Most show it in a few numbers: another place of birth,
other letters in the name. So each row's values become numbers (hashes, digits, sets of letters),
and a pair's weight is bounded by the heaviest level of each comparison that these leave possible.
Only pairs whose bound reaches the bar are compared in full; while pairs are being formed, those of
a million by a million never lie in memory. The bound is never below the weight: nothing is lost.

What is looked at last is looked at only in pairs that the rest leaves. Most pairs cannot share an
identifier: whoever does is formed by the identifier's own rule. There identifiers are not looked
at, and bounded by what they can add without being the same.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.compare.character_masks import character_masks
from jobs.link.compare.comparison_levels import Comparison, Parameters, term_frequency_columns
from jobs.link.compare.level_bounds import (
    SHARED_NUMBER,
    SLACK,
    CandidatePairs,
    Flags,
    compared_condition,
    is_number,
    level_condition,
)
from jobs.link.compare.match_weights import EITHER, exact_level, level_weight

Array = npt.NDArray[Any]

CODES: Final = (
    "given", "given_sound", "family", "family_sound", "gender", "nationality", "nationality_two",
    "birth_place", "postcode", "suburb", "region", "address", "house", "middle", "variant",
)  # fmt: skip
MASKED: Final = ("given", "family", "birth_place", "address", "postcode")
FLAGS: Final = {
    "has_birth": "birth IS NOT NULL",
    "odd_birth": "birth IS NOT NULL AND NOT regexp_full_match(birth, '[0-9]{8}')",
    "several_family_words": "coalesce(len(family_words), 0) > 1",
}
NEVER: Final = np.float32(-np.inf)
AT_ONCE: Final = 250_000
"""Rows whose numbers are made together."""
NAMES: Final = ("given name", "family name")
"""Comparisons that are looked at last, and only in pairs that the others leave."""


@dataclass(frozen=True, kw_only=True)
class WeightBounds:
    """Says which pairs may score ``at_least``.

    ``numbers`` are `numbers_of` both sides.
    """

    comparisons: Sequence[Comparison]
    parameters: Parameters
    at_least: float
    numbers: tuple[Array, Array]

    def can_reach(self, rows: tuple[Array, Array], *, is_number_possible: bool) -> Flags:
        """Which pairs of rows may score enough.

        Args:
            rows: numbers of rows of both sides, as many.
            is_number_possible: a pair may share an identifier.
        """
        pair = self.pair(rows)
        most: Array = (
            self._bounds(self._numbers, pair) if is_number_possible
            else np.minimum(*pair.both("rest"))
        )  # fmt: skip
        most = most + self._bounds(self._first, pair)
        names = sum(np.maximum(*pair.both(f"most_{c.needs[0]}")) for c in self._last)
        some = np.flatnonzero(most + names >= self.at_least - SLACK)
        left = self.pair((rows[0][some], rows[1][some]))
        bound = most[some] + self._bounds(self._last, left)
        enough = np.zeros(len(pair), dtype=bool)
        enough[some] = bound >= self.at_least - SLACK
        return enough

    def pair(self, rows: tuple[Array, Array]) -> CandidatePairs:
        """The numbers of pairs of rows."""
        left, right = (numbers.take(of) for numbers, of in zip(self.numbers, rows, strict=True))
        return CandidatePairs(left, right)

    def _bounds(self, comparisons: Sequence[Comparison], pair: CandidatePairs) -> Array:
        most: Array = np.zeros(len(pair), dtype=np.float32)
        for comparison in comparisons:
            most += self.bound(comparison, pair)
        return most

    def bound(self, comparison: Comparison, pair: CandidatePairs) -> Array:
        """The most that a comparison can score in each pair."""
        most: Array = np.full(len(pair), self._always[comparison.name], dtype=np.float32)
        for place, level in enumerate(comparison.levels):
            possible = level_condition(comparison, level.name)
            if possible is not None:
                # Twice as fast as `where` of the maximum itself.
                weight = weight_of(comparison, self.parameters, place, pair)
                np.maximum(most, np.where(possible(pair), weight, NEVER), out=most)
            elif level.term_frequency:
                np.maximum(most, weight_of(comparison, self.parameters, place, pair), out=most)
        compared: Array = np.where(compared_condition(comparison)(pair), most, np.float32(0))
        return compared

    @cached_property
    def _first(self) -> list[Comparison]:
        return [c for c in self.comparisons if not is_number(c) and c.name not in NAMES]

    @cached_property
    def _last(self) -> list[Comparison]:
        return [c for c in self.comparisons if c.name in NAMES]

    @cached_property
    def _numbers(self) -> list[Comparison]:
        return [c for c in self.comparisons if is_number(c)]

    @cached_property
    def _always(self) -> Mapping[str, float]:
        """For each comparison the weight of the heaviest level that is always possible."""
        return {
            c.name: max(
                level_weight(c, self.parameters, place)[0]
                for place, level in enumerate(c.levels)
                if level_condition(c, level.name) is None and not level.term_frequency
            )
            for c in self.comparisons
        }


def weight_bounds(
    *,
    comparisons: Sequence[Comparison],
    parameters: Parameters,
    at_least: float,
    numbers: tuple[Array, Array],
) -> WeightBounds:
    """The bounds of pairs of rows; writes the weights of the model into their ``numbers``."""
    for side in numbers:
        add_most(side, comparisons, parameters)
    return WeightBounds(
        comparisons=comparisons,
        parameters=parameters,
        at_least=at_least,
        numbers=numbers,
    )


def weight_of(
    comparison: Comparison, parameters: Parameters, place: int, pair: CandidatePairs
) -> Array | np.float32:
    """The weight of a level in each pair."""
    level = comparison.levels[place]
    weight, usual = (np.float32(number) for number in level_weight(comparison, parameters, place))
    if not level.term_frequency or not pair.has(f"bits_{level.term_frequency}"):
        return weight
    bits, greater = pair.bits(level.term_frequency)
    if level.name == exact_level(comparison, level.term_frequency):
        bits = np.fmax(bits, greater - np.float32(EITHER))
    moved = weight + np.float32(level.term_frequency_weight) * (bits - usual)
    np.copyto(moved, weight, where=np.isnan(moved))
    return moved


def numbers_of(
    connection: duckdb.DuckDBPyConnection,
    *,
    rows: str,
    count: int,
    comparisons: Sequence[Comparison],
    columns: Collection[str],
) -> Array:
    """The values of rows as numbers: an array of records, one for each row; see `add_most`.

    Args:
        connection: holds the rows.
        rows: ``rows_l`` or ``rows_r``.
        count: how many rows there are.
        comparisons: what pairs are compared in.
        columns: those that both sides have values in.
    """
    coded = [name for name in CODES if name in columns or name == "nationality_two"]
    spelt = [name for name in MASKED if name in columns]
    wanted = [
        *(f"{_hash(name)} AS code_{name}" for name in coded),
        *(f"(coalesce(unicode({name}), 0) & 255)::UTINYINT AS first_{name}" for name in spelt),
        ("coalesce(CASE WHEN regexp_full_match(birth, '[0-9]{8}') THEN ('0x' || birth)::UINTEGER "
         "END, 0) AS digits_birth"),
        *(f"{sql} AS {name}" for name, sql in FLAGS.items()),
        *(sql for c in comparisons if is_number(c) for name in c.needs for sql in (
            f"{_hash(f'{name}[1]')} AS code_{name}",
            f"coalesce(len({name}) > 1, FALSE) AS several_{name}")),
    ]  # fmt: skip
    rare = [
        f"coalesce(bits_{name}::FLOAT, 'nan') AS bits_{name}"
        for name in term_frequency_columns(comparisons)
        if name in columns
    ]
    parts = []
    for begin in range(0, max(count, 1), AT_ONCE):
        found = connection.sql(
            f"SELECT row, {', '.join([*wanted, *rare, *spelt, 'all_names'])} FROM {rows} "
            f"WHERE row >= {begin} AND row < {begin + AT_ONCE}"
        ).to_arrow_table()
        plain = [f for f in found.schema if f.name not in {*spelt, "all_names", "row"}]
        own = np.zeros(len(found), dtype=_kinds(plain, spelt, comparisons))
        place = np.asarray(found["row"]) - begin
        for field in plain:
            own[field.name][place] = np.asarray(found[field.name])
        for name in (*spelt, "all_names"):
            own[f"mask_{name}"][place], length = character_masks(found[name].combine_chunks())
            if name in spelt:
                own[f"length_{name}"][place] = length
        parts.append(own)
    return np.concatenate(parts)


def _kinds(
    plain: Sequence[pa.Field], spelt: Sequence[str], comparisons: Sequence[Comparison]
) -> np.dtype[Any]:
    most = [f"most_{c.needs[0]}" for c in comparisons if c.name in NAMES]
    return np.dtype([
        *((f"mask_{name}", np.uint64) for name in (*spelt, "all_names")),
        *((field.name, field.type.to_pandas_dtype()) for field in plain),
        *((name, np.float32) for name in ("rest", *most)),
        *((f"length_{name}", np.uint8) for name in spelt),
    ])  # fmt: skip


def add_most(numbers: Array, comparisons: Sequence[Comparison], parameters: Parameters) -> None:
    """Write down in `numbers_of` rows the most that each name, and the rest, can score with each.

    Args:
        numbers: changed in place.
        comparisons: what pairs are compared in.
        parameters: of the model.
    """
    numbers["rest"] = 0
    for comparison in comparisons:
        if is_number(comparison):
            most = np.float32(_most_apart(comparison, parameters))
            numbers["rest"] += most * (numbers[f"code_{comparison.needs[0]}"] != 0)
    for begin in range(0, len(numbers), AT_ONCE):
        part = numbers[begin : begin + AT_ONCE]
        own = CandidatePairs(part, part)
        for comparison in comparisons:
            if comparison.name in NAMES:
                places = range(len(comparison.levels))
                weights = [weight_of(comparison, parameters, place, own) for place in places]
                heaviest = np.maximum.reduce(np.broadcast_arrays(*weights))
                part[f"most_{comparison.needs[0]}"] = np.maximum(heaviest, 0)


def _hash(name: str) -> str:
    """A number of 32 bits for a value; nought where there is none."""
    return f"if({name} IS NULL, 0, greatest(hash({name}) & 4294967295::UBIGINT, 1))::UINTEGER"


def _most_apart(comparison: Comparison, parameters: Parameters) -> float:
    """The most that identifiers which are not shared add; at least nought."""
    return max(0.0, *(
        level_weight(comparison, parameters, place)[0]
        for place, level in enumerate(comparison.levels)
        if level.name not in SHARED_NUMBER
    ))  # fmt: skip
