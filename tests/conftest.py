"""What every room's tests share: a real PostgreSQL for the session, a fresh database for a test."""

import gc
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import duckdb
import pytest
import sqlalchemy as sa

from jobs.runtime.settings import ROOT
from jobs.warehouse import embedded, open_warehouse, upgrade

if TYPE_CHECKING:
    from playwright.sync_api import Browser

KINDS = "worlds that hold"
"""The property under which a test says how many of its invented worlds held each kind."""
_NUMBERS = count(1)
_MADE = "an empty warehouse"
_USED = "a warehouse"


def run_jobs(*arguments: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run ``python -m jobs`` as a person would: in a process of its own, in this environment."""
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "jobs", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests begin first: no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many worlds held each kind, from the property `KINDS` of the tests."""
    held: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == KINDS:
                held.update(value)
    for kind, number in sorted(held.items(), key=lambda entry: -entry[1]):
        terminalreporter.write_line(f"{number:>9,} {kind}")


@pytest.fixture(scope="module", autouse=True)
def _aged() -> None:
    """What the modules before have left for good is not looked through at each collection.

    Libraries alone are a million objects, and every step of a night collects.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """An engine that is not told how many threads to use takes one: each worker has one processor.

    Rows of a test are too few to be shared out; waking a second thread costs a fifth of a check.
    """
    connect = duckdb.connect

    def alone(database: str = ":memory:", *args: Any, **named: Any) -> duckdb.DuckDBPyConnection:
        config = {"threads": 1} | named.pop("config", {})
        return connect(database, *args, config=config, **named)

    with mock.patch.object(duckdb, "connect", alone):
        yield


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


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """A running browser; who asks for it is skipped where none is installed."""
    # Most sessions ask for none, and the driver takes its time.
    from benchmarks.samples.browser import browser

    with browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def empty_warehouse(postgres: embedded.EmbeddedServer) -> str:
    """The name of a database that was upgraded once, to be copied."""
    engine = open_warehouse(postgres.create_database(_MADE))
    upgrade(engine)
    engine.dispose()
    return _MADE


@contextmanager
def as_template(postgres: embedded.EmbeddedServer, template: str, name: str) -> Iterator[sa.Engine]:
    """A copy of a database that stays to be copied itself: filled once, with what tests share."""
    server = sa.create_engine(postgres.url(), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    engine = open_warehouse(postgres.url(name))
    yield engine
    engine.dispose()


@contextmanager
def copied(postgres: embedded.EmbeddedServer, template: str, name: str) -> Iterator[sa.Engine]:
    """A database that begins as a copy of another; gone afterwards."""
    with as_template(postgres, template, name) as engine:
        yield engine
    postgres.drop_database(name)


@pytest.fixture
def warehouse(postgres: embedded.EmbeddedServer, empty_warehouse: str) -> Iterator[sa.Engine]:
    """An empty warehouse in a database of its own."""
    with copied(postgres, empty_warehouse, _USED) as engine:
        yield engine
