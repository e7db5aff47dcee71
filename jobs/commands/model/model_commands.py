"""Commands for linkage models: train one, list them, put one to use by a person's word."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.runtime.errors import BadInput

train = typer.Typer(help="Linkage models: train, compare, approve.", invoke_without_command=True)
Who = Annotated[str, typer.Option("--by", help="Who decides.")]
Why = Annotated[str, typer.Option("--why", help="The reason.")]
Version = Annotated[str, typer.Argument(help="The model's version.")]


@train.callback()
def train_now(
    context: typer.Context,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="The night to learn from."),
    ] = None,
    prison: Annotated[str | None, typer.Option(help="Prison register: URL or folder.")] = None,
    immigration: Annotated[
        str | None, typer.Option(help="Immigration register: URL or folder.")
    ] = None,
    version: Annotated[
        str | None, typer.Option(help="The model's name; by default night and data digest.")
    ] = None,
    worlds: Annotated[
        int, typer.Option(min=1, help="Invented worlds of each noise to measure on.")
    ] = 2,
    people: Annotated[int, typer.Option(help="People of each of these worlds.")] = 6_000,
) -> None:
    """Learn a model from a night's registers and measure it beside the one in use."""
    if context.invoked_subcommand is not None:
        return
    from jobs.commands.model.trainer import train_candidate
    from jobs.runtime.settings import load_settings

    if as_of is None:
        raise BadInput("train", "no night given", "use train --as-of DATE, or train --help")
    given = {"prison": prison, "immigration": immigration}
    settings = load_settings(**{name: value for name, value in given.items() if value})
    found = train_candidate(
        settings, as_of=as_of.date(), version=version, worlds=worlds, people=people
    )
    typer.echo("\n".join(found.lines))


@train.command("list")
def train_list() -> None:
    """Print the models that were trained here, and every approval."""
    import pandas as pd

    from jobs.operate.databases import warehouse
    from jobs.operate.model_registry import candidates, model_in_use
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import model_approvals, named

    settings = load_settings()
    with warehouse(settings) as engine:
        in_use, approvals = model_in_use(engine), model_approvals(engine)
    typer.echo(f"in use: {in_use.name}")
    typer.echo(f"trained here: {', '.join(candidates(settings)) or 'none yet'}")
    for row in approvals.to_dict("records"):
        withdrawn = named(row["deleted_by"], row["deletion_recorded_by"])
        state = "" if pd.isna(row["deleted_at"]) else f" (withdrawn by {withdrawn})"
        typer.echo(
            f"{row['approved_at']:%Y-%m-%d %H:%M} UTC  {row['model_version']}  "
            f"approved by {named(row['approved_by'], row['recorded_by'])}: "
            f"{row['reason']}{state}"
        )


@train.command("approve")
def train_approve(version: Version, by: Who, why: Why) -> None:
    """Put a model to use: nights link with it from the next run on."""
    from jobs.commands.model.trainer import approve
    from jobs.runtime.settings import load_settings

    typer.echo(f"in use from the next night on: {approve(load_settings(), version, by, why)}")


@train.command("withdraw")
def train_withdraw(version: Version, by: Who, why: Why) -> None:
    """Withdraw a model's approval: the one approved before it is in use again."""
    from jobs.operate.databases import warehouse
    from jobs.operate.model_registry import model_in_use
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import withdraw_model

    with warehouse(load_settings()) as engine:
        withdraw_model(engine, version=version, by=by, reason=why)
        typer.echo(f"in use from the next night on: {model_in_use(engine).name}")
