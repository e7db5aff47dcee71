"""The warehouse's version: brought up to this code's, by one process at a time.

Every step of a night opens the warehouse, and almost always its version is right. So versions are
known by the names of their files, and Alembic is imported only where one is changed
(`jobs.warehouse.ddl.alembic_scripts`).
"""

import time
from datetime import datetime
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from psycopg import errors

from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse.ddl import repeatable_ddl
from jobs.warehouse.ddl.roles import grant_rights
from jobs.warehouse.store.connections import transaction, warehouse_name
from jobs.warehouse.store.table_columns import SCHEMAS

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('reconciliation upgrade', 0))"
VERSIONS: Final = Path(__file__).with_name("migrations") / "versions"
HELD: Final = """
    SELECT format('%I.%I', namespaces.nspname, relations.relname)
    FROM pg_class AS relations
    JOIN pg_namespace AS namespaces ON namespaces.oid = relations.relnamespace
    WHERE namespaces.nspname = ANY (:schemas) AND relations.relkind IN ('r', 'p', 'v')
        AND relations.relname <> 'alembic_version'
    ORDER BY relations.relkind <> 'v', namespaces.nspname, relations.relname
"""
"""Views and tables, the views first, as a reader takes them; all processes read the version."""
SHARE_OF_DEADLOCK_TIMEOUT: Final = 0.4
GIVE_WAY_SECONDS: Final = 0.3
PATIENCE_SECONDS: Final = 600
UP_TO_DATE: Final = "up to date"


def upgrade(engine: sa.Engine) -> None:
    """Bring the warehouse up to this code's version, in one transaction.

    Safe to call at every start: where the version is right, it reads one row. Of several
    processes one upgrades and the others wait. It begins once it holds every view and table, so
    it never waits for anybody while others wait for it; where it does not get them all within a
    moment it gives way to whoever reads, and begins anew.

    Raises:
        BadInput: the warehouse belongs to newer code, or this user may not change tables.
        Unreachable: the server cannot be reached, or somebody held a table all the time.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            _bring_up(engine)
        except _InUseError:
            if time.monotonic() > until:
                raise Unreachable(
                    warehouse_name(engine),
                    "is in use all the time, and cannot be brought up to date",
                    "end what holds its tables, and run again",
                ) from None
            time.sleep(GIVE_WAY_SECONDS)
        else:
            return


class _InUseError(Exception):
    """Somebody holds a table or view that is to change."""


def _bring_up(engine: sa.Engine) -> None:
    head = versions()[-1]
    with transaction(engine) as connection:
        if _state(connection) == (head, repeatable_ddl.DIGEST):
            return
        connection.execute(sa.text(LOCK))
        found, digest = _state(connection)
        if (found, digest) == (head, repeatable_ddl.DIGEST):
            return
        refuse_newer(found, warehouse_name(engine))
        _hold_everything(connection)
        repeatable_ddl.take_down(connection)
        for schema in SCHEMAS:
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        if found != head:
            from jobs.warehouse.ddl.alembic_scripts import run_up

            run_up(connection)
        repeatable_ddl.put_up(connection)
        grant_rights(connection)


def _hold_everything(connection: sa.Connection) -> None:
    """Take every view and table of the warehouse at once.

    It is tried for less than the time after which the server looks for a deadlock: who waits for
    this transaction waits no longer while it still waits itself.

    Raises:
        _InUseError: somebody held one of them all that time.
    """
    schemas = list(SCHEMAS)
    names = connection.scalars(sa.text(HELD), {"schemas": schemas}).all()
    if not names:
        return
    timeout = connection.scalar(
        sa.text("SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout'")
    )
    wait = max(1, round(SHARE_OF_DEADLOCK_TIMEOUT * int(timeout or 0)))
    connection.execute(sa.text(f"SET LOCAL statement_timeout = {wait}"))
    try:
        connection.execute(sa.text(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE"))
    except sa.exc.DBAPIError as error:
        if isinstance(error.orig, errors.QueryCanceled):
            raise _InUseError from None
        raise
    connection.execute(sa.text("SET LOCAL statement_timeout = DEFAULT"))


def downgrade(engine: sa.Engine, *, to: str) -> None:
    """Take the warehouse back to an earlier version, in one transaction; no publication is lost.

    Views are those of the older code once that opens the warehouse.

    Raises:
        BadInput: there is no such version below this one, or what is published would be lost.
    """
    from jobs.warehouse.ddl.alembic_scripts import run_down

    where = warehouse_name(engine)
    with transaction(engine) as connection:
        connection.execute(sa.text(LOCK))
        found, _ = _state(connection)
        refuse_newer(found, where)
        below = {known for known in versions() if found and known <= found}
        if to not in below:
            raise BadInput(
                where,
                f"is at version [{found}], and [{to}] is none below it",
                f"give one of: {', '.join(sorted(below))}",
            )
        repeatable_ddl.take_down(connection)
        repeatable_ddl.forget(connection)
        try:
            run_down(connection, to=to)
        except NotImplementedError as error:
            raise BadInput(
                where,
                f"cannot go back to version [{to}]: {error}",
                "restore the backup of before the upgrade into a new database",
            ) from None


def version(engine: sa.Engine) -> str | None:
    """The revision that the warehouse is at; None where it is empty."""
    with transaction(engine) as connection:
        return _state(connection)[0]


def standing_of(engine: sa.Engine) -> str:
    """How the warehouse stands to this code, in words; changes nothing.

    Raises:
        BadInput: it belongs to newer code.
    """
    with transaction(engine) as connection:
        found = _state(connection)
    if found[0] is None:
        return "empty: the first night makes its tables"
    refuse_newer(found[0], warehouse_name(engine))
    if found != (versions()[-1], repeatable_ddl.DIGEST):
        return f"at version {found[0]}: the next night brings it up to date"
    return UP_TO_DATE


def server_time(engine: sa.Engine) -> datetime:
    """What time it is for the server."""
    with transaction(engine) as connection:
        now: datetime = connection.scalar(sa.text("SELECT clock_timestamp()"))
    return now


def versions() -> tuple[str, ...]:
    """Every version that this code knows, the oldest first: the numbers of its migrations."""
    return tuple(sorted(path.name.partition("_")[0] for path in VERSIONS.glob("[0-9]*.py")))


def _state(connection: sa.Connection) -> tuple[str | None, str | None]:
    """The revision, and the digest of the repeatable_ddl."""
    if not sa.inspect(connection).has_table("alembic_version", schema="run"):
        return None, None
    found = connection.scalar(sa.text("SELECT version_num FROM run.alembic_version"))
    return found, repeatable_ddl.found(connection)


def refuse_newer(found: str | None, where: str) -> None:
    """Refuse a version that this code does not know; an empty warehouse has none.

    Raises:
        BadInput: it is newer.
    """
    if found is not None and found not in versions():
        raise BadInput(
            where, f"its version [{found}] is newer than this code", "run the newer code"
        )
