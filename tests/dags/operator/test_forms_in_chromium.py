"""Airflow in a real browser under a real scheduler: every form, and every run that it offers."""

import socket
import urllib.error
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page

from tests.dags.live import (
    DESPITE,
    EMAILS,
    NIGHTLY,
    TELL_SECONDS,
    LiveAirflow,
    land_nights,
    live_airflow,
    until,
)

pytestmark = [pytest.mark.slow, pytest.mark.airflow]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    with live_airflow(tmp_path_factory.mktemp("live") / "its data") as live:
        yield live


@pytest.fixture(scope="module")
def published(live: LiveAirflow) -> None:
    """Tonight's night is published, by whichever test came first."""
    live.unpause(NIGHTLY)
    if not live.publications(live.today):
        live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY))


def opened(page: Page, live: LiveAirflow, dag_id: str) -> Locator:
    """The form of a DAG, as somebody opens it."""
    page.goto(f"{live.url}/dags/{dag_id}")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog")
    form.get_by_role("button", name="Trigger").wait_for()
    return form


def send(page: Page, form: Locator) -> str:
    """Send a form; give the run that it started."""
    form.get_by_role("button", name="Trigger").click()
    page.wait_for_url("**/runs/**")
    return unquote(page.url.partition("/runs/")[2].partition("/")[0].partition("?")[0])


@pytest.mark.live
@pytest.mark.short
def test_a_plain_night_is_started_from_the_page_and_its_readers_are_mailed(
    live: LiveAirflow,
) -> None:
    live.unpause(EMAILS)
    with live.page() as page:
        for dag_id in ("linkage_model", DESPITE, EMAILS, NIGHTLY):
            form = opened(page, live, dag_id)
            assert form.get_by_role("button", name="Trigger").is_enabled(), dag_id
        run = send(page, form)
    live.wait_for_run(NIGHTLY, run)
    until(lambda: bool(live.runs(EMAILS)), "the emails start", seconds=TELL_SECONDS)
    live.wait_for_run(EMAILS, live.runs(EMAILS)[-1]["dag_run_id"])
    assert live.run("publications", "list", "--as-of", str(live.today)).returncode == 0
    assert list((live.data_dir / "mail" / str(live.today)).glob("director*.eml"))


@pytest.mark.live
@pytest.mark.short
def test_what_airflow_and_the_night_wrote_is_for_its_own_user(live: LiveAirflow) -> None:
    passwords = live.data_dir / "airflow" / "simple_auth_manager_passwords.json.generated"
    assert passwords.stat().st_mode & 0o777 == 0o600
    for path in live.data_dir.rglob("*"):
        if "postgres" not in path.parts and path.exists():
            assert not path.stat().st_mode & 0o077, path


@pytest.mark.live
@pytest.mark.short
def test_airflow_listens_on_this_machine_only(live: LiveAirflow) -> None:
    listening = [line.split() for line in open("/proc/net/tcp").readlines()[1:]]  # noqa: PTH123, SIM115
    port = f"{int(live.environment['AIRFLOW__API__PORT']):04X}"
    hosts = {row[1].partition(":")[0] for row in listening if row[1].endswith(f":{port}")}
    assert hosts == {"0100007F"}
    for log_server in (8793, 8794):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", log_server)) != 0


@pytest.mark.live
@pytest.mark.usefixtures("published")
def test_every_other_run_that_the_form_offers_goes_green(live: LiveAirflow) -> None:
    day = str(live.today)
    with live.page() as page:
        form = opened(page, live, NIGHTLY)
        form.locator("[name=element_as_of]").fill(day)
        run = send(page, form)
        live.wait_for_run(NIGHTLY, run)

        form = opened(page, live, NIGHTLY)
        form.get_by_role("button", name="Running a date again").click()
        form.locator("label:has([name=element_fetch_again])").click()
        run = send(page, form)
        live.wait_for_run(NIGHTLY, run)

        form = opened(page, live, EMAILS)
        form.locator("[name=element_as_of]").fill(day)
        live.wait_for_run(EMAILS, send(page, form))


