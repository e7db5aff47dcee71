"""The immigration service's teams: 85 people at the worst, some of them lent to other work."""

from datetime import date
from typing import Final

import numpy as np
import pyarrow as pa

from jobs.contract import immigration
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Ints

TEAMS: Final = tuple(f"Criminal Casework {number}" for number in range(1, 7))
GENERAL_TEAM: Final = "General Casework"
_SHARES: Final = np.array([0.22, 0.20, 0.18, 0.16, 0.13, 0.11])
_CASEWORKERS: Final = 85
_DIVERTED_TO: Final = "asylum decisions"
# Staff of all teams by the first day of a period: growth after April 2006, published in outline.
_STAFF: Final = (
    (date(1995, 12, 1), 30, 0),
    (date(2000, 1, 1), 45, 8),
    (date(2003, 1, 1), 66, 17),
    (date(2005, 1, 1), published.STAFF, 23),
    (date(2006, 6, 1), 220, 0),
    (date(2007, 1, 1), 480, 0),
)
_WEEK: Final = 7


def team_of(case: Ints) -> Ints:
    """The team (by position) of each case."""
    bounds = (np.cumsum(_SHARES) * 100).astype(np.int64)
    return np.minimum(np.searchsorted(bounds, (case * 37) % 100, side="right"), len(TEAMS) - 1)


def caseworker_of(case: Ints) -> Ints:
    """The caseworker (by number, from 1) of each case."""
    return (case * 53) % _CASEWORKERS + 1


def staffing_table(as_of: int) -> pa.Table:
    """Every team's staff on each Monday to ``as_of``."""
    monday = days.number(date(1996, 1, 1))
    weeks = np.arange(monday, as_of + 1, _WEEK)
    starts = np.array([days.number(day) for day, _, _ in _STAFF])
    period = np.searchsorted(starts, weeks, side="right") - 1
    total = np.array([people for _, people, _ in _STAFF])[period]
    away = np.array([people for _, _, people in _STAFF])[period]
    rows, teams = len(weeks), len(TEAMS)
    fte = np.round(total[:, None] * _SHARES * 2) / 2
    fte[:, 0] += total - fte.sum(axis=1)
    diverted = np.round(away[:, None] * _SHARES * 2) / 2
    diverted[:, 0] += away - diverted.sum(axis=1)
    absent = np.round(fte * (0.04 + 0.01 * ((weeks // _WEEK) % 5)[:, None]) * 2) / 2
    lent = (diverted > 0).ravel()
    return columns.table(
        immigration.STAFFING,
        {
            "team": columns.texts(np.tile(np.array(TEAMS, dtype=object), rows)),
            "staffing_date": days.dates(np.repeat(weeks, teams)),
            "fte": fte.ravel(),
            "fte_absent": absent.ravel(),
            "fte_diverted": diverted.ravel(),
            "diverted_to": columns.texts(np.full(rows * teams, _DIVERTED_TO), where=lent),
        },
    )
