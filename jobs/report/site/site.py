"""The machinery of the site: one page, one list with a file of its rows, one CSV beside them."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from typing import Any, Final

import jinja2
import pandas as pd

from jobs.contract import results
from jobs.contract.results.case_list import CaseList
from jobs.contract.schema import Table
from jobs.contract.view_models import Headline, day_text, number_text
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.charts.charts import Chart
from jobs.report.charts.history import history_chart
from jobs.report.charts.night_charts import missed_by_month
from jobs.report.data_package import DataFile
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.lists.census import prison_names
from jobs.report.lists.drill_down import (
    BY_STATUS,
    LISTED,
    OF_PEOPLE,
    UNLISTED,
    DrillDown,
    list_of,
    status_file,
)
from jobs.report.lists.list_rows import ListRows
from jobs.report.published import Frames
from jobs.report.row_files import ListedRows
from jobs.report.site.case_pages import CasePages
from jobs.report.summary.caveats import caveats, foremost_caveat
from jobs.report.summary.headline import headline
from jobs.runtime.outgoing import csv_text

SERVICE: Final = "Consideration for deportation"
PAGE_ROWS: Final = 250
"""Rows of a list that stand on its page, so that it opens at once; its file has the others."""
OF_EVERYBODY: Final = "What follows is said of everybody, and not of this part alone."
COUNTED_IN: Final = "counted_in"
"""Column of a list's CSV: which figures, and which group of each, count the row."""


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A titled sheet on a page, a text, or both."""

    id: str
    title: str
    sheet: sheets.Sheet | None = None
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
    """A site being written into a folder.

    ``history`` is as `jobs.report.charts.history` gives it, of ``past``, the figures of the nights
    before. ``menu`` has the group, file and label of every page. ``over_time`` keeps the
    charts of the history, which stand on two pages each and are drawn once; ``drill_downs`` which
    figures count the rows of the case lists. ``shown`` collects the title of a page and each of
    its tables, but for those of the case lists, ``written`` the CSV files beside the pages. Where
    ``facts`` are a part's own, ``whole`` is all of the publication, and ``part_headline`` is said.
    """

    facts: Frames
    about: About
    folder: Path
    cases: CasePages
    lists: ListRows
    history: pd.DataFrame
    menu: Sequence[tuple[str, str, str]] = ()
    drill_downs: dict[str, DrillDown] = field(default_factory=dict)
    over_time: dict[str, Chart | None] = field(default_factory=dict)
    earlier: Frames = field(default_factory=dict)
    shown: list[tuple[str, sheets.Sheet]] = field(default_factory=list)
    written: list[DataFile] = field(default_factory=list)
    past: pd.DataFrame | None = None
    whole: Frames | None = None
    part_headline: Headline | None = None

    @property
    def all_facts(self) -> Frames:
        """The frames of the whole publication: what weakens a night weakens every part of it."""
        return self.facts if self.whole is None else self.whole

    @cached_property
    def headline(self) -> Headline:
        """The answer of the first page, and the few figures beside it."""
        return self.part_headline or headline(self.figures)

    @property
    def figures(self) -> pd.DataFrame:
        """The figures of the publication."""
        return results.FIGURES.of(self.facts)

    @cached_property
    def missed_chart(self) -> Chart | None:
        """When the missed were released: drawn once, shown on two pages."""
        return missed_by_month(self.figures, self.about.as_of)

    @cached_property
    def prisons(self) -> Mapping[str, str]:
        """What readers see of each prison, by its code."""
        return prison_names(self.all_facts)

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
        if figure in OF_PEOPLE:
            return f"{listed.name}.html"
        if FIGURE_BY_ID[figure].is_whole_list:
            return f"{listed.name}.html#list"
        return self.drill_down(listed).link(figure, group)

    @cached_property
    def caveat(self) -> str:
        """What weakens the night most, for the foot of every page; empty where nothing does."""
        said = foremost_caveat(self.all_facts, self.about.remarks)
        return f"Of everybody: {said}" if said and self.whole is not None else said

    @property
    def caveats(self) -> tuple[str, ...]:
        """What to bear in mind; a part has no numbers of its own for that, and says so."""
        said = caveats(self.all_facts, self.about.remarks)
        return said if self.whole is None else (OF_EVERYBODY, *said)

    def begin(self) -> None:
        """Make the folders and copy what every page uses."""
        (self.folder / "data").mkdir()
        (self.folder / "cases").mkdir()
        for name in ("site.css", "site.js"):
            (self.folder / name).write_text(asset(name), encoding="utf-8")

    def page(self, file: str, template: str, title: str, **words: Any) -> None:
        """Write one page; a word that the template needs and lacks is an error."""
        self.shown.extend((title, sheet) for sheet in _sheets_in(words.values()))
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
                    (group, list(pages))
                    for group, pages in itertools.groupby(self.menu, key=lambda page: page[0])
                ],
                current=file,
                root="../" * file.count("/"),
                **words,
            )
        )
        (self.folder / file).write_text(text, encoding="utf-8")

    def csv(self, name: str, frame: pd.DataFrame, *tables: Table) -> tuple[str, str]:
        """Write a frame of these tables beside the pages; give its link and its size in words."""
        data = csv_text(frame).encode()
        self.written.append(DataFile(name=name, frame=frame.head(0), content=data, tables=tables))
        (self.folder / "data" / f"{name}.csv").write_bytes(data)
        return f"data/{name}.csv", f"{max(1, round(len(data) / 1024)):,} KB"

    def list_page(self, listed: CaseList, around: ListFrame) -> None:
        """Write the page of a list: the first rows, every row in its file, and whole as CSV."""
        frame = self.rows(listed)
        drill_down = self.drill_down(listed)
        counted = frame.assign(**{COUNTED_IN: drill_down.counted_in})
        csv, size = self.csv(listed.name, counted, *listed.tables)
        self.page(
            f"{listed.name}.html",
            "list.html.j2",
            listed.title,
            lead=around.lead or f"{listed.title}: {number_text(len(frame))}.",
            range_line=around.range_line,
            tiles_=around.tiles,
            charts=around.charts,
            tables=around.tables,
            list_title=listed.each,
            list_note=_how_many(len(frame)),
            csv=csv,
            csv_size=size,
            rows=self.case_sheet(
                listed.name,
                listed.caption or listed.title,
                frame,
                sheets.page_columns(listed),
                tags=drill_down.tags,
            ),
        )

    def case_sheet(
        self,
        name: str,
        caption: str,
        frame: pd.DataFrame,
        columns: tuple[sheets.Column, ...],
        *,
        tags: Sequence[str] = (),
    ) -> sheets.Sheet:
        """Cases as a sheet: the first rows, and a file that has them all.

        A row leads to the reasons of its custody episode, where the site has them.
        """
        columns = sheets.with_prisons(columns, self.prisons)
        links: tuple[str, ...] = ()
        if "episode_id" in frame:
            links = tuple(self.cases.link_or_none(str(e)) for e in frame["episode_id"])
        rows = ListedRows(name=name, frame=frame, columns=columns, links=links, tags=tags)
        first = sheets.sheet(
            name=f"{name}-rows",
            caption=caption,
            frame=frame.head(PAGE_ROWS),
            columns=columns,
            links=links[:PAGE_ROWS],
            sortable=True,
        )
        first = replace(first, frame=frame)
        if len(frame) <= PAGE_ROWS and not any(tags):
            return first
        (self.folder / "data" / f"{name}.js").write_text(rows.script(), encoding="utf-8")
        return replace(first, file=f"data/{name}.js", total=len(frame))


@cache
def environment() -> jinja2.Environment:
    """Templates that escape every value and refuse a word they were not given."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("jobs.report.site"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )


def _sheets_in(values: Iterable[Any]) -> Iterator[sheets.Sheet]:
    """The tables among the words of a page, those in lists and sections too."""
    for value in values:
        if isinstance(value, sheets.Sheet):
            yield value
        elif isinstance(value, PageSection) and value.sheet is not None:
            yield value.sheet
        elif isinstance(value, list | tuple):
            yield from _sheets_in(value)


def _how_many(total: int) -> str:
    if not total:
        return ""
    if total == 1:
        return "One in all."
    if total <= PAGE_ROWS:
        return f"All {number_text(total)}."
    return f"{number_text(total)} in all, the first {PAGE_ROWS} on the page without scripts."


def asset(name: str) -> str:
    """A file that pages use as it is."""
    return (resources.files("jobs.report.site") / "templates" / name).read_text(encoding="utf-8")
