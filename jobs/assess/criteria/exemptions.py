"""What takes somebody out of the duty to deport. The case must still be considered."""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Flags
from jobs.assess.criteria.criterion import Candidates, Condition, refuse_flawed_words
from jobs.assess.criteria.duty import duty_day
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read.nationality import EEA, IRISH


@dataclass(frozen=True, kw_only=True)
class Exemption(AppliedRule):
    """A rule that takes away the duty, never the need to consider."""

    holds: Condition
    finding: str = "Exempt from the duty to deport; the case must still be considered."

    def __post_init__(self) -> None:
        refuse_flawed_words(self, self.finding)


def _is_child(asked: Candidates, rule: Rule) -> Flags:
    on = duty_day(asked)
    child = rule.in_force(on)
    adult = col.add_months(asked.born[child], 12 * rule.number("age", on)[child])
    child[child] = asked.sentenced.conviction[child] < adult
    return child


def _has_treaty_rights(asked: Candidates, rule: Rule) -> Flags:
    return rule.in_force(asked.selects) & np.isin(asked.group, (EEA, IRISH))


EXEMPTIONS: tuple[Exemption, ...] = (
    Exemption(id="exemption.recorded", holds=lambda asked, _: asked.is_exempt_on_record),
    Exemption(id="exemption.under-18", numbers=("age",), holds=_is_child),
    Exemption(
        id="exemption.mental-health",
        holds=lambda asked, rule: (
            rule.in_force(duty_day(asked)) & (asked.sentenced.is_hospital | asked.is_in_hospital)
        ),
    ),
    Exemption(id="exemption.treaty-rights", holds=_has_treaty_rights),
    Exemption(id="exemption.extradition", holds=lambda asked, _: asked.is_extradited),
)
"""The order in which they are asked: the first that holds is the exemption shown."""
