"""What goes wrong at night, under Airflow's own scheduler: who is told, and how it goes on."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from tests.dags.live import NIGHT_SECONDS, LiveAirflow, live_airflow, move_dates, until

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
NIGHTLY = "nightly_reconciliation"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    with live_airflow(tmp_path_factory.mktemp("live") / "its data") as live:
        yield live


@pytest.fixture(scope="module")
def yesterdays(live: LiveAirflow) -> list[str]:
    """Three nights that were published, the last of them today's; registers move along."""
    live.unpause(NIGHTLY)
    nights = [live.today - timedelta(days=days) for days in (2, 1, 0)]
    for place, night in enumerate(nights):
        for register in ("prison", "immigration"):
            move_dates(live.server.url(register), -2 if place == 0 else 1)
        live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(night)))
    return [str(night) for night in nights]


def test_a_range_that_is_started_side_by_side_runs_in_order(
    live: LiveAirflow, yesterdays: list[str]
) -> None:
    first, last, _ = yesterdays
    done = live.run(
        *("airflow", "backfill", "create", "--dag-id", NIGHTLY, "--max-active-runs", "3"),
        *("--reprocess-behavior", "completed"),
        *("--from-date", f"{first}T00:00:00+00:00", "--to-date", f"{last}T23:59:00+00:00"),
    )
    assert done.returncode == 0, done.stderr
    until(lambda: len(backfilled(live)) == 2, "two nights are there", seconds=60)
    for run in backfilled(live):
        live.wait_for_run(NIGHTLY, str(run["dag_run_id"]))
    ended = [live.task_times(NIGHTLY, str(run["dag_run_id"])) for run in backfilled(live)]
    assert ended[0]["audit_and_publish"][1] <= ended[1]["await_registers"][0]


def backfilled(live: LiveAirflow) -> list[dict[str, object]]:
    runs = [run for run in live.runs(NIGHTLY) if run["run_type"] == "backfill"]
    return sorted(runs, key=lambda run: str(run["logical_date"]))


def test_scheduler_and_database_are_killed_in_mid_run_and_the_night_is_published(
    live: LiveAirflow, yesterdays: list[str]
) -> None:
    run = live.trigger(NIGHTLY, as_of=yesterdays[-1])
    until(lambda: live.tasks(NIGHTLY, run)["check"] == "running", "check runs", seconds=120)
    os.kill(part(live, "scheduler").pid, signal.SIGKILL)
    time.sleep(5)
    number = int((live.data_dir / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    os.kill(number, signal.SIGKILL)
    live.wait_for_run(NIGHTLY, run)
    log = (live.data_dir.parent / "standalone.log").read_text()
    assert "airflow scheduler ended (exit code -9); it is started again" in log


def test_a_task_that_is_killed_again_and_again_gives_one_alert(
    live: LiveAirflow, yesterdays: list[str]
) -> None:
    before = len(live.alerts())
    run = live.trigger(NIGHTLY, as_of=yesterdays[-1])
    deadline = time.monotonic() + 3 * NIGHT_SECONDS
    while time.monotonic() < deadline:
        if live.tasks(NIGHTLY, run)["check"] == "running":
            kill_tasks(live)
        if {r["dag_run_id"]: r["state"] for r in live.runs(NIGHTLY)}[run] == "failed":
            break
        time.sleep(0.3)
    until(lambda: len(live.alerts()) > before, "somebody is told", seconds=60)
    time.sleep(5)
    (alert,) = [m for m in live.alerts() if run in " ".join(m.get_content().split())]
    assert "stopped at check" in alert["Subject"]
    body = " ".join(alert.get_content().split())
    assert "task check: it was killed" in body
    assert "that publication stands" in body


def part(live: LiveAirflow, name: str) -> psutil.Process:
    """The process of one part of Airflow."""
    (found,) = [
        child
        for child in psutil.Process(live.process.pid).children()
        if name in " ".join(child.cmdline())
    ]
    return found


def kill_tasks(live: LiveAirflow) -> None:
    """Kill the tasks that run, as the system does when memory runs out."""
    for worker in part(live, "scheduler").children():
        with suppress(psutil.NoSuchProcess):
            if "LocalExecutor" in " ".join(worker.cmdline()):
                for task in worker.children(recursive=True):
                    task.kill()


def test_the_files_of_the_killed_are_whole(live: LiveAirflow, yesterdays: list[str]) -> None:
    run = live.trigger(NIGHTLY, as_of=yesterdays[-1])
    live.wait_for_run(NIGHTLY, run)
    assert not list(Path(live.data_dir / "runs").rglob("*.partial"))
    assert any(message["Subject"].startswith("Recovered") for message in live.alerts())
