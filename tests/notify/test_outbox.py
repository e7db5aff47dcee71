"""Sent once: whatever refuses, breaks or dies on the way."""

import ssl
import threading
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks.samples.report_nights import AS_OF, Invented
from jobs.contract.view_models import Reader, ReaderSummary
from jobs.notify import (
    FolderTransport,
    Recipient,
    SmtpTransport,
    enqueue,
    send_one,
    send_pending,
    transport_for,
)
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.settings import Settings
from jobs.warehouse.store.tables import OUTBOX
from tests.notify.conftest import Server, publish_night, summary_writer

READERS = tuple(
    Recipient(address=f"{name}@readers.example.invalid", role=name) for name in ("ann", "bob", "cy")
)
SENDER = "reconciliation@returns.example.invalid"
Start = Callable[..., tuple[Server, str]]


def put(
    engine: sa.Engine,
    world: Invented,
    publication: str,
    compose: Callable[[Reader], ReaderSummary] | None = None,
) -> list[int]:
    return enqueue(
        engine,
        publication_id=publication,
        as_of=AS_OF,
        recipients=READERS,
        compose=compose or summary_writer(world, publication).for_reader,
        sender=SENDER,
    )


def rows(engine: sa.Engine) -> list[dict[str, object]]:
    with engine.connect() as connection:
        found = connection.execute(sa.select(OUTBOX).order_by(OUTBOX.c.outbox_id))
        return [dict(row) for row in found.mappings()]


def states(engine: sa.Engine) -> list[object]:
    return [row["state"] for row in rows(engine)]


def test_every_recipient_gets_one_file(
    engine: sa.Engine, publication: str, world: Invented, tmp_path: Path
) -> None:
    ids = put(engine, world, publication)
    report = send_pending(engine, transport=FolderTransport(folder=tmp_path))
    assert (len(ids), report.count("sent")) == (3, 3)
    files = sorted((tmp_path / "2006-04-25").iterdir())
    assert [file.name.split("@")[0] for file in files] == ["ann", "bob", "cy"]
    stored = {bytes(row["message"]) for row in rows(engine)}  # type: ignore[call-overload]
    assert {file.read_bytes() for file in files} == stored


