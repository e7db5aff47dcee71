"""The releases of a night as figures count them, and what may turn out to be one of the missed."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.conditions import unsettled
from jobs.report.figures.uncertainty import Uncertainty
from jobs.report.membership import is_among
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held

_OF_EPISODE: Final = ("link_probability", "possible_case_id", "nationality")
"""What the assessment of an episode says beside each of its releases."""


def countable_releases(*, frames: Frames, uncertainty: Uncertainty) -> pd.DataFrame:
    """Every release, then every episode that ended in one though none is listed, then the unknown.

    Returns:
        The columns of `results.RELEASES` and `_OF_EPISODE`, with ``may_be_missed``: named rows that
        are not missed as far as can be read. A release whose decision was recorded after it, a
        release of somebody whose nationality is to be verified, or of whom a row is in quarantine;
        and a row of which nothing is known (``is_unread``) for each person in quarantine of whom
        a custody episode cannot be read.
    """
    assessments = results.ASSESSMENTS.of(frames)
    held = releases_held(frames)
    beside = assessments.set_index("episode_id")[list(_OF_EPISODE)]
    further = beside.reindex(held["episode_id"]).set_axis(held.index)
    listed = pd.concat([held, further], axis="columns")
    may_be = listed["is_recorded_after_release"] | uncertainty.may_come(listed["prisoner_number"])
    listed["may_be_missed"] = may_be & ~listed["is_missed"]
    is_out = assessments["is_released"] | uncertainty.may_be_elsewhere(
        assessments["prisoner_number"]
    )
    others = assessments[is_out & ~is_among(assessments["episode_id"], held["episode_id"])]
    may_be = unsettled(others) | uncertainty.may_come(others["prisoner_number"])
    others = others.assign(may_be_missed=may_be, is_missed=False, status=None)
    unread = pd.DataFrame(
        {"may_be_missed": True, "is_missed": False}, index=range(uncertainty.unread)
    )
    every = pd.concat(
        [
            part.reindex(columns=[*results.RELEASES.columns, *_OF_EPISODE, "may_be_missed"])
            for part in (listed, others, unread)
        ],
        ignore_index=True,
    )
    kinds = {field.name: field.kind.pandas for field in results.RELEASES.fields}
    every = every.astype(kinds)
    for field in results.RELEASES.fields:
        if kinds[field.name] == "boolean":
            every[field.name] = every[field.name].fillna(False).astype("bool")
    every["may_be_missed"] = every["may_be_missed"].astype("bool")
    every["is_unread"] = every["episode_id"].isna()
    return every
