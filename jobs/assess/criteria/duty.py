"""The duty to deport of the UK Borders Act 2007: whom it holds for, and by which rule."""

from dataclasses import dataclass

import numpy as np

from jobs.assess.columns import Days, Flags
from jobs.assess.criteria.criterion import Candidates, Condition, refuse_flawed_words
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy, Rule
from jobs.assess.read.nationality import BRITISH, IRISH
from jobs.assess.read.sentences import one_sentence_meets


@dataclass(frozen=True, kw_only=True)
class Duty(AppliedRule):
    """A rule that brings the duty to deport.

    ``finding`` is said where the duty alone brings somebody into scope, ``beside`` where a
    referral criterion has done so already.
    """

    holds: Condition
    finding: str
    beside: str

    def __post_init__(self) -> None:
        refuse_flawed_words(self, self.finding)
        refuse_flawed_words(self, self.beside)


def _holds_over(asked: Candidates, rule: Rule) -> Flags:
    """Sentenced before the duty began, and brought under it on the day on which it began."""
    begins = np.full(len(asked.selects), duty_begins(asked.policy))
    return asked.is_held_over & rule.in_force(asked.selects) & _reaches(asked, begins)


def _reaches(asked: Candidates, on: Days) -> Flags:
    """Foreign, and given one sentence, under the condition of this day, that is long enough."""
    condition = asked.policy[CONDITION_1]
    applies = condition.in_force(on) & asked.sentenced.is_sentenced
    if not applies.any():
        return applies
    months = condition.number("months", on)
    long = asked.sentenced.indeterminate | one_sentence_meets(asked.sentence_rows, months=months)
    outside = (asked.group == IRISH) & asked.policy[IRISH_OUTSIDE].in_force(asked.selects)
    reaches: Flags = applies & long & (asked.group != BRITISH) & ~outside
    return reaches


TRANSITIONAL = Duty(
    id="duty.transitional",
    holds=_holds_over,
    finding="In scope: one sentence reaches the length of condition 1, and the person was in "
    "custody on the day on which the duty to deport began.",
    beside="The duty to deport applies: one sentence reaches the length of condition 1, and the "
    "person was in custody when it began.",
)
CONDITION_1 = Duty(
    id="duty.condition-1",
    numbers=("months",),
    holds=lambda asked, _: _reaches(asked, asked.selects),
    finding="In scope: one sentence reaches {months} months, so the duty to deport applies.",
    beside="The duty to deport applies: one sentence reaches the length of condition 1.",
)
IRISH_OUTSIDE = AppliedRule(id="duty.irish")

DUTIES: tuple[Duty, ...] = (TRANSITIONAL, CONDITION_1)
"""The order in which they are asked."""


def duty_begins(policy: Policy) -> np.datetime64:
    """The day on which the duty to deport began."""
    return np.datetime64(policy[CONDITION_1].periods[0].starts)


def duty_day(asked: Candidates) -> Days:
    """The day whose law the duty of each candidate is under."""
    held_over = asked.is_held_over & asked.policy[TRANSITIONAL].in_force(asked.selects)
    return np.where(held_over, duty_begins(asked.policy), asked.selects)
