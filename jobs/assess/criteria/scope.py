"""Whether deportation must be considered: each criterion on its own, then the answer.

Four flags, each with the rule that gave it: the duty to deport, an exemption from it, the referral
criterion, and the scope that follows. An exemption takes away the duty, never the need to
consider.
"""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.nationality import BRITISH, EEA, IRISH, NON_EEA, UNCLEAR, Nationality
from jobs.assess.read.sentences import Sentenced, SentenceRows, meets, one_sentence_meets

SCOPE_RULES = (
    "referral.court-recommendation",
    "referral.unclear-length",
    "referral.non-eea-length",
    "referral.eea-length",
    "referral.aggregate",
    "referral.every-foreign-national",
    "referral.undetermined",
    "referral.not-sentenced",
    "referral.irish",
    "nationality.british",
    "duty.condition-1",
    "duty.transitional",
)
"""The rules that bring an episode into scope or keep it out."""
DUTIES = tuple(SCOPE_RULES.index(rule) for rule in ("duty.condition-1", "duty.transitional"))
BRITISH_RULE = SCOPE_RULES.index("nationality.british")

EXEMPTIONS = (
    "exemption.recorded",
    "exemption.under-18",
    "exemption.mental-health",
    "exemption.treaty-rights",
    "exemption.extradition",
)
NO_EXEMPTION = -1


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The answers for each episode, with the rules that gave them.

    Rules are positions in `SCOPE_RULES` and `EXEMPTIONS`. ``in_scope`` is the answer before an
    exit from custody is looked at. ``added_to`` and ``added`` pair episodes with the earlier ones
    whose sentences were added to theirs.
    """

    in_scope: Flags
    scope_rule: Whole
    referral: Flags
    referral_rule: Whole
    duty: Flags
    duty_rule: Whole
    exempt: Flags
    exempt_rule: Whole
    added_to: Whole
    added: Whole


def decide_scope(
    *,
    sentenced: Sentenced,
    rows: SentenceRows,
    nationality: Nationality,
    is_court_recommended: Flags,
    identity: Whole,
    born: Days,
    is_exempt_on_record: Flags,
    is_extradited: Flags,
    is_held_over: Flags,
    policy: Policy,
) -> Scope:
    """Ask every criterion of every episode, under the rules of the day that selects them.

    Args:
        sentenced: what the sentences of each episode come to.
        rows: the sentences themselves.
        nationality: the nationality relied on.
        is_court_recommended: recommended for deportation by the court.
        identity: identity of each episode, over which earlier sentences are added.
        born: date of birth, for the age at conviction.
        is_exempt_on_record: the linked case ended as exempt.
        is_extradited: left by extradition.
        is_held_over: in custody when the duty began, and not decided upon by then.
        policy: the rules.
    """
    group = nationality.group
    aggregate, added_to, added = _aggregate(sentenced, group, identity, policy)
    referral, rule = _referral(sentenced, group, is_court_recommended, aggregate, policy)
    on, duty_rule = _duty_day(sentenced, is_held_over, policy)
    duty = _duty(sentenced, rows, group, on, policy)
    exempt, exempt_rule = _exempt(
        sentenced, group, on, born, is_exempt_on_record, is_extradited, policy
    )
    in_scope = referral | duty
    return Scope(
        in_scope=in_scope,
        scope_rule=np.where(~referral & duty, duty_rule, rule),
        referral=referral,
        referral_rule=rule,
        duty=duty & ~exempt,
        duty_rule=duty_rule,
        exempt=exempt & (duty | is_exempt_on_record),
        exempt_rule=exempt_rule,
        added_to=added_to,
        added=added,
    )


def _referral(
    sentenced: Sentenced,
    group: Whole,
    is_court_recommended: Flags,
    aggregate: Flags,
    policy: Policy,
) -> tuple[Flags, Whole]:
    on = sentenced.selects
    serving = sentenced.is_sentenced
    every = policy["referral.every-foreign-national"].in_force(on) & serving
    answers = [
        (
            is_court_recommended & policy["referral.court-recommendation"].in_force(on),
            True,
            "referral.court-recommendation",
        ),
        (group == BRITISH, False, "nationality.british"),
        (~serving, False, "referral.not-sentenced"),
        (group == IRISH, False, "referral.irish"),
        (
            _long(sentenced, "referral.unclear-length", policy) & (group == UNCLEAR),
            True,
            "referral.unclear-length",
        ),
        (
            _long(sentenced, "referral.non-eea-length", policy) & (group == NON_EEA),
            True,
            "referral.non-eea-length",
        ),
        (
            _long(sentenced, "referral.eea-length", policy) & (group == EEA),
            True,
            "referral.eea-length",
        ),
        (aggregate, True, "referral.aggregate"),
        (every, True, "referral.every-foreign-national"),
        (sentenced.undetermined, True, "referral.undetermined"),
        (group == UNCLEAR, False, "referral.unclear-length"),
        (group == EEA, False, "referral.eea-length"),
    ]
    conditions = [condition for condition, _, _ in answers]
    met = np.select(conditions, [np.bool_(met) for _, met, _ in answers], np.False_)
    rules = [SCOPE_RULES.index(rule) for _, _, rule in answers]
    return met, np.select(conditions, rules, SCOPE_RULES.index("referral.non-eea-length"))


def _long(sentenced: Sentenced, rule_id: str, policy: Policy) -> Flags:
    rule = policy[rule_id]
    months = rule.number("months", sentenced.selects)
    reached = sentenced.indeterminate | meets(sentenced, months=months)
    return rule.in_force(sentenced.selects) & sentenced.is_sentenced & reached


def _aggregate(
    sentenced: Sentenced, group: Whole, identity: Whole, policy: Policy
) -> tuple[Flags, Whole, Whole]:
    """Add the longest earlier sentences of the last years to those that are too short alone."""
    rule = policy["referral.aggregate"]
    on = sentenced.selects
    count = len(on)
    fixed = sentenced.has_length
    asked = fixed & rule.in_force(on) & ((group == NON_EEA) | (group == UNCLEAR))
    asked &= ~meets(sentenced, months=rule.number("months", on))
    this, other = col.pairs(np.where(asked, identity, -1), np.where(fixed, identity, -1))
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
    reached = np.zeros(count, dtype=bool)
    reached[with_others] = total >= col.add_months(starts, rule.number("months", on)[with_others])
    return reached, this, other


def duty_begins(policy: Policy) -> np.datetime64:
    """The day on which the duty to deport began."""
    return np.datetime64(policy["duty.condition-1"].periods[0].starts)


def _duty_day(sentenced: Sentenced, is_held_over: Flags, policy: Policy) -> tuple[Days, Whole]:
    """The day that selects the rules of the duty, and the rule that brings it."""
    on = sentenced.selects
    held_over = is_held_over & policy["duty.transitional"].in_force(on)
    return (
        np.where(held_over, duty_begins(policy), on),
        np.where(held_over, DUTIES[1], DUTIES[0]),
    )


def _duty(
    sentenced: Sentenced, rows: SentenceRows, group: Whole, on: Days, policy: Policy
) -> Flags:
    rule = policy["duty.condition-1"]
    applies = rule.in_force(on) & sentenced.is_sentenced
    if not applies.any():
        return applies
    months = rule.number("months", on)
    long = sentenced.indeterminate | one_sentence_meets(rows, months=months)
    outside = (group == IRISH) & policy["duty.irish"].in_force(sentenced.conduct)
    duty: Flags = applies & long & (group != BRITISH) & ~outside
    return duty


def _exempt(
    sentenced: Sentenced,
    group: Whole,
    on: Days,
    born: Days,
    is_exempt_on_record: Flags,
    is_extradited: Flags,
    policy: Policy,
) -> tuple[Flags, Whole]:
    child = policy["exemption.under-18"]
    is_child = child.in_force(on)
    adult = col.add_months(born[is_child], 12 * child.number("age", on)[is_child])
    is_child[is_child] = sentenced.conviction[is_child] < adult
    reasons = {
        "exemption.recorded": is_exempt_on_record,
        "exemption.under-18": is_child,
        "exemption.mental-health": policy["exemption.mental-health"].in_force(on)
        & sentenced.is_hospital,
        "exemption.treaty-rights": policy["exemption.treaty-rights"].in_force(sentenced.conduct)
        & ((group == EEA) | (group == IRISH)),
        "exemption.extradition": is_extradited,
    }
    rule = np.select(
        list(reasons.values()), [EXEMPTIONS.index(name) for name in reasons], NO_EXEMPTION
    )
    return rule != NO_EXEMPTION, rule
