"""The ledger of those who answer for a night that is published in spite of failed checks."""

from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import CheckOverride
from jobs.warehouse.store.review_tables import ANSWERS


def record_answer(
    engine: sa.Engine, *, as_of: date, answer: CheckOverride, actor: str | None = None
) -> CheckOverride:
    """Record that somebody answers for failed checks; give the answer with who was logged in.

    A step that runs again records nothing new.

    Args:
        engine: the warehouse.
        as_of: the night.
        answer: the checks, the name as it was typed, and the reason.
        actor: whom Airflow's login vouches for; None where the database knows who it is.
    """
    said = {
        "as_of_date": as_of,
        "rules": ", ".join(sorted(answer.rules)),
        "answered_by": answer.by,
        "reason": answer.reason,
    }
    with transaction(engine) as connection:
        me = acting_as(connection, actor)
        same = [ANSWERS.c[name] == value for name, value in said.items()]
        known = sa.exists().where(*same, ANSWERS.c.recorded_by == me)
        if not connection.scalar(sa.select(known)):
            connection.execute(sa.insert(ANSWERS).inline(), said)
    return replace(answer, recorded_by=me)
