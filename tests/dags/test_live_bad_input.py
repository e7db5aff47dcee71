"""What is delivered or set wrongly, under Airflow's own scheduler: page, last log line, alert."""

import subprocess
import urllib.error
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from tests.dags.live import (
    DESPITE,
    EMAILS,
    NIGHT_SECONDS,
    NIGHTLY,
    TELL_SECONDS,
    LiveAirflow,
    free_port,
    live_airflow,
    until,
)
from tests.notify.conftest import Server

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
READERS = """
[[recipient]]
address = "director@a.invalid"
role = "Director"
user = "director"
decides = ["nights"]

[[recipient]]
address = "data@a.invalid"
role = "Data team"
alerts = true
user = "modeller"
decides = ["models"]
"""


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("readers") / "readers.toml"
    path.write_text(READERS)
    return str(path)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, readers: str) -> Iterator[LiveAirflow]:
    """A night that was published."""
    folder = tmp_path_factory.mktemp("live") / "its data"
    with live_airflow(folder, recipients=readers) as live:
        for user in ("director", "modeller", "clerk"):
            live.log_in(user)
        live.unpause(NIGHTLY)
        live.unpause(DESPITE)
        live.wait_for_run(NIGHTLY, live.trigger(NIGHTLY))
        yield live


def fails(live: LiveAirflow, task: str, *, says: str) -> str:
    """Read the registers again and see which task fails, with which last line, and who is told."""
    before = live.publications(live.today)
    run = live.trigger(NIGHTLY, as_of=str(live.today), fetch_again=True)
    live.wait_for_run(NIGHTLY, run, "failed")
    assert live.tasks(NIGHTLY, run)[task] == "failed"
    assert says in live.last_error(NIGHTLY, run, task)
    until(lambda: bool(told(live, run)), "somebody is told", seconds=TELL_SECONDS)
    (alert,) = told(live, run)
    assert says in alert
    assert "that publication stands" in alert
    (post,) = posted(live, run)
    assert says in post
    assert live.publications(live.today) == before
    return run


def told(live: LiveAirflow, run: str) -> list[str]:
    """The alerts about a run, each as one line."""
    texts = [" ".join(message.get_content().split()) for message in live.alerts()]
    return [text for text in texts if run in text]


def posted(live: LiveAirflow, run: str) -> list[str]:
    """The alerts about a run on the second channel, each as one line."""
    texts = [" ".join(str(post["message"]).split()) for post in live.received.posts]
    return [text for text in texts if run in text]


@pytest.mark.short
def test_half_a_register_is_refused_by_the_number_of_rows_that_it_declares(
    live: LiveAirflow,
) -> None:
    live.change("prison", "CREATE SCHEMA aside; CREATE TABLE aside.movements AS TABLE movements")
    live.change("prison", "ALTER TABLE feed ADD COLUMN movements_rows bigint")
    live.change("prison", "UPDATE feed SET movements_rows = (SELECT count(*) FROM movements)")
    half = "SELECT ctid FROM movements LIMIT (SELECT count(*) / 2 FROM movements)"
    live.change("prison", f"DELETE FROM movements WHERE ctid = ANY(ARRAY({half}))")
    try:
        run = fails(live, "extract_prison", says="declared in the feed; deliver the whole table")
    finally:
        live.change("prison", "TRUNCATE movements")
        live.change("prison", "INSERT INTO movements TABLE aside.movements")
        live.change("prison", "DROP SCHEMA aside CASCADE")
    live.clear(NIGHTLY, run, "extract_prison")
    live.wait_for_run(NIGHTLY, run)


@pytest.mark.short
def test_a_wrong_password_fails_at_once_and_is_in_no_line(live: LiveAirflow) -> None:
    with wrong_password(live) as url:
        live.set(prison=url)
        try:
            run = fails(live, "await_registers", says="the user name or password is refused")
        finally:
            live.set()
    assert "wrong-secret" not in live.last_error(NIGHTLY, run, "await_registers")
    assert not any("wrong-secret" in text for text in (*told(live, run), *posted(live, run)))


@contextmanager
def wrong_password(live: LiveAirflow) -> Iterator[str]:
    """The server asks its user ``reader`` for a password; gives a URL with another one."""
    url = live.server.url("prison", user="reader:wrong-secret")
    rules = live.data_dir / "postgres" / "data" / "pg_hba.conf"
    before = rules.read_text()
    live.change("prison", "CREATE ROLE reader LOGIN PASSWORD 'right'")
    rules.write_text(f"local all reader scram-sha-256\n{before}")
    reread_rules(live)
    until(lambda: refused(url), "a password is asked", seconds=TELL_SECONDS)
    try:
        yield url
    finally:
        rules.write_text(before)
        reread_rules(live)


