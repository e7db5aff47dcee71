"""The page of runs: how the job ran, beside the pages of the nights and no part of any of them."""

from collections.abc import Sequence
from datetime import date
from typing import Final

import pandas as pd

from jobs.contract.view_models import day_text, plural
from jobs.report import sheets
from jobs.report.site.site import SERVICE, asset, environment

RUNS_PAGE: Final = "runs.html"

COMPARED_COLUMNS: Final = (
    sheets.Column(source="measure", heading="Measure"),
    sheets.Column(source="tonight", heading="This run", kind="number"),
    sheets.Column(source="median", heading="Median", kind="number"),
    sheets.Column(source="ratio", heading="Times the median", kind="number"),
    sheets.Column(source="unit", heading="Unit"),
    sheets.Column(source="warning", heading="Warning"),
)
RUN_COLUMNS: Final = (
    sheets.Column(source="as_of_date", heading="Night", kind="date"),
    sheets.Column(source="outcome", heading="Outcome"),
    sheets.Column(source="seconds", heading="Seconds", kind="number"),
    sheets.Column(source="peak_mb", heading="Peak memory, MB", kind="whole"),
    sheets.Column(source="rows_in", heading="Rows in", kind="whole"),
    sheets.Column(source="quarantined", heading="In quarantine", kind="whole"),
    sheets.Column(source="link_rate", heading="Link rate, %", kind="number"),
    sheets.Column(source="killed", heading="Attempts killed", kind="whole"),
    sheets.Column(source="recorded_at", heading="Ended", kind="moment"),
    sheets.Column(source="label", heading="Run"),
    sheets.Column(source="failure", heading="What went wrong"),
)


def render_runs(
    *,
    night: date | None,
    compared: pd.DataFrame,
    against: int,
    runs: pd.DataFrame,
    warnings: Sequence[str],
) -> str:
    """The page, whole in one file.

    Args:
        night: the night of the run that is compared; None where none was published.
        compared: a row for each of its measures: ``measure``, ``unit``, ``tonight``, ``median``,
            ``ratio``, ``warning``.
        against: of how many runs the medians are.
        runs: a row for each run, newest first: the columns of `RUN_COLUMNS`.
        warnings: what is to be looked at, a line each.
    """
    lead = (
        f"The night of {day_text(night)}, beside {plural(against, 'run', 'runs')} before it."
        if night
        else "No run has published yet."
    )
    return (
        environment()
        .get_template("runs.html.j2")
        .render(
            service=SERVICE,
            css=asset("site.css"),
            script=asset("site.js"),
            night=night.isoformat() if night else "",
            lead=lead,
            warnings=warnings,
            compared_title="This run and the median",
            compared=sheets.sheet(
                name="compared",
                caption="Steps, rows, quarantine and links of this run",
                frame=compared,
                columns=COMPARED_COLUMNS,
            ),
            runs=sheets.sheet(
                name="runs",
                caption="The last runs, newest first",
                frame=runs,
                columns=RUN_COLUMNS,
                links=_links(runs),
                sortable=True,
            ),
        )
    )


def _links(runs: pd.DataFrame) -> tuple[str, ...]:
    """The way from each published run to its night's pages."""
    published = runs["outcome"].isin(("published", "unchanged"))
    return tuple(
        f"{day:%Y-%m-%d}/index.html" if is_there else ""
        for day, is_there in zip(runs["as_of_date"], published, strict=True)
    )
