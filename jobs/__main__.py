"""The command line, assembled: every step without Airflow. ``python -m jobs --help`` lists it.

Exit codes: 0 done, 2 bad input or a failed gate (one line says what, where and what to do; nothing
was published), 3 published but its pages are not in place, 1 a fault of this software (one line
says in which file its place is).
"""

import logging
import sys
from pathlib import Path

import typer

from jobs.commands import (
    backfill_command,
    email_commands,
    fresh_command,
    link_commands,
    night_commands,
    outbox_commands,
    person_commands,
    policy_commands,
    runs_command,
    synthetic_commands,
)
from jobs.commands.administration import administration_commands, recovery_commands
from jobs.commands.model import model_commands
from jobs.commands.proof import (
    assurance_commands,
    known_commands,
    planted_commands,
    trial_commands,
)
from jobs.commands.publications import notice_commands, publication_commands
from jobs.commands.review import acknowledge_commands, review_commands
from jobs.runtime.airflow_connections import AirflowConnection, look_up_with
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.files import keep_private
from jobs.runtime.redaction import CRASHED, crash_line

app = typer.Typer(
    help="Nightly reconciliation of the prison and immigration registers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (
    administration_commands.setup_check,
    synthetic_commands.world,
    synthetic_commands.replay,
    synthetic_commands.score,
    night_commands.night,
    night_commands.place,
    night_commands.summary,
    planted_commands.planted,
    fresh_command.fresh,
    runs_command.runs,
    backfill_command.backfill,
    email_commands.emails,
    publication_commands.figures,
    publication_commands.actions,
    publication_commands.cases,
    publication_commands.explain,
    publication_commands.movement,
    known_commands.as_known,
    publication_commands.capacity,
    link_commands.link,
    administration_commands.docs,
    administration_commands.roles,
    administration_commands.retention,
    recovery_commands.backup,
    recovery_commands.restore,
    recovery_commands.downgrade,
    administration_commands.stop,
):
    app.command(command.__name__.replace("_", "-"))(command)
app.command("airflow", context_settings=administration_commands.PASSED_ON)(
    administration_commands.airflow
)
app.add_typer(publication_commands.publications, name="publications")
app.add_typer(notice_commands.notices, name="notices")
app.add_typer(outbox_commands.outbox, name="outbox")
app.add_typer(person_commands.person, name="person")
policy_commands.policy.command("try")(trial_commands.policy_try)
app.add_typer(policy_commands.policy, name="policy")
app.add_typer(review_commands.review, name="review")
app.add_typer(acknowledge_commands.ack, name="ack")
app.add_typer(assurance_commands.assurance, name="assurance")
app.add_typer(model_commands.train, name="train")


def look_up(conn_id: str) -> AirflowConnection | None:
    """A connection of Airflow that a setting names; imports what it needs only then."""
    from jobs.commands.administration.airflow_metadata import look_up

    return look_up(conn_id)


def main() -> None:
    """Run the command line."""
    keep_private()
    look_up_with(look_up)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("jobs").setLevel(logging.INFO)
    try:
        app()
    except BadInput as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)
    except NotPlaced as error:
        typer.echo(f"warning: {error}", err=True)
        sys.exit(3)
    except Exception as error:  # noqa: BLE001 - its text may hold a row: told by its place
        typer.echo(f"error: {crash_line(error, data_dir=_data_dir())}", err=True)
        sys.exit(CRASHED)


def _data_dir() -> Path | None:
    """Where files are kept; None where the settings cannot say."""
    from jobs.runtime.settings import load_settings

    try:
        return load_settings().data_dir
    except BadInput:
        return None


if __name__ == "__main__":
    main()
