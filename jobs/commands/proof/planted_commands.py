"""The command that tries planted cases on a night again."""

import typer

from jobs.commands.options import AsOf
from jobs.runtime.errors import BadInput


def planted(as_of: AsOf) -> None:
    """Try planted cases on a published night again: who of them is found, by kind.

    Writes nothing. Exit code 2 where one was not found.
    """
    from jobs.contract.proof.failure_kinds import KINDS
    from jobs.operate.run.placing import published_run
    from jobs.planted import try_on
    from jobs.runtime.settings import load_settings

    cases = try_on(published_run(as_of=as_of.date(), settings=load_settings()))
    for kind, count in cases.planted.items():
        typer.echo(f"{cases.found[kind]:>3} of {count}  {KINDS[kind]}")
    typer.echo(f"{cases.line} {cases.sampled:,} people around them; {cases.seconds:.1f} s.")
    if cases.warnings:
        raise BadInput(
            f"night [{as_of:%Y-%m-%d}]",
            cases.warnings[0],
            "see which step or rule loses them: python -m jobs policy --on the night",
        )
