"""Conditions on the rows of a night: which of them a figure counts, and in which group.

A condition is a mask over a frame of `results.ASSESSMENTS`, or of the backlog where it says so. The
same objects count a figure, mark the rows of its list and tell who moved in or out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from jobs.report.published import NONE

Condition = Callable[[pd.DataFrame], pd.Series]
"""A frame's rows -> whether each counts."""
Grouping = Callable[[pd.DataFrame], pd.Series]
"""A frame's rows -> the group of each."""

SERIOUS = 2
"""Seriousness 1 and 2: killing, sexual and serious violent offences, robbery, arson, kidnapping."""


@dataclass(frozen=True)
class HasStatus:
    """The episode has this status."""

    status: str

    def __call__(self, frame: pd.DataFrame) -> pd.Series:
        """Whether each episode has it."""
        return frame["status"].eq(self.status)


def everything(frame: pd.DataFrame) -> pd.Series:
    """Every row."""
    return pd.Series(True, index=frame.index)


def column(name: str) -> Grouping:
    """A group for each value of a column."""
    return lambda frame: frame[name]


def within(days: int) -> Condition:
    """Earliest release within so many days, or already past."""
    return lambda frame: frame["days_to_release"].le(days).fillna(False).astype("bool")


def serious(frame: pd.DataFrame) -> pd.Series:
    """Seriousness 1 or 2."""
    return frame["seriousness"].le(SERIOUS).fillna(False).astype("bool")


def possibly_considered(frame: pd.DataFrame) -> pd.Series:
    """A possible match holds a decision in time."""
    return frame["is_possibly_considered"]


def unsettled(frame: pd.DataFrame) -> pd.Series:
    """Undecided, and the nationality must be verified first: the episode may come into a count."""
    return frame["status"].eq("VERIFY_NATIONALITY") & frame["considered_date"].isna()


def idle(days: int) -> Condition:
    """A case in which nothing is recorded for more than so many days."""
    return lambda frame: frame["days_idle"].gt(days).fillna(False).astype("bool")


def prison(frame: pd.DataFrame) -> pd.Series:
    """Group: the prison now, or the last one."""
    return frame["prison_id"].fillna(NONE)
