"""PostgreSQL through ADBC: all tables of a register in one read-only snapshot."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Iterator
from contextlib import contextmanager

import adbc_driver_manager
import adbc_driver_manager.dbapi
import adbc_driver_postgresql.dbapi
import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from jobs.contract.schema import Field, Kind
from jobs.extract.mapping import Place
from jobs.extract.patience import Patience
from jobs.extract.sources import Delivered, Wanted, safe_name
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import NETWORK, SILENCE_SECONDS

DEFAULT_SCHEMA = "public"
SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

_COLUMNS = """
WITH RECURSIVE named AS (
    SELECT a.attnum, a.attname::text AS name, a.atttypid AS type
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped
), based AS (
    SELECT attnum, name, type FROM named
    UNION ALL
    SELECT b.attnum, b.name, t.typbasetype FROM based b
    JOIN pg_type t ON t.oid = b.type AND t.typtype = 'd'
)
SELECT b.name, t.typname::text AS type
FROM based b JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'
ORDER BY b.attnum
"""
"""Columns with the types under their domains."""

_AS_THEY_ARE = frozenset({"int2", "int4", "int8", "float4", "float8", "text", "varchar", "bool"})
"""PostgreSQL types that ADBC hands over as their own Arrow type; all others are cast."""

_TIMES = frozenset({"date", "timestamp", "timestamptz"})
"""Types that reach further than Arrow's, and wrap: infinity, and years of six digits."""

_EARLIEST, _LATEST = "0001-01-01", "9999-12-31"
"""What stands for all days before and after: no day of the contract, and none that wraps."""

_BUSY = ("starting up", "shutting down", "too many", "recovery", "remaining connection slots")
"""Refusals that go away by themselves (SQLSTATE 57P03, 57P01, 53300)."""

_PASSWORD = ("password authentication failed", "no password supplied", "authentication failed")

_LOST = ("08", "57P")
"""SQLSTATE classes of a connection lost in the middle: broken, or the server went down."""

_PASSES = ("40", "53", "55P03")
"""SQLSTATE classes of what passes: a conflict with others, want of resources, a lock."""

_LOST_WORDS = ("server closed", "could not receive", "could not send", "terminating connection",
               "connection to server", "no connection", "SSL SYSCALL")  # fmt: skip
"""What libpq says of a lost connection where no SQLSTATE came with it."""

_UNREADABLE = ("invalid input syntax", "out of range", "division by zero", "invalid byte sequence",
               "has no equivalent in encoding")  # fmt: skip
"""What the server says of a value where the SQLSTATE does not come through (class 22)."""

_WRONG_URL = ("invalid connection option", "invalid sslmode", "invalid port", "invalid integer",
              "invalid value", "invalid channel_binding", "invalid target_session")  # fmt: skip


@contextmanager
def open_postgres(*, url: sa.URL, silence: float = SILENCE_SECONDS) -> Iterator["PostgresSource"]:
    """Connect, and hold one repeatable-read transaction until the block ends.

    Args:
        url: the database.
        silence: seconds after which a server that says nothing is given up.

    Raises:
        BadInput: the server refuses the user, the password or the database.
        Unreachable: the server does not answer.
    """
    name = safe_name(url)
    with Patience(seconds=silence, where=f"database [{name}]") as asking:
        try:
            conninfo = _conninfo(url)
            connection = asking.ask(lambda: adbc_driver_postgresql.dbapi.connect(conninfo))
        except psycopg.ProgrammingError:
            raise _wrong_url(name) from None
        except adbc_driver_manager.Error as error:
            raise _connection_error(error, name) from None
        try:
            asking.ask(lambda: _begin(connection, name))
            yield PostgresSource(connection, name, asking)
        finally:
            # With the cursors of whatever was read to no end.
            asking.close(connection.close)


def _begin(connection: adbc_driver_manager.dbapi.Connection, name: str) -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT)
    except adbc_driver_manager.Error as error:
        raise _query_error(error, f"database [{name}]") from None


