"""The most that a pair can weigh, from numbers alone: most pairs need no closer look.

Comparing names letter by letter is what scoring costs. Of the pairs that blocking forms hardly one
in fifty can reach the weight that matters, and most show it at a glance: other dates of birth,
another nationality. So each value becomes a number (its hash; a date of birth its digits; a name
the set of its letters), and a pair's weight is bounded by the best grade of each comparison that
these numbers leave possible. Only pairs whose bound reaches the bar are compared in full. The
bound is never below the weight, so nothing is lost; a grade that `QUICK` does not name is taken
to be possible.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import re
from collections.abc import Mapping, Sequence
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.comparisons import Comparison
from jobs.link.model import Shares
from jobs.link.weights import grade_weight_sql

SLACK: Final = 1e-6
"""Sums in another order may differ in the last digits."""


def has(column: str, side: str) -> str:
    """The row of a side has a value."""
    return f"has_{column}_{side}"


def equal(column: str) -> str:
    """Both have the same value."""
    return f"coalesce(code_{column}_l = code_{column}_r, FALSE)"


def _one_of(column: str) -> str:
    """A word of one list may be in the other: one has several, or the only ones are equal."""
    return f"(many_{column}_l OR many_{column}_r OR {equal(column)})"


def _date(condition: str) -> str:
    """A condition on two dates' digits; dates of another form leave every grade possible."""
    return f"coalesce({condition}, TRUE)"


_APART: Final = "xor(digits_birth_l, digits_birth_r)"
_SHIFTED: Final = " | ".join(f"({_APART} >> {bit})" for bit in range(4))
WRONG_DIGITS: Final = f"bit_count(({_SHIFTED}) & 286331153)"
"""How many of the eight digits differ: each takes four bits, 286331153 is 0x11111111."""
SAME_YEAR: Final = f"({_APART} >> 16) = 0"
_SAME_DAY: Final = f"({_APART} & 65535) = 0"


def letters_apart(column: str, most: int) -> str:
    """At most so many letters are in one of the two sets only; a wrong letter makes two."""
    apart = f"xor(letters_{column}_l, letters_{column}_r)"
    return f"coalesce(bit_count({apart}) <= {most}, TRUE)"


def within(one: str, other: str) -> str:
    """All letters of ``one`` are among those of ``other``."""
    return f"({one} & ~{other}) = 0"


def _start(column: str) -> str:
    """One may be the beginning of the other, or its initial."""
    one, other = f"letters_{column}_l", f"letters_{column}_r"
    return f"coalesce({within(one, other)} OR {within(other, one)}, TRUE)"


def _elsewhere(column: str) -> str:
    """It may be a word of the other's whole name."""
    sides = [
        within(f"letters_{column}_{one}", f"letters_all_names_{other}")
        for one, other in (("l", "r"), ("r", "l"))
    ]
    return f"coalesce({' OR '.join(sides)}, TRUE)"


def _alike(column: str, at_least: float) -> str:
    """The Jaro-Winkler similarity may reach ``at_least``.

    Letters that the other name lacks match nothing, so at most the rest of either name does; a
    shared beginning lifts the similarity by at most four tenths of what it lacks.
    """
    rest = [
        f"length_{column}_{one} - bit_count(letters_{column}_{one} & ~letters_{column}_{other})"
        for one, other in (("l", "r"), ("r", "l"))
    ]
    matches = f"least({rest[0]}, {rest[1]})"
    jaro = f"({matches} / length_{column}_l + {matches} / length_{column}_r + 1) / 3"
    most = f"CASE WHEN first_{column}_l = first_{column}_r THEN 0.4 + 0.6 * {jaro} ELSE {jaro} END"
    return f"coalesce({most} >= {at_least - SLACK!r}, TRUE)"


