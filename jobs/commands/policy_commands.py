"""Commands on the rules by date."""

from datetime import datetime
from typing import Annotated

import typer

from jobs.commands.options import Day
from jobs.runtime.errors import BadInput

policy = typer.Typer(help="The rules by date.")


@policy.callback(invoke_without_command=True)
def policy_on(
    context: typer.Context,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Print the rules in force on a day."),
    ] = None,
) -> None:
    """Print the rules in force on a day, or (diff) what changed between two days."""
    from jobs.assess import load_policy, rules_in_force
    from jobs.runtime.settings import load_settings

    if on is not None:
        rules = load_policy(overrides=load_settings().policy_overrides)
        typer.echo(rules_in_force(policy=rules, day=on.date()), nl=False)
    elif context.invoked_subcommand is None:
        raise BadInput("policy", "no day given", "use policy --on DATE, or policy diff DATE DATE")


@policy.command("diff")
def policy_diff(before: Annotated[datetime, Day], after: Annotated[datetime, Day]) -> None:
    """Print what changed in the rules between two days."""
    from jobs.assess import load_policy, rules_changed
    from jobs.runtime.settings import load_settings

    rules = load_policy(overrides=load_settings().policy_overrides)
    text = rules_changed(policy=rules, before=before.date(), after=after.date())
    typer.echo(text, nl=False)
