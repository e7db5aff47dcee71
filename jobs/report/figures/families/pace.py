"""Pace: how many days the steps take, and how early decisions are made."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import CASEWORK, IN_SCOPE, PRISONS, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import single


def median_days(start: str, end: str) -> Compute:
    """Median days between two dates of in-scope episodes that have both, in order."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.of(results.ASSESSMENTS)
        frame = frame[frame["is_in_scope"]]
        days = (frame[end] - frame[start]).dt.days
        return single(days[days.ge(0)].median())

    return compute


def share_decided_a_year_before(inputs: FigureInputs) -> pd.DataFrame:
    """Per cent of in-scope releases of the last 12 months decided 12 months before release."""
    frame = inputs.of(results.ASSESSMENTS)
    year_ago = inputs.today - pd.DateOffset(years=1)
    frame = frame[
        frame["is_in_scope"]
        & frame["release_date"].gt(year_ago)
        & frame["release_date"].le(inputs.today)
    ]
    if frame.empty:
        return single(None)
    early = frame["considered_date"].le(frame["release_date"] - pd.DateOffset(years=1))
    return single(round(100.0 * float(early.mean()), 1))


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
