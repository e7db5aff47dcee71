"""Interval tables: from the state of the last publication to that of the next, and back.

A publication changes only the rows that differ from the publication before it, whatever its date.
"""

from typing import Final

import sqlalchemy as sa
from psycopg import sql

from jobs.warehouse.store.bulk import Content, columns_of, copy_in, execute
from jobs.warehouse.store.tables import CONTENTS, INTERVALS

MEMORY: Final = "SELECT set_config('work_mem', '256MB', true)"

_INCOMING: Final = """
CREATE TEMPORARY TABLE {incoming} ON COMMIT DROP AS SELECT {all} FROM {kept} WITH NO DATA
"""
_CHANGES: Final = """
CREATE TEMPORARY TABLE {changes} ON COMMIT DROP AS
SELECT {all_but_key} {key}, new.ctid IS NULL AS is_gone, old.ctid IS NOT NULL AS was_there
FROM {incoming} AS new
FULL JOIN (SELECT {all}, ctid FROM {kept} WHERE until IS NULL) AS old USING ({key})
WHERE ({new_all}) IS DISTINCT FROM ({old_all})
"""
_CLOSE: Final = """
UPDATE {kept} AS old SET until = {number} FROM {changes} AS change
WHERE change.was_there AND old.until IS NULL AND ({old_key}) = ({change_key})
"""
_OPEN: Final = """
INSERT INTO {kept} ({all}, since, follows)
SELECT {all}, {number}, (
    SELECT max(old.until) FROM {kept} AS old WHERE ({old_key}) = ({change_key})
)
FROM {changes} AS change WHERE NOT is_gone ORDER BY {key}
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
    incoming, changes = f"incoming_{kept.name}", f"changed_{kept.name}"
    rest = [name for name in table.columns if name not in table.key]
    words: dict[str, sql.Composable] = {
        "kept": sql.Identifier(str(kept.schema), kept.name),
        "incoming": sql.Identifier(incoming),
        "changes": sql.Identifier(changes),
        "number": sql.Literal(number),
        "all": columns_of(table.columns),
        "all_but_key": sql.SQL("").join(columns_of([name], "new") + sql.SQL(",") for name in rest),
        "key": columns_of(table.key),
        "change_key": columns_of(table.key, "change"),
        "old_key": columns_of(table.key, "old"),
        "new_all": columns_of(table.columns, "new"),
        "old_all": columns_of(table.columns, "old"),
    }
    connection.execute(sa.text(MEMORY))
    execute(connection, _INCOMING, words)
    copy_in(connection, content, into=(incoming,))
    for statement in (_CHANGES, "ANALYZE {changes}", _CLOSE, _OPEN):
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
