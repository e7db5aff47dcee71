"""The registry of figures: each published number once, with its definition and how it is counted.

Pages, emails, the command line and the warehouse read the numbers that `compute_figures` gives;
``docs/figures.md`` is `figures_markdown`. How ranges are worked out stands in
`jobs.report.figures.ranges`.
"""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.figures import assurance, most_likely
from jobs.report.figures.families import (
    backlog,
    census,
    delivered_rows,
    discrepancies,
    due,
    flow,
    links,
    missed,
    outcomes,
    pace,
    scope,
    staff,
)
from jobs.report.figures.figure import Figure
from jobs.report.figures.inputs import FigureInputs

FIGURES: Final[tuple[Figure, ...]] = (
    *missed.FIGURES,
    *most_likely.FIGURES,
    *outcomes.AFTERMATH,
    *due.FIGURES,
    *due.OF_NOTICES,
    *scope.FIGURES,
    *pace.FIGURES,
    *backlog.FIGURES,
    *staff.FIGURES,
    *flow.FIGURES,
    *flow.OF_CASEWORK,
    *census.FIGURES,
    *links.FIGURES,
    *delivered_rows.FIGURES,
    *outcomes.FIGURES,
    *discrepancies.FIGURES,
    *assurance.FIGURES,
)
"""Every published figure, in the order of reading."""
FIGURE_BY_ID: Final[dict[str, Figure]] = {figure.id: figure for figure in FIGURES}


_INTRODUCTION: Final = (
    "Every number that pages, emails, the command line and the warehouse show. Generated from "
    "`jobs/report/figures/`; a change of a definition needs a new version and a line in "
    "`CHANGELOG.md`. The range of a figure is the 95 % range of the true number, given that links "
    "between the registers may be missed or false and nationalities wrong; the method is described "
    "in `jobs/report/figures/ranges.py` and `jobs/report/figures/uncertainty.py`."
)


def compute_figures(inputs: FigureInputs) -> pd.DataFrame:
    """Count every figure, as `results.FIGURES`, sorted by key.

    A figure that cannot be computed (no staff recorded, say) has an empty value, low and high.
    """
    frames = []
    for figure in FIGURES:
        frame = figure.compute(inputs)
        if frame.empty:
            continue
        frame["figure_id"] = figure.id
        frame["unit"] = figure.unit
        frames.append(frame)
    every = pd.concat(frames, ignore_index=True)
    every = every.sort_values(["figure_id", "group_value"], ignore_index=True)
    return results.FIGURES.frame(results.FIGURES.arrow(every))


def figures_markdown() -> str:
    """The registry as a page of documentation: ``docs/figures.md``."""
    lines = [
        "# Figures",
        "",
        _INTRODUCTION,
    ]
    for figure in FIGURES:
        lines += [
            "",
            f"## `{figure.id}`: {figure.title}",
            "",
            figure.definition,
            "",
            f"- population: {figure.population}",
            f"- unit: {figure.unit}",
            f"- owner: {figure.owner}",
            f"- definition since version: {figure.since}",
        ]
        lines += [f"- for each: {figure.groups}"] if figure.groups else []
        lines += [f"- series break: {text}" for text in figure.series_breaks]
    return "\n".join(lines) + "\n"
