"""The immigration register's people and cases as they stood on a night."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import codes, immigration
from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Flags, Ints, Texts
from jobs.synthetic.casework import case_events, case_histories, residents, staffing
from jobs.synthetic.casework.case_events import AT, DECISIONS, STAGES, TYPES
from jobs.synthetic.custody import custody_stays, sentencing, unusual_events
from jobs.synthetic.people.person_numbers import numbered, staff_codes
from jobs.synthetic.registers.prison_register import aliases_table, feed, nationality_on
from jobs.synthetic.registers.register_records import RegisterRecords, visible

_OUTCOMES: Final = tuple(entry.code for entry in codes.CASE_OUTCOME.codes)
_OPENS_STAGE: Final = np.array([bool(stage) for stage in STAGES])
_STAGE_NAMES: Final = (*STAGES, *case_histories.CLOSINGS, "TRAVEL_DOCUMENT")
_REASON_PURSUE: Final = "deportation is conducive to the public good"
_REASON_NOT: Final = "family and private life outweigh"
_REASON_DEFERRED: Final = "country situation to be reviewed after release"


@dataclass(frozen=True, kw_only=True)
class CaseNight:
    """Criminal cases on a night: which are on record, and the day of each event of each.

    ``decision_recorded``: when the first decision of each was written down; `days.NEVER` without.
    """

    shown: Flags
    days_of: Ints
    last_recorded: Ints
    decision_recorded: Ints


def case_night(cases: pd.DataFrame, events: pd.DataFrame, as_of: int) -> CaseNight:
    """What is on record of each criminal case by the end of ``as_of``."""
    days_of = case_events.known_days(events, len(cases), as_of)
    seen = events[(events["recorded"] <= as_of).to_numpy()]
    last = columns.latest(
        seen["case"].to_numpy(), seen["recorded"].to_numpy(), len(cases), missing=0
    )
    written = np.full(len(cases), days.NEVER, dtype=np.int64)
    decided = seen[seen["type"].isin(DECISIONS)]
    np.minimum.at(written, decided["case"].to_numpy(), decided["recorded"].to_numpy())
    return CaseNight(
        shown=days.known(days_of[:, AT["received"]]),
        days_of=days_of,
        last_recorded=last,
        decision_recorded=written,
    )


def tables(
    *,
    as_of: int,
    registers: RegisterRecords,
    everybody: pd.DataFrame,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    others: pd.DataFrame,
    events: pd.DataFrame,
    detentions: pd.DataFrame,
    lost: pd.DataFrame,
    release_on_record: Ints,
) -> dict[str, pa.Table]:
    """The feed, people, aliases, cases and events of the immigration register.

    Args:
        as_of: the night.
        registers: records of both registers.
        everybody: people, by position.
        stays: stays in prison.
        cases: criminal cases.
        others: other cases.
        events: events of criminal cases.
        detentions: stays in detention, as `enforcement.detentions` gives them.
        lost: people lost and found; see `unusual_events.whereabouts`.
        release_on_record: the release date that the prison goes by, for each stay.
    """
    night = case_night(cases, events, as_of)
    return {
        immigration.FEED.full_name: feed(immigration.FEED, as_of),
        immigration.PERSONS.full_name: _persons(
            registers, everybody, stays, cases, night, detentions, lost, as_of
        ),
        immigration.ALIASES.full_name: aliases_table(
            immigration.ALIASES,
            "cid_person_id",
            registers.immigration,
            registers.immigration_aliases,
            as_of,
        ),
        immigration.CASES.full_name: pa.concat_tables(
            [
                _criminal(cases, stays, registers, night, release_on_record, as_of),
                _others(others, registers, len(cases), as_of),
            ]
        ).sort_by("case_id"),
        immigration.EVENTS.full_name: _events(events, cases, as_of),
    }


def case_ids(case: Ints) -> Texts:
    """The ids of cases, criminal ones first, by position."""
    return numbered("C", case, 8)


def _persons(
    registers: RegisterRecords,
    everybody: pd.DataFrame,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    night: CaseNight,
    detentions: pd.DataFrame,
    lost: pd.DataFrame,
    as_of: int,
) -> pa.Table:
    records = registers.immigration
    standing = visible(records, as_of)
    own = records["person"].to_numpy()[standing]
    records = records[standing]
    size = len(everybody)
    contact = columns.latest(
        cases["person"].to_numpy(), np.minimum(night.last_recorded, as_of), size, missing=0
    )
    contact = np.maximum(contact, np.minimum(everybody["known_day"].to_numpy(), as_of))
    located = _located(everybody, stays, cases, night, detentions, lost, as_of)
    died = np.full(size, days.NEVER, dtype=np.int64)
    ended = stays["end_recorded"].to_numpy() <= as_of
    dead = ended & (stays["end_reason"] == custody_stays.REASON["DEC"]).to_numpy()
    died[stays["person"].to_numpy()[dead]] = stays["end"].to_numpy()[dead]
    passed_on = (records["numbers_day"] <= as_of).to_numpy()
    verified = np.isin(located[own], [_ABROAD]) | (own % 5 == 0)
    return columns.table(
        immigration.PERSONS,
        {
            "cid_person_id": columns.texts(records["key"]),
            "ho_reference": columns.texts(records["ho_reference"]),
            "first_name": columns.texts(records["first_name"]),
            "middle_names": columns.texts(records["middle_names"]),
            "last_name": columns.texts(records["last_name"]),
            "date_of_birth": days.dates(records["birth_day"]),
            "gender": columns.texts(records["gender"]),
            "nationality": nationality_on(records, as_of),
            "nationality_verified": pa.array(verified),
            "birth_place": columns.texts(records["birth_place"]),
            "postcode": columns.texts(records["postcode"], where=own % 3 != 0),
            "noms_number": columns.texts(records["noms"], where=passed_on),
            "pnc_number": columns.texts(records["pnc"], where=passed_on),
            "cro_number": columns.texts(records["cro"], where=passed_on),
            "located_status": columns.coded(_LOCATED, located[own]),
            "last_contact_date": days.dates(np.maximum(contact[own], records["since"])),
            "died_date": days.dates(died[own]),
            "recorded_at": days.moments(records["since"], by=own),
        },
    )


_LOCATED: Final = ("IN_CUSTODY", "LOCATED", "NOT_LOCATED", "ABROAD", "UNKNOWN")
_IN_CUSTODY, _FOUND, _LOST, _ABROAD, _UNKNOWN = range(5)


def _located(
    everybody: pd.DataFrame,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    night: CaseNight,
    detentions: pd.DataFrame,
    lost: pd.DataFrame,
    as_of: int,
) -> Ints:
    """Whether each person is traced: the last thing that the register was told."""
    size = len(everybody)
    located = np.where(np.arange(size) % 9 < 7, _FOUND, _UNKNOWN)
    answered = days.known(night.days_of[:, AT["questionnaire_returned"]])
    answered &= (cases["outcome_2007"] >= 0).to_numpy()
    located[cases["person"].to_numpy()[answered]] = _FOUND
    missing = (lost["lost"] <= as_of) & (lost["found"] > as_of)
    located[lost["person"].to_numpy()[missing.to_numpy()]] = _LOST
    located[lost["person"].to_numpy()[(lost["found"] <= as_of).to_numpy()]] = _FOUND
    inside = (stays["reception_recorded"] <= as_of) & (stays["end_recorded"] > as_of)
    in_custody = inside.to_numpy() | unusual_events.back_inside(stays, as_of)
    located[stays["person"].to_numpy()[in_custody]] = _IN_CUSTODY
    kept = (detentions["start"] <= as_of) & (detentions["end"] > as_of)
    located[detentions["person"].to_numpy()[kept.to_numpy()]] = _IN_CUSTODY
    gone = (stays["removal"] > 0).to_numpy() & (stays["end_recorded"] <= as_of).to_numpy()
    located[stays["person"].to_numpy()[gone]] = _ABROAD
    removed = days.known(night.days_of[:, AT["removed"]])
    located[cases["person"].to_numpy()[removed]] = _ABROAD
    decided = days.known(night.days_of[:, list(DECISIONS)].min(axis=1))
    untraced = decided & (cases["outcome_2007"] == case_histories.NOT_LOCATED).to_numpy()
    located[cases["person"].to_numpy()[untraced]] = _LOST
    return located


def _criminal(
    cases: pd.DataFrame,
    stays: pd.DataFrame,
    registers: RegisterRecords,
    night: CaseNight,
    release_on_record: Ints,
    as_of: int,
) -> pa.Table:
    rows = np.flatnonzero(night.shown)
    own, seen = cases.iloc[rows], night.days_of[rows]
    stay = stays.iloc[own["stay"].to_numpy()]
    stage, entered = _stages(own, seen)
    considered, outcome = _outcomes(own, seen)
    allocated = days.known(seen[:, AT["allocated"]])
    offence = stay["offence"].to_numpy()
    priority = np.where(offence < 0, 3, sentencing.SERIOUSNESS[np.maximum(offence, 0)])
    basis = np.where(
        stay["is_recommended"],
        "Immigration Act 1971 section 3(6)",
        "Immigration Act 1971 section 3(5)",
    ).astype(object)
    reason = np.select(
        [outcome == 0, outcome == 1, outcome == 2],
        [_REASON_PURSUE, _REASON_NOT, _REASON_DEFERRED],
        "",
    )
    decided = days.known(considered)
    return columns.table(
        immigration.CASES,
        {
            "case_id": columns.texts(case_ids(rows)),
            "cid_person_id": columns.texts(
                registers.immigration["key"].to_numpy()[registers.case_record[rows]]
            ),
            "case_type": columns.texts(np.full(len(rows), "CRIMINAL")),
            "team": columns.coded(staffing.TEAMS, staffing.team_of(rows), where=allocated),
            "caseworker": columns.texts(staff_codes(staffing.caseworker_of(rows)), where=allocated),
            "referral_source": columns.coded(case_histories.SOURCES, own["source"]),
            "referral_sent_date": days.dates(own["sent"]),
            "referral_received_date": days.dates(seen[:, AT["received"]]),
            "opened_date": days.dates(seen[:, AT["received"]]),
            "started_date": days.dates(seen[:, AT["started"]]),
            "stage": columns.coded(_STAGE_NAMES, stage),
            "stage_entered_date": days.dates(entered),
            "considered_date": days.dates(considered),
            "outcome": columns.coded(_OUTCOMES, outcome),
            "outcome_reason": columns.texts(reason.astype(object)),
            "legal_basis": columns.texts(basis, where=decided),
            "priority": columns.wholes(priority),
            "closed_date": days.dates(seen[:, AT["closed"]]),
            "expected_release_date": days.dates(_told(own, release_on_record)),
            "recorded_at": days.moments(np.minimum(night.last_recorded[rows], as_of), by=rows),
        },
    )


def _told(own: pd.DataFrame, release_on_record: Ints) -> Ints:
    """The release that the prison told the team of: nothing without a referral from there."""
    release = release_on_record[own["stay"].to_numpy()]
    told = days.known(own["sent"]) & days.known(release)
    return np.where(told, release + own["told_shift"].to_numpy(), days.NEVER)


def _stages(own: pd.DataFrame, seen: Ints) -> tuple[Ints, Ints]:
    """Stage now (position in the stage names) and the day it was entered."""
    opened = np.where(_OPENS_STAGE & (seen < days.NEVER), seen, -1)
    # Of the events of one day the later in the order of types counts.
    order = opened * len(TYPES) + np.arange(len(TYPES))
    last = np.where(opened >= 0, order, -1).argmax(axis=1)
    entered = np.take_along_axis(seen, last[:, None], axis=1).ravel()
    closed = seen[:, AT["closed"]]
    waits = (own["needs_document"].to_numpy()) & (last == AT["order"])
    stage = np.where(waits, len(_STAGE_NAMES) - 1, last)
    is_closed = days.known(closed)
    stage = np.where(is_closed, len(STAGES) + np.maximum(own["closing"], 0), stage)
    return stage, np.where(is_closed, closed, entered)


def _outcomes(own: pd.DataFrame, seen: Ints) -> tuple[Ints, Ints]:
    """Day of the latest decision on record, and the outcome so far (-1: none)."""
    decided = np.where(seen < days.NEVER, seen, -1)[:, list(DECISIONS)]
    latest = decided.max(axis=1)
    outcome = np.where(latest >= 0, decided.argmax(axis=1), -1)
    removed = days.known(seen[:, AT["removed"]])
    closed = days.known(seen[:, AT["closed"]])
    closing = own["closing"].to_numpy()
    allowed = closed & (closing == case_histories.CLOSED_LEAVE) & (latest >= 0)
    british = closed & (closing == case_histories.CLOSED_BRITISH)
    outcome = np.select(
        [removed, british, allowed],
        [_OUTCOMES.index(code) for code in ("DEPORTED", "BRITISH", "ALLOWED_TO_STAY")],
        outcome,
    )
    return np.where(latest >= 0, latest, days.NEVER), outcome


def _others(others: pd.DataFrame, registers: RegisterRecords, offset: int, as_of: int) -> pa.Table:
    rows = np.flatnonzero(others["opened"] <= as_of)
    own = others.iloc[rows]
    closed = (own["closed"] <= as_of).to_numpy()
    british = own["outcome"].to_numpy() == residents.GRANTED
    naturalised = british & (own["case_type"] == residents.NATURALISATION).to_numpy()
    stage = np.select([naturalised, british], ["BRITISH", "LEAVE_GRANTED"], "NO_ACTION")
    changed = np.where(closed, own["closed"], own["opened"])
    return columns.table(
        immigration.CASES,
        {
            "case_id": columns.texts(case_ids(rows + offset)),
            "cid_person_id": columns.texts(
                registers.immigration["key"].to_numpy()[registers.other_record[rows]]
            ),
            "case_type": columns.coded(residents.CASE_TYPES, own["case_type"]),
            "team": columns.texts(np.full(len(rows), staffing.GENERAL_TEAM)),
            "opened_date": days.dates(own["opened"]),
            "stage": columns.texts(stage.astype(object), where=closed),
            "stage_entered_date": days.dates(own["closed"], where=closed),
            "closed_date": days.dates(own["closed"], where=closed),
            "recorded_at": days.moments(changed, by=rows),
        },
    )


def _events(events: pd.DataFrame, cases: pd.DataFrame, as_of: int) -> pa.Table:
    shown = events[(events["recorded"] <= as_of).to_numpy()]
    case, kind = shown["case"].to_numpy(), shown["type"].to_numpy()
    by_others = ("received", "questionnaire_returned", "lodged")
    by_office = np.isin(kind, [AT[name] for name in by_others])
    deferred = kind == AT["deferred"]
    reasons = np.full(len(TYPES), "", dtype=object)
    reasons[list(DECISIONS)] = (_REASON_PURSUE, _REASON_NOT, _REASON_DEFERRED)
    return columns.table(
        immigration.EVENTS,
        {
            "event_id": columns.texts(numbered("E", case * len(TYPES) + kind, 10)),
            "case_id": columns.texts(case_ids(case)),
            "event_type": columns.coded(TYPES, kind),
            "occurred_date": days.dates(shown["day"]),
            "recorded_at": days.moments(shown["recorded"], by=case),
            "caseworker": columns.texts(
                staff_codes(staffing.caseworker_of(case)), where=~by_office
            ),
            "reason": columns.texts(reasons[kind]),
            "deferred_until_date": days.dates(
                cases["deferred_until"].to_numpy()[case], where=deferred
            ),
        },
    )
