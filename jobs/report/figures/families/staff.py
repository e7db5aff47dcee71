"""Staff: who is there to work on criminal cases, and how many cases each has."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import CASEWORK, FTE, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import plain, single
from jobs.report.forecast.queue import WEEKS_MEASURED

MONTHS: Final = 24


def last_months(today: pd.Timestamp) -> pd.PeriodIndex:
    """The last 24 whole months."""
    last = pd.Period(today, freq="M") - 1
    return pd.period_range(last - (MONTHS - 1), last, freq="M")


def team_total(column: str) -> Compute:
    """Sum of a column over teams; empty where no team's staff are known."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        known = inputs.of(results.TEAMS)[column].dropna()
        return single(round(float(known.sum()), 2) if len(known) else None)

    return compute


def cases_per_fte(inputs: FigureInputs) -> pd.DataFrame:
    """Open cases for each full-time equivalent at work; empty without staff."""
    working = float(inputs.of(results.TEAMS)["fte_working"].sum())
    return single(round(len(inputs.of(results.BACKLOG)) / working, 1) if working > 0 else None)


def staff_of_last_weeks(inputs: FigureInputs) -> pd.DataFrame:
    """Mean of the staff at work over the days of the 13 weeks; empty where none is recorded."""
    start = inputs.today - pd.Timedelta(weeks=WEEKS_MEASURED)
    days = inputs.staff[inputs.staff["day"].gt(start)]
    return single(round(float(days["working"].mean()), 2) if len(days) else None)


def staff_by_month(column: str) -> Compute:
    """Mean of the staff at work, or diverted, in each of the last 24 whole months."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        mean = inputs.staff.groupby(inputs.staff["day"].dt.to_period("M"))[column].mean().round(2)
        return plain(mean.reindex(last_months(inputs.today))).dropna(subset=["value"])

    return compute


def _figure(
    id_: str, title: str, definition: str, compute: Compute, *, unit: str = FTE, groups: str = ""
) -> Figure:
    return Figure(
        id=f"staff.{id_}",
        title=title,
        definition=definition,
        population="teams that hold or held criminal cases",
        unit=unit,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
    )


FIGURES: Final = (
    _figure("in_post", "Staff in post", "Staff in post.", team_total("fte")),
    _figure("absent", "Staff absent", "Staff in post who are absent.", team_total("fte_absent")),
    _figure(
        "diverted",
        "Staff diverted",
        "Staff in post who work elsewhere.",
        team_total("fte_diverted"),
    ),
    _figure(
        "working",
        "Staff at work on cases",
        "Staff in post, less those absent and those working elsewhere.",
        team_total("fte_working"),
    ),
    _figure(
        "cases_per_fte",
        "Cases for each member of staff",
        "Open criminal cases for each full-time equivalent at work on cases.",
        cases_per_fte,
        unit="cases per full-time equivalent",
    ),
    _figure(
        "working_13_weeks",
        "Staff at work, last 13 weeks",
        "Mean over the days of the last 13 weeks of the staff at work on criminal cases.",
        staff_of_last_weeks,
    ),
    _figure(
        "by_month",
        "Staff at work by month",
        "Mean of the staff at work on criminal cases in each of the last 24 whole months.",
        staff_by_month("working"),
        groups="month",
    ),
    _figure(
        "diverted_by_month",
        "Staff diverted by month",
        "Mean of the staff of criminal casework who worked elsewhere in each of the last 24 whole "
        "months.",
        staff_by_month("diverted"),
        groups="month",
    ),
)
