"""The files of a published night, put where readers find them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from html import escape
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.view_models import Reader
from jobs.notify import limited_readers
from jobs.operate.databases import warehouse
from jobs.operate.model_registry import model_in_use
from jobs.operate.notices.intake_files import write_notices
from jobs.operate.run.file_retention import remove_old_files
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.run_outcomes import in_words
from jobs.operate.superseded import keep_superseded
from jobs.report import QUALITY_PAGE, next_actions, parts_of, with_planted
from jobs.report.about import taken_on, with_notice, with_taken_on
from jobs.runtime.errors import BadInput, NotPlaced, Unreachable
from jobs.runtime.files import let_pass, open_to, whole_file, whole_folder
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    acknowledgements,
    current_publication,
    planted_cases,
    publications,
    read_table,
    remove_old,
)
from jobs.warehouse.ledgers.run_log import seals_of

PUBLICATION: Final = "publication"
"""File of the report's part that names the publication whose pages it holds."""


def place_files(run: RunFolder) -> None:
    """Put pages and corrections where readers find them, and clear away what is old.

    The night is published before, and stays so if this fails; it can be run again by itself. Each
    part is tried, whatever became of the others.

    Raises:
        NotPlaced: what could not be done.
    """
    parts: dict[str, Callable[[RunFolder], None]] = {
        "its pages are not in place": _place_pages,
        "its files of corrections are not in place": _place_corrections,
        "its referral notices are not in place": _place_notices,
        "what is past retention is not removed": _remove_old,
        "folders of old runs are not removed": RunFolder.forget_old_runs,
    }
    failed: dict[str, Exception] = {}
    for what, do in parts.items():
        try:
            do(run)
        except Exception as error:  # noqa: BLE001 - it is published, whatever fails here
            failed[f"{what} ({in_words(error)})"] = error
    if failed:
        raise NotPlaced(
            f"night [{run.as_of}]",
            f"is published, but {', and '.join(failed)}",
            f"mend that, then run: python -m jobs place --as-of {run.as_of}",
        ) from next(iter(failed.values()))


@contextmanager
def verdict_stands(as_of: date, committed: Collection[str]) -> Iterator[None]:
    """Say of whatever fails in the block once something is ``committed`` that it is published.

    Raises:
        NotPlaced: the night is published, and the block was ended by an error or an interruption.
    """
    try:
        yield
    except NotPlaced:
        raise
    except BaseException as error:
        if not committed:
            raise
        told = in_words(error) if isinstance(error, Exception) else "it was interrupted"
        raise NotPlaced(
            f"night [{as_of}]",
            f"is published, but its pages are not in place ({told})",
            f"run: python -m jobs place --as-of {as_of}",
        ) from error


def published_by(run: RunFolder) -> tuple[str, ...]:
    """The publication that a run made, before its files are put in place.

    Where the warehouse cannot be asked it is taken to be there: the step before has made it.

    Raises:
        BadInput: the run published nothing; its step was marked as a success and not done.
    """
    made = publication_of(run.folder)
    try:
        with warehouse(run.settings) as engine:
            known = {found.publication_id for found in publications(engine, as_of=run.as_of)}
    except Unreachable:
        return (made,)
    if made not in known:
        raise BadInput(
            f"night [{run.as_of}]",
            "this run has not published it",
            "clear audit_and_publish, with what comes after it",
        )
    return (made,)


def published_run(*, as_of: date, settings: Settings) -> RunFolder:
    """The run whose report is the current publication of a date.

    Raises:
        BadInput: nothing is published for that date.
        NotPlaced: it is published, and the run's folder is gone.
    """
    with warehouse(settings) as engine:
        current = current_publication(engine, as_of=as_of)
        seals = {} if current is None else seals_of(engine, current.publication_id)
    if current is None:
        raise BadInput(f"as-of date [{as_of}]", "nothing is published for it", "run the night")
    for folder in sorted((settings.data_dir / "runs" / as_of.isoformat()).glob("*/")):
        run = RunFolder(as_of=as_of, label=folder.name, settings=settings, seals=seals)
        if publication_of(run.folder) == current.publication_id:
            return run
    raise NotPlaced(
        f"night [{as_of}]",
        "is published, but no folder of its run is left to place pages from",
        "run the night again: from its landing it gives the same publication",
    )


