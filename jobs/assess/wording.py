"""Sentences for many rows at once, from templates and columns of text.

A column of text is held as its different texts and, row by row, which of them it is: a million
days are a few thousand words. `fill` and `plain` write the text out.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
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


def fill(template: str, count: int, **parts: Any) -> pa.Array:
    """The template with each ``{part}`` replaced row by row; ``count`` rows."""
    pieces = _PART.split(template)
    if len(pieces) == 1:
        return pa.repeat(pa.scalar(template, TEXT), count)
    columns = [
        plain(parts[piece]) if index % 2 else pa.scalar(piece, TEXT)
        for index, piece in enumerate(pieces)
    ]
    return pc.binary_join_element_wise(*columns, pa.scalar("", TEXT))


def plain(words: Any) -> pa.Array:
    """A column of text, written out."""
    if pa.types.is_dictionary(words.type):
        words = words.dictionary.take(words.indices)
    return words.cast(TEXT)


def in_words(days: Days) -> pa.Array:
    """Days as ``25 April 2006``."""
    different, place = _different(days.astype("datetime64[D]").view(np.int64))
    names = [NO_DAY_TEXT if np.isnat(day) else _day(day) for day in different.view("datetime64[D]")]
    return _coded(names, place)


def _day(day: np.datetime64) -> str:
    year, month, number = str(day).split("-")
    return f"{int(number)} {_MONTHS[int(month) - 1]} {year}"


def lengths(months: Whole, days: Whole) -> pa.Array:
    """Terms as ``18 months and 5 days``."""
    size = int(days.max(initial=0)) + 1
    different, place = _different(months * size + days)
    return _coded([_length(int(key) // size, int(key) % size) for key in different], place)


def _length(months: int, days: int) -> str:
    parts = [
        f"{number} {unit}{'' if number == 1 else 's'}"
        for number, unit in ((months, "month"), (days, "day"))
        if number
    ]
    return " and ".join(parts) or "no time at all"


def numbers(values: Whole) -> pa.Array:
    """Whole numbers as text."""
    different, place = _different(values)
    return _coded([str(number) for number in different], place)


def chosen(names: Sequence[str], places: Whole, otherwise: str = "") -> pa.Array:
    """The name at each place, ``otherwise`` where the place is -1."""
    return _coded([*names, otherwise], np.where(places < 0, len(names), places))


def taken(column: Any, rows: Whole) -> pa.Array:
    """The text of a column at these rows."""
    return _coded(column.cast(TEXT), rows)


def _different(values: Whole) -> tuple[Whole, Whole]:
    """The different values, and which of them each row holds."""
    place, different = pd.factorize(values)
    return different, place


def _coded(texts: Any, place: Whole) -> pa.Array:
    """Rows that hold one of these texts each."""
    names = texts if isinstance(texts, pa.Array) else pa.array(texts, TEXT)
    return pa.DictionaryArray.from_arrays(pa.array(place.astype(np.int32)), names)
