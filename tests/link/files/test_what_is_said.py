"""What is left out of account is named in one line, and no input is lost."""

import os
from pathlib import Path

import pytest

from jobs.link.files.person_files import link_files
from jobs.runtime.errors import BadInput

HEADER = "id,first_name,last_name,date_of_birth\n"
ROWS = HEADER + "1,Tom,Oldacre,1971-05-17\n2,Ann,Ferrensby,1962-03-04\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "left.csv", tmp_path / "right.csv"
    left.write_text(ROWS)
    right.write_text(ROWS.replace("Ann", "Anne"))
    return left, right


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("how", ["itself", "relative", "symlink", "hardlink", "dots"])
def test_the_output_is_no_input(which, how, files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    source = files[which]
    before = source.read_bytes()
    output = {
        "itself": source, "relative": Path(source.name), "symlink": tmp_path / "a link",
        "hardlink": tmp_path / "other name", "dots": tmp_path / ".." / tmp_path.name / source.name,
    }[how]  # fmt: skip
    if how == "symlink":
        output.symlink_to(source)
    if how == "hardlink":
        os.link(source, output)
    with pytest.raises(BadInput, match="is the input") as refused:
        link_files(left=files[0], right=files[1], output=output)
    assert "\n" not in str(refused.value)
    assert source.read_bytes() == before


def test_a_link_to_another_file_may_be_written(files, tmp_path):
    (tmp_path / "old.csv").write_text("old")
    (tmp_path / "links.csv").symlink_to(tmp_path / "old.csv")
    link_files(left=files[0], right=files[1], output=tmp_path / "links.csv")
    assert "left_id" in (tmp_path / "links.csv").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "left.csv", "links.csv", "old.csv", "right.csv",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("left", "said"),
    [
        pytest.param(
            ROWS.replace("id,", "Shoe Size,id,").replace("\n1", "\n9,1").replace("\n2", "\n9,2"),
            "left.csv]: ignored, no such column of a person: [shoe_size]", id="of no person",
        ),
        pytest.param(
            ROWS.replace("id,", "postcode,id,").replace("\n1", "\nB1,1").replace("\n2", "\nB2,2"),
            "left.csv]: ignored, the other file has no values in them: [postcode]", id="one file",
        ),
        pytest.param(
            "id,last_name,date_of_birth\n1,Oldacre,1971-05-17\n",
            "right.csv]: ignored, the other file has no values in them: [first_name]", id="another",
        ),
        pytest.param(HEADER, "left.csv]: has a header and no rows", id="no rows"),
        pytest.param(ROWS.replace("Ann", "Anne"), "hold the same persons", id="one file twice"),
        pytest.param(
            ROWS.replace("1962-03-04", "soon"), "1 dates of birth cannot be read", id="no date"
        ),
    ],
)  # fmt: skip
def test_what_is_left_out_is_named_in_one_line(left, said, files, tmp_path, caplog):
    files[0].write_text(left)
    link_files(left=files[0], right=files[1], output=tmp_path / "links.csv")
    lines = [record.getMessage() for record in caplog.records if said in record.getMessage()]
    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert not any(value in caplog.text for value in ("Oldacre", "Ferrensby", "1971"))


@pytest.mark.parametrize(
    "left",
    [
        pytest.param("ID;First Name;Last-Name;Date of Birth\n1;Tom;Oldacre;17.05.1971\n", id=";"),
        pytest.param("Id|FIRST_NAME|last name|date of birth\n1|Tom|Oldacre|17-May-71\n", id="|"),
        pytest.param('"id","full name","date_of_birth"\n"1","Oldacre, Tom","17/05/71"\n', id='"'),
    ],
)  # fmt: skip
def test_files_of_two_dialects_meet(left, files, tmp_path):
    files[0].write_text(left)
    links = link_files(left=files[0], right=files[1], output=tmp_path / "links.csv")
    assert list(links["outcome"]) == ["linked"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"PK\x03\x04 and more", "save the sheet as CSV", id="a workbook"),
        pytest.param(b"\xd0\xcf\x11\xe0 and more", "save the sheet as CSV", id="an old workbook"),
        pytest.param(b"", "empty", id="no bytes"),
        pytest.param(b"id\n1\n", "no column that tells", id="one column of ids"),
        pytest.param(b"last_name\nA\n", "no column [id]", id="one column of names"),
        pytest.param(b"id,postcode\n1,B1 2CD\n", "no column that tells", id="nothing that tells"),
        pytest.param(b"id,id_x\n1,4711\n", "share no column", id="nothing in common"),
        pytest.param(
            b"id,last name,Last_Name\n1,A,B\n", "column 3 has the name of another", id="twice"
        ),
    ],
)
def test_a_file_that_cannot_be_linked_is_refused_in_one_line(content, message, files, tmp_path):
    files[0].write_bytes(content)
    with pytest.raises(BadInput) as refused:
        link_files(left=files[0], right=files[1], output=tmp_path / "links.csv")
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert not (tmp_path / "links.csv").exists()
