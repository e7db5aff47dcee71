"""What follows from the code's declarations and can be put up again at any time.

Views, comments and triggers are no part of the migrations: after each upgrade they are taken down
and put up as this code declares them. Their digest, kept as the comment of the schema ``report``,
tells whether those in the database are this code's.
"""

from typing import Final

import sqlalchemy as sa

from jobs.runtime.files import text_digest
from jobs.warehouse.ddl.views import VIEWS, create_views, drop_views, quoted
from jobs.warehouse.store.bulk import execute_text
from jobs.warehouse.store.review_tables import AUDIT, QUEUES
from jobs.warehouse.store.table_columns import WAREHOUSE
from jobs.warehouse.store.tables import (
    CONTENTS,
    PUBLICATIONS,
    REMOVALS,
    SNAPSHOTS,
    SUPERSESSIONS,
)

_UNCHANGEABLE: Final = (
    PUBLICATIONS,
    CONTENTS,
    SUPERSESSIONS,
    REMOVALS,
    QUEUES,
    AUDIT,
    *SNAPSHOTS.values(),
)


def _statements() -> list[str]:
    """Triggers that keep what is published as it is, for its owner too, and the comments."""
    statements = [
        "CREATE OR REPLACE TRIGGER unchangeable BEFORE UPDATE OR DELETE OR TRUNCATE "
        f"ON {table.schema}.{table.name} FOR EACH STATEMENT EXECUTE FUNCTION run.refuse_change()"
        for table in _UNCHANGEABLE
    ]
    for table in WAREHOUSE.sorted_tables:
        name = f"{table.schema}.{table.name}"
        statements.append(f"COMMENT ON TABLE {name} IS {quoted(str(table.comment))}")
        statements.extend(
            f"COMMENT ON COLUMN {name}.{column.name} IS {quoted(str(column.comment))}"
            for column in table.columns
        )
    return statements


_STATEMENTS: Final = _statements()
DIGEST: Final = (
    "repeatable DDL "
    + text_digest(*_STATEMENTS, *(s for view in VIEWS for s in view.statements))[:16]
)


def take_down(connection: sa.Connection) -> None:
    """Take the views down, so that tables can change under them."""
    drop_views(connection)


def put_up(connection: sa.Connection) -> None:
    """Put everything up, on tables of this code's version."""
    for statement in _STATEMENTS:
        execute_text(connection, statement)
    create_views(connection)
    execute_text(connection, f"COMMENT ON SCHEMA report IS {quoted(DIGEST)}")


def found(connection: sa.Connection) -> str | None:
    """The digest of what is up in the database."""
    digest: str | None = connection.scalar(
        sa.text("SELECT obj_description(to_regnamespace('report')::oid, 'pg_namespace')")
    )
    return digest
