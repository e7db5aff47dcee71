"""The alert that a night was not published, for those who mend it and those who wait for it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from jobs.notify.message import Message
from jobs.notify.recipients import Recipient
from jobs.runtime.files import text_digest

_TIME: Final = time(7, tzinfo=UTC)
_TEXT: Final = """\
The night of {night} was not published: it stopped at the task {task}.

{standing}

What stopped it:
{cause}

What to do: see "When a night fails" in the operator's guide. When it is mended, clear the task;
the night goes on from there, and its emails follow by themselves.

Run: {run}
"""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A night that stopped. Nothing in it is personal: errors never name a person's values.

    ``standing`` is the night whose figures stand; None if there is none or nobody could be asked.
    """

    as_of: date
    task: str
    run: str
    cause: str
    standing: date | None


def render_alert(*, recipient: Recipient, alert: Alert, sender: str) -> Message:
    """Render an alert; the same stop gives the same message and Message-ID."""
    night = _day(alert.as_of)
    standing = "No earlier night's figures could be found: the warehouse is empty or away."
    if alert.standing is not None:
        standing = (
            f"The figures on the pages and in the last email stand as of {_day(alert.standing)}. "
            "They are untouched."
        )
    text = _TEXT.format(
        night=night, task=alert.task, standing=standing, cause=alert.cause, run=alert.run
    )
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Consideration for deportation", addr_spec=sender)
    message["To"] = Address(addr_spec=recipient.address)
    message["Subject"] = f"Not published: the night of {night} stopped at {alert.task}"
    message["Date"] = format_datetime(datetime.combine(alert.as_of, _TIME))
    digest = text_digest("alert", alert.run, alert.task, alert.cause, recipient.address)
    message["Message-ID"] = f"<{digest[:32]}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Importance"] = "high"
    message.set_content(text, cte="quoted-printable")
    return Message(
        recipient=recipient.address, subject=str(message["Subject"]), data=message.as_bytes()
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
