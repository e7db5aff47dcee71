"""Which custody episodes the figures count that movements explain."""

from typing import Final

import pandas as pd

from jobs.report.figures.figure import Figure
from jobs.report.figures.registry import FIGURE_BY_ID

MEMBERS: Final[dict[str, Figure]] = {
    figure: FIGURE_BY_ID[figure]
    for figure in (
        "missed.total",
        "missed.never_referred",
        "missed.referred_not_considered",
        "due.total",
        "due.within_7",
        "due.within_30",
        "considered.in_time",
        "considered.late",
        "scope.verify_nationality",
    )
}
"""Figures whose every change is explained; each says which episodes it counts."""


def members(assessments: pd.DataFrame) -> pd.DataFrame:
    """Who is counted where.

    Args:
        assessments: frame of `results.ASSESSMENTS`.

    Returns:
        A row for each episode, by id, and a column of booleans for each figure of `MEMBERS`.
    """
    counted = {id_: figure.counts(assessments).to_numpy(bool) for id_, figure in MEMBERS.items()}
    return pd.DataFrame(counted, index=pd.Index(assessments["episode_id"], name="episode_id"))
