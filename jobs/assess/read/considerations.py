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
    DEFERRED,
    WITHDRAWN,
    Cases,
    Decisions,
    Events,
    by_night,
)
from jobs.assess.read.episode_identity import Identified

KINDS = [*DECISIONS, "DEPORTATION_ORDER_SIGNED", "DECISION_NOT_PURSUE"]
ORDER, FINDING = len(DECISIONS), len(DECISIONS) + 1
"""An order is a decision of its own; a finding that ends the matter is one not to pursue."""
BY_EVENT, BY_CASE, BY_ALERT = range(3)
"""What says that there was a consideration: an event, the row of a case, or a prison's alert."""
_ENDING_STAGES = {"EXEMPT", "BRITISH", "LEAVE_GRANTED"}
_ENDING_OUTCOMES = {"PURSUE", "NOT_PURSUE", "DEPORTED", "ALLOWED_TO_STAY", "BRITISH"}


@dataclass(frozen=True, kw_only=True)
class Considerations:
    """One entry for each consideration, of whomever the immigration register holds.

    ``identity`` is whose it is over a certain link, -1 without one; ``person`` the position of the
    immigration person, -1 for an order that a prison served. ``kind`` is a position in `KINDS`,
    ``source`` one of the constants above, ``case`` the position of the case, -1 for none. ``key``
    names the row that says it, empty for an alert. ``until`` is the last day of a deferral,
    ``withdrawn`` the first day of a withdrawal after it; ``NaT`` for none.
    """

    identity: Whole
    person: Whole
    case: Whole
    source: Whole
    key: pa.Array
    day: Days
    kind: Whole
    recorded: Days
    until: Days
    withdrawn: Days

    def stands(self, rows: Whole, on: Days) -> Flags:
        """Whether these were neither withdrawn nor run out by the end of a day.

        On a day that nobody knows, what was ever withdrawn or ran out is not shown to stand.
        """
        withdrawn, until = self.withdrawn[rows], self.until[rows]
        gone = (withdrawn <= on) | (np.isnat(on) & ~np.isnat(withdrawn))
        ran_out = (until < on) | (np.isnat(on) & ~np.isnat(until))
        answer: Flags = ~gone & ~ran_out
        return answer


def read_considerations(
    *,
    cases: Cases,
    events: Events,
    decisions: Decisions,
    identified: Identified,
    alerts: pa.Table,
    as_of: np.datetime64,
) -> Considerations:
    """Bring decisions, orders and ending findings to the people they are about."""
    valid = np.flatnonzero(np.isin(decisions.flaw, (COUNTS, WITHDRAWN)))
    signed = np.flatnonzero(
        col.is_one_of(events.table, "event_type", {"DEPORTATION_ORDER_SIGNED"})
        & col.at(cases.is_criminal, events.case, False)
        & ~np.isnat(events.day)
    )
    closed = np.flatnonzero(_ended(cases))
    served, whose = _served(alerts, identified, as_of)
    case = np.r_[decisions.case[valid], events.case[signed], closed]
    day = np.r_[decisions.day[valid], events.day[signed], cases.closed[closed]]
    event_ids, case_ids = events.table.column("event_id"), cases.table.column("case_id")
    event = col.positions(decisions.key.take(pa.array(valid)), event_ids)
    event = np.r_[np.where(decisions.from_event[valid], event, -1), signed]
    event = np.r_[event, np.full(len(closed), -1)]
    deferred = event >= 0
    deferred[: len(valid)] &= decisions.kind[valid] == DEFERRED
    deferred[len(valid) :] = False
    until = col.at(col.days(events.table, "deferred_until_date"), event, NO_DAY)
    keys = [decisions.key.take(pa.array(valid)), event_ids.take(pa.array(signed))]
    keys += [case_ids.take(pa.array(closed)), pa.nulls(len(served), pa.string())]
    chunks = [c for k in keys for c in (k.chunks if isinstance(k, pa.ChunkedArray) else [k])]
    nobody, never = np.full(len(served), -1), np.full(len(served), NO_DAY)
    person = cases.person[case]
    return Considerations(
        identity=np.r_[col.at(identified.certain, person, -1), whose],
        person=np.r_[person, nobody],
        case=np.r_[case, nobody],
        source=np.r_[
            np.where(decisions.from_event[valid], BY_EVENT, BY_CASE),
            np.full(len(signed), BY_EVENT),
            np.full(len(closed), BY_CASE),
            np.full(len(served), BY_ALERT),
        ],
        key=pa.concat_arrays(chunks),
        day=np.r_[day, served],
        kind=np.r_[
            decisions.kind[valid],
            np.full(len(signed), ORDER),
            np.full(len(closed), FINDING),
            np.full(len(served), ORDER),
        ],
        recorded=np.r_[col.at(col.recorded_days(events.table), event, NO_DAY), never],
        until=np.r_[np.where(deferred, until, NO_DAY), never],
        withdrawn=np.r_[_withdrawn(events, case, day), never],
    )


def _ended(cases: Cases) -> Flags:
    """Whether a named caseworker closed a criminal case, on a day, with a finding that ends it."""
    ended = col.is_one_of(cases.table, "stage", _ENDING_STAGES)
    ended |= col.is_one_of(cases.table, "stage", {"NO_ACTION"}) & col.is_one_of(
        cases.table, "outcome", _ENDING_OUTCOMES
    )
    named = col.filled(cases.table, "caseworker")
    answer: Flags = ended & cases.is_criminal & named & ~np.isnat(cases.closed)
    return answer


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
    return day[rows], col.at(identified.of_prisoner, owner, -1)
