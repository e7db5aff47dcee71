"""What goes wrong at night, under Airflow's own scheduler: who is told, and how it goes on."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from email.message import EmailMessage
from itertools import pairwise

import psutil
import pytest
import sqlalchemy as sa

from jobs.operate.run.step_records import AT_WORK, RECORD
from jobs.runtime.settings import ROOT
from jobs.warehouse import embedded
from tests.dags.live import (
    NIGHT_SECONDS,
    NIGHTLY,
    TELL_SECONDS,
    LiveAirflow,
    land_nights,
    live_airflow,
    move_dates,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    with live_airflow(tmp_path_factory.mktemp("live") / "its data") as live:
        live.unpause(NIGHTLY)
        yield live


@pytest.fixture(scope="module")
def tonight(live: LiveAirflow) -> str:
    """Today's night, published once."""
    live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(live.today)))
    return str(live.today)


@pytest.fixture(scope="module")
def march(live: LiveAirflow) -> list[date]:
    """Three nights, published; in the middle one the clocks go forward."""
    return land_nights(live, around=date(2026, 3, 29))


def test_a_range_that_is_started_side_by_side_runs_in_order(
    live: LiveAirflow, march: list[date]
) -> None:
    """Over the last Sunday of March, which has 23 hours: no night is left out."""
    first, last = f"{march[0]}T00:00:00+00:00", f"{march[-1]}T23:59:00+00:00"
    done = live.run(
        *("airflow", "backfill", "create", "--dag-id", NIGHTLY, "--max-active-runs", "3"),
        *("--reprocess-behavior", "completed", "--from-date", first, "--to-date", last),
    )
    assert done.returncode == 0, done.stderr
    until(lambda: len(live.backfilled()) == 3, "three nights are there", seconds=TELL_SECONDS)
    runs = live.backfilled()
    for run in runs:
        live.wait_for_run(NIGHTLY, run)
    assert [run.removeprefix("backfill__")[:16] for run in runs] == [
        "2026-03-28T23:30", "2026-03-29T22:30", "2026-03-30T22:30",
    ]  # fmt: skip
    ended = [live.task_times(NIGHTLY, run) for run in runs]
    for before, after in pairwise(ended):
        assert before["audit_and_publish"][1] <= after["await_registers"][0]


def test_nights_that_follow_a_changed_one_are_listed_and_run_again_in_order(
    live: LiveAirflow, march: list[date]
) -> None:
    first, *others = march
    for register in ("prison", "immigration"):
        move_dates(live.server.url(register), (first - live.today).days)
    try:
        live.change(
            "prison", "UPDATE movements SET recorded_at = recorded_at + interval '1 second'"
        )
        again = live.run("night", "--as-of", str(first), "--fetch-again")
    finally:
        for register in ("prison", "immigration"):
            move_dates(live.server.url(register), (live.today - first).days)
    assert again.returncode == 0, again.stderr
    stale = live.run("publications", "stale").stdout
    listed = set(re.findall(r"^\W*([\d-]{10})", stale, re.MULTILINE))
    assert listed == {str(night) for night in others}
    looked = live.run("backfill", "--from", str(first), "--to", str(others[-1]), "--dry-run")
    assert looked.returncode == 0, looked.stderr
    assert "3 nights computed; nothing was published." in looked.stdout
    assert live.run("publications", "stale").stdout == stale
    done = live.run("backfill", "--from", str(first), "--to", str(others[-1]))
    assert done.returncode == 0, done.stderr
    assert "3 nights published, in order." in done.stdout
    assert not any(str(night) in live.run("publications", "stale").stdout for night in march)


@pytest.mark.short
def test_scheduler_and_database_are_killed_in_mid_run_and_the_night_is_published(
    live: LiveAirflow, tonight: str
) -> None:
    run = live.trigger(NIGHTLY, as_of=tonight)
    until(
        lambda: live.tasks(NIGHTLY, run)["check"] == "running", "check runs", seconds=NIGHT_SECONDS
    )
    os.kill(live.part("scheduler").pid, signal.SIGKILL)
    time.sleep(5)
    number = int((live.data_dir / "postgres/data/postmaster.pid").read_text().splitlines()[0])
    os.kill(number, signal.SIGKILL)
    live.wait_for_run(NIGHTLY, run)
    log = (live.data_dir.parent / "standalone.log").read_text()
    assert "airflow scheduler ended (exit code -9); it is started again" in log


def test_postgresql_is_restarted_in_mid_run_and_the_night_is_published(
    live: LiveAirflow, tonight: str
) -> None:
    """As its administrator restarts it: every connection is cut, and it is back at once."""
    run = live.trigger(NIGHTLY, as_of=tonight)
    until(lambda: live.tasks(NIGHTLY, run)["link"] == "running", "link runs", seconds=NIGHT_SECONDS)
    embedded.stop(live.data_dir / "postgres")
    live.wait_for_run(NIGHTLY, run)
    live.server = embedded.start(live.data_dir / "postgres")  # whose address is another one now
    assert sum("current" in line for line in live.publications(tonight)) == 1


