"""Legal holds: whose records must not be erased, by whose word, and until somebody lifts it."""

import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.review_ledgers import refuse_blank, withdraw
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import HOLDS


def place_hold(engine: sa.Engine, *, person_id: str, by: str, reason: str) -> int:
    """Forbid that a person is erased; give the number of the hold.

    Args:
        engine: the warehouse.
        person_id: a number of the person in either register.
        by: who says so, as typed; the database writes who was logged in.
        reason: why.

    Raises:
        BadInput: a value is missing.
    """
    refuse_blank("a legal hold", person=person_id, by=by, why=reason)
    entry = sa.insert(HOLDS).values(person_id=person_id.strip(), placed_by=by, reason=reason)
    with transaction(engine) as connection:
        return int(connection.scalar(entry.returning(HOLDS.c.hold_id)) or 0)


def lift_hold(engine: sa.Engine, *, person_id: str, by: str, reason: str) -> None:
    """Lift every hold on a person.

    Raises:
        BadInput: there is none, or a value is missing.
    """
    refuse_blank("lifting a legal hold", by=by, why=reason)
    with transaction(engine) as connection:
        same = (HOLDS.c.person_id == person_id.strip(),)
        if not withdraw(connection, HOLDS, same, by=by, reason=reason):
            raise BadInput("person", "no legal hold is on that number", "see the number")


def refuse_held(connection: sa.Connection, person_ids: list[str]) -> None:
    """Refuse to go on with the erasure of a person on whom there is a hold.

    Raises:
        BadInput: there is one.
    """
    query = sa.select(HOLDS.c.hold_id, HOLDS.c.placed_by, HOLDS.c.placed_at).where(
        HOLDS.c.person_id.in_(person_ids), HOLDS.c.deleted_at.is_(None)
    )
    found = connection.execute(query.order_by(HOLDS.c.hold_id).limit(1)).first()
    if found is not None:
        raise BadInput(
            "person",
            f"legal hold [{found.hold_id}] by [{found.placed_by}] of {found.placed_at:%Y-%m-%d} "
            "forbids it",
            "have it lifted first: python -m jobs person release",
        )
