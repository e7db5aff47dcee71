"""Whether the work can be done in time: the queue ahead, the pace, and who comes too late.

Everything is counted from one publication, so ``python -m jobs capacity`` and the pages agree.

Pace, queue and turn are those of `jobs.report.forecast.queue`, the orders of
`jobs.report.forecast.orders`.

**Ranges.** Counts of 13 weeks are taken for Poisson counts: 90 of 100 such ranges hold the truth.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.report.forecast.orders import NEVER, ORDERS, WORK, Order
from jobs.report.forecast.queue import (
    NINETY,
    WEEKS_MEASURED,
    Pace,
    too_late,
    waiting,
    weekly_capacity,
    worked,
)
from jobs.report.published import Frames, value_of
from jobs.runtime.errors import BadInput

WEEKS_AHEAD: Final = 52
WEEKS_COMPARED: Final = 26
FIVE_YEARS: Final = 261
"""Weeks of five years."""
MOST_STAFF: Final = 100_000
LATE_COLUMNS: Final = ["episode_id", "prison_id", "release_date", "seriousness"]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What happens with a number of staff.

    ``weeks`` has a row for each week ahead: ``start``, ``releases`` of people not considered,
    ``capacity`` in decisions, ``backlog``, ``backlog_low``, ``backlog_high``. ``late`` lists the
    episodes released before their turn: ``episode_id``, ``prison_id``, ``release_date``,
    ``seriousness``. ``late_low`` and ``late_high`` are the numbers at the ends of the pace's range.
    ``held`` is how many are held past their date tonight, ``held_left`` how many of them are still
    undecided after the weeks. ``clear_week`` is the week in which no open case is left, None if
    there is none: never; ``in_five_years`` the open cases then.
    """

    staff: float
    pace: Pace
    weeks: pd.DataFrame
    late: pd.DataFrame
    late_low: int
    late_high: int
    held: int
    held_left: int
    clear_week: int | None
    in_five_years: int


@dataclass(frozen=True, kw_only=True)
class OrderTried:
    """What becomes of a queue in one order, at one number of staff, within some weeks.

    ``late`` are released before their turn, between ``low`` and ``high``; of ``held`` people held
    past their date ``held_left`` are still undecided at the end, and half of all of them wait
    ``median_wait`` days or more (None: longer than the weeks). ``staff_for_both`` is the smallest
    whole number of staff at which nobody is late and nobody held is left.
    ``by_week`` has ``late`` and ``held_left`` at the end of each week.
    """

    order: Order
    late: int
    low: int
    high: int
    held: int
    held_left: int
    median_wait: int | None
    staff_for_both: int | None
    by_week: pd.DataFrame


def forecast(
    *,
    facts: Frames,
    as_of: date,
    staff: float | None = None,
    weeks: int = WEEKS_AHEAD,
    order: Order = WORK,
) -> Forecast:
    """Work the queue of a publication ahead with a number of staff.

    Args:
        facts: frames of the publication; assessments and figures are read.
        as_of: its night.
        staff: full-time equivalents at work; None takes those at work in the 13 weeks measured.
        weeks: how far ahead.
        order: in which order the work is taken.

    Raises:
        BadInput: fewer than no staff, or no weeks.
    """
    if staff is not None and (staff < 0 or not np.isfinite(staff)):
        raise BadInput(f"staff [{staff}]", "not a number of staff", "give 0 or more")
    if not 1 <= weeks <= 520:
        raise BadInput(f"weeks [{weeks}]", "not a number of weeks", "give 1 to 520")
    pace = Pace.of(results.FIGURES.of(facts))
    staff = pace.staff if staff is None else staff
    queue = waiting(results.ASSESSMENTS.of(facts), as_of)
    late = too_late(queue=queue, pace=pace, staff=staff, weeks=weeks, order=order)
    backlog = value_of(results.FIGURES.of(facts), "backlog.open")
    return Forecast(
        staff=staff,
        pace=pace,
        weeks=_weeks(queue, facts, pace, staff, as_of, weeks),
        late=queue.loc[late.rows, LATE_COLUMNS].reset_index(drop=True),
        late_low=late.low,
        late_high=late.high,
        held=int(queue["is_held"].sum()),
        held_left=int((queue["is_held"] & (late.turn == NEVER)).sum()),
        clear_week=_clear_week(backlog, pace, staff),
        in_five_years=round(
            max(0.0, (backlog or 0.0) + FIVE_YEARS * (pace.opened - pace.closings(staff)))
        ),
    )


