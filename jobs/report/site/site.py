"""The machinery of the site: one page, one list over several pages, one CSV beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
import pandas as pd

from jobs.contract.view_models import day_text, number_text
from jobs.report import sheets
from jobs.report.charts.charts import Chart
from jobs.report.charts.night_charts import missed_by_month
from jobs.report.facts import About
from jobs.report.lists.case_lists import case_list
from jobs.report.lists.drill_down import BY_STATUS, LISTED, MASKS, TOTALS, Opened, status_file
from jobs.report.site.case_pages import CasePages
from jobs.report.summary.caveats import caveat_line

SERVICE: Final = "Consideration for deportation"
PAGE_ROWS: Final = 1_500
"""Rows of a list on one page: about half a megabyte."""
MOST_PARTS: Final = 4
"""Pages of one list; what follows the most urgent rows is in the CSV beside it."""
MENU: Final = (
    ("index.html", "Summary"),
    ("movement.html", "Movement"),
    ("history.html", "History"),
    ("missed.html", "Missed"),
    ("outcomes.html", "Outcomes"),
    ("due.html", "Due"),
    ("verify.html", "Nationality"),
    ("backlog.html", "Backlog"),
    ("capacity.html", "Work ahead"),
    ("census.html", "Census"),
    ("quality.html", "Data quality"),
    ("linkage.html", "Linkage"),
    ("discrepancies.html", "Discrepancies"),
    ("definitions.html", "Definitions"),
)
NEEDS: Final = {
    "movement.html": "nightly.movement",
    "outcomes.html": "nightly.flags",
    "discrepancies.html": "nightly.discrepancies",
}
"""Pages that are there only if the publication has the table."""

Facts = Mapping[str, pd.DataFrame]


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled sheet on a page."""

    id: str
    title: str
    sheet: sheets.Sheet
    text: str = ""
    csv: str = ""


