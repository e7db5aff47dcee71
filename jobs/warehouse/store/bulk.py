"""Whole tables in and out of the database, by COPY.

Rows travel as CSV that Arrow writes and reads: an empty text is quoted and an unknown one is not,
numbers are written so that they read back exactly, rows are in order of their key. The digest of a
table is that of these bytes, so it does not depend on the order of the rows or on the machine.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, LiteralString

import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import sqlalchemy as sa
from psycopg import sql

from jobs.contract.schema import Table
from jobs.runtime.files import text_digest

ROWS_AT_ONCE: Final = 50_000
READ_BYTES: Final = 8 << 20


@dataclass(frozen=True, kw_only=True)
class Content:
    """The rows of one table of a publication, in order of its key."""

    table: Table
    rows: pa.Table

    @classmethod
    def of(cls, table: Table, rows: pd.DataFrame | pa.Table) -> "Content":
        """Take rows in any order.

        Raises:
            ValueError: a column is missing, a value does not fit or is missing, or two rows share
                a key: faults of the step that computed the table.
        """
        if isinstance(rows, pd.DataFrame):
            arrow = table.arrow(rows)
        else:
            arrow = rows.select(table.columns).cast(_all_nullable(table))
        for field in table.fields:
            if not field.nullable and arrow[field.name].null_count:
                raise ValueError(f"column [{table.full_name}.{field.name}] lacks values")
        arrow = arrow.cast(table.arrow_schema)
        is_ordered, has_doubles = _order(table, arrow)
        if not is_ordered:
            arrow = arrow.sort_by([(column, "ascending") for column in table.key])
            _, has_doubles = _order(table, arrow)
        if has_doubles:
            raise ValueError(f"table [{table.full_name}] has two rows with one key")
        return cls(table=table, rows=arrow)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the columns' names and the rows, in order of the key."""
        digest = hashlib.sha256(text_digest(*self.table.columns).encode())
        for part in self.csv():
            digest.update(part)
        return digest.hexdigest()

    def csv(self, before: Mapping[str, date | int] | None = None) -> Iterator[bytes]:
        """The rows as CSV without a heading, in parts, the columns ``before`` put first."""
        options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
        for start in range(0, self.rows.num_rows, ROWS_AT_ONCE):
            part = self.rows.slice(start, ROWS_AT_ONCE)
            for name, value in reversed(list((before or {}).items())):
                part = part.add_column(0, name, pa.repeat(pa.scalar(value), part.num_rows))
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(part, sink, options)
            yield sink.getvalue().to_pybytes()


def _all_nullable(table: Table) -> pa.Schema:
    """The table's schema before anybody has looked for missing values."""
    return pa.schema([field.with_nullable(True) for field in table.arrow_schema])


def _order(table: Table, rows: pa.Table) -> tuple[bool, bool]:
    """Whether the rows are in order of the key, and whether two neighbours share it.

    The steps leave most tables sorted, and to see that takes a tenth of the time of sorting.
    """
    if rows.num_rows < 2:
        return True, False
    same: pa.Array = pa.repeat(pa.scalar(True), rows.num_rows - 1)
    wrong: pa.Array = pa.repeat(pa.scalar(False), rows.num_rows - 1)
    for column in table.key:
        values = rows[column].combine_chunks()
        before, after = values.slice(0, len(values) - 1), values.slice(1)
        wrong = pc.or_(wrong, pc.and_(same, pc.greater(before, after)))
        same = pc.and_(same, pc.equal(before, after))
    return not pc.any(wrong).as_py(), bool(pc.any(same).as_py())


def copy_in(
    connection: sa.Connection,
    content: Content,
    *,
    into: tuple[str, ...],
    before: Mapping[str, date | int] | None = None,
) -> None:
    """Append rows to the table ``into`` (schema and name), the columns ``before`` the same in each.

    Part of the caller's transaction.
    """
    columns = [*(before or {}), *content.table.columns]
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(*into), columns_of(columns)
    )
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for part in _ahead(content.csv(before)):
            copy.write(part)


def _ahead(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The same parts, each made while the server takes in the one before."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        following = worker.submit(next, parts, None)
        while (part := following.result()) is not None:
            following = worker.submit(next, parts, None)
            yield part


def copy_out(connection: sa.Connection, table: Table, query: sql.Composable) -> pa.Table:
    """The result of ``query``, whose columns are those of ``table``, as Arrow of its schema."""
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(query)
    received = io.BytesIO()
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        for part in copy:
            received.write(part)
    if not received.tell():
        return table.arrow_schema.empty_table()
    received.seek(0)
    read = pa_csv.read_csv(
        received,
        pa_csv.ReadOptions(column_names=table.columns, block_size=READ_BYTES),
        pa_csv.ParseOptions(newlines_in_values=True),
        pa_csv.ConvertOptions(
            column_types=table.arrow_schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )
    return read.cast(table.arrow_schema)


def count_of(connection: sa.Connection, query: sql.Composable) -> int:
    """How many rows a query gives."""
    counting = sql.SQL("SELECT count(*) FROM ({}) AS counted").format(query)
    row = _driver(connection).execute(counting).fetchone()
    return int(str(row[0])) if row is not None else 0


def columns_of(names: Iterable[str], table: str | None = None) -> sql.Composed:
    """Quoted names of columns, with the name of their table before each where it is given."""
    qualified = ((name,) if table is None else (table, name) for name in names)
    return sql.SQL(", ").join(sql.Identifier(*parts) for parts in qualified)


def execute(
    connection: sa.Connection, statement: LiteralString, words: Mapping[str, sql.Composable]
) -> int:
    """Run a statement with composed ``words`` in the caller's transaction; give rows touched."""
    return _driver(connection).execute(sql.SQL(statement).format(**words)).rowcount


def execute_text(connection: sa.Connection, statement: str) -> None:
    """Run this code's own statement as it stands, per cent signs and all."""
    _driver(connection).execute(statement.encode())


def _driver(connection: sa.Connection) -> psycopg.Connection[tuple[object, ...]]:
    """The psycopg connection under a SQLAlchemy one, in the same transaction."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"[{type(driver).__name__}] is not a psycopg connection")
    return driver
