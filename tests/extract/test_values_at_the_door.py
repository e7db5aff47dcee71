"""What registers keep and the contract does not foresee, from each kind of source to the check."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.samples import deliveries
from benchmarks.samples.gate_stages import failures, rows_checked
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.check.row_stage import CheckedRows
from jobs.extract import land
from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse import EmbeddedServer


def checked(source: str, tmp_path: Path) -> CheckedRows:
    """The prison register as it passes the row rules, beside a whole immigration register."""
    landing = land(
        register="prison", source=source, mapping=None, as_of=AS_OF, folder=tmp_path / "landing"
    )
    return rows_checked({**register_tables(), **landing.tables()})


def rewritten(folder: Path, table: str, column: str, values: list[str]) -> None:
    """Put other texts into the first rows of a column of a CSV file."""
    path = folder / f"{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    for row, value in zip(rows[1:], values, strict=False):
        row[rows[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The prison register as CSV."""
    return Path(deliveries.as_csv("prison", register_tables(), tmp_path / "files"))


UNREADABLE_DATES = (
    "0000-00-00", "2005-02-29", "2006-4-5", "2006-04-05T00:00+01:00", "2006-04-05T00:00:00Z",
    "12,5", "NaN", "infinity", "-infinity", "0044-03-15 BC", "0000-01-01", "1879-12-31",
    "2201-01-01", "9999-12-31", "10000-01-01", "12006-01-01", "2006-04-05 12:00",
)  # fmt: skip


def by_threes(values: Sequence[str]) -> list[Sequence[str]]:
    """As many values at once as the register has rows."""
    return [values[n : n + 3] for n in range(0, len(values), 3)]


@pytest.mark.parametrize("values", by_threes(UNREADABLE_DATES), ids=", ".join)
def test_an_unreadable_optional_date_leaves_its_row_in_use(
    values: list[str], files: Path, tmp_path: Path
) -> None:
    rewritten(files, "episodes", "parole_eligibility_date", values)
    found = checked(str(files), tmp_path)
    unreadable = {"prison.episodes.parole_eligibility_date.unreadable": len(values)}
    assert failures(found) == unreadable
    assert found.quarantine.empty
    assert found.accepted["prison.episodes"]["parole_eligibility_date"].null_count == 3


@pytest.mark.parametrize(
    ("values", "read"),
    [
        pytest.param(
            ["1880-01-01", "2200-12-31", "2006-04-05 00:00:00.000"],
            [date(1880, 1, 1), date(2200, 12, 31), date(2006, 4, 5)],
            id="the first day, the last day, midnight",
        ),
        pytest.param(
            [
                "\uff12\uff10\uff10\uff16-\uff10\uff14-\uff10\uff15",
                "\u0662\u0660\u0660\u0666-\u0660\u0664-\u0660\u0665",
                "\u0968\u0966\u0966\u096c-\u0966\u096a-\u0966\u096b",
            ],
            [date(2006, 4, 5)] * 3,
            id="full width, Arabic-Indic, Devanagari",
        ),
    ],
)
def test_a_date_is_read_as_what_it_is(
    values: list[str], read: list[date], files: Path, tmp_path: Path
) -> None:
    rewritten(files, "episodes", "parole_eligibility_date", values)
    found = checked(str(files), tmp_path)
    assert failures(found) == {}
    assert found.accepted["prison.episodes"]["parole_eligibility_date"].to_pylist() == read


@pytest.mark.parametrize(
    "values",
    by_threes(["12,5", "NaN", "inf", "1e1", "1.5", "9999999", "99999999999999999999"]),
    ids=", ".join,
)
def test_a_sentence_whose_length_cannot_be_read_is_set_aside(
    values: list[str], files: Path, tmp_path: Path
) -> None:
    rewritten(files, "sentences", "term_years", values)
    found = checked(str(files), tmp_path)
    unreadable = ["prison.sentences.term_years.unreadable"] * len(values)
    assert found.quarantine["rule_id"].to_list() == unreadable
    counts = found.row_counts.set_index("table_name").loc["sentences"]
    assert counts["rows_in"].max() == 3
    assert (counts["accepted"] + counts["quarantined"]).max() == 3


