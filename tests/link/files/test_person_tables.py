"""Person files as tables: quotes are read to the letter, so that no row is taken for a value."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.link.files.person_tables import read_table
from jobs.runtime.errors import BadInput


def read(content: bytes, folder: Path) -> list[list[str]]:
    path = folder / "persons.csv"
    path.write_bytes(content)
    frame = read_table(path)
    return frame.fillna("").to_numpy().tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param('1,"O\u2019Neil\n2,Sm\xefth\n', "line 2: a quote is opened and not closed",
                     id="opened and not closed"),
        pytest.param('1,"Oneil\n2,Sm\xefth\n3,Bo"\n', "line 2: a quoted field holds whole rows",
                     id="closed rows later"),
        pytest.param('1,Sm\xefth\n2,"Jim" Bo\n', "line 3: text after a closing quote",
                     id="text after a quote"),
        pytest.param('1,Sm\xefth\n2,Jim "Bo" X\n', "line 3: a quote within a field",
                     id="a quote within"),
    ],
)  # fmt: skip
def test_a_stray_quote_is_refused_by_line(
    rows: str, message: str, separator: str, encoding: str, tmp_path: Path
) -> None:
    text = ("id,last_name\n" + rows).replace(",", separator)
    with pytest.raises(BadInput, match=message) as refused:
        read(text.encode(encoding), tmp_path)
    assert len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        pytest.param(b'id,last_name\n1,"Bo, Jr"\n', [["1", "Bo, Jr"]], id="a separator in quotes"),
        pytest.param(b'id,last_name\n1, "Bo"\n', [["1", "Bo"]], id="a blank before a quote"),
        pytest.param(b'id,last_name\n1,"Bo ""B"" X"\n', [["1", 'Bo "B" X']], id="doubled"),
        pytest.param(b'id,last_name\n1,"two\nlines"\n', [["1", "two\nlines"]], id="a line break"),
        pytest.param(b"id,last_name\n1,Bo", [["1", "Bo"]], id="no line break at the end"),
        pytest.param(b"id,last_name\r\n1,Bo\r\n\r\n", [["1", "Bo"]], id="Windows, a blank line"),
        pytest.param(b"id,last_name\n1,Bo\n  \n2,Li\n", [["1", "Bo"], ["2", "Li"]], id="blanks"),
        pytest.param(b"id,last_name\r1,Bo\r", [["1", "Bo"]], id="line ends of old Macs"),
    ],
)
def test_what_people_write_is_read(content: bytes, rows: list[list[str]], tmp_path: Path) -> None:
    assert read(content, tmp_path) == rows


@given(
    rows=st.lists(
        st.tuples(st.integers(1, 999), st.text(st.sampled_from('a", \n;'), max_size=6)), max_size=6
    )
)
@settings(deadline=None, max_examples=60)
def test_every_row_that_is_written_is_read_or_the_file_refused(
    rows: list[tuple[int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerows([("id", "last_name"), *rows])
    found, said = None, ""
    try:
        found = read(written.getvalue().encode(), tmp_path_factory.mktemp("persons"))
    except BadInput as refused:
        said = str(refused)
    if found is None:
        assert "holds whole rows" in said
    else:
        assert [int(row[0]) for row in found] == [number for number, _ in rows]


def test_a_file_that_nobody_may_read_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "persons.csv"
    path.write_text("id,last_name\n1,Bo\n", encoding="utf-8")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(BadInput, match="cannot be read: Permission denied"):
        read_table(path)
