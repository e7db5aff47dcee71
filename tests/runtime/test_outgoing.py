"""Files that go out: no two units share one, and no cell is a formula."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.check.corrections import write_corrections
from jobs.runtime.outgoing import FOR_TERMINALS, LONGEST_NAME, as_text_cell, csv_text, file_names
from jobs.runtime.settings import ROOT


@given(units=st.sets(st.text(max_size=80), max_size=12))
def test_no_two_units_share_a_file(units: set[str]) -> None:
    names = file_names(units)
    assert set(names) == units
    assert len({name.lower() for name in names.values()}) == len(units)
    assert all(0 < len(name) <= LONGEST_NAME + 13 for name in names.values())
    assert all(name.isascii() and "/" not in name and "." not in name for name in names.values())


def test_a_plain_unit_keeps_its_plain_name() -> None:
    assert file_names(["prison LEI", "team CCD 3"]) == {
        "prison LEI": "prison-lei",
        "team CCD 3": "team-ccd-3",
    }


def test_every_row_to_mend_goes_out_and_no_cell_is_a_formula(tmp_path: Path) -> None:
    units = ["team Leeds/Bradford", "team Leeds-Bradford", "team \u0416", "team \u042f", "x" * 400]
    rows = pd.DataFrame(
        {
            "check_id": "a.rule",
            "table_name": "a",
            "row_number": range(len(units)),
            "unit": units,
            "row_key": "=cmd|' /C calc'!A0",
        }
    )
    rules = pd.DataFrame(
        {"check_id": ["a.rule"], "table_name": "a", "column_name": "c", "meaning": "it holds"}
    )
    since = pd.DataFrame(
        {"check_id": "a.rule", "unit": units, "failing_since_date": pd.Timestamp(2006, 4, 25)}
    )
    assert write_corrections(to_mend=rows, results=rules, faults=since, folder=tmp_path) == 5
    files = sorted(tmp_path.iterdir())
    assert len(files) == len(units)
    assert sorted(int(pd.read_csv(file)["row_number"].item()) for file in files) == [0, 1, 2, 3, 4]
    for file in files:
        assert ",'=cmd" in file.read_text()


FORMULAS = (
    "=1+1",
    "+A1",
    "-A1",
    "@SUM(1)",
    " =1+1",
    "\t=1",
    "\uff1d1",
    "-1+cmd|' /C calc'!A0",
    "\u200b=1",
)


@pytest.mark.parametrize("kind", ["str", "object", "category", "header"])
def test_no_cell_is_a_formula_whatever_the_type_of_its_column(kind: str) -> None:
    frame = pd.DataFrame({"a": [*FORMULAS, None]}, dtype="object")
    if kind == "header":
        frame = pd.DataFrame([range(len(FORMULAS))], columns=list(FORMULAS))
    elif kind != "object":
        frame = frame.astype(kind)
    rows = list(csv.reader(io.StringIO(csv_text(frame), newline="")))
    cells = rows[0] if kind == "header" else [cell for row in rows[1:] for cell in row]
    assert [cell for cell in cells if cell.lstrip() and cell.lstrip()[0] in "=+-@\uff1d"] == []
    assert sum(cell.startswith("'") for cell in cells) == len(FORMULAS)


@pytest.mark.parametrize("text", ["", "A1001AA", "-1", "+44", "-12.50", "2006-04-25", "a=b"])
def test_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert as_text_cell(text) == text


def test_moments_keep_their_time_and_dates_have_none() -> None:
    at = pd.Timestamp("2006-04-25T22:15:00", tz="Europe/London")
    frame = pd.DataFrame({"at": [at], "on": [pd.Timestamp(2006, 4, 25)]})
    text = csv_text(frame, line_end=FOR_TERMINALS)
    assert text == "at,on\n2006-04-25T21:15:00Z,2006-04-25\n"


NO_SPREADSHEET = {
    "jobs/runtime/outgoing.py",  # the one place
    "jobs/synthetic/output/writing.py",  # an invented register
    "jobs/warehouse/store/bulk.py",  # a COPY into the warehouse
    "jobs/operate/run/run_folder.py",  # text for a digest
    "jobs/contract/versions.py",  # a file of this repository
}


def test_cells_are_written_in_one_place() -> None:
    writing = re.compile(r"\.to_csv\(|csv\.writer\(|DictWriter\(|write_csv\(|to_excel\(")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "jobs").rglob("*.py")
        if writing.search(path.read_text(encoding="utf-8"))
    }
    assert found - NO_SPREADSHEET == set()
