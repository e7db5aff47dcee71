"""The review ledgers: what people decided and took note of. Rows are withdrawn, never deleted.

A name that is given is a note: who was logged in, and when, the database writes beside it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import UTC, date
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.schema import Kind
from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.contradictions import Decision, Holding
from jobs.warehouse.store.actors import acting_as, named
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import ACKNOWLEDGEMENTS, CONFIRMATIONS, DECISIONS

ONE_AT_A_TIME: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended('reconciliation decisions', 0))"
)
CANNOT_TELL: Final = "cannot_tell"
"""The judgement that decides nothing: linkage does not hear of it, the pair stays in the queue."""
_CODES = results.DECISIONS.field("judgement").codes
JUDGEMENTS: Final = (*(code.code for code in (_CODES.codes if _CODES else ())), CANNOT_TELL)
_HOLDS: Final = DECISIONS.c.deleted_at.is_(None)
_OF_A_LINK: Final = DECISIONS.c.judgement.in_(JUDGEMENTS[:-1])
DECIDED: Final = sa.and_(_HOLDS, _OF_A_LINK, ~DECISIONS.c.is_pending)
"""Entries that decide a pair and hold."""
ANSWERED: Final = sa.and_(_HOLDS, sa.or_(_OF_A_LINK, DECISIONS.c.is_pending))
"""Those, and those that wait for a second person: no first one is asked about their pairs."""
UNSURE: Final = sa.and_(_HOLDS, DECISIONS.c.judgement == CANNOT_TELL)
"""Entries that say that somebody cannot tell, and hold."""


def decisions(engine: sa.Engine) -> pd.DataFrame:
    """Every decision that holds, in order of the pair.

    Who cannot tell has decided nothing, and what waits for a second person holds no more than that.

    Returns:
        A frame of `results.DECISIONS`.
    """
    columns = [DECISIONS.c[name] for name in results.DECISIONS.columns if name != "signed"]
    beside = (
        DECISIONS.c.decision_id,
        DECISIONS.c.recorded_by,
        CONFIRMATIONS.c.recorded_by.label("confirmed_by"),
    )
    joined = DECISIONS.outerjoin(
        CONFIRMATIONS, CONFIRMATIONS.c.decision_id == DECISIONS.c.decision_id
    )
    query = sa.select(*columns, *beside).select_from(joined).where(DECIDED)
    query = query.order_by(*(DECISIONS.c[name] for name in results.DECISIONS.key))
    with transaction(engine) as connection:
        found = [dict(row) for row in connection.execute(query).mappings()]
    rows = [
        {**{name: row.get(name) for name in results.DECISIONS.columns}, "signed": _signed(row)}
        for row in found
    ]
    return results.DECISIONS.frame(pa.Table.from_pylist(rows, results.DECISIONS.arrow_schema))


def _signed(row: Mapping[str, Any]) -> str:
    """A decision as a link bears it: its number, who decided and confirmed it, and on which day."""
    who = named(row["reviewer"], row["recorded_by"])
    confirmed = f", confirmed by {row['confirmed_by']}" if row["confirmed_by"] else ""
    day = row["decided_at"].astimezone(UTC).date()
    return f"decision {row['decision_id']} of {who} on {day}{confirmed}"


def record_decision(
    engine: sa.Engine,
    *,
    prisoner_number: str,
    cid_person_id: str,
    judgement: str,
    reviewer: str,
    reason: str,
) -> int:
    """Record a reviewer's word on a pair; give the decision's number.

    It holds from the next night on, or once a second person has confirmed it (see
    `jobs.warehouse.ledgers.second_person`). An earlier decision on the pair is then withdrawn as
    replaced, and so is the reviewer's own word that he cannot tell.

    Raises:
        BadInput: the judgement is unknown, the reviewer or the reason is missing, the registers of
            the last publication do not hold a person, somebody cannot tell what is decided, or the
            decision contradicts those that hold (`Contradiction`).
    """
    decision = Decision(
        prisoner_number=prisoner_number,
        cid_person_id=cid_person_id,
        judgement=judgement,
        reviewer=reviewer,
        reason=reason,
    )
    return record_decisions(engine, {"the decision": decision})[0]


def record_decisions(engine: sa.Engine, decisions: Mapping[str, Decision]) -> list[int]:
    """Record many decisions, all or none; give their numbers.

    Args:
        engine: the warehouse.
        decisions: by what to call each of them in an error.

    Raises:
        BadInput: see `record_decision`; nothing is recorded.
    """
    with transaction(engine) as connection:
        return enter_decisions(connection, decisions)


def enter_decisions(connection: sa.Connection, decisions: Mapping[str, Decision]) -> list[int]:
    """Like `record_decisions`, within the caller's transaction."""
    me = acting_as(connection)
    for where, decision in decisions.items():
        _refuse_bad(where, decision)
        _refuse_strangers(connection, where, decision)
    connection.execute(sa.text(ONE_AT_A_TIME))
    held = Holding.of(holding(connection))
    numbers = []
    for where, decision in decisions.items():
        if decision.judgement == CANNOT_TELL:
            _refuse_decided(connection, where, decision, held, me)
            held.by_pair.pop(decision.pair, None)
            numbers.append(_insert(connection, decision))
        else:
            held.add(decision, where=where)
            numbers.append(_insert(connection, decision))
            recorded = replace(decision, decision_id=numbers[-1], recorded_by=me)
            held.by_pair[decision.pair] = recorded
    return numbers


