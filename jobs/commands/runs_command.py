"""``runs``: the last run beside the thirty before it, for who looks in the morning."""

from datetime import datetime
from typing import Annotated

import typer


def runs(
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The night; by default the last."),
    ] = None,
) -> None:
    """Compare a run with the last thirty, warn at twice the median, and write the page of runs."""
    from jobs.operate.run.run_history import table_lines
    from jobs.operate.run.run_outcomes import read_history, write_runs_page
    from jobs.runtime.errors import BadInput
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    history = read_history(settings, as_of=as_of.date() if as_of else None)
    if history.tonight is None and as_of is not None:
        raise BadInput(
            f"night [{as_of.date()}]",
            "no run that published it is in the run log with its steps",
            "take a night of: python -m jobs runs",
        )
    for line in table_lines(history):
        typer.echo(line)
    if as_of is None:
        typer.echo(f"The page: {write_runs_page(history, settings)}")
