"""Sentences for many rows at once, from templates and columns of text."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess.columns import Days, Whole

TEXT = pa.large_string()
NO_DAY_TEXT = "a day that is not recorded"
_PART = re.compile(r"\{(\w+)\}")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def say(template: str, count: int, **parts: Any) -> pa.Array:
    """The template with each ``{part}`` replaced row by row; ``count`` rows."""
    pieces = _PART.split(template)
    if len(pieces) == 1:
        return pa.repeat(pa.scalar(template, TEXT), count)
    columns = [
        parts[piece].cast(TEXT) if index % 2 else pa.scalar(piece, TEXT)
        for index, piece in enumerate(pieces)
    ]
    return pc.binary_join_element_wise(*columns, pa.scalar("", TEXT))


def in_words(days: Days) -> pa.Array:
    """Days as ``25 April 2006``."""
    different, place = np.unique(days, return_inverse=True)
    names = [NO_DAY_TEXT if np.isnat(day) else _day(day) for day in different]
    return pa.array(names, TEXT).take(pa.array(place))


def _day(day: np.datetime64) -> str:
    year, month, number = str(day).split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def lengths(months: Whole, days: Whole) -> pa.Array:
    """Terms as ``18 months and 5 days``."""
    size = int(days.max(initial=0)) + 1
    different, place = np.unique(months * size + days, return_inverse=True)
    names = [_length(int(key) // size, int(key) % size) for key in different]
    return pa.array(names, TEXT).take(pa.array(place))


def _length(months: int, days: int) -> str:
    parts = [
        f"{number} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((months, "month"), (days, "day"))
        if number
    ]
    return " and ".join(parts) or "no time at all"


def numbers(values: Whole) -> pa.Array:
    """Whole numbers as text."""
    return pa.array(values).cast(TEXT)


def chosen(names: Sequence[str], places: Whole, otherwise: str = "") -> pa.Array:
    """The name at each place, ``otherwise`` where the place is -1."""
    return pa.array([*names, otherwise], TEXT).take(
        pa.array(np.where(places < 0, len(names), places))
    )
