"""Everything found about each custody episode, and the order in which it is found.

Sentences, custody, who the person is, nationality, what the immigration service did, whether
deportation must be considered, and when somebody can be released at the earliest. What follows
from it is decided in `jobs.assess.decide`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.criteria.added_sentences import aggregate
from jobs.assess.criteria.convictions import Convictions, convictions_to_consider
from jobs.assess.criteria.criterion import Candidates
from jobs.assess.criteria.duty import duty_begins
from jobs.assess.criteria.referral import AGGREGATE
from jobs.assess.criteria.scope import Scope, decide_scope
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.casework import Handled, Window, handle
from jobs.assess.read.considerations import ORDER, Considerations, read_considerations
from jobs.assess.read.court_recommendations import Recommended, read_recommendations
from jobs.assess.read.criminal_cases import (
    PURSUE,
    Cases,
    Decisions,
    Events,
    read_cases,
    read_decisions,
)
from jobs.assess.read.custody import HOSPITAL, Custody, Releases, read_custody, read_releases
from jobs.assess.read.episode_identity import Identified, identify
from jobs.assess.read.nationality import (
    Nationality,
    OtherRecord,
    read_nationality,
    read_other_record,
)
from jobs.assess.read.release_dates import (
    RELEASE_DATES,
    EarliestRelease,
    Recomputed,
    earliest_release,
    recompute,
)
from jobs.assess.read.sentences import Sentenced, SentenceRows, read_sentences
from jobs.contract import prison

_EPISODE_COLUMNS = (
    "episode_id",
    "prisoner_number",
    "prison_id",
    "reception_date",
    "status",
    "legal_status",
    "imprisonment_status",
    "sentence_start_date",
    *RELEASE_DATES,
    "additional_days_awarded",
    "last_movement_type",
    "last_movement_reason",
    "last_movement_date",
)
_EPISODE_COLUMNS_KEPT = ["episode_id", "prisoner_number", "prison_id", "reception_date"]


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What was found about the episodes, one entry for each, in order of id.

    ``releases`` has one entry for each release. ``sentence_episode`` and ``sentence_sequence``
    name the sentences by their rows.
    """

    episodes: pa.Table
    sentence_episode: Whole
    sentence_sequence: Whole
    sentences: SentenceRows
    identified: Identified
    sentenced: Sentenced
    custody: Custody
    releases: Releases
    nationality: Nationality
    recommended: Recommended
    scope: Scope
    convictions: Convictions
    cases: Cases
    events: Events
    decisions: Decisions
    considerations: Considerations
    handled: Handled
    recomputed: Recomputed
    earliest: EarliestRelease
    as_of: np.datetime64

    @property
    def is_court_recommended(self) -> Flags:
        """Whether a court recommended deportation."""
        return self.recommended.holds


