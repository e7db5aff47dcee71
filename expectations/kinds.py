"""The two kinds of check, each around one expectation of Great Expectations."""

from dataclasses import dataclass
from typing import Any, Literal

import great_expectations.expectations as gxe

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of the quality gate.

    ``id`` is the same in the suite, the results, the pages and the emails. With ``number``, an SQL
    query for one number over the night's tables, the expectation is asked of that number; a null
    means that the check does not apply tonight. Without it, it is asked of the rows of ``table``.
    """

    id: str
    table: str
    column: str | None
    meaning: str
    owner: str
    expectation: Any
    number: str | None = None

    @property
    def severity(self) -> Severity:
        """What a failure does."""
        severity: Severity = self.expectation.severity.value
        return severity

    @property
    def columns(self) -> list[str]:
        """The columns that a check on rows looks at."""
        many = getattr(self.expectation, "column_list", None)
        return list(many) if many else [self.expectation.column]


def on_rows(
    *,
    id: str,  # noqa: A002
    table: str,
    column: str | None,
    meaning: str,
    expectation: Any,
) -> Check:
    """A check on every row of a table."""
    return Check(
        id=id,
        table=table,
        column=column,
        meaning=meaning,
        owner=owner(table),
        expectation=expectation,
    )


def on_number(
    *,
    id: str,  # noqa: A002
    table: str,
    meaning: str,
    severity: Severity,
    number: str,
    column: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Check:
    """A check that one number lies in a range, ends included."""
    return Check(
        id=id,
        table=table,
        column=column,
        meaning=meaning,
        owner=owner(table),
        number=number,
        expectation=gxe.ExpectColumnMaxToBeBetween(
            column=id, min_value=at_least, max_value=at_most, severity=severity
        ),
    )


def owner(table: str) -> str:
    """Who mends what a check on this table finds."""
    register = table.partition(".")[0]
    return {
        "prison": "data team of the prison register",
        "immigration": "data team of the immigration register",
    }.get(register, "maintainers of the reconciliation")
