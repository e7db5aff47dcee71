"""No row is swallowed: quotes are read to the letter, and rows counted before anything parses."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.extract import land
from jobs.runtime import strict_csv
from jobs.runtime.errors import BadInput
from jobs.runtime.strict_csv import count_rows

HEADER = b"episode_id,term,note\n"


def counted(text: bytes, columns: int = 3) -> int:
    return count_rows(file=io.BytesIO(text), columns=columns, where="file [x]")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        pytest.param(b'1,2,"open\n3,4,x\n', "line 2: a quote is opened and not closed", id="open"),
        pytest.param(
            b'1,2,"open\n3,4,x\n5,6,shut"\n', "line 2: a quoted field holds whole rows",
            id="closed two rows later, in the last field",
        ),
        pytest.param(
            b'1,"a,x\n2,b",c\n', "line 2: a quoted field holds whole rows",
            id="closed in the same field of the next row",
        ),
        pytest.param(
            b'1,2,"a\n3,"",x\n5,6,y"\n', "line 2: a quoted field holds whole rows",
            id="with empty quoted values between",
        ),
        pytest.param(
            b'1,2,"a\n\n\n3,4,b"\n', "line 2: a quoted field holds whole rows",
            id="with empty lines between",
        ),
        pytest.param(
            b'1,"a,x\nwhat is no row\n5,b",c\n', "line 2: a quoted field holds whole rows",
            id="with lines between that are no rows",
        ),
        pytest.param(
            b'1,2,"Smith "Jim" X"\n', "line 2: text after a closing quote", id="quotes within"
        ),
        pytest.param(b'1,2,"O\\"Brien"\n', "line 2: text after a closing quote", id="a backslash"),
        pytest.param(
            b'0,0,0\r\n1,2,O"Brien\r\n', "line 3: a quote within a field that does not begin",
            id="a quote in bare text, with lines of Windows",
        ),
        pytest.param(b"1,2,3\n4,5,6", "the last line does not end", id="no last line end"),
        pytest.param(b'1,2,"3', "the last line does not end", id="cut within a quoted value"),
        pytest.param(
            b'1,2,"' + b"x" * (9 << 20) + b"\n", "line 2: a quote is opened and not closed",
            id="open for megabytes",
        ),
        pytest.param(
            b"1,2," + b"x" * (9 << 20) + b"\n", "line 2: a row of over 1 MiB", id="a huge value"
        ),
    ],
)  # fmt: skip
def test_what_would_swallow_rows_is_refused_by_line(rows: bytes, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        counted(HEADER + rows)


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        pytest.param(b"", 0, id="none"),
        pytest.param(b"1,2,3\n4,5,6\n", 2, id="plain"),
        pytest.param(b"1,2,3\r\n\r\n4,5,6\r\n\n", 2, id="empty lines are none"),
        pytest.param(b'1,2,"two\nlines, and more"\n4,5,6\n', 2, id="a line break within a value"),
        pytest.param(b'1,2,"a\n,,,\nb"\n4,5,6\n', 2, id="many commas within an inner line"),
        pytest.param(b'"1","","a ""b"" c"\n"","",""""\n', 2, id="doubled quotes"),
        pytest.param(b"1,2,3\r4,5,6\r", 2, id="lines that end in CR"),
    ],
)
def test_rows_are_counted(rows: bytes, number: int) -> None:
    assert counted(HEADER.replace(b"\n", b"\r") + rows if b"3\r4" in rows else HEADER + rows) == (
        number
    )


def _could_be_rows(cell: str, columns: int = 4) -> bool:
    lines = cell.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return len(lines) > 1 and f"{lines[0]}{lines[-1]}".count(",") >= columns - 1


_CELLS = st.text(st.sampled_from('a1 ,"\n\r.é'), max_size=4)


@settings(max_examples=300, deadline=None)
@given(
    rows=st.lists(st.lists(_CELLS, min_size=4, max_size=4), max_size=8),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    block=st.integers(1, 40),
)
def test_whatever_a_writer_of_csv_writes_is_counted_or_refused(
    rows: list[list[str]], quoting: int, block: int
) -> None:
    # Against the true number of rows, however the file falls into blocks.
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator="\r\n")  # type: ignore[arg-type]
    writer.writerows([["w", "x", "y", "z"], *rows])
    swallowing = any(_could_be_rows(cell) for row in rows for cell in row)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(strict_csv, "BLOCK_BYTES", block)
        if swallowing:
            with pytest.raises(BadInput, match="holds whole rows"):
                counted(text.getvalue().encode(), columns=4)
        else:
            assert counted(text.getvalue().encode(), columns=4) == len(rows)


