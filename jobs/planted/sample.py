"""A sample of a night's landings: some people of both registers, with everything held on them."""

# ruff: noqa: S608 - statements are put together from declarations, never from data

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd
import pyarrow as pa

from jobs.contract import immigration, prison
from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

SAMPLED: Final = 2_000
"""People of each register: enough that names have their rarity, few enough for seconds."""
_PERSONS: Final = {
    prison.PERSONS.full_name: "prisoner_number",
    immigration.PERSONS.full_name: "cid_person_id",
}


def sample_of(
    files: Mapping[str, Path], *, links: pd.DataFrame, seed: str, people: int = SAMPLED
) -> dict[str, pa.Table]:
    """The rows of some people, as they were delivered, and whole tables that are of nobody.

    Who is taken depends on ``seed`` and the people alone, not on the order of rows. The immigration
    register's people are those whom a link joins to the prisoners taken, and others beside them.

    Args:
        files: the Parquet file of each landed table, by full name.
        links: pairs of persons as in `results.LINKS`.
        seed: what the draw is made from.
        people: persons of each register, at most.
    """
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for name, path in files.items():
            connection.execute(f"CREATE VIEW {_view(name)} AS FROM read_parquet('{_sql(path)}')")
        pairs = links[["prisoner_number", "cid_person_id"]].astype("str")
        connection.register("pairs", pa.Table.from_pandas(pairs, preserve_index=False))
        taken = "SELECT cid_person_id FROM pairs SEMI JOIN chosen_prison USING (prisoner_number)"
        _choose(connection, "prison", "prisoner_number", seed=seed, people=people)
        _choose(connection, "immigration", "cid_person_id", seed=seed, people=people, first=taken)
        return {name: _rows(connection, TABLES[name]) for name in files}


def _choose(
    connection: duckdb.DuckDBPyConnection,
    register: str,
    key: str,
    *,
    seed: str,
    people: int,
    first: str = "SELECT NULL WHERE false",
) -> None:
    """Leave the keys of the people taken as the table ``chosen_<register>``."""
    connection.execute(
        f"CREATE TABLE chosen_{register} AS "
        f'SELECT DISTINCT CAST("{key}" AS VARCHAR) AS "{key}" FROM {register}_persons '
        f'WHERE "{key}" IS NOT NULL '
        f'ORDER BY "{key}" IN ({first}) DESC, md5(? || \' \' || "{key}"), "{key}" LIMIT ?',
        [seed, people],
    )


def _rows(connection: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """The rows of a table that are of the people taken, over the rows that they refer to."""
    kept = _kept(table)
    where = f" WHERE {kept}" if kept else ""
    return connection.execute(f"SELECT * FROM {_view(table.full_name)}{where}").to_arrow_table()


def _kept(table: Table) -> str:
    """The condition on a table's rows; empty where they are of nobody."""
    if table.full_name in _PERSONS:
        key = _PERSONS[table.full_name]
        return f'CAST("{key}" AS VARCHAR) IN (SELECT "{key}" FROM chosen_{table.space})'
    for column, parent in table.parents.items():
        above = _kept(TABLES[parent])
        if above:
            (key, *_) = TABLES[parent].key
            keys = f'SELECT CAST("{key}" AS VARCHAR) FROM {_view(parent)} WHERE {above}'
            return f'CAST("{column}" AS VARCHAR) IN ({keys})'
    return ""


def _view(full_name: str) -> str:
    return full_name.replace(".", "_")


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
