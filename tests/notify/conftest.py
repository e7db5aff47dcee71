"""A published night in a real warehouse, and real mail servers that behave or misbehave."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract import results
from jobs.report import About, SummaryWriter
from jobs.warehouse import Manifest, embedded, open_warehouse, publish
from tests.conftest import as_template, copied

_PUBLISHED, _USED = "a published night", "a night to mail"


@pytest.fixture(scope="session")
def world() -> Invented:
    return invent(episodes=300)


@dataclass(frozen=True)
class PublishedNight:
    """A database that is copied for who asks for `publication`, and the publication in it."""

    database: str
    publication_id: str


@pytest.fixture(scope="session")
def published_night(
    postgres: embedded.EmbeddedServer, empty_warehouse: str, world: Invented
) -> PublishedNight:
    """The night of `world`; a file whose world is another publishes its own under this name."""
    with as_template(postgres, empty_warehouse, _PUBLISHED) as engine:
        return PublishedNight(_PUBLISHED, publish_night(engine, world.facts, "first"))


@pytest.fixture
def database(
    request: pytest.FixtureRequest, postgres: embedded.EmbeddedServer, empty_warehouse: str
) -> Iterator[str]:
    """The URL of a warehouse, with the first publication in it where the test asks for it."""
    template = empty_warehouse
    if "publication" in request.fixturenames:
        template = request.getfixturevalue("published_night").database
    with copied(postgres, template, _USED) as engine:
        yield engine.url.render_as_string(hide_password=False)


@pytest.fixture
def engine(database: str) -> Iterator[sa.Engine]:
    engine = open_warehouse(database)
    yield engine
    engine.dispose()


@pytest.fixture
def publication(database: str, published_night: PublishedNight) -> str:
    return published_night.publication_id


def publish_night(engine: sa.Engine, facts: dict[str, pd.DataFrame], code: str) -> str:
    manifest = Manifest(
        as_of=AS_OF,
        inputs={},
        contract_version="1",
        code_version=code,
        policy_version="1",
        model_version="1",
    )
    tables = {name: facts[name] for name in results.NIGHTLY}
    return publish(engine, manifest=manifest, tables=tables).publication_id


def summary_writer(world: Invented, publication_id: str) -> SummaryWriter:
    about = About(as_of=AS_OF, publication_id=publication_id)
    return SummaryWriter(facts=world.facts, about=about)


class Server:
    """A mail server's behaviour; keeps what it accepted.

    Args:
        answers: what it says of a recipient, by a part of the address, or of every message, as
            ``data``; it vanishes over a message of which it is to say ``vanish``.
    """

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.accepted: list[tuple[list[str], bytes]] = []
        self.seen_data = 0

    def reports(self) -> list[str]:
        """Who was sent a report, by address; alerts are no reports."""
        return sorted(
            address
            for addresses, content in self.accepted
            if b"Importance: high" not in content
            for address in addresses
        )

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        for part, answer in self.answers.items():
            if part in address and answer != "vanish":
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.seen_data += 1
        about = " ".join(["data", *envelope.rcpt_tos])
        for part, answer in self.answers.items():
            if part not in about:
                continue
            if answer == "vanish":
                server.transport.abort()
                await asyncio.sleep(0)
                return "250 too late"
            return answer
        self.accepted.append((list(envelope.rcpt_tos), bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[Callable[..., tuple[Server, str]]]:
    """Start a mail server with the given answers; gives it and its URL."""
    running: list[Controller] = []

    def start(answers: dict[str, str] | None = None, **options: Any) -> tuple[Server, str]:
        server = Server(**(answers or {}))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(server, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return server, f"127.0.0.1:{port}"

    yield start
    for controller in running:
        controller.stop(no_assert=True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "server.pem", folder / "server.key"
    public.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return public, private