def _land(source: str, folder: Path):
    return land(register="prison", source=source, mapping=None, as_of=AS_OF, folder=folder)


def _written(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    deliveries.as_csv("prison", register_tables(), folder)
    return folder


def test_a_file_cut_at_a_line_end_is_refused_where_its_rows_are_declared(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    movements = folder / "movements.csv"
    rows = len(default_rows("prison.movements"))
    (folder / "manifest.csv").write_text(f"name,rows\nmovements.csv,{rows}\n")
    assert _land(str(folder), tmp_path / "whole").table("prison.movements").num_rows == rows
    movements.write_bytes(b"".join(movements.read_bytes().splitlines(keepends=True)[:-1]))
    with pytest.raises(BadInput, match=rf"has {rows - 1} rows, not the {rows} declared beside it"):
        _land(str(folder), tmp_path / "landing")


def test_the_feed_may_declare_the_rows_of_each_table(tmp_path: Path) -> None:
    folder = _written(tmp_path)
    feed = folder / "feed.csv"
    head, row = feed.read_text().splitlines()
    rows = len(default_rows("prison.movements"))
    feed.write_text(f'{head},"movements_rows"\n{row},{rows}\n')
    landing = _land(str(folder), tmp_path / "whole")
    assert landing.manifest.tables["prison.feed"].extra_columns == []
    assert "prison.movements" not in landing.summary()["sizes_unproved"]
    assert "prison.persons" in landing.summary()["sizes_unproved"]
    feed.write_text(f'{head},"movements_rows"\n{row},{rows + 1}\n')
    with pytest.raises(
        BadInput, match=rf"has {rows} rows, not the {rows + 1} declared in the feed"
    ):
        _land(str(folder), tmp_path / "landing")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        pytest.param("file,number\n", "line 1: the columns are not name, rows", id="columns"),
        pytest.param("name,rows\npersons.csv,many\n", "line 2: is no name with", id="no number"),
        pytest.param(
            "name,rows\npersons,3\nPERSONS,3\n", "line 3: names a file again", id="a name twice"
        ),
        pytest.param(
            "name,rows\npersonz.csv,3\n", "line 2: names a file that is not there", id="none there"
        ),
        pytest.param(
            "name,rows\npersons,3\npersons.csv,4\n",
            "declares two numbers of rows",
            id="two numbers",
        ),
        pytest.param('name,rows\n"persons,3\n', "is no CSV file in UTF-8", id="an open quote"),
        pytest.param("", "line 1: the columns are not name, rows", id="nothing in it"),
        pytest.param(
            "name,rows,sha256\npersons.csv,3,00\n", "sha256 is not the one", id="another hash"
        ),
    ],
)
def test_a_bad_manifest_is_refused_by_line(manifest: str, message: str, tmp_path: Path) -> None:
    folder = _written(tmp_path)
    (folder / "manifest.csv").write_text(manifest)
    with pytest.raises(BadInput, match=message):
        _land(str(folder), tmp_path / "landing")


def test_what_people_deliver_is_read(tmp_path: Path) -> None:
    import gzip

    folder = _written(tmp_path)
    movements, persons, alerts = (folder / f"{n}.csv" for n in ("movements", "persons", "alerts"))
    (folder / "MOVEMENTS.CSV.GZ").write_bytes(gzip.compress(movements.read_bytes()))
    movements.unlink()
    head, *rest = persons.read_text().splitlines()
    persons.write_text("\n".join([head.upper() + ",x,x,", *(f"{row},1,2," for row in rest)]) + "\n")
    alerts.rename(folder / "Alerts.csv")
    landing = _land(str(folder), tmp_path / "landing")
    assert landing.table("prison.movements").num_rows == len(default_rows("prison.movements"))
    whole = register_tables()["prison.persons"]["nationality"].to_pylist()
    assert landing.table("prison.persons")["nationality"].to_pylist() == whole
    assert landing.manifest.tables["prison.persons"].extra_columns == ["x"]


def test_a_folder_of_parts_is_one_table(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    folder = tmp_path / "files"
    deliveries.as_parquet("prison", register_tables(), folder)
    whole = pq.read_table(folder / "movements.parquet")
    (folder / "movements.parquet").unlink()
    parts = folder / "movements.parquet"
    parts.mkdir()
    pq.write_table(whole.slice(0, 2), parts / "part-0.parquet")
    pq.write_table(whole.slice(2), parts / "part-1.parquet")
    (parts / "_SUCCESS").touch()
    assert _land(str(folder), tmp_path / "one").table("prison.movements").num_rows == len(whole)
    (parts / "_temporary").mkdir()
    with pytest.raises(BadInput, match="is still being written"):
        _land(str(folder), tmp_path / "two")
