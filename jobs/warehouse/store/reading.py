"""Reading publications back, current or superseded, exactly as they were published."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from psycopg import sql

from jobs.contract import results
from jobs.contract.fields import date as day_field
from jobs.contract.schema import Table
from jobs.runtime.errors import BadInput
from jobs.warehouse.store.bulk import columns_of, copy_out, count_of
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import Publication, publication, select_publications
from jobs.warehouse.store.tables import (
    CONTENTS,
    CURRENT,
    INTERVALS,
    PUBLICATIONS,
    SNAPSHOTS,
    SUPERSESSIONS,
)

_SNAPSHOT: Final = (
    "SELECT {columns} FROM {kept} "
    "WHERE as_of_date = {as_of} AND publication_number = {number} ORDER BY {key}"
)
_NIGHTS: Final = (
    "SELECT {columns} FROM {kept} "
    "WHERE (as_of_date, publication_number) IN (VALUES {nights}) ORDER BY {key}"
)
_CHOSEN: Final = "SELECT * FROM ({rows}) AS chosen WHERE {column} = ANY({values}) ORDER BY {key}"
_STATE: Final = (
    "SELECT {columns} FROM {kept} "
    "WHERE since <= {number} AND (until IS NULL OR until > {number}) ORDER BY {key}"
)


def current_publication(engine: sa.Engine, *, as_of: date) -> Publication | None:
    """The publication that is current for a date; None where nothing is published for it."""
    with transaction(engine) as connection:
        return _one(
            connection,
            PUBLICATIONS.c.as_of_date == as_of,
            CURRENT.c.publication_number.is_not(None),
        )


def publication_on(engine: sa.Engine, *, as_of: date, at: datetime) -> Publication | None:
    """The publication that was current for a date at the moment ``at``: what was said then."""
    with transaction(engine) as connection:
        number = connection.scalar(
            sa.select(SUPERSESSIONS.c.publication_number)
            .where(SUPERSESSIONS.c.as_of_date == as_of, SUPERSESSIONS.c.made_current_at <= at)
            .order_by(SUPERSESSIONS.c.supersession_number.desc())
            .limit(1)
        )
        return _one(connection, PUBLICATIONS.c.publication_number == number)


def publications(engine: sa.Engine, *, as_of: date | None = None) -> list[Publication]:
    """Every publication, of one date where given, in order of publishing."""
    conditions = () if as_of is None else (PUBLICATIONS.c.as_of_date == as_of,)
    with transaction(engine) as connection:
        return select_publications(connection, *conditions)


def latest_before(engine: sa.Engine, *, as_of: date) -> Publication | None:
    """The current publication of the last date before ``as_of``; None where there is none."""
    with transaction(engine) as connection:
        return _latest_before(connection, as_of)


def read_table(engine: sa.Engine, publication_id: str, table: str) -> pd.DataFrame:
    """One table of a publication, rows in order of their key, types as the contract gives them.

    Args:
        engine: the warehouse.
        publication_id: the publication.
        table: full name in `results.NIGHTLY`.

    Raises:
        BadInput: there is no such publication or table.
    """
    if table not in results.NIGHTLY:
        raise BadInput(f"table [{table}]", "no such table", f"use one of {sorted(results.NIGHTLY)}")
    with transaction(engine) as connection:
        return read_rows(
            connection, publication(connection, publication_id), results.NIGHTLY[table]
        )


def read_rows(connection: sa.Connection, of: Publication, table: Table) -> pd.DataFrame:
    """Like `read_table`, within a transaction."""
    rows = rows_of(connection, of, table)
    _refuse_partial(connection, of, table, rows.num_rows)
    return table.frame(rows)


def rows_of(connection: sa.Connection, of: Publication, table: Table) -> pa.Table:
    """What is left of a table of a publication, in order of its key."""
    return copy_out(connection, table, _rows_of(of, table))


def read_chosen(
    engine: sa.Engine, of: Publication, table: Table, *, column: str, values: Sequence[str]
) -> pd.DataFrame:
    """Like `read_table`, but only the rows whose ``column`` has one of ``values``.

    Raises:
        BadInput: retention has removed rows of the table.
    """
    every = _rows_of(of, table)
    query = sql.SQL(_CHOSEN).format(
        rows=every,
        column=sql.Identifier(column),
        values=sql.Literal(list(values)),
        key=columns_of(table.key),
    )
    with transaction(engine) as connection:
        _refuse_partial(connection, of, table, count_of(connection, every))
        return table.frame(copy_out(connection, table, query))


def _rows_of(of: Publication, table: Table) -> sql.Composed:
    """The query for a publication's rows of a table, in order of their key."""
    kept = INTERVALS.get(table.full_name)
    template = _STATE if kept is not None else _SNAPSHOT
    kept = SNAPSHOTS[table.full_name] if kept is None else kept
    return sql.SQL(template).format(
        columns=columns_of(table.columns),
        kept=sql.Identifier(str(kept.schema), kept.name),
        as_of=sql.Literal(of.as_of),
        number=sql.Literal(of.number),
        key=columns_of(table.key),
    )


