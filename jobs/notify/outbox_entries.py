"""What is in the outbox, for a person; and a message sent again on a person's word."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa

from jobs.notify.recipients import Recipient
from jobs.runtime.errors import BadInput
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import OUTBOX, RESENDS

RELEASED: Final = ("refused", "unknown")
"""States from which a person may have a message sent again."""


@dataclass(frozen=True, kw_only=True)
class OutboxEntry:
    """A message as the outbox has it; ``domain`` is all that is shown of its address."""

    outbox_id: int
    as_of: date
    kind: str
    state: str
    attempts: int
    domain: str
    subject: str
    state_changed_at: datetime
    last_error: str
    message: bytes = field(repr=False)


def outbox_entries(
    engine: sa.Engine,
    *,
    as_of: date | None = None,
    states: Collection[str] = (),
    outbox_id: int | None = None,
) -> list[OutboxEntry]:
    """The messages of a night, of some states, or one by its number; in order of number."""
    query = sa.select(OUTBOX).order_by(OUTBOX.c.outbox_id)
    if as_of is not None:
        query = query.where(OUTBOX.c.as_of_date == as_of)
    if states:
        query = query.where(OUTBOX.c.state.in_(states))
    if outbox_id is not None:
        query = query.where(OUTBOX.c.outbox_id == outbox_id)
    with transaction(engine) as connection:
        return [
            OutboxEntry(
                outbox_id=row.outbox_id,
                as_of=row.as_of_date,
                kind=row.kind,
                state=row.state,
                attempts=row.attempts,
                domain=row.recipient.rpartition("@")[2],
                subject=row.subject,
                state_changed_at=row.state_changed_at,
                last_error=row.last_error or "",
                message=bytes(row.message),
            )
            for row in connection.execute(query)
        ]


def readers_of(
    engine: sa.Engine,
    *,
    publication_id: str,
    recipients: Iterable[Recipient],
    states: Collection[str],
) -> dict[int, str]:
    """The messages about a publication in some states, by number: the role of each reader."""
    roles = {recipient.address: recipient.role for recipient in recipients}
    query = (
        sa.select(OUTBOX.c.outbox_id, OUTBOX.c.recipient)
        .where(OUTBOX.c.publication_id == publication_id, OUTBOX.c.state.in_(states))
        .order_by(OUTBOX.c.outbox_id)
    )
    with transaction(engine) as connection:
        return {
            row.outbox_id: roles.get(row.recipient, "no longer a reader")
            for row in connection.execute(query)
        }


def release(engine: sa.Engine, *, outbox_id: int, by: str, why: str) -> str:
    """Make a message pending again that was refused or whose fate is unknown.

    What a person answers for is written down: a message of unknown fate may arrive twice.

    Returns:
        The state that it was in.

    Raises:
        BadInput: no such message, not one to send again, a later message of its night was stored
            since, or, for an unknown fate, a name or a reason is missing.
    """
    where = f"message [{outbox_id}]"
    with transaction(engine) as connection:
        row = connection.execute(
            sa.select(OUTBOX.c.state, OUTBOX.c.as_of_date, OUTBOX.c.recipient)
            .where(OUTBOX.c.outbox_id == outbox_id)
            .with_for_update()
        ).one_or_none()
        if row is None:
            raise BadInput(where, "not in the outbox", "take a number of: outbox list")
        if row.state == "pending":
            return str(row.state)
        if row.state not in RELEASED:
            raise BadInput(where, f"is {row.state}", "only refused and unknown ones are sent again")
        later = sa.select(sa.func.max(OUTBOX.c.outbox_id)).where(
            OUTBOX.c.as_of_date == row.as_of_date, OUTBOX.c.recipient == row.recipient
        )
        newest = connection.scalar(later)
        if newest != outbox_id:
            raise BadInput(where, f"message [{newest}] replaced it", "send that one")
        if row.state == "unknown" and not (by.strip() and why.strip()):
            raise BadInput(
                where, "may have arrived, and would arrive twice", "give --by NAME and --why REASON"
            )
        connection.execute(
            sa.insert(RESENDS).values(
                outbox_id=outbox_id,
                state_before=row.state,
                resent_by=by.strip(),
                reason=why.strip(),
            )
        )
        connection.execute(
            sa.update(OUTBOX)
            .where(OUTBOX.c.outbox_id == outbox_id)
            .values(state="pending", state_changed_at=sa.func.clock_timestamp())
        )
        return str(row.state)
