"""The workbook of a publication: the same figures and lists, for people who work in spreadsheets.

It follows what government statisticians ask of a workbook: a cover, contents and notes, one table
on a sheet, real tables with filters, headings that stay, dates as dates, no merged or hidden cell,
no colour that means something. Text from the registers is always text, whatever it begins with.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.view_models import day_text
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.figures.registry import FIGURE_BY_ID, FIGURES
from jobs.report.lists.census import prison_names
from jobs.report.lists.list_rows import ListRows, is_held
from jobs.report.published import Frames
from jobs.report.sheets import Column
from jobs.report.summary.caveats import caveats
from jobs.report.summary.headline import headline
from jobs.runtime.files import disk_error
from jobs.runtime.outgoing import clean

MOST_ROWS: Final = 25_000
"""Rows of one sheet; a list that is longer is whole in the CSV beside the pages."""
MOST_LETTERS: Final = 32_767
WIDEST: Final = 60


@dataclass(frozen=True, kw_only=True)
class _Table:
    """One table of the workbook."""

    sheet: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]


def write_workbook(
    *, facts: Frames, about: About, path: Path, lists: ListRows | None = None
) -> None:
    """Write the workbook of a publication, the same bytes on every run.

    Args:
        facts: every frame of `jobs.contract.results.NIGHTLY` by full name.
        about: the publication and the night.
        path: the ``.xlsx`` file, in a folder that is there.
        lists: the rows of the case lists, where they are known.

    Raises:
        BadInput: the file cannot be written or the disk is full.
    """
    tables = _tables(facts, lists or ListRows(facts))
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": f"Consideration for deportation, {day_text(about.as_of)}",
            "created": datetime.combine(about.as_of, time(23, 59), tzinfo=UTC).replace(tzinfo=None),
        }
    )
    formats = _formats(book)
    _cover(book, formats, facts, about)
    _contents(book, formats, tables)
    _notes(book, formats, facts, about)
    for table in tables:
        _sheet(book, formats, table)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError()
        raise disk_error(cause, path.parent) from error


def _tables(facts: Frames, lists: ListRows) -> list[_Table]:
    prisons = prison_names(facts)
    figures = results.FIGURES.of(facts).sort_values(["figure_id", "group_value"])
    titles = {figure.id: figure.title for figure in FIGURES}
    figures = figures.assign(title=figures["figure_id"].map(titles))
    definitions = pd.DataFrame(
        [
            (f.id, f.title, f.definition, f.population, f.unit, f.owner, f.since)
            for f in FIGURE_BY_ID.values()
        ],
        columns=list(_DEFINITIONS),
    )
    return [
        _Table(sheet="Figures", title="Every figure", frame=figures, columns=_FIGURE_COLUMNS),
        *(
            _Table(
                sheet=listed.label,
                title=listed.caption or listed.title,
                frame=lists.of(listed),
                columns=sheets.with_prisons(sheets.list_columns(listed), prisons),
            )
            for listed in CASE_LISTS.values()
            if is_held(listed, facts)
        ),
        _Table(
            sheet="Teams",
            title="Teams and their staff, in full-time equivalents",
            frame=results.TEAMS.of(facts).sort_values("team"),
            columns=sheets.TEAM_COLUMNS,
        ),
        _Table(
            sheet="Census",
            title="People in custody by prison",
            frame=results.CENSUS.of(facts).sort_values("prison_id"),
            columns=sheets.CENSUS_COLUMNS,
        ),
        _Table(
            sheet="Definitions",
            title="What each figure counts",
            frame=definitions,
            columns=tuple(Column(source=k, heading=v) for k, v in _DEFINITIONS.items()),
        ),
    ]


_FIGURE_COLUMNS: Final = (
    Column(source="figure_id", heading="Figure"),
    Column(source="title", heading="Title"),
    Column(source="group_value", heading="Group"),
    Column(source="value", heading="Value", kind="number"),
    Column(source="low", heading="Low", kind="number"),
    Column(source="high", heading="High", kind="number"),
    Column(source="unit", heading="Unit"),
)
_DEFINITIONS: Final = {
    "id": "Figure",
    "title": "Title",
    "definition": "Definition",
    "population": "Counted among",
    "unit": "Unit",
    "owner": "Owner",
    "since": "Definition since",
}


def _formats(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "lead": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"text_wrap": True, "valign": "top"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0.0"}),
    }


def _cover(book: Any, formats: dict[str, Any], facts: Frames, about: About) -> None:
    page = book.add_worksheet("Cover")
    page.set_column(0, 0, 46)
    page.set_column(1, 1, 60)
    top = headline(results.FIGURES.of(facts))
    page.write_string(0, 0, "Consideration for deportation", formats["title"])
    page.write_string(1, 0, f"Position on {day_text(about.as_of)}")
    page.write_string(2, 0, f"Publication {about.publication_id}")
    page.write_string(4, 0, top.first_line, formats["lead"])
    page.write_string(5, 0, top.range_line, formats["text"])
    for row, figure in enumerate(top.figures, start=7):
        page.write_string(row, 0, figure.label)
        text = f"{figure.text} ({figure.note})" if figure.note else figure.text
        page.write_string(row, 1, text)


def _contents(book: Any, formats: dict[str, Any], tables: Sequence[_Table]) -> None:
    page = book.add_worksheet("Contents")
    page.set_column(0, 0, 18)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, "Contents", formats["title"])
    for row, table in enumerate(tables, start=2):
        page.write_url(row, 0, f"internal:'{table.sheet}'!A1", string=table.sheet)
        page.write_string(row, 1, f"{table.title}: {_how_many(len(table.frame))}")


def _how_many(rows: int) -> str:
    if rows <= MOST_ROWS:
        return f"{rows:,} rows"
    return f"the first {MOST_ROWS:,} of {rows:,} rows; the CSV beside the pages has all"


def _notes(book: Any, formats: dict[str, Any], facts: Frames, about: About) -> None:
    page = book.add_worksheet("Notes")
    page.set_column(0, 0, 110)
    page.write_string(0, 0, "Notes", formats["title"])
    notes = (
        "References only: no name, date of birth or prison number is in this workbook.",
        "The true number lies in the range of a figure, in at least 95 of 100 nights.",
        "An empty cell means that the value is not recorded or cannot be computed.",
        *about.notices,
        *caveats(facts, about.remarks),
    )
    for row, note in enumerate(notes, start=2):
        page.write_string(row, 0, note, formats["text"])


def _sheet(book: Any, formats: dict[str, Any], table: _Table) -> None:
    """A title, then one table with filters; headings stay while the rest moves."""
    page = book.add_worksheet(table.sheet)
    frame = table.frame.head(MOST_ROWS)
    page.write_string(0, 0, table.title, formats["title"])
    last = max(len(frame), 1) + 2
    page.add_table(
        2,
        0,
        last,
        len(table.columns) - 1,
        {
            "name": f"table_{table.sheet.lower().replace(' ', '_')}",
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [{"header": column.heading} for column in table.columns],
        },
    )
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.repeat_rows(2)
    page.fit_to_pages(1, 0)
    for place, column in enumerate(table.columns):
        values = frame[column.source]
        width = _write_column(page, formats, place, values, column)
        page.set_column(place, place, min(WIDEST, max(len(column.heading) + 4, width + 2)))


def _write_column(
    page: Any, formats: dict[str, Any], place: int, values: pd.Series, column: Column
) -> int:
    """Write a column as what it is: dates as dates, numbers as numbers; give its width."""
    if column.kind == "date":
        for row, value in enumerate(values, start=3):
            if pd.notna(value):
                page.write_datetime(row, place, value.to_pydatetime(), formats["date"])
        return 10
    if column.kind in {"whole", "number", "ahead"}:
        for row, value in enumerate(values, start=3):
            if pd.notna(value):
                number = float(value)
                kind = "whole" if number.is_integer() else "number"
                page.write_number(row, place, number, formats[kind])
        return 9
    texts = sheets.cell_texts(values, column)
    for row, text in enumerate(texts, start=3):
        if text:
            page.write_string(row, place, clean(text)[:MOST_LETTERS])
    return int(texts.map(len).max()) if len(texts) else 0
