"""Where each episode stands on the night: what is due, its one status, and the rank of the work."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.decide.clearance import Clearance, clear_by, first_referrals, gone_by
from jobs.assess.decide.due_date import due_dates
from jobs.assess.decide.ranking import rank
from jobs.assess.decide.releases import Judged, judge_releases, told_of
from jobs.assess.decide.status import Situation, decide_status
from jobs.assess.findings import Findings
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.considerations import FINDING
from jobs.assess.read.criminal_cases import NOT_PURSUE
from jobs.assess.read.custody import DIED, REMOVED


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One entry for each episode, in the order of the findings.

    ``now`` says what had been considered by the night, or by the exit of those who are gone, and
    ``releases`` the same of each release. ``is_missed``: a release was missed, whatever happened
    since. ``decides`` is the missed release that decides the status, the first of the worst, -1
    where none does. ``owed`` is the day of the first sentence
    that no decision has cleared; ``due`` the day on which consideration is due. ``status`` is a
    position in `jobs.assess.decide.status.STATUSES`, ``in_scope`` the scope after an exit from
    custody was looked at, ``rank`` the rank of the work, 1 first, 0 where nothing is to be done.

    ``decision`` is the consideration that the status rests on, ``case`` the case of it or of the
    referral, -1 for none; ``referred`` the first referral, in time if ``is_referred_in_time``.
    """

    now: Clearance
    releases: Judged
    is_missed: Flags
    decides: Whole
    owed: Days
    due: Days
    is_due: Flags
    status: Whole
    in_scope: Flags
    rank: Whole
    decision: Whole
    referred: Days
    is_referred_in_time: Flags
    referral_case: Whole
    case: Whole
    possible_case: Whole


def decide_standing(found: Findings, *, policy: Policy) -> Standing:
    """Decide what was considered, the status and the rank of every episode."""
    custody, made, window = found.custody, found.considerations, found.handled.window
    count, night = len(found.episodes), np.full(len(found.episodes), found.as_of)
    gone, never = custody.is_gone, np.full(count, NO_DAY)
    left = np.where(gone, custody.exit_date, NO_DAY)
    now = clear_by(
        found,
        episode=np.arange(count),
        limit=window.limit,
        until=np.where(gone, left, night),
        # Also a sentence whose day is said to lie ahead: it brought into scope.
        latest=never,
    )
    considered = now.considered
    declined = now.sure & np.isin(made.kind[now.by], (NOT_PURSUE, FINDING))
    died, in_scope = custody.kind == DIED, found.scope.in_scope
    verify = found.nationality.must_be_verified & ~now.is_considered(declined) & ~died
    releases = judge_releases(found, asked=in_scope & ~verify)
    of = found.releases.episode
    nobody_left = (died | ((custody.kind == REMOVED) & ~verify)) & ~considered
    in_scope = in_scope & ~(nobody_left & ~col.any_of(of, releases.is_listed, count))
    passed = found.convictions.passed[now.conviction]
    open_pairs = np.where(now.is_cleared(now.sure), -1, now.ask)
    owed = col.first_day(col.earliest(open_pairs, passed, count), found.sentenced.selects)
    due = due_dates(found.earliest.day, sentenced=owed, on=night, policy=policy)
    is_open = ~gone & ~considered
    is_due = in_scope & ~verify & is_open & ~(due > found.as_of)
    situation = Situation(
        in_scope=in_scope,
        must_be_verified=verify,
        is_missed=col.any_of(of, releases.is_missed, count),
        is_undecided=col.any_of(of, releases.is_undecided, count),
        is_unreferred=col.any_of(of, releases.is_undecided & releases.is_unreferred, count),
        is_due=is_due,
        is_open=is_open,
    )
    status = decide_status(situation)
    keys = [~releases.is_undecided, ~releases.is_unreferred]
    decides = col.pick(of, keys, releases.is_missed, count)
    decides = np.where(is_due & ~situation.is_undecided, -1, decides)
    last = col.pick(of, [-np.arange(len(of))], releases.is_listed, count)
    decision = now.relied_on(made)
    earlier = col.at(releases.relied, np.where(gone, last, -1), -1)
    decision = np.where((decision < 0) & ~is_open, earlier, decision)
    decision = np.where(decides >= 0, col.at(releases.since, decides, -1), decision)
    by = gone_by(
        found,
        episode=np.arange(count),
        day=custody.exit_date,
        seen=window.limit,
        written=custody.exit_written,
        returned=never,
    )
    referred = first_referrals(found, now, gone=np.where(gone, by, never))
    told, told_then = told_of(now, referred), col.at(releases.told, decides, -1)

    def referral(name: str, missing: Any) -> Any:
        at_release = col.at(getattr(releases.referred, name), told_then, missing)
        tonight = col.at(getattr(referred, name), told, missing)
        return np.where(decides >= 0, at_release, tonight)

    referral_case = referral("case", -1)
    case = col.at(made.case, decision, -1)
    return Standing(
        now=now,
        releases=releases,
        is_missed=situation.is_missed,
        decides=decides,
        owed=owed,
        due=due,
        is_due=is_due,
        status=status,
        in_scope=in_scope,
        rank=rank(found, status=status, policy=policy),
        decision=decision,
        referred=referral("day", NO_DAY),
        is_referred_in_time=referral("is_in_time", False),
        referral_case=referral_case,
        case=np.where(case >= 0, case, referral_case),
        possible_case=_possible_case(found, now),
    )


def _possible_case(found: Findings, now: Clearance) -> Whole:
    """A case of a possible match: in the first place one that holds a decision in time."""
    made, handled = found.considerations, found.handled
    maybe = now.stands & ~now.sure & (made.case[now.by] >= 0)
    cases = len(found.cases.table)
    holding = now.episode[now.ask[now.hit[maybe]]] * cases + made.case[now.by[maybe]]
    pairs = handled.possible_episode * cases + handled.possible_case
    keys = [~np.isin(pairs, holding), handled.possible_case]
    every = np.ones(len(pairs), dtype=bool)
    row = col.pick(handled.possible_episode, keys, every, len(found.episodes))
    picked: Whole = col.at(handled.possible_case, row, -1)
    return picked
