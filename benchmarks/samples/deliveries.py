"""The same pair of registers delivered in every way that a site may choose."""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import adbc_driver_postgresql.dbapi
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo

from jobs.contract.registers import TABLES

Tables = Mapping[str, pa.Table]


def of(register: str, tables: Tables) -> dict[str, pa.Table]:
    """The tables of one register, by name without the register."""
    return {
        TABLES[name].name: table for name, table in tables.items() if TABLES[name].space == register
    }


def as_parquet(register: str, tables: Tables, folder: Path) -> str:
    """Write Parquet files; give the folder as a source."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in of(register, tables).items():
        pq.write_table(table, folder / f"{name}.parquet")
    return str(folder)


def as_csv(register: str, tables: Tables, folder: Path) -> str:
    """Write CSV files; give the folder as a source."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in of(register, tables).items():
        pyarrow.csv.write_csv(table, folder / f"{name}.csv")
    return str(folder)


def as_postgres(register: str, tables: Tables, url: str, schema: str = "public") -> str:
    """Load a PostgreSQL database; give its URL as a source."""
    with adbc_driver_postgresql.dbapi.connect(conninfo(url)) as connection:
        with connection.cursor() as cursor:
            if schema != "public":
                cursor.execute(f"CREATE SCHEMA {schema}")
            for name, table in of(register, tables).items():
                cursor.adbc_ingest(name, table, mode="create", db_schema_name=schema)
        connection.commit()
    return url


def as_sqlite(register: str, tables: Tables, path: Path) -> str:
    """Load an SQLite file; give its URL as a source."""
    with sqlite3.connect(path) as connection:
        for name, table in of(register, tables).items():
            columns = ", ".join(f'"{column}"' for column in table.column_names)
            marks = ", ".join("?" for _ in table.column_names)
            connection.execute(f'CREATE TABLE "{name}" ({columns})')
            rows = [[_plain(value) for value in row.values()] for row in table.to_pylist()]
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    connection.close()
    return f"sqlite:///{path}"


def conninfo(url: str) -> str:
    """What libpq takes, of an SQLAlchemy URL."""
    parsed = sa.make_url(url)
    return make_conninfo(
        user=parsed.username, dbname=parsed.database, host=str(parsed.query["host"])
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
