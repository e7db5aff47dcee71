"""What to do next: the one order of the work, as email, pages and command line give it.

First those who may still leave within a week, today's on top; then those held past their date. Each
list is ranked from 1. The order is that of the rule ``priority.ranking``, in which the list of
everybody due stands too, so that the first list is how that one begins.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import SHOWN_DAYS
from jobs.contract.case_lists import DUE
from jobs.report.figures.conditions import within
from jobs.report.figures.families.due import overdue
from jobs.report.lists.list_rows import ranked, rows_of
from jobs.report.membership import is_among
from jobs.report.published import Frames

SOON_DAYS: Final = SHOWN_DAYS[0]
AHEAD: Final = "May be released within 7 days"
HELD: Final = "Held past the earliest release date, and may leave on any day"
SHOWN: Final = 10
"""Actions of each list that an email and the first page name."""


@dataclass(frozen=True, kw_only=True)
class NextActions:
    """Custody episodes that need a decision within a week, with the fields of the list `DUE`.

    ``ahead`` may be released within 7 days, which can still be prevented; the earliest date of
    release of those ``held`` has passed.
    """

    ahead: pd.DataFrame
    held: pd.DataFrame

    @property
    def every(self) -> pd.DataFrame:
        """Both lists, one after the other."""
        return pd.concat([self.ahead, self.held], ignore_index=True)

    def without(self, episodes: Collection[str]) -> "NextActions":
        """What is left once somebody has taken on these episodes."""
        ahead, held = (
            ranked(frame[~is_among(frame["episode_id"], episodes)])
            for frame in (self.ahead, self.held)
        )
        return NextActions(ahead=ahead, held=held)


def next_actions(
    facts: Frames, *, prisons: Collection[str] = (), teams: Collection[str] = ()
) -> NextActions:
    """The next actions of a publication, or those of some prisons and teams.

    Args:
        facts: frames of a publication; assessments are read, and the backlog for teams.
        prisons: their codes; with neither prisons nor teams, everybody's.
        teams: names of teams of the immigration service, for the cases that they hold.
    """
    due = rows_of(DUE, facts)
    if prisons or teams:
        due = due[answered_for(due, facts, prisons=prisons, teams=teams)]
    is_held = overdue(due)
    return NextActions(
        ahead=ranked(due[within(SOON_DAYS)(due) & ~is_held]), held=ranked(due[is_held])
    )


def answered_for(
    rows: pd.DataFrame, facts: Frames, *, prisons: Collection[str], teams: Collection[str]
) -> pd.Series:
    """Which rows of a list of episodes are of these prisons, or of a case of these teams."""
    mine = rows["prison_id"].isin(prisons)
    if teams:
        backlog = results.BACKLOG.of(facts)
        mine |= is_among(rows["case_id"], backlog.loc[backlog["team"].isin(teams), "case_id"])
    return mine
