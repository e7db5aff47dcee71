"""What the invented worlds of a run held, summed over all workers."""

from collections import Counter

import pytest

KINDS = "worlds that hold"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many worlds held each kind, from the property `KINDS` of the tests."""
    held: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == KINDS:
                held.update(value)
    for kind, number in sorted(held.items(), key=lambda entry: -entry[1]):
        terminalreporter.write_line(f"{number:>9,} {kind}")
