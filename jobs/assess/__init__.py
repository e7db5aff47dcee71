"""Assess: each custody episode against the rules in force on the day that selects them."""

from jobs.assess.assessment import Assessed, assess, assess_lists
from jobs.assess.override_effects import Lists, override_effects, people_moved
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.policy.proposed_rules import changed_rules
from jobs.assess.policy.rule_overrides import (
    Placed,
    change_in_words,
    entry_of,
    placed_entry,
    read_overrides,
)
from jobs.assess.policy.rules_page import rules_changed, rules_cited, rules_in_force
from jobs.assess.rule_registry import load_policy, load_proposed, policy_with, rules_markdown

__all__ = [
    "Assessed",
    "Lists",
    "Placed",
    "Policy",
    "assess",
    "assess_lists",
    "change_in_words",
    "changed_rules",
    "entry_of",
    "load_policy",
    "load_proposed",
    "override_effects",
    "people_moved",
    "placed_entry",
    "policy_with",
    "read_overrides",
    "rules_changed",
    "rules_cited",
    "rules_in_force",
    "rules_markdown",
]
