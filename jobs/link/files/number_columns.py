"""Columns of numbers that came through a spreadsheet, mended where the column shows the damage."""

import logging
from collections.abc import Callable
from typing import Final

import pandas as pd

from jobs.link.files.person_columns import ALIASES, BIRTH, ID, SYSTEM
from jobs.link.standardise.spreadsheets import is_rounded, unwrapped, whole_number

log = logging.getLogger(__name__)

OF_NUMBERS: Final = 0.8
"""From this share of numbers on, a column is one of numbers: what looks like 1E7 in it is one."""


def mended(where: str, persons: pd.DataFrame) -> pd.DataFrame:
    """Persons as text without what spreadsheets add; rounded numbers are missing.

    Args:
        where: what to call the file in the log.
        persons: text; ids, aliases and dates are left as they are.
    """
    found = {}
    for name in persons.columns:
        column = persons[name]
        if name in {ID, ALIASES, BIRTH}:
            found[name] = column
        elif is_numbered(name):
            found[name] = _numbers(where, unwrapped(column))
        else:
            found[name] = unwrapped(column)
    return pd.DataFrame(found)


def is_numbered(name: str) -> bool:
    """Whether a column may hold numbers, which spreadsheets damage."""
    return name.startswith(SYSTEM) or name in {"postcode", "street_number", "gender"}


def _numbers(where: str, column: "pd.Series[str]") -> "pd.Series[str]":
    """A column without ``.0`` and powers of ten, if it is one of numbers."""
    if not _of_numbers(column):
        return column
    digits = _by_distinct(column, whole_number)
    rounded = _by_distinct(column, lambda value: "yes" if is_rounded(value) else None).notna()
    changed = digits.notna() & (digits != column)
    if changed.any():
        log.warning(
            "%s: column [%s] came through a spreadsheet as numbers: mended in %d rows",
            where, column.name, changed.sum(),
        )  # fmt: skip
    if rounded.any():
        log.warning(
            "%s: column [%s]: a spreadsheet rounded the numbers of %d rows to powers of ten; they "
            "count for nothing",
            where, column.name, rounded.sum(),
        )  # fmt: skip
    return digits.where(digits.notna(), column).where(~rounded, None)


def _of_numbers(column: "pd.Series[str]") -> bool:
    known = column.dropna()
    is_number = _by_distinct(
        known, lambda value: "yes" if whole_number(value) or is_rounded(value) else None
    ).notna()
    return bool(len(known)) and float(is_number.mean()) >= OF_NUMBERS


def _by_distinct(column: "pd.Series[str]", change: Callable[[str], str | None]) -> "pd.Series[str]":
    """Each value changed, or missing: every distinct one is worked out once."""
    found = column.map({value: change(value) for value in column.dropna().unique()})
    text: pd.Series[str] = found.astype("str")
    return text


def with_noughts(
    wheres: tuple[str, str], sides: tuple[pd.DataFrame, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both files with the leading noughts that one of them has lost in a column of numbers.

    Where some numbers of a file begin with a nought, all of a fixed length, the others are filled
    up to it. Numbers of houses are compared without noughts anyway.
    """
    left, right = sides[0].copy(), sides[1].copy()
    for name in left.columns.intersection(right.columns):
        columns = (left[name], right[name])
        if not (name.startswith(SYSTEM) or name == "postcode"):
            continue
        widths = [_fixed_width(column) for column in columns]
        if not any(widths) or not all(map(_of_numbers, columns)):
            continue
        width = max(widths)
        left[name], right[name] = (_filled(column, width) for column in columns)
        for where, column in zip(wheres, columns, strict=True):
            short = int((column.str.len() < width).sum())
            if short:
                log.warning(
                    "%s: column [%s] came through a spreadsheet, which took leading noughts away: "
                    "put back in %d rows",
                    where, name, short,
                )  # fmt: skip
    return left, right


def _fixed_width(column: "pd.Series[str]") -> int:
    """The length of the numbers of a column, nought if it is not fixed or none begins with one."""
    numbers = column.dropna()
    begins = numbers.str.startswith("0") & (numbers.str.len() > 1)
    if not begins.any():
        return 0
    width = numbers[begins].str.len().mode().iloc[0]
    is_fixed = float((numbers.str.len() == width).mean()) >= OF_NUMBERS
    return int(width) if is_fixed else 0


def _filled(column: "pd.Series[str]", width: int) -> "pd.Series[str]":
    is_digits = column.str.fullmatch(r"\d+").fillna(value=False).astype(bool)
    filled: pd.Series[str] = column.where(~is_digits, column.str.zfill(width))
    return filled
