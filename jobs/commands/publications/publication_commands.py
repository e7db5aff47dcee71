"""Commands that read publications: figures, cases, explanations, movement, differences."""

import sys
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv

publications = typer.Typer(help="What was published: list, show, and differences.")


class TableFormat(StrEnum):
    """How `figures` prints."""

    TABLE = "table"
    JSON = "json"


class ListFormat(StrEnum):
    """How `cases` prints."""

    CSV = "csv"
    JSON = "json"


def figures(
    as_of: AsOf,
    output: Annotated[TableFormat, typer.Option("--format")] = TableFormat.TABLE,
    as_published_on: Annotated[
        str | None,
        typer.Option(help="Date or time: the figures as they stood then, superseded or not."),
    ] = None,
) -> None:
    """Print the figures of a date's current publication, each with its range."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.commands.publications.publication_texts import moment
    from jobs.runtime.settings import load_settings

    at = None if as_published_on is None else moment(as_published_on)
    with PublicationReader.of(as_of.date(), load_settings(), at=at) as reader:
        typer.echo(
            reader.figures_json() if output is TableFormat.JSON else reader.figures_table(),
            nl=False,
        )


def cases(
    as_of: AsOf,
    which: Annotated[
        str,
        typer.Option(
            "--list", metavar="NAME", help="Which list: missed, say; another word names them all."
        ),
    ],
    output: Annotated[ListFormat, typer.Option("--format")] = ListFormat.CSV,
) -> None:
    """Print a case list of a date's current publication: references only, no names."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        frame = reader.cases(which)
        if output is ListFormat.CSV:
            print_csv(frame)
        else:
            frame.to_json(sys.stdout, orient="records", date_format="iso", indent=1)
            typer.echo()


def actions(
    as_of: AsOf,
    prison: Annotated[list[str] | None, typer.Option(help="Code of a prison; repeat.")] = None,
    team: Annotated[list[str] | None, typer.Option(help="Name of a team; repeat.")] = None,
) -> None:
    """Print the next actions: who may leave within 7 days, then who is held past the date."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        for line in reader.actions(prisons=prison or (), teams=team or ()):
            typer.echo(line)


def explain(
    episode_id: Annotated[str, typer.Argument(help="The custody episode.")],
    as_of: AsOf,
) -> None:
    """Say in plain English why an episode has its status: rules, facts and source rows."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        typer.echo(reader.explain(episode_id))


def movement(
    as_of: AsOf,
    against: Annotated[
        str | None, typer.Option(help="A date, or the id of a publication, to compare with.")
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="List every episode, as CSV.")] = False,
    output: Annotated[TableFormat, typer.Option("--format")] = TableFormat.TABLE,
) -> None:
    """Print why each figure moved: opening, causes, closing; by default as it was published."""
    from jobs.commands.publications import publication_texts as texts
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with PublicationReader.of(as_of.date(), settings) as reader:
        after = reader.publication
        moved = texts.published_movement(reader.engine, after)
        if against is not None:
            before = texts.find_publication(reader.engine, against)
            moved = texts.moved_between(
                reader.engine, before=before, after=after, settings=settings
            )
    if cases:
        print_csv(moved.movement)
    else:
        as_json = output is TableFormat.JSON
        typer.echo(
            texts.movement_json(moved) if as_json else texts.movement_text(moved), nl=as_json
        )


@publications.command("list")
def publications_list(
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="One date only.")
    ] = None,
) -> None:
    """Print every publication, superseded ones too, in order of publishing."""
    from jobs.commands.publications.publication_texts import list_text
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        typer.echo(list_text(engine, as_of=as_of.date() if as_of else None), nl=False)


@publications.command("stale")
def publications_stale() -> None:
    """Print the nights whose predecessor changed since they were published; they can run again."""
    from jobs.commands.publications.publication_texts import stale_text
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        typer.echo(stale_text(engine), nl=False)


@publications.command("show")
def publications_show(
    name: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
) -> None:
    """Print what went into a publication and its figures."""
    from jobs.commands.publications.publication_texts import find_publication, show_text
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        typer.echo(show_text(engine, find_publication(engine, name)), nl=False)


@publications.command("diff")
def publications_diff(
    before: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
    after: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
) -> None:
    """Print which inputs and figures of two publications differ, and the movement between them."""
    from jobs.commands.publications.publication_texts import diff_text, find_publication
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        one, other = (find_publication(engine, name) for name in (before, after))
        typer.echo(diff_text(engine, before=one, after=other, settings=settings), nl=False)


def capacity(
    as_of: AsOf,
    staff: Annotated[float | None, typer.Option(help="Full-time equivalents at work.")] = None,
    weeks: Annotated[int, typer.Option(help="How far ahead.")] = 52,
) -> None:
    """Work the queue ahead: when it clears, and who is released before their turn comes."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        for line in reader.capacity(staff=staff, weeks=weeks):
            typer.echo(line)


@publications.command("verify")
def publications_verify(
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The rows of one date only."),
    ] = None,
) -> None:
    """Work every digest out anew from the rows; name what is not as it was published."""
    from jobs.operate.attestation import Attestation
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import publications as read_publications

    settings = load_settings()
    with warehouse(settings) as engine:
        chosen = read_publications(engine, as_of=as_of.date() if as_of else None)
        found = Attestation(settings=settings).alterations(engine, of=chosen)
    for alteration in found:
        typer.echo(str(alteration))
    if found:
        raise typer.Exit(1)
    typer.echo(f"{len(chosen)} publications are as they were published.")


@publications.command("accept")
def publications_accept(
    by: Annotated[str, typer.Option(help="Who answers for it.")],
    reason: Annotated[str, typer.Option(help="Why nights may go on upon it.")],
) -> None:
    """Answer for everything that `verify` names now, so that nights are published again."""
    from jobs.operate.attestation import Attestation
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import publications as read_publications

    settings = load_settings()
    with warehouse(settings) as engine:
        attestation = Attestation(settings=settings)
        found = attestation.alterations(engine, of=read_publications(engine))
        attestation.accept(found, by=by, reason=reason)
    for alteration in found:
        typer.echo(f"accepted: {alteration}")