def _refuse_bad(where: str, decision: Decision) -> None:
    if decision.judgement not in JUDGEMENTS:
        raise BadInput(
            f"{where}, judgement [{decision.judgement}]",
            "no such judgement",
            f"use {', '.join(JUDGEMENTS[:-1])} or {JUDGEMENTS[-1]}",
        )
    refuse_blank(
        where,
        prisoner_number=decision.prisoner_number,
        cid_person_id=decision.cid_person_id,
        reviewer=decision.reviewer,
        reason=decision.reason,
    )


def _refuse_strangers(connection: sa.Connection, where: str, decision: Decision) -> None:
    for register, person in decision.ends:
        if not connection.scalar(sa.select(sa.func.review.is_known(register, person))):
            raise BadInput(
                where,
                f"a person whom the {register} register of the last publication does not hold",
                "give both keys as the registers have them; before the first night there is nobody",
            )


def _refuse_decided(
    connection: sa.Connection, where: str, decision: Decision, holding: Holding, me: str
) -> None:
    """Somebody who cannot tell leaves what was decided as it is.

    His own word he may change as long as no night has used it.
    """
    held = holding.by_pair.get(decision.pair)
    if held is None:
        return
    is_unused = connection.scalar(sa.select(sa.func.review.is_unused(held.decision_id)))
    if held.recorded_by != me or not is_unused:
        raise BadInput(
            where, f"the pair is decided by {held.name}", "withdraw that one first if it is wrong"
        )


def holding(connection: sa.Connection) -> Iterator[Decision]:
    """The decisions that hold, in the order in which they were recorded."""
    columns = [DECISIONS.c[name] for name in Decision.__dataclass_fields__]
    query = sa.select(*columns).where(DECIDED)
    for row in connection.execute(query.order_by(DECISIONS.c.decision_id)).mappings():
        yield Decision(**row)


def _insert(connection: sa.Connection, decision: Decision) -> int:
    """Enter a decision; the database withdraws what it takes the place of."""
    values = asdict(decision)
    del values["decision_id"], values["recorded_by"]
    number = connection.scalar(
        sa.insert(DECISIONS).values(**values).returning(DECISIONS.c.decision_id)
    )
    return int(number or 0)


def acknowledge(
    engine: sa.Engine, *, episode_id: str, by: str, note: str, until: date | None = None
) -> int:
    """Record that somebody takes care of a critical episode, ``until`` a day; give the number.

    An earlier acknowledgement of the episode is withdrawn as replaced.

    Raises:
        BadInput: the name or the note is missing.
    """
    refuse_blank("an acknowledgement", episode_id=episode_id, by=by, note=note)
    same = (ACKNOWLEDGEMENTS.c.episode_id == episode_id,)
    with transaction(engine) as connection:
        withdraw(connection, ACKNOWLEDGEMENTS, same, by=by, reason="replaced by a later one")
        number = connection.scalar(
            sa.insert(ACKNOWLEDGEMENTS)
            .values(episode_id=episode_id, acknowledged_by=by, note=note, until_date=until)
            .returning(ACKNOWLEDGEMENTS.c.acknowledgement_id)
        )
    return int(number or 0)


def withdraw_acknowledgement(engine: sa.Engine, *, episode_id: str, by: str, reason: str) -> None:
    """Withdraw the acknowledgement of an episode.

    Raises:
        BadInput: none holds, or the name or the reason is missing.
    """
    refuse_blank("a withdrawal", by=by, reason=reason)
    with transaction(engine) as connection:
        same = (ACKNOWLEDGEMENTS.c.episode_id == episode_id,)
        if not withdraw(connection, ACKNOWLEDGEMENTS, same, by=by, reason=reason):
            raise BadInput(
                f"episode [{episode_id}]", "nobody has acknowledged it", "see the episode's number"
            )


def acknowledgements(engine: sa.Engine, *, as_of: date | None = None) -> pd.DataFrame:
    """Every acknowledgement that holds, on a night where given, whose last day has not passed.

    Returns:
        episode_id, acknowledged_by, note, acknowledged_at, until_date.
    """
    shown = {
        "episode_id": Kind.TEXT,
        "acknowledged_by": Kind.TEXT,
        "note": Kind.TEXT,
        "acknowledged_at": Kind.TIMESTAMP,
        "until_date": Kind.DATE,
    }
    until = ACKNOWLEDGEMENTS.c.until_date
    query = (
        sa.select(*(ACKNOWLEDGEMENTS.c[name] for name in shown))
        .where(ACKNOWLEDGEMENTS.c.deleted_at.is_(None))
        .where(sa.true() if as_of is None else until.is_(None) | (until >= as_of))
        .order_by(ACKNOWLEDGEMENTS.c.episode_id)
    )
    return entries(engine, query, shown)


def entries(engine: sa.Engine, query: sa.Select[Any], shown: Mapping[str, Kind]) -> pd.DataFrame:
    """The rows of a query on a ledger, in its order, as a frame of the columns ``shown``."""
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    frame = pd.DataFrame(rows, columns=list(shown))
    return frame.astype({name: kind.pandas for name, kind in shown.items()})


def withdraw(
    connection: sa.Connection,
    ledger: sa.Table,
    chosen: Sequence[sa.ColumnElement[bool]],
    *,
    by: str,
    reason: str,
) -> int:
    """Withdraw the rows of a ledger that hold and are chosen; give how many."""
    return connection.execute(
        sa.update(ledger)
        .where(ledger.c.deleted_at.is_(None), *chosen)
        .values(deleted_at=sa.func.clock_timestamp(), deleted_by=by, deletion_reason=reason)
    ).rowcount


def refuse_blank(what: str, **values: Any) -> None:
    """Refuse an entry that lacks a value.

    Raises:
        BadInput: the first value that is blank.
    """
    for name, value in values.items():
        if not str(value).strip():
            raise BadInput(what, f"lacks [{name}]", "give it")
