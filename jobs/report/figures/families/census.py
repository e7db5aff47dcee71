"""Census: everybody whom a prison holds on the night."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.figure import PEOPLE, PRISONS, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import single


def census_total(column: str) -> Compute:
    """Sum of a column over prisons."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        return single(float(inputs.of(results.CENSUS)[column].sum()))

    return compute


def prisons_without_work(inputs: FigureInputs) -> pd.DataFrame:
    """Prisons recorded as having no staff for foreign nationals; removal centres left out."""
    census = inputs.of(results.CENSUS)
    none = census["has_foreign_national_work"].eq(False) & ~census["is_removal_centre"].eq(True)
    return single(float(none.fillna(False).sum()))


def _figure(id_: str, title: str, definition: str, compute: Compute, unit: str = PEOPLE) -> Figure:
    return Figure(
        id=f"census.{id_}",
        title=title,
        definition=definition,
        population="people in a prison on the night",
        unit=unit,
        owner=PRISONS,
        compute=compute,
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
        "prisons_without_work",
        "Prisons without foreign-national work",
        "Prisons, removal centres left out, with no staff who work on foreign nationals.",
        prisons_without_work,
        "prisons",
    ),
)
