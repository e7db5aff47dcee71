"""An up-to-date warehouse for a test."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from jobs.warehouse import open_warehouse, upgrade


@pytest.fixture
def warehouse(database: str) -> Iterator[sa.Engine]:
    """An empty warehouse in a fresh database."""
    engine = open_warehouse(database)
    upgrade(engine)
    yield engine
    engine.dispose()
