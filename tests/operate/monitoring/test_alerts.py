"""Alerts about a run: what each says, that it goes out once, and what waits for a mail server."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from pydantic import SecretStr

from jobs.notify import AlertLedger
from jobs.operate.monitoring.alerts import (
    RunEnd,
    alert_failed,
    alert_late,
    alert_succeeded,
    send_waiting,
)
from jobs.operate.monitoring.failure_notes import note_failure
from jobs.runtime.errors import BadInput, GateFailed, NotDelivered, Unreachable
from jobs.runtime.settings import Settings, load_settings

AWAY = "postgresql+psycopg://nobody@127.0.0.1:9/warehouse"
READERS = """
[[recipient]]
address = "team@data.example.invalid"
role = "Data team"
alerts = true

[[recipient]]
address = "minister@example.invalid"
role = "Minister"
"""
AT = datetime(2006, 4, 25, 23, 41, tzinfo=UTC)
END = RunEnd(
    dag="nightly_reconciliation",
    run="scheduled__2006-04-25",
    attempt="0",
    as_of=date(2006, 4, 25),
    task="check",
    reason="task_failure",
    url="http://localhost:8080/dags/nightly_reconciliation/runs/scheduled__2006-04-25",
    at=AT,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    readers = tmp_path / "readers.toml"
    readers.write_text(READERS)
    return load_settings(
        data_dir=tmp_path / "data",
        prison=AWAY,
        immigration=AWAY,
        warehouse=AWAY,
        recipients=readers,
    )


def noted(settings: Settings, error: BaseException | None, task: str = "check") -> None:
    note_failure(dag=END.dag, run=END.run, task=task, error=error, settings=settings)


def mail(settings: Settings) -> list[EmailMessage]:
    messages = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in (settings.data_dir / "mail").rglob("*.eml")
    ]
    return sorted(messages, key=lambda message: parsedate_to_datetime(message["Date"]))


def words(message: EmailMessage) -> str:
    return " ".join(message.get_content().split())


GATE = GateFailed(
    "table [prison.movements]", "check [prison.movements.shrunk] failed: rows", "mend it"
)


@pytest.mark.parametrize(
    ("error", "subject", "said"),
    [
        pytest.param(
            BadInput("file [persons.csv]", "column [nationality] missing", "have it mended"),
            "Failed: the night of 25 April 2006 stopped at check",
            "task check: file [persons.csv]: column [nationality] missing; have it mended",
            id="bad input",
        ),
        pytest.param(
            GATE,
            "Stopped by a check: the night of 25 April 2006 stopped at check",
            "table [prison.movements]: check [prison.movements.shrunk] failed",
            id="a failed check",
        ),
        pytest.param(
            NotDelivered("night [2006-04-25]", "table [prison.feed] is late", "wait"),
            "Late: the night of 25 April 2006 stopped at check",
            "table [prison.feed] is late",
            id="a register that did not come",
        ),
        pytest.param(
            ValueError("Smith, John"),
            "Failed: the night of 25 April 2006 stopped at check",
            "a fault that nobody foresaw (ValueError)",
            id="a fault of the code, not quoted",
        ),
    ],
)
def test_an_alert_says_what_stopped_the_night_and_what_to_do(
    settings: Settings, error: Exception, subject: str, said: str
) -> None:
    noted(settings, error)
    assert alert_failed(END, settings=settings)
    (message,) = mail(settings)
    assert message["To"] == "team@data.example.invalid"
    assert message["Subject"] == subject
    assert parsedate_to_datetime(message["Date"]) == AT
    assert said in words(message)
    assert "python -m jobs publications list --as-of 2006-04-25" in words(message)
    assert "python -m jobs night --as-of 2006-04-25" in words(message)
    assert END.url in words(message)
    assert "Smith" not in words(message)


def test_a_task_that_was_killed_left_no_word_and_is_told_all_the_same(settings: Settings) -> None:
    assert alert_failed(END, settings=settings)
    (message,) = mail(settings)
    assert "task check: it was killed" in words(message)


def test_a_run_that_took_too_long_is_told_as_that(settings: Settings) -> None:
    assert alert_failed(replace(END, reason="timed_out"), settings=settings)
    assert "took longer than it may" in words(mail(settings)[0])


def test_two_tasks_that_failed_give_one_alert(settings: Settings) -> None:
    for register in ("prison", "immigration"):
        error = Unreachable(f"database [{register}]", "does not answer", "wait")
        noted(settings, error, task=f"extract_{register}")
    assert alert_failed(END, settings=settings)
    (message,) = mail(settings)
    assert "stopped at extract_immigration, extract_prison" in message["Subject"]
    assert "database [prison]" in words(message)
    assert "database [immigration]" in words(message)


def test_the_same_end_is_told_once_and_a_second_failure_anew(settings: Settings) -> None:
    noted(settings, GATE)
    for _ in range(2):
        alert_failed(END, settings=settings)
    assert len(mail(settings)) == 1
    alert_failed(replace(END, attempt="1"), settings=settings)
    first, second = mail(settings)
    assert first["Message-ID"] != second["Message-ID"]
    assert "was killed" in "".join(words(m) for m in (first, second)), "an old note is not believed"


def test_a_mail_server_that_is_away_gets_the_alert_when_it_is_back(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = settings.model_copy(update={"smtp_url": SecretStr("smtp://127.0.0.1:9")})
    noted(away, GATE)
    assert not alert_failed(END, settings=away)
    assert "an alert waits" in caplog.text
    assert send_waiting(settings=settings)
    assert len(mail(settings)) == 1
    assert send_waiting(settings=settings)
    assert len(mail(settings)) == 1


def test_a_readers_file_that_is_wrong_does_not_stop_the_other_channel(
    settings: Settings, webhook: tuple[str, list[bytes]]
) -> None:
    url, posted = webhook
    broken = settings.model_copy(
        update={"recipients": settings.data_dir / "none", "alert_channels": (SecretStr(url),)}
    )
    assert not alert_failed(END, settings=broken)
    assert len(posted) == 1
    assert b"nightly_reconciliation" in posted[0]
    assert send_waiting(settings=broken.model_copy(update={"recipients": settings.recipients}))
    assert len(posted) == 1, "a channel that has it is not told again"
    assert len(mail(settings)) == 1


def test_late_is_told_once_and_not_of_a_night_whose_failure_was_told(settings: Settings) -> None:
    late = replace(END, run="scheduled__a")
    for _ in range(2):
        alert_late(late, settings=settings)
    (message,) = mail(settings)
    assert message["Subject"] == "Late: the night of 25 April 2006 is not published at 06:00"
    assert END.url in words(message)
    assert "the run has not ended" in words(message)
    other = replace(END, as_of=date(2006, 4, 26))
    alert_failed(other, settings=settings)
    alert_late(other, settings=settings)
    assert len(mail(settings)) == 2


LATER = replace(END, at=AT + timedelta(minutes=1))
NEVER_CAME = NotDelivered("night [2006-04-25]", "table [prison.feed] is late", "have it delivered")


def test_a_deadline_and_a_wait_that_are_both_over_give_one_alert(settings: Settings) -> None:
    """Whichever is over first: the one that is told says all that the other would."""
    alert_late(END, settings=settings)
    noted(settings, NEVER_CAME, task="await_registers")
    assert alert_failed(LATER, settings=settings)
    (message,) = mail(settings)
    assert "is not published at 06:00" in message["Subject"]
    assert "registers are waited for until 04:00; then the run stops" in words(message)
    assert END.clear in words(message)


def test_a_deadline_after_a_wait_that_was_over_gives_one_alert(settings: Settings) -> None:
    noted(settings, NEVER_CAME, task="await_registers")
    alert_failed(END, settings=settings)
    alert_late(LATER, settings=settings)
    (message,) = mail(settings)
    assert "stopped at await_registers" in message["Subject"]


def test_a_run_that_is_late_again_after_it_was_cleared_is_told_again_and_recovers_once(
    settings: Settings,
) -> None:
    alert_late(END, settings=settings)
    for attempt, minutes in (("0", 1), ("1", 2), ("2", 3)):
        noted(settings, NEVER_CAME, task="await_registers")
        again = replace(END, attempt=attempt, at=AT + timedelta(minutes=minutes))
        alert_failed(again, settings=settings)
    assert [m["Subject"].partition(" stopped at ")[2] for m in mail(settings)] == [
        "", "await_registers", "await_registers",
    ]  # fmt: skip
    ended = replace(END, attempt="3", at=AT + timedelta(minutes=4))
    for _ in range(2):
        assert alert_succeeded(ended, settings=settings)
    *_, last = mail(settings)
    assert len(mail(settings)) == 4
    assert last["Subject"].startswith("Recovered")
    assert words(last).count("was told: Late") == 3


def test_what_the_alert_at_the_deadline_does_not_say_is_told(settings: Settings) -> None:
    """Another cause, and another run of the night."""
    alert_late(END, settings=settings)
    noted(settings, GATE)
    alert_failed(LATER, settings=settings)
    assert [message["Subject"].partition(":")[0] for message in mail(settings)] == [
        "Late", "Stopped by a check",
    ]  # fmt: skip
    by_hand = replace(LATER, run="manual__1", as_of=date(2006, 4, 26))
    alert_late(replace(END, as_of=by_hand.as_of), settings=settings)
    note_failure(
        dag=END.dag, run=by_hand.run, task="await_registers", error=NEVER_CAME, settings=settings
    )
    alert_failed(by_hand, settings=settings)
    assert len(mail(settings)) == 4


def test_late_names_the_register_that_is_waited_for(settings: Settings) -> None:
    for name in ("prison", "immigration"):
        (settings.data_dir / name).mkdir(parents=True)
    waiting = settings.model_copy(
        update={name: str(settings.data_dir / name) for name in ("prison", "immigration")}
    )
    alert_late(END, settings=waiting)
    (message,) = mail(settings)
    assert "table [prison.feed] is not there: nothing was delivered" in words(message)
    assert "table [immigration.feed] is not there: nothing was delivered" in words(message)


@pytest.mark.parametrize(
    ("dag", "mends"),
    [
        pytest.param("nightly_reconciliation", ["python -m jobs night --as-of"], id="a night"),
        pytest.param("email_reports", ["python -m jobs outbox resend NUMBER"], id="emails"),
        pytest.param("linkage_model", [], id="a model"),
        pytest.param("publish_despite", [], id="a question"),
    ],
)
def test_an_alert_of_any_dag_has_a_link_a_command_to_look_and_one_to_mend(
    settings: Settings, dag: str, mends: list[str]
) -> None:
    end = replace(END, dag=dag, as_of=END.as_of if dag == END.dag else None)
    alert_failed(end, settings=settings)
    (message,) = mail(settings)
    said = words(message)
    assert end.url in said
    assert f"python -m jobs airflow tasks states-for-dag-run {dag} '{END.run}'" in said
    clear = f"python -m jobs airflow dags clear {dag} --run-id '{END.run}' --only-failed --yes"
    assert all(mend in said for mend in (clear, *mends))


def test_a_success_by_hand_of_a_night_that_is_not_published_is_a_failure(
    settings: Settings, database: str
) -> None:
    here = settings.model_copy(update={"warehouse": database})
    noted(here, GATE)
    alert_failed(END, settings=here)
    marked = replace(END, attempt="1", at=datetime(2006, 4, 26, 1, tzinfo=UTC))
    alert_succeeded(marked, settings=here)
    _, message = mail(settings)
    assert message["Subject"] == (
        "Failed: the night of 25 April 2006 ended as a success and is not published"
    )
    assert "python -m jobs night --as-of 2006-04-25" in words(message)
    assert AlertLedger(folder=settings.data_dir / "alerts").unsettled(END.about)


def test_a_run_that_goes_well_after_an_alert_says_so_once(settings: Settings) -> None:
    noted(settings, GATE)
    alert_failed(END, settings=settings)
    later = replace(END, attempt="1", at=datetime(2006, 4, 26, 1, tzinfo=UTC))
    for _ in range(2):
        alert_succeeded(later, settings=settings)
    _, message = mail(settings)
    assert message["Subject"] == "Recovered: the night of 25 April 2006 is published"
    assert "was told: Stopped by a check" in words(message)
    assert len(mail(settings)) == 2
    ledger = AlertLedger(folder=settings.data_dir / "alerts")
    assert not ledger.unsettled(END.about)


def test_an_alert_that_an_older_version_wrote_down_is_not_sent_again(settings: Settings) -> None:
    assert alert_failed(END, settings=settings)
    (kept,) = (settings.data_dir / "alerts").glob("*.json")
    content = json.loads(kept.read_text())
    content["told"] = content.pop("sent_to")
    kept.write_text(json.dumps({**content, "is_sent": False}))
    assert send_waiting(settings=settings)
    assert len(mail(settings)) == 1


def test_a_run_that_goes_well_and_without_an_alert_says_nothing(
    settings: Settings,
) -> None:
    assert alert_succeeded(END, settings=settings)
    assert mail(settings) == []


def test_the_secret_in_a_channel_is_in_no_file_and_no_log(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    secret = settings.model_copy(
        update={"alert_channels": (SecretStr("json://user:opensesame@127.0.0.1:9/x"),)}
    )
    assert not alert_failed(END, settings=secret)
    kept = "".join(path.read_text() for path in (settings.data_dir / "alerts").glob("*.json"))
    assert "opensesame" not in kept + caplog.text + str(secret)


@pytest.fixture
def webhook() -> Iterator[tuple[str, list[bytes]]]:
    """A server that takes what is posted; its address as Apprise writes it, and the posts."""
    posted: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to the terminal."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/hook", posted
    server.shutdown()
    server.server_close()
