"""Loading a world into the two register databases: both change, or neither."""

from contextlib import ExitStack
from typing import Final

import adbc_driver_postgresql.dbapi as adbc
import sqlalchemy as sa

from jobs.contract.registers import REGISTERS, TABLES
from jobs.runtime.errors import Unreachable
from jobs.synthetic.world import World

_SCHEMA: Final = "public"


def load_world(world: World, prison_url: str, immigration_url: str) -> None:
    """Create the contract's tables in both databases and fill them, replacing what was there.

    Readers see the old registers or the new ones, never half of one: all tables of a database
    change in one transaction, and neither is committed before both are whole.

    Args:
        world: what to load.
        prison_url: SQLAlchemy URL of the prison database (PostgreSQL).
        immigration_url: SQLAlchemy URL of the immigration database (PostgreSQL).

    Raises:
        Unreachable: a database does not answer.
    """
    with ExitStack() as opened:
        loaded = []
        for register, url in (("prison", prison_url), ("immigration", immigration_url)):
            connection = opened.enter_context(_connect(register, url))
            _load_register(world, register, connection)
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


def _load_register(world: World, register: str, connection: adbc.Connection) -> None:
    with connection.cursor() as cursor:
        for name, table in REGISTERS[register].items():
            cursor.execute(f'DROP TABLE IF EXISTS {_SCHEMA}."{table.name}" CASCADE')
            for statement in _statements(name):
                cursor.execute(statement)
            # The invalid rows of a register break its keys, so the database declares none.
            if world.tables[name].num_rows:
                cursor.adbc_ingest(table.name, world.tables[name], mode="append")


def _statements(name: str) -> list[str]:
    declared = TABLES[name]
    table = sa.Table(declared.name, sa.MetaData(schema=_SCHEMA), *declared.sql_columns())
    dialect = sa.create_engine("postgresql+psycopg://").dialect
    create = str(sa.schema.CreateTable(table).compile(dialect=dialect))
    comments = [
        str(sa.schema.SetColumnComment(column).compile(dialect=dialect)) for column in table.columns
    ]
    return [create, *comments]
