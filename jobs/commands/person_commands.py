"""``person``: what is held of one person, that it goes, and legal holds, which forbid it."""

from typing import Annotated

import typer

person = typer.Typer(help="What is held of one person; erase it; legal holds.")
Number = Annotated[str, typer.Argument(help="A number of the person in either register.")]
By = Annotated[str, typer.Option(help="Who says so.")]
Why = Annotated[str, typer.Option(help="Why.")]


@person.command("show")
def person_show(number: Number) -> None:
    """List every place that holds something of a person: counts, no value."""
    from jobs.operate.databases import warehouse
    from jobs.operate.persons.erasure import ELSEWHERE, held_of
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        for holding in held_of(number, engine=engine, settings=settings):
            typer.echo(str(holding))
    typer.echo(ELSEWHERE)


@person.command("erase")
def person_erase(number: Number) -> None:
    """Take a person out of every place; figures and bridges stay. It cannot be undone."""
    from jobs.operate.databases import warehouse
    from jobs.operate.persons.erasure import ELSEWHERE, erase
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        for holding in erase(number, engine=engine, settings=settings):
            typer.echo(f"erased from {holding}")
    typer.echo(ELSEWHERE)


@person.command("hold")
def person_hold(number: Number, by: By, why: Why) -> None:
    """Place a legal hold: the person is not erased until it is lifted."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse.ledgers.holds import place_hold

    with warehouse(load_settings()) as engine:
        typer.echo(f"hold {place_hold(engine, person_id=number, by=by, reason=why)}")


@person.command("release")
def person_release(number: Number, by: By, why: Why) -> None:
    """Lift every legal hold on a person."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse.ledgers.holds import lift_hold

    with warehouse(load_settings()) as engine:
        lift_hold(engine, person_id=number, by=by, reason=why)
    typer.echo("lifted")
