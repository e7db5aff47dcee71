"""Pace: how many days the steps take, and how early decisions are made.

Their ranges say how far rows in quarantine may move them; links have no bearing.
"""

import math
from typing import Final, cast

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import CASEWORK, IN_SCOPE, PRISONS, Figure
from jobs.report.figures.inputs import Compute, FigureInputs, quarantine_of_episodes
from jobs.report.figures.ranges import Numbers, single


def median_days(start: str, end: str) -> Compute:
    """Median days between two dates of in-scope episodes that have both, in order."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.of(results.ASSESSMENTS)
        days = (frame[end] - frame[start]).dt.days
        counted = frame["is_in_scope"] & days.ge(0)
        named = _named(inputs)
        low, high = median_range(
            np.asarray(days[counted & ~named], dtype=np.float64),
            named=int(named.sum()),
            unnamed=inputs.uncertainty.unnamed,
            longest=(inputs.today - frame[start].min()).days,
        )
        return _within(days[counted].median(), low, high)

    return compute


def median_range(days: Numbers, *, named: int, unnamed: int, longest: float) -> tuple[float, float]:
    """The lowest and the highest that a median can be, whatever quarantine holds.

    Each row aside, of a person who is named or of one who is not, may hold from no days to
    ``longest``; one that is not named may also be of a row in use, which then holds other days.
    """
    aside = named + unnamed
    if not len(days) + aside:
        return math.nan, math.nan
    days = np.sort(days)
    kept = max(len(days) - unnamed, 0)
    lowest = np.concatenate([np.zeros(aside), days[:kept]])
    highest = np.concatenate([days[len(days) - kept :], np.full(aside, longest)])
    return float(np.median(lowest)), float(np.median(highest))


def share_decided_a_year_before(inputs: FigureInputs) -> pd.DataFrame:
    """Per cent of in-scope releases of the last 12 months decided 12 months before release."""
    frame = inputs.of(results.ASSESSMENTS)
    year_ago = inputs.today - pd.DateOffset(years=1)
    counted = (
        frame["is_in_scope"]
        & frame["release_date"].gt(year_ago)
        & frame["release_date"].le(inputs.today)
    )
    if not counted.any():
        return single(None)
    early = frame["considered_date"].le(frame["release_date"] - pd.DateOffset(years=1))
    named = _named(inputs)
    unnamed = inputs.uncertainty.unnamed
    aside = unnamed + int(named.sum())
    most = int((counted & ~named).sum()) + aside
    known = int((early & counted & ~named).sum())
    shares = early[counted].mean(), max(known - unnamed, 0) / most, min(known + aside, most) / most
    return _within(*(round(100.0 * float(share), 1) for share in shares))


def _named(inputs: FigureInputs) -> "pd.Series[bool]":
    """Which episodes are of people whom rows in quarantine concern by name."""
    return cast("pd.Series[bool]", inputs.once(quarantine_of_episodes).may_leave)


def _within(value: float, low: float, high: float) -> pd.DataFrame:
    """One value and its range; where nothing was counted there is neither."""
    return single(value).assign(low=low, high=high) if not pd.isna(value) else single(None)


FIGURES: Final = (
    Figure(
        id="pace.sentence_to_referral",
        title="Days from sentence to referral",
        definition="Median days from the first sentence to the referral, where both are known.",
        population=IN_SCOPE,
        unit="days",
        owner=PRISONS,
        compute=median_days("sentence_date", "referred_date"),
    ),
    Figure(
        id="pace.referral_to_decision",
        title="Days from referral to decision",
        definition="Median days from the referral to the decision, where both are known.",
        population=IN_SCOPE,
        unit="days",
        owner=CASEWORK,
        compute=median_days("referred_date", "considered_date"),
    ),
    Figure(
        id="pace.decided_year_before",
        title="Decided a year before release",
        definition="Share of the in-scope releases of the last 12 months that were decided at "
        "least 12 months before release.",
        population="in-scope episodes released in the 12 months to the night",
        unit="per cent",
        owner=CASEWORK,
        compute=share_decided_a_year_before,
    ),
)
