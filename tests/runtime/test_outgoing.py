"""Files that go out: no two units share one, and no cell is a formula."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.check.corrections import write_corrections
from jobs.runtime.outgoing import (
    FOR_TERMINALS,
    LONGEST_NAME,
    as_text_cell,
    clean,
    csv_text,
    file_names,
)
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


texts = st.text(alphabet="ab,\"'\r\n\t=+-@ 19.\x00\x85\u200b\u202e\u3000\uff1dé", max_size=4)
moments = st.datetimes(
    min_value=pd.Timestamp("1890-01-01").to_pydatetime(),
    max_value=pd.Timestamp("2030-01-01").to_pydatetime(),
).map(lambda moment: moment.replace(microsecond=0))


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.tuples(
            st.none() | texts,
            st.none() | texts,
            st.none() | moments,
            st.none() | st.integers(-(10**12), 10**12),
            st.none() | st.booleans(),
            st.none() | st.floats(allow_nan=False, allow_infinity=False),
        ),
        max_size=8,
    ),
    line_end=st.sampled_from(["\n", "\r\n"]),
    some=st.sets(st.integers(0, 6), min_size=1),
)
def test_a_file_has_the_bytes_that_pandas_writes(rows, line_end, some) -> None:
    values = list(zip(*rows, strict=True)) or [()] * 6
    frame = pd.DataFrame(
        {
            "text": pd.Series(values[0], dtype="str"),
            "odd, text": pd.Series(values[1], dtype="object"),
            "at": pd.Series(values[2], dtype="datetime64[us]").dt.tz_localize("UTC"),
            "on": pd.Series(values[2], dtype="datetime64[us]"),
            "number": pd.Series(values[3], dtype="Int64"),
            "flag": pd.Series(values[4], dtype="boolean"),
            "share": pd.Series(values[5], dtype="float64"),
        }
    ).iloc[:, sorted(some)]
    plain = frame.copy()
    for name in plain.columns:
        if isinstance(plain[name].dtype, pd.DatetimeTZDtype):
            plain[name] = plain[name].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
        elif name == "on":
            plain[name] = plain[name].dt.strftime("%Y-%m-%d")
        elif "text" in name:
            plain[name] = plain[name].map(lambda v: as_text_cell(clean(v)), na_action="ignore")
    assert csv_text(frame, line_end=line_end) == plain.to_csv(index=False, lineterminator=line_end)


def test_only_odd_cells_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def cell(value: str) -> str:
        looked_at.append(value)
        return clean(value)

    monkeypatch.setattr("jobs.runtime.outgoing.clean", cell)
    column = pd.Series([f"E{n}" for n in range(5000)] + ["=1", 'a"b', None], dtype="str")
    text = csv_text(pd.DataFrame({"id": column, "other": column}))
    assert sorted(looked_at) == sorted(["=1", 'a"b'] * 2 + ["id", "other"])
    assert text.count("\r\n") == 5004


NO_SPREADSHEET = {
    "jobs/runtime/outgoing.py",  # the one place
    "jobs/synthetic/output/writing.py",  # an invented register
    "jobs/warehouse/store/bulk.py",  # a COPY into the warehouse
    "jobs/operate/run/run_folder.py",  # text for a digest
    "jobs/contract/versions.py",  # a file of this repository
}


def test_cells_are_written_in_one_place() -> None:
    writing = re.compile(
        r"\.to_csv\(|csv\.writer\(|DictWriter\(|write_csv\(|to_excel\(|binary_join\("
    )
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "jobs").rglob("*.py")
        if writing.search(path.read_text(encoding="utf-8"))
    }
    assert found - NO_SPREADSHEET == set()
