"""Commands for people who decide: on possible links, and on critical episodes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv

if TYPE_CHECKING:
    import pandas as pd

    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.review.desk import Desk
    from jobs.warehouse import Reviewer

review = typer.Typer(help="The queue of possible links, and the decisions on them.")
Most = Annotated[int, typer.Option(min=1, help="So many pairs at most.")]


@review.command("list")
def review_list(as_of: AsOf, most: Most = 50) -> None:
    """Print possible links that wait for a reviewer, those first on which most hangs."""
    from jobs.review.consequences import queue_of

    with _publication(as_of.date()) as (reader, desk):
        waiting = queue_of(reader.engine, reader.publication).head(most)
        desk.looked(_pairs(waiting), _at_the_keyboard())
    print_csv(waiting)


@review.command("show")
def review_show(prisoner_number: str, cid_person_id: str, as_of: AsOf) -> None:
    """Print a pair: both records side by side and the evidence, comparison by comparison."""
    from jobs.commands.review.review_text import side_by_side
    from jobs.review.consequences import chosen, queue_of
    from jobs.review.records import open_landings, with_records

    with _publication(as_of.date()) as (reader, desk):
        found = chosen(
            queue_of(reader.engine, reader.publication),
            prisoner_number=prisoner_number,
            cid_person_id=cid_person_id,
        )
        desk.looked(_pairs(found), _at_the_keyboard())
        whole = with_records(found, open_landings(reader.publication, folder=desk.landings))
    typer.echo("\n".join(side_by_side(whole.iloc[0])))


@review.command("export")
def review_export(
    path: Annotated[Path, typer.Argument(help="The workbook to write, .xlsx.")],
    as_of: AsOf,
    most: Most = 5_000,
) -> None:
    """Write the queue as a workbook to decide in: personal data, readable by its owner only."""
    from jobs.commands.review.review_workbook import WARNING, write_review
    from jobs.review.consequences import queue_of
    from jobs.review.records import open_landings, with_records

    with _publication(as_of.date()) as (reader, desk):
        waiting = queue_of(reader.engine, reader.publication)
        head = waiting.head(most)
        desk.looked(_pairs(head), _at_the_keyboard())
        shown = with_records(head, open_landings(reader.publication, folder=desk.landings))
    write_review(shown, path)
    typer.echo(f"{len(shown)} of {len(waiting)} pairs that wait are in {path}")
    typer.echo(WARNING)


@review.command("import")
def review_import(
    path: Annotated[Path, typer.Argument(help="The workbook, with judgements filled in.")],
    as_of: AsOf,
) -> None:
    """Record every decision of a workbook, all or none; they hold from the next night on."""
    from jobs.commands.review.review_workbook import decisions_in, read_review, refuse_strangers
    from jobs.contract import results
    from jobs.review.second_look import SecondLook

    decisions = decisions_in(read_review(path), where=f"workbook [{path.name}]")
    with _publication(as_of.date()) as (reader, desk):
        refuse_strangers(decisions, reader.table(results.IDENTITIES))
        with _chain_shown():
            numbers = desk.record(decisions, _at_the_keyboard())
        seconds = SecondLook(desk=desk).seconds(numbers)
    typer.echo(f"{len(numbers)} decisions recorded; they hold from the next night on")
    if seconds:
        listed = ", ".join(str(number) for number in sorted(seconds))
        typer.echo(f"but for {len(seconds)} that wait for a second person: {listed}")


@review.command("decide")
def review_decide(
    prisoner_number: str,
    cid_person_id: str,
    judgement: Annotated[
        str, typer.Argument(help="must_link, must_not_link, or cannot_tell: for another reviewer")
    ],
    reviewer: Annotated[str, typer.Option(help="Who decides.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    look: Annotated[
        bool, typer.Option("--look", help="Say what it would change, and record nothing.")
    ] = False,
) -> None:
    """Record a decision on a pair; it holds from the next night on and always wins.

    One by which somebody could come off a list waits for a second person.
    """
    from jobs.review.second_look import SecondLook
    from jobs.warehouse import CANNOT_TELL, Decision

    word = Decision(
        prisoner_number=prisoner_number,
        cid_person_id=cid_person_id,
        judgement=judgement,
        reviewer=reviewer,
        reason=reason,
    )
    with _desk() as desk, _chain_shown():
        if look:
            typer.echo("\n".join(SecondLook(desk=desk).effect(word).lines))
            return
        (number,) = desk.record({"the decision": word}, _at_the_keyboard())
        typer.echo("\n".join(SecondLook(desk=desk).effect(word).lines))
        second = SecondLook(desk=desk).seconds([number]).get(number)
    if second is not None:
        follows = _waits_for_second(number, second)
    elif judgement == CANNOT_TELL:
        follows = "the pair stays in the queue, for another reviewer"
    else:
        follows = "it holds from the next night on"
    typer.echo(f"decision {number} recorded; {follows}")


@review.command("confirm")
def review_confirm(
    decision: Annotated[int, typer.Argument(help="The number of another's decision.")],
    reason: Annotated[
        str, typer.Option(help="Why; without one, it is shown and nothing happens.")
    ] = "",
) -> None:
    """Confirm another's decision that waits for a second person, or look at it first.

    Who confirms is who is logged in, and never who decided. To refuse it: review withdraw.
    """
    from jobs.commands.review.review_text import decided_line
    from jobs.review.second_look import SecondLook

    with _desk() as desk, _chain_shown():
        by = _at_the_keyboard()
        waiting, effect = SecondLook(desk=desk).awaiting(decision, by)
        typer.echo("\n".join([decided_line(waiting), *effect.lines]))
        if not reason.strip():
            typer.echo(f"Nothing is confirmed yet: review confirm {decision} --reason REASON")
            return
        SecondLook(desk=desk).confirm(decision, reason=reason, by=by)
    typer.echo(f"decision {decision} confirmed; it holds from the next night on")


@review.command("decisions")
def review_decisions(
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Only those that wait for a second person.")
    ] = False,
) -> None:
    """Print every decision, the newest first: who decided and confirmed it, when and why."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import all_decisions

    with warehouse(load_settings()) as engine:
        print_csv(all_decisions(engine, is_pending=waiting))


