"""The commands of the assurance sample: draw, note in a workbook, record, and what it bounds."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from jobs.commands.proof.assurance_workbook import FIRST_ROW, SHEET
from jobs.runtime.errors import BadInput
from jobs.warehouse import assurance_checks
from tests.commands.conftest import AS_OF, Published


def sample(published: Published) -> list[dict[str, str]]:
    done = published.run("assurance", "sample", "--as-of", AS_OF)
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_checks_noted_in_the_workbook_are_recorded_all_or_none(
    published: Published, tmp_path: Path
) -> None:
    drawn = sample(published)
    assert drawn
    assert "prisoner_number" not in drawn[0]
    path = tmp_path / "sample.xlsx"
    assert published.run("assurance", "export", str(path), "--as-of", AS_OF).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    headings = [cell.value for cell in sheet[FIRST_ROW]]
    for place, value in (("result", "right"), ("checked_by", "A. Reader"), ("note", "seen")):
        sheet.cell(FIRST_ROW + 1, headings.index(place) + 1, value)
    sheet.cell(FIRST_ROW + 2, 1, "perhaps")
    book.save(path)
    refused = published.run("assurance", "import", str(path), "--as-of", AS_OF)
    assert isinstance(refused.exception, BadInput)
    assert f"row {FIRST_ROW + 2}" in str(refused.exception)
    assert assurance_checks(published.engine).empty
    sheet.cell(FIRST_ROW + 2, 1, "")
    book.save(path)
    assert published.run("assurance", "import", str(path), "--as-of", AS_OF).exit_code == 0
    held = assurance_checks(published.engine)
    assert list(held["episode_id"]) == [drawn[0]["episode_id"]]
    assert list(held["stratum"]) == [drawn[0]["stratum"]]
    printed = published.run("assurance", "checks").stdout
    assert drawn[0]["episode_id"] in printed


@pytest.mark.parametrize("episode", ["E 0", "episode_id-9999999"])
def test_nobody_chooses_whom_to_check(published: Published, episode: str) -> None:
    done = published.run(
        "assurance", "record", episode, "--as-of", AS_OF, "--result", "right", "--by", "A",
        "--why", "seen",
    )  # fmt: skip
    assert isinstance(done.exception, BadInput)
    assert "was not drawn" in str(done.exception)
