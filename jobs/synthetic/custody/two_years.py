"""What was published of 2004 and 2005: how many were considered, and how many deported."""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, between, sample
from jobs.synthetic.custody import custody_stays

_RELEASED: Final = tuple(custody_stays.REASON[code] for code in ("CR", "NP", "PX"))
_REMOVED: Final = (custody_stays.DEPORTATION, custody_stays.EARLY)


def keep_published(stays: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    """Meet both figures to the person: decisions move over the ends of 2005, and fates change.

    A decision moves within its own stay, between referral and release, so that nobody is missed.
    Who is deported or released instead leaves prison on the same day, so that no census moves.

    Args:
        stays: custody stays outside the cohort, sorted by person and order.
        share: how much of the true number of foreign prisoners the world holds.
        rng: random draws.
    """
    first, last = (days.number(day) for day in published.TWO_YEARS)
    decided = stays["decision_day"].to_numpy().copy()
    latest = np.minimum(stays["end"].to_numpy(), stays["scheduled"].to_numpy()) - 1
    inside = (decided >= first) & (decided <= last)
    surplus = int(inside.sum()) - round(published.CONSIDERED_2004_2005 * share)
    later = np.flatnonzero(inside & (latest > last))
    moved = sample(rng, later, max(surplus, 0))
    decided[moved] = between(rng, np.full(len(moved), last + 1), latest[moved])
    referred = stays["referred_day"].to_numpy()
    sooner = np.flatnonzero((decided > last) & (referred >= first) & (referred < last))
    sooner = sooner[days.known(decided[sooner])]
    moved = sample(rng, sooner, max(-surplus, 0))
    decided[moved] = between(rng, referred[moved] + 1, np.full(len(moved), last))
    return _deported(stays.assign(decision_day=decided), share, rng)


def _deported(stays: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    first, last = (days.number(day) for day in published.TWO_YEARS)
    person, end = stays["person"].to_numpy(), stays["end"].to_numpy()
    removal, reason = stays["removal"].to_numpy().copy(), stays["end_reason"].to_numpy().copy()
    inside = (end >= first) & (end <= last)
    gone: Flags = inside & np.isin(removal, _REMOVED)
    surplus = int(gone.sum()) - round(published.REMOVED_2004_2005 * share)
    plain = (stays["scheduled"] == end).to_numpy()
    let_go = np.flatnonzero(gone & plain & (removal == custody_stays.DEPORTATION))
    let_go = sample(rng, let_go, max(surplus, 0))
    reason[let_go] = stays["scheduled_reason"].to_numpy()[let_go]
    removal[let_go] = custody_stays.NOT_REMOVED
    final = np.r_[person[1:] != person[:-1], True] if len(stays) else np.zeros(0, dtype=bool)
    free = inside & final & np.isin(reason, _RELEASED)
    free &= (stays["decision"] == custody_stays.PURSUE).to_numpy()
    sent = sample(rng, np.flatnonzero(free), max(-surplus, 0))
    reason[sent] = custody_stays.REASON["DD"]
    removal[sent] = custody_stays.DEPORTATION
    return stays.assign(end_reason=reason, removal=removal)
