"""Emails: rendered once from a publication, stored in the outbox, sent once to each recipient.

`enqueue` renders and stores, `send_one` and `send_pending` hand over to a transport. Messages hold
counts and references; personal data only as an attachment for a reader at detail full.
"""

from jobs.notify.alert import Alert, AlertKind, render_alert
from jobs.notify.alert_ledger import AlertLedger, AlertRecord
from jobs.notify.channels import channel_name, open_channel, send_to_channel
from jobs.notify.message import Message, render
from jobs.notify.outbox import SendReport, enqueue, send_one, send_pending
from jobs.notify.outbox_entries import RELEASED, OutboxEntry, outbox_entries, readers_of, release
from jobs.notify.private import admit, people
from jobs.notify.recipients import Decides, Recipient, limited_readers, load_recipients
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
    "RELEASED",
    "Alert",
    "AlertKind",
    "AlertLedger",
    "AlertRecord",
    "Decides",
    "FolderTransport",
    "Message",
    "OutboxEntry",
    "Recipient",
    "RedirectedTransport",
    "RefusedError",
    "SendReport",
    "SmtpTransport",
    "Transport",
    "UnknownFateError",
    "admit",
    "channel_name",
    "enqueue",
    "limited_readers",
    "load_recipients",
    "open_channel",
    "outbox_entries",
    "people",
    "readers_of",
    "release",
    "render",
    "render_alert",
    "send_one",
    "send_pending",
    "send_to_channel",
    "transport_for",
]
