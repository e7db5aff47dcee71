"""Commands with which somebody takes on one of the next actions: for how long, and why."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv

if TYPE_CHECKING:
    import pandas as pd

    from jobs.commands.publications.publication_reader import PublicationReader

MOST_DAYS: Final = 14
"""For so long at most: after that an action comes back by itself, or is taken on anew."""

ack = typer.Typer(help="Next actions that somebody has taken on: who, why and until when.")
Episode = Annotated[str, typer.Argument(help="The custody episode.")]


@ack.command("add")
def ack_add(
    episode_id: Episode,
    as_of: AsOf,
    owner: Annotated[str, typer.Option(help="Who takes care of it.")],
    reason: Annotated[str, typer.Option(help="What is being done.")],
    until: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help=f"At most {MOST_DAYS} days on.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing.")] = False,
) -> None:
    """Take on one of the next actions of a night: it stays counted and is told apart."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.contract.view_models import day_text
    from jobs.operate.run.placing import tell_taken_on
    from jobs.runtime.errors import BadInput
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import acknowledge

    settings, night, end = load_settings(), as_of.date(), until.date()
    if not night <= end <= night + timedelta(days=MOST_DAYS):
        raise BadInput(
            f"until [{end}]",
            "is before the night, or too far off",
            f"give a day from {night} to {night + timedelta(days=MOST_DAYS)}",
        )
    with PublicationReader.of(night, settings) as reader:
        row = _action(reader, episode_id)
        if not yes:
            typer.echo(
                f"{episode_id}: {_held(row)}. Taken on by {owner} until {day_text(end)}: {reason}"
            )
            typer.confirm("Is that right?", abort=True)
        acknowledge(reader.engine, episode_id=episode_id, by=owner, note=reason, until=end)
    tell_taken_on(as_of=night, settings=settings)


@ack.command("list")
def ack_list(as_of: AsOf) -> None:
    """Print what is taken on, on a night, as CSV: who, why, since when and until when."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import acknowledgements

    with warehouse(load_settings()) as engine:
        print_csv(acknowledgements(engine, as_of=as_of.date()))


@ack.command("withdraw")
def ack_withdraw(
    episode_id: Episode,
    as_of: AsOf,
    by: Annotated[str, typer.Option(help="Who withdraws it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Withdraw an acknowledgement: the action is repeated again."""
    from jobs.operate.databases import warehouse
    from jobs.operate.run.placing import tell_taken_on
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import withdraw_acknowledgement

    settings = load_settings()
    with warehouse(settings) as engine:
        withdraw_acknowledgement(engine, episode_id=episode_id, by=by, reason=reason)
    tell_taken_on(as_of=as_of.date(), settings=settings)


def _action(reader: "PublicationReader", episode_id: str) -> "pd.Series":
    """The row of an episode among the next actions.

    Raises:
        BadInput: it is no next action; a release without consideration is never taken on.
    """
    from jobs.contract import results
    from jobs.contract.case_lists import UNCONSIDERED
    from jobs.report import next_actions, rows_of
    from jobs.runtime.errors import BadInput

    facts = {
        table.full_name: reader.table(table) for table in (results.ASSESSMENTS, results.RELEASES)
    }
    every = next_actions(facts).every
    found = every[every["episode_id"].eq(episode_id)]
    if len(found):
        return found.iloc[0]
    if rows_of(UNCONSIDERED, facts)["episode_id"].eq(episode_id).any():
        raise BadInput(
            f"episode [{episode_id}]",
            "was released without consideration, which nobody can take on",
            "record the decision in the immigration register",
        )
    raise BadInput(
        f"episode [{episode_id}]",
        f"is not among the next actions of {reader.publication.as_of}",
        f"see: python -m jobs actions --as-of {reader.publication.as_of}",
    )


def _held(row: "pd.Series") -> str:
    from jobs.contract.view_models import plural

    days = int(row["days_to_release"])
    many = plural(abs(days), "day", "days")
    return f"held {many} past the date" if days < 0 else f"release in {many}"