def test_identifiers_in_digits_of_other_scripts_are_the_numbers_that_they_are(
    files: Path, tmp_path: Path
) -> None:
    rewritten(files, "persons", "prisoner_number", ["A\u0967\u0966\u0966\u0967AA"])
    rewritten(
        files, "persons", "pnc_number", ["\uff12\uff10\uff10\uff12/\u0660\u0660\u0667\u0663319Z"]
    )
    found = checked(str(files), tmp_path)
    assert failures(found) == {}
    first = found.accepted["prison.persons"].to_pylist()[0]
    assert (first["prisoner_number"], first["pnc_number"]) == ("A1001AA", "2002/0073319Z")


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        pytest.param(pa.date32(), [-(2**31), 2**31 - 1, -719_529], id="days"),
        pytest.param(pa.timestamp("us"), [-(2**63) + 1, 2**63 - 1, -62_167_219_200_000_000],
                     id="microseconds"),
        pytest.param(pa.timestamp("ms"), [-(2**62), 2**62, 253_402_300_800_000], id="milliseconds"),
        pytest.param(pa.timestamp("ns"), [-(2**63) + 1, 2**63 - 1, 1], id="nanoseconds"),
    ],
)  # fmt: skip
def test_days_at_the_edge_of_parquet_are_unreadable_and_nothing_wraps(
    kind: pa.DataType, values: list[int], tmp_path: Path
) -> None:
    tables = register_tables()
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    episodes = tables["prison.episodes"]
    place = episodes.schema.get_field_index("tariff_date")
    changed = episodes.set_column(place, "tariff_date", pa.array(values, whole).cast(kind))
    source = deliveries.as_parquet("prison", tables, tmp_path / "files")
    pq.write_table(changed, Path(source) / "episodes.parquet")
    found = checked(source, tmp_path)
    assert failures(found) == {"prison.episodes.tariff_date.unreadable": 3}
    assert found.quarantine.empty


@pytest.mark.parametrize("day", [date(1600, 1, 1), date(9999, 12, 31)])
def test_int96_of_any_century_does_not_wrap(day: date, tmp_path: Path) -> None:
    tables = register_tables()
    episodes = tables["prison.episodes"]
    place = episodes.schema.get_field_index("tariff_date")
    moments = pa.array([day, date(2006, 4, 5), None], pa.date32()).cast(pa.timestamp("us"))
    source = deliveries.as_parquet("prison", tables, tmp_path / "files")
    pq.write_table(
        episodes.set_column(place, "tariff_date", moments),
        Path(source) / "episodes.parquet",
        use_deprecated_int96_timestamps=True,
    )
    found = checked(source, tmp_path)
    held = found.accepted["prison.episodes"]["tariff_date"].to_pylist()
    assert sorted(filter(None, held)) == [date(2006, 4, 5)]
    assert failures(found) == {"prison.episodes.tariff_date.unreadable": 1}


@pytest.fixture
def keeper(database: str) -> Iterator[Any]:
    """The prison register in PostgreSQL, and its keeper's statements."""
    deliveries.as_postgres("prison", register_tables(), database)
    with psycopg.connect(deliveries.conninfo(database), autocommit=True) as connection:
        yield connection.execute


@pytest.mark.parametrize(
    ("statements", "failed"),
    [
        *(
            pytest.param(
                [
                    f"UPDATE episodes SET {column} = '{value}' WHERE episode_id = 'E{row}'"
                    for column, values in kept.items()
                    for row, value in enumerate(values, start=1)
                ],
                {
                    f"prison.episodes.{column}.unreadable": len(values)
                    for column, values in kept.items()
                },
                id=", ".join(value for values in kept.values() for value in values),
            )
            for kept in (
                {
                    "tariff_date": ["infinity", "-infinity", "0044-03-15 BC"],
                    "recorded_at": ["infinity", "-infinity", "4713-01-01 BC"],
                },
                {
                    "tariff_date": ["12006-01-01", "9999-12-31"],
                    "recorded_at": ["294276-12-31"],
                },
            )
        ),
        pytest.param(
            ["CREATE DOMAIN day AS date", "CREATE DOMAIN own_day AS day",
             "CREATE DOMAIN flag AS boolean",
             "ALTER TABLE episodes ALTER tariff_date TYPE day",
             "ALTER TABLE episodes ALTER parole_eligibility_date TYPE own_day",
             "ALTER TABLE prisons ALTER is_removal_centre TYPE flag"], {},
            id="a domain over date, over a domain, over boolean",
        ),
        pytest.param(
            ["ALTER TABLE prisons ALTER is_removal_centre TYPE char(1) USING 'N'",
             "ALTER TABLE prisons ALTER has_foreign_national_work TYPE smallint USING 0"], {},
            id="Y and N, 0 and 1",
        ),
        pytest.param(
            ["ALTER TABLE prisons ALTER is_removal_centre TYPE bit(1) USING '0'"], {}, id="a bit",
        ),
        pytest.param(
            ["ALTER TABLE persons ALTER birth_place TYPE uuid USING gen_random_uuid()",
             "ALTER TABLE persons ALTER middle_names TYPE text[] USING '{a,b}'"], {},
            id="a uuid, a list",
        ),
        pytest.param(
            ["ALTER TABLE persons ALTER birth_place TYPE jsonb USING '{}'"], {}, id="a document"
        ),
    ],
)  # fmt: skip
def test_what_postgres_keeps_is_read_or_counted(
    statements: list[str], failed: dict[str, int], keeper: Any, database: str, tmp_path: Path
) -> None:
    for statement in statements:
        keeper(statement)
    found = checked(database, tmp_path)
    assert failures(found) == failed
    assert found.quarantine.empty


