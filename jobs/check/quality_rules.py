"""docs/quality-rules.md, generated from the row rules and the suites."""

from collections.abc import Iterable, Sequence

from jobs.check.rules import row_rules
from jobs.check.suite import night_checks, result_checks

_HEAD = """# Quality rules

Generated from `jobs/check/rules.py` and `expectations/`; do not edit.

Every rule has one id, in the suite, in the quarantine, on the pages and in the emails. A row is
set aside only where it cannot be used. A critical check stops the night and the last publication
stays current; a warning is published with a caveat.
"""


def quality_rules_markdown() -> str:
    """The text of ``docs/quality-rules.md``: every rule and check, what it means, what it does."""
    rules = row_rules()
    aside = [(rule.id, rule.meaning) for rule in rules if rule.quarantines]
    counted = [(rule.id, rule.meaning) for rule in rules if not rule.quarantines]
    parts = [
        _HEAD,
        _section("Rows that are set aside", ("Rule", "What must hold"), aside),
        _section("Rows that are counted and stay in use", ("Rule", "What must hold"), counted),
    ]
    for title, checks in (
        ("Checks on the registers", night_checks()),
        ("Checks on the results, before they are published", result_checks()),
    ):
        rows = [(check.id, check.severity, check.meaning, check.owner) for check in checks]
        parts.append(_section(title, ("Check", "Severity", "What must hold", "Who mends it"), rows))
    return "\n".join(parts)


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", _row(head), _row(["---"] * len(head))]
    lines += [_row([f"`{row[0]}`", *row[1:]]) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
