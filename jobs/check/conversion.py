"""From delivered values to the contract's types, as SQL for DuckDB.

Text (CSV files, databases without firm types) is read strictly: dates and moments in ISO form,
whole numbers, decimal points, yes and no. Whitespace around a value is dropped and an empty value
is a missing one. Nothing is guessed: 04/05/2006 is two dates, so it is none.
"""

import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from jobs.contract.schema import Field, Kind, Table
from jobs.contract.values import (
    DATE_PATTERN,
    LONGEST_KEY,
    MOMENT_PATTERN,
    MOST_DAYS,
    between_first_and_last,
)

WHOLE_PATTERN = r"[+-]?\d{1,18}(\.0*)?"
NUMBER_PATTERN = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
YES = ("true", "t", "yes", "y", "1", "1.0")
NO = ("false", "f", "no", "n", "0", "0.0")

_LONGEST: Final = {
    "days": MOST_DAYS,
    "weeks": MOST_DAYS // 7,
    "months": MOST_DAYS * 12 // 366,
    "years": MOST_DAYS // 366,
}
"""The longest duration in each unit."""

_BLANKS: Final = " \t\n\v\f\r\u00a0"


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """How one delivered column becomes a field of the contract.

    ``cleaned`` is the delivered value, null where none was delivered, of a column that was
    `trimmed`; ``value`` reads a column of the field's name that holds it, and is null where it
    cannot be read as the contract says.
    """

    cleaned: str
    value: str


def trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A delivered column without blanks around its texts.

    Arrow takes an eighth of the time that DuckDB's `trim` takes with characters of its own.
    """
    return pc.utf8_trim(column, characters=_BLANKS) if _is_text(column.type) else column


def conversion(*, table: Table, field: Field, delivered: pa.DataType) -> Conversion | None:
    """How a column of type ``delivered`` becomes ``field``; None where the types do not agree.

    A date may come as a moment at midnight and a whole number as a fraction without a
    remainder, because tools that know no missing dates or integers deliver them so. A key or a
    reference may come as an integer: many systems number their rows.
    """
    column = f'"{field.name}"'
    if pa.types.is_null(delivered):
        return Conversion(cleaned=f"CAST(NULL AS {_SQL_TYPES[field.kind]})", value=column)
    if _is_text(delivered):
        filled = f"nullif({column}, '')"
        return Conversion(cleaned=_ascii_digits(filled), value=_from_text(table, field, column))
    value = _from_typed(table, field, delivered, column)
    return None if value is None else Conversion(cleaned=column, value=value)


def _is_text(delivered: pa.DataType) -> bool:
    return bool(pa.types.is_string(delivered) or pa.types.is_large_string(delivered))


_SQL_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.DATE: "DATE",
    Kind.TIMESTAMP: "TIMESTAMPTZ",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
}


def _ascii_digits(text: str) -> str:
    """The text with digits of other scripts as the digits they are; most text has none."""
    foreign = f"strlen({text}) > length({text}) AND regexp_matches({text}, '\\p{{Nd}}')"
    others, digits = _other_digits()
    read = f"translate({text}, '{others}', '{digits}')"
    return f"CASE WHEN {foreign} THEN {read} ELSE {text} END"


@cache
def _other_digits() -> tuple[str, str]:
    """Digits of every other script, and the digits that they are.

    Of a million characters: looked for where text is read, not by each step that is started.
    """
    found = [c for c in map(chr, range(128, sys.maxunicode + 1)) if unicodedata.category(c) == "Nd"]
    return "".join(found), "".join(str(unicodedata.digit(c)) for c in found)


def _from_text(table: Table, field: Field, text: str) -> str:
    kind = field.kind
    if kind is Kind.TEXT:
        longest = field.shape.longest if field.shape else LONGEST_KEY
        is_short = f" AND length({text}) <= {longest}"
        short = is_short if field.shape or _is_reference(table, field) else ""
        return (
            f"CASE WHEN NOT contains({text}, chr(0)){short}{_shaped(field, text)} THEN {text} END"
        )
    if kind is Kind.BOOLEAN:
        return (
            f"CASE WHEN lower({text}) IN {YES} THEN true WHEN lower({text}) IN {NO} THEN false END"
        )
    pattern, read = {
        Kind.DATE: (DATE_PATTERN, _day(f"TRY_CAST(left({text}, 10) AS DATE)")),
        Kind.TIMESTAMP: (MOMENT_PATTERN, _day(f"TRY_CAST({text} AS TIMESTAMPTZ)")),
        Kind.INTEGER: (
            WHOLE_PATTERN,
            _duration(field, f"TRY_CAST(split_part({text}, '.', 1) AS BIGINT)"),
        ),
        Kind.NUMBER: (NUMBER_PATTERN, _finite(f"TRY_CAST({text} AS DOUBLE)")),
    }[kind]
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN {read} END"


def _shaped(field: Field, text: str) -> str:
    """That a text has its field's shape; text that is too long was not looked at."""
    if field.shape is None:
        return ""
    return f" AND regexp_full_match({text}, '{field.shape.unbounded}')"


def _from_typed(table: Table, field: Field, delivered: pa.DataType, column: str) -> str | None:
    is_whole = pa.types.is_integer(delivered)
    is_number = is_whole or pa.types.is_floating(delivered) or pa.types.is_decimal(delivered)
    match field.kind:
        case Kind.TEXT if is_whole and _is_reference(table, field):
            return f"CAST({column} AS VARCHAR)"
        case Kind.DATE if pa.types.is_date(delivered):
            return _day(f"TRY_CAST({column} AS DATE)")
        case Kind.DATE if pa.types.is_timestamp(delivered) and delivered.tz is None:
            day = f"TRY_CAST({column} AS DATE)"
            return _day(f"CASE WHEN {column} = {day}::TIMESTAMP THEN {day} END")
        case Kind.TIMESTAMP if pa.types.is_timestamp(delivered):
            return _day(f"TRY_CAST({column} AS TIMESTAMPTZ)")
        case Kind.INTEGER if is_whole:
            return _duration(field, f"TRY_CAST({column} AS BIGINT)")
        case Kind.INTEGER if is_number:
            whole = f"TRY_CAST({column} AS BIGINT)"
            return _duration(field, f"CASE WHEN {column} = {whole} THEN {whole} END")
        case Kind.NUMBER if is_number:
            return _finite(f"TRY_CAST({column} AS DOUBLE)")
        case Kind.BOOLEAN if pa.types.is_boolean(delivered):
            return column
        case Kind.BOOLEAN if is_whole:
            return f"CASE {column} WHEN 1 THEN true WHEN 0 THEN false END"
    return None


def _is_reference(table: Table, field: Field) -> bool:
    return field.name in table.key or field.name in table.parents


def _day(day: str) -> str:
    return f"CASE WHEN {between_first_and_last(day)} THEN {day} END"


def _duration(field: Field, whole: str) -> str:
    longest = _LONGEST.get(field.unit)
    if longest is None:
        return whole
    return f"CASE WHEN {whole} BETWEEN -{longest} AND {longest} THEN {whole} END"


def _finite(number: str) -> str:
    return f"CASE WHEN isfinite({number}) THEN {number} END"
