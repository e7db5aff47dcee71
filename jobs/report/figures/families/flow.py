"""Flow: what the last weeks, months and years brought, and who is released before their turn."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from jobs.contract import immigration, results
from jobs.contract.case_lists import DECISIONS, DEPORTATIONS, OPPOSED_BAILS
from jobs.contract.results.case_list import CaseList
from jobs.contract.schema import Table
from jobs.report.figures.conditions import Grouping
from jobs.report.figures.families.staff import last_months, staff_of_last_weeks
from jobs.report.figures.figure import CASES, CASEWORK, EPISODES, PEOPLE, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import VALUES, count_rows, nothing, plain, single, widened
from jobs.report.forecast.queue import WEEKS_MEASURED, Pace, too_late, waiting
from jobs.report.published import ALL, if_held

LATE_WEEKS: Final = 26

Days = Callable[[FigureInputs], pd.Series]
Aside = Callable[[FigureInputs], int]
"""How many rows in quarantine could have fallen, or could not have, on any of the days."""


def cases_aside(inputs: FigureInputs) -> int:
    """Cases that cannot be read, and those that another row contradicts."""
    casework = inputs.uncertainty.casework
    return casework.cases + len(casework.contested)


def decisions_aside(inputs: FigureInputs) -> int:
    """People whose decision may lie in quarantine, or its withdrawal."""
    casework = inputs.uncertainty.casework
    return casework.decisions + len(casework.people) + len(inputs.uncertainty.set_aside)


def people_aside(inputs: FigureInputs) -> int:
    """People whose sentence may lie in quarantine."""
    return len(inputs.uncertainty.set_aside)


def opened(inputs: FigureInputs) -> pd.Series:
    """Days on which criminal cases were opened."""
    return inputs.flow["opened"]


def closed(inputs: FigureInputs) -> pd.Series:
    """Days on which criminal cases were closed."""
    return inputs.flow["closed"]


def decided(inputs: FigureInputs) -> pd.Series:
    """Days on which a caseworker decided on a custody episode."""
    return inputs.of(results.ASSESSMENTS)["considered_date"]


def due_at_sentence(inputs: FigureInputs) -> pd.Series:
    """Days of sentence of episodes whose consideration was due at once."""
    frame = inputs.of(results.ASSESSMENTS)
    at_once = frame["is_in_scope"] & frame["due_date"].le(frame["sentence_date"])
    return frame.loc[at_once, "sentence_date"]


def last_weeks(days: Days, aside: Aside) -> Compute:
    """How many fell in the 13 weeks up to the night."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        start = inputs.today - pd.Timedelta(weeks=WEEKS_MEASURED)
        found = days(inputs)
        fell = float((found.gt(start) & found.le(inputs.today)).sum())
        return widened(single(fell), aside(inputs))

    return compute


