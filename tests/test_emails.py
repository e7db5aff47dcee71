"""The alert of a night that stopped: sent past the outbox, whatever else is broken."""

from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from jobs.operate.emails import send_alert
from jobs.runtime.errors import BadInput, Unreachable
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


def told(settings: Settings, error: BaseException | None) -> list[EmailMessage]:
    count = send_alert(
        as_of=date(2006, 4, 25), task="check", run="airflow x", error=error, settings=settings
    )
    messages = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted((settings.data_dir / "mail").rglob("*.eml"))
    ]
    assert len(messages) == count
    return messages


def test_who_asked_for_alerts_is_told_what_stopped_the_night(settings: Settings) -> None:
    error = BadInput("file [persons.csv]", "column [nationality] missing", "have it mended")
    (message,) = told(settings, error)
    assert message["To"] == "team@data.example.invalid"
    assert message["Subject"] == "Not published: the night of 25 April 2006 stopped at check"
    body = " ".join(message.get_content().split())
    assert "file [persons.csv]: column [nationality] missing; have it mended" in body
    assert "No earlier night's figures could be found" in body


def test_the_same_stop_is_told_once(settings: Settings) -> None:
    error = Unreachable("database [prison]", "does not answer", "try again")
    assert len(told(settings, error)) == 1
    assert len(told(settings, error)) == 1


@pytest.mark.parametrize(
    ("error", "said"), [(ValueError("Smith, John"), "ValueError"), (None, "killed")]
)
def test_an_unforeseen_fault_is_named_and_not_quoted(
    settings: Settings, error: BaseException | None, said: str
) -> None:
    (message,) = told(settings, error)
    assert said in message.get_content()
    assert "Smith" not in message.get_content()


def test_a_mail_server_that_is_away_too_is_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    broken = settings.model_copy(update={"smtp_url": type(settings.smtp_url)("smtp://127.0.0.1:9")})
    assert told(broken, None) == []
    assert "an alert was not sent" in caplog.text
