"""Commands on a night: run it, and say in a few lines what came of it."""

import logging
from typing import Annotated

import typer

from jobs.commands.options import AsOf
from jobs.runtime.errors import BadInput, NotPlaced

log = logging.getLogger(__name__)


def night(
    as_of: AsOf,
    prison: Annotated[str | None, typer.Option(help="Prison register: URL or folder.")] = None,
    immigration: Annotated[
        str | None, typer.Option(help="Immigration register: URL or folder.")
    ] = None,
    fetch_again: Annotated[
        bool, typer.Option("--fetch-again", help="Read the registers even if this date is landed.")
    ] = False,
    publish_despite: Annotated[
        list[str] | None,
        typer.Option(help="Id of a failed critical check that a person answers for."),
    ] = None,
    by: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    why: Annotated[str, typer.Option(help="Why it is published all the same.")] = "",
) -> None:
    """Run every step of one night without Airflow, and publish."""
    from jobs.commands.publications.night_summary import summary_lines
    from jobs.night import Night, run_night
    from jobs.runtime.redaction import holds_password
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import override_of

    given = {"prison": prison, "immigration": immigration}
    settings = load_settings(**{name: value for name, value in given.items() if value})
    for name, value in given.items():
        if holds_password(value or ""):
            log.warning(
                "--%s holds a password, which every user of this machine can see while the "
                "command runs; put it in a password file (PGPASSFILE) or a connection of Airflow",
                name,
            )
    run = Night(
        as_of=as_of.date(),
        label="command line",
        settings=settings,
        despite=override_of(rules=publish_despite or (), by=by, reason=why),
    )
    run_night(run, fetch_again=fetch_again)
    try:
        lines = summary_lines(as_of=as_of.date(), settings=settings)
    except BadInput as unread:
        raise NotPlaced(
            f"night [{as_of:%Y-%m-%d}]",
            f"is published, but cannot be read back ({unread.where}: {unread.what})",
            f"mend that, then run: python -m jobs summary --as-of {as_of:%Y-%m-%d}",
        ) from unread
    for line in lines:
        typer.echo(line)


def place(as_of: AsOf) -> None:
    """Put pages and corrections of the current publication of a date in place again.

    For a night that was published while its files could not be written (exit code 3).
    """
    from jobs.operate.run.placing import place_files, published_run
    from jobs.runtime.settings import load_settings

    run = published_run(as_of=as_of.date(), settings=load_settings())
    place_files(run)
    typer.echo(f"Pages: {run.pages / 'index.html'}")
    typer.echo(f"Corrections: {run.corrections}")


def summary(as_of: AsOf) -> None:
    """Print the headline of a date's current publication and where to look next."""
    from jobs.commands.publications.night_summary import summary_lines
    from jobs.runtime.settings import load_settings

    for line in summary_lines(as_of=as_of.date(), settings=load_settings()):
        typer.echo(line)
