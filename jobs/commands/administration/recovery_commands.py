"""Commands for the day on which something is lost or taken back: backup, restore, downgrade."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer


def backup(
    folder: Annotated[Path, typer.Argument(help="Folder in which the backup gets one of its own.")],
) -> None:
    """Back up the warehouse, what attests it, and the files of nights; changes nothing."""
    from jobs.operate.backup import back_up
    from jobs.runtime.settings import load_settings

    made = back_up(folder, now=datetime.now(UTC), settings=load_settings())
    typer.echo(f"Backup: {made}")


def restore(
    folder: Annotated[Path, typer.Argument(help="The backup: a folder with backup.json.")],
) -> None:
    """Restore a backup into an empty warehouse and data folder; replaces nothing."""
    from jobs.operate.backup import restore
    from jobs.runtime.settings import load_settings

    count = restore(folder, settings=load_settings())
    typer.echo(f"{count} files restored, and the warehouse.")
    typer.echo("Look: python -m jobs publications verify")


def downgrade(
    to: Annotated[str, typer.Option(help="Version of the warehouse that the older release has.")],
) -> None:
    """Take the warehouse back to the version of an older release; loses nothing published."""
    from jobs.operate.databases import warehouse_as_it_is
    from jobs.runtime.settings import load_settings
    from jobs.warehouse.ddl.migrate import downgrade

    with warehouse_as_it_is(load_settings()) as engine:
        downgrade(engine, to=to)
    typer.echo(f"The warehouse is at version {to}: go on with the release that has it.")
