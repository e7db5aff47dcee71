"""What goes out as a file: one place names files after units and writes cells of spreadsheets."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

LONGEST_NAME: Final = 60
"""Characters of a file's name before its ending: file systems allow 255 bytes."""

_UNSAFE: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2064\\u2066-\\u206f"
    "\\ufeff\\ufff9-\\ufffb]"
)
"""Control characters, zero-width characters and marks that turn the direction of text."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What spreadsheets take for the beginning of a formula; some of them the full-width signs too."""
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
"""A number is none, whatever sign it has."""
_ENDS: Final = re.compile('[",\\r\\n]')
_ODD: Final = re.sub(
    r"\\u([0-9a-f]{4})",
    r"\\x{\1}",
    f'[",]|{_UNSAFE.pattern}|^[\\s\\pZ]*[{re.escape("".join(_FORMULA))}]',
)
"""What a text holds that is not written as it is."""
FOR_SPREADSHEETS: Final = "\r\n"
FOR_TERMINALS: Final = "\n"


def file_names(units: Iterable[str]) -> dict[str, str]:
    """A file name, without ending, for each unit: no two are the same, whatever the units are.

    A name is the unit in small letters and hyphens. Where that says nothing, is too long or would
    be another's too, a digest of the unit follows it.
    """
    plain = {unit: re.sub(r"[^A-Za-z0-9]+", "-", unit).strip("-").lower() for unit in set(units)}
    held = list(plain.values())
    return {
        unit: name
        if name and len(name) <= LONGEST_NAME and held.count(name) == 1
        else f"{name[:LONGEST_NAME]}-{_mark(unit)}".strip("-")
        for unit, name in sorted(plain.items())
    }


def _mark(unit: str) -> str:
    return hashlib.sha256(unit.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def clean(value: str) -> str:
    """Text of a register without control, zero-width and direction marks."""
    return _UNSAFE.sub("", value)


def as_text_cell(value: str) -> str:
    """Text that a spreadsheet will not take for a formula."""
    is_formula = value.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(value)
    return f"'{value}" if is_formula else value


def csv_text(frame: pd.DataFrame, *, line_end: str = FOR_SPREADSHEETS) -> str:
    """A frame as CSV: the one place that writes cells which a spreadsheet may open.

    Dates and moments are in ISO form, formulas made harmless in cells and in the header, and the
    bytes are always the same.
    """
    columns = [_texts(frame.iloc[:, place]) for place in range(frame.shape[1])]
    heading = [_quoted(str(_cell(name))) for name in frame.columns]
    if len(columns) == 1:
        # An empty line would be no row.
        columns = [pc.if_else(pc.equal(pc.fill_null(columns[0], ""), ""), '""', columns[0])]
    written = f"{','.join(heading)}{line_end}"
    return written + _lines(columns, line_end) if columns and len(frame) else written


def _lines(columns: Sequence[pa.Array], line_end: str) -> str:
    """Cells side by side as lines. Arrow's own writer would quote more than needs it."""
    cells = [column.cast(pa.large_string()) for column in columns]
    comma, end, nothing = (pa.scalar(text, pa.large_string()) for text in (",", line_end, ""))
    held = {"null_handling": "replace", "null_replacement": ""}
    rows = pc.binary_join_element_wise(*cells, comma, **held)
    ended = pc.binary_join_element_wise(rows, end, nothing)
    whole = pc.binary_join(pa.ListArray.from_arrays([0, len(ended)], ended), nothing)
    text: str = whole[0].as_py()
    return text


def _texts(column: pd.Series) -> pa.Array:
    """The cells of a column as they are written; null where nothing is."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        utc = column.dt.tz_convert("UTC").dt.tz_localize(None)
        plain = pa.array(utc.astype("datetime64[s]")).cast(pa.string())
        return pc.binary_join_element_wise(pc.replace_substring(plain, " ", "T"), "Z", "")
    if pd.api.types.is_datetime64_any_dtype(column):
        return (
            pa.array(column.astype("datetime64[s]")).cast(pa.date32(), safe=False).cast(pa.string())
        )
    if pd.api.types.is_string_dtype(column) and column.dtype != "object":
        texts = pa.array(column, pa.string())
        is_whole = isinstance(texts, pa.Array)
        return _written(texts if is_whole else texts.combine_chunks())
    if isinstance(column.dtype, pd.CategoricalDtype) or column.dtype == "object":
        return pa.array([_other(value) for value in column], pa.string())
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_integer_dtype(column):
        codes, found = pd.factorize(column)
        return pa.array([str(value) for value in found], pa.string()).take(
            pa.array(codes, mask=codes < 0)
        )
    return pa.array(
        [None if pd.isna(value) else repr(float(value)) for value in column], pa.string()
    )


def _written(texts: pa.Array) -> pa.Array:
    """Texts as cells: only those that are odd are looked at one by one."""
    odd = pc.fill_null(pc.match_substring_regex(texts, _ODD), False)
    if not pc.any(odd).as_py():
        return texts
    mended = [_quoted(as_text_cell(clean(value))) for value in texts.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(mended, pa.string()))


def _other(value: object) -> str | None:
    if isinstance(value, str):
        return _quoted(as_text_cell(clean(value)))
    return None if pd.isna(value) else _quoted(str(value))  # type: ignore[call-overload]


def _quoted(cell: str) -> str:
    """A cell in quotes where it holds what would end it."""
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if _ENDS.search(cell) else cell


def _cell(value: object) -> object:
    return as_text_cell(clean(value)) if isinstance(value, str) else value
