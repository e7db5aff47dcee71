"""Whom a court recommended for deportation, kept from whichever record or delivery said it.

The prison holds one main order for each stay, and a recall or another sentence overwrites it. The
court's word does not lapse with it (rule ``referral.court-recommendation``). A recommendation typed
by mistake is taken back by the one order that says so, ``SENT`` (sentenced, no recommendation):
only where nothing but a correction explains it, and never silently.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.read.sentences import Sentenced, SentenceRows
from jobs.contract.results import ASSESSMENTS

_RECOMMENDATION, _NO_RECOMMENDATION = "REC_DEP", "SENT"
_RECALLED, _RECALL = "LR", "RECALL"
_RECALL_MOVEMENT = "24"


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """Which episodes are of somebody recommended by a court, and who says it.

    ``here`` marks those whose own row says it, ``elsewhere`` those where another episode of the
    same person does, ``before`` those where only an earlier publication did. ``taken_back`` marks
    those of whom an earlier publication said so and whose own row now says that there was none.
    """

    here: Flags
    elsewhere: Flags
    before: Flags
    taken_back: Flags

    @property
    def holds(self) -> Flags:
        """Whether a court recommended deportation, whoever says it."""
        answer: Flags = self.here | self.elsewhere | self.before
        return answer


def read_recommendations(
    *,
    episodes: pa.Table,
    movements: pa.Table,
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
        movements: ``prison.movements``: after a recall, no order says what the court did.
        sentenced: what the sentences of each come to.
        rows: the sentences themselves.
        identity: the person of each episode.
        previous: the assessments of the publication before, None without one.
    """
    count = len(episodes)
    here = col.is_one_of(episodes, "imprisonment_status", {_RECOMMENDATION})
    before, taken_back = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    if previous is not None and not previous.empty:
        earlier = ASSESSMENTS.arrow(previous)
        row = col.positions(episodes.column("episode_id"), earlier.column("episode_id"))
        before = col.at(col.flags(earlier, "is_court_recommended"), row, False)
        taken_back = before & _says_none(episodes, movements, rows) & ~sentenced.undetermined
        taken_back &= ~_of_somebody_missing(earlier, episodes, row)
    before &= ~taken_back
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
    elsewhere &= ~said
    return Recommended(
        here=here, elsewhere=elsewhere, before=before & ~here, taken_back=taken_back & ~elsewhere
    )


def _says_none(episodes: pa.Table, movements: pa.Table, rows: SentenceRows) -> Flags:
    """Whether the main order says that the court, which sat on one day only, recommended nothing.

    After a recall, or with sentences of several days, the order may be that of another occasion.
    """
    count = len(episodes)
    none = col.is_one_of(episodes, "imprisonment_status", {_NO_RECOMMENDATION})
    none &= ~col.is_one_of(episodes, "legal_status", {_RECALL})
    episode = col.positions(movements.column("episode_id"), episodes.column("episode_id"))
    back = col.is_one_of(movements, "movement_reason", {_RECALL_MOVEMENT})
    none &= ~col.any_of(episode, back, count)
    counted = np.where(rows.counts, rows.episode, -1)
    first = col.earliest(counted, rows.passed, count)
    none &= first == col.latest(counted, rows.passed, count)
    answer: Flags = none & ~col.any_of(rows.episode, rows.counts & np.isnat(rows.passed), count)
    return answer


def _of_somebody_missing(earlier: pa.Table, episodes: pa.Table, row: Whole) -> Flags:
    """Whether another recommended episode of the person stood in the publication before only.

    It may be the one that said so, and lie in quarantine tonight.
    """
    here = col.positions(earlier.column("episode_id"), episodes.column("episode_id"))
    lost = col.flags(earlier, "is_court_recommended") & (here < 0)
    people = earlier.column("identity_id")
    missing = people.filter(pa.array(lost)).unique()
    answer: Flags = col.at(col.positions(people, missing) >= 0, row, False)
    return answer
