"""Any other database that SQLAlchemy reaches, streamed in chunks.

Drivers disagree about types, so values land as text; the check step gives them the contract's
types, as it does for CSV files.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    NoSuchTableError,
    SAWarning,
    SQLAlchemyError,
)

from jobs.extract.mapping import Place
from jobs.extract.patience import Patience
from jobs.extract.sources import BATCH_ROWS, Delivered, Wanted, safe_name
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import SILENCE_SECONDS

SNAPSHOT_LEVELS = ("REPEATABLE READ", "SERIALIZABLE")
"""Isolation levels under which all tables are of one moment; the first that is offered."""

_REFUSED = ("password", "access denied", "login", "authenticat", "ora-01017")
_NO_DATABASE = ("unknown database", "not a database", "unable to open database", "does not exist")
_LOCKED = ("is locked", "lock wait timeout", "deadlock")
"""What others hold and will let go of."""


@contextmanager
def open_database(*, url: sa.URL, silence: float = SILENCE_SECONDS) -> Iterator["DatabaseSource"]:
    """Connect, in one transaction of the strictest kind on offer until the block ends.

    Args:
        url: the database.
        silence: seconds after which a database that says nothing is given up.

    Raises:
        BadInput: the database refuses the user or the password, or its file is missing.
        Unreachable: the database does not answer.
    """
    name = safe_name(url)
    _refuse_missing_file(url, name)
    engine = sa.create_engine(url)
    with Patience(seconds=silence, where=f"database [{name}]") as asking:
        try:
            with _connect(engine, name, asking) as connection:
                yield DatabaseSource(connection, name, asking)
        finally:
            asking.close(engine.dispose)


def _refuse_missing_file(url: sa.URL, name: str) -> None:
    # SQLite would make a new, empty database.
    if url.get_backend_name() != "sqlite":
        return
    path = (url.database or "").removeprefix("file:")
    if not path or not Path(path).is_file():
        raise BadInput(f"database [{name}]", "there is no such file", "correct the URL")
    if not os.access(path, os.R_OK):
        raise BadInput(f"database [{name}]", "cannot be read", "give read access")


@contextmanager
def _connect(engine: sa.Engine, name: str, asking: Patience) -> Iterator[sa.Connection]:
    try:
        connection = asking.ask(engine.connect)
    except (TypeError, ValueError, ArgumentError):
        raise BadInput(
            f"database [{name}]", "an option of the URL is wrong", "correct the URL"
        ) from None
    except SQLAlchemyError as error:
        raise _connection_error(error, f"database [{name}]") from None
    try:
        try:
            asking.ask(lambda: _take_snapshot(connection))
        except SQLAlchemyError as error:
            raise _connection_error(error, f"database [{name}]") from None
        yield connection
    finally:
        asking.close(connection.close)


def _take_snapshot(connection: sa.Connection) -> None:
    dbapi = connection.connection.dbapi_connection
    offered = connection.dialect.get_isolation_level_values(dbapi)  # type: ignore[arg-type]
    for level in SNAPSHOT_LEVELS:
        if level in offered:
            connection.execution_options(isolation_level=level)
            break
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN")  # its driver starts none before a SELECT


class DatabaseSource:
    """A register in a database of any make."""

    def __init__(self, connection: sa.Connection, name: str, asking: Patience) -> None:
        self._connection, self.name, self._asking = connection, name, asking

    def open_table(self, place: Place) -> Delivered:
        """Find a table or view; see `Source.open_table`."""
        full = f"{place.schema}.{place.name}" if place.schema else place.name
        where = f"table [{full}] of [{self.name}]"
        counted = sa.select(sa.func.count()).select_from(_table(place))

        def look() -> tuple[list[Any], int]:
            with warnings.catch_warnings(action="ignore", category=SAWarning):  # types it knows not
                found = sa.inspect(self._connection).get_columns(place.name, schema=place.schema)
            return list(found), self._connection.execute(counted).scalar_one()

        try:
            found, rows = self._asking.ask(look)
        except NoSuchTableError:
            raise BadInput(
                where, "there is no such table", "create it, or map it to another"
            ) from None
        except SQLAlchemyError as error:
            raise _query_error(error, where) from None

        def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
            return self._batches(place, [column for column, _ in wanted], where)

        columns = tuple(str(column["name"]) for column in found)
        return Delivered(where=where, columns=columns, typed=False, read=read, rows=rows)

    def _batches(
        self, place: Place, columns: Sequence[str], where: str
    ) -> Iterator[pa.RecordBatch]:
        selected: list[sa.ColumnClause[Any]] = [sa.column(column) for column in columns]
        query = sa.select(*selected).select_from(_table(place))
        streamed = query.execution_options(stream_results=True, yield_per=BATCH_ROWS)
        try:
            asked = self._asking.ask(lambda: self._connection.execute(streamed).partitions())
            while (rows := self._asking.ask(lambda: next(asked, None))) is not None:
                arrays = [as_text(values) for values in zip(*rows, strict=True)]
                yield pa.RecordBatch.from_arrays(arrays, names=list(columns))
        except SQLAlchemyError as error:
            raise _query_error(error, where) from None
        except (UnicodeError, ValueError, OverflowError, pa.ArrowException):
            raise _unreadable(where) from None


def as_text(values: Sequence[Any]) -> pa.Array:
    """A column of a driver's values as text, dates and moments in ISO form.

    Arrow does it for a column of one type; a mixed column, as SQLite allows, goes value by value.
    """
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        array = None
    if array is None or _goes_by_value(array.type):
        return pa.array([_text(value) for value in values], type=pa.string())
    return array.cast(pa.string())


def _goes_by_value(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_decimal, pa.types.is_nested, pa.types.is_duration)
    return any(test(kind) for test in tests)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        # A yes or no of MySQL may be a BIT(1).
        return {b"\x00": "0", b"\x01": "1"}.get(bytes(value), bytes(value).hex())
    return str(value)


def _unreadable(where: str) -> BadInput:
    return BadInput(where, "a value in it cannot be read", "mend its encoding or its type")


def _connection_error(error: SQLAlchemyError, where: str) -> BadInput:
    text = str(error).lower()
    if any(sign in text for sign in _REFUSED):
        return BadInput(where, "the user name or password is refused", "correct the URL")
    if any(sign in text for sign in _NO_DATABASE):
        return BadInput(where, "there is no such database", "correct the URL")
    return Unreachable(where, "the database does not answer", "start it, then run again")


def _query_error(error: SQLAlchemyError, where: str) -> BadInput:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return Unreachable(where, "the connection was lost while reading", "run again")
    if any(sign in str(error).lower() for sign in _LOCKED):
        return Unreachable(where, "others hold a lock on it", "run again")
    if isinstance(error, DBAPIError) and error.statement:
        return BadInput(where, "cannot be read", "check that this user may read it")
    return _unreadable(where)


def _table(place: Place) -> sa.TableClause:
    return sa.table(place.name, schema=place.schema)
