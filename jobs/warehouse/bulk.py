"""Whole tables in and out of the database, by COPY.

Rows travel as CSV that Arrow writes and reads: an empty text is quoted and an unknown one is not,
numbers are written so that they read back exactly, rows are in order of their key. The digest of a
table is that of these bytes, so it does not depend on the order of the rows or on the machine.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
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

from jobs.files import text_digest
from jobs.schema import Table

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
        arrow = arrow.sort_by([(column, "ascending") for column in table.key])
        _refuse_double_keys(table, arrow)
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


def _refuse_double_keys(table: Table, ordered: pa.Table) -> None:
    """Rows in order of the key: two that share it are neighbours."""
    if ordered.num_rows < 2:
        return
    same = None
    for column in table.key:
        values = ordered[column].combine_chunks()
        equal = pc.equal(values.slice(1), values.slice(0, len(values) - 1))
        same = equal if same is None else pc.and_(same, equal)
    if pc.any(same).as_py():
        raise ValueError(f"table [{table.full_name}] has two rows with one key")


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
        for part in content.csv(before):
            copy.write(part)


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
