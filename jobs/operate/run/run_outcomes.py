"""How a run ended, in the run log and on the page of runs; what fails there undoes no night."""

import logging
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from jobs.operate.databases import warehouse
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.run_history import LOOKED_AT, UNITS, RunHistory, history_of
from jobs.operate.run.step_records import one_line
from jobs.report import RUNS_PAGE, render_runs
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.files import open_to, whole_file
from jobs.runtime.settings import Settings
from jobs.warehouse import complete_run, read_runs, record_run

log = logging.getLogger(__name__)


def read_history(settings: Settings, *, as_of: date | None = None) -> RunHistory:
    """The last run that published, or the last of a night, beside the thirty before it."""
    with warehouse(settings) as engine:
        return history_of(read_runs(engine, limit=LOOKED_AT), as_of=as_of)


def write_runs_page(history: RunHistory, settings: Settings) -> Path:
    """Write the page of runs beside the pages of the nights; whole or not at all."""
    frame = history.compared
    path = settings.data_dir / "pages" / RUNS_PAGE
    text = render_runs(
        night=None if history.tonight is None else history.tonight["as_of_date"],
        compared=frame.assign(unit=frame["kind"].map(UNITS)),
        against=history.against,
        runs=history.runs.assign(
            as_of_date=pd.to_datetime(history.runs["as_of_date"]),
            recorded_at=pd.to_datetime(history.runs["recorded_at"], utc=True),
        ),
        warnings=history.warnings,
    )
    with whole_file(path) as made:
        made.write_text(text, encoding="utf-8")
        open_to(made, settings.pages_readers)
    return path


def record_published(
    engine: sa.Engine, run: RunFolder, *, publication_id: str, is_known: bool
) -> None:
    """Write a run that published into the run log; it is published, whatever becomes of the log."""
    try:
        record_run(
            engine,
            as_of=run.as_of,
            label=run.label,
            outcome="unchanged" if is_known else "published",
            steps=steps_of(run),
            publication_id=publication_id,
        )
    except Exception as unwritten:  # noqa: BLE001
        log.warning("the run log lacks a publication: %s", one_line(unwritten))


def record_failure(run: RunFolder, error: BaseException) -> None:
    """Write a run that did not publish into the run log; `NotPlaced` is of one that did."""
    if isinstance(error, NotPlaced):
        return
    outcome = "refused" if isinstance(error, BadInput) else "failed"
    _record(run, outcome=outcome, failure=one_line(error))


def record_killed(run: RunFolder, step: str) -> None:
    """Write into the run log that the attempt before at a step was killed."""
    log.warning("step [%s]: the attempt before was killed; it is done again", step)
    failure = f"step [{step}] was killed, for want of memory or by somebody; it is done again"
    _record(run, outcome="failed", failure=failure)


def complete(run: RunFolder) -> None:
    """Write what followed a publication into its run, say what took too long, and show it all.

    The night is published and in place: what fails here is a line in the log.
    """
    try:
        with warehouse(run.settings) as engine:
            complete_run(engine, as_of=run.as_of, label=run.label, steps=steps_of(run))
        history = read_history(run.settings)
        write_runs_page(history, run.settings)
    except (BadInput, OSError) as unwritten:
        log.warning("the page of runs is not up to date: %s", one_line(unwritten))
        return
    for warning in history.warnings:
        log.warning("%s", warning)


def _record(run: RunFolder, *, outcome: str, failure: str) -> None:
    try:
        with warehouse(run.settings) as engine:
            record_run(
                engine,
                as_of=run.as_of,
                label=run.label,
                outcome=outcome,
                steps=steps_of(run),
                failure=failure,
            )
    except BadInput as unwritten:
        log.warning("the failure is not in the run log: %s", unwritten)


def steps_of(run: RunFolder) -> dict[str, dict[str, Any]]:
    """What each step of a run took and counted, as the run log holds it.

    Digests of parts are those that the steps handed on, where there are any, and not those that
    stand in the run's own folder.
    """
    return {
        name: record.as_json() | ({} if run.seals is None else {"seals": run.sealed_by(name)})
        for name, record in run.records.all().items()
    }


def in_words(error: Exception) -> str:
    """A failure in one line; the text of one that is no `BadInput` may hold anything."""
    if isinstance(error, BadInput):
        return f"{error.where}: {error.what}"
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or type(error).__name__
