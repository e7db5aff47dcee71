"""Two files of persons, linked by this software as a user would."""

import tempfile
from pathlib import Path

import pandas as pd

from jobs.link import link_files


def ours(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Pairs that `link_files` links for certain."""
    links = scored(left, right)
    return links[links["outcome"] == "linked"]


def scored(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """Pairs that `link_files` links or leaves to review."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{name}.csv" for name in ("left", "right", "links")]
        left.to_csv(paths[0], index=False)
        right.to_csv(paths[1], index=False)
        return link_files(left=paths[0], right=paths[1], output=paths[2])
