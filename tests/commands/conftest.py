"""A warehouse of three publications, and the command line on it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from benchmarks.samples import nights
from jobs.__main__ import app
from jobs.warehouse import Publication, open_warehouse, publish, upgrade

Run = Callable[..., Result]


@dataclass(frozen=True)
class Published:
    """Publications of one night, the first one superseded, and the command line."""

    engine: sa.Engine
    first: Publication
    second: Publication
    run: Run


@pytest.fixture
def published(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Published]:
    engine = open_warehouse(database)
    upgrade(engine)
    first = publish(engine, manifest=nights.manifest(), tables=nights.facts(seed=1))
    newer = replace(nights.manifest(landing="b"), code_version="2")
    second = publish(engine, manifest=newer, tables=nights.facts(seed=2))
    for name in [n for n in os.environ if n.startswith("RECONCILIATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", database)
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    yield Published(engine, first, second, run)
    engine.dispose()
