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

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.criteria.scope import Scope, decide_scope, duty_begins
from jobs.assess.decide import status as st
from jobs.assess.decide.assessment_rows import assessments_of
from jobs.assess.decide.discrepancies import compare_registers
from jobs.assess.decide.flags import raise_flags
from jobs.assess.explain.reasons import give_reasons
from jobs.assess.frames import one_heap
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.casework import Handled, Window, handle
from jobs.assess.read.criminal_cases import PURSUE, Cases, Decisions, read_cases, read_decisions
from jobs.assess.read.custody import Custody, read_custody
from jobs.assess.read.episode_identity import Identified, identify
from jobs.assess.read.nationality import (
    Nationality,
    OtherRecord,
    read_nationality,
    read_other_record,
)
from jobs.assess.read.release_dates import Recomputed, recompute
from jobs.assess.read.sentences import Sentenced, read_sentences

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
_EPISODE_COLUMNS_KEPT = ["episode_id", "prisoner_number", "prison_id", "reception_date"]
COURT_RECOMMENDATION = "REC_DEP"


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """The results, as frames of the tables of the same names in `jobs.contract.results`."""

    assessments: pd.DataFrame
    reasons: pd.DataFrame
    flags: pd.DataFrame
    discrepancies: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class Findings:
    """Everything that was found about the episodes, one entry for each, in order of id.

    ``sentence_episode`` and ``sentence_sequence`` name the sentences by their rows.
    """

    episodes: pa.Table
    sentence_episode: Whole
    sentence_sequence: Whole
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


@one_heap()
def assess(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
    quarantine: pd.DataFrame | None = None,
    previous_discrepancies: pd.DataFrame | None = None,
) -> Assessed:
    """Assess every accepted custody episode against the rules in force.

    Args:
        tables: both registers after the check, by full name, in the contract's schema.
        links: pairs of persons as in `results.LINKS`; only ``linked`` ones count.
        identities: persons and identities as in `results.IDENTITIES`.
        as_of: the night; nothing recorded or happening later is looked at.
        policy: the rules, from `load_policy`.
        quarantine: the rows kept aside, as in `results.QUARANTINE`: a sentence among them leaves
            the length of its episode undetermined.
        previous_discrepancies: those of the publication before, whose first-seen dates last.

    Returns:
        One assessment for each row of ``prison.episodes``, and the reasons of each in order of
        reading. The same input in any row order gives the same output.

    Raises:
        BadInput: an override of the rules has expired by the night.
    """
    policy.refuse_expired(as_of=as_of)
    found = find(
        tables=tables,
        links=links,
        identities=identities,
        as_of=as_of,
        policy=policy,
        quarantine=quarantine,
    )
    discrepancies = compare_registers(
        found, tables=tables, policy=policy, previous=previous_discrepancies
    )
    flags = raise_flags(found, tables=tables, policy=policy)
    assessments = assessments_of(found)
    reasons = give_reasons(found, policy)
    # The text of the reasons is the largest result: the findings go before it is written out.
    del found
    return Assessed(
        assessments=assessments,
        reasons=reasons.frame(),
        flags=flags,
        discrepancies=discrepancies,
    )


def find(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
    quarantine: pd.DataFrame | None = None,
) -> Findings:
    """Find out everything about every episode; `assess` turns it into tables."""
    day = np.datetime64(as_of, "D")
    episodes = col.sort(tables["prison.episodes"], by="episode_id", keep=_EPISODE_COLUMNS)
    persons = tables["prison.persons"]
    person = col.positions(episodes.column("prisoner_number"), persons.column("prisoner_number"))
    night = np.full(len(episodes), day)
    sentenced, sentences = read_sentences(
        episodes=episodes,
        sentences=tables["prison.sentences"],
        as_of=day,
        kept_aside=_kept_aside(episodes, quarantine),
    )
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
    window = _window(episodes, sentenced, custody, recommended, identified.identity, day)
    handled = handle(
        tables=tables,
        identified=identified,
        cases=cases,
        events=events,
        decisions=decisions,
        custody=custody,
        window=window,
        as_of=day,
    )
    scope = decide_scope(
        sentenced=sentenced,
        rows=sentences,
        nationality=nationality,
        is_court_recommended=recommended,
        identity=identified.identity,
        born=col.at(col.days(persons, "date_of_birth"), person, NO_DAY),
        is_exempt_on_record=handled.is_exempt,
        is_extradited=custody.is_extradited,
        is_held_over=_held_over(
            custody, sentenced, handled, decisions, begins=duty_begins(policy), as_of=day
        ),
        policy=policy,
    )
    recomputed = recompute(
        episodes=episodes, sentenced=sentenced, rows=sentences, policy=policy, as_of=day
    )
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
        episodes=episodes.select(_EPISODE_COLUMNS_KEPT),
        sentence_episode=sentences.episode,
        sentence_sequence=sentences.sequence,
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


def _kept_aside(episodes: pa.Table, quarantine: pd.DataFrame | None) -> Flags:
    """Whether a sentence of each episode lies in quarantine."""
    if quarantine is None or quarantine.empty:
        return np.zeros(len(episodes), dtype=bool)
    keys = quarantine.loc[quarantine["table_name"].eq("sentences"), "row_key"].dropna()
    owners = pa.array(keys.str.split("|").str[0].unique(), pa.string())
    return col.positions(episodes.column("episode_id"), owners) >= 0


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


def _held_over(
    custody: Custody,
    sentenced: Sentenced,
    handled: Handled,
    decisions: Decisions,
    *,
    begins: np.datetime64,
    as_of: np.datetime64,
) -> Flags:
    """Whether somebody was in custody when the duty began, and not decided upon by then."""
    pursued = col.at(decisions.kind, handled.timely, -1) == PURSUE
    decided = pursued & (col.at(decisions.day, handled.timely, NO_DAY) < begins)
    decided |= handled.order_signed < begins
    held = (sentenced.first_sentence < begins) & ~(custody.exit_date < begins)
    answer: Flags = held & ~decided & (as_of >= begins)
    return answer


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
