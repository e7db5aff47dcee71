"""Registers in databases: one moment for all tables, clear refusals, no password in a message."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from benchmarks.samples import deliveries
from benchmarks.samples.minimal_registers import AS_OF, register_tables
from jobs.extract import Landing, land
from jobs.extract.database import as_text
from jobs.extract.mapping import read_mapping
from jobs.extract.source_kinds import open_source
from jobs.extract.sources import Source
from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse import EmbeddedServer


def land_prison(source: str, tmp_path: Path) -> Landing:
    return land(
        register="prison", source=source, mapping=None, as_of=AS_OF, folder=tmp_path / "landing"
    )


def rows_of(source: Source, table: str) -> int:
    place = read_mapping(register="prison", path=None).places[table]
    wanted = [(column, place.table.field(name)) for name, column in place.columns.items()]
    return sum(len(batch) for batch in source.open_table(place).read(wanted))


def test_all_tables_are_read_as_of_one_moment(database: str) -> None:
    source = deliveries.as_postgres("prison", register_tables(), database)
    with (
        open_source(source=source, register="prison") as opened,
        psycopg.connect(deliveries.conninfo(database), autocommit=True) as other,
    ):
        assert rows_of(opened, "prison.persons") == 3
        other.execute("DELETE FROM movements")
        assert rows_of(opened, "prison.movements") == 4
    with open_source(source=source, register="prison") as opened:
        assert rows_of(opened, "prison.movements") == 0


def test_reading_cannot_write(database: str) -> None:
    source = deliveries.as_postgres("prison", register_tables(), database)
    from jobs.extract.postgres import open_postgres

    with open_postgres(url=sa.make_url(source)) as opened:
        level = opened._connection.cursor()
        level.execute("SELECT current_setting('transaction_read_only')")
        assert level.fetchall() == [("on",)]


def test_types_that_postgres_has_more_of_land_as_what_the_contract_says(
    database: str, tmp_path: Path
) -> None:
    source = deliveries.as_postgres("prison", register_tables(), database)
    with psycopg.connect(deliveries.conninfo(database), autocommit=True) as connection:
        connection.execute("CREATE TYPE sex AS ENUM ('M', 'F')")
        connection.execute("ALTER TABLE persons ALTER gender TYPE sex USING gender::sex")
        connection.execute("ALTER TABLE persons ALTER nationality TYPE char(12)")
        connection.execute("ALTER TABLE sentences ALTER term_years TYPE numeric(4, 0)")
    landing = land_prison(source, tmp_path)
    persons = landing.table("prison.persons")
    assert persons["gender"].to_pylist() == ["M", "M", "F"]
    assert persons["nationality"].to_pylist() == ["NIGERIA", "BRIT", "UNKNOWN"]
    assert landing.table("prison.sentences")["term_years"].to_pylist() == [3, 4, 3]


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        pytest.param("DROP TABLE movements", "there is no such table", id="a missing table"),
        pytest.param(
            "ALTER TABLE persons DROP nationality",
            r"\[nationality\] is missing",
            id="a column gone",
        ),
        pytest.param(
            "ALTER TABLE sentences ALTER sentence_date TYPE text",
            r"\[sentence_date\] is text, the contract says date",
            id="a retyped column",
        ),
        pytest.param("DELETE FROM episodes", "has no rows", id="an empty table"),
    ],
)
def test_a_bad_table_is_refused(
    statement: str, message: str, database: str, tmp_path: Path
) -> None:
    source = deliveries.as_postgres("prison", register_tables(), database)
    with psycopg.connect(deliveries.conninfo(database), autocommit=True) as connection:
        connection.execute(statement)
    with pytest.raises(BadInput, match=message):
        land_prison(source, tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("postgresql://user:secret@127.0.0.1:1/prison", id="nothing listens"),
        pytest.param("postgresql+psycopg://user:secret@/prison?host=/nowhere", id="no socket"),
    ],
)
def test_a_database_that_does_not_answer_is_worth_another_try(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not answer") as caught:
        land_prison(url, tmp_path)
    assert "secret" not in str(caught.value)


def test_a_database_that_is_not_there_is_not_worth_another_try(
    postgres: EmbeddedServer, tmp_path: Path
) -> None:
    with pytest.raises(BadInput, match="refuses this user or database") as caught:
        land_prison(postgres.url("no_such_database"), tmp_path)
    assert not isinstance(caught.value, Unreachable)


@pytest.fixture
def guarded(database: str) -> Iterator[str]:
    """A database whose role ``guarded`` needs a password."""
    with psycopg.connect(deliveries.conninfo(database), autocommit=True) as connection:
        row = connection.execute("SHOW hba_file").fetchone()
        assert row is not None
        rules = Path(row[0])
        before = rules.read_text()
        rules.write_text("local all guarded scram-sha-256\n" + before)
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
        connection.execute("SELECT pg_reload_conf()")
        yield database.replace("postgres@", "guarded:PASSWORD@", 1)
        rules.write_text(before)
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("DROP OWNED BY guarded")
        connection.execute("DROP ROLE guarded")


def test_a_wrong_password_is_refused_and_never_shown(guarded: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="user name or password is refused") as caught:
        land_prison(guarded.replace("PASSWORD", "wr0ng"), tmp_path)
    assert "wr0ng" not in str(caught.value)
    assert not isinstance(caught.value, Unreachable)


def test_a_table_that_may_not_be_read_is_refused(
    guarded: str, database: str, tmp_path: Path
) -> None:
    deliveries.as_postgres("prison", register_tables(), database)
    with pytest.raises(BadInput, match="reading it is not permitted"):
        land_prison(guarded.replace("PASSWORD", "right"), tmp_path)


def test_the_password_is_not_in_the_manifest(guarded: str, database: str, tmp_path: Path) -> None:
    deliveries.as_postgres("prison", register_tables(), database)
    with psycopg.connect(deliveries.conninfo(database), autocommit=True) as connection:
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO guarded")
    landing = land_prison(guarded.replace("PASSWORD", "right"), tmp_path)
    assert "right" not in (landing.folder / "manifest.json").read_text()


def test_values_of_any_driver_become_text() -> None:
    assert as_text([1, None, 3]).to_pylist() == ["1", None, "3"]
    assert as_text([1, "two", None]).to_pylist() == ["1", "two", None]
    assert as_text([b"\x01\xff"]).to_pylist() == ["01ff"]
