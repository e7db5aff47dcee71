"""Each release: considered in time for every conviction that led to it, or missed for good.

A conviction is cleared by a consideration on a day not before the conviction was entered and not
after the release, which stood at the release. A release of which one conviction was not cleared is
missed, whatever happened since: a return, a decision, a removal.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.criteria.convictions import Convictions, convictions_in_scope
from jobs.assess.decide import status as st
from jobs.assess.decide.due_date import DUE_BEFORE_RELEASE
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.frames import coded, frame_of, taken, whole_numbers
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.considerations import KINDS, Considerations, read_considerations
from jobs.assess.read.custody import REASONS
from jobs.assess.since.since_release import since_release
from jobs.contract import codes as c
from jobs.contract import prison
from jobs.contract.results import RELEASES

_STATUSES = ["CONSIDERED", "REFERRED_NOT_CONSIDERED", "NOT_REFERRED"]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Episodes on a day (a release, or tonight), each with the convictions that stood by then.

    ``ask`` and ``conviction`` pair the two; ``hit`` and ``by`` pair those pairs with the
    considerations of the person that could weigh the conviction in time.
    """

    count: int
    ask: Whole
    conviction: Whole
    hit: Whole
    by: Whole
    stands: Flags
    on: Days

    def cleared(self, keep: Flags) -> Flags:
        """Whether each pair is cleared by one that stood, among those to keep."""
        return col.any_of(self.hit, self.stands & keep, len(self.ask))

    def considered(self, keep: Flags) -> Flags:
        """Whether every conviction of each was cleared, and there was one."""
        some = col.any_of(self.ask, np.ones(len(self.ask), dtype=bool), self.count)
        answer: Flags = some & ~col.any_of(self.ask, ~self.cleared(keep), self.count)
        return answer


def _ask(
    found: Findings, convictions: Convictions, made: Considerations, episode: Whole, on: Days
) -> _Asked:
    ask, conviction = col.pairs(episode, convictions.episode)
    stood = ~(convictions.passed[conviction] > on[ask])
    ask, conviction = ask[stood], conviction[stood]
    hit, by = col.pairs(found.identified.identity[episode[ask]], made.identity)
    in_time = (made.day[by] <= on[ask[hit]]) & ~(
        made.day[by] < convictions.entered[conviction[hit]]
    )
    hit, by = hit[in_time], by[in_time]
    return _Asked(
        count=len(episode),
        ask=ask,
        conviction=conviction,
        hit=hit,
        by=by,
        stands=made.stands_on(by, on[ask[hit]]),
        on=on,
    )


def judge_releases(
    found: Findings, standing: Standing, *, tables: Mapping[str, pa.Table], policy: Policy
) -> tuple[pd.DataFrame, Flags]:
    """The releases as `results.RELEASES`, and whether each episode is due tonight.

    Args:
        found: the findings of the night.
        standing: what was decided upon them; who may be British has no release here.
        tables: both registers, of which ``prison.alerts``, which tell of orders served.
        policy: the rules.
    """
    night = found.as_of
    asked = found.scope.in_scope & ~st.is_one_of(standing.status, "VERIFY_NATIONALITY")
    convictions = convictions_in_scope(
        rows=found.sentences,
        sentenced=found.sentenced,
        group=found.nationality.group,
        in_scope=asked,
        is_court_recommended=found.is_court_recommended,
        policy=policy,
    )
    made = read_considerations(
        cases=found.cases,
        events=found.events,
        decisions=found.decisions,
        identified=found.identified,
        alerts=tables[prison.ALERTS.full_name],
        as_of=night,
    )
    inside = np.flatnonzero(asked & ~found.custody.is_gone & ~(standing.due > night))
    tonight = _ask(found, convictions, made, inside, np.full(len(inside), night))
    is_due = np.zeros(len(asked), dtype=bool)
    is_due[inside] = ~tonight.considered(np.ones(len(tonight.hit), dtype=bool))
    return _releases(found, convictions, made, tables, policy), is_due


