"""The workbook: real tables, real dates, and text that stays text."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from benchmarks.samples.reported.workbook_xml import NAMES, Book
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.report import About, headline, render_site, rows_of, write_workbook
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures
from jobs.report.workbook.workbook import COVER_WIDTHS, NOTES_WIDTH

ABOUT = About(as_of=AS_OF, publication_id="3f2a")
SHEETS = [
    "Cover",
    "Contents",
    "Notes",
    "Figures",
    "Undecided",
    "Decided since",
    "All missed",
    "Outcomes",
    "Recorded late",
    "Withdrawn",
    "Not found",
    "Not sought",
    "Located",
    "Questioned",
    "Due",
    "Notices",
    "Nationality",
    "By decision",
    "Own rules",
    "Backlog",
    "Decisions",
    "Deportations",
    "Bail opposed",
    "Discrepancies",
    "Teams",
    "Census",
    "Definitions",
]


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(episodes=500)


@pytest.fixture(scope="module")
def book(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("books") / "book.xlsx"
    write_workbook(facts=world.facts, about=ABOUT, path=path)
    return Book(path)


def test_there_is_a_cover_contents_notes_and_one_table_on_each_sheet(book: Book) -> None:
    assert book.sheets == SHEETS
    tables = [part for part in book.parts if part.startswith("xl/tables/")]
    assert len(tables) == len(SHEETS) - 3
    for sheet in SHEETS[3:]:
        assert book.xml(sheet).find("m:tableParts", NAMES) is not None
        pane = book.xml(sheet).find(".//m:pane", NAMES)
        assert pane is not None
        assert pane.get("state") == "frozen"
    merged = [s for s in SHEETS if book.xml(s).find("m:mergeCells", NAMES) is not None]
    assert merged == []


def test_the_cover_says_what_the_headline_says(book: Book, world: Invented) -> None:
    cells = book.cells("Cover")
    first = [text for place, text in cells.items() if place.startswith("A")]
    top = headline(world.reported.figures)
    assert top.first_line in " ".join(first)
    assert {figure.label for figure in top.figures} <= set(first)
    for row, label in enumerate(first, start=1):
        assert len(label) <= sum(COVER_WIDTHS), row
    (row,) = (place[1:] for place, text in cells.items() if text == top.missed.label)
    assert float(cells[f"B{row}"]) == top.missed.value
    assert float(cells[f"D{row}"]) == top.missed.low


def test_the_cover_names_the_next_update_and_whom_to_ask_and_is_one_page(
    world: Invented, tmp_path: Path
) -> None:
    about = replace(ABOUT, contact="Data team, 020 7946 0000")
    write_workbook(facts=world.facts, about=about, path=tmp_path / "book.xlsx")
    cover = Book(tmp_path / "book.xlsx")
    texts = set(cover.cells("Cover").values())
    assert "Next update: the night of 26 April 2006." in texts
    assert "To ask: Data team, 020 7946 0000." in texts
    setup = cover.xml("Cover").find("m:pageSetup", NAMES)
    assert setup is not None
    assert setup.get("paperSize") == "9"
    assert cover.xml("Cover").find("m:sheetPr/m:pageSetUpPr[@fitToPage='1']", NAMES) is not None


def test_no_line_of_cover_or_notes_is_wider_than_its_columns(book: Book) -> None:
    """A cell that wraps is as high as each program likes; each line has a row of its own."""
    for sheet, width in (("Cover", sum(COVER_WIDTHS)), ("Notes", NOTES_WIDTH)):
        lines = [text for place, text in book.cells(sheet).items() if place.startswith("A")]
        assert len(lines) > 5
        assert max(map(len, lines)) <= width


def test_what_the_pages_show_besides_is_a_sheet_with_numbers(
    world: Invented, tmp_path: Path
) -> None:
    render_site(facts=world.facts, about=ABOUT, folder=tmp_path)
    whole = Book(tmp_path / "data" / "consideration.xlsx")
    assert whole.sheets[: len(SHEETS)] == SHEETS
    others = whole.sheets[len(SHEETS) :]
    assert {"By prison", "By team", "Ages by team", "Orders", "What if", "Late", "Movement",
            "Checks", "Rows", "Probability", "Statuses", "Nights"} <= set(others)  # fmt: skip
    assert len({name.lower() for name in whole.sheets}) == len(whole.sheets)
    assert max(map(len, whole.sheets)) <= 31
    counted = sum(float(number) for number in whole.column("By prison", "B"))
    assert counted == headline(world.reported.figures).missed.value


@pytest.mark.parametrize(("sheet", "name"), [("Undecided", "missed"), ("Due", "due")])
def test_a_list_has_every_row_in_its_order(
    book: Book, world: Invented, sheet: str, name: str
) -> None:
    assert book.column(sheet, "A") == rows_of(CASE_LISTS[name], world.facts)["episode_id"].tolist()


def test_dates_are_dates_and_numbers_are_numbers(book: Book, world: Invented) -> None:
    missed = rows_of(CASE_LISTS["missed"], world.facts)
    days = missed["release_date"].dropna()
    serials = [float(value) for value in book.column("Undecided", "E")]
    assert serials == [(day - days.min()).days + min(serials) for day in days]
    assert min(serials) == (days.min() - type(days.min())("1899-12-30")).days
    assert [float(v) for v in book.column("Undecided", "B")] == missed["priority"].tolist()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_text_that_looks_like_a_formula_is_text(
    world: Invented, tmp_path: Path, start: str
) -> None:
    census = world.facts["nightly.census"].assign(prison_name=f"{start}1+1 http://x.invalid")
    facts = {**world.facts, "nightly.census": census}
    write_workbook(facts=facts, about=ABOUT, path=tmp_path / "book.xlsx")
    hostile = Book(tmp_path / "book.xlsx")
    assert hostile.column("Census", "B")[0] == f"{start}1+1 http://x.invalid".strip("\t")
    assert hostile.xml("Census").find(".//m:f", NAMES) is None
    assert hostile.xml("Census").find("m:hyperlinks", NAMES) is None


def test_a_very_long_text_is_cut_to_what_a_cell_holds(world: Invented, tmp_path: Path) -> None:
    census = world.facts["nightly.census"].assign(prison_name="x" * 40_000)
    path = tmp_path / "book.xlsx"
    write_workbook(facts={**world.facts, "nightly.census": census}, about=ABOUT, path=path)
    assert len(Book(path).column("Census", "B")[0]) == 32_767


def test_the_same_facts_give_the_same_bytes(world: Invented, tmp_path: Path) -> None:
    for name in ("one.xlsx", "two.xlsx"):
        write_workbook(facts=world.facts, about=ABOUT, path=tmp_path / name)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_night_without_cases_has_a_whole_workbook(tmp_path: Path) -> None:
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    frames["nightly.figures"] = compute_figures(FigureInputs(frames=frames, as_of=AS_OF))
    write_workbook(facts=frames, about=ABOUT, path=tmp_path / "book.xlsx")
    assert Book(tmp_path / "book.xlsx").sheets == SHEETS


def test_no_personal_value_is_in_the_workbook(book: Book, world: Invented) -> None:
    assessments = world.facts["nightly.assessments"]
    assert not set(book.texts) & set(assessments["prisoner_number"])
