"""The queue of pairs that wait for a reviewer, and who works on which.

A pair is handed to one reviewer at a time, for some minutes: until then nobody else gets it, and
after that whoever comes next does. What waits is what the model left open and nobody has decided;
as in linkage, whoever must be linked with one person is decided with every other. A pair of which
somebody could not tell waits behind the others of its tier, and is handed to others only.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from jobs.warehouse.ledgers.review_ledgers import ANSWERED, DECIDED, UNSURE
from jobs.warehouse.store.review_tables import DECISIONS, LAID, PAIRS, QUEUES

LAYING: Final = "SELECT pg_advisory_xact_lock(hashtextextended('reconciliation review queue', 0))"
AT_A_DESK: Final = (
    "SELECT pg_advisory_xact_lock(hashtextextended('reconciliation desk ' || :me, 0))"
)
_NOW = sa.func.clock_timestamp()
_FREE = {"assigned_to": None, "assigned_until": None}


@dataclass(frozen=True, kw_only=True)
class Queue:
    """A publication's pairs, laid out for review."""

    number: int
    publication_number: int
    pairs: int
    laid_at: datetime


def last_queue(connection: sa.Connection) -> Queue | None:
    """The queue that was laid last; None before the first."""
    query = sa.select(QUEUES).order_by(QUEUES.c.queue_number.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else _queue(row)


def lay_queue(connection: sa.Connection, *, publication_number: int, pairs: pd.DataFrame) -> Queue:
    """Lay out the pairs of a publication, unless somebody just has; give the queue.

    Who works on a pair goes on with it if it waits still.

    Args:
        connection: in the caller's transaction.
        publication_number: the publication.
        pairs: its pairs: both keys and the columns `LAID`.
    """
    connection.execute(sa.text(LAYING))
    last = last_queue(connection)
    if last is not None and last.publication_number == publication_number:
        return last
    laid = connection.execute(
        sa.insert(QUEUES)
        .values(publication_number=publication_number, pairs=len(pairs))
        .returning(QUEUES)
    ).one()
    keys = ["prisoner_number", "cid_person_id"]
    wanted = [*keys, *LAID]
    values = pairs[wanted].astype(object)
    rows = json.dumps(values.where(values.notna(), None).to_dict("records"), default=str)
    # One statement with one value: row by row it takes ten times as long.
    given = sa.func.jsonb_to_recordset(sa.cast(sa.literal(rows, sa.Text), postgresql.JSONB))
    found = given.table_valued(
        *(sa.column(name, PAIRS.c[name].type) for name in wanted)
    ).render_derived(name="laid", with_types=True)
    number = sa.literal(laid.queue_number, sa.BigInteger)
    statement = postgresql.insert(PAIRS).from_select(
        [*wanted, "queue_number"], sa.select(*(found.c[name] for name in wanted), number)
    )
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: statement.excluded[name] for name in (*LAID, "queue_number")},
    )
    connection.execute(statement)
    return _queue(laid)


def take_next(
    connection: sa.Connection, queue: Queue, *, by: str, minutes: int
) -> sa.RowMapping | None:
    """Hand somebody the pair on which most hangs of those that are free; None where none is.

    Whoever has a pair already gets the same one. The row has the columns of the table of pairs, and
    ``unsure``: how many could not tell.
    """
    connection.execute(sa.text(AT_A_DESK), {"me": by})
    mine = sa.select(PAIRS.c.pair_id).where(PAIRS.c.assigned_to == by, *_waits(queue, by))
    held = connection.scalar(mine)
    if held is not None:
        return _assign(connection, held, by=by, minutes=minutes)
    give_back(connection, by=by)
    unsure = _unsure()
    free = (
        sa.select(PAIRS.c.pair_id)
        .outerjoin(unsure, _same_pair(unsure.c))
        .where(*_waits(queue, by), _is_free())
        .order_by(PAIRS.c.tier, sa.func.coalesce(unsure.c.unsure, 0), PAIRS.c.position)
        .limit(1)
        .with_for_update(of=PAIRS, skip_locked=True)
    )
    while (chosen := connection.scalar(free)) is not None:
        # Somebody may have decided it between the look and the lock.
        if connection.scalar(sa.select(PAIRS.c.pair_id).where(*_is(chosen), *_waits(queue, by))):
            return _assign(connection, chosen, by=by, minutes=minutes)
    return None


