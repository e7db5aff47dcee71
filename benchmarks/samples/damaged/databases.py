"""Damaged registers in databases: what a server keeps that the contract does not foresee."""

import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import adbc_driver_postgresql.dbapi
import psycopg
import pyarrow as pa
import pymysql
import sqlalchemy as sa

from benchmarks.samples import deliveries
from benchmarks.samples.damaged.made import Made, Plan, World
from jobs.contract.registers import TABLES
from jobs.contract.schema import Kind, Table
from jobs.warehouse import embedded

_THEN: Final = "; "
_BASE: Final = "undamaged"
_DAMAGED: Final = "damaged"


class Servers:
    """PostgreSQL, and MariaDB where it is installed, with the undamaged registers in them."""

    def __init__(self, server: embedded.EmbeddedServer, postgres: str, mariadb: str) -> None:
        self.server, self.postgres, self.mariadb = server, postgres, mariadb

    @property
    def makers(self) -> list[tuple[Callable[[Plan], Made], int]]:
        """Damages of databases, each with how often it is drawn."""
        found: list[tuple[Callable[[Plan], Made], int]] = [
            (damaged_sqlite, 3),
            (self.on_postgres, 3),
        ]
        return [*found, (self.on_mariadb, 2)] if self.mariadb else found

    def on_postgres(self, plan: Plan) -> Made:
        """One statement of a keeper of PostgreSQL."""
        base = f"{_BASE}_{plan.table.space}"
        with psycopg.connect(deliveries.conninfo(self.postgres), autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS {_DAMAGED} CASCADE")
            connection.execute(f"CREATE SCHEMA {_DAMAGED}")
            connection.execute(f"SET search_path = {_DAMAGED}")
            for name, limit in ((plan.feed.name, 1), (plan.table.name, plan.rows.num_rows)):
                held = f'{base}."{name}" ORDER BY place LIMIT {limit}'
                connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM {held}')
                connection.execute(f'ALTER TABLE "{name}" DROP place')
            drawn = _until_done(plan, _ON_POSTGRES, connection.execute, psycopg.Error, _in_postgres)
        return _made(plan, self.postgres, "postgresql", drawn)

    def on_mariadb(self, plan: Plan) -> Made:
        """One statement of a keeper of MariaDB, in a mode that lets everything in."""
        base = f"{_BASE}_{plan.table.space}"
        engine = sa.create_engine(self.mariadb)
        with engine.connect() as connection:
            run = connection.exec_driver_sql
            run(f"DROP DATABASE IF EXISTS {_DAMAGED}")
            run(f"CREATE DATABASE {_DAMAGED}")
            run(f"USE {_DAMAGED}")
            run("SET SESSION sql_mode = 'ANSI_QUOTES'")
            for name, limit in ((plan.feed.name, 1), (plan.table.name, plan.rows.num_rows)):
                held = f'{base}."{name}" ORDER BY place LIMIT {limit}'
                run(f'CREATE TABLE "{name}" AS SELECT * FROM {held}')
                run(f'ALTER TABLE "{name}" DROP COLUMN place')
            drawn = _until_done(
                plan,
                _ON_MARIADB,
                lambda part: run(part.replace("%", "%%")),
                sa.exc.SQLAlchemyError,
                lambda value, _: "'" + value.replace("\\", "\\\\").replace("'", "''") + "'",
            )
            connection.commit()
        engine.dispose()
        return _made(plan, self.mariadb, "mariadb", drawn)


def damaged_sqlite(plan: Plan) -> Made:
    """A value of any kind in any column of SQLite, or a table of another shape."""
    plan.folder.mkdir(parents=True)
    path = plan.folder / "register.sqlite"
    source = deliveries.as_sqlite(plan.table.space, plan.tables, path)
    with sqlite3.connect(path) as connection:
        drawn = _until_done(plan, _ON_SQLITE, connection.execute, sqlite3.Error, _in_sqlite)
    connection.close()
    return _made(plan, source, "sqlite", drawn)


def _in_sqlite(value: str, plan: Plan) -> str:
    text = f"CAST(x'{value.encode().hex()}' AS TEXT)"
    others = ["x'fffe'", "1000000000000000000", "-1.5", "1e308", "NULL", "CAST(x'fffe' AS TEXT)"]
    return plan.draw.choice([text] * 12 + others)


@contextmanager
def servers(world: World) -> Iterator[Servers]:
    """Start the servers of this machine, load the registers, and take all of it away after."""
    with ExitStack() as opened:
        folder = Path(tempfile.mkdtemp(prefix="damaged_servers_"))
        opened.callback(shutil.rmtree, folder, ignore_errors=True)
        server = embedded.start(folder / "postgres")
        opened.callback(server.stop)
        server.create_database("registers")
        postgres = server.url("registers")
        _load_postgres(world, postgres)
        mariadb = ""
        if shutil.which("mariadbd") and shutil.which("mariadb-install-db"):
            mariadb = opened.enter_context(mariadb_server(folder / "mariadb"))
            _load_mariadb(world, mariadb)
        yield Servers(server, postgres, mariadb)


@contextmanager
def mariadb_server(folder: Path) -> Iterator[str]:
    """A server of MariaDB whose data is in ``folder``, until the block ends; gives its URL."""
    folder.mkdir()
    socket = Path(tempfile.mkdtemp()) / "s"  # a socket's path is short
    common = ["--no-defaults", "--user=root", f"--datadir={folder}"]
    run = ["mariadb-install-db", *common, "--auth-root-authentication-method=normal"]
    subprocess.run([*run, "--skip-test-db"], check=True, capture_output=True)  # noqa: S603 - MariaDB as installed, no shell
    process = subprocess.Popen(  # noqa: S603 - MariaDB as installed, no shell
        ["mariadbd", *common, f"--socket={socket}", "--skip-networking", "--skip-log-bin",  # noqa: S607 - as installed
         f"--pid-file={folder / 'pid'}", "--innodb-flush-log-at-trx-commit=0"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"mysql+pymysql://root@localhost/mysql?unix_socket={socket}&charset=utf8mb4"
    try:
        for _ in range(300):
            with suppress(pymysql.MySQLError):
                pymysql.connect(user="root", unix_socket=str(socket)).close()
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(socket.parent, ignore_errors=True)


def _load_postgres(world: World, url: str) -> None:
    with adbc_driver_postgresql.dbapi.connect(deliveries.conninfo(url)) as connection:
        with connection.cursor() as cursor:
            for register in world.sites:
                cursor.execute(f"CREATE SCHEMA {_BASE}_{register}")
            for name, rows in world.loaded().items():
                register, _, table = name.partition(".")
                cursor.adbc_ingest(table, rows, mode="create", db_schema_name=f"{_BASE}_{register}")
        connection.commit()


_MARIADB_TYPES: Final = {
    Kind.TEXT: "VARCHAR(300) CHARACTER SET utf8mb4", Kind.DATE: "DATE",
    Kind.TIMESTAMP: "DATETIME(6)", Kind.INTEGER: "BIGINT", Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
}  # fmt: skip


def _load_mariadb(world: World, url: str) -> None:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        for register, site in world.sites.items():
            connection.exec_driver_sql(f"CREATE DATABASE {_BASE}_{register}")
            connection.exec_driver_sql(f"USE {_BASE}_{register}")
            for name, place in site.places.items():
                _load_table(connection, place.table, world.loaded()[name].to_pylist())
        connection.commit()
    engine.dispose()


def as_mariadb(register: str, tables: Mapping[str, pa.Table], url: str) -> str:
    """Load the tables of a register into a database of its own; give its URL as a source."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {register}")
        connection.exec_driver_sql(f"USE {register}")
        for name, rows in tables.items():
            if TABLES[name].space == register:
                numbered = [{**row, "place": n} for n, row in enumerate(rows.to_pylist())]
                _load_table(connection, TABLES[name], numbered)
        connection.commit()
    engine.dispose()
    return sa.make_url(url).set(database=register).render_as_string(hide_password=False)


def _load_table(connection: sa.Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    kinds = ", ".join(f"`{f.name}` {_MARIADB_TYPES[f.kind]}" for f in table.fields)
    connection.exec_driver_sql(f"CREATE TABLE `{table.name}` ({kinds}, place BIGINT)")
    marks = ", ".join(["%s"] * (len(table.columns) + 1))
    values = [tuple(_naive(value) for value in row.values()) for row in rows]
    if values:
        connection.exec_driver_sql(f"INSERT INTO `{table.name}` VALUES ({marks})", values)


def _naive(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    what: str
    touched: int | None
    value: str


def _until_done(
    plan: Plan,
    statements: Sequence[tuple[str, int | None]],
    run: Callable[[str], object],
    error: type[Exception],
    literal: Callable[[str, Plan], str],
) -> _Drawn:
    """Draw until a damage is done: some fit no column of their type, and leave it as it was."""
    while True:
        statement, touched = plan.draw.choice(statements)
        column, value = plan.column(), plan.value()
        names = {
            "table": f'"{plan.table.name}"',
            "column": f'"{column}"',
            "key": f'"{plan.table.key[0]}"',
            "others": ", ".join(f'"{name}"' for name in plan.table.columns if name != column),
            "value": literal(value, plan),
        }
        done = 0
        with suppress(error):
            for part in statement.split(_THEN):
                run(part.format(**names))
                done += 1
        if not done:
            continue  # where a later part fails, the table is gone: a damage too
        return _Drawn(what=_kind_of(statement), touched=touched, value=value)


def _in_postgres(value: str, _: Plan) -> str:
    return "'" + value.replace("\x00", "").replace("'", "''") + "'"


def _kind_of(statement: str) -> str:
    if " VIEW " in statement:
        return "a view"
    if "UPDATE" in statement:
        return "a value"
    is_retyped = "MODIFY" in statement or " TYPE " in statement
    return "a column of another type" if is_retyped else "a table of another shape"


def _made(plan: Plan, source: str, maker: str, drawn: _Drawn) -> Made:
    return plan.made(
        source,
        f"{maker}: {drawn.what}",
        touched=plan.rows.num_rows if drawn.touched is None else drawn.touched,
        schema=None if maker == "sqlite" else _DAMAGED,
        planted=(drawn.value,),
    )


_TYPE: Final = "ALTER TABLE {table} ALTER {column} TYPE "
_VIEW: Final = "ALTER TABLE {table} RENAME TO held; CREATE VIEW {table} AS SELECT "
_ON_POSTGRES: Final[tuple[tuple[str, int | None], ...]] = (
    ("UPDATE {table} SET {column} = {value} WHERE ctid = (SELECT min(ctid) FROM {table})", 1),
    ("UPDATE {table} SET {column} = {value}", None),
    ("UPDATE {table} SET {column} = NULL WHERE ctid = (SELECT min(ctid) FROM {table})", 1),
    *(
        (_TYPE + kind, None)
        for kind in (
            "text USING {value}", "varchar", "char(12)", "char(1) USING 'Y'", "name", "boolean",
            "boolean USING true", "smallint USING 1", "bigint USING 9223372036854775807",
            "numeric USING 'NaN'", "numeric USING 'Infinity'", "numeric USING 1e40",
            "numeric(9, 2) USING 12.5", "float8 USING 'NaN'", "float4 USING '-Infinity'",
            "money USING '1'", "bytea USING 'x'", "uuid USING gen_random_uuid()",
            "jsonb USING '{{}}'", "text[] USING '{{a,b}}'", "int4range USING 'empty'",
            "interval USING '1 day'", "time USING '12:00'", "timetz USING '12:00+01'",
            "inet USING '::1'", "bit(3) USING '101'", "oid USING 1", "date USING 'infinity'",
            "date USING '-infinity'", "date USING '0044-03-15 BC'", "date USING '12006-01-01'",
            "date USING '9999-12-31'", "timestamp USING '2006-04-05 12:00'",
            "timestamp USING 'infinity'", "timestamptz USING 'infinity'",
            "timestamptz USING '-infinity'", "timestamptz USING '4713-01-01 BC'",
            "timestamptz USING '294276-12-31'", "timestamp(0) USING '2006-04-05'",
        )
    ),
    ("CREATE DOMAIN kind AS date; " + _TYPE + "kind", 0),
    ("CREATE DOMAIN kind AS boolean; " + _TYPE + "kind", 0),
    ("CREATE DOMAIN kind AS text; " + _TYPE + "kind", None),
    ("CREATE DOMAIN inner_kind AS int; CREATE DOMAIN kind AS inner_kind; " + _TYPE + "kind", 0),
    ("CREATE TYPE kind AS ENUM ('M', 'F'); " + _TYPE + "kind USING 'M'", None),
    ("ALTER TABLE {table} DROP {column}", None),
    ("ALTER TABLE {table} ADD another point", 0),
    ("ALTER TABLE {table} RENAME {column} TO \"Another Name\"", None),
    ("ALTER TABLE {table} RENAME TO another", None),
    (_VIEW + "* FROM held", 0),
    (_VIEW + "{others}, ({column}::text || '31/02')::date AS {column} FROM held", None),
    (_VIEW + "{others}, (1 / (length({column}::text) * 0))::text AS {column} FROM held", None),
    (_VIEW + "{others}, CASE WHEN random() < 2 THEN {column} END AS {column} FROM held", 0),
    ("CREATE MATERIALIZED VIEW other AS TABLE {table}; DROP TABLE {table}", None),
    ("CREATE TABLE part (LIKE {table}); ALTER TABLE part INHERIT {table}", 0),
)  # fmt: skip
"""Statements, and how many rows may read otherwise after: None for all."""

_MODIFY: Final = "ALTER TABLE {table} MODIFY {column} "
_HELD: Final = "RENAME TABLE {table} TO held; CREATE VIEW {table} AS SELECT "
_ON_MARIADB: Final[tuple[tuple[str, int | None], ...]] = (
    ("UPDATE {table} SET {column} = {value} LIMIT 1", 1),
    ("UPDATE {table} SET {column} = {value}", None),
    ("UPDATE {table} SET {column} = '0000-00-00' LIMIT 1", 1),
    ("UPDATE {table} SET {column} = '2006-00-00' LIMIT 1", 1),
    ("UPDATE {table} SET {column} = '9999-12-31 23:59:59.999999' LIMIT 1", 1),
    ("UPDATE {table} SET {column} = NULL LIMIT 1", 1),
    (_MODIFY + "TEXT; UPDATE {table} SET {column} = {value} LIMIT 1", None),
    *(
        (_MODIFY + kind, None)
        for kind in (
            "VARCHAR(40) CHARACTER SET latin1", "VARCHAR(40) CHARACTER SET utf16", "BINARY(5)",
            "BLOB", "TIME", "YEAR", "DECIMAL(30, 10)", "TINYINT(1)", "BIT(1)", "BIT(12)",
            "ENUM('Y', 'N')", "SET('a', 'b')", "JSON", "INET6", "FLOAT", "TIMESTAMP NULL",
            "DATETIME", "DATE", "BIGINT UNSIGNED", "POINT", "VARCHAR(300) COMPRESSED",
        )
    ),
    ("ALTER TABLE {table} DROP COLUMN {column}", None),
    ("ALTER TABLE {table} ADD COLUMN another POINT", 0),
    ("ALTER TABLE {table} RENAME COLUMN {column} TO \"Another Name\"", None),
    ("RENAME TABLE {table} TO another", None),
    (_HELD + "* FROM held", 0),
    (_HELD + "* FROM held; DROP TABLE held", 0),
    (_HELD + "{others}, CAST(CONCAT({column}, '31/02') AS DATE) AS {column} FROM held", None),
    (_HELD + "{others}, EXTRACTVALUE({column}, 'a[') AS {column} FROM held", None),
)  # fmt: skip

_COPY: Final = "CREATE TABLE copied AS SELECT * FROM {table}; DROP TABLE {table}; "
_ON_SQLITE: Final[tuple[tuple[str, int | None], ...]] = (
    ("UPDATE {table} SET {column} = {value} WHERE rowid = 1", 1),
    ("UPDATE {table} SET {column} = {value} WHERE rowid = 1", 1),
    ("UPDATE {table} SET {column} = {value}", None),
    ("UPDATE {table} SET {column} = CAST(x'fffe' AS TEXT) WHERE rowid = 1", 1),
    ("UPDATE {table} SET {column} = zeroblob(20) WHERE rowid = 1", 1),
    ("UPDATE {table} SET {column} = 9e999 WHERE rowid = 1", 1),
    ("UPDATE {table} SET {key} = NULL WHERE rowid = 1", 1),
    ("ALTER TABLE {table} DROP COLUMN {column}", None),
    ("ALTER TABLE {table} ADD COLUMN another", 0),
    ("ALTER TABLE {table} RENAME COLUMN {column} TO \"Another Name\"", None),
    ("ALTER TABLE {table} RENAME TO another", None),
    (_VIEW + "* FROM held", 0),
    (_VIEW + "{others}, json({column}) AS {column} FROM held", None),
    (_VIEW + "* FROM held; DROP TABLE held", 0),
    ("DROP TABLE {table}", 0),
    (_COPY + "ALTER TABLE copied RENAME TO {table}", 0),
)  # fmt: skip
