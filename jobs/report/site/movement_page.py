"""The page of movement: every figure that moved, its causes and its cases."""

from typing import Final

from jobs.contract import results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.contract.view_models import day_text
from jobs.report import sheets
from jobs.report.charts.waterfall import bridge_chart, bridges
from jobs.report.figures.registry import FIGURE_BY_ID
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


def movement_page(site: Site) -> None:
    """Why the figures moved since the publication before; nothing on a publication without it."""
    moved = if_held(results.MOVEMENT, site.facts)
    if moved is None:
        return
    found = bridges(site.facts)
    shown = [bridge for bridge in found if bridge.steps or bridge.redefined]
    moved = moved.sort_values(["figure_id", "change", "cause", "episode_id"], ignore_index=True)
    csv, size = site.csv("movement", moved)
    direction = moved["change"].gt(0).map({True: "Came in", False: "Went out"}).astype("str")
    rows = moved.assign(direction=direction)
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
            )
        ],
    )
