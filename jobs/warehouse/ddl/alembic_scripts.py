"""What Alembic does for `jobs.warehouse.ddl.migrate`: it runs migrations, and drafts new ones."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from jobs.warehouse.ddl.migrate import VERSIONS, versions
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.tables import STAGING

PARTITION: Final = re.compile(r"_\d{4}_\d{2}$")
"""How the name of a partition ends: the month of its as-of dates."""


def run_up(connection: sa.Connection) -> None:
    """Run every migration that a warehouse has not had, in the transaction of ``connection``."""
    command.upgrade(_on(connection), "head")


def run_down(connection: sa.Connection, *, to: str) -> None:
    """Take migrations back, the last first, until a version.

    Raises:
        NotImplementedError: one cannot be taken back; it says why.
    """
    command.downgrade(_on(connection), to)


def _on(connection: sa.Connection) -> Config:
    config = configuration()
    config.attributes["connection"] = connection
    return config


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
    with transaction(engine) as connection:
        config = _on(connection)
        config.set_main_option("version_locations", os.pathsep.join(map(str, {VERSIONS, folder})))
        script = command.revision(
            config,
            message=why,
            autogenerate=True,
            rev_id=f"{len(versions()) + 1:04d}",
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
