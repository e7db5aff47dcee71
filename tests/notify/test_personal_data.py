"""Personal data: at detail full, in an attachment, to named domains, over TLS; else refused."""

import csv
import io
import ssl
from collections.abc import Callable
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples.report_nights import AS_OF, Invented, frame_of, invent
from jobs.contract.registers import TABLES
from jobs.contract.view_models import Detail, Reader
from jobs.notify import (
    FolderTransport,
    Recipient,
    RedirectedTransport,
    SmtpTransport,
    admit,
    enqueue,
    people,
    send_pending,
)
from jobs.operate.emails import prepare_emails
from jobs.report import csv_text
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import embedded
from tests.conftest import as_template
from tests.notify.conftest import PublishedNight, Server, publish_night, summary_writer

DOMAIN = "casework.example.invalid"
HEAD = Recipient(address=f"head@{DOMAIN}", role="Head of casework", detail=Detail.FULL)
OTHER = Recipient(address=f"other@{DOMAIN}", role="Head of data")
SURNAME = "=Ngozi-Example"
SENDER = "reconciliation@returns.example.invalid"
Start = Callable[..., tuple[Server, str]]


@pytest.fixture(scope="module")
def world() -> Invented:
    """A night on which five people are to be released within the week."""
    invented = invent(episodes=300)
    assessments = invented.facts["nightly.assessments"]
    soon = assessments.index[assessments["status"].eq("DUE")][:5]
    assessments.loc[soon, "days_to_release"] = 3
    return invented


@pytest.fixture(scope="module")
def published_night(
    postgres: embedded.EmbeddedServer, empty_warehouse: str, world: Invented
) -> PublishedNight:
    name = "a night with people to name"
    with as_template(postgres, empty_warehouse, name) as engine:
        return PublishedNight(name, publish_night(engine, world.facts, "first"))


def named(world: Invented, publication: str) -> Callable[[Reader], str]:
    numbers = world.facts["nightly.assessments"]["prisoner_number"].drop_duplicates()
    columns = {
        "prisoner_number": numbers.to_numpy(),
        "last_name": SURNAME,
        "first_name": "Ada\u202e",
        "date_of_birth": pd.Timestamp("1970-05-17"),
    }
    persons = frame_of(TABLES["prison.persons"], columns, len(numbers))
    writer = summary_writer(world, publication)

    def write(reader: Reader) -> str:
        due = writer.next_actions(reader).every
        assessments = world.facts["nightly.assessments"]
        return csv_text(people(due=due, assessments=assessments, persons=persons))

    return write


@pytest.fixture
def stored(engine: sa.Engine, publication: str, world: Invented) -> list[int]:
    return enqueue(
        engine,
        publication_id=publication,
        as_of=AS_OF,
        recipients=(HEAD, OTHER),
        compose=summary_writer(world, publication).for_reader,
        sender=SENDER,
        people=named(world, publication),
    )


def secure(address: str, certificate: tuple[Path, Path], *domains: str) -> SmtpTransport:
    host, port = address.split(":")
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    return SmtpTransport(host=host, port=int(port), trust=trust, private_domains=domains)


def tls(certificate: tuple[Path, Path]) -> dict[str, object]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return {"tls_context": context, "require_starttls": True}


def test_over_tls_the_people_arrive_as_an_attachment_and_nowhere_else(
    engine: sa.Engine,
    stored: list[int],
    world: Invented,
    publication: str,
    mail_server: Start,
    certificate: tuple[Path, Path],
) -> None:
    server, address = mail_server(**tls(certificate))
    report = send_pending(engine, transport=secure(address, certificate, DOMAIN))
    assert report.count("sent") == len(stored) == 2
    full, plain = (message_from_bytes(data, policy=SMTP) for _, data in server.accepted)
    (attached,) = full.iter_attachments()
    assert attached.get_filename() == "people-2006-04-25.csv"
    rows = list(csv.DictReader(io.StringIO(attached.get_content())))
    listed = summary_writer(world, publication).next_actions(HEAD.reader).every
    assert [row["episode_id"] for row in rows] == listed["episode_id"].tolist()
    assert {row["last_name"] for row in rows} == {f"'{SURNAME}"}
    assert {row["first_name"] for row in rows} == {"Ada"}
    assert {row["date_of_birth"] for row in rows} == {"1970-05-17"}
    for part in ("plain", "html"):
        body = full.get_body((part,))
        assert body is not None
        assert SURNAME not in body.get_content()
        assert "The attachment names people" in body.get_content()
    assert list(plain.iter_attachments()) == []
    assert SURNAME.encode() not in plain.as_bytes()


