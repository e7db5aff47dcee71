"""Commands for people who decide: on possible links, and on critical episodes."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from jobs.commands.options import AsOf

review = typer.Typer(help="The queue of possible links, and the decisions on them.")
Most = Annotated[int, typer.Option(min=1, help="So many pairs at most.")]


@review.command("list")
def review_list(as_of: AsOf, most: Most = 50) -> None:
    """Print possible links that wait for a reviewer, those first on which most hangs."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.commands.review.review_queue import queue_of
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        queue_of(reader).head(most).to_csv(sys.stdout, index=False, date_format="%Y-%m-%d")


@review.command("show")
def review_show(prisoner_number: str, cid_person_id: str, as_of: AsOf) -> None:
    """Print a pair: both records side by side and the evidence, comparison by comparison."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.commands.review.review_queue import chosen, queue_of, side_by_side, with_records
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with PublicationReader.of(as_of.date(), settings) as reader:
        found = chosen(
            queue_of(reader), prisoner_number=prisoner_number, cid_person_id=cid_person_id
        )
        whole = with_records(found, reader=reader, landings=settings.data_dir / "landing")
    typer.echo("\n".join(side_by_side(whole.iloc[0])))


@review.command("export")
def review_export(
    path: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
    as_of: AsOf,
    most: Most = 5_000,
) -> None:
    """Write the queue as a workbook to decide in: personal data, readable by its owner only."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.commands.review.review_queue import queue_of, with_records
    from jobs.commands.review.review_workbook import WARNING, write_review
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with PublicationReader.of(as_of.date(), settings) as reader:
        waiting = queue_of(reader)
        shown = with_records(
            waiting.head(most), reader=reader, landings=settings.data_dir / "landing"
        )
    write_review(shown, path)
    typer.echo(f"{len(shown)} of {len(waiting)} pairs that wait are in {path}")
    typer.echo(WARNING)


@review.command("import")
def review_import(
    path: Annotated[Path, typer.Argument(help="The workbook, with judgements filled in.")],
    as_of: AsOf,
) -> None:
    """Record every decision of a workbook, all or none; they hold from the next night on."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.commands.review.review_workbook import decisions_in, read_review, refuse_strangers
    from jobs.contract import results
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import record_decisions

    decisions = decisions_in(read_review(path), where=f"workbook [{path.name}]")
    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        refuse_strangers(decisions, reader.table(results.IDENTITIES))
        with _chain_shown():
            numbers = record_decisions(reader.engine, decisions)
    typer.echo(f"{len(numbers)} decisions recorded; they hold from the next night on")


@review.command("decide")
def review_decide(
    prisoner_number: str,
    cid_person_id: str,
    judgement: Annotated[str, typer.Argument(help="must_link or must_not_link")],
    reviewer: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Record a decision on a pair; it holds from the next night on and always wins."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import record_decision

    with warehouse(load_settings()) as engine, _chain_shown():
        number = record_decision(
            engine,
            prisoner_number=prisoner_number,
            cid_person_id=cid_person_id,
            judgement=judgement,
            reviewer=reviewer,
            reason=reason,
        )
    typer.echo(f"decision {number} recorded; it holds from the next night on")


@review.command("withdraw")
def review_withdraw(
    decision: Annotated[int, typer.Argument(help="The decision's number.")],
    by: Annotated[str, typer.Option(help="Who withdraws it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Withdraw a decision: the model decides on the pair again from the next night on."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import withdraw_decision

    with warehouse(load_settings()) as engine:
        withdraw_decision(engine, decision_id=decision, by=by, reason=reason)


def ack(
    episode_id: Annotated[str, typer.Argument(help="The custody episode.")],
    by: Annotated[str, typer.Option(help="Who takes care of it.")],
    note: Annotated[str, typer.Option(help="What is being done.")],
) -> None:
    """Acknowledge a critical episode: it stays counted and is no longer repeated in emails."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import acknowledge

    with warehouse(load_settings()) as engine:
        acknowledge(engine, episode_id=episode_id, by=by, note=note)


@contextmanager
def _chain_shown() -> Iterator[None]:
    """Show the reviewer the decisions that contradict each other; the error names none of them."""
    from jobs.warehouse import Contradiction

    try:
        yield
    except Contradiction as error:
        typer.echo("\n".join(error.chain_lines))
        raise