@dataclass(frozen=True, kw_only=True)
class ListPage:
    """What stands around a list of cases; the list itself is `case_list` of the same name."""

    name: str
    title: str
    lead: str
    list_title: str
    columns: tuple[sheets.Column, ...]
    range_line: str = ""
    tiles: Sequence[dict[str, Any]] = ()
    charts: Sequence[Chart | None] = ()
    tables: Sequence[sheets.Sheet] = ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site being written into a folder; ``history`` as `jobs.report.charts.history` gives it.

    ``over_time`` keeps its charts, which stand on two pages each and are drawn once; ``lists`` the
    lists that figures lead to.
    """

    facts: Facts
    about: About
    folder: Path
    cases: CasePages
    history: pd.DataFrame
    lists: dict[str, Opened] = field(default_factory=dict)
    over_time: dict[str, Chart | None] = field(default_factory=dict)
    earlier: Facts = field(default_factory=dict)

    @property
    def figures(self) -> pd.DataFrame:
        """The figures of the publication."""
        return self.facts["nightly.figures"]

    @cached_property
    def missed_chart(self) -> Chart | None:
        """When the missed were released: drawn once, shown on two pages."""
        return missed_by_month(self.figures, self.about.as_of)

    def opened(self, name: str) -> Opened:
        """A list and which figures count each of its rows."""
        if name not in self.lists:
            self.lists[name] = Opened.of(name, case_list(name, self.facts))
        return self.lists[name]

    def opens(self, figure: str, group: str = "") -> str:
        """Where the cases of a figure, or of one of its groups, stand; nothing if nowhere."""
        if figure == BY_STATUS and group not in LISTED:
            return f"data/{status_file(group)}.csv"
        if figure == BY_STATUS:
            figure, group = LISTED[group]
        if figure in TOTALS and not group:
            return f"{TOTALS[figure]}.html#list"
        found = (self.opened(name).link(figure, group) for name in MASKS)
        return next(filter(None, found), "")

    @cached_property
    def caveat(self) -> str:
        """What weakens the night, in one line for every page; empty where nothing does."""
        return caveat_line(self.facts)

    def begin(self) -> None:
        """Make the folders and copy what every page uses."""
        (self.folder / "data").mkdir()
        (self.folder / "cases").mkdir()
        for name in ("site.css", "site.js"):
            (self.folder / name).write_text(_asset(name), encoding="utf-8")

    def page(self, file: str, template: str, title: str, **words: Any) -> None:
        """Write one page; a word that the template needs and lacks is an error."""
        text = (
            environment()
            .get_template(template)
            .render(
                title=title,
                service=SERVICE,
                day=day_text(self.about.as_of),
                about=self.about,
                notices=self.about.notices,
                caveat=self.caveat,
                menu=[
                    {"file": page, "label": label}
                    for page, label in MENU
                    if NEEDS.get(page, "nightly.figures") in self.facts
                ],
                current=file,
                root="../" * file.count("/"),
                **words,
            )
        )
        (self.folder / file).write_text(text, encoding="utf-8")

    def csv(self, name: str, frame: pd.DataFrame) -> tuple[str, str]:
        """Write a frame beside the pages; give its link and its size in words."""
        data = sheets.csv_text(frame).encode()
        (self.folder / "data" / f"{name}.csv").write_bytes(data)
        return f"data/{name}.csv", f"{max(1, round(len(data) / 1024)):,} KB"

    def list_pages(self, page: ListPage) -> None:
        """Write a list over as many pages as it needs, and whole as CSV."""
        frame = case_list(page.name, self.facts)
        csv, size = self.csv(page.name, frame)
        parts = max(1, min(MOST_PARTS, -(-len(frame) // PAGE_ROWS)))
        files = [f"{page.name}.html", *(f"{page.name}-{n}.html" for n in range(2, parts + 1))]
        for part, file in enumerate(files):
            span = slice(part * PAGE_ROWS, (part + 1) * PAGE_ROWS)
            rows, tags = frame.iloc[span], self.opened(page.name).tags[span]
            first = part * PAGE_ROWS + 1
            caption = (
                f"{page.title}: {number_text(first)} to {number_text(first + len(rows) - 1)}"
                if len(rows)
                else page.title
            )
            self.page(
                file,
                "list.html.j2",
                page.title,
                lead=page.lead,
                range_line=page.range_line,
                tiles_=page.tiles if part == 0 else (),
                charts=page.charts if part == 0 else (),
                tables=page.tables if part == 0 else (),
                list_title=page.list_title,
                list_note=_how_many(len(frame), parts * PAGE_ROWS),
                csv=csv,
                csv_size=size,
                pages=files,
                current_part=file,
                rows=self.case_sheet(page.name, caption, rows, page.columns, tags=tags),
            )

    def case_sheet(
        self,
        name: str,
        caption: str,
        frame: pd.DataFrame,
        columns: tuple[sheets.Column, ...],
        *,
        tags: tuple[str, ...] = (),
    ) -> sheets.Sheet:
        """Cases as a sheet; a custody episode leads to its reasons."""
        links: tuple[str, ...] = ()
        if columns[0].source == "episode_id":
            links = tuple(self.cases.link(str(episode)) for episode in frame["episode_id"])
        return sheets.sheet(
            name=f"{name}-rows",
            caption=caption,
            frame=frame,
            columns=columns,
            links=links,
            tags=tags if any(tags) else (),
            sortable=True,
        )


@cache
def environment() -> jinja2.Environment:
    """Templates that escape every value and refuse a word they were not given."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("jobs.report.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )


def _how_many(total: int, room: int) -> str:
    if not total:
        return ""
    if total <= room:
        return f"All {number_text(total)}."
    return f"The first {number_text(room)} of {number_text(total)}."


def _asset(name: str) -> str:
    return (resources.files("jobs.report.site") / "templates" / name).read_text(encoding="utf-8")
