"""Channels beside email on which an alert goes out: whatever Apprise speaks.

A webhook (``json://``), PagerDuty, Teams, Slack and others are URLs of Apprise
(https://appriseit.com/services/); the software has no channel of its own.
"""

from typing import TYPE_CHECKING, Final

from jobs.notify.alert import Alert, AlertKind
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.files import text_digest

if TYPE_CHECKING:
    from apprise import Apprise

_TYPES: Final = {
    AlertKind.LATE: "failure",
    AlertKind.FAILED: "failure",
    AlertKind.GATE: "failure",
    AlertKind.CAVEATS: "warning",
    AlertKind.RECOVERED: "success",
}
"""Apprise's word for each kind of alert."""


def channel_name(url: str) -> str:
    """A channel in ledgers and messages: its kind and a digest, never the secret in its URL."""
    return f"{url.partition(':')[0]} {text_digest('channel', url)[:8]}"


def open_channel(url: str) -> "Apprise":
    """A channel of Apprise.

    Raises:
        BadInput: Apprise does not know such a URL; the message leaves it out, for it holds secrets.
    """
    # Every step of a night leads here, and few sites have a channel.
    from apprise import Apprise

    channel = Apprise()
    if not channel.add(url):
        raise BadInput(
            "setting [alert_channels]",
            f"[{url.partition(':')[0]}] is no URL that Apprise can use",
            "write it as https://appriseit.com/services/ shows",
        )
    return channel


def send_to_channel(*, url: str, alert: Alert) -> None:
    """Send an alert to one channel.

    Raises:
        BadInput: the URL is not one of Apprise.
        Unreachable: the channel did not take it; try again later.
    """
    sent = open_channel(url).notify(
        body=alert.text,
        title=alert.title,
        notify_type=_TYPES[alert.kind],
        body_format="text",
    )
    if not sent:
        raise Unreachable(f"alert channel [{channel_name(url)}]", "did not take it", "try later")
