"""The workbook as the programs of its readers open it: openpyxl, and LibreOffice itself."""

import csv
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract.case_lists import CASE_LISTS
from jobs.report import About, rows_of, write_workbook
from tests.report.workbook.test_workbook import SHEETS

ABOUT = About(as_of=AS_OF, publication_id="3f2a")
STARTS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1+1", "=HYPERLINK(1)", "<b>&\N{PILE OF POO}")
TABLE_SHEETS = tuple(SHEETS[SHEETS.index("Figures") :])
LAST_OF_COVER = 3


@pytest.fixture(scope="module")
def world() -> Invented:
    """A night whose prisons have names that a spreadsheet might take for formulas."""
    invented = invent(episodes=300)
    census = invented.facts["nightly.census"].copy()
    census["prison_name"] = [STARTS[place % len(STARTS)] for place in range(len(census))]
    invented.facts["nightly.census"] = census
    return invented


@pytest.fixture(scope="module")
def path(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "consideration.xlsx"
    write_workbook(facts=world.facts, about=ABOUT, path=path)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Workbook:
    return openpyxl.load_workbook(path)


def test_each_sheet_is_one_table_with_filters_and_frozen_heads(book: Workbook) -> None:
    assert tuple(book.sheetnames[LAST_OF_COVER:]) == TABLE_SHEETS
    for name in TABLE_SHEETS:
        sheet = book[name]
        (table,) = sheet.tables.values()
        assert table.autoFilter.ref == table.ref, name
        assert table.ref.startswith("A3:"), name
        assert sheet.freeze_panes == "B4", name


def test_dates_are_read_as_dates_and_numbers_as_numbers(book: Workbook, world: Invented) -> None:
    due = rows_of(CASE_LISTS["due"], world.facts)
    rows = list(book["Due"].iter_rows(min_row=4, values_only=True))
    heads = [cell.value for cell in book["Due"][3]]
    releases = [row[heads.index("Earliest release")] for row in rows]
    assert all(isinstance(value, datetime) for value in releases if value is not None)
    assert [value for value in releases if value] == [
        day.to_pydatetime() for day in due["earliest_release_date"].dropna()
    ]
    ranks = [row[heads.index("Rank")] for row in rows]
    assert ranks == due["priority"].tolist()


def test_nothing_is_read_as_a_formula(book: Workbook) -> None:
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    names = {row[1] for row in book["Census"].iter_rows(min_row=4, values_only=True)}
    assert "=1+1" in names
    assert "@SUM(1)" in names


@pytest.mark.slow
def test_libreoffice_opens_it_and_reads_the_same(
    path: Path, world: Invented, tmp_path: Path
) -> None:
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("no LibreOffice on this machine: apt install libreoffice-calc-nogui")
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    home = (tmp_path / "a home").as_uri()
    subprocess.run(
        [
            soffice,
            "--headless",
            f"-env:UserInstallation={home}",
            "--convert-to",
            every_sheet,
            "--outdir",
            tmp_path,
            path,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )

    def rows(sheet: str) -> list[list[str]]:
        with (tmp_path / f"consideration-{sheet}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    assert [row[0] for row in rows("Undecided")[3:]] == rows_of(CASE_LISTS["missed"], world.facts)[
        "episode_id"
    ].tolist()
    dates = {row[rows("Undecided")[2].index("Released")] for row in rows("Undecided")[3:]}
    assert all(datetime.fromisoformat(day) for day in dates if day)
    census = world.facts["nightly.census"].sort_values("prison_id")
    assert [row[1] for row in rows("Census")[3:]] == [
        name.strip("\t") for name in census["prison_name"]
    ]
