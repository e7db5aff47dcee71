"""What goes out as a file: one place names files after units and writes cells of spreadsheets."""

import hashlib
import re
from collections.abc import Iterable
from typing import Final

import pandas as pd

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
    out = frame.copy()
    for name in out.columns:
        column = out[name]
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            out[name] = column.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif pd.api.types.is_datetime64_any_dtype(column):
            out[name] = column.dt.strftime("%Y-%m-%d")
        elif isinstance(column.dtype, pd.CategoricalDtype):
            out[name] = column.astype("object").map(_cell, na_action="ignore")
        elif pd.api.types.is_string_dtype(column) or column.dtype == "object":
            out[name] = column.map(_cell, na_action="ignore")
    out.columns = pd.Index([_cell(name) for name in out.columns])
    text: str = out.to_csv(index=False, lineterminator=line_end)
    return text


def _cell(value: object) -> object:
    return as_text_cell(clean(value)) if isinstance(value, str) else value