def reread_rules(live: LiveAirflow) -> None:
    """The server learns of changed rules, some time after it is told."""
    engine = sa.create_engine(live.server.url())
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_reload_conf()"))
    engine.dispose()


def refused(url: str) -> bool:
    engine = sa.create_engine(url)
    try:
        engine.connect().close()
    except sa.exc.OperationalError:
        return True
    finally:
        engine.dispose()
    return False


def test_a_connection_id_that_airflow_does_not_know_fails_at_once(live: LiveAirflow) -> None:
    live.set(prison="airflow:no_such_register")
    try:
        fails(live, "await_registers", says="Airflow has no connection [no_such_register]")
    finally:
        live.set()


def test_a_full_disk_loses_nothing_and_the_cleared_task_goes_on(live: LiveAirflow) -> None:
    with full_disk(live.data_dir / "landing" / "prison"):
        run = fails(live, "extract_prison", says="the disk is full")
    live.clear(NIGHTLY, run, "extract_prison")
    live.wait_for_run(NIGHTLY, run)


@contextmanager
def full_disk(folder: Path) -> Iterator[None]:
    """A folder on a disk that is all but full."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if subprocess.run(mounted, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def mailed(live: LiveAirflow) -> None:
    """The readers have what was published until now; nothing else of the emails is under way."""
    live.unpause(EMAILS)
    live.wait_for_run(EMAILS, live.trigger(EMAILS, as_of=str(live.today)))


def also(folder: Path, *names: str) -> str:
    """The file of readers with some more, to whom the night was not mailed yet."""
    path = folder / "more readers.toml"
    more = (
        f'\n[[recipient]]\naddress = "{name}@a.invalid"\nrole = "{name.title()} reader"\n'
        for name in names
    )
    path.write_text("".join((READERS, *more)))
    return str(path)


@pytest.mark.usefixtures("mailed")
def test_a_mail_server_that_is_away_costs_nobody_a_message_and_nobody_two(
    live: LiveAirflow, tmp_path: Path
) -> None:
    port = free_port()
    live.set(recipients=also(tmp_path, "first", "second"), smtp_url=f"smtp://127.0.0.1:{port}")
    run = live.trigger(EMAILS, as_of=str(live.today))
    until(
        lambda: (
            {"up_for_retry"} == {t["state"] for t in live.mapped(EMAILS, run, "deliver").values()}
        ),
        "both are tried again",
        seconds=NIGHT_SECONDS,
    )
    assert not told(live, run)
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        live.wait_for_run(EMAILS, run)
    finally:
        controller.stop()
        live.set()
    assert server.reports() == ["first@a.invalid", "second@a.invalid"]
    assert live.run("outbox", "list").stdout == "Nothing waits, and nothing was refused.\n"


@pytest.mark.short
@pytest.mark.usefixtures("mailed")
def test_a_message_that_is_refused_or_lost_fails_its_task_and_the_others_are_sent(
    live: LiveAirflow, tmp_path: Path
) -> None:
    """One reader's address is gone; over another's message the server breaks the connection."""
    server = Server(gone="550 no such reader", broken="vanish")
    port = free_port()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    readers = also(tmp_path, "gone", "broken", "plain")
    live.set(recipients=readers, smtp_url=f"smtp://127.0.0.1:{port}")
    try:
        run = live.trigger(EMAILS, as_of=str(live.today))
        live.wait_for_run(EMAILS, run, "failed")
        tasks = live.mapped(EMAILS, run, "deliver")
        assert {label: task["state"] for label, task in tasks.items()} == {
            f"Gone reader, {live.today}": "failed",
            f"Broken reader, {live.today}": "failed",
            f"Plain reader, {live.today}": "success",
        }
        said = {
            label: live.last_error(EMAILS, run, "deliver", place=task["map_index"])
            for label, task in tasks.items()
        }
        assert "refused: 550 no such reader" in said[f"Gone reader, {live.today}"]
        assert "unknown: the connection broke" in said[f"Broken reader, {live.today}"]
        assert not any("@a.invalid" in line for line in said.values())
        until(lambda: bool(posted(live, run)), "somebody is told", seconds=TELL_SECONDS)
        (post,) = posted(live, run)
        assert "refused: 550 no such reader" in post
        assert "unknown: the connection broke" in post
        assert "outbox resend" in post

        server.answers = {}
        listed = live.run("outbox", "list").stdout.splitlines()
        assert len(listed) == 2
        answering = ("--by", "A. Clerk", "--why", "nothing arrived")
        for number in (line.split()[0] for line in listed):
            done = live.run("outbox", "resend", number, *answering)
            assert done.returncode == 0, done.stderr
        live.clear(EMAILS, run, "deliver")
        live.wait_for_run(EMAILS, run)
        until(lambda: len(posted(live, run)) == 2, "and of the recovery", seconds=TELL_SECONDS)
    finally:
        controller.stop(no_assert=True)
        live.set()
    assert server.reports() == ["broken@a.invalid", "gone@a.invalid", "plain@a.invalid"]


@pytest.mark.short
def test_what_a_step_took_reaches_a_collector_and_lineage_its_receiver(live: LiveAirflow) -> None:
    """From tasks as the executor runs them: each is a process that ends when it is done."""
    step = "airflow.reconciliation.step"
    names = {f"{step}.{task}.seconds" for task in ("extract_prison", "link", "place")}
    until(lambda: names <= live.received.exported().keys(), "metrics", seconds=TELL_SECONDS)
    assert 0 < live.received.exported()[f"{step}.link.link_rate"] < 1
    flows = live.received.flows()
    assert flows[f"{NIGHTLY}.extract_prison"] == ({"register.prison"}, {"landing.prison"})
    assert "warehouse.publications" in flows[f"{NIGHTLY}.audit_and_publish"][1]


def test_who_decides_is_asked_on_the_page_and_publishes_a_stopped_night(
    live: LiveAirflow,
) -> None:
    live.change("prison", "UPDATE movements SET recorded_at = recorded_at - interval '40 days'")
    try:
        fails(live, "check", says="check [prison.movements.stopped] failed")
        until(lambda: bool(live.runs(DESPITE)), "somebody is asked", seconds=TELL_SECONDS)
        run = live.runs(DESPITE)[-1]["dag_run_id"]
        until(lambda: bool(live.alerts("Decision wanted")), "and told", seconds=TELL_SECONDS)
        (asked,) = live.alerts("Decision wanted")
        assert asked["To"] == "director@a.invalid"
        assert "python -m" not in asked.get_content()
        assert str(live.data_dir) not in asked.get_content()
        for user in ("clerk", "modeller"):
            with pytest.raises(urllib.error.HTTPError, match="403"):
                live.answer(
                    run, user=user, dag_id=DESPITE, choose="Publish all the same", why="mine"
                )
        answer_on_the_page(live, run, user="director", why="")
        until(lambda: len(live.alerts("Decision wanted")) == 2, "asked again", seconds=TELL_SECONDS)
        answer_on_the_page(live, run, user="director", why="an old copy, for a trial")
        live.wait_for_run(DESPITE, run)
        (anew,) = [r for r in live.runs(NIGHTLY) if r["run_type"] == "operator_triggered"]
        live.wait_for_run(NIGHTLY, anew["dag_run_id"])
    finally:
        live.change("prison", "UPDATE movements SET recorded_at = recorded_at + interval '40 days'")
    (current,) = [line for line in live.publications(live.today) if "current" in line]
    assert "director" in current
    page = (live.data_dir / "pages" / str(live.today) / "index.html").read_text()
    assert "in spite of a check that failed" in page
    assert "an old copy, for a trial" in page


def answer_on_the_page(live: LiveAirflow, run: str, *, user: str, why: str) -> None:
    """Answer as a manager does, in a browser."""
    until(
        lambda: live.tasks(DESPITE, run)["decide"] == "awaiting_input",
        "it waits",
        seconds=TELL_SECONDS,
    )
    with live.page(user) as page:
        page.goto(f"{live.url}/dags/{DESPITE}/runs/{run}/tasks/decide/required_actions")
        publish = page.get_by_role("button", name="Publish all the same")
        publish.wait_for()
        assert page.get_by_text("something was recorded in the 31 days").first.is_visible()
        if why:
            page.locator("[name=element_why]").fill(why)
        publish.click()
        until(
            lambda: live.tasks(DESPITE, run)["decide"] != "awaiting_input",
            "taken",
            seconds=TELL_SECONDS,
        )
