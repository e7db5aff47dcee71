"""The queue of people on whom nobody has decided, the pace of the work, and who comes too late.

**Pace.** Decisions, openings and closings are those of the 13 weeks up to the night; the pace of
one member of staff is that number by the full-time equivalents at work in those weeks. Another
number of staff is supposed to work at the same pace.

**Queue.** People in scope and not released on whom nobody has decided: those due, and those who
become due later, from the day on which they do. People sentenced in the weeks to come are not
known; as many as were due at their sentence in the last 13 weeks take their share of the capacity
first. Who is still held after the recorded date has passed may leave on any day: the day is not
known, so they are never counted as late, but as waiting.

**Turn.** Day by day the capacity is spent in an order (`jobs.report.forecast.orders`): that of the
work unless another is asked for. Who is released before the turn comes leaves the queue: a release
without consideration that can be named today.
"""

from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import Final

import numpy as np
import pandas as pd

from jobs.report.forecast.orders import NEVER, WORK, Order, turns
from jobs.report.published import value_of

WEEKS_MEASURED: Final = 13
NINETY: Final = 1.645
"""Standard deviations on either side that hold 90 of 100 counts."""
UNKNOWN_RANKS_AS: Final = 3
"""Seriousness of an unknown offence, as in the rule ``priority.ranking``."""


@dataclass(frozen=True, kw_only=True)
class Pace:
    """What a week brings, as measured; None where staff or decisions are not known."""

    opened: float
    closed: float
    decided: float
    newcomers: float
    staff: float

    @classmethod
    def of(cls, figures: pd.DataFrame) -> "Pace":
        """Read the pace from a publication's figures."""
        values = {
            name: value_of(figures, f"flow.{name}_13_weeks") or 0.0
            for name in ("opened", "closed", "decided", "newcomers")
        }
        weekly = {name: value / WEEKS_MEASURED for name, value in values.items()}
        staff = value_of(figures, "staff.working_13_weeks")
        return cls(staff=staff or 0.0, **weekly)

    def decisions(self, staff: float) -> float:
        """Decisions in a week with so many staff."""
        return self.decided * staff / self.staff if self.staff else 0.0

    def closings(self, staff: float) -> float:
        """Cases closed in a week with so many staff."""
        return self.closed * staff / self.staff if self.staff else 0.0


@dataclass(frozen=True, kw_only=True)
class Late:
    """Who in a queue is released before the turn: a mask, and the range of their number.

    ``turn`` is the day on which each is decided on, or `NEVER`.
    """

    rows: np.ndarray
    turn: np.ndarray
    low: int
    high: int


def too_late(
    *, queue: pd.DataFrame, pace: Pace, staff: float, weeks: int, order: Order = WORK
) -> Late:
    """Find who in a queue (as `waiting` gives) is released within the weeks and before the turn."""
    capacity = weekly_capacity(pace, staff)
    spread = NINETY * sqrt(pace.decided / WEEKS_MEASURED)
    spread *= staff / pace.staff if pace.staff else 0.0
    turn, rows = worked(queue, capacity, weeks, order)
    # A decision falls on a day: at another pace one may fall just before somebody comes.
    counts = [
        int(worked(queue, pace_then, weeks, order)[1].sum())
        for pace_then in (capacity + spread, max(0.0, capacity - spread))
    ]
    number = int(rows.sum())
    return Late(rows=rows, turn=turn, low=min(number, *counts), high=max(number, *counts))


def worked(
    queue: pd.DataFrame, weekly: float, weeks: int, order: Order
) -> tuple[np.ndarray, np.ndarray]:
    """The turn of each in a queue, and who is released within the weeks and before it comes."""
    days = 7 * weeks
    arrives, leaves = queue["arrives"].to_numpy(), queue["leaves"].to_numpy()
    turn = turns(
        arrives=arrives,
        leaves=leaves,
        is_held=queue["is_held"].to_numpy(),
        seriousness=queue["seriousness"].fillna(UNKNOWN_RANKS_AS).to_numpy(dtype="int64"),
        daily=weekly / 7,
        days=days,
        order=order,
    )
    late: np.ndarray = (leaves < days) & (arrives <= leaves) & (turn == NEVER)
    return turn, late


def weekly_capacity(pace: Pace, staff: float) -> float:
    """Decisions a week that are left for the people already known."""
    return max(0.0, pace.decisions(staff) - pace.newcomers)


def waiting(assessments: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """People in scope, not released and without a decision, in the order of their release.

    Returns:
        episode_id, prison_id, seriousness, release_date, ``arrives`` (day from the night on which
        the work can begin, 0 for those due) and ``leaves`` (day of the earliest release; `NEVER`
        where no date is known or it has passed) and ``is_held`` (it has passed).
    """
    today = pd.Timestamp(as_of)
    status = assessments["status"]
    # Somebody back in prison after a missed release waits too, whatever the status says first.
    due = assessments["is_due"].fillna(status.eq("DUE")).astype("bool")
    frame = assessments[due | status.eq("NOT_YET_DUE")]
    order = frame["days_to_release"].astype("float64").fillna(NEVER)
    later = (frame["due_date"] - today).dt.days.fillna(0).clip(lower=0)
    arrives = later.where(frame["status"].eq("NOT_YET_DUE"), 0)
    known = frame["due_date"].notna() | due[frame.index]
    queue = pd.DataFrame(
        {
            "episode_id": frame["episode_id"],
            "prison_id": frame["prison_id"],
            "seriousness": frame["seriousness"],
            "release_date": frame["earliest_release_date"],
            "arrives": arrives.where(known, NEVER).astype("int64"),
            "leaves": order.where(order >= 0, NEVER).astype("int64"),
            "is_held": order.lt(0),
            "order": order,
        }
    )
    queue = queue.sort_values(["order", "seriousness", "episode_id"], ignore_index=True)
    return queue.drop(columns="order")
