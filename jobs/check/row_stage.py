"""The row stage: every row is accepted or set aside under the rules it broke. Nothing is lost."""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from jobs.check.delivered import (
    ROW_NUMBER,
    keep_raw,
    load_table,
    make_schemas,
    raw_name,
    refuse_missing,
)
from jobs.check.rules import DUPLICATE_CONFLICTING, DUPLICATE_IDENTICAL, RowRule, row_rules
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table, TablesOnDemand

SET_ASIDE = "set_aside"
"""DuckDB table of (register, table_name, row_number, rule_id) of the rows in quarantine."""

FAULTY = "faulty"
"""DuckDB table of (check_id, table_name, row_number) of every row that broke a rule, in quarantine
or not."""


@dataclass(frozen=True, kw_only=True)
class CheckedRows:
    """What the row rules made of the delivered rows; frames as in `jobs.contract.results`.

    ``accepted`` gives the accepted rows in the contract's types, sorted by key; ``delivered`` has
    the schema of each table as it came.
    """

    accepted: Mapping[str, pa.Table]
    quarantine: pd.DataFrame
    row_counts: pd.DataFrame
    results: pd.DataFrame
    delivered: Mapping[str, pa.Schema]


def check_rows(
    *, connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]
) -> CheckedRows:
    """Apply contract and row rules to every table of both registers.

    One table after the other, those that it refers to before it: of what was delivered no more than
    one is held, with the rows that broke a rule. The converted rows are left in ``connection``, see
    `load_table`; the accepted ones too, as views ``<register>.<table>``, and the rules that rows in
    quarantine broke as the table `SET_ASIDE`.

    Args:
        connection: a fresh one with the variable ``as_of``.
        tables: every table of both registers, by full name.

    Raises:
        GateFailed: a table or column is missing, or a column is of another type.
    """
    refuse_missing(tables)
    make_schemas(connection)
    _make_lists(connection)
    failed: dict[str, int] = {}
    rows_in: dict[str, int] = {}
    delivered: dict[str, pa.Schema] = {}
    for name, table in TABLES.items():
        arrow = tables[name]
        rows_in[name], delivered[name] = arrow.num_rows, arrow.schema
        load_table(connection=connection, table=table, arrow=arrow)
        failed |= check_table(connection, table)
        keep_raw(connection, table=table, arrow=arrow, numbers=_faulty(connection, table))
    return CheckedRows(
        accepted=TablesOnDemand(
            {name: partial(_accepted, connection, table) for name, table in TABLES.items()}
        ),
        quarantine=_quarantine(connection),
        row_counts=_row_counts(connection, rows_in),
        results=_results(rows_in, failed),
        delivered=delivered,
    )