QUICK: Final[Mapping[tuple[str, str], str]] = {
    ("given name", "same"): equal("given"),
    ("given name", "a slip"): letters_apart("given", 2),
    ("given name", "a variant"): f"{equal('given_sound')} OR {_alike('given', 0.9)}",
    ("given name", "a short form"): _start("given"),
    ("given name", "elsewhere in the name"): _elsewhere("given"),
    ("given name", "faintly alike"): _alike("given", 0.78),
    ("family name", "same"): equal("family"),
    ("family name", "a slip"): letters_apart("family", 2),
    ("family name", "a variant"): f"{equal('family_sound')} OR {_alike('family', 0.9)}",
    ("family name", "a part of it"): f"{_one_of('family_words')} OR {_start('family')}",
    ("family name", "elsewhere in the name"): _elsewhere("family"),
    ("family name", "faintly alike"): _alike("family", 0.78),
    ("middle names", "same"): equal("middle"),
    ("date of birth", "same"): _date(f"{_APART} = 0"),
    ("date of birth", "first of January of the year"): _date(SAME_YEAR),
    ("date of birth", "day and month changed over"): _date(SAME_YEAR),
    ("date of birth", "a slip"): _date(f"{WRONG_DIGITS} <= 2"),
    ("date of birth", "two parts of three"): _date(f"{SAME_YEAR} OR {_SAME_DAY}"),
    ("date of birth", "two slips"): _date(f"{WRONG_DIGITS} <= 2"),
    ("birth place", "same"): equal("birth_place"),
    ("birth place", "alike"): _alike("birth_place", 0.88),
    ("street", "street and number"): equal("house"),
    ("street", "street"): equal("address"),
    ("street", "street alike"): _alike("address", 0.88),
    ("street", "number"): equal("house"),
    ("area", "postcode and suburb"): equal("postcode"),
    ("area", "postcode"): equal("postcode"),
    ("area", "suburb"): equal("suburb"),
    ("area", "postcode or suburb alike"): (
        f"(has_suburb_l AND has_suburb_r) OR {letters_apart('postcode', 2)}"
    ),
    ("area", "postcode district"): "coalesce(first_postcode_l = first_postcode_r, FALSE)",
    ("area", "region"): equal("region"),
    ("Home Office reference", "same"): _one_of("id_ho"),
    ("Home Office reference", "same family file"): _one_of("id_ho_file"),
}
"""For a grade, what must hold of the numbers if a pair has it."""
IN_FULL: Final = frozenset({"gender", "nationality", "name used"})
"""Comparisons of short texts: told as quickly as numbers."""
COSTLY: Final = frozenset({"given name", "family name"})
"""Comparisons whose full bound costs more than all others together."""


def bound_sql(comparison: Comparison, shares: Shares, *, coarse: bool = False) -> str:
    """The most that a comparison can weigh, as SQL over the numbers of a pair.

    The ``coarse`` bound leaves the letters of names aside: it is higher, and quicker to tell.
    """
    places = range(len(comparison.grades))
    weights = [grade_weight_sql(comparison, shares, place) for place in places]
    if comparison.name in IN_FULL:
        cases = [
            f"WHEN {grade.sql} THEN {weight}"
            for grade, weight in zip(comparison.grades[:-1], weights[:-1], strict=True)
        ]
        return f"CASE WHEN {comparison.silent} THEN 0 {' '.join(cases)} ELSE {weights[-1]} END"
    possible = [
        weight
        if quick is None or (coarse and comparison.name in COSTLY and "letters_" in quick)
        else f"CASE WHEN {quick} THEN {weight} END"
        for quick, weight in zip(_quick(comparison), weights, strict=True)
    ]
    return f"CASE WHEN {silent_sql(comparison)} THEN 0 ELSE greatest({', '.join(possible)}) END"


def silent_sql(comparison: Comparison) -> str:
    """When a comparison says nothing, over numbers."""
    return re.sub(r"(\w+)_([lr]) IS NULL", r"NOT has_\1_\2", comparison.silent)


def _quick(comparison: Comparison) -> list[str | None]:
    first = comparison.needs[0]
    of_numbers = {
        "same": _one_of(first),
        "a slip": f"many_{first}_l OR many_{first}_r OR {letters_apart(first, 4)}",
    }
    known = of_numbers if first.startswith("id_") else {}
    return [
        QUICK.get((comparison.name, grade.name), known.get(grade.name))
        for grade in comparison.grades
    ]


