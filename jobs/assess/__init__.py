"""Assess: each custody episode against the rules in force on the day that selects them."""

from jobs.assess.assessment import Assessed, assess
from jobs.assess.pages import rules_changed, rules_cited, rules_in_force, rules_markdown
from jobs.assess.rules import Policy, load_policy

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