def compare_orders(*, facts: Frames, as_of: date, weeks: int = WEEKS_COMPARED) -> list[OrderTried]:
    """What becomes of the queue of a publication in each of `ORDERS`, at the staff at work."""
    pace = Pace.of(results.FIGURES.of(facts))
    queue = waiting(results.ASSESSMENTS.of(facts), as_of)
    return [_outcome(queue, pace, order, weeks) for order in ORDERS]


def _outcome(queue: pd.DataFrame, pace: Pace, order: Order, weeks: int) -> OrderTried:
    late = too_late(queue=queue, pace=pace, staff=pace.staff, weeks=weeks, order=order)
    held = queue["is_held"].to_numpy()
    waits = np.sort(late.turn[held])
    half = int(waits[(len(waits) - 1) // 2]) if len(waits) else 0
    ends = 7 * np.arange(1, weeks + 1)
    gone = np.sort(queue["leaves"].to_numpy()[late.rows])
    return OrderTried(
        order=order,
        late=int(late.rows.sum()),
        low=late.low,
        high=late.high,
        held=int(held.sum()),
        held_left=int((waits == NEVER).sum()),
        median_wait=None if half == NEVER else half,
        staff_for_both=_staff_for_both(queue, pace, order, weeks),
        by_week=pd.DataFrame(
            {
                "late": np.searchsorted(gone, ends),
                "held_left": len(waits) - np.searchsorted(waits, ends),
            }
        ),
    )


def _staff_for_both(queue: pd.DataFrame, pace: Pace, order: Order, weeks: int) -> int | None:
    """The fewest staff at which the weeks lose nobody and leave nobody held undecided."""
    held = queue["is_held"].to_numpy()

    def does_both(staff: int) -> bool:
        turn, late = worked(queue, weekly_capacity(pace, staff), weeks, order)
        return not late.any() and not (turn[held] == NEVER).any()

    if not pace.staff or not pace.decided:
        return None
    low, high = 0, max(1, ceil(pace.staff))
    while not does_both(high):
        low, high = high, 2 * high
        if high > MOST_STAFF:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if does_both(middle) else (middle, high)
    return high


def _weeks(
    queue: pd.DataFrame,
    facts: Frames,
    pace: Pace,
    staff: float,
    as_of: date,
    weeks: int,
) -> pd.DataFrame:
    number = np.arange(weeks)
    leaving = queue.loc[queue["leaves"].lt(7 * weeks), "leaves"] // 7
    backlog = value_of(results.FIGURES.of(facts), "backlog.open") or 0.0
    growth = pace.opened - pace.closings(staff)
    middle = backlog + growth * (number + 1)
    width = _half_width(pace, staff, number + 1)
    return pd.DataFrame(
        {
            "start": [as_of + timedelta(days=7 * int(week)) for week in number],
            "releases": np.bincount(leaving.to_numpy(dtype="int64"), minlength=weeks),
            "capacity": weekly_capacity(pace, staff),
            "backlog": middle.clip(min=0),
            "backlog_low": (middle - width).clip(min=0),
            "backlog_high": (middle + width).clip(min=0),
        }
    )


def _half_width(pace: Pace, staff: float, ahead: np.ndarray) -> np.ndarray:
    """Half the width of the range: chance of the weeks ahead, and of the weeks measured."""
    scale = staff / pace.staff if pace.staff else 0.0
    chance = ahead * (pace.opened + pace.closings(staff))
    rate = ahead**2 * (pace.opened + pace.closed * scale**2) / WEEKS_MEASURED
    width: np.ndarray = NINETY * np.sqrt(chance + rate)
    return width


def _clear_week(backlog: float | None, pace: Pace, staff: float) -> int | None:
    fall = pace.closings(staff) - pace.opened
    if not backlog:
        return 0
    return ceil(backlog / fall) if fall > 0 else None
