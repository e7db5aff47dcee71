"""Orphans: rows whose person, episode or case was not delivered.

Some are normal in old registers. When more than a fifth of a table refers to rows that are not
there, one of the two tables was cut.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from jobs.check.suite.kinds import Check, Severity, on_number
from jobs.contract.registers import TABLES

SOME, MANY = 0.01, 0.2
REASON = (
    "old registers hold a few rows without their person or case; beyond a fifth one of the two "
    "tables was cut, and whoever it lost would not be counted"
)


def checks() -> list[Check]:
    """Each reference of the contract, as a caveat and as a stop."""
    found: list[Check] = []
    for name, table in TABLES.items():
        for column, parent in table.parents.items():
            found.append(_share(name, column, parent, "warning", SOME, "orphans_some"))
            found.append(_share(name, column, parent, "critical", MANY, "orphans_many"))
    return found


def _share(
    name: str, column: str, parent: str, severity: Severity, at_most: float, label: str
) -> Check:
    key = TABLES[parent].key[0]
    return on_number(
        id=f"{name}.{column}.{label}",
        table=name,
        column=column,
        meaning=f"at most {at_most:.0%} of the rows refer to a row that {parent} lacks",
        reason=REASON,
        severity=severity,
        number=f"""
            SELECT count_if(p.{key} IS NULL) / nullif(count(*), 0)
            FROM delivered_{name} t LEFT JOIN (SELECT DISTINCT {key} FROM delivered_{parent}) p
            ON p.{key} = t.{column} WHERE t.{column} IS NOT NULL
        """,
        at_most=at_most,
    )
