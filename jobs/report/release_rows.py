"""The releases of a publication, also of one that was made before releases were listed."""

import pandas as pd

from jobs.contract import results
from jobs.report.published import Frames, if_held


def releases_held(facts: Frames) -> pd.DataFrame:
    """The releases of a publication, as `results.RELEASES`.

    A publication from before releases were listed holds none: each of its episodes that ended in a
    release is then one, missed if nobody had decided before it, as its status says.
    """
    held = if_held(results.RELEASES, facts)
    if held is not None and len(held):
        return held
    return _one_each(results.ASSESSMENTS.of(facts))


def _one_each(assessments: pd.DataFrame) -> pd.DataFrame:
    """A release for each released episode in scope."""
    status = assessments["status"]
    is_missed = status.isin(results.UNCONSIDERED_STATUSES)
    chosen = is_missed | (status.eq("CONSIDERED") & assessments["is_released"])
    frame = assessments[chosen].copy()
    late = frame["status"].eq("CONSIDERED_LATE")
    referred = frame["referred_date"].le(frame["release_date"]) | (
        frame["referred_date"].notna() & frame["release_date"].isna()
    )
    frame["decided_since_date"] = frame["considered_date"].where(late)
    frame["decided_since"] = frame["decision"].where(late)
    frame["considered_date"] = frame["considered_date"].mask(late)
    frame["decision"] = frame["decision"].mask(late)
    frame.loc[late & referred, "status"] = "REFERRED_NOT_CONSIDERED"
    frame.loc[late & ~referred, "status"] = "NOT_REFERRED"
    frame["is_missed"] = is_missed[chosen]
    frame["release_number"] = 1
    never = ("is_recorded_after_release", "is_withdrawn_after_release", "is_deferral_expired")
    frame = frame.assign(**dict.fromkeys(never, False))
    frame = frame.reindex(columns=list(results.RELEASES.columns)).reset_index(drop=True)
    return results.RELEASES.frame(results.RELEASES.arrow(frame))
