"""What must hold of a night's data: Great Expectations suites, one file for each thing checked.

Each file gives its checks by a function ``checks()``. `night_checks` are asked of the registers
before anything is linked, `result_checks` of the results before anything is published. Importing
this package imports Great Expectations, which takes seconds: import it where it is used.

A critical check stops the night; a warning is published with a caveat. A check on rows asks one
question of each row of a table; a check on a number asks for one number by SQL and gives the
range it must lie in. Checks on single rows that set a row aside are no expectations: they are the
row rules in `jobs.check.rules`.
"""

from jobs.check.library import great_expectations

great_expectations()

from expectations import (  # noqa: E402
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
    result_facts,
    row_counts,
    services,
)
from expectations.kinds import Check  # noqa: E402

__all__ = ["Check", "night_checks", "result_checks"]

_ON_REGISTERS = (
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


def night_checks() -> list[Check]:
    """Every check on the registers of a night, in the order in which they are reported."""
    return [check for module in _ON_REGISTERS for check in module.checks()]


def result_checks() -> list[Check]:
    """Every check on the results of a night."""
    return [*result_facts.checks(), *drift.result_checks()]
