"""The quality gate: bad deliveries stop the night, bad rows are set aside, nothing is lost."""

from jobs.check.check_history import CheckHistory
from jobs.check.gate import (
    Audited,
    Checked,
    accept_rows,
    accept_some,
    check_night,
    check_results_of_night,
    exceptions_of,
    failed_critical,
    refuse_override_of,
)
from jobs.check.quality_rules import quality_rules_markdown
from jobs.check.suite.exceptions import ExceptedRule, asks_for_any
from jobs.check.suite.kinds import Check, Suite

__all__ = [
    "Audited",
    "Check",
    "CheckHistory",
    "Checked",
    "ExceptedRule",
    "Suite",
    "accept_rows",
    "accept_some",
    "asks_for_any",
    "check_night",
    "check_results_of_night",
    "exceptions_of",
    "failed_critical",
    "quality_rules_markdown",
    "refuse_override_of",
]
