"""The convictions of each episode that had to be considered, each by itself.

A decision clears the convictions that it could take in, so an episode is looked at conviction by
conviction: each that brings into scope alone, or those that did so with others. A later and
shorter one that would not be in scope alone needs no decision of its own.
"""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.criteria.criterion import Candidates
from jobs.assess.criteria.duty import CONDITION_1, IRISH_OUTSIDE, TRANSITIONAL, duty_begins
from jobs.assess.criteria.referral import EVERY_FOREIGN_NATIONAL, REFERRAL
from jobs.assess.read import nationality as na
from jobs.assess.read.sentences import SUSPENDED, reaches, size_of


@dataclass(frozen=True, kw_only=True)
class Convictions:
    """One entry for each conviction to consider, in order of episode.

    ``entered`` is the day from which a decision can take it in: the conviction, or the activation
    of a suspended sentence. ``passed`` is the day from which a release comes after it.
    ``sequence`` is -1 where the register holds no sentence to name.
    """

    episode: Whole
    sequence: Whole
    entered: Days
    passed: Days


def convictions_to_consider(asked: Candidates) -> Convictions:
    """The convictions of each episode that a decision must have taken in.

    A consecutive addition counts with the chain that it lengthens, from its own day. An episode
    that meets no criterion has the one of its longest sentence.
    """
    rows, sentenced = asked.sentence_rows, asked.sentenced
    count = len(sentenced.selects)
    nearest = col.first_day(sentenced.anchor, sentenced.selects)
    passed = col.first_day(rows.passed, nearest[rows.episode])
    first = col.pick(rows.episode, [passed], rows.counts, count)
    relevant = rows.indeterminate | rows.undetermined | asked.added_up.is_met
    relevant |= _reaches(asked, passed) | _is_under_duty(asked, passed)
    relevant |= asked.policy[EVERY_FOREIGN_NATIONAL].in_force(passed)
    relevant &= rows.counts
    relevant[first[asked.is_court_recommended & (first >= 0)]] = True
    bare = ~col.any_of(rows.episode, relevant, count)
    longest = sentenced.longest_row[bare & (sentenced.longest_row >= 0)]
    relevant[longest] = True
    used = np.flatnonzero(relevant)
    named = sentenced.is_sentenced | asked.is_court_recommended
    missing = np.flatnonzero(named & bare & (sentenced.longest_row < 0))
    suspended = col.is_one_of(rows.table, "calculation_type", {SUSPENDED})
    entered = np.where(suspended, passed, np.fmin(passed, col.days(rows.table, "conviction_date")))
    episode = np.r_[rows.episode[used], missing]
    order = np.argsort(episode, kind="stable")
    return Convictions(
        episode=episode[order],
        sequence=np.r_[rows.sequence[used], np.full(len(missing), -1)][order],
        entered=np.r_[entered[used], nearest[missing]][order],
        passed=np.r_[passed[used], nearest[missing]][order],
    )


def _reaches(asked: Candidates, passed: Days) -> Flags:
    """Which sentences, with those that they follow, meet a criterion by themselves."""
    rows = asked.sentence_rows
    group, met = asked.group[rows.episode], np.zeros(len(passed), dtype=bool)
    for criterion in REFERRAL:
        if (must := criterion.one_sentence) is None:
            continue
        rule = asked.policy[criterion]
        applies = rule.in_force(passed) & np.isin(group, must.groups)
        if must.offences is not None:
            applies &= col.at(must.offences, rows.offence, False)
        if criterion.numbers:
            applies &= reaches(rows.size, months=rule.number("months", passed))
        met |= applies
    return met


def _is_under_duty(asked: Candidates, passed: Days) -> Flags:
    """Which sentences bring the duty to deport by themselves, not added to another."""
    rows, rule = asked.sentence_rows, asked.policy[CONDITION_1]
    group = asked.group[rows.episode]
    held_over = asked.is_held_over & asked.policy[TRANSITIONAL].in_force(asked.selects)
    on = np.where(held_over[rows.episode], np.fmax(passed, duty_begins(asked.policy)), passed)
    outside = (group == na.IRISH) & asked.policy[IRISH_OUTSIDE].in_force(passed)
    long = reaches(
        size_of(rows.own_months, rows.own_days), months=rule.number("months", on)
    ) & rule.in_force(on)
    under: Flags = long & (group != na.BRITISH) & ~outside
    return under
