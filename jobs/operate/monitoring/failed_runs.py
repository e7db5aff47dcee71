"""Runs that Airflow knows to have failed, written into the run log: a task that was killed, too."""

import logging
from datetime import date

from jobs.operate.databases import warehouse
from jobs.operate.monitoring.failure_notes import FailureNote
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.run.run_outcomes import read_history, steps_of, write_runs_page
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import record_run

log = logging.getLogger(__name__)


def record_failed_run(
    *,
    dag: str,
    label: str,
    as_of: date | None,
    causes: tuple[str, ...],
    notes: tuple[FailureNote, ...],
    settings: Settings,
) -> None:
    """Write a run that failed under Airflow into the run log; a task that was killed, too.

    The alert of the run is sent whether or not the warehouse can be reached, so a warehouse that
    is away is a line in the log and no error.

    Args:
        dag: the DAG.
        label: the run, as `RunFolder` names it.
        as_of: the night, for the DAG that runs nights.
        causes: why, a line each, as the alert says it.
        notes: what the tasks wrote down; none where they were killed.
        settings: the installation.
    """
    is_refused = bool(notes) and all(note.is_bad_input for note in notes)
    run = None if as_of is None else RunFolder(as_of=as_of, label=label, settings=settings)
    try:
        with warehouse(settings) as engine:
            record_run(
                engine,
                as_of=as_of,
                label=label if run else f"{dag} {label}",
                outcome="refused" if is_refused else "failed",
                steps=steps_of(run) if run else {},
                failure="; ".join(causes),
            )
        write_runs_page(read_history(settings), settings)
    except BadInput as unwritten:
        log.warning("the failure is not in the run log: %s", unwritten)
