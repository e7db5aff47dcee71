"""What an operator does to a run, under Airflow's own scheduler: nothing half, nothing twice."""

import shlex
import time
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from tests.dags.live import (
    EMAILS,
    NIGHT_SECONDS,
    NIGHTLY,
    TELL_SECONDS,
    LiveAirflow,
    live_airflow,
    move_dates,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
SETTLED_SECONDS = 25
"""Longer than the scheduler looks away from a run: by then it would have started a task."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    with live_airflow(tmp_path_factory.mktemp("live") / "its data") as live:
        live.unpause(NIGHTLY)
        yield live


@pytest.fixture(scope="module")
def tonight(live: LiveAirflow) -> str:
    """The run of today's night, published once."""
    run = live.trigger(NIGHTLY, as_of=str(live.today))
    live.wait_for_run(NIGHTLY, run)
    return run


@contextmanager
def registers_of(live: LiveAirflow, night: date) -> Iterator[None]:
    """Both registers as they stood on a day of the past."""
    days = (night - live.today).days
    for register in ("prison", "immigration"):
        move_dates(live.server.url(register), days)
    try:
        yield
    finally:
        for register in ("prison", "immigration"):
            move_dates(live.server.url(register), -days)


@contextmanager
def stopped_register(live: LiveAirflow) -> Iterator[None]:
    """An old copy under a new date, which a critical check finds."""
    live.change("prison", "UPDATE movements SET recorded_at = recorded_at - interval '40 days'")
    try:
        yield
    finally:
        live.change("prison", "UPDATE movements SET recorded_at = recorded_at + interval '40 days'")


def mark(live: LiveAirflow, run: str, task: str, *, dag_id: str = NIGHTLY) -> None:
    """Mark a task as a success, as *Mark as success* on the page does."""
    path = f"dags/{dag_id}/dagRuns/{run}/taskInstances/{task}"
    live.ask(path, {"new_state": "success"}, "PATCH")


def pause(live: LiveAirflow, dag_id: str) -> None:
    live.ask(f"dags/{dag_id}", {"is_paused": True}, "PATCH")


def told(live: LiveAirflow, run: str) -> list[str]:
    """The alerts about a run, each as one line, by time."""
    texts = [" ".join(message.get_content().split()) for message in live.alerts()]
    return [text for text in texts if run in text]


def told_beside_caveats(live: LiveAirflow, run: str) -> list[str]:
    """What was told of a run beside caveats, which the first run of a publication tells."""
    return [text for text in told(live, run) if not text.startswith("Published with caveats")]


def test_a_run_by_the_api_and_one_by_the_command_line_publish_one_night_once(
    live: LiveAirflow, tonight: str
) -> None:
    before = live.publications(live.today)
    by_api = live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True)
    done = live.run(
        *("airflow", "dags", "trigger", NIGHTLY, "--run-id", "by-hand"),
        *("--conf", f'{{"as_of": "{live.today}"}}'),
    )
    assert done.returncode == 0, done.stderr
    for run in (by_api, "by-hand"):
        live.wait_for_run(NIGHTLY, run)
    one, other = (live.task_times(NIGHTLY, run) for run in (by_api, "by-hand"))
    assert one["place"][1] <= other["await_turn"][0]
    assert live.publications(live.today) == before
    with pytest.raises(urllib.error.HTTPError, match="400"):
        live.trigger(NIGHTLY, as_of="the day before yesterday")


def test_a_middle_task_that_is_cleared_runs_again_with_what_follows_it_and_no_other(
    live: LiveAirflow, tonight: str
) -> None:
    before, times = live.publications(live.today), live.task_times(NIGHTLY, tonight)
    live.clear(NIGHTLY, tonight, "link")
    until(
        lambda: live.tasks(NIGHTLY, tonight)["link"] not in {"success", None},
        "link runs again",
        seconds=TELL_SECONDS,
    )
    live.wait_for_run(NIGHTLY, tonight)
    again = live.task_times(NIGHTLY, tonight)
    assert {task for task in times if times[task] != again[task]} >= {
        "link", "assess", "report", "audit_and_publish", "place",
    }  # fmt: skip
    for task in ("extract_prison", "extract_immigration", "check"):
        assert times[task] == again[task]
    assert live.publications(live.today) == before
    assert told_beside_caveats(live, tonight) == []