def take(
    connection: sa.Connection, queue: Queue, *, pair_id: int, by: str, minutes: int
) -> sa.RowMapping | None:
    """Hand somebody one pair of the queue; None where another has it or it no longer waits."""
    connection.execute(sa.text(AT_A_DESK), {"me": by})
    chosen = connection.scalar(
        sa.select(PAIRS.c.pair_id)
        .where(*_is(pair_id), sa.or_(_is_free(), PAIRS.c.assigned_to == by))
        .with_for_update(of=PAIRS, skip_locked=True)
    )
    waits = sa.select(PAIRS.c.pair_id).where(*_is(pair_id), *_waits(queue, None))
    if chosen is None or connection.scalar(waits) is None:
        return None
    others = sa.update(PAIRS).where(PAIRS.c.assigned_to == by, PAIRS.c.pair_id != pair_id)
    connection.execute(others.values(**_FREE))
    return _assign(connection, chosen, by=by, minutes=minutes)


def held_by(
    connection: sa.Connection, queue: Queue, *, pair_id: int, by: str
) -> sa.Row[Any] | None:
    """The keys of a pair that was handed to somebody and waits still, locked; None otherwise.

    It is still his if his minutes ran out and nobody else has taken it since.
    """
    locked = (
        sa.select(PAIRS.c.prisoner_number, PAIRS.c.cid_person_id)
        .where(*_is(pair_id), PAIRS.c.assigned_to == by)
        .with_for_update(of=PAIRS)
    )
    found = connection.execute(locked).first()
    waits = sa.select(PAIRS.c.pair_id).where(*_is(pair_id), *_waits(queue, None))
    return found if connection.scalar(waits) is not None else None


def give_back(connection: sa.Connection, *, by: str) -> list[tuple[str, str]]:
    """Free what somebody has; give the pair, if there was one."""
    given = connection.execute(
        sa.update(PAIRS)
        .where(PAIRS.c.assigned_to == by)
        .values(**_FREE)
        .returning(PAIRS.c.prisoner_number, PAIRS.c.cid_person_id)
    )
    return [(row.prisoner_number, row.cid_person_id) for row in given]


def last_entry_of(
    connection: sa.Connection, queue: Queue, *, by: str, since: datetime
) -> sa.Row[Any] | None:
    """Somebody's last entry that holds on a pair of the queue, made after ``since``.

    Gives the decision's number, the pair and its keys; None where there is none.
    """
    query = (
        sa.select(
            DECISIONS.c.decision_id,
            PAIRS.c.pair_id,
            PAIRS.c.prisoner_number,
            PAIRS.c.cid_person_id,
        )
        .join(PAIRS, _same_pair(DECISIONS.c))
        .where(
            DECISIONS.c.recorded_by == by,
            sa.or_(ANSWERED, UNSURE),
            DECISIONS.c.decided_at > since,
            PAIRS.c.queue_number == queue.number,
        )
        .order_by(DECISIONS.c.decision_id.desc())
        .limit(1)
    )
    return connection.execute(query).first()


def gain(connection: sa.Connection, queue: Queue, *, first: int) -> tuple[int, float]:
    """How many pairs wait, and by how many the ``first`` that narrow most do so together.

    What is narrowed is the range of the missed.
    """
    place = sa.func.row_number().over(order_by=PAIRS.c.narrows.desc())
    waiting = (
        sa.select(PAIRS.c.narrows, place.label("place")).where(*_waits(queue, None)).subquery()
    )
    steps = sa.func.sum(waiting.c.narrows).filter(waiting.c.place <= first)
    query = sa.select(sa.func.count(), sa.func.coalesce(steps, 0.0)).select_from(waiting)
    found = connection.execute(query).one()
    return int(found[0]), float(found[1])


