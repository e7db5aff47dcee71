"""Conditions on the rows of a night: which of them a figure counts, and in which group.

A condition is a mask over a frame of `results.ASSESSMENTS`, or of the backlog where it says so. The
same objects count a figure, mark the rows of its list and tell who moved in or out of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.report.published import NONE

Condition = Callable[[pd.DataFrame], pd.Series]
"""A frame's rows -> whether each counts."""
Grouping = Callable[[pd.DataFrame], pd.Series]
"""A frame's rows -> the group of each."""

SERIOUS = 2
"""Seriousness 1 and 2: killing, sexual and serious violent offences, robbery, arson, kidnapping."""
NO_DATE: Final = "(no date)"
IN_TIME: Final = "(in time)"
"""Group of the notices that may still be answered in time."""
NOT_RECORDED: Final = "(not recorded)"
MONTHS_BACK: Final = 120
OFFENCE_CATEGORIES: Final = (
    *dict.fromkeys(entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)),
    NOT_RECORDED,
)
_CATEGORY_OF: Final = {
    entry.code: entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)
}


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


def decided_since(frame: pd.DataFrame) -> pd.Series:
    """A named caseworker has decided since the release."""
    return frame["decided_since_date"].notna()


def no_release_date(frame: pd.DataFrame) -> pd.Series:
    """Released on a day that nobody recorded."""
    return frame["release_date"].isna()


def court_recommended(frame: pd.DataFrame) -> pd.Series:
    """The court recommended deportation."""
    return frame["is_court_recommended"]


def nationality_unknown(frame: pd.DataFrame) -> pd.Series:
    """Nationality unknown, refused, stateless or missing."""
    return frame["is_nationality_unknown"]


def release_month(frame: pd.DataFrame) -> pd.Series:
    """Group: the month of release as ``2005-09``."""
    month: pd.Series = frame["release_date"].dt.strftime("%Y-%m").astype("str")
    return month.fillna(NO_DATE)


def every_month(months: pd.Series) -> list[str]:
    """The groups of `release_month` from the first to the last of these, those between too.

    A month in which nothing counts has a range all the same. A date that is far off, as a slip of
    the pen makes it, brings no more than `MONTHS_BACK` of them.
    """
    dated = months[months.ne(NO_DATE)]
    if dated.empty:
        return [NO_DATE]
    last = pd.Period(dated.max(), freq="M")
    first = max(pd.Period(dated.min(), freq="M"), last - MONTHS_BACK + 1)
    return [*(str(month) for month in pd.period_range(first, last)), NO_DATE]


def offence_category(frame: pd.DataFrame) -> pd.Series:
    """Group: the category of the most serious offence, as in the published list of 2006."""
    return frame["offence_code"].map(_CATEGORY_OF).astype("str").fillna(NOT_RECORDED)
