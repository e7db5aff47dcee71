"""The base expectations: what the contract says of every table, asked of the accepted rows.

The stages before have set aside what breaks the contract, so a failure here means that they did
not do their work: it stops the night.
"""

from jobs.check.suite.kinds import Check, on_rows
from jobs.check.suite.library import great_expectations
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

gxe = great_expectations().expectations
REASON = "the row rules set aside what breaks the contract: a failure is a fault of this software"


def checks() -> list[Check]:
    """Required values and keys of every table of both registers."""
    return [check for table in TABLES.values() for check in _of(table)]


def _of(table: Table) -> list[Check]:
    name = table.full_name
    required = [
        on_rows(
            id=f"{name}.{field.name}.required",
            table=name,
            column=field.name,
            meaning="every accepted row has the value",
            reason=REASON,
            expectation=gxe.ExpectColumnValuesToNotBeNull(column=field.name, severity="critical"),
            is_law=True,
        )
        for field in table.fields
        if not field.nullable
    ]
    unique = (
        gxe.ExpectColumnValuesToBeUnique(column=table.key[0], severity="critical")
        if len(table.key) == 1
        else gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), severity="critical")
    )
    key = on_rows(
        id=f"{name}.key",
        table=name,
        column=None,
        meaning=f"no two accepted rows share the key ({', '.join(table.key)})",
        reason=REASON,
        expectation=unique,
        is_law=True,
    )
    return [*required, key]
