"""Copying one table: streamed from the source, sorted, measured, written as Parquet."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jobs.contract.schema import Field, Kind, Table
from jobs.contract.values import between_first_and_last
from jobs.extract.landing_manifest import ColumnTotals, TableManifest
from jobs.extract.mapping import Place
from jobs.extract.sources import BATCH_ROWS, Delivered, Source, Wanted
from jobs.runtime.errors import BadInput
from jobs.runtime.fail_points import reached
from jobs.runtime.files import file_digest

ROW_DIGEST = "__row_digest"


def copy_table(
    *,
    engine: duckdb.DuckDBPyConnection,
    source: Source,
    place: Place,
    folder: Path,
    declared_rows: int | None = None,
) -> TableManifest:
    """Copy one table of a register into ``folder`` and say what it holds.

    Args:
        engine: sorts and measures; nothing is kept in it.
        source: the register.
        place: where the table is.
        folder: where it goes.
        declared_rows: rows that the register's feed says it delivers.

    Raises:
        BadInput: the table or a column is missing, a column is of another type than the
            contract's, a table that must have rows has none, or its rows are not as many as were
            counted before they were parsed or as the register declares.
        Unreachable: the connection was lost.
    """
    table, delivered = place.table, source.open_table(place)
    _refuse_size(delivered, delivered.rows, declared_rows)
    wanted = _wanted(place, delivered)
    raw = folder / f".{table.name}.raw.parquet"
    parsed = _write_raw(raw, delivered, wanted, place)
    _refuse_size(delivered, parsed, declared_rows)
    path = folder / f"{table.name}.parquet"
    try:
        rows, content_digest, columns = _sort_and_measure(engine, raw, path, table, folder)
    except duckdb.Error as error:
        raise _landing_error(error, delivered.where) from None
    raw.unlink()
    reached("table.landed")
    if rows == 0 and not table.may_be_empty:
        raise BadInput(delivered.where, "has no rows", "deliver the whole table")
    used = {column for column, _ in wanted}
    declared = delivered.declared_rows if declared_rows is None else declared_rows
    return TableManifest(
        file=path.name,
        rows=rows,
        sha256=file_digest(path),
        content_digest=content_digest,
        columns=columns,
        extra_columns=sorted(set(delivered.columns) - used),
        absent_columns=sorted(place.absent),
        declared_rows=declared,
        is_size_proved=delivered.tells_its_end or declared is not None,
    )


def _refuse_size(delivered: Delivered, rows: int | None, declared_rows: int | None) -> None:
    if rows is None:
        return
    for expected, who in (
        (delivered.rows, "counted before it was parsed"),
        (delivered.declared_rows, "declared beside it"),
        (declared_rows, "declared in the feed"),
    ):
        if expected is not None and rows != expected:
            raise BadInput(
                delivered.where,
                f"has {rows} rows, not the {expected} {who}",
                "deliver the whole table, or correct what is declared",
            )


def _wanted(place: Place, delivered: Delivered) -> Wanted:
    """The columns to read; where none has the very name, the one that differs in capitals."""
    folded: dict[str, list[str]] = {}
    for column in delivered.columns:
        folded.setdefault(column.lower(), []).append(column)
    wanted = []
    for field in place.fields:
        column = place.columns[field.name]
        same = folded.get(column.lower(), [])
        if column not in delivered.columns and len(same) == 1:
            column = same[0]
        wanted.append((column, field))
    twice = [column for column, _ in wanted if delivered.columns.count(column) > 1]
    if twice:
        raise BadInput(delivered.where, f"column [{twice[0]}] appears twice", "keep one of them")
    missing = [column for column, _ in wanted if column not in delivered.columns]
    if missing:
        others = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise BadInput(
            delivered.where,
            f"column [{missing[0]}]{others} is missing",
            "deliver it, or map its name or list it as absent in the mapping file",
        )
    return wanted


def _write_raw(path: Path, delivered: Delivered, wanted: Wanted, place: Place) -> int:
    """Write the rows as they come; give their number."""
    batches = delivered.read(wanted)
    first = next(batches, None)
    types = (
        [_landed_type(column.type, field) for column, (_, field) in zip(first, wanted, strict=True)]
        if first is not None
        else [field.kind.arrow for _, field in wanted]
    )
    if delivered.typed:
        _refuse_retyped(types, wanted, delivered.where)
    by_name = {field.name: kind for kind, (_, field) in zip(types, wanted, strict=True)}
    schema = pa.schema(
        [(field.name, by_name.get(field.name, field.kind.arrow)) for field in place.table.fields]
    )
    rows = 0
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
        for batch in _chain(first, batches):
            rows += len(batch)
            arrays = {
                field.name: column for column, (_, field) in zip(batch.columns, wanted, strict=True)
            }
            writer.write_batch(
                pa.RecordBatch.from_arrays(
                    [_landed(arrays.get(part.name), part.type, len(batch)) for part in schema],
                    schema=schema,
                )
            )
    return rows


def _chain(
    first: pa.RecordBatch | None, others: Iterator[pa.RecordBatch]
) -> Iterator[pa.RecordBatch]:
    if first is not None:
        yield first
        yield from others


def _landed(array: pa.Array | None, landed: pa.DataType, rows: int) -> pa.Array:
    if array is None or pa.types.is_null(array.type):
        return pa.nulls(rows, landed)
    if pa.types.is_timestamp(array.type) and array.type.unit in _IN_A_SECOND:
        array = _within_years(array)
    return array if array.type == landed else array.cast(landed)


_IN_A_SECOND: Final = {"s": 1, "ms": 1_000, "us": 1_000_000}
"""Units of moments that reach further than any engine; nanoseconds do not."""

_EARLIEST, _LATEST = -62_135_596_800, 253_402_300_799
"""Seconds of the first and the last moment of the years 1 to 9999."""


def _within_years(moments: pa.Array) -> pa.Array:
    """Moments outside the years 1 to 9999 become the nearest within: no day of any register.

    Otherwise one value at the edge of its type would stop the night, or wrap.
    """
    units = _IN_A_SECOND[moments.type.unit]
    numbers = moments.cast(pa.int64())
    kept = pc.max_element_wise(numbers, pa.scalar(_EARLIEST * units), skip_nulls=False)
    kept = pc.min_element_wise(kept, pa.scalar(_LATEST * units), skip_nulls=False)
    return kept.cast(moments.type)


def _landed_type(delivered: pa.DataType, field: Field) -> pa.DataType:
    """The plain type under an encoding; the contract's where a column has no values at all."""
    if pa.types.is_dictionary(delivered):
        return _landed_type(delivered.value_type, field)
    if pa.types.is_null(delivered):
        return field.kind.arrow
    if pa.types.is_timestamp(delivered) and delivered.unit in _IN_A_SECOND:
        return pa.timestamp("us", tz=delivered.tz)
    if pa.types.is_large_string(delivered) or pa.types.is_string_view(delivered):
        return pa.string()
    return delivered


