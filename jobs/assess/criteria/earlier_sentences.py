"""Earlier sentences of the same person, added to one that is too short alone."""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read.nationality import NON_EEA, UNCLEAR
from jobs.assess.read.sentences import Sentenced, meets


@dataclass(frozen=True, kw_only=True)
class Aggregated:
    """Which candidates reach the length with earlier sentences, and which those are.

    ``added_to`` and ``added`` pair candidates with the earlier ones whose sentences were added.
    """

    reaches: Flags
    added_to: Whole
    added: Whole


def aggregate(*, sentenced: Sentenced, group: Whole, identity: Whole, rule: Rule) -> Aggregated:
    """Add the longest earlier sentences of the last years to those that are too short alone.

    Args:
        sentenced: what the sentences of each candidate come to.
        group: the nationality group of each.
        identity: the person of each, over whom earlier sentences are added.
        rule: the dated rule, with its ``months``, ``years`` and ``earlier_sentences``.
    """
    on = sentenced.selects
    count = len(on)
    fixed = sentenced.has_length
    short = fixed & rule.in_force(on) & np.isin(group, (NON_EEA, UNCLEAR))
    short &= ~meets(sentenced, months=rule.number("months", on))
    this, other = col.pairs(np.where(short, identity, -1), np.where(fixed, identity, -1))
    since = col.add_months(on, -12 * rule.number("years", on))
    recent = (on[other] < on[this]) & (on[other] >= since[this])
    this, other = this[recent], other[recent]
    order = np.lexsort((other, -sentenced.length_days[other], this))
    this, other = this[order], other[order]
    first = np.flatnonzero(np.r_[True, this[1:] != this[:-1]]) if len(this) else this
    place = np.arange(len(this)) - np.repeat(first, np.diff(np.r_[first, len(this)]))
    used = place < rule.number("earlier_sentences", on)[this]
    this, other = this[used], other[used]
    with_others = np.flatnonzero(np.bincount(this, minlength=count))
    months = np.bincount(this, sentenced.months[other], count).astype(np.int64)[with_others]
    days = np.bincount(this, sentenced.days[other], count).astype(np.int64)[with_others]
    starts = sentenced.starts[with_others]
    total = col.add_term(
        starts, months + sentenced.months[with_others], days + sentenced.days[with_others]
    )
    reaches = np.zeros(count, dtype=bool)
    reaches[with_others] = total >= col.add_months(starts, rule.number("months", on)[with_others])
    return Aggregated(reaches=reaches, added_to=this, added=other)
