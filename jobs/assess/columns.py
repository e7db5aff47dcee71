"""Columns as numpy arrays, and the few moves that the rules are written in.

A register table becomes arrays of days (``datetime64[D]``, ``NaT`` where nothing is recorded),
whole numbers, flags and positions. A *position* is the index of a row in another table, -1 for
none; every join of this room is one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

Days = npt.NDArray[np.datetime64]
Flags = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

NO_DAY = np.datetime64("NaT", "D")
_MISSING_DAY = np.iinfo(np.int64).min
_LATEST = np.iinfo(np.int64).max


def days(table: pa.Table, name: str) -> Days:
    """A date column."""
    column: Days = table.column(name).to_numpy().astype("datetime64[D]")
    return column


def whole(table: pa.Table, name: str, *, missing: int) -> Whole:
    """An integer column with ``missing`` where nothing is recorded."""
    column: Whole = pc.fill_null(table.column(name), missing).to_numpy().astype(np.int64)
    return column


def flags(table: pa.Table, name: str) -> Flags:
    """A boolean column; missing is false."""
    column: Flags = pc.fill_null(table.column(name), False).to_numpy()
    return column


def filled(table: pa.Table, name: str) -> Flags:
    """Whether a text column holds more than spaces."""
    column = pc.utf8_trim_whitespace(table.column(name))
    answer: Flags = pc.fill_null(pc.not_equal(column, ""), False).to_numpy()
    return answer


def is_one_of(table: pa.Table, name: str, codes: Iterable[str]) -> Flags:
    """Whether a text column holds one of these codes; missing is false."""
    wanted = pa.array(sorted(codes), pa.string())
    answer: Flags = pc.is_in(table.column(name), value_set=wanted).to_numpy()
    return answer


def code_numbers(table: pa.Table, name: str, codes: Sequence[str]) -> Whole:
    """Position of each value in ``codes``; -1 where missing or not in the list."""
    return positions(table.column(name), pa.array(codes, pa.string()))


def positions(values: Any, among: Any) -> Whole:
    """Position of each value in the unique column ``among``; -1 where it is missing or absent."""
    if len(values) == 0 or len(among) == 0:
        return np.full(len(values), -1)
    if isinstance(among, pa.ChunkedArray):
        among = among.combine_chunks()
    found = pc.index_in(values, value_set=among, skip_nulls=True)
    answer: Whole = pc.fill_null(found, -1).to_numpy().astype(np.int64)
    return answer


def known_by(table: pa.Table, as_of: np.datetime64) -> Flags:
    """Whether a row was recorded by the end of the as-of date, London time; missing is known."""
    end = pd.Timestamp(as_of + 1).tz_localize("Europe/London").tz_convert("UTC")
    recorded = table.column("recorded_at")
    late = pc.greater_equal(recorded, pa.scalar(end.to_pydatetime(), recorded.type))
    answer: Flags = pc.invert(pc.fill_null(late, False)).to_numpy()
    return answer


def recorded_days(table: pa.Table) -> Days:
    """The day, London time, on which a row was recorded."""
    local = pc.local_timestamp(pc.assume_timezone(_naive(table), "UTC").cast(_LONDON))
    return np.asarray(local.to_numpy()).astype("datetime64[D]")


_LONDON = pa.timestamp("us", tz="Europe/London")


def _naive(table: pa.Table) -> Any:
    return table.column("recorded_at").cast(pa.timestamp("us", tz="UTC")).cast(pa.timestamp("us"))


def sort(table: pa.Table, *, by: str, keep: Sequence[str]) -> pa.Table:
    """The columns that are needed, in order of a key; sorting fewer columns is most of the gain."""
    chosen = table.select(list(keep))
    return chosen.take(pc.sort_indices(chosen.column(by)))


def add_months(start: Days, months: Any) -> Days:
    """The same day of the month so many calendar months on; the last day where there is none."""
    number = start.astype("datetime64[D]").view(np.int64)
    known = number != _MISSING_DAY
    month = start.astype("datetime64[M]").view(np.int64)
    target = np.where(known, month + np.asarray(months), 0)
    first, last = _first_of(target), _first_of(target + 1) - 1
    answer = np.minimum(first + number - _first_of(np.where(known, month, 0)), last)
    return np.where(known, answer, _MISSING_DAY).view("datetime64[D]")


_MONTHS_HELD = 36_000
_FIRSTS = np.arange(-_MONTHS_HELD, _MONTHS_HELD).astype("datetime64[M]").astype("datetime64[D]")
_FIRST_DAYS: Whole = _FIRSTS.view(np.int64)


def _first_of(months: Whole) -> Whole:
    """First day of each month, both counted from January 1970; a table is quicker than numpy."""
    inside = np.abs(months) < _MONTHS_HELD
    if inside.all():
        return _FIRST_DAYS[months + _MONTHS_HELD]
    days: Whole = months.astype("datetime64[M]").astype("datetime64[D]").view(np.int64)
    return days


def add_term(start: Days, months: Whole, extra_days: Whole) -> Days:
    """The day after a term of months and days that runs from ``start``."""
    ends: Days = add_months(start, months) + extra_days.astype("timedelta64[D]")
    return ends


def at(column: Any, rows: Whole, default: Any) -> Any:
    """The values at these positions, ``default`` where the position is -1."""
    if len(column) == 0:
        return np.full(len(rows), default, dtype=column.dtype)
    return np.where(rows >= 0, column[np.maximum(rows, 0)], default)


def any_of(groups: Whole, hit: Flags, count: int) -> Flags:
    """For each of ``count`` groups: whether any of its rows is a hit."""
    answer = np.zeros(count, dtype=bool)
    answer[groups[hit & (groups >= 0)]] = True
    return answer


def earliest(groups: Whole, values: Days, count: int) -> Days:
    """For each group: its earliest day."""
    numbers = values.astype("datetime64[D]").view(np.int64)
    use = (groups >= 0) & (numbers != _MISSING_DAY)
    answer = np.full(count, _LATEST)
    np.minimum.at(answer, groups[use], numbers[use])
    answer[answer == _LATEST] = _MISSING_DAY
    return answer.view("datetime64[D]")


def latest(groups: Whole, values: Days, count: int) -> Days:
    """For each group: its latest day."""
    numbers = values.astype("datetime64[D]").view(np.int64)
    use = (groups >= 0) & (numbers != _MISSING_DAY)
    answer = np.full(count, _MISSING_DAY)
    np.maximum.at(answer, groups[use], numbers[use])
    return answer.view("datetime64[D]")


def pick(groups: Whole, keys: Sequence[Any], hit: Flags, count: int) -> Whole:
    """For each group: the row that comes first by ``keys`` among the hits; -1 without one.

    Missing days come last. Ties fall to the lowest row, so rows must be in a fixed order.
    """
    rows = np.flatnonzero(hit & (groups >= 0))
    for key in keys:
        values = _ordered(key[rows])
        best = np.full(count, _LATEST)
        np.minimum.at(best, groups[rows], values)
        rows = rows[values == best[groups[rows]]]
    answer = np.full(count, _LATEST)
    np.minimum.at(answer, groups[rows], rows)
    return np.where(answer == _LATEST, -1, answer)


def _ordered(key: Any) -> Whole:
    if key.dtype.kind != "M":
        numbers: Whole = key.astype(np.int64)
        return numbers
    numbers = key.astype("datetime64[D]").view(np.int64)
    return np.where(numbers == _MISSING_DAY, _LATEST, numbers)


def pairs(left: Whole, right: Whole) -> tuple[Whole, Whole]:
    """Rows of ``left`` and ``right`` whose keys are equal, every combination; -1 joins nothing."""
    order = np.argsort(right, kind="stable")
    size = max(left.max(initial=-1), right.max(initial=-1)) + 2
    found = np.bincount(right + 1, minlength=size)
    count = np.where(left >= 0, found[left + 1], 0)
    start = (np.cumsum(found) - found)[left + 1]
    left_rows = np.repeat(np.arange(len(left)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return left_rows, order[np.repeat(start, count) + within]


def first_day(*candidates: Days) -> Days:
    """The first of the candidates that is recorded, row by row."""
    answer = candidates[0]
    for candidate in candidates[1:]:
        answer = np.where(np.isnat(answer), candidate, answer)
    return answer
