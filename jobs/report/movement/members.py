"""How often the figures that movements explain count each custody episode."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.report.figures.figure import Figure
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held

MEMBERS: Final[dict[str, Figure]] = {
    figure: FIGURE_BY_ID[figure]
    for figure in (
        "missed.total",
        "missed.undecided",
        "missed.decided_since",
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
"""Figures whose every change is explained; each says which episodes, or releases, it counts."""


def members(facts: Frames) -> pd.DataFrame:
    """How many times each episode is counted where: once for each of its releases on a list.

    Args:
        facts: assessments and releases of a night by full name.

    Returns:
        A row for each episode, by id, and a column of whole numbers for each figure of `MEMBERS`.
    """
    episodes = pd.Index(results.ASSESSMENTS.of(facts)["episode_id"], name="episode_id")
    releases = releases_held(facts)
    counted = {}
    for id_, figure in MEMBERS.items():
        of_releases = bool(figure.on) and CASE_LISTS[figure.on].table is results.RELEASES
        frame = releases if of_releases else results.ASSESSMENTS.of(facts)
        rows = frame.loc[figure.counts(frame), "episode_id"]
        counted[id_] = rows.value_counts().reindex(episodes, fill_value=0).astype("int64")
    return pd.DataFrame(counted, index=episodes)
