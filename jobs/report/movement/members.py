"""Which custody episodes the figures count that movements explain."""

from collections.abc import Callable
from typing import Final

import pandas as pd

from jobs.report.figures import episode_figures as e

Mask = Callable[[pd.DataFrame], pd.Series]


def _status(status: str) -> Mask:
    return lambda frame: frame["status"].eq(status)


def _due(subset: Mask) -> Mask:
    return lambda frame: frame["status"].eq("DUE") & subset(frame)


MEMBERS: Final[dict[str, Mask]] = {
    "missed.total": e.released_unconsidered,
    "missed.never_referred": _status("NOT_REFERRED"),
    "missed.referred_not_considered": _status("REFERRED_NOT_CONSIDERED"),
    "due.total": _status("DUE"),
    "due.within_7": _due(e.within(7)),
    "due.within_30": _due(e.within(30)),
    "considered.in_time": _status("CONSIDERED"),
    "considered.late": _status("CONSIDERED_LATE"),
    "scope.verify_nationality": _status("VERIFY_NATIONALITY"),
}
"""Figures whose every change is explained, and the episodes that each counts."""


def members(assessments: pd.DataFrame) -> pd.DataFrame:
    """Who is counted where.

    Args:
        assessments: frame of `results.ASSESSMENTS`.

    Returns:
        A row for each episode, by id, and a column of booleans for each figure of `MEMBERS`.
    """
    counted = {figure: mask(assessments).to_numpy(bool) for figure, mask in MEMBERS.items()}
    return pd.DataFrame(counted, index=pd.Index(assessments["episode_id"], name="episode_id"))
