"""The releases of a publication beside those of the truth, in one form and under one key."""

from collections.abc import Mapping
from typing import Final

import pandas as pd

from jobs.contract import results

RELEASES: Final = results.RELEASES.full_name
_LASTING: Final = [*sorted(results.MISSED_STATUSES), "CONSIDERED_LATE"]


def keyed(releases: pd.DataFrame) -> pd.DataFrame:
    """Releases with their ``key``: the episode and the number of the release within it."""
    numbers = releases["release_number"].astype("int64").astype("str")
    return releases.assign(key=releases["episode_id"].astype("str") + "/" + numbers)


def published_releases(published: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every release that a publication names, missed or considered.

    A publication from before releases were told apart names one for each custody episode, missed
    if its status says so, whatever was decided since.

    Returns:
        ``key``, ``episode_id``, ``release_number``, ``release_date``, ``status``, ``is_missed``,
        ``is_decided_since``, ``is_recommended``, ``offence_code``, ``link_outcome``.
    """
    table = published.get(RELEASES)
    if table is not None:
        return keyed(
            table.assign(
                is_decided_since=table["is_missed"] & table["decided_since_date"].notna(),
                is_recommended=table["is_court_recommended"],
            )
        )
    episodes = published[results.ASSESSMENTS.full_name]
    late = episodes["status"].isin(_LASTING)
    named = episodes[late | (episodes["status"].eq("CONSIDERED") & episodes["is_released"])]
    return keyed(
        named.assign(
            release_number=1,
            is_missed=late.loc[named.index],
            is_decided_since=named["status"].eq("CONSIDERED_LATE"),
            is_recommended=named["is_court_recommended"],
        )
    )
