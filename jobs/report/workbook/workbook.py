"""The workbook of a publication: the same figures and lists, for people who work in spreadsheets.

It follows what government statisticians ask of a workbook: a cover, contents and notes, one table
on a sheet, real tables with filters, headings that stay, dates as dates, no merged or hidden cell,
no colour that means something. Text from the registers is always text, whatever it begins with.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
import xlsxwriter

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.view_models import Headline, day_text
from jobs.report import sheets
from jobs.report.about import About
from jobs.report.figures.registry import FIGURE_BY_ID, FIGURES
from jobs.report.lists.census import prison_names
from jobs.report.lists.group_words import group_texts
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
MOST_OF_A_NAME: Final = 31
"""Letters of the name of a sheet."""
A4: Final = 9
COVER_WIDTHS: Final = (46, 10, 13, 10, 10, 30)
NOTES_WIDTH: Final = 110
LETTERS: Final = 0.82
"""Letters of a sentence that surely fit a column, for each of its width."""
_COVER_HEADINGS: Final = ("Figure", "Value", "Most likely", "Low", "High", "Unit")


@dataclass(frozen=True, kw_only=True)
class _Table:
    """One table of the workbook."""

    sheet: str
    title: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]


def write_workbook(
    *,
    facts: Frames,
    about: About,
    path: Path,
    lists: ListRows | None = None,
    shown: Sequence[tuple[str, sheets.Sheet]] = (),
    whole: Frames | None = None,
    top: Headline | None = None,
) -> None:
    """Write the workbook of a publication, the same bytes on every run.

    Args:
        facts: every frame of `jobs.contract.results.NIGHTLY` by full name.
        about: the publication and the night.
        path: the ``.xlsx`` file, in a folder that is there.
        lists: the rows of the case lists, where they are known.
        shown: the title of a page and a table on it, for every other table of the pages.
        whole: of a workbook of a part, the frames of the whole publication: the notes are of it.
        top: what the cover says, where that is not the headline of the figures.

    Raises:
        BadInput: the file cannot be written or the disk is full.
    """
    whole = facts if whole is None else whole
    tables = _tables(facts, lists or ListRows(facts), prison_names(whole))
    tables += _of_pages(shown, {table.sheet for table in tables})
    book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": f"Consideration for deportation, {day_text(about.as_of)}",
            "created": datetime.combine(about.as_of, time(23, 59), tzinfo=UTC).replace(tzinfo=None),
        }
    )
    formats = _formats(book)
    _cover(book, formats, top or headline(results.FIGURES.of(facts)), about)
    _contents(book, formats, tables)
    _notes(book, formats, whole, about)
    for table in tables:
        _sheet(book, formats, table)
    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        cause = error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError()
        raise disk_error(cause, path.parent) from error


def _tables(facts: Frames, lists: ListRows, prisons: Mapping[str, str]) -> list[_Table]:
    figures = results.FIGURES.of(facts).sort_values(["figure_id", "group_value"])
    titles = {figure.id: figure.title for figure in FIGURES}
    figures = figures.assign(
        title=figures["figure_id"].map(titles), group=group_texts(figures, facts)
    )
    definitions = pd.DataFrame(
        [
            (f.title, f.definition, f.population, f.unit, f.owner, f.since, f.id)
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
                columns=(
                    *sheets.with_prisons(sheets.list_columns(listed), prisons),
                    sheets.LISTED_SINCE,
                    sheets.NIGHTS_LISTED,
                ),
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


def _of_pages(shown: Sequence[tuple[str, sheets.Sheet]], known: set[str]) -> list[_Table]:
    """The tables of the pages that the workbook lacks, as numbers; each name is on one tab."""
    lists = {f"{listed.name}-rows" for listed in CASE_LISTS.values()}
    names = {name.lower() for name in known}
    found = []
    for page, sheet in shown:
        if sheet.frame is None or sheet.frame.empty or sheet.name in lists:
            continue
        words = sheet.name.removesuffix("-rows").replace("-", " ").capitalize()
        if words.lower() in names & {"teams", "census"}:
            continue
        name = words if words.lower() not in names else f"{words}, {page}"[:MOST_OF_A_NAME]
        if name.lower() in names:
            continue
        names.add(name.lower())
        found.append(
            _Table(
                sheet=name,
                title=f"{page}: {sheet.caption}",
                frame=sheet.frame,
                columns=sheet.columns,
            )
        )
    return found


_FIGURE_COLUMNS: Final = (
    Column(source="title", heading="Figure"),
    Column(source="group", heading="Group", missing="All"),
    Column(source="value", heading="Value", kind="number"),
    Column(source="low", heading="Low", kind="number"),
    Column(source="high", heading="High", kind="number"),
    Column(source="unit", heading="Unit"),
    Column(source="figure_id", heading="Id"),
)
_DEFINITIONS: Final = {
    "title": "Figure",
    "definition": "Definition",
    "population": "Counted among",
    "unit": "Unit",
    "owner": "Owner",
    "since": "Definition since",
    "id": "Id",
}


def _formats(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 16}),
        "lead": book.add_format({"bold": True}),
        "line": book.add_format({}),
        "unit": book.add_format({"indent": 1}),
        # Said in the cells too: not every program shows the style of a table.
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "head_number": book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
        ),
        "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "whole": book.add_format({"num_format": "#,##0"}),
        "number": book.add_format({"num_format": "#,##0.0"}),
        "ahead": book.add_format({"num_format": '#,##0;#,##0" past"'}),
    }


def _cover(book: Any, formats: dict[str, Any], top: Headline, about: About) -> None:
    """What the night says on one page that prints: sentences, then numbers as numbers."""
    page = book.add_worksheet("Cover")
    for place, width in enumerate(COVER_WIDTHS):
        page.set_column(place, place, width)
    page.set_paper(A4)
    page.fit_to_pages(1, 1)
    page.write_string(0, 0, "Consideration for deportation", formats["title"])
    sentences = (
        (f"Position on {day_text(about.as_of)}", "line"),
        (top.first_line, "lead"),
        (top.range_line, "line"),
        *((notice, "lead") for notice in about.notices),
    )
    row = 2
    for sentence, form in sentences:
        row = _sentence(page, row, sentence, formats[form])
    row += 1
    for place, heading in enumerate(_COVER_HEADINGS):
        kind = "head" if heading in {"Figure", "Unit"} else "head_number"
        page.write_string(row, place, heading, formats[kind])
    for figure in top.figures:
        row += 1
        page.write_string(row, 0, figure.label)
        for place, value in enumerate(
            (figure.value, figure.likely, figure.low, figure.high), start=1
        ):
            if value is not None:
                _write_number(page, formats, row, place, value)
        page.write_string(row, 5, figure.unit, formats["unit"])
    row += 2
    for sentence in (
        "Low and high: the true number lies between them in at least 95 of 100 nights.",
        f"Next update: the night of {day_text(about.as_of + timedelta(days=1))}.",
        f"To ask: {about.contact or 'see the last lines of the email'}.",
        f"Publication {about.publication_id}.",
    ):
        row = _sentence(page, row, sentence, formats["line"])
    page.print_area(0, 0, row, len(COVER_WIDTHS) - 1)


def _sentence(
    page: Any, row: int, sentence: str, form: Any, *, width: int = sum(COVER_WIDTHS)
) -> int:
    """Write a sentence over as many rows of the first columns as it needs; give the next row.

    A cell that wraps is as narrow as its column, none may be merged, and programs differ on how
    high a row then is: each line has a row. ``width`` is that of the columns, in letters.
    """
    for line in textwrap.wrap(clean(sentence), int(width * LETTERS)):
        page.write_string(row, 0, line, form)
        row += 1
    return row


def _write_number(page: Any, formats: dict[str, Any], row: int, place: int, value: float) -> None:
    kind = "whole" if float(value).is_integer() else "number"
    page.write_number(row, place, float(value), formats[kind])


def _contents(book: Any, formats: dict[str, Any], tables: Sequence[_Table]) -> None:
    page = book.add_worksheet("Contents")
    page.set_column(0, 0, MOST_OF_A_NAME)
    page.set_column(1, 1, 90)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
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
    page.set_column(0, 0, NOTES_WIDTH)
    page.set_paper(A4)
    page.fit_to_pages(1, 0)
    page.write_string(0, 0, "Notes", formats["title"])
    notes = (
        "References only: no name, date of birth or prison number is in this workbook.",
        "The true number lies in the range of a figure, in at least 95 of 100 nights.",
        "An empty cell means that the value is not recorded or cannot be computed.",
        *about.notices,
        *caveats(facts, about.remarks),
    )
    row = 2
    for note in notes:
        row = _sentence(page, row, note, formats["line"], width=NOTES_WIDTH) + 1


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
            "name": f"table_{re.sub('[^a-z0-9]+', '_', table.sheet.lower())}",
            "style": "Table Style Light 1",
            "banded_rows": False,
            "columns": [
                {
                    "header": column.heading,
                    "header_format": formats["head_number" if column.css == "n" else "head"],
                }
                for column in table.columns
            ],
        },
    )
    page.freeze_panes(3, 1)
    page.set_landscape()
    page.set_paper(A4)
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
            if pd.notna(value) and column.kind == "ahead":
                page.write_number(row, place, float(value), formats["ahead"])
            elif pd.notna(value):
                _write_number(page, formats, row, place, float(value))
        return 9
    texts = sheets.cell_texts(values, column)
    for row, text in enumerate(texts, start=3):
        if text:
            page.write_string(row, place, clean(text)[:MOST_LETTERS])
    return int(texts.map(len).max()) if len(texts) else 0