def _releases(
    found: Findings,
    convictions: Convictions,
    made: Considerations,
    tables: Mapping[str, pa.Table],
    policy: Policy,
) -> pd.DataFrame:
    releases, night = found.releases, found.as_of
    at_release = _ask(found, convictions, made, releases.episode, releases.limit)
    ask, hit, by = at_release.ask, at_release.hit, at_release.by
    count, pairs = at_release.count, len(ask)
    every = np.ones(len(hit), dtype=bool)
    cleared = at_release.cleared(every)
    considered = at_release.considered(every)
    recorded_late = made.recorded[by] > at_release.on[ask[hit]]
    by_record = at_release.considered(~recorded_late)
    lasting = at_release.considered(np.isnat(made.withdrawn[by]))
    kept = np.flatnonzero(col.any_of(ask, np.ones(pairs, dtype=bool), count))
    missed = ~considered
    # The decision relied on is of the last conviction, recorded in time if there is such a one.
    entered = convictions.entered[at_release.conviction]
    last = col.latest(ask, entered, count)
    of_last = (entered == last[ask]) | np.isnat(last[ask])
    relied = col.pick(
        ask[hit], [recorded_late, made.day[by]], at_release.stands & of_last[hit], count
    )
    relied = np.where(considered, col.at(by, relied, -1), -1)
    expired = ~at_release.stands & (made.until[by] < at_release.on[ask[hit]])
    expired &= ~(made.withdrawn[by] <= at_release.on[ask[hit]])
    ran_out = col.any_of(hit, expired, pairs) & ~cleared
    since, later = col.pairs(found.identified.identity[releases.episode], made.identity)
    after = (made.day[later] > at_release.on[since]) & missed[since]
    after &= made.stands_on(later, np.full(len(later), night))
    decided = col.at(later, col.pick(since, [made.day[later]], after, count), -1)
    referred, referral = _referrals(found, convictions, at_release)
    worst = col.pick(ask, [referred, entered], ~cleared, count)
    told = np.where(missed, worst, col.pick(ask, [-entered.astype(np.int64)], cleared, count))
    is_unreferred = missed & ~col.at(referred, worst, False)
    due = _due(at_release, entered, told, policy)
    late = (releases.day - due).astype("timedelta64[D]").astype(np.int64)
    episode = releases.episode[kept]
    sentenced, episodes = found.sentenced, found.episodes
    seriousness = sentenced.seriousness[episode]
    sequence = col.at(convictions.sequence[at_release.conviction], worst, -1)
    number = np.arange(len(kept)) - np.searchsorted(episode, episode) + 1
    known = missed & ~np.isnat(releases.day) & ~np.isnat(due)
    identity = found.identified.identity[episode]
    columns: dict[str, Any] = {
        "episode_id": episodes.column("episode_id").take(pa.array(episode)),
        "release_number": pa.array(number),
        "identity_id": found.identified.identity_ids.take(pa.array(identity)),
        "prisoner_number": episodes.column("prisoner_number").take(pa.array(episode)),
        "prison_id": episodes.column("prison_id").take(pa.array(episode)),
        "release_date": releases.day[kept],
        "release_reason": coded(releases.reason[kept], REASONS),
        "returned_date": releases.returned[kept],
        "is_missed": missed[kept],
        "status": coded(np.where(considered, 0, np.where(is_unreferred, 2, 1))[kept], _STATUSES),
        "referred_date": col.at(referral, told, NO_DAY)[kept],
        "considered_date": col.at(made.day, relied, NO_DAY)[kept],
        "decision": coded(col.at(made.kind, relied, -1)[kept], KINDS),
        "considered_recorded_date": col.at(made.recorded, relied, NO_DAY)[kept],
        "is_recorded_after_release": (considered & ~by_record)[kept],
        "is_withdrawn_after_release": (considered & ~lasting)[kept],
        "decided_since_date": col.at(made.day, decided, NO_DAY)[kept],
        "decided_since": coded(col.at(made.kind, decided, -1)[kept], KINDS),
        "due_date": due[kept],
        "days_late": whole_numbers(late[kept], known[kept]),
        "unweighed_sentence": whole_numbers(sequence[kept], (missed & (sequence >= 0))[kept]),
        "is_deferral_expired": (missed & col.any_of(ask, ran_out, count))[kept],
        "offence_code": coded(sentenced.offence[episode], [each.code for each in c.OFFENCE.codes]),
        "seriousness": whole_numbers(seriousness, seriousness <= 5),
        "is_court_recommended": found.is_court_recommended[episode],
        "is_nationality_unknown": found.nationality.is_unclear[episode],
        "link_outcome": pa.array(found.identified.outcome[episode], pa.string()),
        "is_possibly_considered": found.handled.is_possibly_considered[episode] & missed[kept],
    }
    further = since_release(found, tables)
    columns |= {name: taken(pa.array(values), kept) for name, values in further.items()}
    return frame_of(RELEASES, columns)


def _referrals(found: Findings, convictions: Convictions, asked: _Asked) -> tuple[Flags, Days]:
    """Whether each conviction was referred before the release, and when first.

    A case counts for a later conviction only if it was referred since; for the first, also one
    that was open when the person was received.
    """
    cases, events = found.cases, found.events
    told = col.is_one_of(events.table, "event_type", {"REFERRED"})
    case = np.r_[np.arange(len(cases.table)), events.case[told]]
    day = np.r_[cases.referred, events.day[told]]
    owner = col.at(found.identified.certain, cases.person[case], -1)
    owner = np.where(cases.is_criminal[case], owner, -1)
    episode = found.releases.episode[asked.ask]
    pair, row = col.pairs(found.identified.identity[episode], owner)
    entered = convictions.entered[asked.conviction][pair]
    received = col.days(found.episodes, "reception_date")
    start = col.first_day(received, found.sentenced.anchor, found.sentenced.selects)[episode[pair]]
    is_first = ~(entered > found.sentenced.anchor[episode[pair]])
    own = (day[row] >= entered) | (is_first & ~(cases.closed[case[row]] < start))
    own &= ~(cases.closed[case[row]] < start)
    own &= ~(day[row] > found.releases.day[asked.ask[pair]])
    pairs = len(asked.ask)
    return col.any_of(pair, own, pairs), col.earliest(np.where(own, pair, -1), day[row], pairs)


def _due(asked: _Asked, entered: Days, told: Whole, policy: Policy) -> Days:
    """When consideration of each release was due, by the conviction that is told of."""
    months = policy[DUE_BEFORE_RELEASE].number("months_before_release", asked.on)
    due: Days = np.fmax(col.add_months(asked.on, -months), col.at(entered, told, NO_DAY))
    return due
