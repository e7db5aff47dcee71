"""An alert about one run: what happened, what stands instead, and how to look and to mend.

For those who mend a night and those who wait for it. Nothing in it is personal: errors never name
a person's values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from enum import StrEnum

from jobs.notify.message import ON_THE_WAY, Message
from jobs.notify.recipients import Decides, Recipient
from jobs.runtime.files import text_digest


class AlertKind(StrEnum):
    """What an alert says; the value begins its subject."""

    LATE = "Late"
    FAILED = "Failed"
    GATE = "Stopped by a check"
    CAVEATS = "Published with caveats"
    RECOVERED = "Recovered"
    DECISION = "Decision wanted"


@dataclass(frozen=True, kw_only=True)
class Alert:
    """What is said of one run, once.

    Args:
        key: what it is about; two alerts of one key are the same alert.
        kind: what happened.
        subject: what it happened to, such as "the night of 25 April 2006".
        causes: one line for each thing that is wrong: where, what, what to do.
        standing: what stands meanwhile.
        look: commands that show more; they change nothing.
        mend: what to do, commands among it.
        run: the run's label.
        url: the run on Airflow's page; empty where there is none.
        at: when it happened.
        decides: it goes to who decides this; None: to who has ``alerts``, and on every channel.
    """

    key: str
    kind: AlertKind
    subject: str
    causes: tuple[str, ...]
    standing: str
    look: tuple[str, ...]
    mend: tuple[str, ...]
    run: str
    url: str
    at: datetime
    decides: Decides | None = None

    @property
    def title(self) -> str:
        """The alert in one line."""
        return f"{self.kind}: {self.subject}"

    @property
    def text(self) -> str:
        """The whole alert as plain text, for every channel the same."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        yield f"{self.title}."
        asked = self.decides is not None
        parts = (
            ("What is asked" if asked else "What it is", self.causes),
            ("What stands", (self.standing,)),
            ("To look", self.look),
            ("To answer" if asked else "To mend", self.mend),
            ("Page" if asked else "Run", tuple(filter(None, (self.run, self.url)))),
        )
        for name, lines in parts:
            if lines:
                yield f"\n{name}:"
                yield from (f"  {line}" for line in lines)


def render_alert(*, recipient: Recipient, alert: Alert, sender: str) -> Message:
    """Render an alert as an email, dated when it happened.

    The same alert has the same Message-ID, so that a server that gets it twice knows; another
    failure, of the same run too, has another.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Consideration for deportation", addr_spec=sender)
    message["To"] = Address(addr_spec=recipient.address)
    message["Subject"] = alert.title
    message["Date"] = format_datetime(alert.at)
    digest = text_digest("alert", alert.key, recipient.address)
    message["Message-ID"] = f"<{digest[:32]}@{sender.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Importance"] = "high"
    message.set_content(alert.text, cte="quoted-printable")
    return Message(
        recipient=recipient.address,
        subject=str(message["Subject"]),
        data=message.as_bytes(policy=ON_THE_WAY),
    )
