"""The emails about a night: what is published becomes one stored message for each reader."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from jobs.contract import prison, results
from jobs.contract.proof.failure_kinds import NOT_TRIED
from jobs.contract.view_models import Detail, Reader, ReaderSummary
from jobs.extract import open_landing
from jobs.notify import (
    RELEASED,
    FolderTransport,
    SendReport,
    admit,
    enqueue,
    load_recipients,
    outbox_entries,
    people,
    readers_of,
    release,
    render,
    send_one,
    send_pending,
    transport_for,
)
from jobs.operate.accepted_rows import accepted_rows
from jobs.operate.databases import warehouse
from jobs.operate.monitoring.timetable import LONDON
from jobs.operate.site_rules.exceptions_of_night import SiteExceptions
from jobs.operate.superseded import reason_line, reasons_of_correction
from jobs.report import SUMMARISED, About, Earlier, SummaryWriter, csv_text, part_folder
from jobs.report.about import DESPITE, size_notices, taken_on
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    Publication,
    acknowledgements,
    current_publication,
    latest_before,
    planted_cases,
    publications,
    read_table,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class NightToMail:
    """A night that was published; ``asked`` says that somebody asked for its emails."""

    as_of: date
    asked: bool


def prepare_nights(nights: Iterable[NightToMail], *, settings: Settings) -> list[dict[str, str]]:
    """Render and store the messages about several nights, in order; give each with its reader.

    A night of the past (published more than ``mail_days`` after its date) is left out unless
    somebody asked: a range that is run again is not news to its readers. Messages that were
    refused, or whose fate is unknown, are given again until somebody settles them, so that a run
    does not turn green over them.

    Returns:
        For each message its ``outbox_id``, its night and the role of its reader: no address.
    """
    messages = []
    for night in sorted(nights, key=lambda night: night.as_of):
        if not night.asked and _is_past(night.as_of, settings):
            log.warning("the night of %s is past: it is mailed when asked for", night.as_of)
            continue
        prepare_emails(as_of=night.as_of, settings=settings)
        with warehouse(settings) as engine:
            publication_id = _published(engine, night.as_of).publication_id
            roles = readers_of(
                engine,
                publication_id=publication_id,
                recipients=load_recipients(settings.recipients),
                states=("pending", "sending", *RELEASED),
            )
        messages += [
            {"outbox_id": str(number), "night": night.as_of.isoformat(), "reader": role}
            for number, role in roles.items()
        ]
    return messages


def _is_past(as_of: date, settings: Settings) -> bool:
    with warehouse(settings) as engine:
        published = _published(engine, as_of).published_at.astimezone(LONDON).date()
    return (published - as_of).days > settings.mail_days


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
        writer = _summary_writer(engine, publication, settings)
        persons = persons_of(publication, settings) if is_private else None
        return enqueue(
            engine,
            publication_id=publication.publication_id,
            as_of=as_of,
            recipients=recipients,
            compose=_with_own_pages(writer, settings),
            sender=settings.mail_from,
            people=None if persons is None else lambda reader: _people(writer, reader, persons),
            reason=_reason(engine, publication),
        )


def _reason(engine: sa.Engine, publication: Publication) -> str:
    """Why a night was published again; empty for its first publication."""
    every = {each.publication_id: each for each in publications(engine, as_of=publication.as_of)}
    before = every.get(publication.supersedes or "")
    return reason_line(reasons_of_correction(before, publication)) if before else ""


def preview_emails(*, as_of: date, settings: Settings) -> list[Path]:
    """Write every reader's message about a night as a file, for a person to look at.

    Nothing is stored and nothing is sent; people are never attached. Give the files.

    Raises:
        BadInput: nothing is published for the night, or the file of readers is wrong.
    """
    recipients = load_recipients(settings.recipients)
    folder = FolderTransport(folder=settings.data_dir / "mail-dry-run")
    with warehouse(settings) as engine:
        writer = _summary_writer(engine, _published(engine, as_of), settings)
    compose = _with_own_pages(writer, settings)
    for recipient in recipients:
        summary = compose(recipient.reader)
        message = render(recipient=recipient, summary=summary, sender=settings.mail_from)
        folder.send(message=message.data, recipient=message.recipient)
    return sorted((folder.folder / as_of.isoformat()).glob("*.eml"))


def send_email(*, outbox_id: int, settings: Settings) -> str:
    """Send one message, unless it was sent before; give its state.

    Raises:
        Unreachable: the mail server did not answer; the message waits.
    """
    with warehouse(settings) as engine:
        return send_one(engine, outbox_id=outbox_id, transport=transport_for(settings))


def deliver_email(*, outbox_id: int, settings: Settings) -> str:
    """Send one message, unless it was sent before; give its state, which is a good one.

    Raises:
        Unreachable: the mail server did not answer; the message waits.
        BadInput: it was refused, or nobody knows whether it arrived: a person must look.
    """
    state = send_email(outbox_id=outbox_id, settings=settings)
    if state not in RELEASED:
        return state
    with warehouse(settings) as engine:
        (entry,) = outbox_entries(engine, outbox_id=outbox_id)
    raise BadInput(
        f"message [{outbox_id}]",
        f"{state}: {entry.last_error}",
        f"look: python -m jobs outbox show {outbox_id}; mend, then: outbox resend {outbox_id}",
    )


def resend_email(*, outbox_id: int, by: str, why: str, settings: Settings) -> str:
    """Send a message again that was refused or whose fate is unknown; give its state.

    Raises:
        BadInput: it is not one to be sent again, or was refused again.
        Unreachable: the mail server did not answer; the message waits.
    """
    with warehouse(settings) as engine:
        release(engine, outbox_id=outbox_id, by=by, why=why)
    return deliver_email(outbox_id=outbox_id, settings=settings)


def send_emails(*, settings: Settings) -> SendReport:
    """Send every message that waits."""
    with warehouse(settings) as engine:
        return send_pending(engine, transport=transport_for(settings))


def persons_of(publication: Publication, settings: Settings) -> pd.DataFrame:
    """The people of the prison register as the night accepted them for the publication."""
    landing = open_landing(
        register="prison",
        as_of=publication.as_of,
        folder=settings.data_dir / "landing",
        content_digest=publication.manifest["inputs"]["prison"]["content_digest"],
    )
    (persons,) = accepted_rows(landing, prison.PERSONS.name)
    return persons


def _people(writer: SummaryWriter, reader: Reader, persons: pd.DataFrame) -> str:
    """The people that a reader at detail full is to decide on, as CSV."""
    assessments = writer.facts[results.ASSESSMENTS.full_name]
    due = writer.next_actions(reader).every
    return csv_text(people(due=due, assessments=assessments, persons=persons))


def _with_own_pages(writer: SummaryWriter, settings: Settings) -> Callable[[Reader], ReaderSummary]:
    """What writes a reader's summary, which leads to the reader's own copy of the pages.

    It leads nowhere where the pages of the night are here without that copy: they were placed
    before somebody asked for it.
    """
    night = settings.data_dir / "pages" / writer.about.as_of.isoformat()

    def compose(reader: Reader) -> ReaderSummary:
        summary, part = writer.for_reader(reader), part_folder(reader)
        if not part:
            return summary
        if night.is_dir() and not (night / part).is_dir():
            log.warning("a copy of the pages is missing: run the night of %s again", night.name)
            return replace(summary, pages_url="", pages_path="")
        return replace(
            summary,
            pages_url=_night_url(settings.pages_url, writer.about.as_of, part),
            pages_path=str(night / part / "index.html"),
        )

    return compose


def _night_url(pages_url: str, as_of: date, part: str = "") -> str:
    """The first page of a night, or of a copy for a part, where the pages are on a server."""
    if not pages_url:
        return ""
    return "/".join(filter(None, [pages_url.rstrip("/"), str(as_of), part, "index.html"]))


def _published(engine: sa.Engine, as_of: date) -> Publication:
    publication = current_publication(engine, as_of=as_of)
    if publication is None:
        raise BadInput(
            f"as-of date [{as_of}]", "no publication", "run nightly_reconciliation for it"
        )
    return publication


def _sentences(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{line[:1].upper()}{line[1:].removesuffix('.')}." for line in lines)


def _summary_writer(
    engine: sa.Engine, publication: Publication, settings: Settings
) -> SummaryWriter:
    facts = {
        table.full_name: read_table(engine, publication.publication_id, table.full_name)
        for table in SUMMARISED
    }
    previous = latest_before(engine, as_of=publication.as_of)
    earlier = None
    if previous is not None:
        figures, backlog = (
            read_table(engine, previous.publication_id, table.full_name)
            for table in (results.FIGURES, results.BACKLOG)
        )
        earlier = Earlier(as_of=previous.as_of, figures=figures, backlog=backlog)
    cases = planted_cases(engine, publication_id=publication.publication_id)
    about = About(
        as_of=publication.as_of,
        planted=cases.line if cases else NOT_TRIED,
        publication_id=publication.publication_id,
        pages_url=_night_url(settings.pages_url, publication.as_of),
        pages_path=str(settings.data_dir / "pages" / publication.as_of.isoformat() / "index.html"),
        notices=(
            *((publication.override.notice,) if publication.override else ()),
            *SiteExceptions.of(publication.manifest.get("decisions", {})).notices,
            *(_sentences(cases.warnings) if cases else ()),
        ),
        remarks=size_notices(publication.manifest.get("inputs", {})),
        headed=DESPITE if publication.override else "",
    )
    return SummaryWriter(
        facts=facts,
        about=about,
        earlier=earlier,
        acknowledged=taken_on(acknowledgements(engine, as_of=publication.as_of)),
    )
