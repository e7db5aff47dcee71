"""How a run ended, written into the run log; what cannot be written there never undoes a night."""

import logging

import sqlalchemy as sa

from jobs.operate.databases import warehouse
from jobs.operate.run.run_folder import RunFolder
from jobs.runtime.errors import BadInput
from jobs.warehouse import record_run

log = logging.getLogger(__name__)


def record_published(
    engine: sa.Engine, run: RunFolder, *, publication_id: str, is_known: bool
) -> None:
    """Write down a run that published; ``is_known``: the same publication was there before."""
    try:
        record_run(
            engine,
            as_of=run.as_of,
            label=run.label,
            outcome="unchanged" if is_known else "published",
            timings=run.seconds(),
            publication_id=publication_id,
        )
    except Exception as unwritten:  # noqa: BLE001
        # It is published, whatever becomes of the log.
        log.warning("the run log lacks a publication: %s", in_words(unwritten))


def record_failure(run: RunFolder, error: BaseException) -> None:
    """Write down a run that did not publish, if the warehouse can be reached."""
    try:
        with warehouse(run.settings) as engine:
            record_run(
                engine,
                as_of=run.as_of,
                label=run.label,
                outcome="refused" if isinstance(error, BadInput) else "failed",
                timings=run.seconds(),
                failure=str(error) if isinstance(error, BadInput) else type(error).__name__,
            )
    except BadInput as unwritten:
        log.warning("the failure is not in the run log: %s", unwritten)


def in_words(error: Exception) -> str:
    """A failure in one line; the text of one that is no `BadInput` may hold anything."""
    if isinstance(error, BadInput):
        return f"{error.where}: {error.what}"
    reason = error.strerror if isinstance(error, OSError) else None
    return reason or type(error).__name__
