"""Assess: each custody episode against the rules in force on the day that selects them."""

from jobs.assess.assessment import Assessed, assess
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.policy.rules_page import rules_changed, rules_cited, rules_in_force
from jobs.assess.rule_registry import load_policy, rules_markdown

__all__ = [
    "Assessed",
    "Policy",
    "assess",
    "load_policy",
    "rules_changed",
    "rules_cited",
    "rules_in_force",
    "rules_markdown",
]
