"""Airflow in a real browser under a real scheduler: every form, and a plain night from it."""

import socket
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page

from tests.dags.live import LiveAirflow, live_airflow, until

pytestmark = [pytest.mark.slow, pytest.mark.airflow]
NIGHTLY, EMAILS = "nightly_reconciliation", "email_reports"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    with live_airflow(tmp_path_factory.mktemp("live") / "its data") as live:
        yield live


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


def test_a_plain_night_is_started_from_the_page_and_its_readers_are_mailed(
    live: LiveAirflow,
) -> None:
    live.unpause(EMAILS)
    with live.page() as page:
        for dag_id in ("linkage_model", EMAILS, NIGHTLY):
            form = opened(page, live, dag_id)
            assert form.get_by_role("button", name="Trigger").is_enabled(), dag_id
        run = send(page, form)
    live.wait_for_run(NIGHTLY, run)
    until(lambda: bool(live.runs(EMAILS)), "the emails start", seconds=120)
    live.wait_for_run(EMAILS, live.runs(EMAILS)[-1]["dag_run_id"])
    assert live.run("publications", "list", "--as-of", str(live.today)).returncode == 0
    assert list((live.data_dir / "mail" / str(live.today)).glob("director*.eml"))


def test_what_airflow_and_the_night_wrote_is_for_its_own_user(live: LiveAirflow) -> None:
    passwords = live.data_dir / "airflow" / "simple_auth_manager_passwords.json.generated"
    assert passwords.stat().st_mode & 0o777 == 0o600
    for path in live.data_dir.rglob("*"):
        if "postgres" not in path.parts and path.exists():
            assert not path.stat().st_mode & 0o077, path


def test_airflow_listens_on_this_machine_only(live: LiveAirflow) -> None:
    listening = [line.split() for line in open("/proc/net/tcp").readlines()[1:]]  # noqa: PTH123, SIM115
    port = f"{int(live.environment['AIRFLOW__API__PORT']):04X}"
    hosts = {row[1].partition(":")[0] for row in listening if row[1].endswith(f":{port}")}
    assert hosts == {"0100007F"}
    for log_server in (8793, 8794):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", log_server)) != 0


@pytest.mark.live
def test_every_other_run_that_the_form_offers_goes_green(live: LiveAirflow) -> None:
    day = str(live.today)
    with live.page() as page:
        form = opened(page, live, NIGHTLY)
        form.locator("[name=element_as_of]").fill(day)
        run = send(page, form)
        live.wait_for_run(NIGHTLY, run)

        form = opened(page, live, NIGHTLY)
        form.get_by_role("button", name="Running a date again").click()
        form.locator("[name=element_fetch_again]").check(force=True)
        run = send(page, form)
        live.wait_for_run(NIGHTLY, run)

        form = opened(page, live, EMAILS)
        form.locator("[name=element_as_of]").fill(day)
        live.wait_for_run(EMAILS, send(page, form))


@pytest.mark.live
def test_a_night_that_a_check_stops_is_told_once_and_published_by_a_named_person(
    live: LiveAirflow,
) -> None:
    """Rows of long ago under today's feed: the register stopped, and nobody said so."""
    live.change("prison", "UPDATE movements SET recorded_at = recorded_at - interval '40 days'")
    stopped = live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True)
    live.wait_for_run(NIGHTLY, stopped, "failed")
    told = [m for m in live.alerts() if m["Subject"].startswith("Stopped by a check")]
    assert len(told) == 1
    body = " ".join(told[0].get_content().split())
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
    assert any(m["Subject"].startswith("Recovered") for m in live.alerts())
