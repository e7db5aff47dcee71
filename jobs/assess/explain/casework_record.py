"""What the immigration register holds of the service's own work: who decided, when entered, why.

A decision that was entered afterwards, or lost on appeal, reads like any other by its day alone.
Removals and grants of bail stand beside, so that each number published of them leads to its rows.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Whole
from jobs.assess.decide.compared_people import latest_episodes
from jobs.assess.findings import Findings
from jobs.assess.frames import coded, frame_of, taken
from jobs.assess.read.criminal_cases import (
    COUNTS,
    DECISIONS,
    DEFERRED,
    NO_CASEWORKER,
    OPEN_DEFERRAL,
    UNDATED,
    WITHDRAWN,
    by_night,
)
from jobs.contract import codes as c
from jobs.contract import immigration
from jobs.contract.immigration import APPEALS, BAILS, CASES, EVENTS, REMOVALS
from jobs.contract.results import CASEWORK
from jobs.runtime.outgoing import clean

DEPORTATIONS: Final = frozenset({"DEPORTATION", "EARLY_REMOVAL"})
"""Powers of removal that are a deportation; the published figures count both together."""

_UNCOUNTED: Final = {
    COUNTS: None,
    NO_CASEWORKER: "NO_CASEWORKER",
    OPEN_DEFERRAL: "OPEN_DEFERRAL",
    WITHDRAWN: "WITHDRAWN",
    UNDATED: "UNDATED",
}

_Columns = dict[str, Any]


def casework_on_record(found: Findings, *, tables: Mapping[str, pa.Table]) -> pd.DataFrame:
    """Decisions, appeals, removals and grants of bail known by the night, as `results.CASEWORK`.

    Args:
        found: the findings of the night.
        tables: both registers, of which appeals, removals, bails and the reasons of cases.
    """
    latest = _latest_of_person(found)
    parts = [
        _decisions(found, tables[CASES.full_name]),
        _appeals(found, tables[APPEALS.full_name]),
        _removals(found, tables[REMOVALS.full_name]),
        _bails(found, tables[BAILS.full_name]),
    ]
    frames = []
    for part in parts:
        person = part.pop("person")
        episode = np.where(person >= 0, col.at(latest, np.maximum(person, 0), -1), -1)
        part["episode_id"] = taken(found.episodes.column("episode_id"), episode)
        frames.append(_complete(part, len(person)))
    whole = pd.concat(frames, ignore_index=True)
    whole = whole.sort_values(list(CASEWORK.key), ignore_index=True)
    return CASEWORK.frame(CASEWORK.arrow(whole))


def _complete(part: _Columns, count: int) -> pd.DataFrame:
    """A frame of the whole table: what a step has nothing to say of is empty."""
    never = np.zeros(count, dtype=bool)
    empty = {
        f.name: never if f.kind.pandas == "boolean" else pa.nulls(count, f.kind.arrow)
        for f in CASEWORK.fields
    }
    columns = {**empty, **part}
    return frame_of(CASEWORK, columns)


def _latest_of_person(found: Findings) -> Whole:
    """The latest custody episode of each immigration person linked for certain, -1 for none."""
    latest: Whole = col.at(latest_episodes(found), found.identified.certain, -1)
    return latest


def _decisions(found: Findings, cases: pa.Table) -> _Columns:
    decisions, events = found.decisions, found.events.table
    event = col.positions(decisions.key, events.column("event_id"))
    event = np.where(decisions.from_event, event, -1)
    case = decisions.case
    row = col.positions(found.cases.table.column("case_id"), cases.column("case_id"))[case]
    by_event = event >= 0
    recorded = np.where(
        by_event,
        col.at(col.recorded_days(events), event, NO_DAY),
        col.at(col.recorded_days(cases), row, NO_DAY),
    )
    until = col.at(col.days(events, "deferred_until_date"), event, NO_DAY)

    def told(of_event: str, of_case: str) -> pa.Array:
        """Text of the event, or of the case row where no event tells of the decision."""
        there = taken(_tidy(events, of_event), event)
        return pc.if_else(by_event, there, taken(_tidy(cases, of_case), row))

    # What was withdrawn had been decided all the same.
    counts = np.isin(decisions.flaw, (COUNTS, WITHDRAWN))
    first = col.pick(case, [decisions.day, np.arange(len(case))], counts, len(found.cases.table))
    is_first = np.zeros(len(case), dtype=bool)
    is_first[first[first >= 0]] = True
    return {
        "person": found.cases.person[case],
        "step": _repeated("DECISION", len(case)),
        "step_key": decisions.key,
        "source_table": coded(
            np.where(by_event, 0, 1), [EVENTS.full_name, CASES.full_name]
        ),
        "case_id": taken(found.cases.table.column("case_id"), case),
        "step_date": decisions.day,
        "recorded_date": recorded,
        "until_date": np.where(decisions.kind == DEFERRED, until, NO_DAY),
        "decision": coded(decisions.kind, DECISIONS),
        "flaw": coded(decisions.flaw - 1, [name for name in _UNCOUNTED.values() if name]),
        "is_first_decision": is_first,
        "caseworker": told("caseworker", "caseworker"),
        "typed_reason": told("reason", "outcome_reason"),
    }  # fmt: skip


def _appeals(found: Findings, appeals: pa.Table) -> _Columns:
    """Appeals lodged by the night; one that was determined later is pending."""
    rows, lodged = _by_night(appeals, "lodged_date", found.as_of)
    appeals = appeals.take(pa.array(rows))
    ended = by_night(col.days(appeals, "outcome_date"), found.as_of)
    outcome = col.code_numbers(appeals, "outcome", _APPEAL_OUTCOMES)
    outcome = np.where(col.days(appeals, "outcome_date") > found.as_of, -1, outcome)
    case = col.positions(appeals.column("case_id"), found.cases.table.column("case_id"))
    return {
        "person": col.at(found.cases.person, case, -1),
        **_source("APPEAL", APPEALS, appeals, "appeal_id"),
        "case_id": appeals.column("case_id"),
        "step_date": lodged,
        "until_date": ended,
        "appeal_outcome": coded(outcome, _APPEAL_OUTCOMES),
    }


def _removals(found: Findings, removals: pa.Table) -> _Columns:
    rows, day = _by_night(removals, "removed_date", found.as_of)
    removals = removals.take(pa.array(rows))
    return {
        "person": _person(found, removals),
        **_source("REMOVAL", REMOVALS, removals, "removal_id"),
        "case_id": removals.column("case_id"),
        "step_date": day,
        "removal_type": removals.column("removal_type"),
        "is_deportation": col.is_one_of(removals, "removal_type", DEPORTATIONS),
    }


def _bails(found: Findings, bails: pa.Table) -> _Columns:
    rows, day = _by_night(bails, "granted_date", found.as_of)
    bails = bails.take(pa.array(rows))
    return {
        "person": _person(found, bails),
        **_source("BAIL", BAILS, bails, "bail_id"),
        "step_date": day,
        "until_date": by_night(col.days(bails, "ended_date"), found.as_of),
        "bail_status": bails.column("bail_status"),
        "is_opposed_bail": col.flags(bails, "is_opposed"),
    }


_APPEAL_OUTCOMES: Final = [entry.code for entry in c.APPEAL_OUTCOME.codes]


def _source(step: str, table: Any, rows: pa.Table, key: str) -> _Columns:
    return {
        "step": _repeated(step, len(rows)),
        "step_key": rows.column(key),
        "source_table": _repeated(table.full_name, len(rows)),
    }


def _by_night(table: pa.Table, name: str, as_of: np.datetime64) -> tuple[Whole, Days]:
    """The rows that do not lie after the night, dated or not, and their days."""
    day = col.days(table, name)
    rows = np.flatnonzero(~(day > as_of))
    return rows, day[rows]


def _person(found: Findings, table: pa.Table) -> Whole:
    persons = found.identified.persons.column("cid_person_id")
    return col.positions(table.column(immigration.PERSONS.key[0]), persons)


def _repeated(word: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(word, pa.string()), count)


def _tidy(table: pa.Table, name: str) -> pa.Array:
    """A text column without marks that hide or turn text; empty where nothing but spaces is."""
    column = table.column(name).combine_chunks().dictionary_encode()
    words = [clean(str(text)).strip() or None for text in column.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(column.indices)
