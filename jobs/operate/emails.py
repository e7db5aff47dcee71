"""The emails about a night: what is published becomes one stored message for each reader."""

import logging
from datetime import date
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from jobs.contract import prison, results
from jobs.contract.view_models import Detail, Reader
from jobs.extract import open_landing
from jobs.notify import (
    Alert,
    FolderTransport,
    RefusedError,
    SendReport,
    UnknownFateError,
    admit,
    enqueue,
    load_recipients,
    people,
    render,
    render_alert,
    send_one,
    send_pending,
    transport_for,
)
from jobs.operate.databases import warehouse
from jobs.report import BRIEFED, About, Briefer, Earlier, csv_text
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    Publication,
    acknowledgements,
    current_publication,
    latest_before,
    read_table,
)

log = logging.getLogger(__name__)


def prepare_emails(*, as_of: date, settings: Settings) -> list[int]:
    """Render and store every reader's message about a night; give the outbox numbers to send.

    Raises:
        BadInput: nothing is published for the night, the file of readers is wrong, or a reader is
            to get personal data by a way that is not allowed.
    """
    recipients = load_recipients(settings.recipients)
    is_private = any(recipient.detail is Detail.FULL for recipient in recipients)
    if is_private:
        admit(recipients=recipients, domains=settings.personal_data_domains)
        transport_for(settings).assure_private()
    with warehouse(settings) as engine:
        publication = _published(engine, as_of)
        briefer = _briefer(engine, publication, settings)
        persons = _persons(publication, settings) if is_private else None
        return enqueue(
            engine,
            publication_id=publication.publication_id,
            as_of=as_of,
            recipients=recipients,
            compose=briefer.for_reader,
            sender=settings.mail_from,
            people=None if persons is None else lambda reader: _people(briefer, reader, persons),
        )


def preview_emails(*, as_of: date, settings: Settings) -> list[Path]:
    """Write every reader's message about a night as a file, for a person to look at.

    Nothing is stored and nothing is sent; people are never attached. Give the files.

    Raises:
        BadInput: nothing is published for the night, or the file of readers is wrong.
    """
    recipients = load_recipients(settings.recipients)
    folder = FolderTransport(folder=settings.data_dir / "mail-dry-run")
    with warehouse(settings) as engine:
        briefer = _briefer(engine, _published(engine, as_of), settings)
    for recipient in recipients:
        briefing = briefer.for_reader(recipient.reader)
        message = render(recipient=recipient, briefing=briefing, sender=settings.mail_from)
        folder.send(message=message.data, recipient=message.recipient)
    return sorted((folder.folder / as_of.isoformat()).glob("*.eml"))


def send_email(*, outbox_id: int, settings: Settings) -> str:
    """Send one message, unless it was sent before; give its state.

    Raises:
        Unreachable: the mail server did not answer; the message waits.
    """
    with warehouse(settings) as engine:
        return send_one(engine, outbox_id=outbox_id, transport=transport_for(settings))


def send_emails(*, settings: Settings) -> SendReport:
    """Send every message that waits."""
    with warehouse(settings) as engine:
        return send_pending(engine, transport=transport_for(settings))


def send_alert(
    *, as_of: date, task: str, run: str, error: BaseException | None, settings: Settings
) -> int:
    """Tell the readers who asked for it that a night stopped; give how many could be told.

    It goes past the outbox, which lives in the warehouse that may be what is away. Telling is the
    last thing a failed task does, so a mail server that fails too is logged and not raised.

    Args:
        as_of: the night.
        task: the task that stopped it.
        run: the run's label.
        error: what stopped it; only the words of a `BadInput` are repeated.
        settings: the installation.

    Raises:
        BadInput: the file of readers or the mail settings are wrong.
    """
    cause = str(error) if isinstance(error, BadInput) else _unforeseen(error)
    alert = Alert(as_of=as_of, task=task, run=run, cause=cause, standing=_standing(as_of, settings))
    transport = transport_for(settings)
    told = 0
    for recipient in load_recipients(settings.recipients):
        if not recipient.alerts:
            continue
        message = render_alert(recipient=recipient, alert=alert, sender=settings.mail_from)
        try:
            transport.send(message=message.data, recipient=message.recipient)
            told += 1
        except (BadInput, RefusedError, UnknownFateError) as unsent:
            log.warning("an alert was not sent: %s", unsent)
    return told


def _unforeseen(error: BaseException | None) -> str:
    kind = "the task was killed" if error is None else type(error).__name__
    return f"a fault that nobody foresaw ({kind}); the task's log has the details"


def _standing(as_of: date, settings: Settings) -> date | None:
    """The night whose figures stand while this one is not published."""
    try:
        with warehouse(settings) as engine:
            held = current_publication(engine, as_of=as_of) or latest_before(engine, as_of=as_of)
            return None if held is None else held.as_of
    except BadInput as error:
        log.warning("the warehouse cannot say which figures stand: %s", error)
        return None


def _persons(publication: Publication, settings: Settings) -> pd.DataFrame:
    """The people as the prison register delivered them for the publication."""
    landing = open_landing(
        register="prison",
        as_of=publication.as_of,
        folder=settings.data_dir / "landing",
        content_digest=publication.manifest["inputs"]["prison"]["content_digest"],
    )
    table = prison.PERSONS
    return table.frame(landing.tables()[table.full_name])


def _people(briefer: Briefer, reader: Reader, persons: pd.DataFrame) -> str:
    """The people that a reader at detail full is to decide on, as CSV."""
    assessments = briefer.facts[results.ASSESSMENTS.full_name]
    due = briefer.soon(reader)
    return csv_text(people(due=due, assessments=assessments, persons=persons))


def _night_url(pages_url: str, as_of: date) -> str:
    """The first page of a night, where the folder of pages is on a server."""
    return f"{pages_url.rstrip('/')}/{as_of}/index.html" if pages_url else ""


def _published(engine: sa.Engine, as_of: date) -> Publication:
    publication = current_publication(engine, as_of=as_of)
    if publication is None:
        raise BadInput(
            f"as-of date [{as_of}]", "no publication", "run nightly_reconciliation for it"
        )
    return publication


def _briefer(engine: sa.Engine, publication: Publication, settings: Settings) -> Briefer:
    facts = {
        table.full_name: read_table(engine, publication.publication_id, table.full_name)
        for table in BRIEFED
    }
    previous = latest_before(engine, as_of=publication.as_of)
    earlier = None
    if previous is not None:
        name = results.FIGURES.full_name
        figures = read_table(engine, previous.publication_id, name)
        earlier = Earlier(as_of=previous.as_of, figures=figures)
    about = About(
        as_of=publication.as_of,
        publication_id=publication.publication_id,
        pages_url=_night_url(settings.pages_url, publication.as_of),
        notices=(publication.override.notice,) if publication.override else (),
    )
    return Briefer(
        facts=facts,
        about=about,
        earlier=earlier,
        acknowledged=frozenset(acknowledgements(engine)["episode_id"]),
    )
