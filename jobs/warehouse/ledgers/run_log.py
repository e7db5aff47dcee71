"""The run log: what became of each run of a night, published or not."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import RUN_LOG


def record_run(
    engine: sa.Engine,
    *,
    as_of: date,
    label: str,
    outcome: str,
    timings: Mapping[str, float],
    publication_id: str | None = None,
    failure: str | None = None,
) -> None:
    """Write down how a run of a night ended.

    Args:
        engine: the warehouse.
        as_of: the night.
        label: the run.
        outcome: ``published``, ``unchanged`` (the publication was there already), ``refused``
            (bad input or a failed gate) or ``failed``.
        timings: seconds of each step; not part of a publication, which does not depend on them.
        publication_id: the publication, where there is one.
        failure: the one line of what went wrong, without a personal value.
    """
    with transaction(engine) as connection:
        connection.execute(
            sa.insert(RUN_LOG).values(
                as_of_date=as_of,
                label=label,
                outcome=outcome,
                timings=dict(timings),
                publication_id=publication_id,
                failure=failure,
            )
        )
