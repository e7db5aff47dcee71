"""Census: everybody whom a prison holds on the night."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import PEOPLE, PRISONS, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import nothing, plain, single, widened


def _widened(inputs: FigureInputs, values: pd.DataFrame) -> pd.DataFrame:
    """Whoever has a row in quarantine may be inside or out, a foreign national or not."""
    return widened(values, len(inputs.uncertainty.set_aside))


def census_total(column: str) -> Compute:
    """Sum of a column over prisons."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        return _widened(inputs, single(float(inputs.of(results.CENSUS)[column].sum())))

    return compute


def detainees(inputs: FigureInputs) -> pd.DataFrame:
    """Foreign nationals whom removal centres hold."""
    census = inputs.of(results.CENSUS)
    centres = census["is_removal_centre"].fillna(False).astype("bool")
    return _widened(inputs, single(float(census.loc[centres, "foreign_nationals"].sum())))


def over_time(column: str) -> Compute:
    """A column of the population by day, oldest first."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        series = inputs.population
        if series.empty:
            return nothing()
        days = series["day"].dt.strftime("%Y-%m-%d")
        return _widened(inputs, plain(series.set_index(days)[column]))

    return compute


def prisons_without_work(inputs: FigureInputs) -> pd.DataFrame:
    """Prisons recorded as having no staff for foreign nationals; removal centres left out."""
    census = inputs.of(results.CENSUS)
    none = census["has_foreign_national_work"].eq(False) & ~census["is_removal_centre"].eq(True)
    return single(float(none.fillna(False).sum()))


def _figure(
    id_: str,
    title: str,
    definition: str,
    compute: Compute,
    unit: str = PEOPLE,
    groups: str = "",
    population: str = "people in a prison on the night",
    since: str = "1",
) -> Figure:
    return Figure(
        id=f"census.{id_}",
        title=title,
        definition=definition,
        population=population,
        unit=unit,
        owner=PRISONS,
        compute=compute,
        groups=groups,
        since=since,
    )


FIGURES: Final = (
    _figure("people", "People in prison", "Everybody held.", census_total("people")),
    _figure(
        "foreign_nationals",
        "Foreign nationals in prison",
        "People held whose recorded nationality is known and not British.",
        census_total("foreign_nationals"),
    ),
    _figure(
        "nationality_unknown",
        "Nationality unknown",
        "People held whose nationality is unknown, refused, stateless or missing.",
        census_total("nationality_unknown"),
    ),
    _figure(
        "detainees",
        "Foreign nationals in removal centres",
        "Of the foreign nationals in prison, those whom a removal centre holds.",
        detainees,
    ),
    _figure(
        "foreign_nationals_over_time",
        "Foreign nationals in prison over time",
        "People of a known foreign nationality in custody on each 30 June and at the end of each "
        "of the last 24 months, detainees of removal centres included, as recorded by the night. "
        "Whoever left on a day that nobody recorded counts until the exit was written down.",
        over_time("foreign_nationals"),
        groups="day",
        population="people in custody on the day",
        since="2",
    ),
    _figure(
        "detainees_over_time",
        "Of these, in removal centres over time",
        "Of the foreign nationals in custody on each of these days, those in a removal centre; "
        "undated exits as in that figure.",
        over_time("detainees"),
        groups="day",
        population="people in custody on the day",
        since="2",
    ),
    _figure(
        "prisons_without_work",
        "Prisons without foreign-national work",
        "Prisons, removal centres left out, with no staff who work on foreign nationals.",
        prisons_without_work,
        "prisons",
    ),
)
