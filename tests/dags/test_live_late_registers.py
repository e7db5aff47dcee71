"""A night that starts by its schedule while the registers are late, under a real scheduler."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest

from jobs.operate.monitoring.timetable import LONDON
from tests.dags.live import (
    NIGHTLY,
    TELL_SECONDS,
    LiveAirflow,
    live_airflow,
    move_dates,
    stay_within_a_day,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
SETTLED_SECONDS = 25
"""A second alert, of the run's end or of its deadline, would have come by then."""
START_MINUTES = 8
"""From now, by when Airflow is up: the night then starts by itself."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    """The night starts some minutes from now and is due a minute later; registers are late."""
    stay_within_a_day()
    start = datetime.now(UTC).astimezone(LONDON) + timedelta(minutes=START_MINUTES)
    settings = {
        "schedule": f"{start.minute} {start.hour} * * *",
        "deadline": f"{start + timedelta(minutes=1):%H:%M}",
        "wait_until": f"{start + timedelta(minutes=30):%H:%M}",
    }
    folder = tmp_path_factory.mktemp("live") / "its data"
    with live_airflow(folder, **settings) as live:
        for register in ("prison", "immigration"):
            move_dates(live.server.url(register), -2)
        live.unpause(NIGHTLY)
        yield live


def scheduled(live: LiveAirflow, night: object) -> str:
    """The scheduled run of a night."""
    (run,) = [
        run["dag_run_id"]
        for run in live.runs(NIGHTLY)
        if run["run_type"] == "scheduled" and run["logical_date"].startswith(str(night))
    ]
    return str(run)


def test_a_register_that_never_comes_stops_the_night_with_one_alert(live: LiveAirflow) -> None:
    """The night before, which Airflow runs first: its time and its deadline were up long ago."""
    night = live.today - timedelta(days=1)
    until(lambda: len(live.runs(NIGHTLY)) > 0, "the night before is run", seconds=TELL_SECONDS)
    run = scheduled(live, night)
    live.wait_for_run(NIGHTLY, run, "failed")
    tasks = live.tasks(NIGHTLY, run)
    assert tasks["await_registers"] == "failed"
    assert {tasks["extract_prison"], tasks["extract_immigration"]} == {"upstream_failed"}
    said = live.last_error(NIGHTLY, run, "await_registers")
    assert "table [prison.feed] is late: it stands at" in said
    assert "table [immigration.feed] is late: it stands at" in said
    until(lambda: bool(about(live, night, "Late")), "somebody is told", seconds=TELL_SECONDS)
    time.sleep(SETTLED_SECONDS)
    (alert,) = about(live, night, "Late")
    body = " ".join(alert.get_content().split())
    assert "table [prison.feed] is late" in body
    assert "table [immigration.feed] is late" in body
    assert not live.alerts("Failed")


def test_a_late_register_is_waited_for_without_a_slot_and_told_of_at_the_deadline(
    live: LiveAirflow,
) -> None:
    until(lambda: len(live.runs(NIGHTLY)) > 1, "tonight is started", seconds=60 * START_MINUTES)
    run = scheduled(live, live.today)
    until(
        lambda: live.tasks(NIGHTLY, run)["await_registers"] == "deferred", "it waits", seconds=300
    )
    assert live.ask("pools/default_pool")["running_slots"] == 0
    until(lambda: bool(tonight(live, "Late")), "the deadline is told of", seconds=TELL_SECONDS)
    (alert,) = tonight(live, "Late")
    assert "is not published at" in alert["Subject"]
    assert run in " ".join(alert.get_content().split())


def test_once_it_has_delivered_the_night_goes_on_and_is_told_to_have_recovered(
    live: LiveAirflow,
) -> None:
    for register in ("prison", "immigration"):
        move_dates(live.server.url(register), 2)
    live.wait_for_run(NIGHTLY, scheduled(live, live.today))
    until(lambda: bool(tonight(live, "Recovered")), "somebody is told", seconds=TELL_SECONDS)
    assert len(tonight(live, "Late")) == 1
    assert sum("current" in line for line in live.publications(live.today)) == 1


def tonight(live: LiveAirflow, kind: str) -> list[EmailMessage]:
    return about(live, live.today, kind)


def about(live: LiveAirflow, night: date, kind: str) -> list[EmailMessage]:
    """The alerts of a kind about a night."""
    day = f"{night.day} {night:%B %Y}"
    return [message for message in live.alerts(kind) if day in message["Subject"]]
