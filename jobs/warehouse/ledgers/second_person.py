"""Two pairs of eyes: decisions that wait for a second person, and the ledger of all decisions.

By a link, or by a withdrawal that lets the model make one, somebody could come off a list. The
database weighs every decision when it is entered, keeps it waiting where a second person must see
it, and takes no confirmation from the person who decided.
"""

from typing import Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract.schema import Kind
from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.contradictions import Decision, Holding
from jobs.warehouse.ledgers.review_ledgers import (
    ONE_AT_A_TIME,
    entries,
    holding,
    refuse_blank,
)
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import CONFIRMATIONS, DECISIONS

LEDGER: Final = {
    "decision_id": Kind.INTEGER,
    "state": Kind.TEXT,
    "prisoner_number": Kind.TEXT,
    "cid_person_id": Kind.TEXT,
    "judgement": Kind.TEXT,
    "reviewer": Kind.TEXT,
    "recorded_by": Kind.TEXT,
    "decided_at": Kind.TIMESTAMP,
    "reason": Kind.TEXT,
    "second_wanted": Kind.TEXT,
    "confirmed_by": Kind.TEXT,
    "confirmed_at": Kind.TIMESTAMP,
    "confirmed_why": Kind.TEXT,
    "deleted_by": Kind.TEXT,
    "deletion_recorded_by": Kind.TEXT,
    "deleted_at": Kind.TIMESTAMP,
    "deletion_reason": Kind.TEXT,
}
_WAITS: Final = (DECISIONS.c.is_pending, DECISIONS.c.deleted_at.is_(None))


def all_decisions(engine: sa.Engine, *, is_pending: bool = False) -> pd.DataFrame:
    """The ledger of decisions, the newest first, or those that wait for a second person.

    Returns:
        The columns `LEDGER`; ``state`` is ``holds``, ``waits`` (for a second person) or
        ``withdrawn``.
    """
    state = sa.case(
        (DECISIONS.c.deleted_at.is_not(None), "withdrawn"),
        (DECISIONS.c.is_pending, "waits"),
        else_="holds",
    ).label("state")
    special = {
        "state": state,
        "confirmed_by": CONFIRMATIONS.c.recorded_by,
        "confirmed_at": CONFIRMATIONS.c.confirmed_at,
        "confirmed_why": CONFIRMATIONS.c.reason,
    }
    shown = [special[name] if name in special else DECISIONS.c[name] for name in LEDGER]
    joined = DECISIONS.outerjoin(
        CONFIRMATIONS, CONFIRMATIONS.c.decision_id == DECISIONS.c.decision_id
    )
    query = sa.select(*shown).select_from(joined).order_by(DECISIONS.c.decision_id.desc())
    return entries(engine, query.where(*_WAITS) if is_pending else query, LEDGER)


def waiting_decision(connection: sa.Connection, decision_id: int) -> Decision:
    """A decision that waits for a second person.

    Raises:
        BadInput: none of this number waits.
    """
    columns = [DECISIONS.c[name] for name in Decision.__dataclass_fields__]
    query = sa.select(*columns).where(DECISIONS.c.decision_id == decision_id, *_WAITS)
    found = connection.execute(query).mappings().one_or_none()
    if found is None:
        raise BadInput(
            f"decision [{decision_id}]",
            "does not wait for a second person",
            "take a number of: python -m jobs review decisions --waiting",
        )
    return Decision(**found)


def confirm_decision(connection: sa.Connection, decision_id: int, *, reason: str) -> Decision:
    """Confirm another's decision, in the caller's transaction: it holds from the next night on.

    Raises:
        BadInput: it does not wait, it is one's own, the reason is missing, or it contradicts the
            decisions that hold (`Contradiction`).
    """
    refuse_blank("a confirmation", reason=reason)
    me = acting_as(connection)
    connection.execute(sa.text(ONE_AT_A_TIME))
    chosen = waiting_decision(connection, decision_id)
    where = f"decision [{decision_id}]"
    if chosen.recorded_by == me:
        raise BadInput(where, "is your own", "somebody else must confirm it, by his own login")
    if chosen.judgement in {"must_link", "must_not_link"}:
        Holding.of(holding(connection)).add(chosen, where=where)
    connection.execute(
        sa.insert(CONFIRMATIONS).inline().values(decision_id=decision_id, reason=reason.strip())
    )
    return chosen


def enter_withdrawal(
    connection: sa.Connection, decision_id: int, *, named: str, reason: str
) -> int | None:
    """Withdraw a decision, in the caller's transaction; None where it is withdrawn.

    Where the model could then link somebody who may come off a list, the withdrawal is a decision
    that waits for a second person: its number is given, and what was decided goes on to hold.

    Raises:
        BadInput: no such decision holds, or the name or the reason is missing.
    """
    refuse_blank("a withdrawal", by=named, reason=reason)
    connection.execute(sa.text(ONE_AT_A_TIME))
    asked = connection.scalar(sa.select(sa.func.review.withdraw(decision_id, named, reason)))
    if asked is None:
        raise BadInput(
            f"decision [{decision_id}]", "does not hold", "take the number of one that does"
        )
    return int(asked) or None


def second_wanted(connection: sa.Connection, numbers: list[int]) -> dict[int, str]:
    """Those of some decisions that wait for a second person, and why."""
    query = sa.select(DECISIONS.c.decision_id, DECISIONS.c.second_wanted)
    found = connection.execute(query.where(DECISIONS.c.decision_id.in_(numbers), *_WAITS))
    return {row.decision_id: row.second_wanted for row in found}


def withdraw_decision(engine: sa.Engine, *, decision_id: int, by: str, reason: str) -> int | None:
    """Like `enter_withdrawal`, in a transaction of its own."""
    with transaction(engine) as connection:
        return enter_withdrawal(connection, decision_id, named=by, reason=reason)
