"""``fresh``: a line and an exit code for a monitor outside."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from jobs.runtime.errors import BadInput


def fresh(
    by: Annotated[
        str | None,
        typer.Option(
            help="London time by which a night must be there, such as 06:00; by default "
            "the setting deadline."
        ),
    ] = None,
) -> None:
    """Say whether the publication that is due is there: exit code 0, or 2 with a line."""
    from jobs.operate.monitoring.alerts import send_waiting
    from jobs.operate.monitoring.freshness import fresh_line
    from jobs.runtime.settings import load_settings

    settings = load_settings(**({} if by is None else {"deadline": by}))
    if settings.deadline is None:
        raise BadInput("setting [deadline]", "there is none", "give --by, such as 06:00")
    send_waiting(settings=settings)
    typer.echo(fresh_line(now=datetime.now(UTC), by=settings.deadline, settings=settings))