def by_month(days: Days, aside: Aside) -> Compute:
    """How many fell in each of the last 24 whole months; months of nothing are shown."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        found = days(inputs).dropna().dt.to_period("M").value_counts()
        fell = plain(found.reindex(last_months(inputs.today), fill_value=0))
        return widened(fell, aside(inputs))

    return compute


def late_people(inputs: FigureInputs) -> pd.DataFrame:
    """People released before their turn at the present pace."""
    weekly = {
        name: float(last_weeks(days, aside)(inputs)["value"].iloc[0]) / WEEKS_MEASURED
        for name, _, _, _, days, aside in _FLOWS
    }
    staff = staff_of_last_weeks(inputs)["value"].iloc[0]
    pace = Pace(staff=0.0 if pd.isna(staff) else float(staff), **weekly)
    queue = waiting(inputs.of(results.ASSESSMENTS), inputs.as_of)
    late = too_late(queue=queue, pace=pace, staff=pace.staff, weeks=LATE_WEEKS)
    row = [ALL, float(late.rows.sum()), float(late.low), float(late.high)]
    return pd.DataFrame([row], columns=VALUES)


_FLOWS: Final = (
    ("opened", "Cases opened", "Criminal cases opened", CASES, opened, cases_aside),
    ("closed", "Cases closed", "Criminal cases closed", CASES, closed, cases_aside),
    (
        "decided",
        "Decisions",
        "Custody episodes decided on by a named caseworker, by an order or by ending the case,",
        EPISODES,
        decided,
        decisions_aside,
    ),
    (
        "newcomers",
        "Due at sentence",
        "Custody episodes in scope sentenced with less than 12 months to serve, so due at once,",
        EPISODES,
        due_at_sentence,
        people_aside,
    ),
)
"""Names as in `Pace`."""


def _figure(
    id_: str, title: str, definition: str, unit: str, compute: Compute, groups: str = ""
) -> Figure:
    """A figure of the flow; what counts as a decision changed with version 3."""
    return Figure(
        id=f"flow.{id_}",
        title=title,
        definition=definition,
        population="criminal cases and custody episodes in scope",
        unit=unit,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
        since="4" if id_.startswith("late") else "3" if id_.startswith("decided") else "1",
    )


FIGURES: Final = (
    *(
        _figure(
            f"{name}_13_weeks",
            f"{title}, last 13 weeks",
            f"{counted} in the 13 weeks up to the night.",
            unit,
            last_weeks(days, aside),
        )
        for name, title, counted, unit, days, aside in _FLOWS
    ),
    *(
        _figure(
            f"{name}_by_month",
            f"{title} by month",
            f"{counted} in each of the last 24 whole months.",
            unit,
            by_month(days, aside),
            "month",
        )
        for name, title, counted, unit, days, aside in _FLOWS[:3]
    ),
    _figure(
        "late_26_weeks",
        "Released before their turn",
        "People not released who have still to be decided on and who, at the pace of the last 13 "
        "weeks and in the order of the work (releases within 30 days, then those held past their "
        "date, then later releases), are released within 26 weeks before their turn comes.",
        PEOPLE,
        late_people,
    ),
)

NO_DAY: Final = "(no date)"
_OUTCOME: Final = {
    "DECISION_PURSUE": "pursue",
    "DECISION_NOT_PURSUE": "not pursue",
    "DECISION_DEFERRED": "deferred",
}


def year(frame: pd.DataFrame) -> pd.Series:
    """Group: the year as ``2005``."""
    years: pd.Series = frame["step_date"].dt.strftime("%Y").astype("str")
    return years.fillna(NO_DAY)


def year_and_outcome(frame: pd.DataFrame) -> pd.Series:
    """Group: the year and the decision, as ``2005 not pursue``."""
    return year(frame) + " " + frame["decision"].map(_OUTCOME).astype("str")


def on_list(listed: CaseList, sources: Sequence[Table], by: Grouping | None = None) -> Compute:
    """The rows of a list of casework; left out of publications made before there were any.

    A row in quarantine of the tables they come from may be one, or say that one is none.
    """

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        table = if_held(results.CASEWORK, inputs.frames)
        if table is None:
            return nothing()
        own = table[listed.selects(table)]
        counted = pd.Series(True, index=own.index)
        rows = inputs.uncertainty.casework.rows
        counts = count_rows(counted=counted, by=None if by is None else by(own))
        return widened(counts, sum(rows.get(each.name, 0) for each in sources))

    return compute


def _listed(
    id_: str,
    title: str,
    definition: str,
    listed: CaseList,
    unit: str,
    *sources: Table,
    by: Grouping | None = None,
    groups: str = "",
) -> Figure:
    return Figure(
        id=f"casework.{id_}",
        title=title,
        definition=definition,
        population="what the immigration register holds by the night",
        unit=unit,
        owner=CASEWORK,
        compute=on_list(listed, sources, by),
        groups=groups,
        on=listed.name,
        by=by,
    )


OF_CASEWORK: Final = (
    _listed(
        "decisions",
        "Cases decided",
        "Criminal cases in which a named caseworker has decided, withdrawn since or not, counted "
        "once each by the first decision.",
        DECISIONS,
        "cases",
        immigration.EVENTS,
        immigration.CASES,
    ),
    _listed(
        "decisions_by_year",
        "Cases decided by year and outcome",
        "Criminal cases by the year and the outcome of the first decision of a named caseworker, "
        "withdrawn since or not.",
        DECISIONS,
        "cases",
        immigration.EVENTS,
        immigration.CASES,
        by=year_and_outcome,
        groups="year and outcome",
    ),
    _listed(
        "deportations",
        "Deportations",
        "Removals from the country under the power of deportation, early ones included.",
        DEPORTATIONS,
        "removals",
        immigration.REMOVALS,
    ),
    _listed(
        "deportations_by_year",
        "Deportations by year",
        "Removals under the power of deportation, early ones included, by the year.",
        DEPORTATIONS,
        "removals",
        immigration.REMOVALS,
        by=year,
        groups="year",
    ),
    _listed(
        "opposed_bails",
        "Bail granted over an objection",
        "Grants of immigration bail although the immigration service objected.",
        OPPOSED_BAILS,
        "grants of bail",
        immigration.BAILS,
    ),
)
"""Counted from the immigration register alone: no link between the registers moves them."""