def test_a_dag_that_is_paused_in_mid_run_ends_its_task_and_goes_on_when_it_is_let(
    live: LiveAirflow, tonight: str
) -> None:
    run = live.trigger(NIGHTLY, as_of=str(live.today))
    until(
        lambda: live.tasks(NIGHTLY, run)["check"] == "running", "check runs", seconds=NIGHT_SECONDS
    )
    pause(live, NIGHTLY)
    until(
        lambda: live.tasks(NIGHTLY, run)["check"] == "success", "check ends", seconds=TELL_SECONDS
    )
    time.sleep(SETTLED_SECONDS)
    assert live.tasks(NIGHTLY, run)["link"] in {None, "scheduled"}
    live.unpause(NIGHTLY)
    live.wait_for_run(NIGHTLY, run)
    assert told_beside_caveats(live, run) == []


def test_the_alerts_own_command_runs_a_failed_task_again_and_each_failure_is_told_anew(
    live: LiveAirflow, tonight: str
) -> None:
    live.change("prison", "ALTER TABLE persons RENAME COLUMN nationality TO nation")
    try:
        run = live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True)
        for failure in (1, 2):
            live.wait_for_run(NIGHTLY, run, "failed")
            until(lambda n=failure: len(told(live, run)) == n, "told", seconds=TELL_SECONDS)
            if failure == 1:
                clear_as_told(live, run)
    finally:
        live.change("prison", "ALTER TABLE persons RENAME COLUMN nation TO nationality")
    failed = [m for m in live.alerts("Failed") if run in " ".join(m.get_content().split())]
    assert len({message["Message-ID"] for message in failed}) == 2
    first, second = (message["Date"].datetime for message in failed)
    began = datetime.fromisoformat(live.task_times(NIGHTLY, run)["await_turn"][0])
    assert began.replace(microsecond=0) <= first < second
    assert all("table [" in text and "nationality" in text for text in told(live, run))

    clear_as_told(live, run)
    live.wait_for_run(NIGHTLY, run)
    until(lambda: len(told(live, run)) == 3, "and of the recovery", seconds=TELL_SECONDS)
    (recovered,) = live.alerts("Recovered")
    assert recovered.get_content().count("was told: Failed") == 2


def clear_as_told(live: LiveAirflow, run: str) -> None:
    """Do what the alert about a run says, word for word."""
    text = told(live, run)[-1]
    command = text.partition("when it is mended: python -m jobs ")[2].partition(" --yes")[0]
    done = live.run(*shlex.split(command), "--yes")
    assert done.returncode == 0, done.stderr
    until(
        lambda: {r["dag_run_id"]: r["state"] for r in live.runs(NIGHTLY)}[run] != "failed",
        "it is taken up again",
        seconds=TELL_SECONDS,
    )


def test_a_task_that_somebody_calls_a_success_opens_no_way_past_a_check(live: LiveAirflow) -> None:
    """*Mark as success* on one task after the other, and then on the run itself."""
    night = live.today - timedelta(days=9)
    with registers_of(live, night), stopped_register(live):
        run = live.trigger(NIGHTLY, as_of=str(night))
        live.wait_for_run(NIGHTLY, run, "failed")
        assert live.tasks(NIGHTLY, run)["check"] == "failed"
        marked = []
        while live.tasks(NIGHTLY, run)["place"] != "success":
            (failed,) = [t for t, s in live.tasks(NIGHTLY, run).items() if s == "failed"]
            marked.append(failed)
            mark(live, run, failed)
            until(lambda: is_at_rest(live, run), "the run has ended", seconds=NIGHT_SECONDS)
            assert not live.publications(night), marked
    assert marked[0] == "check"
    assert marked[-1] == "place"
    until(lambda: len(told(live, run)) == len(marked), "each is told", seconds=TELL_SECONDS)
    live.ask(f"dags/{NIGHTLY}/dagRuns/{run}", {"state": "success"}, "PATCH")
    live.wait_for_run(NIGHTLY, run)
    time.sleep(SETTLED_SECONDS)
    assert len(told(live, run)) == len(marked), "nobody is told that it is well"
    assert not live.publications(night)


