"""Whether the work can be done in time: the queue ahead, the pace, and who comes too late.

Everything is counted from one publication, so ``python -m jobs capacity`` and the pages agree.

Pace, queue and turn are those of `jobs.report.forecast.queue`.

**Ranges.** Counts of 13 weeks are taken for Poisson counts: 90 of 100 such ranges hold the truth.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.report.forecast.queue import (
    NINETY,
    WEEKS_MEASURED,
    Pace,
    too_late,
    waiting,
    weekly_capacity,
)
from jobs.report.published import Frames, value_of
from jobs.runtime.errors import BadInput

WEEKS_AHEAD: Final = 52
LATE_COLUMNS: Final = ["episode_id", "prison_id", "release_date", "seriousness"]


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """What happens with a number of staff.

    ``weeks`` has a row for each week ahead: ``start``, ``releases`` of people not considered,
    ``capacity`` in decisions, ``backlog``, ``backlog_low``, ``backlog_high``. ``late`` lists the
    episodes released before their turn: ``episode_id``, ``prison_id``, ``release_date``,
    ``seriousness``. ``late_low`` and ``late_high`` are the numbers at the ends of the pace's range.
    ``clear_week`` is the week in which no open case is left, None if there is none: never.
    """

    staff: float
    pace: Pace
    weeks: pd.DataFrame
    late: pd.DataFrame
    late_low: int
    late_high: int
    clear_week: int | None


def forecast(
    *,
    facts: Frames,
    as_of: date,
    staff: float | None = None,
    weeks: int = WEEKS_AHEAD,
) -> Forecast:
    """Work the queue of a publication ahead with a number of staff.

    Args:
        facts: frames of the publication; assessments and figures are read.
        as_of: its night.
        staff: full-time equivalents at work; None takes those at work in the 13 weeks measured.
        weeks: how far ahead.

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
    late = too_late(queue=queue, pace=pace, staff=staff, weeks=weeks)
    return Forecast(
        staff=staff,
        pace=pace,
        weeks=_weeks(queue, facts, pace, staff, as_of, weeks),
        late=queue.loc[late.rows, LATE_COLUMNS].reset_index(drop=True),
        late_low=late.low,
        late_high=late.high,
        clear_week=_clear_week(value_of(results.FIGURES.of(facts), "backlog.open"), pace, staff),
    )


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