def test_running_again_sends_nothing_twice(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    server, address = mail_server()
    transport = SmtpTransport.of(f"smtp://{address}")
    put(engine, world, publication)
    send_pending(engine, transport=transport)
    assert put(engine, world, publication) == []
    assert send_pending(engine, transport=transport).states == {}
    assert len(server.accepted) == 3


def test_a_mail_server_gets_the_stored_bytes_for_one_recipient_each(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    server, address = mail_server()
    ids = put(engine, world, publication)
    assert send_one(engine, outbox_id=ids[0], transport=SmtpTransport.of(f"smtp://{address}"))
    recipients, content = server.accepted[0]
    assert recipients == ["ann@readers.example.invalid"]
    assert message_from_bytes(content)["To"] == "ann@readers.example.invalid"
    assert content.rstrip() == bytes(rows(engine)[0]["message"]).rstrip()  # type: ignore[call-overload]


def test_one_refused_recipient_is_reported_and_does_not_stop_the_others(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    server, address = mail_server({"bob": "550 no <bob@readers.example.invalid> here"})
    ids = put(engine, world, publication)
    report = send_pending(engine, transport=SmtpTransport.of(f"smtp://{address}"))
    assert states(engine) == ["sent", "refused", "sent"]
    assert report.errors == {ids[1]: "550 no [address] here"}
    assert len(server.accepted) == 2


def test_try_later_leaves_the_message_pending(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    _, address = mail_server({"bob": "451 greylisted"})
    ids = put(engine, world, publication)
    transport = SmtpTransport.of(f"smtp://{address}")
    with pytest.raises(Unreachable, match="451 greylisted"):
        send_one(engine, outbox_id=ids[1], transport=transport)
    report = send_pending(engine, transport=transport)
    assert states(engine) == ["sent", "pending", "sent"]
    assert list(report.errors) == [ids[1]]


def test_a_server_gone_after_the_message_leaves_its_fate_unknown(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    server, address = mail_server({"data": "vanish"})
    put(engine, world, publication)
    transport = SmtpTransport.of(f"smtp://{address}")
    send_pending(engine, transport=transport)
    assert states(engine) == ["unknown"] * 3
    send_pending(engine, transport=transport)
    assert server.seen_data == 3


def test_a_message_refused_as_too_big_is_refused(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    _, address = mail_server({"data": "552 too big"})
    put(engine, world, publication)
    send_pending(engine, transport=SmtpTransport.of(f"smtp://{address}"))
    assert states(engine) == ["refused"] * 3


def test_a_server_that_is_not_there_leaves_everything_pending(
    engine: sa.Engine, publication: str, world: Invented
) -> None:
    put(engine, world, publication)
    report = send_pending(engine, transport=SmtpTransport(host="127.0.0.1", port=9))
    assert states(engine) == ["pending"] * 3
    assert all("mail server [127.0.0.1:9]" in error for error in report.errors.values())


def test_a_sender_that_died_while_sending_leaves_the_fate_unknown(
    engine: sa.Engine, publication: str, world: Invented, tmp_path: Path
) -> None:
    ids = put(engine, world, publication)
    with engine.begin() as connection:
        connection.execute(
            sa.update(OUTBOX).where(OUTBOX.c.outbox_id == ids[0]).values(state="sending")
        )
    assert put(engine, world, publication) == ids
    send_pending(engine, transport=FolderTransport(folder=tmp_path))
    assert states(engine) == ["unknown", "sent", "sent"]


class Slow:
    """A transport that waits until it is let go."""

    def __init__(self) -> None:
        self.began, self.go, self.sent = threading.Event(), threading.Event(), 0

    def send(self, **_message: object) -> None:
        self.began.set()
        self.go.wait(10)
        self.sent += 1

    def describe(self) -> str:
        return "slow"


def test_two_senders_at_once_send_a_message_once(
    engine: sa.Engine, publication: str, world: Invented
) -> None:
    outbox_id = put(engine, world, publication)[0]
    slow = Slow()
    first = threading.Thread(
        target=send_one, args=(engine,), kwargs={"outbox_id": outbox_id, "transport": slow}
    )
    first.start()
    assert slow.began.wait(10)
    assert send_one(engine, outbox_id=outbox_id, transport=slow) == "sending"
    slow.go.set()
    first.join()
    assert slow.sent == 1
    assert states(engine)[0] == "sent"


def test_a_publication_that_says_the_same_tells_nobody_twice(
    engine: sa.Engine, publication: str, world: Invented, tmp_path: Path
) -> None:
    transport = FolderTransport(folder=tmp_path)
    put(engine, world, publication)
    send_pending(engine, transport=transport)
    again = publish_night(engine, world.facts, "second")
    assert put(engine, world, again) == []


def test_a_figure_that_changed_is_told_as_a_correction(
    engine: sa.Engine, publication: str, world: Invented, tmp_path: Path
) -> None:
    transport = FolderTransport(folder=tmp_path)
    put(engine, world, publication)
    send_pending(engine, transport=transport)
    figures = world.facts["nightly.figures"].copy()
    chosen = figures["figure_id"].eq("missed.total")
    before = f"{figures.loc[chosen, 'value'].iloc[0]:,.0f}"
    figures.loc[chosen, ["value", "low", "high"]] = 1_013.0
    changed = Invented(
        tables=world.tables,
        facts={**world.facts, "nightly.figures": figures},
        reported=world.reported,
    )
    again = publish_night(engine, changed.facts, "second")
    assert len(put(engine, changed, again)) == 3
    row = rows(engine)[-1]
    assert row["kind"] == "correction"
    assert str(row["subject"]).startswith("Correction: 25 April 2006: ")
    text = bytes(row["message"]).decode()  # type: ignore[call-overload]
    assert "Released without consideration: 1,013, not " + before in text


def test_what_was_not_sent_yet_gives_way_to_a_later_publication(
    engine: sa.Engine, publication: str, world: Invented, tmp_path: Path
) -> None:
    put(engine, world, publication)
    again = publish_night(engine, world.facts, "second")
    assert len(put(engine, world, again)) == 3
    report = send_pending(engine, transport=FolderTransport(folder=tmp_path))
    assert report.count("sent") == 3
    assert states(engine) == ["withdrawn"] * 3 + ["sent"] * 3
    assert {row["kind"] for row in rows(engine)} == {"report"}


def test_a_message_that_does_not_exist_is_named(engine: sa.Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"message \[7\]: not in the outbox"):
        send_one(engine, outbox_id=7, transport=FolderTransport(folder=tmp_path))


def test_a_server_elsewhere_without_tls_is_refused_before_anything_is_sent() -> None:
    transport = SmtpTransport(host="192.0.2.1", port=25, seconds=0.2)
    with pytest.raises(Unreachable, match=r"mail server \[192.0.2.1:25\]"):
        transport.describe()


def test_a_certificate_that_is_not_trusted_is_refused_and_nothing_is_sent(
    engine: sa.Engine,
    publication: str,
    world: Invented,
    mail_server: Start,
    certificate: tuple[Path, Path],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server, address = mail_server(tls_context=context)
    ids = put(engine, world, publication)
    with pytest.raises(BadInput, match="certificate not valid"):
        send_one(engine, outbox_id=ids[0], transport=SmtpTransport.of(f"smtp://{address}"))
    assert (states(engine)[0], server.seen_data) == ("pending", 0)


def test_a_certificate_of_the_sites_own_authority_is_accepted(
    engine: sa.Engine,
    publication: str,
    world: Invented,
    mail_server: Start,
    certificate: tuple[Path, Path],
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    server, address = mail_server(tls_context=context, require_starttls=True)
    ids = put(engine, world, publication)
    host, port = address.split(":")
    transport = SmtpTransport(
        host=host, port=int(port), trust=ssl.create_default_context(cafile=str(certificate[0]))
    )
    assert send_one(engine, outbox_id=ids[0], transport=transport) == "sent"
    assert len(server.accepted) == 1


@pytest.mark.parametrize("url", ["ftp://x", "smtp://", "smtp://x:port", "mail.example.invalid"])
def test_a_url_that_is_no_mail_server_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadInput, match="not a mail server's URL") as caught:
        SmtpTransport.of(url.replace("://", "://me:secret@"))
    assert "secret" not in str(caught.value)


def test_the_settings_choose_the_transport(tmp_path: Path) -> None:
    folder = transport_for(Settings(data_dir=tmp_path))
    assert folder.describe() == f".eml files in {tmp_path / 'mail'}"
    server = transport_for(Settings(data_dir=tmp_path, smtp_url="smtps://u:p%40ss@mail.invalid"))
    assert isinstance(server, SmtpTransport)
    assert (server.port, server.password, server.is_tls_from_start) == (465, "p@ss", True)
    assert "p@ss" not in repr(server)


def test_in_a_trial_every_message_goes_to_one_address(
    engine: sa.Engine, publication: str, world: Invented, mail_server: Start
) -> None:
    server, address = mail_server()
    trial = Settings(smtp_url=f"smtp://{address}", mail_redirect="trial@here.example.invalid")
    put(engine, world, publication)
    send_pending(engine, transport=transport_for(trial))
    assert {tuple(to) for to, _ in server.accepted} == {("trial@here.example.invalid",)}
    written_for = {message_from_bytes(content)["To"] for _, content in server.accepted}
    assert written_for == {reader.address for reader in READERS}


def test_an_address_of_redirection_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"mail_redirect.*not one plain"):
        transport_for(Settings(data_dir=tmp_path, mail_redirect="everyone"))
