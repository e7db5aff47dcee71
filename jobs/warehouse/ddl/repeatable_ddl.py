"""What follows from the code's declarations and can be put up again at any time.

Views, comments, triggers and the function that publishes are no part of the migrations: after each
upgrade they are taken down and put up as this code declares them. Their digest, kept as the
comment of the schema ``report``, tells whether those in the database are this code's.
"""

from pathlib import Path
from typing import Final

import sqlalchemy as sa

from jobs.runtime.files import text_digest
from jobs.warehouse.ddl import publish_function
from jobs.warehouse.ddl.views import VIEWS, create_views, drop_views, quoted
from jobs.warehouse.store.bulk import execute_text
from jobs.warehouse.store.override_tables import OVERRIDES, WORDS
from jobs.warehouse.store.review_tables import (
    ACKNOWLEDGEMENTS,
    ANSWERS,
    ASSURANCE_CHECKS,
    AUDIT,
    CONFIRMATIONS,
    DECISIONS,
    HOLDS,
    MODEL_APPROVALS,
    PAIRS,
    QUEUES,
)
from jobs.warehouse.store.table_columns import WAREHOUSE
from jobs.warehouse.store.tables import (
    CONTENTS,
    CURRENT,
    ERASURES,
    INTERVALS,
    PUBLICATIONS,
    REMOVALS,
    RESENDS,
    RUN_LOG,
    SELF_TESTS,
    SNAPSHOTS,
    SUPERSESSIONS,
)
from jobs.warehouse.store.verification import SAID

_GUARDS: Final = Path(__file__).with_name("guards.sql").read_text()
_ACTORS: Final = Path(__file__).with_name("actors.sql").read_text()
_SECOND_PERSON: Final = Path(__file__).with_name("second_person.sql").read_text()
_OVERRIDES: Final = Path(__file__).with_name("overrides.sql").read_text()
_SIGNED: Final = (
    (DECISIONS, "decided_at", "recorded_by"),
    (CONFIRMATIONS, "confirmed_at", "recorded_by"),
    (ACKNOWLEDGEMENTS, "acknowledged_at", "recorded_by"),
    (MODEL_APPROVALS, "approved_at", "recorded_by"),
    (ASSURANCE_CHECKS, "checked_at", "recorded_by"),
    (ANSWERS, "answered_at", "recorded_by"),
    (RESENDS, "resent_at", "recorded_by"),
    (QUEUES, "laid_at", "laid_by"),
    (HOLDS, "placed_at", "recorded_by"),
    (ERASURES, "erased_at", "recorded_by"),
    (OVERRIDES, "registered_at", "recorded_by"),
    (WORDS, "said_at", "recorded_by"),
    (SELF_TESTS, "tested_at", "recorded_by"),
)
"""Ledgers, and the columns in which the database says when an entry was made and by whom."""
_PUBLISHED: Final = (CONTENTS, *SNAPSHOTS.values(), *INTERVALS.values())
"""What a publication consists of: added to by publishing alone."""
_LASTING: Final = (
    PUBLICATIONS,
    SUPERSESSIONS,
    REMOVALS,
    ERASURES,
    RUN_LOG,
    RESENDS,
    QUEUES,
    AUDIT,
    ANSWERS,
    CONFIRMATIONS,
    OVERRIDES,
    WORDS,
    SELF_TESTS,
    *_PUBLISHED,
)
"""What no row of is changed or removed, by its owner neither."""
_TAKE_DOWN_GUARDS: Final = r"""
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT tgname, tgrelid::regclass AS guarded FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgparentid = 0 AND NOT tgisinternal AND relnamespace::regnamespace::text
            IN ('run', 'nightly', 'registry', 'outbox', 'review')
            AND (tgname LIKE 'guard\_%' OR tgname = 'unchangeable')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', found.tgname, found.guarded);
    END LOOP;
END
$$
"""
_GUARD_PARTITIONS: Final = (
    "SELECT run.guard_statements(inhrelid) FROM pg_inherits "
    "JOIN pg_class ON pg_class.oid = inhrelid "
    "WHERE relnamespace = 'nightly'::regnamespace AND relkind = 'r'"
)


