"""What is known tonight of each release: licence, return to prison, work since, whereabouts."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags
from jobs.assess.findings import Findings
from jobs.assess.frames import coded
from jobs.assess.read.custody import REASONS
from jobs.assess.since.tracing import TRACED, is_inside, trace
from jobs.contract import prison
from jobs.contract.codes import LICENCE_REASONS

_LIFE: Final = frozenset({"LIFE", "SEC93", "HMPL"})
"""Sentences after which the licence never ends."""
_ON_LICENCE: Final = [REASONS.index(reason) for reason in sorted(LICENCE_REASONS)]


def since_release(found: Findings, tables: Mapping[str, pa.Table]) -> dict[str, Any]:
    """Columns of `results.RELEASES`, one entry for each of ``found.releases``.

    Args:
        found: the findings of the night.
        tables: both registers, of which ``prison.episodes`` and what the immigration service holds.
    """
    releases, night = found.releases, found.as_of
    episode = releases.episode
    for_life = _for_life(found)[episode]
    expiry = np.where(for_life, NO_DAY, _licence_expiry(found, tables)[episode])
    back = _came_back(found)
    left = found.handled.removed[episode]
    left = np.where(left < releases.limit, NO_DAY, left)
    licensed = np.isin(releases.reason, _ON_LICENCE)
    supervised = licensed & (for_life | (expiry >= night)) & np.isnat(left)
    supervised &= ~is_inside(found)[episode]
    return {
        "is_for_life": for_life,
        "licence_expiry_date": np.where(licensed, expiry, NO_DAY),
        "is_supervised": supervised,
        "came_back_date": back,
        "started_date": found.handled.started[episode],
        "left_country_date": left,
        "traced": coded(trace(found, left=left, back=back), TRACED),
    }


def _for_life(found: Findings) -> Flags:
    """Episodes with a life sentence."""
    rows = found.sentences
    life = col.is_one_of(rows.table, "calculation_type", _LIFE)
    return col.any_of(rows.episode, life, len(found.episodes))


def _licence_expiry(found: Findings, tables: Mapping[str, pa.Table]) -> Days:
    episodes = tables[prison.EPISODES.full_name]
    row = col.positions(found.episodes.column("episode_id"), episodes.column("episode_id"))
    expiry: Days = col.at(col.days(episodes, "licence_expiry_date"), row, NO_DAY)
    return expiry


def _came_back(found: Findings) -> Days:
    """The first reception into prison after each release: in its booking, or in a later one."""
    releases, identity = found.releases, found.identified.identity
    received = col.days(found.episodes, "reception_date")
    release, later = col.pairs(identity[releases.episode], identity)
    other = later != releases.episode[release]
    after = other & (received[later] > releases.limit[release])
    after &= ~(received[later] > found.as_of)
    count = len(releases.episode)
    new: Days = col.earliest(np.where(after, release, -1), received[later], count)
    back: Days = np.fmin(new, releases.returned)
    return back
