"""Everything that counts as a consideration, in one form: decisions, orders, findings that end it.

A decision by a named caseworker; a deportation order, signed or served; and a criminal case that a
named caseworker closed with a finding that ends the matter: an exception still means that somebody
looked.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.read.criminal_cases import (
    COUNTS,
    DECISIONS,
    WITHDRAWN,
    Cases,
    Decisions,
    Events,
    by_night,
)
from jobs.assess.read.episode_identity import Identified

KINDS = [*DECISIONS, "DEPORTATION_ORDER_SIGNED"]
_ORDER, _NOT_PURSUE = len(DECISIONS), DECISIONS.index("DECISION_NOT_PURSUE")
_ENDING_STAGES = {"EXEMPT", "BRITISH", "LEAVE_GRANTED"}
_ENDING_OUTCOMES = {"PURSUE", "NOT_PURSUE", "DEPORTED", "ALLOWED_TO_STAY", "BRITISH"}


@dataclass(frozen=True, kw_only=True)
class Considerations:
    """One entry for each consideration of a person linked for certain.

    ``identity`` is whose it is, ``kind`` a position in `KINDS`. ``until`` is the last day of a
    deferral, ``withdrawn`` the first day of a withdrawal after it; ``NaT`` for none.
    """

    identity: Whole
    day: Days
    kind: Whole
    recorded: Days
    until: Days
    withdrawn: Days

    def stands_on(self, rows: Whole, on: Days) -> Flags:
        """Whether these were made by a day, and neither withdrawn nor run out by its end."""
        answer: Flags = (self.day[rows] <= on) & ~(self.withdrawn[rows] <= on)
        return answer & ~(self.until[rows] < on)


def read_considerations(
    *,
    cases: Cases,
    events: Events,
    decisions: Decisions,
    identified: Identified,
    alerts: pa.Table,
    as_of: np.datetime64,
) -> Considerations:
    """Bring decisions, orders and ending findings to the identities they are about."""
    recorded = col.recorded_days(events.table)
    until = col.days(events.table, "deferred_until_date")
    valid = np.flatnonzero(np.isin(decisions.flaw, (COUNTS, WITHDRAWN)))
    event = col.positions(decisions.key.take(pa.array(valid)), events.table.column("event_id"))
    event = np.where(decisions.from_event[valid], event, -1)
    deferred = decisions.kind[valid] == DECISIONS.index("DECISION_DEFERRED")
    signed = np.flatnonzero(
        col.is_one_of(events.table, "event_type", {"DEPORTATION_ORDER_SIGNED"})
        & col.at(cases.is_criminal, events.case, False)
        & ~np.isnat(events.day)
    )
    ended = col.is_one_of(cases.table, "stage", _ENDING_STAGES)
    ended |= col.is_one_of(cases.table, "stage", {"NO_ACTION"}) & col.is_one_of(
        cases.table, "outcome", _ENDING_OUTCOMES
    )
    named = col.filled(cases.table, "caseworker")
    closed = np.flatnonzero(ended & cases.is_criminal & named & ~np.isnat(cases.closed))
    case = np.r_[decisions.case[valid], events.case[signed], closed]
    day = np.r_[decisions.day[valid], events.day[signed], cases.closed[closed]]
    none = np.full(len(closed), NO_DAY)
    there = Considerations(
        identity=col.at(identified.certain, cases.person[case], -1),
        day=day,
        kind=np.r_[
            decisions.kind[valid],
            np.full(len(signed), _ORDER),
            np.full(len(closed), _NOT_PURSUE),
        ],
        recorded=np.r_[col.at(recorded, event, NO_DAY), recorded[signed], none],
        until=np.r_[
            np.where(deferred, col.at(until, event, NO_DAY), NO_DAY),
            np.full(len(signed), NO_DAY),
            none,
        ],
        withdrawn=_withdrawn(events, case, day),
    )
    served, whose = _served(alerts, identified, as_of)
    nothing = np.full(len(served), NO_DAY)
    here = {
        "identity": whose,
        "day": served,
        "kind": np.full(len(served), _ORDER),
        "recorded": nothing,
        "until": nothing,
        "withdrawn": nothing,
    }
    kept = np.flatnonzero(np.r_[there.identity, whose] >= 0)
    return Considerations(
        **{name: np.r_[values, here[name]][kept] for name, values in vars(there).items()}
    )


def _withdrawn(events: Events, case: Whole, day: Days) -> Days:
    """The first withdrawal in the same case on that day or later; an undated one undoes all."""
    withdrawal = col.is_one_of(events.table, "event_type", {"DECISION_WITHDRAWN"})
    on = col.days(events.table, "occurred_date")
    row, event = col.pairs(case, np.where(withdrawal, events.case, -1))
    when = np.where(np.isnat(on[event]), day[row], on[event])
    later = when >= day[row]
    return col.earliest(np.where(later, row, -1), when, len(case))


def _served(alerts: pa.Table, identified: Identified, as_of: np.datetime64) -> tuple[Days, Whole]:
    hit = col.is_one_of(alerts, "alert_code", {"XSDEPORT"})
    day = by_night(col.days(alerts, "start_date"), as_of)
    rows = np.flatnonzero(hit & ~np.isnat(day))
    owner = col.positions(alerts.column("prisoner_number"), identified.prisoners)[rows]
    whose = np.full(len(identified.prisoners), -1)
    whose[identified.prisoner[identified.prisoner >= 0]] = identified.identity[
        identified.prisoner >= 0
    ]
    return day[rows], col.at(whose, owner, -1)
