"""What is published stays as it is: every statement is tried on every table, as everybody."""

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.warehouse import publish
from jobs.warehouse.ddl.roles import QUALITY, READER, REVIEWER, WRITER
from jobs.warehouse.store.tables import (
    CONTENTS,
    CURRENT,
    INTERVALS,
    PUBLICATIONS,
    REMOVALS,
    RUN_LOG,
    SNAPSHOTS,
    SUPERSESSIONS,
)
from tests.warehouse.ddl.conftest import Users

PARTITIONS = [f"nightly.{table.name}_2006_04" for table in SNAPSHOTS.values()]
GUARDED = [
    f"{table.schema}.{table.name}"
    for table in (
        PUBLICATIONS,
        CONTENTS,
        CURRENT,
        SUPERSESSIONS,
        REMOVALS,
        *SNAPSHOTS.values(),
        *INTERVALS.values(),
    )
]
REFUSED = ("InsufficientPrivilege", "GeneratedAlways")
"""Numbers that the database counts up itself are refused before the right is asked for."""
EVERYBODY = (READER, WRITER, REVIEWER, QUALITY)


def columns(engine: sa.Engine, name: str) -> list[str]:
    schema, table = name.split(".")
    return [column["name"] for column in sa.inspect(engine).get_columns(table, schema=schema)]


def statements(engine: sa.Engine, name: str) -> list[str]:
    column = columns(engine, name)[-1]
    return [
        f"UPDATE {name} SET {column} = {column}",
        f"DELETE FROM {name}",
        f"TRUNCATE {name} CASCADE",
        f"INSERT INTO {name} SELECT * FROM {name}",
    ]


def outcome(engine: sa.Engine, statement: str) -> str:
    """What a statement came to, undone in any case."""
    with engine.connect() as connection, connection.begin() as attempt:
        try:
            connection.execute(sa.text(statement))
        except sa.exc.DBAPIError as error:
            attempt.rollback()
            return type(error.orig).__name__
        attempt.rollback()
        return "done"


@pytest.fixture
def owner(warehouse: sa.Engine) -> sa.Engine:
    """The owner of a warehouse of two publications of one date and a removed row of nobody."""
    for landing in ("a", "b"):
        publish(
            warehouse,
            manifest=nights.manifest(landing=landing),
            tables=nights.facts(seed=ord(landing)),
        )
    with warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO run.removals (table_name, month_date) "
                "VALUES ('nightly.flags', '1990-01-01')"
            )
        )
    return warehouse


def test_the_owner_changes_no_published_row_by_any_name(owner: sa.Engine) -> None:
    done = {
        statement
        for name in (*GUARDED, *PARTITIONS)
        for statement in statements(owner, name)
        if outcome(owner, statement) == "done"
    }
    # The pointer may be moved: the move is recorded.
    (moved,) = done
    assert moved.startswith("UPDATE run.current ")


def test_no_role_changes_a_published_row_by_any_name(users: Users, warehouse: sa.Engine) -> None:
    for role in EVERYBODY:
        engine = users.of(role)
        for name in (*GUARDED, *PARTITIONS):
            for statement in statements(warehouse, name):
                assert outcome(engine, statement) in REFUSED, (role, statement)


def test_the_run_log_is_written_and_never_rewritten(users: Users, warehouse: sa.Engine) -> None:
    name = f"{RUN_LOG.schema}.{RUN_LOG.name}"
    said = (
        f"INSERT INTO {name} (as_of_date, label, outcome, timings, recorded_at) "
        "VALUES ('2006-04-25', 'x', 'failed', '{}', '1999-01-01')"
    )
    with users.of(WRITER).begin() as connection:
        connection.execute(sa.text(said))
    with warehouse.begin() as connection:
        when = connection.scalar(sa.text(f"SELECT recorded_at FROM {name}"))
    assert when.year > 2000
    assert outcome(warehouse, f"UPDATE {name} SET timings = '{{}}'") == "done"
    for statement in (f"UPDATE {name} SET label = 'y'", f"DELETE FROM {name}", f"TRUNCATE {name}"):
        assert outcome(warehouse, statement) == "RestrictViolation"


def test_a_move_of_the_pointer_leaves_a_record_whoever_moves_it(owner: sa.Engine) -> None:
    moves = sa.text("SELECT count(*) FROM run.supersessions")
    with owner.begin() as connection:
        before = connection.scalar(moves)
        connection.execute(sa.text("UPDATE run.current SET publication_number = 1"))
        assert connection.scalar(moves) == before + 1
    bogus = (
        "INSERT INTO run.supersessions (as_of_date, publication_number) VALUES ('2006-04-25', 1)"
    )
    assert outcome(owner, bogus) == "RestrictViolation"


def test_a_publication_is_numbered_dated_and_signed_by_the_database(owner: sa.Engine) -> None:
    row = (
        "INSERT INTO run.publications (publication_number, publication_id, as_of_date, "
        "published_at, published_by, content_digest, manifest, chain_digest) "
        "VALUES ({number}, 'forged', '2006-04-25', '1999-01-01', 'nobody', '', '{{}}', 'forged') "
        "RETURNING published_at, published_by, chain_digest"
    )
    assert outcome(owner, row.format(number=4)) == "RestrictViolation"
    with owner.connect() as connection:
        written = connection.execute(sa.text(row.format(number=3))).one()
        connection.rollback()
    assert written.published_at.year > 2000
    assert written.published_by == owner.url.username
    assert len(written.chain_digest) == 64


def test_the_writer_publishes_all_of_what_is_declared_or_nothing(users: Users) -> None:
    writer = users.of(WRITER)
    half = (
        "SELECT run.publish('half', '2006-04-25', '{}', 'none', "
        '\'{"nightly.flags": {"rows": 3, "digest": "none"}}\', NULL, NULL)'
    )
    assert outcome(writer, half) == "RestrictViolation"
    for role in (READER, REVIEWER, QUALITY):
        assert outcome(users.of(role), half) == "InsufficientPrivilege"