@review.command("withdraw")
def review_withdraw(
    decision: Annotated[int, typer.Argument(help="The decision's number.")],
    by: Annotated[str, typer.Option(help="Who withdraws it.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Withdraw a decision: the model decides on the pair again from the next night on.

    Where somebody could come off a list by it, that waits for a second person.
    """
    from jobs.review.second_look import SecondLook

    with _desk() as desk:
        asked = desk.withdraw(decision, named=by, reason=reason, by=_at_the_keyboard())
        second = {} if asked is None else SecondLook(desk=desk).seconds([asked])
    for number, wanted in second.items():
        typer.echo(
            f"decision {decision} holds on; its withdrawal is decision {number}, and "
            f"{_waits_for_second(number, wanted)}"
        )


@review.command("audit")
def review_audit(
    person: Annotated[
        str | None, typer.Option(help="A prison number or an immigration person.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who looked or decided.")] = None,
) -> None:
    """Print who looked at whose records, and did what with them, the newest entry first."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import audit_entries

    with warehouse(load_settings()) as engine:
        print_csv(audit_entries(engine, person=person, by=by))


def _waits_for_second(number: int, wanted: str) -> str:
    return (
        f"it waits for a second person ({wanted}): somebody else must run, by his own login, "
        f"review confirm {number}"
    )


@contextmanager
def _desk() -> "Iterator[Desk]":
    from jobs.operate.databases import warehouse
    from jobs.review.desk import Desk
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        yield Desk(engine=engine, landings=settings.data_dir / "landing")


@contextmanager
def _publication(as_of: date) -> "Iterator[tuple[PublicationReader, Desk]]":
    """The current publication of a date, and the desk of whoever reads it."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.review.desk import Desk
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with PublicationReader.of(as_of, settings) as reader:
        yield reader, Desk(engine=reader.engine, landings=settings.data_dir / "landing")


def _pairs(waiting: "pd.DataFrame") -> list[tuple[str, str]]:
    from jobs.review.consequences import PAIR

    return list(waiting[list(PAIR)].itertuples(index=False, name=None))


def _at_the_keyboard() -> "Reviewer":
    """Who is logged in to this machine: no typed name is taken for it.

    The database holds to it on the embedded server, and elsewhere to its own user.
    """
    from jobs.runtime.machine_user import machine_user
    from jobs.warehouse import Reviewer

    return Reviewer(name=machine_user(), channel="command line")


@contextmanager
def _chain_shown() -> Iterator[None]:
    """Show the reviewer the decisions that contradict each other; the error names none of them."""
    from jobs.warehouse import Contradiction

    try:
        yield
    except Contradiction as error:
        typer.echo("\n".join(error.chain_lines))
        raise
