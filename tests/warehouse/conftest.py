"""An up-to-date warehouse for a test."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from jobs.warehouse import embedded, open_warehouse, upgrade

_MADE = "an empty warehouse"
_USED = "a warehouse"


@pytest.fixture(scope="session")
def empty_warehouse(postgres: embedded.EmbeddedServer) -> str:
    """The name of a database that was upgraded once, to be copied."""
    engine = open_warehouse(postgres.create_database(_MADE))
    upgrade(engine)
    engine.dispose()
    return _MADE


@pytest.fixture
def warehouse(postgres: embedded.EmbeddedServer, empty_warehouse: str) -> Iterator[sa.Engine]:
    """An empty warehouse in a database of its own."""
    server = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{_USED}" TEMPLATE "{empty_warehouse}"'))
    engine = open_warehouse(postgres.url(_USED))
    yield engine
    engine.dispose()
    postgres.drop_database(_USED)
