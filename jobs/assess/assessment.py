"""The assessment of every custody episode, in the order in which a caseworker would reason.

Sentences, custody, who the person is, nationality, scope, what the immigration service did, when
consideration is due, the one status, the rank of the work; and the reasons of it all as rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs import codes as c
from jobs.assess import columns as col
from jobs.assess import status as st
from jobs.assess.cases import (
    DECISIONS,
    Cases,
    Decisions,
    Handled,
    Window,
    handle,
    read_cases,
    read_decisions,
)
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.custody import DIED, Custody, read_custody
from jobs.assess.identity import Identified, identify
from jobs.assess.nationality import (
    Nationality,
    OtherRecord,
    output,
    read_nationality,
    read_other_record,
)
from jobs.assess.reasons import give_reasons
from jobs.assess.release import Recomputed, recompute
from jobs.assess.rules import Policy
from jobs.assess.scope import SCOPE_RULES, Scope, decide_scope
from jobs.assess.sentences import Sentenced, read_sentences
from jobs.results import ASSESSMENTS

_EPISODE_COLUMNS = (
    "episode_id",
    "prisoner_number",
    "prison_id",
    "reception_date",
    "status",
    "legal_status",
    "imprisonment_status",
    "sentence_start_date",
    *st.RELEASE_DATES,
    "additional_days_awarded",
    "last_movement_type",
    "last_movement_reason",
    "last_movement_date",
)
COURT_RECOMMENDATION = "REC_DEP"


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """The results: frames with the columns of `results.ASSESSMENTS` and `results.REASONS`."""

    assessments: pd.DataFrame
    reasons: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything that was found about the episodes, one entry for each, in order of id."""

    episodes: pa.Table
    identified: Identified
    sentenced: Sentenced
    custody: Custody
    nationality: Nationality
    is_court_recommended: Flags
    scope: Scope
    cases: Cases
    decisions: Decisions
    handled: Handled
    recomputed: Recomputed
    due: st.Due
    status: Whole
    in_scope: Flags
    rank: Whole
    as_of: np.datetime64


def assess(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
) -> Assessed:
    """Assess every accepted custody episode against the rules in force.

    Args:
        tables: both registers after the check, by full name, in the contract's schema.
        links: pairs of persons as in `results.LINKS`; only ``linked`` ones count.
        identities: persons and identities as in `results.IDENTITIES`.
        as_of: the night; nothing recorded or happening later is looked at.
        policy: the rules, from `load_policy`.

    Returns:
        One assessment for each row of ``prison.episodes``, and the reasons of each in order of
        reading. The same input in any row order gives the same output.
    """
    found = find(tables=tables, links=links, identities=identities, as_of=as_of, policy=policy)
    return Assessed(assessments=_assessments(found), reasons=give_reasons(found, policy))


def find(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
) -> Findings:
    """Find out everything about every episode; `assess` turns it into tables."""
    day = np.datetime64(as_of, "D")
    episodes = col.sort(tables["prison.episodes"], by="episode_id", keep=_EPISODE_COLUMNS)
    persons = tables["prison.persons"]
    person = col.positions(episodes.column("prisoner_number"), persons.column("prisoner_number"))
    night = np.full(len(episodes), day)
    sentenced = read_sentences(episodes=episodes, sentences=tables["prison.sentences"], as_of=day)
    custody = read_custody(episodes=episodes, movements=tables["prison.movements"], as_of=day)
    recommended = col.is_one_of(episodes, "imprisonment_status", {COURT_RECOMMENDATION})
    identified = identify(episodes=episodes, tables=tables, links=links, identities=identities)
    cases, events = read_cases(tables=tables, persons=identified.persons, as_of=day)
    nationality = read_nationality(
        person=person,
        persons=persons,
        other=_other_record(identified, cases),
        is_court_recommended=recommended,
        selects=sentenced.selects,
        conduct=sentenced.conduct,
        policy=policy,
    )
    decisions = read_decisions(cases=cases, known=events, as_of=day)
    handled = handle(
        tables=tables,
        identified=identified,
        cases=cases,
        events=events,
        decisions=decisions,
        custody=custody,
        window=_window(episodes, sentenced, custody, recommended, identified.identity, day),
        as_of=day,
    )
    scope = decide_scope(
        sentenced=sentenced,
        nationality=nationality,
        is_court_recommended=recommended,
        identity=identified.identity,
        born=col.at(col.days(persons, "date_of_birth"), person, NO_DAY),
        is_exempt_on_record=handled.is_exempt,
        is_extradited=custody.is_extradited,
        policy=policy,
    )
    recomputed = recompute(episodes=episodes, sentenced=sentenced, policy=policy, as_of=day)
    earliest, source = st.earliest_release(
        episodes=episodes, sentenced=sentenced, recomputed=recomputed.earliest
    )
    due = st.due(earliest=earliest, source=source, sentenced=sentenced, night=night, policy=policy)
    status, in_scope = st.decide_status(
        scope=scope,
        nationality=nationality,
        custody=custody,
        handled=handled,
        due_date=due.due,
        as_of=day,
    )
    rank, _ = st.rank(
        status=status,
        sentenced=sentenced,
        custody=custody,
        earliest=earliest,
        policy=policy,
        night=night,
        as_of=day,
    )
    return Findings(
        episodes=episodes,
        identified=identified,
        sentenced=sentenced,
        custody=custody,
        nationality=nationality,
        is_court_recommended=recommended,
        scope=scope,
        cases=cases,
        decisions=decisions,
        handled=handled,
        recomputed=recomputed,
        due=due,
        status=status,
        in_scope=in_scope,
        rank=rank,
        as_of=day,
    )


