"""The machinery of the site: one page, one list over several pages, one CSV beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
import pandas as pd

from jobs.contract import results
from jobs.contract.results.case_list import CaseList
from jobs.contract.view_models import day_text, number_text
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.charts.charts import Chart
from jobs.report.charts.history import history_chart
from jobs.report.charts.night_charts import missed_by_month
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.lists.drill_down import (
    BY_STATUS,
    LISTED,
    UNLISTED,
    DrillDown,
    list_of,
    status_file,
)
from jobs.report.lists.list_rows import ListRows
from jobs.report.published import Frames
from jobs.report.site.case_pages import CasePages
from jobs.report.summary.caveats import caveat_line
from jobs.runtime.outgoing import csv_text

SERVICE: Final = "Consideration for deportation"
PAGE_ROWS: Final = 1_500
"""Rows of a list on one page: about half a megabyte."""
MOST_PARTS: Final = 4
"""Pages of one list; what follows the most urgent rows is in the CSV beside it."""


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A titled sheet on a page."""

    id: str
    title: str
    sheet: sheets.Sheet
    text: str = ""
    csv: str = ""


@dataclass(frozen=True, kw_only=True)
class ListFrame:
    """What stands around a list of cases; without ``lead`` the list's total says it."""

    lead: str = ""
    range_line: str = ""
    tiles: Sequence[dict[str, Any]] = ()
    charts: Sequence[Chart | None] = ()
    tables: Sequence[sheets.Sheet] = ()


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site being written into a folder; ``history`` as `jobs.report.charts.history` gives it.

    ``menu`` has the file and label of every page that it has. ``over_time`` keeps the charts of
    the history, which stand on two pages each and are drawn once; ``lists`` the rows of the case
    lists, ``drill_downs`` which figures count them.
    """

    facts: Frames
    about: About
    folder: Path
    cases: CasePages
    lists: ListRows
    history: pd.DataFrame
    menu: Sequence[tuple[str, str]] = ()
    drill_downs: dict[str, DrillDown] = field(default_factory=dict)
    over_time: dict[str, Chart | None] = field(default_factory=dict)
    earlier: Frames = field(default_factory=dict)

    @property
    def figures(self) -> pd.DataFrame:
        """The figures of the publication."""
        return results.FIGURES.of(self.facts)

    @cached_property
    def missed_chart(self) -> Chart | None:
        """When the missed were released: drawn once, shown on two pages."""
        return missed_by_month(self.figures, self.about.as_of)

    def history_chart(self, figure: str) -> Chart | None:
        """A figure over the publications: drawn once, whatever the pages that show it."""
        if figure not in self.over_time:
            self.over_time[figure] = history_chart(self.history, figure)
        return self.over_time[figure]

    def rows(self, listed: CaseList) -> pd.DataFrame:
        """The rows of a case list."""
        return self.lists.of(listed)

    def drill_down(self, listed: CaseList) -> DrillDown:
        """A case list and which figures count each of its rows."""
        if listed.name not in self.drill_downs:
            self.drill_downs[listed.name] = DrillDown.of(listed, self.rows(listed))
        return self.drill_downs[listed.name]

    def opens(self, figure: str, group: str = "") -> str:
        """Where the cases of a figure, or of one of its groups, stand; nothing if nowhere."""
        if figure == BY_STATUS and group in UNLISTED:
            return f"data/{status_file(group)}.csv"
        if figure == BY_STATUS:
            figure, group = LISTED[group], ""
        listed = list_of(figure)
        if listed is None:
            return ""
        if FIGURE_BY_ID[figure].is_whole_list:
            return f"{listed.name}.html#list"
        return self.drill_down(listed).link(figure, group)

    @cached_property
    def caveat(self) -> str:
        """What weakens the night, in one line for every page; empty where nothing does."""
        return caveat_line(self.facts)

    def begin(self) -> None:
        """Make the folders and copy what every page uses."""
        (self.folder / "data").mkdir()
        (self.folder / "cases").mkdir()
        for name in ("site.css", "site.js"):
            (self.folder / name).write_text(asset(name), encoding="utf-8")

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
                menu=[{"file": page, "label": label} for page, label in self.menu],
                current=file,
                root="../" * file.count("/"),
                **words,
            )
        )
        (self.folder / file).write_text(text, encoding="utf-8")

    def csv(self, name: str, frame: pd.DataFrame) -> tuple[str, str]:
        """Write a frame beside the pages; give its link and its size in words."""
        data = csv_text(frame).encode()
        (self.folder / "data" / f"{name}.csv").write_bytes(data)
        return f"data/{name}.csv", f"{max(1, round(len(data) / 1024)):,} KB"

    def list_pages(self, listed: CaseList, around: ListFrame) -> None:
        """Write a list over as many pages as it needs, and whole as CSV."""
        frame = self.rows(listed)
        csv, size = self.csv(listed.name, frame)
        parts = max(1, min(MOST_PARTS, -(-len(frame) // PAGE_ROWS)))
        files = [f"{listed.name}.html", *(f"{listed.name}-{n}.html" for n in range(2, parts + 1))]
        for part, file in enumerate(files):
            span = slice(part * PAGE_ROWS, (part + 1) * PAGE_ROWS)
            rows, tags = frame.iloc[span], self.drill_down(listed).tags[span]
            first = part * PAGE_ROWS + 1
            caption = (
                f"{listed.title}: {number_text(first)} to {number_text(first + len(rows) - 1)}"
                if len(rows)
                else listed.title
            )
            self.page(
                file,
                "list.html.j2",
                listed.title,
                lead=around.lead or f"{listed.title}: {number_text(len(frame))}.",
                range_line=around.range_line,
                tiles_=around.tiles if part == 0 else (),
                charts=around.charts if part == 0 else (),
                tables=around.tables if part == 0 else (),
                list_title=listed.each,
                list_note=_how_many(len(frame), parts * PAGE_ROWS),
                csv=csv,
                csv_size=size,
                pages=files,
                current_part=file,
                rows=self.case_sheet(
                    listed.name, caption, rows, sheets.list_columns(listed), tags=tags
                ),
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
    if total == 1:
        return "One in all."
    if total <= room:
        return f"All {number_text(total)}."
    return f"The first {number_text(room)} of {number_text(total)}."


def asset(name: str) -> str:
    """A file that pages use as it is."""
    return (resources.files("jobs.report.site") / "templates" / name).read_text(encoding="utf-8")