class PostgresSource:
    """A register in PostgreSQL, seen as it stood when the first table was read."""

    def __init__(
        self, connection: adbc_driver_manager.dbapi.Connection, name: str, asking: Patience
    ) -> None:
        self._connection, self.name, self._asking = connection, name, asking

    def open_table(self, place: Place) -> Delivered:
        """Find a table, view or materialised view; see `Source.open_table`."""
        schema = place.schema or DEFAULT_SCHEMA
        where = f"table [{schema}.{place.name}] of [{self.name}]"
        types = self._types(schema, place.name, where)
        if not types:
            raise BadInput(where, "there is no such table", "create it, or map it to another")

        table = f"{_quoted(schema)}.{_quoted(place.name)}"

        def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
            columns = ", ".join(_selected(column, types[column], field) for column, field in wanted)
            return self._batches(f"SELECT {columns} FROM {table}", where)

        counted = next(self._batches(f"SELECT count(*) FROM {table}", where))
        rows = counted.column(0)[0].as_py()
        return Delivered(where=where, columns=tuple(types), typed=True, read=read, rows=rows)

    def _types(self, schema: str, table: str, where: str) -> dict[str, str]:
        def ask() -> dict[str, list[str]]:
            with self._connection.cursor() as cursor:
                cursor.execute(_COLUMNS, (schema, table))
                given: dict[str, list[str]] = cursor.fetch_arrow_table().to_pydict()
                return given

        try:
            found = self._asking.ask(ask)
        except adbc_driver_manager.Error as error:
            raise _query_error(error, where) from None
        return dict(zip(found["name"], found["type"], strict=True))

    def _batches(self, query: str, where: str) -> Iterator[pa.RecordBatch]:
        asking, cursor = self._asking, self._connection.cursor()
        try:
            asking.ask(lambda: cursor.execute(query))
            batches = asking.ask(cursor.fetch_record_batch)
            while (batch := asking.ask(lambda: next(batches, None))) is not None:
                yield batch
        except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
            raise _query_error(error, where) from None
        finally:
            asking.close(cursor.close)


def _conninfo(url: sa.URL) -> str:
    given = {
        "user": url.username,
        "password": str(url.password) if url.password is not None else None,
        "host": url.host,
        "port": url.port,
        "dbname": url.database,
        **{
            key: value if isinstance(value, str) else ",".join(value)
            for key, value in url.query.items()
        },
    }
    given = {**NETWORK, **given}
    given.setdefault("application_name", "reconciliation extract")
    given.setdefault("client_encoding", "UTF8")
    return make_conninfo("", **{key: value for key, value in given.items() if value is not None})


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _selected(column: str, pg_type: str, field: Field) -> str:
    name = _quoted(column)
    if field.kind is Kind.BOOLEAN and pg_type != "bool":
        return f"{name}::text AS {name}"
    if pg_type in _TIMES:
        return (
            f"CASE WHEN {name} < '{_EARLIEST}' THEN '{_EARLIEST}' "
            f"WHEN {name} > '{_LATEST}' THEN '{_LATEST}' ELSE {name} END AS {name}"
        )
    if pg_type in _AS_THEY_ARE:
        return name
    if pg_type == "numeric" and field.kind in {Kind.NUMBER, Kind.INTEGER}:
        return f"{name}::float8 AS {name}"
    return f"{name}::text AS {name}"


def _connection_error(error: Exception, name: str) -> BadInput:
    text, where = str(error), f"database [{name}]"
    if any(sign in text for sign in _WRONG_URL):
        return _wrong_url(name)
    if "local user with ID" in text:
        return BadInput(where, "this system user has no name", "name a user in the URL")
    if any(sign in text for sign in _PASSWORD):
        return BadInput(where, "the user name or password is refused", "correct the URL")
    if "FATAL" in text and not any(sign in text for sign in _BUSY):
        return BadInput(
            where, "the server refuses this user or database", "correct the URL or the access"
        )
    return Unreachable(where, "the server does not answer", "start it, then run again")


def _query_error(error: Exception, where: str) -> BadInput:
    state = getattr(error, "sqlstate", None) or ""
    if state == "42501":
        return BadInput(where, "reading it is not permitted", "grant SELECT to this user")
    text = str(error)
    # The text of an error of the server may quote a value; only its kind is told.
    if state.startswith(_LOST) or (not state and any(sign in text for sign in _LOST_WORDS)):
        return Unreachable(where, "the connection was lost while reading", "run again")
    if state.startswith(_PASSES):
        return Unreachable(where, f"others are in the way (SQLSTATE {state})", "run again")
    if state.startswith("22") or any(sign in text for sign in _UNREADABLE):
        return BadInput(
            where, "a value in it cannot be read or converted", "mend the view or the row"
        )
    told = f" (SQLSTATE {state})" if state else ""
    return BadInput(where, f"cannot be read{told}", "ask the register's keeper")


def _wrong_url(name: str) -> BadInput:
    return BadInput(f"database [{name}]", "an option of the URL is wrong", "correct the URL")
