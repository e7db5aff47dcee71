"""Cases looked at twice: a decision withdrawn and taken anew, or a conviction after the decision.

A careful service decides again, so nobody is missed by any of this. The shares are this project's:
no source gives them. An earlier decision falls into the same year as the one that it precedes, so
that the published numbers of decisions stay as they are.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.random_draws import Flags, Ints, between, some
from jobs.synthetic.custody import custody_stays, sentencing

WITHDRAWN_BEFORE: Final = 0.02
"""Share of decided cases with room for it in which a deferral was withdrawn, and a decision taken
anew, before release."""
WITHDRAWN_AFTER: Final = 0.02
"""Share of decisions not to pursue that were withdrawn after the release, before the person was
received again; the case is open again."""
CONVICTED_AGAIN: Final = 0.1
"""Share of decided cases of long stays, with room for it, in which the person was convicted of
another offence after a deferral and before the decision."""

_ROOM_DAYS: Final = 40
_EARLIER_DAYS: Final = 120
_LATER_MONTHS: Final = 12
_LATER_SERVED: Final = 200
_HALF_A_MONTH: Final = 15
_RELEASED: Final = tuple(custody_stays.REASON[code] for code in ("CR", "NP", "PX", "HR"))


@dataclass(frozen=True, kw_only=True)
class SecondLooks:
    """Cases and stays, changed: see `add_second_looks`."""

    cases: pd.DataFrame
    stays: pd.DataFrame


def add_second_looks(
    cases: pd.DataFrame, stays: pd.DataFrame, rng: np.random.Generator
) -> SecondLooks:
    """Defer some cases before their decision, withdraw some decisions, convict some people again.

    Adds ``withdrawn`` to the days of a case, and to the stays ``later_day`` and ``later_months``: a
    sentence that was passed while inside and after a first decision, beside the others, which ends
    before them; `days.NEVER` and 0 without one; and ``is_undone``: the decision was withdrawn after
    the release, so that another release of the stay would need a new one.
    """
    own = stays.iloc[cases["stay"].to_numpy()].reset_index(drop=True)
    decision = cases[["pursue", "not_pursue", "deferred"]].min(axis=1).to_numpy()
    free = own["is_decided"].to_numpy() & ~days.known(cases["deferred"]) & days.known(decision)
    first, room = _first_look(cases["received"].to_numpy(), decision)
    free &= room
    size = len(cases)
    end = own["end"].to_numpy()
    again = free & _may_be_convicted(own, first, decision) & some(rng, CONVICTED_AGAIN, size)
    withdrawn = free & ~again & some(rng, WITHDRAWN_BEFORE, size)
    looked = again | withdrawn
    undone = days.known(cases["not_pursue"]) & ~looked & np.isin(own["end_reason"], _RELEASED)
    undone &= own["is_decided"].to_numpy() & some(rng, WITHDRAWN_AFTER, size)
    before = between(rng, first + 3, np.maximum(decision - 3, first + 3))
    after = between(rng, end + 20, end + 300)
    undone &= after < custody_stays.next_receptions(stays)[cases["stay"].to_numpy()]
    changed = cases.assign(
        deferred=np.where(looked, first, cases["deferred"]),
        # A deferral that is followed by a conviction lasts until the decision.
        deferred_until=np.where(looked, decision + 60, cases["deferred_until"]),
        withdrawn=np.select([withdrawn, undone], [before, after], days.NEVER),
        closed=np.where(undone, days.NEVER, cases["closed"]),
    )
    stay = cases["stay"].to_numpy()
    later_day = np.full(len(stays), days.NEVER, dtype=np.int64)
    later_day[stay[again]] = before[again]
    is_undone = np.zeros(len(stays), dtype=bool)
    is_undone[stay[undone]] = True
    return SecondLooks(
        cases=changed,
        stays=stays.assign(
            later_day=later_day,
            later_months=np.where(days.known(later_day), _LATER_MONTHS, 0),
            is_undone=is_undone,
        ),
    )


def _first_look(received: Ints, decision: Ints) -> tuple[Ints, Flags]:
    """The day of an earlier decision, after the referral, and whether there is room for it."""
    first = np.maximum(received + 5, decision - _EARLIER_DAYS)
    room = first + _ROOM_DAYS < decision
    year = days.years(np.where(room, first, 0))
    return first, room & (year == days.years(np.where(room, decision, 0)))


def _may_be_convicted(own: pd.DataFrame, first: Ints, decision: Ints) -> Flags:
    """Stays so long that half of another sentence of a year is served before parole."""
    usual = np.isin(own["calculation"], [sentencing.ACT_1991, sentencing.ACT_2003])
    long = (own["term_months"] >= 48).to_numpy()
    half = own["sentence_day"] - own["remand_days"] + own["term_months"] * _HALF_A_MONTH
    inside = own[["end", "scheduled"]].assign(half=half).min(axis=1).to_numpy()
    fits: Flags = usual & long & (decision + _LATER_SERVED < inside) & (first > own["sentence_day"])
    return fits