def is_at_rest(live: LiveAirflow, run: str) -> bool:
    """Whether a run has ended, and its last task with it."""
    states = {r["dag_run_id"]: r["state"] for r in live.runs(NIGHTLY)}
    busy = {"running", "queued", "scheduled", "up_for_retry"}
    return states[run] in {"success", "failed"} and not busy & set(
        live.tasks(NIGHTLY, run).values()
    )


@pytest.fixture(scope="module")
def past(live: LiveAirflow) -> list[date]:
    """Two nights of the past, published from landings of their own."""
    nights = [live.today - timedelta(days=days) for days in (6, 5)]
    for night in nights:
        with registers_of(live, night):
            done = live.run("night", "--as-of", str(night))
        assert done.returncode == 0, done.stderr
    return nights


def test_a_second_backfill_waits_for_its_turn_or_is_refused(
    live: LiveAirflow, past: list[date]
) -> None:
    """By the API, by Airflow's command line, and by this project's own beside it."""
    before = [live.publications(night) for night in past]
    asked = {
        "dag_id": NIGHTLY,
        "from_date": f"{past[0]}T00:00:00Z",
        "to_date": f"{past[-1]}T23:59:00Z",
        "reprocess_behavior": "completed",
    }
    live.ask("backfills", asked, "POST")
    with pytest.raises(urllib.error.HTTPError, match="409"):
        live.ask("backfills", asked, "POST")
    refused = live.run(
        *("airflow", "backfill", "create", "--dag-id", NIGHTLY),
        *("--from-date", asked["from_date"], "--to-date", asked["to_date"]),
    )
    assert refused.returncode != 0
    assert "Another backfill is running" in refused.stdout + refused.stderr
    beside = live.run("backfill", "--from", str(past[0]), "--to", str(past[-1]))
    assert beside.returncode == 0, beside.stderr
    for run in live.backfilled():
        live.wait_for_run(NIGHTLY, run)
    ended = [live.task_times(NIGHTLY, run) for run in live.backfilled()]
    assert len(ended) == len(past)
    for one, other in pairwise(ended):
        assert one["audit_and_publish"][1] <= other["await_registers"][0]
    assert [live.publications(night) for night in past] == before


def test_publications_of_while_the_emails_were_paused_are_mailed_by_one_run(
    live: LiveAirflow, tonight: str, past: list[date]
) -> None:
    """Three at once: tonight's, one of the past that is asked for, and one that is not."""
    assert live.ask(f"dags/{EMAILS}")["is_paused"]
    quiet, asked = past
    for night, more in ((asked, {"mail": True}), (quiet, {})):
        live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(night), **more))
    assert not mailed(live)
    live.unpause(EMAILS)
    live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(live.today)))
    until(lambda: bool(live.runs(EMAILS)), "the emails start", seconds=TELL_SECONDS)
    for run in live.runs(EMAILS):
        live.wait_for_run(EMAILS, run["dag_run_id"])
    assert mailed(live) == {str(asked), str(live.today)}


def mailed(live: LiveAirflow) -> set[str]:
    """The nights of which a reader has an email."""
    days = (live.data_dir / "mail").glob("????-??-??")
    return {day.name for day in days if list(day.glob("director*.eml"))}
