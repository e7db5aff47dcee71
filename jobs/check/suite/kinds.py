"""The two kinds of check, each around one expectation of Great Expectations, and suites of them."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jobs.check.rules import owner
from jobs.check.suite.library import great_expectations

Severity = Literal["critical", "warning"]


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of the quality gate.

    ``id`` is the same in the suite, the results, the pages and the emails; ``reason`` says why it
    must hold, and why where a limit stands. With ``number``, an SQL query for one number over the
    night's tables, the expectation is asked of that number; a null means that the check does not
    apply tonight. Without it, it is asked of the rows of ``table``. ``units``, an SQL query for
    pairs of a prison or team and a count, says where a check on a number failed.

    A ``law`` is what the software owes, whatever was delivered: nobody may let its failure pass.
    One that is ``answered`` for by whoever is logged in takes no exception: nobody knows who writes
    a file of the site.
    """

    id: str
    table: str
    column: str | None
    meaning: str
    owner: str
    reason: str
    expectation: Any
    number: str | None = None
    units: str | None = None
    is_law: bool = False
    is_answered: bool = False

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


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Everything asked of a night: the night passes it to the gate, which knows no check by name.

    ``on_registers`` are asked of the accepted rows before anything is linked, ``on_results`` of
    what was computed before anything is published. ``exceptions`` is the file of what the site
    wants to let pass for a time, ``granted`` what of it holds tonight: by check, why its failure is
    let pass and who stands for that.
    """

    on_registers: tuple[Check, ...]
    on_results: tuple[Check, ...]
    exceptions: Path
    granted: Mapping[str, str] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every check, in the order of reporting."""
        return (*self.on_registers, *self.on_results)


def on_rows(
    *,
    id: str,  # noqa: A002
    table: str,
    column: str | None,
    meaning: str,
    reason: str,
    expectation: Any,
    is_law: bool = False,
) -> Check:
    """A check on every row of a table."""
    return Check(
        id=id,
        table=table,
        column=column,
        meaning=meaning,
        owner=owner(table),
        reason=reason,
        expectation=expectation,
        is_law=is_law,
    )


def on_number(
    *,
    id: str,  # noqa: A002
    table: str,
    meaning: str,
    reason: str,
    severity: Severity,
    number: str,
    units: str | None = None,
    column: str | None = None,
    at_least: float | None = None,
    at_most: float | None = None,
    is_law: bool = False,
    is_answered: bool = False,
) -> Check:
    """A check that one number lies in a range, ends included."""
    return Check(
        id=id,
        table=table,
        column=column,
        meaning=meaning,
        owner=owner(table),
        reason=reason,
        number=number,
        units=units,
        is_law=is_law,
        is_answered=is_answered,
        expectation=great_expectations().expectations.ExpectColumnMaxToBeBetween(
            column=id, min_value=at_least, max_value=at_most, severity=severity
        ),
    )


def how_many(units: str) -> str:
    """The query for the number of prisons or teams that a query of ``units`` finds."""
    return f"SELECT count(*) FROM ({units})"