def _refuse_retyped(types: list[pa.DataType], wanted: Wanted, where: str) -> None:
    # The check step tries to read text as what the contract says, which is right for sources
    # without types only.
    for delivered, (column, field) in zip(types, wanted, strict=True):
        # Yes and no are written Y and N where a database has no booleans.
        if pa.types.is_string(delivered) and field.kind not in {Kind.TEXT, Kind.BOOLEAN}:
            raise BadInput(
                where,
                f"column [{column}] is text, the contract says {field.kind}",
                "deliver the contract's type",
            )


def _sort_and_measure(
    connection: duckdb.DuckDBPyConnection, raw: Path, path: Path, table: Table, folder: Path
) -> tuple[int, str, dict[str, ColumnTotals]]:
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET preserve_insertion_order = true")
    connection.execute(f"SET temp_directory = '{_sql_text(str(folder / '.spill'))}'")
    connection.read_parquet(str(raw)).create_view("delivered")
    row = ", ".join(f'"{name}"::VARCHAR' for name in table.columns)
    keys = ", ".join(f'"{name}"' for name in table.key)
    ordered = connection.execute(
        f"SELECT *, sha256(to_json([{row}])) AS {ROW_DIGEST} FROM delivered "
        f"ORDER BY {keys}, {ROW_DIGEST}"
    ).to_arrow_reader(BATCH_ROWS)
    digest = hashlib.sha256()
    rows = 0
    schema = ordered.schema.remove(ordered.schema.get_field_index(ROW_DIGEST))
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for batch in ordered:
            rows += len(batch)
            digests = batch.column(ROW_DIGEST).cast(pa.binary())
            digest.update(b"".join(digests.to_pylist()))
            writer.write_batch(batch.select(schema.names))
    return rows, digest.hexdigest(), _totals(connection, table, schema)


def _totals(
    connection: duckdb.DuckDBPyConnection, table: Table, schema: pa.Schema
) -> dict[str, ColumnTotals]:
    asked: list[str] = []
    for field in table.fields:
        asked.append(f'count("{field.name}")')
        if not field.personal and field.kind is Kind.INTEGER:
            asked.append(f'sum(TRY_CAST("{field.name}" AS BIGINT))::VARCHAR')
        if not field.personal and field.kind is Kind.DATE:
            day = f'TRY_CAST("{field.name}" AS DATE)'
            asked += [
                f"{end}({day}) FILTER ({between_first_and_last(day)})" for end in ("min", "max")
            ]
    row = connection.execute(f"SELECT {', '.join(asked)} FROM delivered").fetchone()
    answers = iter(row or ())
    return {
        field.name: _column_totals(field, str(schema.field(field.name).type), answers)
        for field in table.fields
    }


def _column_totals(field: Field, delivered: str, answers: Iterator[Any]) -> ColumnTotals:
    filled = next(answers)
    if not field.personal and field.kind is Kind.INTEGER:
        total = next(answers)
        return ColumnTotals(
            type=delivered, filled=filled, total=int(total) if total is not None else None
        )
    if not field.personal and field.kind is Kind.DATE:
        return ColumnTotals(
            type=delivered, filled=filled, earliest=next(answers), latest=next(answers)
        )
    return ColumnTotals(type=delivered, filled=filled)


def _landing_error(error: duckdb.Error, where: str) -> Exception:
    # DuckDB's own message may quote a value.
    if "No space left" in str(error):
        return OSError(errno.ENOSPC, "no space left on the disk")
    if "Invalid string encoding" in str(error) or "valid UTF" in str(error):
        return BadInput(where, "holds text that is not UTF-8", "write the table as UTF-8")
    if isinstance(error, duckdb.IOException):
        return BadInput(
            f"landing of {where}", "cannot be written or read back", "give access and run again"
        )
    return BadInput(where, "cannot be sorted or measured", "deliver the contract's types")


def _sql_text(text: str) -> str:
    return text.replace("'", "''")
