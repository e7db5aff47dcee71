"""Emails: rendered once from a publication, stored in the outbox, sent once to each recipient.

`enqueue` renders and stores, `send_one` and `send_pending` hand over to a transport. Messages hold
counts and references; personal data only as an attachment for a reader at detail full.
"""

from jobs.notify.alert import Alert, render_alert
from jobs.notify.message import Message, render
from jobs.notify.outbox import SendReport, enqueue, send_one, send_pending
from jobs.notify.private import admit, people
from jobs.notify.recipients import Recipient, load_recipients
from jobs.notify.transport import (
    FolderTransport,
    RedirectedTransport,
    RefusedError,
    SmtpTransport,
    Transport,
    UnknownFateError,
    transport_for,
)

__all__ = [
    "Alert",
    "FolderTransport",
    "Message",
    "Recipient",
    "RedirectedTransport",
    "RefusedError",
    "SendReport",
    "SmtpTransport",
    "Transport",
    "UnknownFateError",
    "admit",
    "enqueue",
    "load_recipients",
    "people",
    "render",
    "render_alert",
    "send_one",
    "send_pending",
    "transport_for",
]