def _trigger(name: str, when: str, table: sa.Table, each: str, does: str, *arguments: str) -> str:
    given = ", ".join(quoted(argument) for argument in arguments)
    return (
        f"CREATE OR REPLACE TRIGGER {name} {when} ON {table.schema}.{table.name} "
        f"FOR EACH {each} EXECUTE FUNCTION run.{does}({given})"
    )


def _guards() -> list[str]:
    """Triggers that keep what is published as it is, for its owner too."""
    made = []
    for table in (*_LASTING, CURRENT):
        made.append(_trigger("guard_whole", "BEFORE TRUNCATE", table, "STATEMENT", "refuse_change"))
        when = "BEFORE UPDATE OR DELETE"
        if table in INTERVALS.values():
            made.append(_trigger("guard_end", "BEFORE UPDATE", table, "ROW", "refuse_reopening"))
        if table in (*INTERVALS.values(), CURRENT, RUN_LOG):
            when = "BEFORE DELETE"
        made.append(_trigger("guard_row", when, table, "ROW", "refuse_change"))
    return [
        *made,
        *(
            _trigger("guard_addition", "BEFORE INSERT", table, "STATEMENT", "refuse_addition")
            for table in _PUBLISHED
        ),
        _trigger("guard_chain", "BEFORE INSERT", PUBLICATIONS, "ROW", "chain_publication"),
        _trigger("guard_move", "AFTER INSERT OR UPDATE", CURRENT, "ROW", "record_move"),
        _trigger("guard_invention", "BEFORE INSERT", SUPERSESSIONS, "ROW", "refuse_invention"),
        _trigger("guard_text", "BEFORE UPDATE", RUN_LOG, "ROW", "refuse_rewriting"),
        _trigger("guard_date", "BEFORE INSERT", RUN_LOG, "ROW", "date_entry"),
        *(
            _trigger("guard_entry", "BEFORE INSERT", table, "ROW", "sign_entry", *columns)
            for table, *columns in _SIGNED
        ),
        # After the entry is signed: triggers fire in the order of their names.
        _trigger("guard_second", "BEFORE INSERT", DECISIONS, "ROW", "weigh_decision"),
        _trigger("guard_second", "BEFORE INSERT", CONFIRMATIONS, "ROW", "weigh_confirmation"),
        _trigger("guard_effect", "AFTER INSERT", CONFIRMATIONS, "ROW", "take_effect"),
        _trigger("guard_second", "BEFORE INSERT", OVERRIDES, "ROW", "weigh_override"),
        _trigger("guard_second", "BEFORE INSERT", WORDS, "ROW", "weigh_word"),
        _trigger("guard_effect", "AFTER INSERT", WORDS, "ROW", "replace_override"),
        _trigger("guard_entry", "BEFORE INSERT", AUDIT, "ROW", "sign_audit"),
        _trigger("guard_desk", "BEFORE UPDATE", PAIRS, "ROW", "sign_assignment"),
        _GUARD_PARTITIONS,
    ]


_SAID_OF: Final = (
    "CREATE OR REPLACE FUNCTION run.said_of(p run.publications) RETURNS text "
    f"LANGUAGE sql STABLE SET search_path = pg_catalog AS $$ SELECT {SAID} $$"
)


def _statements() -> list[str]:
    statements = [
        _SAID_OF,
        _ACTORS,
        _SECOND_PERSON,
        _OVERRIDES,
        _GUARDS,
        *publish_function.statements(),
        *_guards(),
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
    """Take the views and the guards down, so that tables can change under them."""
    drop_views(connection)
    execute_text(connection, _TAKE_DOWN_GUARDS)


def forget(connection: sa.Connection) -> None:
    """Say that nothing is up, so that other code that opens the warehouse puts up its own."""
    execute_text(connection, "COMMENT ON SCHEMA report IS NULL")


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
