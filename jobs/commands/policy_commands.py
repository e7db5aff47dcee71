"""Commands on the rules by date, and on what a site changes of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.commands.options import Day
from jobs.runtime.errors import BadInput

if TYPE_CHECKING:
    import sqlalchemy as sa

    from jobs.assess import Policy
    from jobs.operate.site_rules.effect_on_lists import EffectShown
    from jobs.runtime.settings import Settings
    from jobs.warehouse.ledgers.override_ledger import RegisteredOverride

policy = typer.Typer(help="The rules by date, and what the site changes of them.")
Number = Annotated[int, typer.Argument(help="The number of the change.")]
Reason = Annotated[str, typer.Option(help="Why.")]


@policy.callback(invoke_without_command=True)
def policy_on(
    context: typer.Context,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help="Print the rules in force on a day."),
    ] = None,
) -> None:
    """Print the rules in force on a day, or (diff) what changed between two days."""
    from jobs.assess import rules_in_force

    if on is not None:
        typer.echo(rules_in_force(policy=_rules_here(on.date()), day=on.date()), nl=False)
    elif context.invoked_subcommand is None:
        raise BadInput("policy", "no day given", "use policy --on DATE, or policy diff DATE DATE")


@policy.command("diff")
def policy_diff(before: Annotated[datetime, Day], after: Annotated[datetime, Day]) -> None:
    """Print what changed in the rules between two days."""
    from jobs.assess import rules_changed

    rules = _rules_here(after.date())
    text = rules_changed(policy=rules, before=before.date(), after=after.date())
    typer.echo(text, nl=False)


@policy.command("propose")
def policy_propose(
    file: Annotated[
        Path | None,
        typer.Argument(help="A TOML file of changes; without one, that of the settings."),
    ] = None,
) -> None:
    """Register every change of a file that is not registered yet; each waits for a second person.

    Who registers is who is logged in. The owner that a change names is a note beside it.
    """
    from jobs.assess import entry_of
    from jobs.operate.site_rules.rules_of_night import wanted_overrides
    from jobs.warehouse.ledgers.override_ledger import register_override

    with _ledger() as (settings, engine):
        chosen = file or settings.policy_overrides
        if chosen is None:
            raise BadInput("policy propose", "no file given", "give one, or set policy_overrides")
        known = _open_entries(engine)
        entries = [entry_of(placed.override) for placed in wanted_overrides(chosen)]
        fresh = [entry for entry in dict.fromkeys(entries) if entry not in known]
        for entry in fresh:
            _waits(settings, engine, register_override(engine, entry=entry))
    if not fresh:
        typer.echo("Nothing new: every change of the file is registered.")


@policy.command("propose-exceptions")
def policy_propose_exceptions(
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The night for which the file is read; today."),
    ] = None,
) -> None:
    """Register every exception from a check that is not registered yet; each waits likewise.

    They are those of `expectations/overrides.toml`, in the words of the file: one that is changed
    there is registered anew. Until a second person confirms it, its check is asked without it.
    """
    from expectations import suite
    from jobs.check import exceptions_of
    from jobs.operate.site_rules.exceptions_of_night import exception_entry
    from jobs.warehouse.ledgers.override_ledger import register_override

    day = as_of.date() if as_of is not None else date.today()  # noqa: DTZ011 - the site's day
    with _ledger() as (settings, engine):
        wanted = exceptions_of(suite(), as_of=day)
        known = _open_entries(engine)
        entries = [exception_entry(each) for _, each in sorted(wanted.items())]
        fresh = [entry for entry in entries if entry not in known]
        for entry in fresh:
            _waits(settings, engine, register_override(engine, entry=entry))
    if not fresh:
        typer.echo("Nothing new: every exception of the file is registered.")


@policy.command("confirm")
def policy_confirm(
    number: Number,
    reason: Annotated[
        str, typer.Option(help="Why; without one, it is shown and nothing happens.")
    ] = "",
) -> None:
    """Confirm another's change of the rules, or the end of one, or look at it first.

    Who confirms is who is logged in, and never who registered or asked. To refuse: policy refuse.
    """
    from jobs.warehouse.ledgers.override_ledger import confirm_override

    with _ledger() as (settings, engine):
        waiting = _chosen(engine, number)
        effect = _effect(settings, engine, waiting)
        typer.echo("\n".join([_line(waiting), effect.said]))
        if not reason.strip():
            typer.echo(f"Nothing is confirmed yet: policy confirm {number} --reason REASON")
            return
        done = confirm_override(engine, number, reason=reason, shown=effect.measured)
    typer.echo(f"change {number} confirmed: it {done.state} from the next night on")


@policy.command("refuse")
def policy_refuse(number: Number, reason: Reason) -> None:
    """Refuse a change that waits for a second person, or the end of one that holds."""
    from jobs.warehouse.ledgers.override_ledger import refuse_override

    with _ledger() as (_, engine):
        done = refuse_override(engine, number, reason=reason)
    typer.echo(f"change {number}: {done.state}")


@policy.command("withdraw")
def policy_withdraw(number: Number, reason: Reason) -> None:
    """Ask that a change of the rules ends: a second person must agree, as to its beginning."""
    from jobs.warehouse.ledgers.override_ledger import withdraw_override

    with _ledger() as (settings, engine):
        done = withdraw_override(engine, number, reason=reason)
        if done.state.is_in_force:
            typer.echo(_effect(settings, engine, done).said)
    if done.state.is_in_force:
        typer.echo(
            f"change {number} holds on; its end waits for a second person: somebody else must run, "
            f"by his own login, policy confirm {number}"
        )
    else:
        typer.echo(f"change {number} taken back before it held")


@policy.command("list")
def policy_list() -> None:
    """Print every change of the rules that was ever registered, and who stands for it."""
    import pandas as pd

    from jobs.commands.terminal_csv import print_csv
    from jobs.warehouse.ledgers.override_ledger import registered_overrides

    with _ledger() as (_, engine):
        rows = [
            {
                "number": each.number,
                "state": each.state.value,
                "rule": each.rule_id,
                "change": each.entry,
                "owner": each.owner,
                "reason": each.reason,
                "expires": each.expires,
                "registered_by": each.registered_by,
                "registered_at": each.registered_at,
                "confirmed_by": each.confirmed_by,
                "confirmed_at": each.confirmed_at,
                "people_off": each.confirmed.people_off if each.confirmed else None,
                "people_on": each.confirmed.people_on if each.confirmed else None,
                "last_word_by": each.last_by,
                "last_word": each.last_reason,
            }
            for each in registered_overrides(engine)
        ]
    names = list(rows[0]) if rows else ["number", "state", "rule", "change", "owner", "reason"]
    print_csv(pd.DataFrame(rows, columns=names))


def _open_entries(engine: "sa.Engine") -> set[str]:
    """What is registered and holds or waits, as the ledger says it."""
    from jobs.warehouse.ledgers.override_ledger import registered_overrides

    return {
        each.entry
        for each in registered_overrides(engine)
        if each.state.is_in_force or each.state == "waits"
    }


def _waits(settings: "Settings", engine: "sa.Engine", number: int) -> None:
    """Say what was registered, what it does, and who must confirm it."""
    made = _chosen(engine, number)
    typer.echo("\n".join([_line(made), _effect(settings, engine, made).said]))
    typer.echo(
        f"change {number} registered; it waits for a second person: somebody else must "
        f"run, by his own login, policy confirm {number}"
    )


def _line(each: "RegisteredOverride") -> str:
    return (
        f"Change {each.number} of the rule {each.rule_id} ({each.state}): {each.entry} Registered "
        f"by {each.registered_by}."
    )


def _effect(settings: "Settings", engine: "sa.Engine", each: "RegisteredOverride") -> "EffectShown":
    from jobs.operate.site_rules.effect_on_lists import EffectShown, effect_on_lists
    from jobs.operate.site_rules.exceptions_of_night import is_exception
    from jobs.operate.site_rules.rules_of_night import SiteChange

    if is_exception(each.entry):
        return EffectShown(said=_effect_of_exception(engine, each.rule_id))
    change = SiteChange(override_key=str(each.number), state="APPLIED", entry=each.entry)
    landings = settings.data_dir / "landing"
    return effect_on_lists(engine, change, landings=landings, ends=each.state.is_in_force)


def _effect_of_exception(engine: "sa.Engine", check: str) -> str:
    """What letting a check pass does: nothing is measured, for nobody knows what will fail.

    Raises:
        BadInput: it names no check, so that it would only end what stands under that name.
    """
    from expectations import suite
    from jobs.check.rules import row_rules
    from jobs.contract import results
    from jobs.warehouse import latest_publication, read_table

    known = {each.id for each in suite().checks} | {each.id for each in row_rules()}
    if check not in known:
        raise BadInput(f"exception of [{check}]", "there is no such check", "refuse it")
    said = (
        f"While it holds, a failure of the check {check} neither stops a night nor weakens it, and "
        "a delivery that is cut or wrong in that way is published."
    )
    last = latest_publication(engine)
    if last is None:
        return f"{said} Nothing has been published yet."
    found = read_table(engine, last.publication_id, results.CHECK_RESULTS.full_name)
    asked = found[found["check_id"].eq(check)]
    failed = bool((~asked["passed"].astype("bool")).any())
    told = "it was not asked" if asked.empty else "it failed" if failed else "it held"
    return f"{said} On the last published night, {last.as_of}, {told}."


def _chosen(engine: "sa.Engine", number: int) -> "RegisteredOverride":
    from jobs.warehouse.ledgers.override_ledger import registered_overrides

    for each in registered_overrides(engine):
        if each.number == number:
            return each
    raise BadInput(f"change [{number}]", "there is none of this number", "see: policy list")


def _rules_here(night: date) -> "Policy":
    """The rules by which a night would be assessed here; as shipped where there was none yet."""
    from jobs.assess import load_policy
    from jobs.operate.site_rules.rules_of_night import site_rules
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    if not settings.warehouse and not (settings.data_dir / "postgres").exists():
        return load_policy()
    with _ledger() as (_, engine):
        return site_rules(engine, file=None, as_of=night).policy


@contextmanager
def _ledger() -> "Iterator[tuple[Settings, sa.Engine]]":
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        yield settings, engine
