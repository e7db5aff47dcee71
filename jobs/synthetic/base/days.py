"""Days as whole numbers since 1 January 1970, and what never happened as `NEVER`.

The world is computed on plain integers: comparing and adding them is exact and fast, and
"not yet" is "later than the night".
"""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.synthetic.base.random_draws import Flags, Ints

NEVER: Final = 1_000_000
"""The day of an event that does not happen; later than every night."""

_EPOCH: Final = date(1970, 1, 1)
_SECONDS_A_DAY: Final = 86_400


def number(day: date) -> int:
    """The number of a calendar day."""
    return (day - _EPOCH).days


WORLD_START: Final = number(date(1996, 1, 1))
WORLD_END: Final = number(date(2007, 12, 31))
FOUND: Final = number(date(2006, 4, 25))
"""The night on which the failure became known, for which the size of a world is counted."""


def calendar(day: int) -> date:
    """The calendar day of a number."""
    return date.fromordinal(day + _EPOCH.toordinal())


def add_months(days: npt.ArrayLike, months: npt.ArrayLike) -> Ints:
    """The same day of the month, ``months`` later; the last day of a shorter month."""
    start = np.asarray(days, dtype=np.int64).astype("datetime64[D]")
    month = start.astype("datetime64[M]")
    day_of_month = (start - month.astype("datetime64[D]")).astype(np.int64)
    target = month + np.asarray(months, dtype=np.int64).astype("timedelta64[M]")
    first = target.astype("datetime64[D]").astype(np.int64)
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - first
    shifted: Ints = first + np.minimum(day_of_month, length - 1)
    return shifted


def years(days: npt.ArrayLike) -> Ints:
    """The calendar year of each day."""
    return (
        np.asarray(days, dtype=np.int64)
        .astype("datetime64[D]")
        .astype("datetime64[Y]")
        .astype(np.int64)
        + 1970
    )


def first_of_year(days: npt.ArrayLike) -> Ints:
    """1 January of each day's year."""
    start = np.asarray(days, dtype=np.int64).astype("datetime64[D]").astype("datetime64[Y]")
    return start.astype("datetime64[D]").astype(np.int64)


def working_day_before(days: npt.ArrayLike) -> Ints:
    """The day itself, or the Friday before a Saturday or Sunday: releases fall on weekdays."""
    numbers = np.asarray(days, dtype=np.int64)
    weekday = (numbers + 3) % 7  # 1 January 1970 was a Thursday; Monday is 0
    return numbers - np.maximum(weekday - 4, 0)


def known(days: npt.ArrayLike) -> Flags:
    """Which events happen at all."""
    return np.asarray(days, dtype=np.int64) < NEVER


def dates(days: npt.ArrayLike, *, where: Flags | None = None) -> pa.Array:
    """Arrow dates; empty for `NEVER` and outside ``where``."""
    numbers = np.asarray(days, dtype=np.int64)
    missing = ~known(numbers) if where is None else ~(known(numbers) & where)
    return pa.array(numbers.astype(np.int32), mask=missing).cast(pa.date32())


def moments(days: npt.ArrayLike, *, by: npt.ArrayLike, salt: int = 0) -> pa.Array:
    """Arrow timestamps within office hours of each day, before 18:00 UTC; empty for `NEVER`.

    The time of day follows from ``by``, a number of the row that is the same on every night.
    """
    numbers = np.asarray(days, dtype=np.int64)
    seconds = 8 * 3600 + (numbers * 7919 + np.asarray(by, dtype=np.int64) * 104_729 + salt) % 36_000
    micros = (numbers * _SECONDS_A_DAY + seconds) * 1_000_000
    return pa.array(micros, mask=~known(numbers)).cast(pa.timestamp("us", tz="UTC"))
