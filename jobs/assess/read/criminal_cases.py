"""Criminal cases, their decisions, and which of them belong to which episode.

A decision counts if a named caseworker made it, if a deferral says why and until when, and if it
was not withdrawn. It belongs to the latest sentence that the person had been given by its day
(rules ``consideration.*``). Only records known by the night are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.contract import codes as c
from jobs.contract import immigration

COUNTS, NO_CASEWORKER, OPEN_DEFERRAL, WITHDRAWN, UNDATED = range(5)
"""Whether a decision counts, or the first reason why not."""

DECISIONS = ["DECISION_PURSUE", "DECISION_NOT_PURSUE", "DECISION_DEFERRED"]
PURSUE, NOT_PURSUE, DEFERRED = range(3)
_MATTERING = {
    *DECISIONS,
    "DECISION_WITHDRAWN",
    "REFERRED",
    "ALLOCATED",
    "STARTED",
    "QUESTIONNAIRE_SENT",
    "QUESTIONNAIRE_RETURNED",
    "DEPORTATION_ORDER_SIGNED",
    "REMOVED",
    *c.RESTRICTION_EVENTS,
}
_CASE_COLUMNS = [
    "case_id",
    "cid_person_id",
    "case_type",
    "stage",
    "outcome",
    "caseworker",
    "referral_received_date",
    "opened_date",
    "started_date",
    "considered_date",
    "closed_date",
    "expected_release_date",
    "recorded_at",
]
_EVENT_COLUMNS = [
    "event_id",
    "event_type",
    "occurred_date",
    "recorded_at",
    "caseworker",
    "reason",
    "deferred_until_date",
]
_DECISION_OF_OUTCOME = {
    "PURSUE": 0,
    "DEPORTED": 0,
    "NOT_PURSUE": 1,
    "ALLOWED_TO_STAY": 1,
    "BRITISH": 1,
    "DEFERRED": 2,
}
"""A case that ended as deported was pursued; one that ended as allowed to stay was not."""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Cases known by the night, in order of id, with what their events say.

    ``person`` is the position of the owner among the immigration persons. Days are ``NaT`` where
    not recorded by the night.
    """

    table: pa.Table
    person: Whole
    is_criminal: Flags
    is_british: Flags
    is_exempt: Flags
    referred: Days
    allocated: Days
    started: Days
    questionnaire_sent: Days
    questionnaire_returned: Days
    closed: Days
    expected_release: Days


@dataclass(frozen=True, kw_only=True)
class Events:
    """Events known by the night, in order of id: the case of each, and its day.

    An event without a day of its own has the day on which it was recorded.
    """

    table: pa.Table
    case: Whole
    day: Days


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """Decisions on criminal cases, in a fixed order. ``flaw`` is one of the constants above."""

    case: Whole
    day: Days
    kind: Whole
    flaw: Whole
    from_event: Flags
    key: pa.Array


def read_cases(
    *, tables: Mapping[str, pa.Table], persons: pa.Table, as_of: np.datetime64
) -> tuple[Cases, Events]:
    """Read cases and those of their events that matter, as known by the night.

    Args:
        tables: both registers, of which ``immigration.cases`` and ``immigration.events``.
        persons: ``immigration.persons`` in the order that ``Cases.person`` refers to.
        as_of: the night; rows recorded later, and days that lie after it, are left out.
    """
    table = tables[immigration.CASES.full_name]
    table = table.filter(pa.array(col.known_by(table, as_of)))
    table = col.sort(table, by="case_id", keep=_CASE_COLUMNS)
    events = _events(tables[immigration.EVENTS.full_name], table, as_of)

    def first(event_type: str) -> Days:
        hit = col.is_one_of(events.table, "event_type", {event_type})
        return col.earliest(np.where(hit, events.case, -1), events.day, len(table))

    received = by_night(col.days(table, "referral_received_date"), as_of)
    opened = by_night(col.days(table, "opened_date"), as_of)
    referred = np.fmin(np.fmin(received, first("REFERRED")), opened)
    cases = Cases(
        table=table,
        person=col.positions(table.column("cid_person_id"), persons.column("cid_person_id")),
        is_criminal=col.is_one_of(table, "case_type", {"CRIMINAL"}),
        is_british=col.is_one_of(table, "stage", {"BRITISH"})
        | col.is_one_of(table, "outcome", {"BRITISH"}),
        is_exempt=col.is_one_of(table, "stage", {"EXEMPT"}),
        referred=col.first_day(referred, col.recorded_days(table)),
        allocated=first("ALLOCATED"),
        questionnaire_sent=first("QUESTIONNAIRE_SENT"),
        questionnaire_returned=first("QUESTIONNAIRE_RETURNED"),
        started=np.fmin(by_night(col.days(table, "started_date"), as_of), first("STARTED")),
        closed=by_night(col.days(table, "closed_date"), as_of),
        expected_release=col.days(table, "expected_release_date"),
    )
    return cases, events


