"""The outbox: each message rendered once, stored, and sent once to its recipient.

States: *pending*, *sending* (somebody is at it, or died at it), *sent*, *refused*, *unknown*
(handed over, no answer came), *withdrawn* (a later publication replaced it). Nothing is sent twice
by itself: a message found in *sending* whose sender is gone becomes *unknown* and waits for a
person, because it may have arrived.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.policy import SMTP as SMTP_POLICY
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from jobs.contract.view_models import Detail, Reader, ReaderSummary
from jobs.notify.email_corrections import corrections
from jobs.notify.message import (
    CONTENT_HEADER,
    Message,
    content_digest,
    render,
)
from jobs.notify.recipients import Recipient
from jobs.notify.transport import RefusedError, Transport, UnknownFateError
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.fail_points import reached
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import OUTBOX

REPORT: Final = "report"
CORRECTION: Final = "correction"
TOLD: Final = ("sent", "sending", "unknown")
"""States in which a recipient has, or may have, read the message."""
LOCK: Final = sa.text(
    "SELECT pg_try_advisory_lock(hashtextextended('reconciliation outbox', :outbox_id))"
)
UNLOCK: Final = sa.text(
    "SELECT pg_advisory_unlock(hashtextextended('reconciliation outbox', :outbox_id))"
)

Compose = Callable[[Reader], ReaderSummary]


@dataclass(frozen=True, kw_only=True)
class SendReport:
    """What became of the messages, by outbox number; errors hold no address."""

    states: dict[int, str] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """Messages that ended in a state."""
        return sum(1 for found in self.states.values() if found == state)


def enqueue(
    engine: sa.Engine,
    *,
    publication_id: str,
    as_of: date,
    recipients: Iterable[Recipient],
    compose: Compose,
    sender: str,
    people: Callable[[Reader], str] | None = None,
    reason: str = "",
) -> list[int]:
    """Render and store each recipient's message about a publication, once.

    A recipient who got the same about this night, from an earlier publication, gets nothing, nor
    does one for whom nothing is news (`email_corrections`); one who got something else gets
    a correction that says what changed; a message about the night that was not sent yet is
    withdrawn in favour of the new one.

    Args:
        engine: the warehouse.
        publication_id: the publication that the messages report.
        as_of: its night.
        recipients: who gets a message.
        compose: gives the summary of a reader.
        sender: address in From.
        people: gives the people of a reader at detail full, as CSV.
        reason: why the night was published again, in a sentence.

    Returns:
        Numbers of the publication's messages that are still to be sent, in order; call again
        after a crash and get those that are left.
    """
    for recipient in recipients:
        with transaction(engine) as connection:
            _lock_recipient(connection, recipient, as_of)
            if _has_message(connection, publication_id, recipient.address):
                continue
            summary = compose(recipient.reader)
            reported = _last_reported(connection, publication_id, as_of, recipient.address)
            _withdraw_unsent(connection, publication_id, as_of, recipient.address)
            correction: tuple[str, ...] = ()
            if reported is not None:
                headers = message_from_bytes(reported, policy=SMTP_POLICY)
                if str(headers[CONTENT_HEADER]).strip() == content_digest(summary):
                    continue
                correction = corrections(headers, summary, reason=reason)
                if not correction:
                    continue
            named = people if recipient.detail is Detail.FULL else None
            message = render(
                recipient=recipient,
                summary=summary,
                sender=sender,
                correction=correction,
                people=named(recipient.reader) if named else "",
            )
            kind = CORRECTION if correction else REPORT
            _store(connection, publication_id, as_of, kind, message)
    return _waiting(engine, publication_id)


def send_one(engine: sa.Engine, *, outbox_id: int, transport: Transport) -> str:
    """Send one message, if it is still to be sent; give its state afterwards.

    Two processes never send the same message: the second finds it taken and leaves it.

    Raises:
        BadInput: there is no such message.
        Unreachable: the server did not answer before the message was handed over; it is pending
            again, and trying again is safe.
    """
    with engine.connect() as connection:
        if not connection.scalar(LOCK, {"outbox_id": outbox_id}):
            return _state(connection, outbox_id)
        try:
            return _send(connection, outbox_id, transport)
        finally:
            connection.rollback()
            connection.execute(UNLOCK, {"outbox_id": outbox_id})
            connection.commit()


def send_pending(
    engine: sa.Engine, *, transport: Transport, publication_id: str | None = None
) -> SendReport:
    """Send every message that waits; one recipient's failure does not stop the others.

    Args:
        engine: the warehouse.
        transport: where messages go.
        publication_id: only messages about this publication, where given.

    Returns:
        The state of each message that waited. A message whose server could not be reached is
        pending, with the reason.
    """
    report = SendReport()
    for outbox_id in _waiting(engine, publication_id):
        try:
            report.states[outbox_id] = send_one(engine, outbox_id=outbox_id, transport=transport)
        except Unreachable as error:
            report.states[outbox_id] = "pending"
            report.errors[outbox_id] = str(error)
            continue
        error_text = _last_error(engine, outbox_id)
        if error_text:
            report.errors[outbox_id] = error_text
    return report


def _send(connection: sa.Connection, outbox_id: int, transport: Transport) -> str:
    row = connection.execute(
        sa.select(OUTBOX.c.state, OUTBOX.c.message, OUTBOX.c.recipient).where(
            OUTBOX.c.outbox_id == outbox_id
        )
    ).one_or_none()
    if row is None:
        raise BadInput(f"message [{outbox_id}]", "not in the outbox", "take a number of the outbox")
    if row.state == "sending":
        # Whoever began holds the lock for as long as it lives: it is gone.
        return _set(connection, outbox_id, "unknown", "the sender stopped while sending")
    if row.state != "pending":
        return str(row.state)
    _set(connection, outbox_id, "sending", attempts=OUTBOX.c.attempts + 1)
    reached("message.taken")
    try:
        transport.send(message=bytes(row.message), recipient=row.recipient)
        reached("message.handed_over")
    except RefusedError as error:
        return _set(connection, outbox_id, "refused", str(error))
    except UnknownFateError as error:
        return _set(connection, outbox_id, "unknown", str(error))
    except BadInput as error:
        _set(connection, outbox_id, "pending", str(error))
        raise
    return _set(connection, outbox_id, "sent")


def _set(
    connection: sa.Connection,
    outbox_id: int,
    state: str,
    error: str | None = None,
    **values: Any,
) -> str:
    """Write a state and commit it, so that a crash right after finds it."""
    connection.execute(
        sa.update(OUTBOX)
        .where(OUTBOX.c.outbox_id == outbox_id)
        .values(state=state, last_error=error, state_changed_at=sa.func.clock_timestamp(), **values)
    )
    connection.commit()
    return state


def _state(connection: sa.Connection, outbox_id: int) -> str:
    query = sa.select(OUTBOX.c.state).where(OUTBOX.c.outbox_id == outbox_id)
    return str(connection.scalar(query))


def _waiting(engine: sa.Engine, publication_id: str | None) -> list[int]:
    query = sa.select(OUTBOX.c.outbox_id).where(OUTBOX.c.state.in_(("pending", "sending")))
    if publication_id is not None:
        query = query.where(OUTBOX.c.publication_id == publication_id)
    with engine.connect() as connection:
        return list(connection.scalars(query.order_by(OUTBOX.c.outbox_id)).all())


def _last_error(engine: sa.Engine, outbox_id: int) -> str | None:
    query = sa.select(OUTBOX.c.last_error).where(OUTBOX.c.outbox_id == outbox_id)
    with engine.connect() as connection:
        found: str | None = connection.scalar(query)
        return found


def _lock_recipient(connection: sa.Connection, recipient: Recipient, as_of: date) -> None:
    """Two runs that prepare the same night at once: one recipient is dealt with at a time."""
    connection.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 1))"),
        {"what": f"{as_of} {recipient.address}"},
    )


def _has_message(connection: sa.Connection, publication_id: str, address: str) -> bool:
    query = sa.select(sa.literal(1)).where(
        OUTBOX.c.publication_id == publication_id, OUTBOX.c.recipient == address
    )
    return connection.scalar(query) is not None


def _last_reported(
    connection: sa.Connection, publication_id: str, as_of: date, address: str
) -> bytes | None:
    """The last message about this night that the recipient has or may have read."""
    query = (
        sa.select(OUTBOX.c.message)
        .where(
            OUTBOX.c.as_of_date == as_of,
            OUTBOX.c.recipient == address,
            OUTBOX.c.publication_id != publication_id,
            OUTBOX.c.state.in_(TOLD),
        )
        .order_by(OUTBOX.c.outbox_id.desc())
        .limit(1)
    )
    found = connection.scalar(query)
    return None if found is None else bytes(found)


def _withdraw_unsent(
    connection: sa.Connection, publication_id: str, as_of: date, address: str
) -> None:
    connection.execute(
        sa.update(OUTBOX)
        .where(
            OUTBOX.c.as_of_date == as_of,
            OUTBOX.c.recipient == address,
            OUTBOX.c.publication_id != publication_id,
            OUTBOX.c.state == "pending",
        )
        .values(
            state="withdrawn",
            last_error="not sent: a later publication of the night replaced it",
            state_changed_at=sa.func.clock_timestamp(),
        )
    )


def _store(
    connection: sa.Connection, publication_id: str, as_of: date, kind: str, message: Message
) -> None:
    connection.execute(
        insert(OUTBOX)
        .values(
            publication_id=publication_id,
            as_of_date=as_of,
            recipient=message.recipient,
            kind=kind,
            subject=message.subject,
            message=message.data,
        )
        .on_conflict_do_nothing()
    )
