"""The command line's face: every command is there, and asking for help imports nothing heavy."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from jobs.__main__ import app
from jobs.commands.administration.administration_commands import PASSED_ON
from jobs.runtime.settings import ROOT

HEAVY = ("duckdb", "great_expectations", "jobs.night", "matplotlib", "pandas", "sqlalchemy")
GROUPS = (
    "ack",
    "assurance",
    "notices",
    "outbox",
    "person",
    "policy",
    "publications",
    "review",
    "train",
)


def test_asking_for_help_imports_no_heavy_package() -> None:
    code = f"import sys, jobs.__main__; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_every_command_says_what_it_does_and_none_is_there_twice() -> None:
    named = [command.name for command in app.registered_commands]
    groups = [group.name for group in app.registered_groups]
    assert sorted(groups) == sorted(GROUPS)
    assert len({*named, *groups}) == len(named) + len(groups)
    for command in app.registered_commands:
        assert command.callback is not None
        assert (command.callback.__doc__ or "").strip(), command.name


@pytest.mark.parametrize("name", [*GROUPS, "setup-check", "night", "cases", "fresh", "backfill"])
def test_help_of_a_command_or_group_is_printed(name: str) -> None:
    found = CliRunner().invoke(app, [name, "--help"])
    assert found.exit_code == 0
    assert "Usage:" in found.output


def test_the_arguments_of_airflow_are_airflow_s_own() -> None:
    command = next(one for one in app.registered_commands if one.name == "airflow")
    assert command.context_settings == PASSED_ON
