"""The convictions of each episode that had to be considered, each by itself.

A decision clears the convictions that it could weigh, so an episode is looked at conviction by
conviction: each that brings into scope alone, or the one that did so with others. A later and
shorter one that would not be in scope alone needs no decision of its own.
"""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.criteria.criterion import Criterion
from jobs.assess.criteria.referral import (
    EEA_LENGTH,
    EVERY_FOREIGN_NATIONAL,
    NON_EEA_LENGTH,
    UNCLEAR_LENGTH,
)
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read import nationality as na
from jobs.assess.read.sentences import SUSPENDED, Sentenced, SentenceRows

_LENGTHS: tuple[tuple[int, Criterion], ...] = (
    (na.NON_EEA, NON_EEA_LENGTH),
    (na.EEA, EEA_LENGTH),
    (na.UNCLEAR, UNCLEAR_LENGTH),
)


@dataclass(frozen=True, kw_only=True)
class Convictions:
    """One entry for each conviction in scope, in order of episode.

    ``entered`` is the day from which a decision can weigh it: the conviction, or the activation of
    a suspended sentence. ``passed`` is the day from which a release comes after it.
    ``sequence`` is -1 where the register holds no sentence to name.
    """

    episode: Whole
    sequence: Whole
    entered: Days
    passed: Days


def convictions_in_scope(
    *,
    rows: SentenceRows,
    sentenced: Sentenced,
    group: Whole,
    in_scope: Flags,
    is_court_recommended: Flags,
    policy: Policy,
) -> Convictions:
    """The convictions of episodes in scope that a decision must have weighed.

    A consecutive addition counts with the chain that it lengthens, from its own day.
    """
    count = len(in_scope)
    nearest = col.first_day(sentenced.anchor, sentenced.selects)
    passed = col.first_day(rows.passed, nearest[rows.episode])
    relevant = rows.indeterminate | rows.undetermined
    for of, criterion in _LENGTHS:
        rule = policy[criterion]
        long = rows.ends >= col.add_months(rows.starts, rule.number("months", passed))
        relevant |= rule.in_force(passed) & long & (group[rows.episode] == of)
    relevant |= policy[EVERY_FOREIGN_NATIONAL].in_force(passed)
    relevant &= rows.counts
    first = col.pick(rows.episode, [passed], rows.counts, count)
    relevant[first[is_court_recommended & (first >= 0)]] = True
    bare = ~col.any_of(rows.episode, relevant, count)
    longest = sentenced.longest_row[bare & (sentenced.longest_row >= 0)]
    relevant[longest] = True
    rows_used = np.flatnonzero(relevant & in_scope[rows.episode])
    missing = np.flatnonzero(in_scope & bare & (sentenced.longest_row < 0))
    suspended = col.is_one_of(rows.table, "calculation_type", {SUSPENDED})
    entered = np.where(suspended, passed, np.fmin(passed, col.days(rows.table, "conviction_date")))
    episode = np.r_[rows.episode[rows_used], missing]
    order = np.argsort(episode, kind="stable")
    return Convictions(
        episode=episode[order],
        sequence=np.r_[rows.sequence[rows_used], np.full(len(missing), -1)][order],
        entered=np.r_[entered[rows_used], nearest[missing]][order],
        passed=np.r_[passed[rows_used], nearest[missing]][order],
    )
