"""Outcomes: what has become of the unconsidered, and disputed release dates.

They rest on a table that a publication lacks when it was made before the table existed; then the
figures are left out rather than shown as zero.
"""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures.conditions import everything
from jobs.report.figures.figure import CASEWORK, EPISODES, RELEASED, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import count_rows, nothing, single
from jobs.report.published import if_held

OUTCOMES: Final = tuple(entry.code for entry in results.OUTCOME.codes)


def outcomes(inputs: FigureInputs) -> pd.DataFrame:
    """Episodes of the cohort by outcome; the groups sum to the cohort."""
    flags = if_held(results.FLAGS, inputs.frames)
    if flags is None:
        return nothing()
    cohort = flags[flags["outcome"].notna()]
    return count_rows(counted=everything(cohort), by=cohort["outcome"], groups=OUTCOMES)


def flagged(column: str) -> Compute:
    """Episodes with a flag."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        flags = if_held(results.FLAGS, inputs.frames)
        if flags is None:
            return nothing()
        return single(float(flags[column].fillna(False).sum()))

    return compute


FIGURES: Final = (
    Figure(
        id="outcome.by_outcome",
        title="Where the unconsidered are now",
        definition="Episodes with a missed release, decided on since or not, by what has become of "
        "the person; each has exactly one outcome.",
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=outcomes,
        groups="outcome",
        since="3",
    ),
    Figure(
        id="release.disputed",
        title="Release date disputed",
        definition="Episodes whose recorded release date lies outside the range worked out from "
        "the sentences.",
        population="custody episodes assessed",
        unit=EPISODES,
        owner=CASEWORK,
        compute=flagged("is_release_disputed"),
    ),
    Figure(
        id="outcome.restriction_missing",
        title="Released without any restriction",
        definition="Episodes with a missed release before which there was no decision on "
        "detention, electronic monitoring, restriction or bail since the conviction either.",
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=flagged("is_restriction_missing"),
        since="3",
    ),
)
