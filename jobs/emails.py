"""The emails about a night: what is published becomes one stored message for each reader."""

from datetime import date

import sqlalchemy as sa

from jobs import results
from jobs.databases import warehouse
from jobs.errors import BadInput
from jobs.notify import SendReport, enqueue, load_recipients, send_one, send_pending, transport_for
from jobs.report import BRIEFING_TABLES, About, Briefer, Earlier
from jobs.settings import Settings
from jobs.warehouse import (
    Publication,
    acknowledgements,
    current_publication,
    latest_before,
    read_table,
)


def prepare_emails(*, as_of: date, settings: Settings) -> list[int]:
    """Render and store every reader's message about a night; give the outbox numbers to send.

    Raises:
        BadInput: nothing is published for the night, or the file of readers is wrong.
    """
    recipients = load_recipients(settings.recipients)
    with warehouse(settings) as engine:
        publication = current_publication(engine, as_of=as_of)
        if publication is None:
            raise BadInput(
                f"as-of date [{as_of}]", "no publication", "run nightly_reconciliation for it"
            )
        briefer = _briefer(engine, publication, settings)
        return enqueue(
            engine,
            publication_id=publication.publication_id,
            as_of=as_of,
            recipients=recipients,
            compose=briefer.for_reader,
            sender=settings.mail_from,
        )


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


def _briefer(engine: sa.Engine, publication: Publication, settings: Settings) -> Briefer:
    facts = {name: read_table(engine, publication.publication_id, name) for name in BRIEFING_TABLES}
    previous = latest_before(engine, as_of=publication.as_of)
    earlier = None
    if previous is not None:
        name = results.FIGURES.full_name
        figures = read_table(engine, previous.publication_id, name)
        earlier = Earlier(as_of=previous.as_of, figures=figures)
    about = About(
        as_of=publication.as_of,
        publication_id=publication.publication_id,
        pages_url=settings.pages_url,
    )
    return Briefer(
        facts=facts,
        about=about,
        earlier=earlier,
        acknowledged=frozenset(acknowledgements(engine)["episode_id"]),
    )
