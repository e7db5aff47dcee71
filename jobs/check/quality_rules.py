"""docs/quality-rules.md, generated from the row rules and the suites."""

from collections.abc import Iterable, Sequence

from jobs.check.rules import row_rules
from jobs.check.suite.kinds import Check, Suite

_HEAD = """# Quality rules

Generated from `jobs/check/rules.py` and `expectations/`; do not edit.

Every rule has one id, in the suite, in the quarantine, on the pages and in the emails. A row is
set aside only where it cannot be used. A critical check stops the night and the last publication
stays current, unless a named person answers for it (`night --publish-despite`) or
`expectations/overrides.toml` excepts it for a time; where it says "always", neither can. A warning
is published with a caveat. What breaks the contract itself (a table or column that is missing or
of another type) always stops the night: nothing could be computed.
"""


def quality_rules_markdown(suite: Suite) -> str:
    """The text of ``docs/quality-rules.md``: every rule and check, what it means, what it does."""
    rules = row_rules()
    aside = [rule for rule in rules if rule.quarantines]
    counted = [rule for rule in rules if not rule.quarantines]
    parts = [
        _HEAD,
        *(
            _section(
                title,
                ("Rule", "What must hold", "Why", "Who mends it"),
                [(rule.id, rule.meaning, rule.reason, rule.owner) for rule in chosen],
            )
            for title, chosen in (
                ("Rows that are set aside", aside),
                ("Rows that are counted and stay in use", counted),
            )
        ),
    ]
    for title, checks in (
        ("Checks on the registers", suite.on_registers),
        ("Checks on the results, before they are published", suite.on_results),
    ):
        rows = [
            (check.id, _does(check), check.meaning, check.reason, check.owner) for check in checks
        ]
        parts.append(
            _section(title, ("Check", "Severity", "What must hold", "Why", "Who mends it"), rows)
        )
    return "\n".join(parts)


def _does(check: Check) -> str:
    if check.is_law:
        return f"{check.severity}, always"
    return f"{check.severity}, no exception" if check.is_answered else check.severity


def _section(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"## {title}", "", _row(head), _row(["---"] * len(head))]
    lines += [_row([f"`{row[0]}`", *row[1:]]) for row in rows]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
