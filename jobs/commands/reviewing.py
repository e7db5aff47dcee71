"""Commands for people who decide: on possible links, and on critical episodes."""

import sys
from typing import Annotated

import typer

from jobs.commands.options import AsOf

review = typer.Typer(help="The queue of possible links, and the decisions on them.")


@review.command("list")
def review_list(
    as_of: AsOf,
    most: Annotated[int, typer.Option(help="Longest list to print.")] = 50,
) -> None:
    """Print possible links that wait for a reviewer, the likeliest first."""
    from jobs.commands.readers import Reader
    from jobs.settings import load_settings

    with Reader.of(as_of.date(), load_settings()) as reader:
        reader.review_queue(most=most).to_csv(sys.stdout, index=False)


@review.command("decide")
def review_decide(
    prisoner_number: str,
    cid_person_id: str,
    judgement: Annotated[str, typer.Argument(help="must_link or must_not_link")],
    reviewer: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Record a decision on a pair; it holds from the next night on and always wins."""
    from jobs.databases import warehouse
    from jobs.settings import load_settings
    from jobs.warehouse import record_decision

    with warehouse(load_settings()) as engine:
        record_decision(
            engine,
            prisoner_number=prisoner_number,
            cid_person_id=cid_person_id,
            judgement=judgement,
            reviewer=reviewer,
            reason=reason,
        )


def ack(
    episode_id: Annotated[str, typer.Argument(help="The custody episode.")],
    by: Annotated[str, typer.Option(help="Who takes care of it.")],
    note: Annotated[str, typer.Option(help="What is being done.")],
) -> None:
    """Acknowledge a critical episode: it stays counted and is no longer repeated in emails."""
    from jobs.databases import warehouse
    from jobs.settings import load_settings
    from jobs.warehouse import acknowledge

    with warehouse(load_settings()) as engine:
        acknowledge(engine, episode_id=episode_id, by=by, note=note)
