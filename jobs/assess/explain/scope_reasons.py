"""Reasons about scope: what each criterion, duty and exemption has to say, in its own words."""

import numpy as np

from jobs.assess.columns import Flags
from jobs.assess.criteria.duty import DUTIES
from jobs.assess.criteria.exemptions import EXEMPTIONS
from jobs.assess.criteria.referral import AGGREGATE, REFERRAL
from jobs.assess.criteria.scope import SCOPE
from jobs.assess.explain.reason_rows import Reasons
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.wording import in_words, lengths, numbers
from jobs.contract import prison


def give_scope_reasons(reasons: Reasons, found: Findings, policy: Policy) -> None:
    """Add the answer that decided the scope, the duty beside it, and the exemption from it."""
    scope = found.scope
    _added_sentences(reasons, found)

    def add(rule: AppliedRule, hit: Flags, finding: str) -> None:
        rows = np.flatnonzero(hit)
        on, dated = found.sentenced.selects[rows], policy[rule]
        parts = {name: numbers(dated.number(name, on)) for name in rule.numbers}
        reasons.add(rows, rule, finding, **parts)

    for criterion in REFERRAL:
        decided = scope.is_by(criterion)
        for answer in criterion.answers:
            if answer.finding is not None:
                add(criterion, decided & (scope.in_scope == answer.in_scope), answer.finding)
    for duty in DUTIES:
        add(duty, scope.is_by(duty), duty.finding)
        beside = scope.duty & (scope.duty_rule == SCOPE.index(duty)) & ~scope.is_by(duty)
        add(duty, beside, duty.beside)
    for place, exemption in enumerate(EXEMPTIONS):
        add(exemption, scope.exempt & (scope.exempt_rule == place), exemption.finding)


def _added_sentences(reasons: Reasons, found: Findings) -> None:
    """The sentences that were added up, where none suffices alone."""
    added = found.scope.added_up
    asked = found.scope.is_by(AGGREGATE)[added.added_to]
    reasons.add(
        added.added_to[asked],
        AGGREGATE,
        "A sentence of {length}, passed on {day}, is added up.",
        prison.SENTENCES,
        reasons.sentence_key(added.added[asked]),
        length=lengths(added.months[asked], added.days[asked]),
        day=in_words(added.passed[asked]),
    )
