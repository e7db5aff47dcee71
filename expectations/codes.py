"""Code values: a code list that changed without notice stops the night.

Single unknown codes are the row rules' matter and stay in use. When more than a fifth of a
column's values is outside its list, the source has changed its codes, and what is in scope can no
longer be told.
"""

from jobs.check.suite.kinds import Check, on_rows
from jobs.check.suite.library import great_expectations
from jobs.contract.registers import TABLES

gxe = great_expectations().expectations
KNOWN_SHARE = 0.8
"""Least share of the filled values that must be of the list; the number is this project's."""

REASON = "a source that changed its codes leaves nobody able to say who is in scope"


def checks() -> list[Check]:
    """One check for each coded column of both registers."""
    return [
        on_rows(
            id=f"{name}.{field.name}.codes",
            table=name,
            column=field.name,
            meaning=f"at least {KNOWN_SHARE:.0%} of the codes are of the list of "
            f"{field.codes.name}",
            reason=REASON,
            expectation=gxe.ExpectColumnValuesToBeInSet(
                column=field.name,
                value_set=sorted(field.codes.values),
                mostly=KNOWN_SHARE,
                severity="critical",
            ),
        )
        for name, table in TABLES.items()
        for field in table.fields
        if field.codes is not None
    ]