@pytest.mark.live
@pytest.mark.usefixtures("published")
def test_a_night_that_a_check_stops_is_published_by_the_form_of_a_named_person(
    live: LiveAirflow,
) -> None:
    """Rows of long ago under today's feed: the register stopped, and nobody said so."""
    live.change("prison", "UPDATE movements SET recorded_at = recorded_at - interval '40 days'")
    stopped = live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True)
    live.wait_for_run(NIGHTLY, stopped, "failed")
    until(lambda: bool(live.alerts("Stopped by a check")), "somebody is told", seconds=TELL_SECONDS)
    (told,) = live.alerts("Stopped by a check")
    body = " ".join(told.get_content().split())
    assert "table [prison.movements]: check [prison.movements.stopped] failed" in body
    assert "that publication stands" in body
    with live.page() as page:
        form = opened(page, live, NIGHTLY)
        form.get_by_role("button", name="Publishing in spite of a failed check").click()
        form.locator("textarea").first.fill("prison.movements.stopped")
        form.locator("[name=element_publish_despite_by]").fill("A. Director")
        form.locator("[name=element_publish_despite_why]").fill("an old copy, for a trial")
        live.wait_for_run(NIGHTLY, send(page, form))
    live.change("prison", "UPDATE movements SET recorded_at = recorded_at + interval '40 days'")
    until(lambda: bool(live.alerts("Recovered")), "somebody is told", seconds=TELL_SECONDS)
    live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True))


@pytest.mark.live
@pytest.mark.usefixtures("published")
def test_a_backfill_by_click_runs_the_nights_in_which_the_clocks_go_back_in_order(
    live: LiveAirflow,
) -> None:
    """Three nights around the last Sunday of October: one of 25 hours, and no date twice."""
    nights = land_nights(live, around=date(2026, 10, 25))
    with live.page() as page:
        form = opened(page, live, NIGHTLY)
        form.get_by_text("Run this Dag for a range of dates").click()
        for field, day, at in (("From", nights[0], "00:00"), ("To", nights[-1], "23:59")):
            fill_moment(page, form, field, day=day, at=at)
        form.get_by_text("All Runs", exact=True).click()
        form.get_by_text("3 runs will be triggered").wait_for()
        form.get_by_role("button", name="Run Backfill").click()
        until(lambda: len(live.backfilled()) == 3, "three nights are there", seconds=TELL_SECONDS)
    runs = live.backfilled()
    for run in runs:
        live.wait_for_run(NIGHTLY, run)
    assert [run.removeprefix("backfill__")[:16] for run in runs] == [
        "2026-10-24T22:30", "2026-10-25T23:30", "2026-10-26T23:30",
    ]  # fmt: skip
    ended = [live.task_times(NIGHTLY, run) for run in runs]
    for before, after in pairwise(ended):
        assert before["audit_and_publish"][1] <= after["await_registers"][0]
    for night in nights:
        assert sum("current" in line for line in live.publications(night)) == 1


@pytest.mark.live
@pytest.mark.usefixtures("published")
def test_a_new_model_is_decided_on_by_who_decides_on_models(live: LiveAirflow) -> None:
    live.unpause("linkage_model")
    # The training that was due while the DAG was paused; another would wait behind its question.
    until(lambda: bool(live.runs("linkage_model")), "the training starts", seconds=TELL_SECONDS)
    run = live.runs("linkage_model")[0]["dag_run_id"]
    until(
        lambda: live.tasks("linkage_model", run)["decide"] == "awaiting_input",
        "the model is trained and measured",
        seconds=1500,
    )
    until(lambda: bool(live.alerts("Decision wanted")), "it is told", seconds=TELL_SECONDS)
    (asked,) = [m for m in live.alerts("Decision wanted") if "linkage model" in m["Subject"]]
    assert asked["To"] == "data.team@returns.example.invalid"
    assert "| measure | new model | model in use |" in asked.get_content()
    assert "python -m" not in asked.get_content()
    assert str(live.data_dir) not in asked.get_content()
    answer = {"dag_id": "linkage_model", "choose": "Use the new model"}
    live.log_in("clerk")
    with pytest.raises(urllib.error.HTTPError, match="403"):
        live.answer(run, user="clerk", why="mine", **answer)
    live.answer(run, user="admin", why="measured better", **answer)
    live.wait_for_run("linkage_model", run)
    listed = live.run("train", "list").stdout
    assert "approved by admin: measured better" in listed


def fill_moment(page: Page, form: Locator, field: str, *, day: date, at: str) -> None:
    """Pick a day and a time in the form of a backfill."""
    group = form.locator("[data-part=root][role=group]").filter(has_text=field)
    group.filter(has=page.get_by_test_id("datetime-input")).last.get_by_test_id(
        "datetime-input"
    ).click()
    for placeholder, value in (("YYYY/MM/DD", f"{day:%Y/%m/%d}"), ("HH:mm", at)):
        page.get_by_placeholder(placeholder).fill(value)
        page.get_by_placeholder(placeholder).press("Enter")
    form.get_by_text("Date Range").click()
    page.get_by_placeholder("HH:mm").wait_for(state="detached")