def make_numbers(
    connection: duckdb.DuckDBPyConnection,
    *,
    comparisons: Sequence[Comparison],
    shares: Shares,
    rows: Mapping[str, pa.Table],
) -> None:
    """Make the tables ``numbers_l`` and ``numbers_r``: a row's values as numbers, by ``row``.

    Args:
        connection: holds the tables ``rows_l`` and ``rows_r``.
        comparisons: what pairs are compared in.
        shares: of the model.
        rows: the same rows by side, in order of ``row``.
    """
    names = sorted({name for c in comparisons for name in columns_of(bound_sql(c, shares))})
    kinds = dict(row[:2] for row in connection.execute("DESCRIBE rows_l").fetchall())
    for side, table in rows.items():
        masks = {
            name: letters(table[name.removeprefix("letters_")])
            for name in names
            if name.startswith("letters_") and name.removeprefix("letters_") in table.column_names
        }
        given = pa.table({"row": table["row"], **masks})
        connection.register("given_letters", given)
        columns = ", ".join(_number(name, kinds, set(masks)) for name in names)
        connection.execute(
            f"CREATE OR REPLACE TABLE numbers_{side} AS SELECT row, {columns} "
            f"FROM rows_{side} JOIN given_letters USING (row) ORDER BY row"
        )
        connection.unregister("given_letters")


def columns_of(sql: str) -> set[str]:
    """The columns of one side that an expression over a pair reads."""
    return set(re.findall(r"\b(\w+)_[lr]\b", sql))


def _number(name: str, kinds: Mapping[str, str], masks: set[str]) -> str:
    kind, _, column = name.partition("_")
    if name in kinds or name in masks:
        return name
    if kind == "letters":
        return f"NULL::UBIGINT AS {name}"
    if name == "digits_birth":
        digits = "CASE WHEN regexp_full_match(birth, '[0-9]{8}') THEN ('0x' || birth)::UINTEGER END"
        return f"{digits} AS {name}"
    is_list = kinds[column].endswith("[]")
    only = f"CASE WHEN len({column}) = 1 THEN {column}[1] END" if is_list else column
    return {
        "has": f"{column} IS NOT NULL AS {name}",
        "many": f"coalesce(len({column}) > 1, FALSE) AS {name}",
        "code": f"CASE WHEN ({only}) IS NOT NULL THEN hash({only}) END AS {name}",
        "length": f"greatest(length({column}), 1) AS {name}",
        "first": f"unicode({column}) AS {name}",
    }[kind]


def letters(column: pa.ChunkedArray) -> pa.Array:
    """For each text, or list of texts, the set of its letters as bits by their number modulo 64.

    Missing, and missing too where a text is not plain ASCII: its bytes are not its letters.
    """
    array = column.combine_chunks()
    missing = np.asarray(pc.is_null(array))
    starts = _offsets(array)
    if pa.types.is_list(array.type):
        array = array.values
        starts = _offsets(array)[starts]
    data = array.buffers()[2]
    content = np.frombuffer(data if data is not None else b"", dtype=np.uint8)[: starts[-1]]
    bits = np.append(np.left_shift(np.uint64(1), (content & 63).astype(np.uint64)), np.uint64(0))
    foreign = np.append(content >= 128, False)
    sets = np.bitwise_or.reduceat(bits, starts[:-1]) if len(starts) > 1 else np.empty(0, np.uint64)
    strange = np.logical_or.reduceat(foreign, starts[:-1]) if len(starts) > 1 else np.empty(0, bool)
    empty = np.diff(starts) == 0
    sets[empty], strange[empty] = 0, False
    return pa.array(sets, pa.uint64(), mask=missing | strange)


def _offsets(array: pa.Array) -> npt.NDArray[np.int32]:
    """Where each entry of an array of texts or lists begins, and the last one ends."""
    whole = np.frombuffer(array.buffers()[1], dtype=np.int32)
    return whole[array.offset : array.offset + len(array) + 1]


def likely_sql(
    comparisons: Sequence[Comparison], shares: Shares, *, pairs: str, at_least: float
) -> str:
    """The pairs of a table that may weigh ``at_least``, as a query."""
    query = f"SELECT row_l, row_r FROM {pairs}"
    for coarse in (True, False):
        bounds = " + ".join(f"({bound_sql(c, shares, coarse=coarse)})" for c in comparisons)
        columns = ", ".join(
            f"l.{name} AS {name}_l, r.{name} AS {name}_r" for name in sorted(columns_of(bounds))
        )
        query = f"""
            SELECT row_l, row_r FROM (
                SELECT row_l, row_r, {bounds} AS bound FROM (
                    SELECT row_l, row_r, {columns} FROM ({query})
                    JOIN numbers_l l ON l.row = row_l JOIN numbers_r r ON r.row = row_r
                )
            )
            WHERE bound >= {at_least - SLACK!r}
            """
    return query
