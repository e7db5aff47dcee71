"""Ways to hand a message over: to a folder as an ``.eml`` file, or to a mail server.

A transport says one of three things: accepted (it returns), refused (`RefusedError`: this
recipient will not get it, ever), or not known (`UnknownFateError`: the connection broke after the
message was handed over and before the server answered). `Unreachable` means that nothing was handed
over yet, so trying again is safe.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email.policy import SMTP as SMTP_POLICY
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from jobs.notify.private import TODO, is_allowed, is_private
from jobs.notify.recipients import ADDRESS
from jobs.runtime.airflow_connections import url_of
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.files import whole_file
from jobs.runtime.settings import Settings

SECONDS: Final = 30
"""How long a mail server may take over one answer."""
_EMAIL: Final = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


class RefusedError(Exception):
    """The server will not take the message for this recipient; the text holds no address."""


class UnknownFateError(Exception):
    """The message was handed over, and whether it was accepted cannot be known."""


class Transport(Protocol):
    """What the outbox hands messages to."""

    def send(self, *, message: bytes, recipient: str) -> None:
        """Hand over one message for one recipient.

        Raises:
            RefusedError: the recipient or the message is refused for good.
            UnknownFateError: it was handed over and no answer came.
            Unreachable: it was not handed over; try again later.
        """

    def describe(self) -> str:
        """Where messages go, for a person; a mail server is asked whether it is there."""

    def assure_private(self) -> None:
        """See that personal data may go this way.

        Raises:
            BadInput: not over TLS, or not to a domain for personal data.
            Unreachable: the mail server does not answer.
        """


@dataclass(frozen=True, kw_only=True)
class FolderTransport:
    """Writes each message into a folder, whole or not at all; a second time changes nothing."""

    folder: Path

    def send(self, *, message: bytes, recipient: str) -> None:
        """Write ``<folder>/<night>/<recipient> <id>.eml``.

        Raises:
            BadInput: the disk is full or the folder cannot be written.
            RefusedError: the message holds personal data.
        """
        if is_private(message):
            raise RefusedError("personal data go over TLS only, not into a folder")
        headers = message_from_bytes(message, policy=SMTP_POLICY)
        night = parsedate_to_datetime(str(headers["Date"])).date()
        id_ = str(headers["Message-ID"]).strip("<>").partition("@")[0][:8]
        name = re.sub(r"[^A-Za-z0-9@._+-]", "_", recipient)
        target = self.folder / night.isoformat() / f"{name} {id_}.eml"
        with whole_file(target) as made:
            made.write_bytes(message)

    def describe(self) -> str:
        """The folder."""
        return f".eml files in {self.folder}"

    def assure_private(self) -> None:
        """Never: a folder is not TLS."""
        raise BadInput(
            "setting [smtp_url]",
            "personal data (a reader at detail full) go over TLS only, and no mail server is set",
            f"name one {TODO}",
        )


@dataclass(frozen=True, kw_only=True)
class SmtpTransport:
    """Sends through a mail server, over TLS unless the server is this machine.

    ``smtp://`` begins in the clear and goes over to TLS (STARTTLS); ``smtps://`` is TLS from the
    start. The server's certificate must be valid for its name. ``trust`` replaces the machine's
    certificate authorities, for a site with its own. ``private_domains`` may receive personal data.
    """

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls_from_start: bool = False
    trust: ssl.SSLContext | None = None
    private_domains: tuple[str, ...] = ()
    seconds: float = SECONDS

    @classmethod
    def of(cls, url: str) -> "SmtpTransport":
        """Read ``smtp://user:password@host:port`` or ``smtps://``.

        Raises:
            BadInput: not such a URL; the message does not repeat it, for it may hold a password.
        """
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            port, parts = None, urlsplit("")
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise BadInput(
                "setting [smtp_url]",
                "not a mail server's URL",
                "give smtp://user:password@host:port or smtps://...",
            )
        secure = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=port or (465 if secure else 587),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            is_tls_from_start=secure,
        )

    def send(self, *, message: bytes, recipient: str) -> None:
        """Send one message to one recipient; see `Transport.send`."""
        with self._connection() as server:
            if is_private(message):
                self._admit(server, recipient)
            sender = str(
                message_from_bytes(message, policy=SMTP_POLICY)["From"].addresses[0].addr_spec
            )
            self._envelope(server, sender, recipient)
            self._data(server, message)

    def describe(self) -> str:
        """The server, after asking it."""
        with self._connection() as server:
            server.noop()
        return f"mail server {self.host}:{self.port}"

    def assure_private(self) -> None:
        """See that the server speaks TLS."""
        with self._connection() as server:
            if not _is_tls(server):
                raise BadInput(
                    self._where,
                    "personal data (a reader at detail full) go over TLS only, and it offers none",
                    f"use a server that does, {TODO}",
                )

    def _admit(self, server: smtplib.SMTP, recipient: str) -> None:
        if not _is_tls(server):
            raise RefusedError("personal data go over TLS only, and the server offers none")
        if not is_allowed(recipient, self.private_domains):
            raise RefusedError("the recipient's domain is not one for personal data")

    @property
    def _where(self) -> str:
        return f"mail server [{self.host}:{self.port}]"

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._opened()
        except ssl.SSLCertVerificationError as error:
            raise BadInput(
                self._where, f"certificate not valid: {error.verify_message}", "mend it or the name"
            ) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable(self._where, _said(error), "see that it runs and answers") from None
        try:
            yield server
        finally:
            _leave(server)

    def _opened(self) -> smtplib.SMTP:
        context = self.trust or ssl.create_default_context()
        server: smtplib.SMTP
        if self.is_tls_from_start:
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=self.seconds)
        try:
            server.ehlo()
            if not self.is_tls_from_start:
                self._go_over_to_tls(server, context)
            if self.user:
                self._log_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _go_over_to_tls(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        if server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif not _is_this_machine(self.host):
            raise BadInput(
                self._where, "offers no TLS (STARTTLS)", "use a server that does, or smtps://"
            )

    def _log_in(self, server: smtplib.SMTP) -> None:
        try:
            server.login(self.user, self.password)
        except smtplib.SMTPAuthenticationError:
            raise BadInput(
                self._where, "user or password refused", "mend the setting [smtp_url]"
            ) from None

    def _envelope(self, server: smtplib.SMTP, sender: str, recipient: str) -> None:
        try:
            for code, answer in (server.mail(sender), server.rcpt(recipient)):
                self._judge(code, answer)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise Unreachable(self._where, _said(error), "try again later") from None

    def _data(self, server: smtplib.SMTP, message: bytes) -> None:
        """Hand the message over: from here on a broken connection leaves its fate unknown."""
        try:
            code, answer = server.data(message)
        except smtplib.SMTPDataError as error:
            self._judge(error.smtp_code, error.smtp_error)
            raise UnknownFateError(_said(error)) from None
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise UnknownFateError(f"the connection broke: {_said(error)}") from None
        self._judge(code, answer)

    def _judge(self, code: int, answer: bytes | str) -> None:
        """Nothing for a yes; `Unreachable` for "later"; `RefusedError` for a no."""
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        said = f"{code} {_without_address(text)}"
        if 400 <= code < 500:
            raise Unreachable(self._where, said, "try again later")
        if code >= 500:
            raise RefusedError(said)


@dataclass(frozen=True, kw_only=True)
class RedirectedTransport:
    """For trials: hands every message over for one address, whoever it was written for.

    The message itself stays as it was stored, so a trial shows who would have received it. The
    outbox counts it as sent: try on a warehouse of your own.
    """

    transport: Transport
    to: str

    def send(self, *, message: bytes, recipient: str) -> None:  # noqa: ARG002
        """Hand the message over for the one address; see `Transport.send`."""
        self.transport.send(message=message, recipient=self.to)

    def describe(self) -> str:
        """Where messages go, and that they are redirected."""
        return f"{self.transport.describe()}, every message redirected"

    def assure_private(self) -> None:
        """As the transport itself; its domains are held against the one address on sending."""
        self.transport.assure_private()


def transport_for(settings: Settings) -> Transport:
    """The transport that the settings name: a mail server, else the folder of ``.eml`` files.

    Raises:
        BadInput: the mail server's URL or the address of redirection is not one.
    """
    url = url_of(settings.smtp_url.get_secret_value(), setting="smtp_url")
    transport: Transport = (
        replace(SmtpTransport.of(url), private_domains=settings.personal_data_domains)
        if url
        else FolderTransport(folder=settings.data_dir / "mail")
    )
    if not settings.mail_redirect:
        return transport
    if not ADDRESS.fullmatch(settings.mail_redirect):
        raise BadInput("setting [mail_redirect]", "not one plain email address", "give one")
    return RedirectedTransport(transport=transport, to=settings.mail_redirect)


def _is_tls(server: smtplib.SMTP) -> bool:
    return isinstance(server.sock, ssl.SSLSocket)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; the messages are with the server, so a broken goodbye changes nothing."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _said(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return _without_address(str(error)) or type(error).__name__


def _without_address(text: str) -> str:
    """One line of a server's words with email addresses taken out, for they are personal."""
    return _EMAIL.sub("[address]", " ".join(text.split()))[:300]
