"""Every bad file is refused in one line that says what, where and what to do, and names nobody."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.extract import land
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
