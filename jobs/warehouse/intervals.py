"""Interval tables: from the state of the last publication to that of the next, and back.

A publication changes only the rows that differ from the publication before it, whatever its date.
"""

from typing import Final

import sqlalchemy as sa
from psycopg import sql

from jobs.warehouse.bulk import Content, columns_of, copy_in, execute
from jobs.warehouse.tables import CONTENTS, INTERVALS

MEMORY: Final = "SELECT set_config('work_mem', '256MB', true)"

_CLOSE: Final = """
UPDATE {kept} AS old SET until = {number}
WHERE old.until IS NULL AND NOT EXISTS (
    SELECT FROM {incoming} AS new
    WHERE ({new_key}) = ({old_key}) AND ({new_all}) IS NOT DISTINCT FROM ({old_all})
)
"""
_OPEN: Final = """
INSERT INTO {kept} ({columns}, since, follows)
SELECT {new_all}, {number}, (
    SELECT max(old.until) FROM {kept} AS old WHERE ({new_key}) = ({old_key})
)
FROM {incoming} AS new
WHERE NOT EXISTS (
    SELECT FROM {kept} AS old WHERE old.until IS NULL AND ({new_key}) = ({old_key})
)
ORDER BY {new_key}
"""


def advance(connection: sa.Connection, content: Content, number: int) -> None:
    """Make ``content`` the state of its table from publication ``number`` on.

    Rows that are gone or changed get the end ``number``; new and changed rows begin there; rows
    that stay are not touched. Part of the caller's transaction, which holds the publishing lock.
    """
    name = content.table.full_name
    kept = INTERVALS[name]
    if content.digest == _digest_before(connection, name, number):
        return
    if not connection.scalar(sa.select(sa.exists(sa.select(kept)))):
        into = (str(kept.schema), kept.name)
        copy_in(connection, content, into=into, before={"since": number})
        return
    _merge(connection, content, kept, number)


def _merge(connection: sa.Connection, content: Content, kept: sa.Table, number: int) -> None:
    table = content.table
    incoming = f"incoming_{kept.name}"
    words: dict[str, sql.Composable] = {
        "kept": sql.Identifier(str(kept.schema), kept.name),
        "incoming": sql.Identifier(incoming),
        "number": sql.Literal(number),
        "columns": columns_of(table.columns),
        "new_key": columns_of(table.key, "new"),
        "old_key": columns_of(table.key, "old"),
        "new_all": columns_of(table.columns, "new"),
        "old_all": columns_of(table.columns, "old"),
    }
    connection.execute(sa.text(MEMORY))
    create = "CREATE TEMPORARY TABLE {incoming} ON COMMIT DROP AS SELECT {columns} FROM {kept}"
    execute(connection, f"{create} WITH NO DATA", words)
    copy_in(connection, content, into=(incoming,))
    for statement in ("ANALYZE {incoming}", _CLOSE, _OPEN):
        execute(connection, statement, words)


def _digest_before(connection: sa.Connection, name: str, number: int) -> str | None:
    """The table's digest in the publication before ``number``."""
    before = (
        sa.select(sa.func.max(CONTENTS.c.publication_number))
        .where(CONTENTS.c.publication_number < number)
        .scalar_subquery()
    )
    return connection.scalar(
        sa.select(CONTENTS.c.digest).where(
            CONTENTS.c.publication_number == before, CONTENTS.c.table_name == name
        )
    )