def _refuse_partial(connection: sa.Connection, of: Publication, table: Table, found: int) -> None:
    """Refuse to show fewer rows than were published: retention has removed the others."""
    published = connection.scalar(
        sa.select(CONTENTS.c.row_count).where(
            CONTENTS.c.publication_number == of.number, CONTENTS.c.table_name == table.full_name
        )
    )
    if published is not None and published != found:
        raise BadInput(
            f"publication [{of.publication_id[:12]}] table [{table.full_name}]",
            f"only {found} of {published} rows are left: the others are past the retention period",
            "read its figures and its movement, which stay",
        )


def nights_before(engine: sa.Engine, *, as_of: date, most: int) -> list[Publication]:
    """The current publications of the last ``most`` dates before ``as_of``, the latest first."""
    with transaction(engine) as connection:
        dates: Sequence[date] = connection.scalars(
            sa.select(CURRENT.c.as_of_date)
            .where(CURRENT.c.as_of_date < as_of)
            .order_by(CURRENT.c.as_of_date.desc())
            .limit(most)
        ).all()
        found = select_publications(
            connection,
            PUBLICATIONS.c.as_of_date.in_(dates),
            CURRENT.c.publication_number.is_not(None),
        )
    return sorted(found, key=lambda publication: publication.as_of, reverse=True)


def read_nights(engine: sa.Engine, nights: Sequence[Publication], table: Table) -> pd.DataFrame:
    """A snapshot table of several publications, with the column ``as_of_date``; in order of both.

    What retention has removed of a publication is not there.
    """
    dated = Table(
        space=table.space,
        name=table.name,
        row=table.row,
        key=("as_of_date", *table.key),
        fields=(day_field("as_of_date", "the night", required=True), *table.fields),
    )
    if not nights:
        return dated.empty()
    kept = SNAPSHOTS[table.full_name]
    query = sql.SQL(_NIGHTS).format(
        columns=columns_of(dated.columns),
        kept=sql.Identifier(str(kept.schema), kept.name),
        nights=sql.SQL(", ").join(
            sql.SQL("({}, {})").format(sql.Literal(p.as_of), sql.Literal(p.number)) for p in nights
        ),
        key=columns_of(dated.key),
    )
    with transaction(engine) as connection:
        return dated.frame(copy_out(connection, dated, query))


def figures_before(
    engine: sa.Engine, *, as_of: date, group: str, whole: Collection[str] = ()
) -> pd.DataFrame:
    """Figures of one group of every night before a date, as they are current now.

    Those of ``whole`` come with every group.

    Returns:
        ``as_of_date`` and the columns of `results.FIGURES`, in order of night and figure.
    """
    kept = SNAPSHOTS[results.FIGURES.full_name]
    wanted = [kept.c.as_of_date, *(kept.c[name] for name in results.FIGURES.columns)]
    query = (
        sa.select(*wanted)
        .join(
            CURRENT,
            (CURRENT.c.as_of_date == kept.c.as_of_date)
            & (CURRENT.c.publication_number == kept.c.publication_number),
        )
        .where(
            kept.c.as_of_date < as_of, (kept.c.group_value == group) | kept.c.figure_id.in_(whole)
        )
        .order_by(kept.c.as_of_date, kept.c.figure_id, kept.c.group_value)
    )
    with transaction(engine) as connection:
        rows = connection.execute(query).all()
    frame = results.FIGURES.empty().assign(as_of_date=pd.Series(dtype="object"))
    if not rows:
        return frame
    return pd.DataFrame(rows, columns=[column.name for column in wanted])


def latest_identities(engine: sa.Engine, *, before: date) -> pd.DataFrame:
    """Identities of the last current publication before a date, so that ids stay the same.

    Returns:
        A frame of `results.IDENTITIES`, empty where nothing is published before.
    """
    with transaction(engine) as connection:
        last = _latest_before(connection, before)
        if last is None:
            return results.IDENTITIES.empty()
        return read_rows(connection, last, results.IDENTITIES)


def known_identities_digest(engine: sa.Engine, *, before: date) -> str:
    """The digest under which `latest_identities` were published; empty where there are none."""
    with transaction(engine) as connection:
        last = _latest_before(connection, before)
        if last is None:
            return ""
        digest = connection.scalar(
            sa.select(CONTENTS.c.digest).where(
                CONTENTS.c.publication_number == last.number,
                CONTENTS.c.table_name == results.IDENTITIES.full_name,
            )
        )
        return str(digest)


def _latest_before(connection: sa.Connection, as_of: date) -> Publication | None:
    last = (
        sa.select(sa.func.max(CURRENT.c.as_of_date))
        .where(CURRENT.c.as_of_date < as_of)
        .scalar_subquery()
    )
    return _one(
        connection, PUBLICATIONS.c.as_of_date == last, CURRENT.c.publication_number.is_not(None)
    )


def latest_publication(engine: sa.Engine) -> Publication | None:
    """The current publication of the last date; None before the first."""
    with transaction(engine) as connection:
        last = sa.select(sa.func.max(CURRENT.c.as_of_date)).scalar_subquery()
        return _one(
            connection, PUBLICATIONS.c.as_of_date == last, CURRENT.c.publication_number.is_not(None)
        )


def _one(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> Publication | None:
    found = select_publications(connection, *conditions)
    return found[0] if found else None
