"""``emails``: prepare and send the messages about a night, or only look at them."""

from collections import Counter
from typing import Annotated

import typer

from jobs.commands.options import AsOf
from jobs.runtime.errors import BadInput


def emails(
    as_of: AsOf,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Write each reader's message to a folder; send nothing."),
    ] = False,
) -> None:
    """Send each reader's message about a night, once; or write them to look at."""
    from jobs.operate.emails import prepare_emails, preview_emails, send_emails
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    if dry_run:
        for path in preview_emails(as_of=as_of.date(), settings=settings):
            typer.echo(path)
        typer.echo("Nothing was sent and nothing is stored.")
        return
    prepare_emails(as_of=as_of.date(), settings=settings)
    report = send_emails(settings=settings)
    for state, count in sorted(Counter(report.states.values()).items()):
        typer.echo(f"{count} {state}")
    for number, error in sorted(report.errors.items()):
        typer.echo(f"message {number}: {error}")
    unsent = [number for number, state in report.states.items() if state != "sent"]
    if unsent:
        raise BadInput(
            f"messages [{', '.join(map(str, sorted(unsent)))}]",
            "not sent; the others are",
            "look: python -m jobs outbox list",
        )
    if not report.states:
        typer.echo("Nothing is to be sent: everybody was told.")
