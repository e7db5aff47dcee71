"""Loading a world into the two register databases: both change, or neither."""

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import sqlalchemy as sa

from jobs.contract.registers import REGISTERS, TABLES
from jobs.runtime.errors import Unreachable
from jobs.synthetic.world import World

_SCHEMA: Final = "public"


def load_world(world: World, prison_url: str, immigration_url: str) -> None:
    """Load a world as `load_tables` does."""
    load_tables(world.tables, {"prison": prison_url, "immigration": immigration_url})


def load_tables(tables: Mapping[str, pa.Table], urls: Mapping[str, str]) -> None:
    """Create the contract's tables in both databases and fill them, replacing what was there.

    Readers see the old registers or the new ones, never half of one: all tables of a database
    change in one transaction, and neither is committed before both are whole.

    Args:
        tables: every register table by full name, in the contract's schema.
        urls: SQLAlchemy URL of each register's database (PostgreSQL), by register.

    Raises:
        Unreachable: a database does not answer.
    """
    with ExitStack() as opened:
        loaded = []
        for register, url in urls.items():
            connection = opened.enter_context(_connect(register, url))
            _load_register(tables, register, connection)
            loaded.append(connection)
        for connection in loaded:
            connection.commit()


def _connect(register: str, url: str) -> adbc.Connection:
    plain = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        return adbc.connect(plain, autocommit=False)
    except adbc.Error as error:
        raise Unreachable(
            f"{register} database", "does not answer", "start it or mend its URL"
        ) from error


def _load_register(
    tables: Mapping[str, pa.Table], register: str, connection: adbc.Connection
) -> None:
    with connection.cursor() as cursor:
        for name, table in REGISTERS[register].items():
            cursor.execute(f'DROP TABLE IF EXISTS {_SCHEMA}."{table.name}" CASCADE')
            for statement in _statements(name):
                cursor.execute(statement)
            # The invalid rows of a register break its keys, so the database declares none.
            if tables[name].num_rows:
                cursor.adbc_ingest(table.name, tables[name], mode="append")


def _statements(name: str) -> list[str]:
    declared = TABLES[name]
    table = sa.Table(declared.name, sa.MetaData(schema=_SCHEMA), *declared.sql_columns())
    dialect = sa.create_engine("postgresql+psycopg://").dialect
    create = str(sa.schema.CreateTable(table).compile(dialect=dialect))
    comments = [
        str(sa.schema.SetColumnComment(column).compile(dialect=dialect)) for column in table.columns
    ]
    return [create, *comments]
