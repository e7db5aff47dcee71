"""Every bad file is refused in one line that says what, where and what to do, and names nobody."""

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, default_rows, register_tables
from jobs.extract import land
from jobs.extract.files.folder import open_folder
from jobs.extract.mapping import read_mapping
from jobs.runtime.errors import BadInput

Spoil = Callable[[Path], object]


def _lines(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def _without_column(path: Path) -> None:
    table = pq.read_table(path / "persons.parquet")
    pq.write_table(table.drop_columns(["nationality"]), path / "persons.parquet")


def _retyped(path: Path) -> None:
    table = pq.read_table(path / "persons.parquet")
    index = table.schema.get_field_index("date_of_birth")
    text = table["date_of_birth"].cast(pa.string())
    pq.write_table(table.set_column(index, "date_of_birth", text), path / "persons.parquet")


def _cut_parquet(path: Path) -> None:
    _lines(path / "persons.parquet", lambda content: content[: len(content) // 2])


def _scrambled_parquet(path: Path) -> None:
    _lines(path / "persons.parquet", lambda content: content[:4] + b"\x00" * 300 + content[304:])


@pytest.mark.parametrize(
    ("kind", "spoil", "message"),
    [
        pytest.param(
            "parquet", lambda p: (p / "sentences.parquet").unlink(),
            r"no file \[sentences.csv\] or \[sentences.parquet\]", id="a missing table",
        ),
        pytest.param(
            "parquet", _without_column,
            r"persons.parquet\]: column \[nationality\] is missing", id="a missing column",
        ),
        pytest.param(
            "parquet", _retyped,
            r"column \[date_of_birth\] is text, the contract says date", id="a retyped column",
        ),
        pytest.param("parquet", _cut_parquet, "cut short or is not Parquet", id="a cut Parquet"),
        pytest.param(
            "parquet", _scrambled_parquet, "cut short or is not Parquet", id="a scrambled Parquet"
        ),
        pytest.param(
            "parquet", lambda p: (p / "persons.csv").write_text("prisoner_number\n"),
            r"both \[persons.csv\] and \[persons.parquet\]", id="a table in two files",
        ),
        pytest.param(
            "csv", lambda p: (p / "persons.csv").write_bytes(b""),
            "is empty, without a header line", id="a file of no bytes",
        ),
        pytest.param(
            "csv",
            lambda p: _lines(p / "persons.csv", lambda c: c.splitlines(keepends=True)[0]),
            "has no rows; deliver the whole table", id="an empty table",
        ),
        pytest.param(
            "csv", lambda p: _lines(p / "persons.csv", lambda c: c[: len(c) // 2]),
            "cut short: the last line does not end", id="a cut CSV",
        ),
        pytest.param(
            "csv", lambda p: _lines(p / "persons.csv", lambda c: c[: len(c) // 2] + b"\n"),
            r"row \[\d\] has \d+ fields, the header 13|line 2: a quote is opened and not closed",
            id="a CSV row of too few fields",
        ),
        pytest.param(
            "csv", lambda p: _lines(p / "persons.csv", lambda c: c.replace(b'"Bello"', b'"Bello')),
            r"line 2: (text after a closing quote|a quote)", id="a quote that is not closed",
        ),
        pytest.param(
            "csv",
            lambda p: _lines(p / "persons.csv", lambda c: c.replace(b"Bello", b"B\xe9llo")),
            r"persons.csv\]: is not UTF-8: line 2, byte \d+", id="a CSV in Latin-1",
        ),
        pytest.param(
            "csv",
            lambda p: _lines(p / "persons.csv", lambda c: c.replace(b'"gender"', b'"nationality"')),
            r"column \[nationality\] appears twice", id="a column twice",
        ),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_in_one_line(
    kind: str, spoil: Spoil, message: str, tmp_path: Path
) -> None:
    write = deliveries.as_parquet if kind == "parquet" else deliveries.as_csv
    source = write("prison", register_tables(), tmp_path / "files")
    spoil(tmp_path / "files")
    with pytest.raises(BadInput, match=message) as caught:
        land(
            register="prison", source=source, mapping=None, as_of=AS_OF, folder=tmp_path / "landing"
        )
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    for personal in ("Bello", "Béllo", "A1001AA", "1970-05-17"):
        assert personal not in text
    assert not list((tmp_path / "landing").rglob("*.parquet"))


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    source = deliveries.as_csv("prison", register_tables(), tmp_path / "files")
    _lines(tmp_path / "files" / "persons.csv", lambda content: b"\xef\xbb\xbf" + content)
    landing = land(
        register="prison", source=source, mapping=None, as_of=AS_OF, folder=tmp_path / "landing"
    )
    assert landing.table("prison.persons").num_rows == 3


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("/nowhere/at all", r"no folder \[/nowhere/at all\]", id="no such folder"),
        pytest.param("postgresql://[::1", "is not a database URL", id="a broken URL"),
        pytest.param("nosuchdb://user:secret@host/db", "no driver for", id="an unknown dialect"),
        pytest.param("sqlite:////nowhere.sqlite", "there is no such file", id="no SQLite file"),
    ],
)
def test_a_wrong_source_is_refused_without_its_password(
    source: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match=message) as caught:
        land(
            register="prison", source=source, mapping=None, as_of=AS_OF, folder=tmp_path / "landing"
        )
    assert "secret" not in str(caught.value)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40])


def _gone(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize("is_open", [False, True], ids=["before it is opened", "while it is read"])
@pytest.mark.parametrize("happens", [_gone, _cut], ids=["gone", "cut"])
@pytest.mark.parametrize("name", ["persons.csv", "persons.csv.gz", "persons.parquet"])
def test_a_file_that_changes_while_it_is_read_is_read_whole_or_refused(
    name: str, happens: Spoil, is_open: bool, tmp_path: Path
) -> None:
    tables = register_tables(prison_persons=default_rows("prison.persons"))
    write = deliveries.as_parquet if name.endswith(".parquet") else deliveries.as_csv
    folder = Path(write("prison", tables, tmp_path / "files"))
    path = folder / name
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(path.with_suffix("").read_bytes()))
        path.with_suffix("").unlink()
    place = read_mapping(register="prison", path=None).places["prison.persons"]
    field = place.table.field("prisoner_number")
    expected = tables["prison.persons"]["prisoner_number"].to_pylist()
    found, said = None, ""
    with open_folder(folder=str(folder), register="prison") as source:
        if not is_open:
            happens(path)
        try:
            delivered = source.open_table(place)
            if is_open:
                happens(path)
            batches = list(delivered.read([("prisoner_number", field)]))
            found = [value for batch in batches for value in batch.column(0).to_pylist()]
            # What was counted beforehand is held against what was read (`jobs.extract.copying`).
            assert delivered.rows is not None
            found = found if len(found) == delivered.rows else None
        except BadInput as refused:
            said = str(refused)
    assert found == expected if not said else len(said.splitlines()) == 1
    if happens is _gone and not is_open:
        assert "vanished while it was read" in said


def test_a_folder_that_vanishes_is_refused(tmp_path: Path) -> None:
    folder = Path(deliveries.as_parquet("prison", register_tables(), tmp_path / "files"))
    place = read_mapping(register="prison", path=None).places["prison.persons"]
    with open_folder(folder=str(folder), register="prison") as source:
        shutil.rmtree(folder)
        with pytest.raises(BadInput, match="vanished while it was read"):
            source.open_table(place)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("mysql+nosuchdriver://u:secret@h/db", "no driver for", id="no such driver"),
        pytest.param("oracle://u:secret@h/db", r"for \[oracle\]; install one", id="known"),
        pytest.param("sqlite+aiosqlite:///{}/x.db", "is an asynchronous driver", id="asynchronous"),
        pytest.param("sqlite:///{}/x.db", "there is no such file", id="SQLite, mistyped"),
        pytest.param("sqlite:///file:{}/x.db?mode=rwc&uri=true", "there is no such file",
                     id="SQLite, told to make it"),
        pytest.param("sqlite:///{}/no such/x.db", "there is no such file", id="SQLite, no folder"),
        pytest.param("sqlite:///{}", "there is no such file", id="SQLite, a folder"),
        pytest.param("sqlite://", "there is no such file", id="SQLite, in memory"),
        pytest.param("sqlite:////{}\x00", ": ", id="NUL"),
        pytest.param("duckdb:///{}/x.db", "no driver for", id="DuckDB"),
    ],
)  # fmt: skip
def test_a_wrong_url_makes_nothing(source: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=message) as refused:
        land(register="prison", source=source.format(tmp_path), mapping=None, as_of=AS_OF,
             folder=tmp_path.with_name("landing"))  # fmt: skip
    assert "secret" not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1
    assert not list(tmp_path.iterdir())
