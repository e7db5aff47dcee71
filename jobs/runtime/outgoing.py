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
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


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
    return f"'{value}" if value.startswith(_FORMULA) else value


def csv_text(frame: pd.DataFrame) -> str:
    """A frame as CSV for spreadsheets: ISO dates, formulas made harmless, always the same bytes."""
    out = frame.copy()
    for name in out.columns:
        if pd.api.types.is_datetime64_any_dtype(out[name]):
            out[name] = out[name].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_string_dtype(out[name]):
            out[name] = out[name].map(lambda text: as_text_cell(clean(text)), na_action="ignore")
    text: str = out.to_csv(index=False, lineterminator="\r\n")
    return text
