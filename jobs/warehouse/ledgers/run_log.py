"""The run log: what became of each run, published or not, and what its steps took."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import RUN_LOG

PUBLISHING: Final = ("published", "unchanged")
"""Outcomes of a run whose night is published."""


def record_run(
    engine: sa.Engine,
    *,
    as_of: date | None,
    label: str,
    outcome: str,
    steps: Mapping[str, Mapping[str, Any]],
    publication_id: str | None = None,
    failure: str | None = None,
) -> None:
    """Write down how a run ended, or an attempt at one of its steps.

    Args:
        engine: the warehouse.
        as_of: the night; None for the run of a DAG that runs none.
        label: the run.
        outcome: ``published``, ``unchanged`` (the publication was there already), ``refused``
            (bad input or a failed gate) or ``failed``.
        steps: what each step took and counted; not part of a publication, which does not depend
            on it.
        publication_id: the publication, where there is one.
        failure: the one line of what went wrong, without a personal value.
    """
    with transaction(engine) as connection:
        connection.execute(
            sa.insert(RUN_LOG).values(
                as_of_date=as_of,
                label=label,
                outcome=outcome,
                timings=_seconds(steps),
                steps=_plain(steps),
                publication_id=publication_id,
                failure=failure,
            )
        )


def complete_run(
    engine: sa.Engine, *, as_of: date, label: str, steps: Mapping[str, Mapping[str, Any]]
) -> None:
    """Write what was done after a run published into its line of the log."""
    last = (
        sa.select(sa.func.max(RUN_LOG.c.attempt_number))
        .where(
            RUN_LOG.c.as_of_date == as_of,
            RUN_LOG.c.label == label,
            RUN_LOG.c.outcome.in_(PUBLISHING),
        )
        .scalar_subquery()
    )
    with transaction(engine) as connection:
        connection.execute(
            sa.update(RUN_LOG)
            .where(RUN_LOG.c.attempt_number == last)
            .values(timings=_seconds(steps), steps=_plain(steps))
        )


def seals_of(engine: sa.Engine, publication_id: str) -> dict[str, str]:
    """The digests of the parts of the last run that gave a publication, by part.

    Runs of before the log held them have none.
    """
    steps = steps_of_publication(engine, publication_id).values()
    return {name: seal for step in steps for name, seal in step.get("seals", {}).items()}


def steps_of_publication(engine: sa.Engine, publication_id: str) -> Mapping[str, Any]:
    """What each step of the last run that gave a publication took, counted and left."""
    query = (
        sa.select(RUN_LOG.c.steps)
        .where(RUN_LOG.c.publication_id == publication_id, RUN_LOG.c.outcome.in_(PUBLISHING))
        .order_by(RUN_LOG.c.attempt_number.desc())
        .limit(1)
    )
    with transaction(engine) as connection:
        steps: Mapping[str, Any] = connection.scalar(query) or {}
    return steps


def read_runs(engine: sa.Engine, *, limit: int) -> pd.DataFrame:
    """The last runs, newest first: the columns of ``run.attempts``; steps as they were recorded.

    Values are Python's own, with None where nothing is recorded. Runs of before the log held steps
    have none.
    """
    query = sa.select(RUN_LOG).order_by(RUN_LOG.c.attempt_number.desc()).limit(limit)
    with transaction(engine) as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    plain = [{**row, "steps": row["steps"] or {}} for row in rows]
    return pd.DataFrame(plain, columns=[column.name for column in RUN_LOG.columns], dtype="object")


def _seconds(steps: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    return {name: float(step["seconds"]) for name, step in steps.items()}


def _plain(steps: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: dict(step) for name, step in steps.items()}