def find(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
    quarantine: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None,
) -> Findings:
    """Read the registers and ask the criteria, in the order in which a caseworker would reason.

    The arguments are those of `jobs.assess.assess`. What follows from the findings (status, flags,
    discrepancies) is decided upon them.
    """
    day = np.datetime64(as_of, "D")
    episodes = col.sort(tables[prison.EPISODES.full_name], by="episode_id", keep=_EPISODE_COLUMNS)
    persons = tables[prison.PERSONS.full_name]
    person = col.positions(episodes.column("prisoner_number"), persons.column("prisoner_number"))
    sentenced, sentences = read_sentences(
        episodes=episodes,
        sentences=tables[prison.SENTENCES.full_name],
        as_of=day,
        kept_aside=_kept_aside(episodes, quarantine),
    )
    movements = tables[prison.MOVEMENTS.full_name]
    custody = read_custody(episodes=episodes, movements=movements, sentences=sentences, as_of=day)
    identified = identify(episodes=episodes, tables=tables, links=links, identities=identities)
    recommended = read_recommendations(
        episodes=episodes,
        movements=movements,
        sentenced=sentenced,
        rows=sentences,
        identity=identified.identity,
        previous=previous,
    )
    cases, events = read_cases(tables=tables, persons=identified.persons, as_of=day)
    nationality = read_nationality(
        person=person,
        persons=persons,
        other=_other_record(identified, cases),
        is_court_recommended=recommended.holds,
        selects=sentenced.selects,
        conduct=sentenced.conduct,
        policy=policy,
    )
    decisions = read_decisions(cases=cases, known=events, as_of=day)
    considerations = read_considerations(
        cases=cases,
        events=events,
        decisions=decisions,
        identified=identified,
        alerts=tables[prison.ALERTS.full_name],
        as_of=day,
    )
    window = _window(episodes, sentenced, custody, recommended.holds, identified.identity, day)
    handled = handle(
        tables=tables,
        identified=identified,
        cases=cases,
        events=events,
        custody=custody,
        window=window,
        as_of=day,
    )
    candidates = Candidates(
        sentenced=sentenced,
        sentence_rows=sentences,
        group=nationality.group,
        is_court_recommended=recommended.holds,
        added_up=aggregate(
            sentenced=sentenced,
            rows=sentences,
            group=nationality.group,
            identity=identified.identity,
            rule=policy[AGGREGATE],
        ),
        born=col.at(col.days(persons, "date_of_birth"), person, NO_DAY),
        is_exempt_on_record=handled.is_exempt,
        is_extradited=custody.is_extradited,
        is_in_hospital=custody.kind == HOSPITAL,
        is_held_over=_held_over(
            custody,
            sentenced,
            considerations,
            identified.identity,
            begins=duty_begins(policy),
            as_of=day,
        ),
        policy=policy,
    )
    recomputed = recompute(
        episodes=episodes,
        sentenced=sentenced,
        rows=sentences,
        policy=policy,
        left=custody.exit_date,
        as_of=day,
    )
    return Findings(
        episodes=episodes.select(_EPISODE_COLUMNS_KEPT),
        sentence_episode=sentences.episode,
        sentence_sequence=sentences.sequence,
        sentences=sentences,
        identified=identified,
        sentenced=sentenced,
        custody=custody,
        releases=read_releases(
            episodes=episodes,
            movements=movements,
            sentences=sentences,
            custody=custody,
            as_of=day,
        ),
        nationality=nationality,
        recommended=recommended,
        scope=decide_scope(candidates),
        convictions=convictions_to_consider(candidates),
        cases=cases,
        events=events,
        decisions=decisions,
        considerations=considerations,
        handled=handled,
        recomputed=recomputed,
        earliest=earliest_release(
            episodes=episodes, sentenced=sentenced, recomputed=recomputed.earliest
        ),
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
        before=_next_anchor(anchor, identity, custody),
        limit=np.where(custody.is_gone & np.isnat(limit), seen, limit),
        reception=col.days(episodes, "reception_date"),
    )


def _held_over(
    custody: Custody,
    sentenced: Sentenced,
    made: Considerations,
    identity: Whole,
    *,
    begins: np.datetime64,
    as_of: np.datetime64,
) -> Flags:
    """Whether somebody was in custody when the duty began, not decided on by then."""
    held = (sentenced.first_sentence < begins) & ~(custody.exit_date < begins) & (as_of >= begins)
    rows = np.flatnonzero(held)
    pair, by = col.pairs(identity[rows], made.identity)
    decided = np.isin(made.kind[by], (PURSUE, ORDER)) & (made.day[by] < begins)
    decided &= made.day[by] >= sentenced.anchor[rows[pair]]
    decided &= made.stands(by, np.full(len(by), begins - 1))
    answer: Flags = held & ~col.any_of(rows[pair], decided, len(held))
    return answer


_LONG_AGO = np.datetime64("0001-01-01")


def _next_anchor(anchor: Days, identity: Whole, custody: Custody) -> Days:
    """For each episode that is over: the first anchor of the same identity after its end.

    After its own anchor where nobody recorded the end. A stay that lasts has no next one, and a
    second booking beside it takes nothing over.
    """
    known = np.flatnonzero(~np.isnat(anchor))
    answer = np.full(len(anchor), NO_DAY)
    if len(known) == 0:
        return answer

    def key(rows: Whole, day: Days) -> Whole:
        ordinal: Whole = (day - _LONG_AGO).astype(np.int64)
        return identity[rows] * (1 << 22) + ordinal

    known = known[np.argsort(key(known, anchor[known]), kind="stable")]
    anchors = key(known, anchor[known])
    over = np.flatnonzero(custody.is_gone & ~np.isnat(anchor))
    ends = np.fmax(custody.exit_date[over], anchor[over])
    place = np.searchsorted(anchors, key(over, ends), side="right")
    place = np.minimum(place, len(known) - 1)
    later = known[place]
    found = (identity[later] == identity[over]) & (anchor[later] > ends)
    answer[over] = np.where(found, anchor[later], NO_DAY)
    return answer
