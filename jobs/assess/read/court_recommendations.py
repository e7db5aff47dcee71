"""Whom a court recommended for deportation, kept from whichever record or delivery said it.

The prison holds one main order for each stay, and a recall overwrites it. The court's word does not
lapse with it (rule ``referral.court-recommendation``).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.read.sentences import Sentenced, SentenceRows
from jobs.contract.results import ASSESSMENTS

_RECOMMENDATION = "REC_DEP"
_RECALLED, _RECALL = "LR", "RECALL"


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """Which episodes are of somebody recommended by a court, and who says it.

    ``here`` marks those whose own row says it, ``elsewhere`` those where another episode of the
    same person does, ``before`` those where only an earlier publication did.
    """

    here: Flags
    elsewhere: Flags
    before: Flags

    @property
    def holds(self) -> Flags:
        """Whether a court recommended deportation, whoever says it."""
        answer: Flags = self.here | self.elsewhere | self.before
        return answer


def read_recommendations(
    *,
    episodes: pa.Table,
    sentenced: Sentenced,
    rows: SentenceRows,
    identity: Whole,
    previous: pd.DataFrame | None,
) -> Recommended:
    """Gather what rows of both this delivery and the one before say.

    Another episode of the person says it too where it holds a sentence of the same day, or where
    this one is a recall and the other began no later.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        sentenced: what the sentences of each come to.
        rows: the sentences themselves.
        identity: the person of each episode.
        previous: the assessments of the publication before, None without one.
    """
    count = len(episodes)
    here = col.is_one_of(episodes, "imprisonment_status", {_RECOMMENDATION})
    before = np.zeros(count, dtype=bool)
    if previous is not None and not previous.empty:
        earlier = ASSESSMENTS.arrow(previous)
        row = col.positions(episodes.column("episode_id"), earlier.column("episode_id"))
        before = col.at(col.flags(earlier, "is_court_recommended"), row, False)
    said = here | before
    recalled = col.is_one_of(episodes, "imprisonment_status", {_RECALLED})
    recalled |= col.is_one_of(episodes, "legal_status", {_RECALL})
    this, other = col.pairs(np.where(recalled & ~said, identity, -1), np.where(said, identity, -1))
    no_later = sentenced.selects[other] <= sentenced.selects[this]
    elsewhere = col.any_of(this, no_later, count)
    counted = np.where(rows.counts & ~np.isnat(rows.passed), identity[rows.episode], -1)
    sentence, same = col.pairs(
        np.where(said[rows.episode], -1, counted), np.where(said[rows.episode], counted, -1)
    )
    shared = rows.passed[sentence] == rows.passed[same]
    elsewhere |= col.any_of(rows.episode[sentence], shared, count)
    return Recommended(here=here, elsewhere=elsewhere & ~said, before=before & ~here)
