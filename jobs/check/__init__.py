"""The quality gate: bad deliveries stop the night, bad rows are set aside, nothing is lost."""

from jobs.check.gate import Audited, Checked, check_night, check_results_of_night
from jobs.check.quality_rules import quality_rules_markdown

__all__ = [
    "Audited",
    "Checked",
    "check_night",
    "check_results_of_night",
    "quality_rules_markdown",
]
