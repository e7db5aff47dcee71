"""Dates of birth as people write them, as eight digits ``YYYYMMDD``.

The order of day, month and year is learned from the column: it is the one in which most of its
dates can be read. A date that cannot be read so is read in another order in which it can.

Impossible dates such as 31 February keep their digits: a slip is evidence too. A year alone is
the first of January of that year, as registers write it, and is compared as such. A spreadsheet
that takes a date for a number loses its first nought, adds ``.0``, writes it as ``1.6051971E7`` or
counts days; what it has rounded (``1.6E7``) is missing.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import pandas as pd

from jobs.link.standardise.spreadsheets import is_rounded, unwrapped, whole_number

SHORT_YEAR_PIVOT: Final = 20
"""A year of two digits from 20 on is in the 1900s: people in these files are born, not planned.
It is pinned: one that moved with the clock would read a file otherwise next year."""
YEARS: Final = ("1800", "2100")
"""Eight digits that begin with such a number begin with the year."""

DAY_FIRST, MONTH_FIRST, YEAR_FIRST, YEAR_DAY = (2, 1, 0), (2, 0, 1), (0, 1, 2), (0, 2, 1)
"""Places of year, month and day among the three numbers of a date."""
ORDERS: Final = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST, YEAR_DAY)
"""The first of those that read equally many dates counts: clerks here write the day first."""

_MARK, _TIME = r"\s*[-/. ]\s*", r"(?:[ T].*)?$"
_DAY, _MONTH, _YEAR = r"(\d{1,2})(?:st|nd|rd|th)?", r"([a-z]{3,9})\.?", r"(\d{4}|\d{1,2})"
_MARKED: Final = re.compile(rf"^{_YEAR}{_MARK}(\d{{1,2}}){_MARK}{_YEAR}{_TIME}")
_GAP: Final = r"[-/., ]*"
_WORDED: Final = re.compile(
    rf"^(\d{{4}}|\d{{1,2}})(?:st|nd|rd|th)?{_GAP}{_MONTH}{_GAP}{_YEAR}{_TIME}", re.IGNORECASE
)
_MONTH_BEFORE: Final = re.compile(rf"^{_MONTH}{_GAP}{_DAY}[-/., ]+{_YEAR}{_TIME}", re.IGNORECASE)
_ONE_YEAR: Final = re.compile(r"^(?:1[89]|20)\d\d$")
_MONTHS: Final = {
    name: f"{number:02}"
    for number, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)
}
_DAY_NOUGHT: Final = pd.Timestamp("1899-12-30")
"""The day from which spreadsheets count."""
_LAST_DAY: Final = 55_000
"""Of 2050: no number of days above it is a date of birth."""


class Parts(NamedTuple):
    """The three numbers of a date as they stand; ``is_worded`` if the second is a month's name."""

    numbers: tuple[str, str, str]
    is_worded: bool = False

    @property
    def is_long(self) -> bool:
        """Whether the year has four digits."""
        return max(len(self.numbers[0]), len(self.numbers[2])) > len("YY")


@dataclass(frozen=True, kw_only=True)
class ReadDates:
    """Dates as eight digits, and how many rows bear each kind of damage that spreadsheets do."""

    digits: "pd.Series[str]"
    mended: int
    rounded: int


def read_dates(values: pd.Series) -> "pd.Series[str]":
    """Dates of any type as eight digits; missing where nothing can be read."""
    return dates_and_damage(values).digits


def dates_and_damage(values: pd.Series) -> ReadDates:
    """Dates of any type as eight digits, and what spreadsheets did to them."""
    if pd.api.types.is_datetime64_any_dtype(values):
        written: pd.Series = values.dt.strftime("%Y%m%d").astype("str")
        return ReadDates(digits=written, mended=0, rounded=0)
    text = unwrapped(values.where(values.notna(), None).astype("str"))
    rows = {str(value): int(count) for value, count in text.value_counts().items()}
    parted = {value: _parts(value) for value in rows}
    known = {value: _one_year(value) for value, parts in parted.items() if parts is None}
    for is_long in (True, False):
        group = {v: parts for v, parts in parted.items() if parts and parts.is_long == is_long}
        ranked = _ranked(group, rows)
        known |= {value: _in_order(parts, ranked) for value, parts in group.items()}
    known |= _days_counted(known, rows)
    digits = text.map(known).astype("str")
    return ReadDates(
        digits=digits,
        mended=sum(rows[value] for value, date in known.items() if date and _is_damaged(value)),
        rounded=sum(count for value, count in rows.items() if is_rounded(value)),
    )