def test_without_tls_the_people_stay_and_the_others_get_their_mail(
    engine: sa.Engine, stored: list[int], mail_server: Start
) -> None:
    server, address = mail_server()
    transport = SmtpTransport.of(f"smtp://{address}")
    report = send_pending(engine, transport=transport)
    assert report.states == {stored[0]: "refused", stored[1]: "sent"}
    assert report.errors[stored[0]] == (
        "personal data go over TLS only, and the server offers none"
    )
    assert [to for to, _ in server.accepted] == [[OTHER.address]]


def test_a_folder_and_another_domain_never_get_people(
    engine: sa.Engine,
    stored: list[int],
    mail_server: Start,
    certificate: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    server, address = mail_server(**tls(certificate))
    elsewhere = secure(address, certificate, f"sub.{DOMAIN}", "example.invalid")
    trial = RedirectedTransport(
        transport=secure(address, certificate, DOMAIN), to="me@trial.example.invalid"
    )
    for transport in (FolderTransport(folder=tmp_path), elsewhere, trial):
        with engine.begin() as connection:
            connection.execute(sa.text("UPDATE outbox.messages SET state = 'pending'"))
        report = send_pending(engine, transport=transport)
        assert report.states == {stored[0]: "refused", stored[1]: "sent"}
    assert SURNAME.encode() not in b"".join(data for _, data in server.accepted)
    assert [path.name.split()[0] for path in tmp_path.rglob("*.eml")] == [OTHER.address]


def test_a_server_is_asked_for_tls_before_any_message_is_written(
    mail_server: Start, certificate: tuple[Path, Path]
) -> None:
    _, in_the_clear = mail_server()
    with pytest.raises(BadInput, match="go over TLS only, and it offers none"):
        SmtpTransport.of(f"smtp://{in_the_clear}").assure_private()
    _, address = mail_server(**tls(certificate))
    secure(address, certificate).assure_private()


@pytest.mark.parametrize("domains", [(), ("example.invalid",), (f"x.{DOMAIN}",)])
def test_a_reader_in_another_domain_is_refused_by_place_and_not_by_address(
    domains: tuple[str, ...],
) -> None:
    with pytest.raises(BadInput, match="recipient 2: detail full") as caught:
        admit(recipients=(OTHER, HEAD), domains=domains)
    assert "@" not in str(caught.value)
    admit(recipients=(OTHER, HEAD), domains=(DOMAIN.upper(),))


def test_nothing_is_written_for_anybody_when_personal_data_may_not_go(
    engine: sa.Engine, publication: str, database: str, tmp_path: Path
) -> None:
    file = tmp_path / "readers.toml"
    file.write_text(
        f'[[recipient]]\naddress = "{OTHER.address}"\nrole = "Data"\n'
        f'[[recipient]]\naddress = "{HEAD.address}"\nrole = "Head"\ndetail = "full"\n'
    )
    settings = Settings(warehouse=database, recipients=file, data_dir=tmp_path)
    with pytest.raises(BadInput, match="the domain is not one for personal data"):
        prepare_emails(as_of=AS_OF, settings=settings)
    allowed = settings.model_copy(update={"personal_data_domains": (DOMAIN,)})
    with pytest.raises(BadInput, match="go over TLS only, and no mail server is set"):
        prepare_emails(as_of=AS_OF, settings=allowed)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM outbox.messages")) == 0
