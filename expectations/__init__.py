"""What must hold of a night's data: Great Expectations suites, one file for each thing checked.

Each file gives its checks by a function ``checks()``: on the registers before anything is linked,
in ``results`` and ``drift`` on the results before anything is published.

A critical check stops the night; a warning is published with a caveat. A check on rows asks one
question of each row of a table; a check on a number asks for one number by SQL and gives the
range it must lie in (`jobs.check.suite.kinds`). Checks on single rows that set a row aside are no
expectations: they are the row rules in `jobs.check.rules`.
"""

from functools import cache
from pathlib import Path
from typing import Final

from jobs.check.suite.kinds import Suite
from jobs.check.suite.library import great_expectations

EXCEPTIONS: Final = Path(__file__).with_name("overrides.toml")
"""The file of what is let pass for a time; to name it imports nothing."""


@cache
def suite() -> Suite:
    """Everything asked of a night; the first call imports Great Expectations, which takes seconds.

    Checks are in the order in which they are reported.
    """
    great_expectations()
    from expectations import (
        codes,
        contract,
        dates,
        drift,
        duplicates,
        freshness,
        nationality,
        orphans,
        prisons,
        quarantine,
        row_counts,
        services,
    )
    from expectations.results import result_facts, result_movement, result_releases

    on_registers = (
        contract,
        row_counts,
        freshness,
        quarantine,
        duplicates,
        orphans,
        codes,
        nationality,
        dates,
        prisons,
        services,
        drift,
    )
    return Suite(
        on_registers=tuple(check for module in on_registers for check in module.checks()),
        on_results=(
            *result_facts.checks(),
            *result_releases.checks(),
            *result_movement.checks(),
            *drift.result_checks(),
        ),
        exceptions=EXCEPTIONS,
    )