def _is_damaged(value: str) -> bool:
    number = whole_number(value)
    return number is not None and (number != value or len(number) in {5, 7})


def _parts(value: str) -> Parts | None:
    marked = _MARKED.match(value)
    if marked:
        return Parts((marked[1], marked[2], marked[3]))
    for pattern, (day, month, year) in ((_WORDED, (1, 2, 3)), (_MONTH_BEFORE, (2, 1, 3))):
        worded = pattern.match(value)
        number = _MONTHS.get(worded[month][:3].lower()) if worded else None
        if worded and number:
            return Parts((worded[day], number, worded[year]), is_worded=True)
    digits = whole_number(value) or ""
    if len(digits) == len("YYYYMMDD") and YEARS[0] <= digits[:4] <= YEARS[1]:
        return Parts((digits[:4], digits[4:6], digits[6:]))
    if len(digits) in {5, 6, 7, 8}:  # an odd number of digits has lost its first nought
        whole = digits.zfill(len(digits) + len(digits) % 2)
        return Parts((whole[:2], whole[2:4], whole[4:]))
    return None


def _ranked(group: Mapping[str, Parts], rows: Mapping[str, int]) -> list[tuple[int, int, int]]:
    """The orders, that in which most dates of a group can be read first."""
    read = {
        order: sum(rows[value] for value, parts in group.items() if _is_date(parts, order))
        for order in ORDERS
    }
    return sorted(ORDERS, key=lambda order: -read[order])


def _in_order(parts: Parts, ranked: list[tuple[int, int, int]]) -> str | None:
    """A date in the first order in which it can be read; otherwise its digits, if they tell."""
    for order in ranked:
        if _is_date(parts, order):
            return _digits(parts, order)
    placed = [
        order for order in ranked if parts.is_long and len(parts.numbers[order[0]]) == len("YYYY")
    ]
    return _digits(parts, placed[0]) if placed else None


def _is_date(parts: Parts, order: tuple[int, int, int]) -> bool:
    """Whether the numbers can be year, month and day in an order."""
    year, month, day = (parts.numbers[place] for place in order)
    if (len(year) == len("YYYY")) != parts.is_long or (parts.is_worded and order[1] != 1):
        return False
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _digits(parts: Parts, order: tuple[int, int, int]) -> str:
    year, month, day = (parts.numbers[place] for place in order)
    if len(year) < len("YYYY"):
        year = f"{19 if int(year) >= SHORT_YEAR_PIVOT else 20}{year.zfill(2)}"
    return f"{year}{month.zfill(2)}{day.zfill(2)}"


def _one_year(value: str) -> str | None:
    number = whole_number(value)
    return f"{number}0101" if number and _ONE_YEAR.match(number) else None


def _days_counted(known: Mapping[str, str | None], rows: Mapping[str, int]) -> dict[str, str]:
    """Numbers of five digits as counts of days, if more of the column's can be that than dates.

    A date with a lost nought stands beside others of six digits, and half of them are no counts.
    """
    numbers = {value: whole_number(value) or "" for value in known}
    five = {value: int(number) for value, number in numbers.items() if len(number) == 5}
    counted = {
        value: (_DAY_NOUGHT + pd.Timedelta(days=days)).strftime("%Y%m%d")
        for value, days in five.items()
        if days <= _LAST_DAY
    }
    as_dates = sum(rows[value] for value in five if known[value])
    is_counted = sum(rows[value] for value in counted) > as_dates
    has_six = any(len(number) == 6 for number in numbers.values())
    if not is_counted or has_six:
        return {}
    return counted | {value: "" for value in five if value not in counted}
