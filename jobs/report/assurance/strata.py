"""Who was cleared by a publication, in which stratum, and who of them is drawn to be checked."""

import hashlib
from typing import Final

import pandas as pd

from jobs.contract.proof.assurance_strata import DRAWN, OTHER, PRESSING, STRATA

CERTAIN: Final = 0.999
"""A link less probable than this is not certain evidence, though it is acted on."""
SERIOUS: Final = 2
"""The most serious offences, of 1 to 5."""
STRATUM: Final = "stratum"


def stratum_of(assessments: pd.DataFrame) -> pd.Series:
    """The stratum of each custody episode that was cleared; empty for those that were not.

    Pressing are serious offences, those of which nobody knows how serious they are, links that are
    not certain, and nationalities that are not recorded.

    Args:
        assessments: as in `results.ASSESSMENTS`.
    """
    status = assessments["status"]
    is_foreign = assessments["is_foreign_national"].astype("bool")
    reason = pd.Series(pd.NA, index=assessments.index, dtype="str")
    reason = reason.mask(status.eq("CONSIDERED"), "considered")
    reason = reason.mask(status.eq("NOT_YET_DUE"), "not_due")
    reason = reason.mask(status.eq("OUT_OF_SCOPE") & is_foreign, "foreign")
    reason = reason.mask(status.eq("OUT_OF_SCOPE") & ~is_foreign, "british")
    is_pressing = (
        assessments["seriousness"].le(SERIOUS).fillna(True).astype("bool")
        | assessments["link_outcome"].eq("review")
        | assessments["link_probability"].lt(CERTAIN).fillna(False)
        | assessments["is_nationality_unknown"].astype("bool")
    )
    return reason + ", " + is_pressing.map({True: PRESSING, False: OTHER}).astype("str")


def draw(assessments: pd.DataFrame, *, publication_id: str) -> pd.DataFrame:
    """The people whom a publication draws to be checked, by stratum and reference.

    Whoever draws again from the same publication draws the same: the order of each stratum is that
    of digests of the publication's id and the reference.

    Returns:
        ``stratum`` and the columns of ``assessments``.
    """
    cleared = assessments.assign(**{STRATUM: stratum_of(assessments)}).dropna(subset=[STRATUM])
    order = [
        hashlib.sha256(f"{publication_id} {episode}".encode()).digest()
        for episode in cleared["episode_id"]
    ]
    ordered = cleared.assign(order=order).sort_values("order")
    place = ordered.groupby(STRATUM).cumcount()
    most = ordered[STRATUM].str.rpartition(", ")[2].map(DRAWN)
    drawn = ordered[place.lt(most)].drop(columns="order")
    rank = drawn[STRATUM].map({name: number for number, name in enumerate(STRATA)})
    drawn = drawn.assign(rank=rank).sort_values(["rank", "episode_id"], ignore_index=True)
    return drawn[[STRATUM, *assessments.columns]]
