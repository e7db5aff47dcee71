"""One person: what is held, in every place, and that it goes from all of them."""

import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from jobs.contract import results
from jobs.notify import limited_readers
from jobs.operate.attestation import Attestation
from jobs.operate.earlier_publications import FOLLOWS, earlier_figures, shown_beside
from jobs.operate.persons.held_files import (
    CORRECTIONS,
    NOTICES,
    PAGES,
    HeldFiles,
    all_landings,
)
from jobs.operate.persons.held_rows import HeldRows
from jobs.operate.persons.person_ids import PersonIds, find_person
from jobs.operate.run.kept_check_history import read_history
from jobs.operate.run.run_folder import Frames
from jobs.operate.site_rules.exceptions_of_night import SiteExceptions
from jobs.report import RUNS_PAGE, About, render_pages
from jobs.report.about import size_notices
from jobs.runtime.errors import BadInput
from jobs.runtime.files import open_to, whole_folder
from jobs.runtime.settings import Settings
from jobs.warehouse import Publication, current_publication, read_table
from jobs.warehouse.ledgers.holds import refuse_held
from jobs.warehouse.store.connections import transaction

log = logging.getLogger(__name__)
ELSEWHERE = (
    "The registers, backups and files that were handed out still hold the person: see the guide."
)


@dataclass(frozen=True, kw_only=True)
class HeldPlace:
    """A place that holds something of a person: how much, of what."""

    place: str
    count: int

    def __str__(self) -> str:
        return f"{self.place}: {self.count}"


def held_of(reference: str, *, engine: sa.Engine, settings: Settings) -> list[HeldPlace]:
    """Every place that holds something of a person.

    Raises:
        BadInput: nothing is held under that number.
    """
    ids = find_person(reference, landings=all_landings(settings), engine=engine)
    return list(_holdings(ids, engine=engine, settings=settings))


def _holdings(ids: PersonIds, *, engine: sa.Engine, settings: Settings) -> Iterator[HeldPlace]:
    files = HeldFiles(settings=settings, ids=ids)
    for place, count in HeldRows(engine=engine, ids=ids).counts():
        yield HeldPlace(place=f"warehouse {place}, rows", count=count)
    found = {
        "landings": len(list(files.landings())),
        "folders of runs": len(list(files.runs())),
        "files of pages": len(list(files.of_nights(PAGES))),
        "files of corrections": len(list(files.of_nights(CORRECTIONS))),
        "files of referral notices": len(list(files.of_nights(NOTICES))),
        "emails in folders": len(list(files.emails())),
    }
    yield from (HeldPlace(place=place, count=count) for place, count in found.items() if count)


def erase(reference: str, *, engine: sa.Engine, settings: Settings) -> list[HeldPlace]:
    """Take a person out of every place; give what was held.

    In the warehouse and in landings the person gets numbers that nobody can follow back, so that
    every published figure and bridge stays as it is; pages are made anew from that, folders of runs
    and emails go. Killed, it is run again: the warehouse comes first, in one transaction, and what
    it no longer tells is told by the landings, which come last.

    Raises:
        BadInput: nothing is held under that number, a legal hold forbids it, a night is at work, or
            this user is not the owner of the tables.
    """
    ids = find_person(reference, landings=all_landings(settings), engine=engine)
    held = list(_holdings(ids, engine=engine, settings=settings))
    files, rows = HeldFiles(settings=settings, ids=ids), HeldRows(engine=engine, ids=ids)
    pages = sorted(
        {path.relative_to(settings.data_dir / PAGES).parts[0] for path in files.of_nights(PAGES)}
    )
    emails = list(files.emails())
    attestation = Attestation(settings=settings)
    with transaction(engine) as connection:
        refuse_held(connection, sorted(ids.persons))
        files.erase_runs()
        pseudonyms = ids.pseudonyms()
        entries = rows.erase(connection, pseudonyms)
        attestation.attest_erasures(connection, entries)
    rows.vacuum()
    for name in pages:
        _make_pages_anew(name, engine=engine, settings=settings)
    files.erase_corrections()
    files.erase_notices()
    for path in emails:
        path.unlink()
    files.erase_landings(pseudonyms)
    return held


def _make_pages_anew(night: str, *, engine: sa.Engine, settings: Settings) -> None:
    """The pages of a night from its publication; where that is no longer whole, they go."""
    folder = settings.data_dir / PAGES / night
    try:
        as_of = date.fromisoformat(night)
    except ValueError:
        return
    publication = current_publication(engine, as_of=as_of)
    facts = None if publication is None else _facts(engine, publication)
    if publication is None or facts is None:
        log.warning("the pages of %s go, for their night is no longer kept whole", night)
        shutil.rmtree(folder)
        return
    history, _ = read_history(engine, as_of=as_of)
    with whole_folder(folder) as made:
        render_pages(
            facts=facts,
            about=_about(publication, settings),
            folder=made,
            readers=limited_readers(settings.recipients),
            history=earlier_figures(settings, as_of=as_of),
            earlier=shown_beside(
                settings,
                publication.manifest["decisions"].get(FOLLOWS, ""),
                checks=history.of(results.CHECK_RESULTS),
            ),
        )
        open_to(made, settings.pages_readers)


def _facts(engine: sa.Engine, publication: Publication) -> Frames | None:
    """Every table of a publication; None where retention has removed rows."""
    try:
        return {
            name: read_table(engine, publication.publication_id, name) for name in results.NIGHTLY
        }
    except BadInput:
        return None


def _about(publication: Publication, settings: Settings) -> About:
    manifest = publication.manifest
    return About(
        as_of=publication.as_of,
        publication_id=publication.publication_id,
        code_version=manifest["code_version"],
        policy_version=manifest["policy_version"],
        model_version=manifest["model_version"],
        pages_url=settings.pages_url,
        runs_url=f"../{RUNS_PAGE}",
        notices=(
            *((publication.override.notice,) if publication.override else ()),
            *SiteExceptions.of(manifest["decisions"]).notices,
            *size_notices(manifest.get("inputs", {})),
        ),
    )
