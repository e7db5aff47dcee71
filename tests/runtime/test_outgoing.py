"""Files that go out: no two units share one, and no cell is a formula."""

from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from jobs.check.corrections import write_corrections
from jobs.runtime.outgoing import LONGEST_NAME, file_names


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
