"""Rows: what the registers delivered, and what was kept aside."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import DATA, PEOPLE, ROWS, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import plain, single

PEOPLE_ASIDE: Final = "prison.quarantine.prisoners"
"""The check of the gate that counts people whom quarantine may hide."""


def rows_total(column: str) -> Compute:
    """Sum of a column of the row counts over both registers."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        return single(float(inputs.of(results.ROW_COUNTS)[column].sum()))

    return compute


def people_aside(inputs: FigureInputs) -> pd.DataFrame:
    """People who may be in scope with a row in quarantine, as the gate counted them."""
    checks = inputs.of(results.CHECK_RESULTS)
    found = checks.loc[checks["check_id"].eq(PEOPLE_ASIDE), "observed"]
    return single(float(found.iloc[0]) if len(found) and pd.notna(found.iloc[0]) else None)


def quarantine_by_rule(inputs: FigureInputs) -> pd.DataFrame:
    """Rows in quarantine by rule."""
    return plain(inputs.of(results.QUARANTINE)["rule_id"].value_counts())


def _figure(
    id_: str,
    title: str,
    definition: str,
    compute: Compute,
    *,
    population: str = "rows of both registers",
    unit: str = ROWS,
    groups: str = "",
    since: str = "1",
) -> Figure:
    return Figure(
        id=f"quality.{id_}",
        title=title,
        definition=definition,
        population=population,
        unit=unit,
        owner=DATA,
        compute=compute,
        groups=groups,
        since=since,
    )


FIGURES: Final = (
    _figure(
        "rows_in",
        "Rows delivered",
        "Rows that both registers delivered for the night.",
        rows_total("rows_in"),
    ),
    _figure(
        "accepted", "Rows accepted", "Rows that passed every row rule.", rows_total("accepted")
    ),
    _figure(
        "quarantined",
        "Rows in quarantine",
        "Rows kept aside because they broke a rule.",
        rows_total("quarantined"),
    ),
    _figure(
        "people_aside",
        "People in quarantine who may be in scope",
        "People with a person, custody episode or sentence in quarantine, unless recorded as "
        "British by every row; a row that says the same as the one in use does not count. Whoever "
        "of them has a usable episode is counted in the other figures too.",
        people_aside,
        population="people of the prison register",
        unit=PEOPLE,
        since="2",
    ),
    _figure(
        "by_rule",
        "Quarantine by rule",
        "Rows in quarantine by the rule that they broke.",
        quarantine_by_rule,
        groups="rule",
    ),
)