def test_two_schedulers_run_one_night_in_turn_and_publish_it_once(
    live: LiveAirflow, tonight: str
) -> None:
    before = live.publications(tonight)
    second = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "jobs", "airflow", "scheduler"],
        cwd=ROOT,
        env=live.environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: schedulers(live) == 2, "a second scheduler", seconds=TELL_SECONDS)
        runs = [live.trigger(NIGHTLY, as_of=tonight, fetch_again=True) for _ in range(2)]
        beside = live.run("night", "--as-of", tonight)
        for run in runs:
            live.wait_for_run(NIGHTLY, run)
    finally:
        os.killpg(second.pid, signal.SIGTERM)
        second.wait(timeout=60)
    assert beside.returncode == 0, beside.stderr
    one, other = (live.task_times(NIGHTLY, run) for run in runs)
    assert one["place"][1] <= other["await_turn"][0]
    assert live.publications(tonight) == before


def schedulers(live: LiveAirflow) -> int:
    """The schedulers that are at work, as Airflow's own database has them."""
    engine = sa.create_engine(live.server.url("airflow"))
    query = "SELECT count(*) FROM job WHERE job_type = 'SchedulerJob' "
    query += "AND state = 'running' AND latest_heartbeat > now() - interval '15 seconds'"
    with engine.connect() as connection:
        found = connection.scalar(sa.text(query))
    engine.dispose()
    return int(found)


@pytest.mark.short
def test_a_task_that_is_killed_once_is_tried_again_and_nobody_is_told(
    live: LiveAirflow, tonight: str
) -> None:
    run = live.trigger(NIGHTLY, as_of=tonight)
    until(lambda: is_at_work(live, "check"), "check is at work", seconds=NIGHT_SECONDS)
    kill_tasks(live)
    until(
        lambda: live.tasks(NIGHTLY, run)["check"] == "up_for_retry",
        "it waits",
        seconds=TELL_SECONDS,
    )
    live.wait_for_run(NIGHTLY, run)
    said = " ".join(str(line) for line in live.log(NIGHTLY, run, "check", 2))
    assert "attempt=2" in said
    assert "killed=1" in said
    assert not about(live, run)


def test_a_task_that_is_killed_again_and_again_gives_one_alert_and_is_whole_when_cleared(
    live: LiveAirflow, tonight: str
) -> None:
    run = live.trigger(NIGHTLY, as_of=tonight)
    deadline = time.monotonic() + 3 * NIGHT_SECONDS
    while time.monotonic() < deadline:
        if live.tasks(NIGHTLY, run)["check"] == "running":
            kill_tasks(live)
        if state_of(live, run) == "failed":
            break
        time.sleep(0.3)
    until(lambda: bool(about(live, run)), "somebody is told", seconds=TELL_SECONDS)
    time.sleep(5)
    (alert,) = about(live, run)
    assert "stopped at check" in alert["Subject"]
    body = " ".join(alert.get_content().split())
    assert "task check: it was killed" in body
    assert "that publication stands" in body
    live.clear(NIGHTLY, run, "check")
    until(lambda: state_of(live, run) != "failed", "it is taken up again", seconds=TELL_SECONDS)
    live.wait_for_run(NIGHTLY, run)
    assert not list((live.data_dir / "runs").rglob("*.partial"))
    until(lambda: len(about(live, run)) == 2, "and it is told", seconds=TELL_SECONDS)
    assert about(live, run)[-1]["Subject"].startswith("Recovered")


def state_of(live: LiveAirflow, run: str) -> str:
    return {each["dag_run_id"]: str(each["state"]) for each in live.runs(NIGHTLY)}[run]


def about(live: LiveAirflow, run: str) -> list[EmailMessage]:
    """The alerts about a run; another run may have one at the same time."""
    return [m for m in live.alerts() if run in " ".join(m.get_content().split())]


def is_at_work(live: LiveAirflow, step: str) -> bool:
    """Whether a step of some run has begun and not ended."""
    records = (live.data_dir / "runs").glob(f"**/steps/{step}/{RECORD}")
    return any(json.loads(path.read_text())["state"] == AT_WORK for path in records)


def kill_tasks(live: LiveAirflow) -> None:
    """Kill the tasks that run, as the system does when memory runs out."""
    for worker in live.part("scheduler").children():
        with suppress(psutil.NoSuchProcess):
            if "LocalExecutor" in " ".join(worker.cmdline()):
                for task in worker.children(recursive=True):
                    task.kill()
