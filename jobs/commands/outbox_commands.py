"""``outbox``: the emails that were stored, what became of each, and one sent again."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

outbox = typer.Typer(help="Emails as stored: list, show, and send one again.")
Number = Annotated[int, typer.Argument(help="The message's number.")]


class State(StrEnum):
    """The states of a message."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"


@outbox.command("list")
def outbox_list(
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="One night only.")
    ] = None,
    state: Annotated[list[State] | None, typer.Option(help="Only these states.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Sent and withdrawn ones too.")] = False,
) -> None:
    """Print the messages that are not sent, or all: number, night, state, and what was said."""
    from jobs.notify import outbox_entries
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    states = [one.value for one in state or ()]
    if not states and not everything:
        states = [State.PENDING, State.SENDING, State.REFUSED, State.UNKNOWN]
    with warehouse(load_settings()) as engine:
        entries = outbox_entries(engine, as_of=as_of.date() if as_of else None, states=states)
    for entry in entries:
        typer.echo(
            f"{entry.outbox_id}  {entry.as_of}  {entry.state}  {entry.kind}  at {entry.domain}  "
            f"since {entry.state_changed_at:%Y-%m-%d %H:%M}  {entry.last_error}".rstrip()
        )
    if not entries:
        typer.echo("Nothing waits, and nothing was refused." if states else "The outbox is empty.")


@outbox.command("show")
def outbox_show(number: Number) -> None:
    """Print one message: what became of it, and what it says; never an attachment."""
    from email import message_from_bytes, policy

    from jobs.notify import outbox_entries
    from jobs.operate.databases import warehouse
    from jobs.runtime.errors import BadInput
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        entries = outbox_entries(engine, outbox_id=number)
    if not entries:
        raise BadInput(f"message [{number}]", "not in the outbox", "take a number of: outbox list")
    entry = entries[0]
    typer.echo(f"{entry.subject}\n{entry.state}, {entry.attempts} attempts. {entry.last_error}\n")
    body = message_from_bytes(entry.message, policy=policy.default).get_body(("plain",))
    typer.echo("" if body is None else body.get_content())


@outbox.command("resend")
def outbox_resend(
    number: Number,
    by: Annotated[
        str, typer.Option(help="Who answers for it; needed if its fate is unknown.")
    ] = "",
    why: Annotated[str, typer.Option(help="Why; needed if its fate is unknown.")] = "",
) -> None:
    """Send a message again that was refused, or whose fate is unknown: that one may come twice."""
    from jobs.operate.emails import resend_email
    from jobs.runtime.settings import load_settings

    typer.echo(resend_email(outbox_id=number, by=by, why=why, settings=load_settings()))