def publication_of(folder: Path) -> str:
    """The publication that a run's folder reports; empty where it reports none yet."""
    path = folder / "report" / PUBLICATION
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _place_pages(run: RunFolder) -> None:
    _refuse_superseded(run)
    with whole_folder(run.pages) as folder:
        run.part("site").copy_to(folder)
        _tell_planted(run, folder / QUALITY_PAGE)
        _keep_superseded(run, folder)
        _write_taken_on(folder, as_of=run.as_of, settings=run.settings)
        open_to(folder, run.settings.pages_readers)
    for above in (run.pages.parent, run.settings.data_dir):
        let_pass(above, run.settings.pages_readers)


def tell_taken_on(*, as_of: date, settings: Settings) -> None:
    """Write on the placed first pages of a night who has taken on which of its next actions."""
    folder = settings.data_dir / "pages" / as_of.isoformat()
    if (folder / "index.html").is_file():
        _write_taken_on(folder, as_of=as_of, settings=settings)


def _write_taken_on(folder: Path, *, as_of: date, settings: Settings) -> None:
    """Write it on the first page of everybody, and on that of each copy what is its own."""
    with warehouse(settings) as engine:
        said = taken_on(acknowledgements(engine, as_of=as_of))
        current = current_publication(engine, as_of=as_of)
        if current is None:
            return
        facts = {
            table.full_name: read_table(engine, current.publication_id, table.full_name)
            for table in ((results.ASSESSMENTS, results.BACKLOG) if said else ())
        }
    parts = parts_of(limited_readers(settings.recipients))
    for name, reader in {"": Reader(), **parts}.items():
        every: Iterable[str] = ()
        if said:
            actions = next_actions(facts, prisons=reader.prisons, teams=reader.teams)
            every = actions.every["episode_id"]
        _write_lines(folder / name / "index.html", every, said)


def _write_lines(page: Path, every: Iterable[str], said: Mapping[str, str]) -> None:
    if not page.is_file():
        return
    lines = [f"{episode}, {said[episode]}" for episode in every if episode in said]
    with whole_file(page) as made:
        made.write_text(with_taken_on(page.read_text(encoding="utf-8"), lines), encoding="utf-8")
        made.chmod(page.stat().st_mode & 0o777)


def _keep_superseded(run: RunFolder, made: Path) -> None:
    """Keep the pages that these replace, and say on both what was corrected and why."""
    with warehouse(run.settings) as engine:
        every = publications(engine, as_of=run.as_of)
    (current,) = (found for found in every if found.is_current)
    earlier = [found for found in every if not found.is_current]
    keep_superseded(shown=run.pages, made=made, current=current, earlier=earlier)


def _tell_planted(run: RunFolder, page: Path) -> None:
    """Write on the placed page of data quality what was not known when it was made.

    That a planted case was missed stands on top of every page.
    """
    with warehouse(run.settings) as engine:
        cases = planted_cases(engine, publication_id=publication_of(run.folder))
    if cases is None:
        return
    if page.is_file():
        told = with_planted(page.read_text(encoding="utf-8"), cases)
        page.write_text(told, encoding="utf-8")
    if cases.warnings:
        notice = f"<strong>Note</strong> {escape(cases.line)}"
        for path in sorted(page.parent.rglob("*.html")):
            path.write_text(with_notice(path.read_text("utf-8"), notice), encoding="utf-8")


def _place_corrections(run: RunFolder) -> None:
    _refuse_superseded(run)
    with whole_folder(run.corrections) as folder:
        run.part("corrections").copy_to(folder)
        folder.chmod(0o700)


def _place_notices(run: RunFolder) -> None:
    _refuse_superseded(run)
    with warehouse(run.settings) as engine:
        current = current_publication(engine, as_of=run.as_of)
        if current is not None:
            write_notices(engine, current, settings=run.settings)


def _refuse_superseded(run: RunFolder) -> None:
    """An older run that is placed again must not cover what is current."""
    with warehouse(run.settings) as engine:
        current = current_publication(engine, as_of=run.as_of)
    if current is None or current.publication_id != publication_of(run.folder):
        raise BadInput(f"run [{run.label}]", "is not the current publication's", "place that one")


def _remove_old(run: RunFolder) -> None:
    if run.settings.keep_days is not None:
        with warehouse(run.settings) as engine:
            remove_everywhere(engine, settings=run.settings, keep_days=run.settings.keep_days)


def remove_everywhere(engine: sa.Engine, *, settings: Settings, keep_days: int) -> list[str]:
    """Remove what is past retention from warehouse and data folder; give each part that went.

    Raises:
        BadInput: the server cannot be reached, or this user may not.
    """
    removed = remove_old(engine, keep_days=keep_days)
    current = sorted({found.as_of for found in publications(engine) if found.is_current})
    return removed + remove_old_files(
        settings.data_dir,
        last=current[-2:],
        keep_days=keep_days,
        models={model_in_use(engine).version},
    )
