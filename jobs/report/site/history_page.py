"""The page of history: the key figures over every publication."""

from jobs.contract.view_models import day_text, plural
from jobs.report import sheets
from jobs.report.charts.history import SHOWN
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.site.site import PageSection, Site


def history_page(site: Site) -> None:
    """The key figures over every publication."""
    frame = site.history.pivot(index="day", columns="figure_id", values="value")
    frame = frame.reindex(columns=list(SHOWN)).sort_index(ascending=False).reset_index()
    csv, _ = site.csv("history", site.history)
    nights = len(frame)
    site.page(
        "history.html",
        "page.html.j2",
        "History",
        lead=f"{plural(nights, 'night', 'nights')} published, from "
        f"{day_text(frame['day'].iloc[-1].date())} to {day_text(site.about.as_of)}."
        if nights > 1
        else "This is the first publication: lines begin with the second.",
        text="Each night as it stands now: one that was published again counts with its last word. "
        "Where no night was published the line is broken.",
        tiles_=(),
        charts=[site.history_chart(id_) for id_ in SHOWN],
        sections=[
            PageSection(
                id="nights",
                title="Each night",
                csv=csv,
                sheet=sheets.sheet(
                    name="nights",
                    caption="Key figures of each publication, latest first",
                    frame=frame,
                    columns=(
                        sheets.Column(source="day", heading="Night", kind="date"),
                        *(
                            sheets.Column(source=i, heading=FIGURE_BY_ID[i].title, kind="number")
                            for i in SHOWN
                        ),
                    ),
                    sortable=True,
                ),
            )
        ],
    )
