"""The command line: on an installation of its own, and on a warehouse of three publications."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from unittest import mock

import pandas as pd
import pytest
import sqlalchemy as sa
from click.testing import Result
from typer.testing import CliRunner

from benchmarks.samples import nights
from jobs.__main__ import app, main
from jobs.warehouse import Publication, embedded, publish
from tests.conftest import as_template, copied, run_jobs

_TWICE, _USED = "a night published twice", "a night under commands"

Run = Callable[..., Result]


AS_OF = "2006-04-25"


@dataclass(frozen=True)
class Ended:
    """How a command ended and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Site:
    """One installation: a data folder of its own, and the command line on it."""

    data_dir: Path
    environment: dict[str, str]

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command in this process, which has paid for its imports already."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment | variables, clear=True),
            mock.patch.object(sys, "argv", ["jobs", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main()
                code = 0
            except SystemExit as ended:
                code = ended.code if isinstance(ended.code, int) else 1
        return Ended(code, out.getvalue(), err.getvalue())

    def run_alone(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command as a person would: in a process of its own."""
        return run_jobs(*arguments, environment=self.environment)

    def night(self, world: Path, *more: str, **variables: str) -> Ended:
        registers = ("--prison", str(world / "prison"), "--immigration", str(world / "immigration"))
        return self.run("night", "--as-of", AS_OF, *registers, *more, **variables)

    def figures(self) -> dict[str, object]:
        done = self.run("figures", "--as-of", AS_OF, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    def cases(self, name: str) -> pd.DataFrame:
        done = self.run("cases", "--as-of", AS_OF, "--list", name, "--format", "json")
        assert done.returncode == 0, done.stderr
        return pd.DataFrame(json.loads(done.stdout))


def site_at(data_dir: Path) -> Site:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("RECONCILIATION_", "AIRFLOW", "SMTP_", "LINK_"))
    }
    return Site(data_dir, environment | {"RECONCILIATION_DATA_DIR": str(data_dir)})


@dataclass(frozen=True)
class Published:
    """Publications of one night, the first one superseded, and the command line."""

    engine: sa.Engine
    first: Publication
    second: Publication
    run: Run


@pytest.fixture(scope="session")
def two_publications(
    postgres: embedded.EmbeddedServer, empty_warehouse: str
) -> tuple[Publication, Publication]:
    """What a database holds that is copied for who asks for `published`."""
    with as_template(postgres, empty_warehouse, _TWICE) as engine:
        first = publish(engine, manifest=nights.manifest(), tables=nights.facts(seed=1))
        newer = replace(nights.manifest(landing="b"), code_version="2")
        return first, publish(engine, manifest=newer, tables=nights.facts(seed=2))


@pytest.fixture
def published(
    postgres: embedded.EmbeddedServer,
    two_publications: tuple[Publication, Publication],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Published]:
    for name in [n for n in os.environ if n.startswith("RECONCILIATION_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("RECONCILIATION_WAREHOUSE", postgres.url(_USED))
    monkeypatch.setenv("RECONCILIATION_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    with copied(postgres, _TWICE, _USED) as engine:
        yield Published(engine, *two_publications, run)