def read_decisions(*, cases: Cases, known: Events, as_of: np.datetime64) -> Decisions:
    """Read the decisions on criminal cases: their events, or the case row where it has none."""
    events, case = known.table, known.case
    on = col.days(events, "occurred_date")
    withdrawal = col.is_one_of(events, "event_type", {"DECISION_WITHDRAWN"})
    withdrawn = col.latest(np.where(withdrawal, case, -1), on, len(cases.table))
    erased = col.any_of(case, withdrawal & np.isnat(on), len(cases.table))
    by_event = _event_decisions(events, case)
    by_row = _row_decisions(cases, col.any_of(case, by_event >= 0, len(cases.table)), as_of)
    hit = np.flatnonzero((by_event >= 0) & col.at(cases.is_criminal, case, False))
    own = np.flatnonzero(by_row >= 0)
    event_day = known.day[hit]
    row_day = col.days(cases.table, "considered_date")[own]
    deferral = by_event[hit] == DEFERRED
    complete = (col.filled(events, "reason") & ~np.isnat(col.days(events, "deferred_until_date")))[
        hit
    ]
    day = np.concatenate([event_day, row_day])
    of_case = np.concatenate([case[hit], own])
    named = np.concatenate(
        [col.filled(events, "caseworker")[hit], col.filled(cases.table, "caseworker")[own]]
    )
    is_open = np.concatenate([deferral & ~complete, by_row[own] == DEFERRED])
    gone = col.at(erased, of_case, False) | (col.at(withdrawn, of_case, NO_DAY) >= day)
    flaw = np.select(
        [np.isnat(day), ~named, is_open, gone],
        [UNDATED, NO_CASEWORKER, OPEN_DEFERRAL, WITHDRAWN],
        COUNTS,
    )
    keys = pa.chunked_array(
        [
            *events.column("event_id").take(hit).chunks,
            *cases.table.column("case_id").take(own).chunks,
        ],
        pa.string(),
    )
    return Decisions(
        case=of_case,
        day=day,
        kind=np.concatenate([by_event[hit], by_row[own]]),
        flaw=flaw,
        from_event=np.arange(len(day)) < len(hit),
        key=keys.combine_chunks(),
    )


def _events(events: pa.Table, cases: pa.Table, as_of: np.datetime64) -> Events:
    known = col.is_one_of(events, "event_type", _MATTERING) & col.known_by(events, as_of)
    known &= ~(col.days(events, "occurred_date") > as_of)
    events = events.filter(pa.array(known))
    case = col.positions(events.column("case_id"), cases.column("case_id"))
    rows = np.flatnonzero(case >= 0)
    kept, case = events.select(_EVENT_COLUMNS).take(rows), case[rows]
    order = pc.sort_indices(kept.column("event_id")).to_numpy()
    kept = kept.take(order)
    day = col.first_day(col.days(kept, "occurred_date"), col.recorded_days(kept))
    return Events(table=kept, case=case[order], day=day)


def _event_decisions(events: pa.Table, case: Whole) -> Whole:
    kind = col.code_numbers(events, "event_type", DECISIONS)
    return np.where(case >= 0, kind, -1)


def _row_decisions(cases: Cases, has_event: Flags, as_of: np.datetime64) -> Whole:
    outcomes = list(_DECISION_OF_OUTCOME)
    kinds = np.array(list(_DECISION_OF_OUTCOME.values()))
    kind = col.at(kinds, col.code_numbers(cases.table, "outcome", outcomes), -1)
    decided = col.days(cases.table, "considered_date") <= as_of
    return np.where(decided & cases.is_criminal & ~has_event, kind, -1)


def by_night(days: Days, as_of: np.datetime64) -> Days:
    """Days, without those that lie after the night."""
    return np.where(days > as_of, NO_DAY, days)


assert set(DECISIONS) == c.DECISION_EVENTS, "decision events of the contract"  # noqa: S101 - of the code itself, not of data
