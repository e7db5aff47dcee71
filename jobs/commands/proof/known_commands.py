"""The command that answers what was known, and when."""

from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from jobs.commands.terminal_csv import print_csv
from jobs.runtime.errors import BadInput


def as_known(
    on: Annotated[
        datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="The night, YYYY-MM-DD.")
    ],
    at: Annotated[
        datetime | None,
        typer.Option(
            "--at",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"],
            help="As published by the end of this day, or this minute, in London; "
            "empty: as first published.",
        ),
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(
            "--now", formats=["%Y-%m-%d"], help="The night to compare with; empty: the last."
        ),
    ] = None,
    full: Annotated[
        bool, typer.Option("--all", help="Print every release, also those known alike.")
    ] = False,
) -> None:
    """What was published for a night as it was known on a day, and what is known now.

    From publications alone: two numbers, how the one becomes the other, and each release that is
    known otherwise now, with what made the difference.
    """
    from jobs.contract import results
    from jobs.operate.databases import warehouse
    from jobs.report.movement.as_known import as_known as compare
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import (
        current_publication,
        latest_publication,
        publication_on,
        publications,
        read_table,
    )

    tables = (results.ASSESSMENTS, results.RELEASES)
    with warehouse(load_settings()) as engine:
        if at is None:
            then = next(iter(publications(engine, as_of=on.date())), None)
        else:
            then = publication_on(engine, as_of=on.date(), at=_end_of(at))
        if then is None:
            raise BadInput(
                f"night [{on:%Y-%m-%d}]",
                "nothing was published for it" + (f" by {at:%Y-%m-%d %H:%M}" if at else ""),
                "see: python -m jobs publications list",
            )
        now = (
            latest_publication(engine)
            if since is None
            else current_publication(engine, as_of=since.date())
        )
        if now is None or now.as_of < then.as_of:
            raise BadInput(
                "option [--now]",
                "no publication of that night, or it is before the other",
                "see: python -m jobs publications list",
            )
        frames = [
            {
                table.full_name: read_table(engine, of.publication_id, table.full_name)
                for table in tables
            }
            for of in (then, now)
        ]
    known = compare(then=frames[0], now=frames[1], on=on.date())
    for word, of in (("Then", then), ("Now", now)):
        typer.echo(
            f"{word}: publication {of.publication_id[:12]}, night of {of.as_of}, published "
            f"{of.published_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        )
    for line in known.lines():
        typer.echo(line)
    typer.echo()
    print_csv(known.releases if full else known.changed)


def _end_of(moment: datetime) -> datetime:
    """The end of a day in London, or of a minute that was named."""
    london = ZoneInfo("Europe/London")
    if moment.time() == time():
        return moment.replace(hour=23, minute=59, second=59, microsecond=999_999, tzinfo=london)
    return moment.replace(second=59, microsecond=999_999, tzinfo=london)