def accepted_of(
    *, connection: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The rows that a night accepts of some delivered ones, in the contract's types.

    Args:
        connection: a fresh one with the variable ``as_of``.
        tables: delivered rows by full name, with all rows of each key, and with those that they
            refer to in front of them.
    """
    make_schemas(connection)
    _make_lists(connection)
    for name, arrow in tables.items():
        load_table(connection=connection, table=TABLES[name], arrow=arrow, is_whole=False)
        check_table(connection, TABLES[name])
    return {name: _accepted(connection, TABLES[name]) for name in tables}


def _make_lists(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"CREATE TABLE {SET_ASIDE} "
        "(register VARCHAR, table_name VARCHAR, row_number BIGINT, rule_id VARCHAR)"
    )
    connection.execute(
        f"CREATE TABLE {FAULTY} (check_id VARCHAR, table_name VARCHAR, row_number BIGINT)"
    )


def check_table(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, int]:
    """Apply the row rules to one table; give the rows that broke each rule.

    Its accepted rows are left as the view ``<register>.<table>``, the others in `SET_ASIDE`.
    """
    rules = [rule for rule in row_rules() if rule.table == table.full_name]
    failed = _apply(connection, table, rules) | _apply_duplicates(connection, table)
    _accept(connection, table)
    return failed


def _apply(
    connection: duckdb.DuckDBPyConnection, table: Table, rules: list[RowRule]
) -> dict[str, int]:
    """Apply the rules on single rows in one scan; give the rows that broke each."""
    single = [rule for rule in rules if rule.broken]
    counts = ", ".join(f"coalesce(count_if({rule.broken}), 0)" for rule in single)
    source = f"delivered_{table.full_name} AS t"
    found = connection.execute(f"SELECT {counts} FROM {source}").fetchall()[0]
    failed = {rule.id: int(count) for rule, count in zip(single, found, strict=True)}
    for rule in single:
        if failed[rule.id]:
            connection.execute(
                f"INSERT INTO {FAULTY} SELECT ?, ?, t.{ROW_NUMBER} "
                f"FROM {source} WHERE {rule.broken}",
                [rule.id, table.full_name],
            )
    aside = [rule.id for rule in single if rule.quarantines and failed[rule.id]]
    connection.execute(
        f"INSERT INTO {SET_ASIDE} SELECT ?, ?, row_number, check_id "
        f"FROM {FAULTY} WHERE list_contains(?, check_id)",
        [table.space, table.name, aside],
    )
    return failed


def _apply_duplicates(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, int]:
    """Set aside all but one of the usable rows that share a key; content decides between equals."""
    key = ", ".join(f't."{name}"' for name in table.key)
    identical, conflicting = (
        f"{table.full_name}.{name}" for name in (DUPLICATE_IDENTICAL, DUPLICATE_CONFLICTING)
    )
    usable = (
        f"SELECT * FROM delivered_{table.full_name} AS t "
        f"WHERE t.{ROW_NUMBER} NOT IN ({_set_aside(table)})"
    )
    shared = f"SELECT {key} FROM ({usable}) AS t GROUP BY ALL HAVING count(*) > 1"
    if not connection.execute(f"{shared} LIMIT 1").fetchall():
        return {identical: 0, conflicting: 0}
    names = [f't."{name}"' for name in table.columns]
    latest = ["t.recorded_at DESC NULLS LAST"] if "recorded_at" in table.columns else []
    order = ", ".join([*latest, *(f"{name} NULLS LAST" for name in names), f"t.{ROW_NUMBER}"])
    broken = f"broken_{table.full_name}".replace(".", "_")
    connection.execute(
        f"""
        CREATE TEMP TABLE {broken} AS
        WITH usable AS ({usable}), shared AS ({shared}),
        ranked AS (
            SELECT t.{ROW_NUMBER}, row_number() OVER ranks AS place,
                [{", ".join(f"{name}::VARCHAR" for name in names)}] AS content,
                first_value([{", ".join(f"{name}::VARCHAR" for name in names)}]) OVER ranks AS kept
            FROM usable AS t SEMI JOIN shared USING ({", ".join(table.key)})
            WINDOW ranks AS (PARTITION BY {key} ORDER BY {order})
        )
        SELECT {ROW_NUMBER},
            CASE WHEN content = kept THEN '{identical}' ELSE '{conflicting}' END AS rule_id
        FROM ranked WHERE place > 1
        """
    )
    connection.execute(
        f"INSERT INTO {SET_ASIDE} SELECT ?, ?, {ROW_NUMBER}, rule_id FROM {broken}",
        [table.space, table.name],
    )
    connection.execute(
        f"INSERT INTO {FAULTY} SELECT rule_id, ?, {ROW_NUMBER} FROM {broken}",
        [table.full_name],
    )
    counted = connection.execute(
        f"SELECT rule_id, count(*) FROM {broken} GROUP BY rule_id"
    ).fetchall()
    connection.execute(f"DROP TABLE {broken}")
    return {identical: 0, conflicting: 0} | {rule_id: int(count) for rule_id, count in counted}


def _faulty(connection: duckdb.DuckDBPyConnection, table: Table) -> npt.NDArray[np.int64]:
    """The numbers of the rows of a table that broke a rule, ascending."""
    found = connection.execute(
        f"SELECT DISTINCT {ROW_NUMBER} FROM {FAULTY} WHERE table_name = ? ORDER BY 1",
        [table.full_name],
    )
    numbers: npt.NDArray[np.int64] = found.fetchnumpy()[ROW_NUMBER]
    return numbers


def _set_aside(table: Table) -> str:
    return (
        f"SELECT q.row_number FROM {SET_ASIDE} AS q "
        f"WHERE q.register = '{table.space}' AND q.table_name = '{table.name}'"
    )


def _accept(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f't."{name}"' for name in table.columns)
    connection.execute(
        f"CREATE OR REPLACE VIEW {table.full_name} AS SELECT {columns} "
        f"FROM delivered_{table.full_name} AS t "
        f"WHERE t.{ROW_NUMBER} NOT IN ({_set_aside(table)})"
    )


def _accepted(connection: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    key = ", ".join(f'"{name}"' for name in table.key)
    query = f"SELECT * FROM {table.full_name} ORDER BY {key}"
    return connection.execute(query).to_arrow_table().cast(table.arrow_schema)


def accepted_columns(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Collection[str]
) -> pd.DataFrame:
    """Some columns of the accepted rows of a table, in no order of the rows.

    Texts of a code list come as categories: a few words, millions of times.
    """
    table = TABLES[name]
    schema = pa.schema([field for field in table.arrow_schema if field.name in columns])
    wanted = ", ".join(f'"{column}"' for column in schema.names)
    arrow = connection.execute(f"SELECT {wanted} FROM {name}").to_arrow_table()
    frame = table.frame_of_some(arrow.cast(schema))
    coded = [field.name for field in table.fields if field.codes and field.name in columns]
    return frame.astype(dict.fromkeys(coded, "category"))


def _quarantine(connection: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    parts = [results.QUARANTINE.arrow_schema.empty_table()]
    held = connection.execute(f"SELECT DISTINCT register, table_name FROM {SET_ASIDE}").fetchall()
    for register, name in sorted(held):
        table = TABLES[f"{register}.{name}"]
        key = " || '|' || ".join(f"coalesce(r.\"{part}\"::VARCHAR, '')" for part in table.key)
        row = ", ".join(f'"{part}" := r."{part}"::VARCHAR' for part in table.columns)
        parts.append(
            connection.execute(
                f"""
                SELECT q.register, q.table_name, q.row_number,
                    replace({key}, chr(0), '') AS row_key, q.rule_id,
                    to_json(struct_pack({row}))::VARCHAR AS row,
                    NULL::DATE AS first_seen_date
                FROM {SET_ASIDE} AS q
                JOIN {raw_name(table)} AS r ON r.{ROW_NUMBER} = q.row_number
                WHERE q.register = '{register}' AND q.table_name = '{name}'
                ORDER BY q.row_number, q.rule_id
                """
            )
            .to_arrow_table()
            .cast(results.QUARANTINE.arrow_schema)
        )
    return results.QUARANTINE.frame(pa.concat_tables(parts))


def _row_counts(connection: duckdb.DuckDBPyConnection, rows_in: dict[str, int]) -> pd.DataFrame:
    counted = {
        f"{register}.{name}": int(rows)
        for register, name, rows in connection.execute(
            "SELECT register, table_name, count(DISTINCT row_number) "
            f"FROM {SET_ASIDE} GROUP BY register, table_name"
        ).fetchall()
    }
    tables = [TABLES[name] for name in sorted(TABLES)]
    each = " UNION ALL ".join(
        f"SELECT '{table.full_name}', count(*) FROM {table.full_name}" for table in tables
    )
    accepted = dict(connection.execute(each).fetchall())
    return _frame(
        results.ROW_COUNTS,
        {
            "register": [table.space for table in tables],
            "table_name": [table.name for table in tables],
            "rows_in": [rows_in[table.full_name] for table in tables],
            "accepted": [accepted[table.full_name] for table in tables],
            "quarantined": [counted.get(table.full_name, 0) for table in tables],
        },
    )


def _results(rows_in: dict[str, int], failed: dict[str, int]) -> pd.DataFrame:
    rules = row_rules()
    return _frame(
        results.CHECK_RESULTS,
        {
            "check_id": [rule.id for rule in rules],
            "severity": ["warning"] * len(rules),
            "table_name": [rule.table for rule in rules],
            "column_name": [rule.column for rule in rules],
            "meaning": [rule.meaning for rule in rules],
            "passed": [failed[rule.id] == 0 for rule in rules],
            "rows_checked": [rows_in[rule.table] for rule in rules],
            "rows_failed": [failed[rule.id] for rule in rules],
            "observed": [None] * len(rules),
            "owner": [rule.owner for rule in rules],
            "failing_since_date": [None] * len(rules),
            "excused": [None] * len(rules),
        },
    )


def _frame(table: Table, columns: dict[str, list[object]]) -> pd.DataFrame:
    arrays = {field.name: pa.array(columns[field.name], field.kind.arrow) for field in table.fields}
    return table.frame(pa.table(arrays, schema=table.arrow_schema))