VIEW = "ALTER TABLE episodes RENAME TO held; CREATE VIEW episodes AS SELECT "


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        pytest.param(
            "ALTER TABLE episodes ALTER tariff_date TYPE text USING '31/02/2006'; "
            "ALTER TABLE episodes RENAME TO held; DO $$ BEGIN EXECUTE (SELECT 'CREATE VIEW "
            "episodes AS SELECT tariff_date::date, ' || string_agg(column_name, ', ') || "
            "' FROM held' FROM information_schema.columns WHERE table_name = 'held' "
            "AND column_name <> 'tariff_date'); END $$",
            "a value in it cannot be read or converted", id="a cast that fails",
        ),
        pytest.param(
            "ALTER TABLE episodes RENAME TO held; CREATE VIEW episodes AS SELECT * FROM held "
            "WHERE 1 / (length(episode_id) - length(episode_id)) = 1",
            "a value in it cannot be read or converted", id="a division by zero",
        ),
    ],
)  # fmt: skip
def test_a_view_that_fails_for_good_is_no_lost_connection(
    statement: str, message: str, keeper: Any, database: str, tmp_path: Path
) -> None:
    keeper(statement)
    with pytest.raises(BadInput, match=message) as refused:
        checked(database, tmp_path)
    assert not isinstance(refused.value, Unreachable)
    assert "31/02/2006" not in str(refused.value)


def test_a_database_in_latin1_is_read(postgres: EmbeddedServer, tmp_path: Path) -> None:
    url = postgres.url("in_latin1")
    with psycopg.connect(deliveries.conninfo(postgres.url("postgres")), autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS in_latin1")
        server.execute(
            "CREATE DATABASE in_latin1 ENCODING 'LATIN1' LOCALE_PROVIDER 'libc' LOCALE 'C' "
            "TEMPLATE template0"
        )
    try:
        deliveries.as_postgres("prison", register_tables(), url)
        with psycopg.connect(deliveries.conninfo(url), autocommit=True) as connection:
            connection.execute("UPDATE persons SET birth_place = 'M\u00e9rida'")
        found = checked(url, tmp_path)
        assert set(found.accepted["prison.persons"]["birth_place"].to_pylist()) == {"M\u00e9rida"}
    finally:
        postgres.drop_database("in_latin1")


def test_text_that_is_not_in_the_encoding_is_refused_in_a_line(
    postgres: EmbeddedServer, tmp_path: Path
) -> None:
    url = postgres.url("in_no_encoding")
    with psycopg.connect(deliveries.conninfo(postgres.url("postgres")), autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS in_no_encoding")
        server.execute(
            "CREATE DATABASE in_no_encoding ENCODING 'SQL_ASCII' LOCALE_PROVIDER 'libc' LOCALE 'C' "
            "TEMPLATE template0"
        )
    try:
        deliveries.as_postgres("prison", register_tables(), url)
        with psycopg.connect(deliveries.conninfo(url), autocommit=True) as connection:
            connection.execute(
                "UPDATE persons SET birth_place = convert_from('\\xe9'::bytea, 'SQL_ASCII')"
            )
        with pytest.raises(BadInput) as refused:
            checked(url, tmp_path)
        assert not isinstance(refused.value, Unreachable)
        assert len(str(refused.value).splitlines()) == 1
    finally:
        postgres.drop_database("in_no_encoding")


def test_rows_of_a_database_are_counted_in_its_snapshot(
    keeper: Any, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jobs.extract.postgres import PostgresSource

    whole = PostgresSource._batches

    def without_a_row(self: PostgresSource, query: str, where: str) -> Iterator[pa.RecordBatch]:
        for batch in whole(self, query, where):
            yield batch if "count(*)" in query else batch.slice(1)

    monkeypatch.setattr(PostgresSource, "_batches", without_a_row)
    with pytest.raises(BadInput, match=r"rows, not the .* counted before it was parsed"):
        checked(database, tmp_path)
