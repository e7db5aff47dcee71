"""Whether deportation must be considered: each criterion on its own, then the answer.

Four flags, each with the rule that gave it: the duty to deport, an exemption from it, the referral
criterion, and the scope that follows. An exemption takes away the duty, never the need to
consider.
"""

from dataclasses import dataclass

import numpy as np

from jobs.assess.columns import Flags, Whole
from jobs.assess.criteria.added_sentences import Aggregated
from jobs.assess.criteria.criterion import NOBODY, Candidates, ask
from jobs.assess.criteria.duty import DUTIES, IRISH_OUTSIDE
from jobs.assess.criteria.exemptions import EXEMPTIONS
from jobs.assess.criteria.referral import REFERRAL
from jobs.assess.policy.applied_rules import AppliedRule

SCOPE: tuple[AppliedRule, ...] = (*REFERRAL, *DUTIES)
"""The rules that bring an episode into scope or keep it out."""
SCOPE_RULES = tuple(rule.id for rule in SCOPE)
EXEMPTION_RULES = tuple(rule.id for rule in EXEMPTIONS)
RULES: tuple[AppliedRule, ...] = (*SCOPE, IRISH_OUTSIDE, *EXEMPTIONS)
"""The rules that are applied here."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The answers for each candidate, with the rules that gave them.

    Rules are positions in `SCOPE` and `EXEMPTIONS`, `NOBODY` where none applies. ``in_scope`` is
    the answer before an exit from custody is looked at. ``added_up`` are the sentences that reach
    the length together.
    """

    in_scope: Flags
    scope_rule: Whole
    referral: Flags
    referral_rule: Whole
    duty: Flags
    duty_rule: Whole
    exempt: Flags
    exempt_rule: Whole
    added_up: Aggregated

    def is_by(self, rule: AppliedRule) -> Flags:
        """Whether this rule brought each into scope or kept it out."""
        by_rule: Flags = self.scope_rule == SCOPE.index(rule)
        return by_rule


def decide_scope(asked: Candidates) -> Scope:
    """Ask every criterion of every candidate, under the rules of the day that selects them."""
    referral, referral_rule = ask(REFERRAL, asked)
    duty_rule = np.select(
        [duty.holds(asked, asked.policy[duty]) for duty in DUTIES],
        [SCOPE.index(duty) for duty in DUTIES],
        NOBODY,
    )
    exempt_rule = np.select(
        [exemption.holds(asked, asked.policy[exemption]) for exemption in EXEMPTIONS],
        list(range(len(EXEMPTIONS))),
        NOBODY,
    )
    duty, exempt = duty_rule != NOBODY, exempt_rule != NOBODY
    return Scope(
        in_scope=referral | duty,
        scope_rule=np.where(~referral & duty, duty_rule, referral_rule),
        referral=referral,
        referral_rule=referral_rule,
        duty=duty & ~exempt,
        duty_rule=duty_rule,
        exempt=exempt & (duty | asked.is_exempt_on_record),
        exempt_rule=exempt_rule,
        added_up=asked.added_up,
    )
