"""The contract stage: are the tables, columns and types there at all?

What fails here stops the night at once, because nothing after it could be trusted.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import json
from collections.abc import Iterable

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.check.conversion import conversion, trimmed
from jobs.check.rules import UNREADABLE
from jobs.contract.registers import EXTRA_COLUMNS, TABLES
from jobs.contract.schema import Table
from jobs.runtime.errors import GateFailed

ROW_NUMBER = "row_number"

MOST_UNREADABLE = 0.5
"""A column of which a larger share cannot be read was retyped: that is no matter of rows."""

FEWEST_UNREADABLE = 10
"""Below this many unreadable values, they stay a matter of rows."""

_TRIMMED = "trimmed"

_MEND = "correct the delivery or the mapping file"


def refuse_missing(tables: Iterable[str]) -> None:
    """Refuse a night to which a table of either register is missing.

    Raises:
        GateFailed: naming the first.
    """
    there = set(tables)
    for name in TABLES:
        if name not in there:
            raise GateFailed(f"table [{name}]", "is missing", _MEND)


def make_schemas(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schemas that hold delivered and accepted rows."""
    connection.execute("SET TimeZone = 'UTC'")
    for register in sorted({table.space for table in TABLES.values()}):
        connection.execute(f"CREATE SCHEMA delivered_{register}")
        connection.execute(f"CREATE SCHEMA {register}")


def raw_name(table: Table) -> str:
    """Name of the view on rows of a table as they were delivered."""
    return f"raw_{table.space}_{table.name}"


def keep_raw(
    connection: duckdb.DuckDBPyConnection,
    *,
    table: Table,
    arrow: pa.Table,
    numbers: npt.NDArray[np.int64],
) -> None:
    """Leave the rows with these numbers, ascending from 1, as they were delivered: `raw_name`."""
    delivered = arrow.select(table.columns)
    kept, before = [], 0
    # Piece by piece: of texts that are longer than 2 GB together Arrow takes none.
    for piece in delivered.to_batches():
        ends = np.searchsorted(numbers, [before, before + piece.num_rows], side="right")
        kept.append(piece.take(pa.array(numbers[slice(*ends)] - before - 1)))
        before += piece.num_rows
    rows = pa.Table.from_batches(kept, delivered.schema)
    connection.register(raw_name(table), rows.append_column(ROW_NUMBER, pa.array(numbers)))


def extra_columns(delivered: pa.Schema, table: Table) -> list[str]:
    """Columns delivered beyond the contract, in the table or noted by its landing."""
    noted = json.loads((delivered.metadata or {}).get(EXTRA_COLUMNS, b"[]"))
    return sorted({*noted, *(name for name in delivered.names if name not in table.columns)})


def load_table(
    *,
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    arrow: pa.Table,
    is_whole: bool = True,
) -> None:
    """Load one table, converted to the contract's types; one that was loaded before is replaced.

    ``delivered_<register>.<table>`` holds its rows with their number, from 1, and a column for each
    field that says whether the delivered value could not be read.

    ``is_whole``: these are all rows that were delivered, so they show whether a column was retyped.

    Raises:
        GateFailed: a column is missing or of another type.
    """
    missing = [name for name in table.columns if name not in arrow.column_names]
    if missing:
        raise GateFailed(f"table [{table.full_name}]", f"column [{missing[0]}] is missing", _MEND)
    cleaned: list[str] = []
    values: list[str] = []
    read: list[str] = []
    counted: list[str] = []
    for field in table.fields:
        delivered = arrow.schema.field(field.name).type
        how = conversion(table=table, field=field, delivered=delivered)
        if how is None:
            raise GateFailed(
                f"table [{table.full_name}]",
                f"column [{field.name}] is {delivered}, the contract says {field.kind}",
                _MEND,
            )
        column, unreadable = f'"{field.name}"', f'"{UNREADABLE}{field.name}"'
        cleaned.append(f"{how.cleaned} AS {column}")
        values.append(f'{column} IS NOT NULL AS "filled {field.name}", {how.value} AS {column}')
        read.append(f'{column}, ("filled {field.name}" AND {column} IS NULL) AS {unreadable}')
        counted.append(f"count({column}), coalesce(count_if({unreadable}), 0)")
    numbers = pa.array(np.arange(1, arrow.num_rows + 1, dtype=np.int64))
    columns = {name: trimmed(arrow[name]) for name in table.columns}
    connection.register(_TRIMMED, pa.table({**columns, ROW_NUMBER: numbers}))
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE delivered_{table.full_name} AS
        SELECT {ROW_NUMBER}, {", ".join(read)} FROM (
            SELECT {ROW_NUMBER}, {", ".join(values)} FROM (
                SELECT {ROW_NUMBER}, {", ".join(cleaned)} FROM {_TRIMMED}
            )
        )
        """
    )
    connection.unregister(_TRIMMED)
    if is_whole:
        _refuse_retyped(connection, table, counted)


def _refuse_retyped(
    connection: duckdb.DuckDBPyConnection, table: Table, counted: list[str]
) -> None:
    query = f"SELECT {', '.join(counted)} FROM delivered_{table.full_name}"
    counts = connection.execute(query).fetchall()[0]
    for field, read, unreadable in zip(table.fields, counts[::2], counts[1::2], strict=True):
        too_many = unreadable > MOST_UNREADABLE * (read + unreadable)
        if too_many and unreadable >= FEWEST_UNREADABLE:
            raise GateFailed(
                f"table [{table.full_name}]",
                f"column [{field.name}] cannot be read as "
                f"{field.shape.name if field.shape else field.kind} "
                f"in {unreadable} of {read + unreadable} rows",
                _MEND,
            )