def _other_record(identified: Identified, cases: Cases) -> OtherRecord:
    return read_other_record(
        identity=identified.identity,
        count=len(identified.identity_ids),
        certain=identified.certain,
        persons=identified.persons,
        owner=cases.person,
        firm=cases.is_criminal & ~cases.is_british,
        found_british=cases.is_british,
    )


def _window(
    episodes: pa.Table,
    sentenced: Sentenced,
    custody: Custody,
    recommended: Flags,
    identity: Whole,
    as_of: np.datetime64,
) -> Window:
    anchor = np.where(
        recommended, col.first_day(sentenced.anchor, sentenced.selects), sentenced.anchor
    )
    seen = np.fmax(
        custody.last_seen,
        np.where(sentenced.first_sentence > as_of, NO_DAY, sentenced.first_sentence),
    )
    limit = np.where(custody.is_gone, custody.exit_date, as_of)
    return Window(
        anchor=anchor,
        before=_next_anchor(anchor, identity),
        limit=np.where(custody.is_gone & np.isnat(limit), seen, limit),
        reception=col.days(episodes, "reception_date"),
    )


def _next_anchor(anchor: Days, identity: Whole) -> Days:
    """For each episode: the next later anchor of the same identity."""
    known = np.flatnonzero(~np.isnat(anchor))
    order = known[np.lexsort((anchor[known], identity[known]))]
    answer = np.full(len(anchor), NO_DAY)
    if len(order) == 0:
        return answer
    same = identity[order][1:] == identity[order][:-1]
    new = np.r_[True, ~(same & (anchor[order][1:] == anchor[order][:-1]))]
    starts = np.flatnonzero(new)
    first = order[starts]
    follows = np.r_[identity[first][1:] == identity[first][:-1], False]
    later = np.where(follows, np.r_[anchor[first][1:], NO_DAY], NO_DAY)
    answer[order] = later[np.cumsum(new) - 1]
    return answer


def _assessments(found: Findings) -> pd.DataFrame:
    episodes, sentenced, custody = found.episodes, found.sentenced, found.custody
    handled, decisions, cases = found.handled, found.decisions, found.cases
    decided = np.where(handled.timely >= 0, handled.timely, handled.late)
    to_release = (found.due.earliest - found.as_of).astype(np.int64)
    is_expected = ~custody.is_gone & ~np.isnat(found.due.earliest)
    offence = _codes(sentenced.offence, [offence.code for offence in c.OFFENCE.codes])
    columns: dict[str, object] = {
        "episode_id": episodes.column("episode_id"),
        "identity_id": found.identified.identity_ids.take(pa.array(found.identified.identity)),
        "prisoner_number": episodes.column("prisoner_number"),
        "prison_id": episodes.column("prison_id"),
        "nationality": output(found.nationality),
        "status": _codes(found.status, st.STATUSES),
        "status_rule_id": _codes(found.status, st.STATUS_RULES),
        "is_foreign_national": ~found.nationality.is_british,
        "is_nationality_unknown": found.nationality.is_unclear,
        "is_in_custody": custody.is_on_roll,
        "is_released": custody.is_released,
        "is_court_recommended": found.is_court_recommended,
        "is_in_scope": found.in_scope,
        "scope_rule_id": _scope_rules(found),
        "offence_code": offence,
        "seriousness": _numbers(sentenced.seriousness, sentenced.seriousness <= 5),
        "sentence_date": sentenced.first_sentence,
        "sentence_days": _numbers(sentenced.length_days, sentenced.length_days >= 0),
        "release_date": custody.release_date,
        "earliest_release_date": np.where(custody.is_gone, NO_DAY, found.due.earliest),
        "due_date": np.where(found.in_scope & ~custody.is_gone, found.due.due, NO_DAY),
        "days_to_release": _numbers(to_release, is_expected),
        "referred_date": handled.referred,
        "started_date": handled.started,
        "considered_date": col.at(decisions.day, decided, NO_DAY),
        "decision": _codes(col.at(decisions.kind, decided, -1), DECISIONS),
        "order_signed_date": handled.order_signed,
        "removed_date": handled.removed,
        "case_id": _taken(cases.table.column("case_id"), handled.case),
        "link_outcome": pa.array(found.identified.outcome, pa.string()),
        "link_probability": found.identified.probability,
        "possible_case_id": _taken(cases.table.column("case_id"), handled.possible_case),
        "is_possibly_considered": handled.is_possibly_considered,
        "priority": _numbers(found.rank, found.rank > 0),
    }
    arrays = [pa.chunked_array([_arrow(columns[f.name], f.kind.arrow)]) for f in ASSESSMENTS.fields]
    return ASSESSMENTS.frame(pa.Table.from_arrays(arrays, schema=ASSESSMENTS.arrow_schema))


def _scope_rules(found: Findings) -> pa.Array:
    names = [*SCOPE_RULES, "exit.died", "exit.removed"]
    gone = found.scope.in_scope & ~found.in_scope
    exit_rule = np.where(found.custody.kind == DIED, len(names) - 2, len(names) - 1)
    return _codes(np.where(gone, exit_rule, found.scope.scope_rule), names)


def _codes(numbers: Whole, names: tuple[str, ...] | list[str]) -> pa.Array:
    return _taken(pa.array(names, pa.string()), numbers)


def _taken(values: pa.Array, rows: Whole) -> pa.Array:
    taken = values.take(pa.array(rows, mask=rows < 0))
    return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken


def _numbers(values: Whole, known: Flags) -> pa.Array:
    return pa.array(values, pa.int64(), mask=~known)


def _arrow(values: object, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        return values.combine_chunks()
    if isinstance(values, pa.Array):
        return values
    return pa.array(values, kind, from_pandas=True)