def progress(connection: sa.Connection, queue: Queue, *, by: str) -> list[sa.RowMapping]:
    """For each tier of the queue: ``waiting``, ``done``, with ``others``, and how many ``unsure``.

    ``yours`` are those that somebody decided himself since the queue was laid.
    """
    unsure = _unsure()
    waits = sa.and_(*_waits(queue, None))
    mine = sa.exists().where(
        _same_pair(DECISIONS.c), ANSWERED, DECISIONS.c.recorded_by == by,
        DECISIONS.c.decided_at > queue.laid_at,
    )  # fmt: skip
    count = sa.func.count()
    query = (
        sa.select(
            PAIRS.c.tier,
            count.filter(waits).label("waiting"),
            count.filter(~waits).label("done"),
            count.filter(waits, PAIRS.c.assigned_to != by, PAIRS.c.assigned_until > _NOW).label(
                "others"
            ),
            count.filter(waits, unsure.c.unsure.is_not(None)).label("unsure"),
            count.filter(mine).label("yours"),
        )
        .outerjoin(unsure, _same_pair(unsure.c))
        .where(PAIRS.c.queue_number == queue.number)
        .group_by(PAIRS.c.tier)
        .order_by(PAIRS.c.tier)
    )
    return list(connection.execute(query).mappings())


def waiting(
    connection: sa.Connection, queue: Queue, *, tier: int | None, skip: int, most: int
) -> list[sa.RowMapping]:
    """A part of the queue in its order, without anybody's keys: what hangs on it, who has it."""
    unsure = _unsure()
    shown = [
        PAIRS.c[name]
        for name in (
            "pair_id", "tier", "status", "offence_code", "days_to_release", "release_date",
            "probability", "narrows",
        )
    ]  # fmt: skip
    number = sa.func.coalesce(unsure.c.unsure, 0)
    at_work = sa.case((PAIRS.c.assigned_until > _NOW, PAIRS.c.assigned_to))
    query = (
        sa.select(*shown, number.label("unsure"), at_work.label("assigned_to"))
        .outerjoin(unsure, _same_pair(unsure.c))
        .where(*_waits(queue, None), *([] if tier is None else [PAIRS.c.tier == tier]))
        .order_by(PAIRS.c.tier, number, PAIRS.c.position)
        .offset(skip)
        .limit(most)
    )
    return list(connection.execute(query).mappings())


def _assign(connection: sa.Connection, pair_id: int, *, by: str, minutes: int) -> sa.RowMapping:
    until = _NOW + sa.cast(timedelta(minutes=minutes), sa.Interval)
    unsure = _unsure()
    number = sa.select(unsure.c.unsure).where(_same_pair(unsure.c)).correlate(PAIRS)
    statement = (
        sa.update(PAIRS)
        .where(*_is(pair_id))
        .values(assigned_to=by, assigned_until=until)
        .returning(PAIRS, sa.func.coalesce(number.scalar_subquery(), 0).label("unsure"))
    )
    return connection.execute(statement).mappings().one()


def _is(pair_id: int) -> tuple[sa.ColumnElement[bool]]:
    return (PAIRS.c.pair_id == pair_id,)


def _is_free() -> sa.ColumnElement[bool]:
    return sa.or_(PAIRS.c.assigned_until.is_(None), PAIRS.c.assigned_until <= _NOW)


def _waits(queue: Queue, by: str | None) -> list[sa.ColumnElement[bool]]:
    """Whether a pair of the queue still waits, for somebody who has not said that he cannot tell.

    One condition for each way to be decided, so that the server can hash each.
    """
    joined = sa.and_(DECIDED, DECISIONS.c.judgement == "must_link")
    conditions = [
        PAIRS.c.queue_number == queue.number,
        ~sa.exists().where(_same_pair(DECISIONS.c), ANSWERED),
        *(
            ~sa.exists().where(DECISIONS.c[key] == PAIRS.c[key], joined)
            for key in ("prisoner_number", "cid_person_id")
        ),
    ]
    if by is not None:
        own = sa.exists().where(_same_pair(DECISIONS.c), UNSURE, DECISIONS.c.recorded_by == by)
        conditions.append(~own)
    return conditions


def _unsure() -> sa.Subquery:
    keys = DECISIONS.c.prisoner_number, DECISIONS.c.cid_person_id
    query = sa.select(*keys, sa.func.count().label("unsure")).where(UNSURE).group_by(*keys)
    return query.subquery("unsure")


def _same_pair(columns: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        columns.prisoner_number == PAIRS.c.prisoner_number,
        columns.cid_person_id == PAIRS.c.cid_person_id,
    )


def _queue(row: sa.Row[Any]) -> Queue:
    return Queue(
        number=row.queue_number,
        publication_number=row.publication_number,
        pairs=row.pairs,
        laid_at=row.laid_at,
    )
