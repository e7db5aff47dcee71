"""What every room's tests share: a real PostgreSQL for the session, a fresh database for a test."""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from jobs.warehouse import embedded

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[embedded.EmbeddedServer]:
    """A running server whose folder has spaces in its name; gone after the session."""
    folder = Path(tempfile.mkdtemp(prefix="reconciliation tests "))
    server = embedded.start(folder / "a server")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(server.socket_folder, ignore_errors=True)


@pytest.fixture
def database(postgres: embedded.EmbeddedServer) -> Iterator[str]:
    """The URL of a fresh, empty database, dropped after the test."""
    name = f"test_{next(_NUMBERS)}"
    postgres.create_database(name)
    yield postgres.url(name)
    postgres.drop_database(name)
