"""The releases of a publication beside those of the truth, in one form and under one key."""

from collections.abc import Mapping

import pandas as pd

from jobs.report.release_rows import releases_held


def keyed(releases: pd.DataFrame) -> pd.DataFrame:
    """Releases with their ``key``: the episode and the number of the release within it."""
    numbers = releases["release_number"].astype("int64").astype("str")
    return releases.assign(key=releases["episode_id"].astype("str") + "/" + numbers)


def published_releases(published: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Every release that a publication names, missed or considered.

    Returns:
        The columns of `results.RELEASES`, with ``key``, ``is_decided_since`` and
        ``is_recommended`` as the truth has them.
    """
    held = releases_held(published)
    return keyed(
        held.assign(
            is_decided_since=held["is_missed"] & held["decided_since_date"].notna(),
            is_recommended=held["is_court_recommended"],
        )
    )
