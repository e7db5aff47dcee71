"""The warehouse's version: brought up to this code's, by one process at a time."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg import errors

from jobs.runtime.errors import BadInput, Unreachable
from jobs.warehouse.ddl import repeatable_ddl
from jobs.warehouse.ddl.roles import grant_rights
from jobs.warehouse.store.connections import transaction, warehouse_name
from jobs.warehouse.store.table_columns import SCHEMAS
from jobs.warehouse.store.tables import STAGING

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
PARTITION: Final = re.compile(r"_\d{4}_\d{2}$")
"""How the name of a partition ends: the month of its as-of dates."""


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
    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    with transaction(engine) as connection:
        if _state(connection) == (head, repeatable_ddl.DIGEST):
            return
        connection.execute(sa.text(LOCK))
        found, digest = _state(connection)
        if (found, digest) == (head, repeatable_ddl.DIGEST):
            return
        _refuse_newer(scripts, found, warehouse_name(engine))
        _hold_everything(connection)
        repeatable_ddl.take_down(connection)
        for schema in SCHEMAS:
            connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        if found != head:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
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
    config = configuration()
    scripts = ScriptDirectory.from_config(config)
    where = warehouse_name(engine)
    with transaction(engine) as connection:
        connection.execute(sa.text(LOCK))
        found, _ = _state(connection)
        _refuse_newer(scripts, found, where)
        below = {script.revision for script in scripts.walk_revisions("base", found or "base")}
        if to not in below:
            raise BadInput(
                where,
                f"is at version [{found}], and [{to}] is none below it",
                f"give one of: {', '.join(sorted(below))}",
            )
        repeatable_ddl.take_down(connection)
        repeatable_ddl.forget(connection)
        config.attributes["connection"] = connection
        try:
            command.downgrade(config, to)
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
    scripts = ScriptDirectory.from_config(configuration())
    with transaction(engine) as connection:
        found = _state(connection)
    if found[0] is None:
        return "empty: the first night makes its tables"
    _refuse_newer(scripts, found[0], warehouse_name(engine))
    if found != (scripts.get_current_head(), repeatable_ddl.DIGEST):
        return f"at version {found[0]}: the next night brings it up to date"
    return UP_TO_DATE


def server_time(engine: sa.Engine) -> datetime:
    """What time it is for the server."""
    with transaction(engine) as connection:
        now: datetime = connection.scalar(sa.text("SELECT clock_timestamp()"))
    return now


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def draft(engine: sa.Engine, *, why: str, folder: Path = VERSIONS) -> Path:
    """Write the migration that brings an up-to-date warehouse to the declared tables.

    For developers, after a change of `results` or `tables`. Read it before keeping it.
    """
    config = configuration()
    config.set_main_option("version_locations", os.pathsep.join(map(str, {VERSIONS, folder})))
    with transaction(engine) as connection:
        config.attributes["connection"] = connection
        count = len(list(ScriptDirectory.from_config(config).walk_revisions()))
        script = command.revision(
            config,
            message=why,
            autogenerate=True,
            rev_id=f"{count + 1:04d}",
            version_path=str(folder),
        )
    if script is None or isinstance(script, list):
        raise TypeError("expected one script")
    return Path(script.path)


def is_declared(found: Any, name: str | None, kind: str, *_more: Any) -> bool:
    """Whether Alembic compares an object: partitions come and go, staging follows the others."""
    if kind != "table" or name is None:
        return True
    return found.schema != STAGING and not PARTITION.search(name)


@contextmanager
def migration_context(connection: sa.Connection) -> Iterator[MigrationContext]:
    """Alembic's view of the database behind ``connection``, with the settings of `upgrade`."""
    yield MigrationContext.configure(
        connection,
        opts={
            "version_table_schema": "run",
            "include_schemas": True,
            "include_object": is_declared,
            "compare_type": True,
            "compare_server_default": True,
        },
    )


def _state(connection: sa.Connection) -> tuple[str | None, str | None]:
    """The revision, and the digest of the repeatable_ddl."""
    if not sa.inspect(connection).has_table("alembic_version", schema="run"):
        return None, None
    found = connection.scalar(sa.text("SELECT version_num FROM run.alembic_version"))
    return found, repeatable_ddl.found(connection)


def refuse_newer(found: str, where: str) -> None:
    """Refuse a version that this code does not know.

    Raises:
        BadInput: it is newer.
    """
    _refuse_newer(ScriptDirectory.from_config(configuration()), found, where)


def _refuse_newer(scripts: ScriptDirectory, found: str | None, where: str) -> None:
    try:
        scripts.get_revision(found or "base")
    except CommandError:
        raise BadInput(
            where, f"its version [{found}] is newer than this code", "run the newer code"
        ) from None
