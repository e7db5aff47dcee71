"""Several sentences of one person, in one stay or several, added where none suffices alone."""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read.nationality import NON_EEA, UNCLEAR
from jobs.assess.read.sentences import Sentenced, SentenceRows, meets, reaches, size_of


@dataclass(frozen=True, kw_only=True)
class Aggregated:
    """Which candidates reach the length by several sentences, and which those are.

    ``added_to`` and ``added`` pair those candidates with the rows of the sentences that were added
    up, in order of their days, which are ``passed``; ``months`` and ``days`` are what each adds.
    ``is_met`` marks, of all sentences, each that reaches the length with earlier ones.
    """

    reaches: Flags
    is_met: Flags
    added_to: Whole
    added: Whole
    passed: Days
    months: Whole
    days: Whole


def aggregate(
    *, sentenced: Sentenced, rows: SentenceRows, group: Whole, identity: Whole, rule: Rule
) -> Aggregated:
    """Add the longest others of the last years to a sentence of those that are too short alone.

    What is added are sentences, not stays. Of those of one stay passed on one day the longest
    counts, with those of the day that it follows. The first that reaches the length is shown.

    Args:
        sentenced: what the sentences of each candidate come to.
        rows: the sentences themselves.
        group: the nationality group of each candidate.
        identity: the person of each, over whom sentences are added.
        rule: the dated rule, with its ``months``, ``years`` and ``earlier_sentences``.
    """
    count = len(sentenced.selects)
    short = sentenced.is_sentenced & rule.in_force(sentenced.selects)
    short &= np.isin(group, (NON_EEA, UNCLEAR)) & ~sentenced.indeterminate
    short &= ~meets(sentenced, months=rule.number("months", sentenced.selects))
    passed = col.first_day(
        rows.passed, col.days(rows.table, "conviction_date"), sentenced.selects[rows.episode]
    )
    size = size_of(rows.day_months, rows.day_days)
    adds = rows.counts & ~rows.indeterminate & (size > 0)
    found = np.flatnonzero(adds)
    order = np.lexsort((found, -size[found], passed[found], rows.episode[found]))
    found = found[order]
    stay = rows.episode[found]
    same = np.zeros(len(found), dtype=bool)
    same[1:] = (stay[1:] == stay[:-1]) & (passed[found][1:] == passed[found][:-1])
    others = found[~same]
    asked = found[short[rows.episode[found]]]
    this, other = col.pairs(identity[rows.episode[asked]], identity[rows.episode[others]])
    this, other = asked[this], others[other]
    years = rule.number("years", sentenced.selects)[rows.episode]
    since = col.add_months(passed, -12 * years)
    recent = (passed[other] < passed[this]) & (passed[other] >= since[this])
    this, other = this[recent], other[recent]
    order = np.lexsort((passed[other], -size[other], this))
    this, other = this[order], other[order]
    first = np.flatnonzero(np.r_[True, this[1:] != this[:-1]]) if len(this) else this
    place = np.arange(len(this)) - np.repeat(first, np.diff(np.r_[first, len(this)]))
    used = place < rule.number("earlier_sentences", sentenced.selects)[rows.episode[this]]
    this, other = this[used], other[used]
    total = size.copy()
    np.add.at(total, this, size[other])
    months = rule.number("months", sentenced.selects)[rows.episode]
    is_met = np.zeros(len(total), dtype=bool)
    is_met[this] = True
    is_met &= reaches(total, months=months)
    latest = col.pick(rows.episode, [passed, -total], is_met, count)
    shown = latest[rows.episode[this]] == this
    added = np.concatenate([other[shown], latest[latest >= 0]])
    added_to = np.concatenate([rows.episode[this[shown]], np.flatnonzero(latest >= 0)])
    order = np.lexsort((added, passed[added], added_to))
    added_to, added = added_to[order], added[order]
    return Aggregated(
        reaches=latest >= 0,
        is_met=is_met,
        added_to=added_to,
        added=added,
        passed=passed[added],
        months=rows.day_months[added],
        days=rows.day_days[added],
    )
