"""What a site's changes of the rules did to the lists: tonight assessed with them and without."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jobs.assess.policy.dated_rules import Policy
from jobs.contract.results import OVERRIDDEN

ALL: Final = "(all)"
"""The key of all changes together: two that do the same each do nothing to the other."""
SERIOUS: Final = 2
"""Seriousness up to which an offence is serious."""


@dataclass(frozen=True, kw_only=True)
class Lists:
    """Who stands where: the assessments and the releases of the same episodes."""

    assessments: pd.DataFrame
    releases: pd.DataFrame

    @property
    def members(self) -> pd.DataFrame:
        """On which lists each episode stands, by id; a column of yes and no for each list."""
        episodes = self.assessments.set_index("episode_id").sort_index()
        missed = self.releases[self.releases["is_missed"].astype("bool")]
        undecided = missed[missed["decided_since_date"].isna()]
        return pd.DataFrame(
            {
                "in scope": episodes["is_in_scope"],
                "due": episodes["is_due"].fillna(False),
                "nationality to verify": episodes["status"].eq("VERIFY_NATIONALITY"),
                "missed": episodes.index.isin(missed["episode_id"]),
                "missed, undecided": episodes.index.isin(undecided["episode_id"]),
            }
        ).astype("bool")


def override_effects(
    *,
    tonight: Lists,
    under: Callable[[Policy], Lists],
    shipped: Policy,
    alone: Mapping[str, Policy],
) -> pd.DataFrame:
    """Whom the changes took off a list or put on one, each alone and all together.

    Args:
        tonight: the lists under all changes together.
        under: assesses the night under a policy.
        shipped: the rules without any change.
        alone: by key of a change, the rules with that change and no other.

    Returns:
        A frame of `results.OVERRIDDEN`; a row for each episode whose lists differ.
    """
    before = under(shipped)
    several = len(alone) > 1
    parts = [_differing(before, tonight, ALL)]
    for key, policy in alone.items():
        parts.append(_differing(before, under(policy) if several else tonight, key))
    rows = pd.concat(parts).sort_values(list(OVERRIDDEN.key), ignore_index=True)
    return OVERRIDDEN.frame(OVERRIDDEN.arrow(rows))


def people_moved(overridden: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """How many people each change took off a list and put on one; each person once.

    Args:
        overridden: a frame of `results.OVERRIDDEN`.
        assessments: of the same night.

    Returns:
        By ``override_key``: ``people_off``, ``people_on`` and ``serious_off``.
    """
    about = assessments[["episode_id", "identity_id", "seriousness"]]
    rows = overridden.merge(about, on="episode_id", how="left")
    serious = rows["is_taken_off"] & rows["seriousness"].le(SERIOUS).fillna(False).astype("bool")
    chosen = {
        "people_off": rows[rows["is_taken_off"]],
        "people_on": rows[rows["is_put_on"]],
        "serious_off": rows[serious],
    }
    keys = pd.Index(sorted({ALL, *rows["override_key"]}), name="override_key")
    counted = {
        name: frame.groupby("override_key")["identity_id"].nunique().reindex(keys, fill_value=0)
        for name, frame in chosen.items()
    }
    return pd.DataFrame(counted).astype("int64")


def _differing(before: Lists, after: Lists, key: str) -> pd.DataFrame:
    was, now = before.members, after.members
    left, joined = was & ~now, now & ~was
    moved = (left | joined).any(axis=1)
    statuses = before.assessments.set_index("episode_id")["status"]
    return pd.DataFrame(
        {
            "override_key": key,
            "episode_id": was.index[moved],
            "is_total": key == ALL,
            "is_taken_off": left[moved].any(axis=1).to_numpy(),
            "is_put_on": joined[moved].any(axis=1).to_numpy(),
            "lists_left": _named(left[moved]),
            "lists_joined": _named(joined[moved]),
            "shipped_status": statuses.reindex(was.index[moved]).to_numpy(),
        }
    )


def _named(on: pd.DataFrame) -> np.ndarray:
    """The names of the columns that say yes, of each row; empty where none does."""
    words = pd.Series("", index=on.index, dtype="object")
    for name in on.columns:
        words = words.where(~on[name], words.where(words.eq(""), words + "; ") + name)
    named: np.ndarray = words.where(words.ne(""), None).to_numpy()
    return named
