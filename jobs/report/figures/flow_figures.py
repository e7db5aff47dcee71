"""Figures on pace: what the last weeks and months brought, and who will be released too soon."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from jobs.report.facts import Facts
from jobs.report.figures.counting import ALL, VALUES, Compute, plain, single
from jobs.report.forecast.capacity import WEEKS_MEASURED, Pace, too_late, waiting

MONTHS: Final = 24
LATE_WEEKS: Final = 26

Days = Callable[[Facts], pd.Series]


def opened(facts: Facts) -> pd.Series:
    """Days on which criminal cases were opened."""
    return facts.flow["opened"]


def closed(facts: Facts) -> pd.Series:
    """Days on which criminal cases were closed."""
    return facts.flow["closed"]


def decided(facts: Facts) -> pd.Series:
    """Days on which a caseworker decided on a custody episode."""
    return facts.of("assessments")["considered_date"]


def due_at_sentence(facts: Facts) -> pd.Series:
    """Days of sentence of episodes whose consideration was due at once."""
    frame = facts.of("assessments")
    at_once = frame["is_in_scope"] & frame["due_date"].le(frame["sentence_date"])
    return frame.loc[at_once, "sentence_date"]


def last_weeks(days: Days) -> Compute:
    """How many fell in the 13 weeks up to the night."""

    def compute(facts: Facts) -> pd.DataFrame:
        start = facts.today - pd.Timedelta(weeks=WEEKS_MEASURED)
        found = days(facts)
        return single(float((found.gt(start) & found.le(facts.today)).sum()))

    return compute


def by_month(days: Days) -> Compute:
    """How many fell in each of the last 24 whole months; months of nothing are shown."""

    def compute(facts: Facts) -> pd.DataFrame:
        last = pd.Period(facts.today, freq="M") - 1
        months = pd.period_range(last - (MONTHS - 1), last, freq="M")
        found = days(facts).dropna().dt.to_period("M").value_counts()
        return plain(found.reindex(months, fill_value=0))

    return compute


def staff_of_last_weeks(facts: Facts) -> pd.DataFrame:
    """Mean of the staff at work over the days of the 13 weeks; empty where none is recorded."""
    start = facts.today - pd.Timedelta(weeks=WEEKS_MEASURED)
    days = facts.staff[facts.staff["day"].gt(start)]
    return single(round(float(days["working"].mean()), 2) if len(days) else None)


def staff_by_month(column: str = "working") -> Compute:
    """Mean of the staff at work, or diverted, in each of the last 24 whole months."""

    def compute(facts: Facts) -> pd.DataFrame:
        last = pd.Period(facts.today, freq="M") - 1
        months = pd.period_range(last - (MONTHS - 1), last, freq="M")
        mean = facts.staff.groupby(facts.staff["day"].dt.to_period("M"))[column].mean().round(2)
        return plain(mean.reindex(months)).dropna(subset=["value"])

    return compute


def late_people(facts: Facts) -> pd.DataFrame:
    """People released before their turn at the present pace."""
    weekly = {
        name: float(last_weeks(days)(facts)["value"].iloc[0]) / WEEKS_MEASURED
        for name, days in (
            ("opened", opened),
            ("closed", closed),
            ("decided", decided),
            ("newcomers", due_at_sentence),
        )
    }
    staff = staff_of_last_weeks(facts)["value"].iloc[0]
    pace = Pace(staff=0.0 if pd.isna(staff) else float(staff), **weekly)
    queue = waiting(facts.of("assessments"), facts.as_of)
    late = too_late(queue=queue, pace=pace, staff=pace.staff, weeks=LATE_WEEKS)
    row = [ALL, float(late.rows.sum()), float(late.low), float(late.high)]
    return pd.DataFrame([row], columns=VALUES)
