"""The page of movement: every figure that moved, its causes and its cases."""

from collections.abc import Iterator
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.contract.view_models import day_text
from jobs.report import sheets
from jobs.report.charts.waterfall import bridge_chart, bridges, open_cases_bridge
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.movement.open_cases import OpenCasesMoved, open_cases_moved
from jobs.report.published import if_held
from jobs.report.site.site import PageSection, Site

MOVEMENT_COLUMNS: Final = (
    *sheets.episode_columns("episode_id"),
    sheets.Column(
        source="figure_id",
        heading="Figure",
        words={figure.id: figure.title for figure in FIGURE_BY_ID.values()},
    ),
    sheets.Column(source="direction", heading="In or out"),
    sheets.Column(source="cause", heading="Cause", codes=results.CAUSE),
    sheets.Column(source="before_status", heading="Before", words=STATUS_WORDS),
    sheets.Column(source="after_status", heading="Tonight", words=STATUS_WORDS),
)
OPEN_CASE_COLUMNS: Final = (
    sheets.Column(source="case_id", heading="Case"),
    sheets.Column(source="direction", heading="In or out"),
    sheets.Column(source="cause", heading="Cause"),
    sheets.Column(source="team", heading="Team"),
    sheets.Column(source="stage", heading="Stage", codes=c.STAGE),
)


def movement_page(site: Site) -> None:
    """Why the figures moved since the publication before; nothing on a publication without it."""
    moved = if_held(results.MOVEMENT, site.facts)
    if moved is None:
        return
    found, open_cases = bridges(site.facts), _open_cases(site)
    if open_cases is not None:
        found = (*found, open_cases_bridge(open_cases))
    shown = [bridge for bridge in found if bridge.steps or bridge.redefined]
    moved = moved.sort_values(["figure_id", "change", "cause", "episode_id"], ignore_index=True)
    csv, size = site.csv("movement", moved, results.MOVEMENT)
    rows = moved.assign(direction=direction(moved))
    lead = "This is the first publication: there is nothing to compare it with."
    if found:
        lead = f"Every change since {day_text(found[0].before)}, case by case."
        if not shown:
            lead = f"No case moved since {day_text(found[0].before)}."
    site.page(
        "movement.html",
        "page.html.j2",
        "Movement",
        lead=lead,
        text="The number before, plus what came in, less what went out, is the number tonight. "
        "Each case has one cause.",
        tiles_=(),
        charts=[bridge_chart(bridge) for bridge in shown],
        sections=[
            PageSection(
                id="cases",
                title="Each case that moved",
                csv=csv,
                text=f"The complete list is in the CSV ({size}).",
                sheet=site.case_sheet("movement", "Cases that moved", rows, MOVEMENT_COLUMNS),
            ),
            *_section_of(site, open_cases),
        ],
    )


def direction(moved: pd.DataFrame) -> pd.Series:
    """Whether each row came in or went out, in words."""
    return moved["change"].gt(0).map({True: "Came in", False: "Went out"}).astype("str")


def _open_cases(site: Site) -> OpenCasesMoved | None:
    """How the open cases moved; nothing where the backlog compared with is not at hand."""
    before = site.earlier.get(results.BACKLOG.full_name)
    compared = bridges(site.facts)
    if before is None or not compared:
        return None
    return open_cases_moved(facts=site.facts, before=before, day=compared[0].before)


def _section_of(site: Site, moved: OpenCasesMoved | None) -> Iterator[PageSection]:
    if moved is None:
        return
    csv, size = site.csv("movement-open-cases", moved.cases)
    rows = moved.cases.assign(direction=direction(moved.cases))
    yield PageSection(
        id="open-cases",
        title="Each open case that came or went",
        csv=csv,
        text=f"The complete list is in the CSV ({size}).",
        sheet=site.case_sheet(
            "movement-open-cases", "Open cases that came or went", rows, OPEN_CASE_COLUMNS
        ),
    )
