"""Airflow's parts as processes: who ends one ends Airflow, and what dies again and again stops."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from jobs.commands.administration import airflow_cli, standalone
from jobs.commands.administration.airflow_cli import LOG_SERVERS, airflow_command
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import ROOT

SLOW_TO_END = """\
import signal, sys, time
def ended(*_):
    time.sleep(0.3)
    print("ended in order", flush=True)
    sys.exit(7)
signal.signal(signal.SIGTERM, ended)
print("up", flush=True)
while True:
    time.sleep(0.05)
"""
RUNS_IT = """\
import os, sys
from pathlib import Path
from jobs.commands.administration import airflow_cli
airflow_cli.AIRFLOW = Path(sys.argv[1])
sys.exit(airflow_cli.run_airflow(["version"], environment=os.environ))
"""


def program(path: Path, text: str) -> Path:
    # A first line cannot name a program whose path has a space.
    script = path.with_suffix(".py")
    script.write_text(text)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n')
    path.chmod(0o700)
    return path


@pytest.mark.parametrize("part", standalone.PARTS)
def test_a_part_serves_no_logs_unless_the_site_names_the_port(part: str) -> None:
    asked = airflow_command([part], {})
    assert ("--skip-serve-logs" in asked) is (part in LOG_SERVERS)
    assert airflow_command([part, "--skip-serve-logs"], {}).count("--skip-serve-logs") == 1
    named = dict.fromkeys(LOG_SERVERS.values(), "8793")
    assert airflow_command([part], named) == [str(airflow_cli.AIRFLOW), part]


@pytest.mark.parametrize("arguments", [[], ["dags", "list"], ["db", "migrate"]])
def test_other_commands_are_airflows_own(arguments: list[str]) -> None:
    assert airflow_command(arguments, {}) == [str(airflow_cli.AIRFLOW), *arguments]


def test_who_asks_the_command_to_end_asks_airflow_and_waits_for_it(tmp_path: Path) -> None:
    part = program(tmp_path / "airflow", SLOW_TO_END)
    with subprocess.Popen(
        [sys.executable, "-c", RUNS_IT, str(part)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "ended in order\n"
        assert process.wait(timeout=30) == 7


def test_a_part_that_was_killed_is_told_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills_itself = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n"
    monkeypatch.setattr(airflow_cli, "AIRFLOW", program(tmp_path / "airflow", kills_itself))
    before = signal.getsignal(signal.SIGTERM)
    assert airflow_cli.run_airflow(["scheduler"], environment=os.environ) == 128 + signal.SIGKILL
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_ends_again_and_again_stops_everything_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    scheduler_dies = """\
import os, sys, time
if sys.argv[1] == "scheduler":
    sys.exit(3)
open(f"{sys.argv[1]}.pid", "w").write(str(os.getpid()))
time.sleep(600)
"""
    monkeypatch.setattr(airflow_cli, "AIRFLOW", program(tmp_path / "airflow", scheduler_dies))
    monkeypatch.setattr(standalone, "WATCH_SECONDS", 0.05)
    monkeypatch.chdir(tmp_path)
    kept: list[float] = []

    def keep() -> Mapping[str, str]:
        kept.append(time.monotonic())
        return os.environ

    with pytest.raises(BadInput, match="airflow scheduler: ended 5 times within 5 minutes"):
        standalone.run_standalone(environment=keep)
    assert caplog.text.count("airflow scheduler ended (exit code 3); it is started again") == 4
    assert len(kept) >= 5, "the database is looked after too"
    for path in tmp_path.glob("*.pid"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


def test_a_part_that_does_not_end_when_asked_is_killed_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    goes_on = """\
import os, signal, sys, time
def end(*_):
    if sys.argv[1] != "dag-processor":
        open(f"{sys.argv[1]}.ended", "w").close()
        sys.exit(0)
signal.signal(signal.SIGTERM, end)
open(f"{sys.argv[1]}.pid", "w").write(str(os.getpid()))
while True:
    time.sleep(0.05)
"""
    monkeypatch.setattr(airflow_cli, "AIRFLOW", program(tmp_path / "airflow", goes_on))
    monkeypatch.setattr(standalone, "WATCH_SECONDS", 0.05)
    monkeypatch.setattr(standalone, "PATIENCE_SECONDS", 0.5)
    monkeypatch.chdir(tmp_path)

    def ask_once_all_are_up() -> Mapping[str, str]:
        if len(list(tmp_path.glob("*.pid"))) == len(standalone.PARTS):
            os.kill(os.getpid(), signal.SIGTERM)
        return os.environ

    assert standalone.run_standalone(environment=ask_once_all_are_up) == 0
    assert "airflow dag-processor did not end when it was asked to; killed" in caplog.text
    assert caplog.text.count("did not end") == 1
    ended = {path.stem: path.stat().st_mtime for path in tmp_path.glob("*.ended")}
    assert max(ended, key=lambda part: ended[part]) == "api-server", "tasks ask it until they end"
    for path in tmp_path.glob("*.pid"):
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


def test_a_database_that_comes_back_at_another_address_is_told_to_every_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As the embedded one does, whose socket lies in a folder of another name after each start."""
    notes_its_address = """\
import os, sys, time
open(f"{sys.argv[1]}.{os.environ['ADDRESS']}", "w").close()
time.sleep(600)
"""
    monkeypatch.setattr(airflow_cli, "AIRFLOW", program(tmp_path / "airflow", notes_its_address))
    monkeypatch.setattr(standalone, "WATCH_SECONDS", 0.05)
    monkeypatch.chdir(tmp_path)

    def moves_once_all_are_up() -> Mapping[str, str]:
        here, there = (len(list(tmp_path.glob(f"*.{where}"))) for where in ("here", "there"))
        if there == len(standalone.PARTS):
            os.kill(os.getpid(), signal.SIGTERM)
        moved = there or here == len(standalone.PARTS)
        return {**os.environ, "ADDRESS": "there" if moved else "here"}

    assert standalone.run_standalone(environment=moves_once_all_are_up) == 0
    assert caplog.text.count("all of Airflow is started again") == 1
    assert "ended (exit code" not in caplog.text, "no part is blamed"
