"""The command line: every step without Airflow. ``python -m jobs --help`` lists the commands.

Exit codes: 0 done, 2 bad input or a failed gate (one line says what, where and what to do; nothing
was published), 1 anything else.
"""

import logging
import sys
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jobs.commands import mailing
from jobs.commands import synthetic as invented
from jobs.commands.model import training
from jobs.commands.options import AsOf, Day
from jobs.commands.review import reviewing
from jobs.runtime.errors import BadInput

app = typer.Typer(
    help="Nightly reconciliation of the prison and immigration registers.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(reviewing.review, name="review")
app.add_typer(training.train, name="train")
app.command()(reviewing.ack)
app.command()(mailing.emails)
policy = typer.Typer(help="The rules by date.")
app.add_typer(policy, name="policy")
published = typer.Typer(help="What was published: list, show, and differences.")
app.add_typer(published, name="publications")


class TableFormat(StrEnum):
    """How `figures` prints."""

    TABLE = "table"
    JSON = "json"


class ListFormat(StrEnum):
    """How `cases` prints."""

    CSV = "csv"
    JSON = "json"


class CaseList(StrEnum):
    """The lists that `cases` knows."""

    MISSED = "missed"
    DUE = "due"
    BACKLOG = "backlog"


@app.command("setup-check")
def setup_check() -> None:
    """Check that this machine and these settings can run a night."""
    from jobs.commands.setup import setup_findings

    findings = setup_findings()
    for finding in findings:
        typer.echo(f"{'ok  ' if finding.passed else 'FAIL'}  {finding.name}: {finding.detail}")
    if not all(finding.passed for finding in findings):
        raise typer.Exit(2)


app.command()(invented.world)
app.command()(invented.replay)
app.command()(invented.score)


@app.command()
def night(
    as_of: AsOf,
    prison: Annotated[str | None, typer.Option(help="Prison register: URL or folder.")] = None,
    immigration: Annotated[
        str | None, typer.Option(help="Immigration register: URL or folder.")
    ] = None,
    fetch_again: Annotated[
        bool, typer.Option("--fetch-again", help="Read the registers even if this date is landed.")
    ] = False,
    publish_despite: Annotated[
        list[str] | None,
        typer.Option(help="Id of a failed critical check that a person answers for."),
    ] = None,
    by: Annotated[str, typer.Option(help="Who answers for it.")] = "",
    why: Annotated[str, typer.Option(help="Why it is published all the same.")] = "",
) -> None:
    """Run every step of one night without Airflow, and publish."""
    from jobs.commands.summary import summary_lines
    from jobs.night import Night, run_night
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import override_of

    given = {"prison": prison, "immigration": immigration}
    settings = load_settings(**{name: value for name, value in given.items() if value})
    run = Night(
        as_of=as_of.date(),
        label="command line",
        settings=settings,
        despite=override_of(rules=publish_despite or (), by=by, reason=why),
    )
    run_night(run, fetch_again=fetch_again)
    for line in summary_lines(as_of=as_of.date(), settings=settings):
        typer.echo(line)


@app.command()
def retention(
    keep_days: Annotated[
        int | None, typer.Option(help="Days to keep; by default as the setting says.")
    ] = None,
) -> None:
    """Remove case lists and quarantine of nights past the retention period; figures stay."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import remove_old

    settings = load_settings(**({} if keep_days is None else {"keep_days": keep_days}))
    if settings.keep_days is None:
        raise BadInput(
            "setting [keep_days]", "everything is kept for good", "set it, or --keep-days"
        )
    with warehouse(settings) as engine:
        removed = remove_old(engine, keep_days=settings.keep_days)
    for name in removed:
        typer.echo(f"removed {name}")
    typer.echo(f"{len(removed)} parts removed.")


@app.command()
def roles() -> None:
    """Create the warehouse's roles: writer, reader, reviewer, quality; give each its rights."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import create_roles
    from jobs.warehouse.ddl.roles import PURPOSES

    with warehouse(load_settings()) as engine:
        create_roles(engine)
    for role, purpose in PURPOSES.items():
        typer.echo(f"{role}  {purpose}")
    typer.echo("Grant them to the users who log in: GRANT reconciliation_reader TO somebody;")


@app.command()
def summary(as_of: AsOf) -> None:
    """Print the headline of a date's current publication and where to look next."""
    from jobs.commands.summary import summary_lines
    from jobs.runtime.settings import load_settings

    for line in summary_lines(as_of=as_of.date(), settings=load_settings()):
        typer.echo(line)


@app.command()
def figures(
    as_of: AsOf,
    output: Annotated[TableFormat, typer.Option("--format")] = TableFormat.TABLE,
    as_published_on: Annotated[
        str | None,
        typer.Option(help="Date or time: the figures as they stood then, superseded or not."),
    ] = None,
) -> None:
    """Print the figures of a date's current publication, each with its range."""
    from jobs.commands.publications import moment
    from jobs.commands.readers import Reader
    from jobs.runtime.settings import load_settings

    at = None if as_published_on is None else moment(as_published_on)
    with Reader.of(as_of.date(), load_settings(), at=at) as reader:
        typer.echo(
            reader.figures_json() if output is TableFormat.JSON else reader.figures_table(),
            nl=False,
        )


@app.command()
def cases(
    as_of: AsOf,
    which: Annotated[CaseList, typer.Option("--list", help="Which list.")],
    output: Annotated[ListFormat, typer.Option("--format")] = ListFormat.CSV,
) -> None:
    """Print a case list of a date's current publication: references only, no names."""
    from jobs.commands.readers import Reader
    from jobs.runtime.settings import load_settings

    with Reader.of(as_of.date(), load_settings()) as reader:
        frame = reader.cases(which.value)
        if output is ListFormat.CSV:
            frame.to_csv(sys.stdout, index=False, date_format="%Y-%m-%d")
        else:
            frame.to_json(sys.stdout, orient="records", date_format="iso", indent=1)
            typer.echo()


@app.command()
def explain(
    episode_id: Annotated[str, typer.Argument(help="The custody episode.")],
    as_of: AsOf,
) -> None:
    """Say in plain English why an episode has its status: rules, facts and source rows."""
    from jobs.commands.readers import Reader
    from jobs.runtime.settings import load_settings

    with Reader.of(as_of.date(), load_settings()) as reader:
        typer.echo(reader.explain(episode_id))


@app.command()
def movement(
    as_of: AsOf,
    against: Annotated[
        str | None, typer.Option(help="A date, or the id of a publication, to compare with.")
    ] = None,
    cases: Annotated[bool, typer.Option("--cases", help="List every episode, as CSV.")] = False,
    output: Annotated[TableFormat, typer.Option("--format")] = TableFormat.TABLE,
) -> None:
    """Print why each figure moved: opening, causes, closing; by default as it was published."""
    from jobs.commands import publications as p
    from jobs.commands.readers import Reader
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with Reader.of(as_of.date(), settings) as reader:
        after = reader.publication
        moved = p.published_movement(reader.engine, after)
        if against is not None:
            before = p.find_publication(reader.engine, against)
            moved = p.moved_between(reader.engine, before=before, after=after, settings=settings)
    if cases:
        p.write_cases(moved, sys.stdout)
    else:
        as_json = output is TableFormat.JSON
        typer.echo(p.movement_json(moved) if as_json else p.movement_text(moved), nl=as_json)


@published.command("list")
def publications_list(
    as_of: Annotated[
        datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="One date only.")
    ] = None,
) -> None:
    """Print every publication, superseded ones too, in order of publishing."""
    from jobs.commands.publications import list_text
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        typer.echo(list_text(engine, as_of=as_of.date() if as_of else None), nl=False)


@published.command("show")
def publications_show(
    name: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
) -> None:
    """Print what went into a publication and its figures."""
    from jobs.commands.publications import find_publication, show_text
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    with warehouse(load_settings()) as engine:
        typer.echo(show_text(engine, find_publication(engine, name)), nl=False)


@published.command("diff")
def publications_diff(
    before: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
    after: Annotated[str, typer.Argument(help="Id, its beginning, or a date.")],
) -> None:
    """Print which inputs and figures of two publications differ, and the movement between them."""
    from jobs.commands.publications import diff_text, find_publication
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with warehouse(settings) as engine:
        one, other = (find_publication(engine, name) for name in (before, after))
        typer.echo(diff_text(engine, before=one, after=other, settings=settings), nl=False)


@app.command()
def link(
    left: Annotated[Path, typer.Argument(help="Person file, CSV or Parquet.")],
    right: Annotated[Path, typer.Argument(help="Person file to link it with.")],
    output: Annotated[Path, typer.Option(help="Where the links go, CSV or Parquet.")],
) -> None:
    """Link any two person files without labels: probability, outcome and evidence of each pair."""
    from jobs.link import link_files

    link_files(left=left, right=right, output=output)


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


@app.command()
def capacity(
    as_of: AsOf,
    staff: Annotated[float | None, typer.Option(help="Full-time equivalents at work.")] = None,
    weeks: Annotated[int, typer.Option(help="How far ahead.")] = 52,
) -> None:
    """Work the queue ahead: when it clears, and who is released before their turn comes."""
    from jobs.commands.readers import Reader
    from jobs.runtime.settings import load_settings

    with Reader.of(as_of.date(), load_settings()) as reader:
        for line in reader.capacity(staff=staff, weeks=weeks):
            typer.echo(line)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def airflow(context: typer.Context) -> None:
    """Run Airflow's own command line on this project's DAGs, with its database at hand."""
    from jobs.commands.airflow import airflow_environment, prepare_metadata, run_airflow
    from jobs.operate.databases import databases
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with databases(settings, embedded=True) as opened:
        environment = airflow_environment(settings=settings, url=opened.embedded("airflow"))
        prepare_metadata(settings=settings, environment=environment)
        code = run_airflow(context.args, environment=environment)
    raise typer.Exit(code)


@app.command()
def docs(
    check: Annotated[bool, typer.Option("--check", help="Fail if a page is out of date.")] = False,
) -> None:
    """Write the generated pages of docs/: data dictionary, figures, rules, quality rules."""
    from jobs.commands.docs import generated_pages, out_of_date

    if check:
        stale = out_of_date()
        if stale:
            raise BadInput(f"docs [{', '.join(stale)}]", "out of date", "run: make docs")
        return
    for path, content in generated_pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@app.command()
def stop() -> None:
    """Stop the embedded PostgreSQL server, if it runs."""
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import stop_embedded

    stop_embedded(load_settings().data_dir / "postgres")


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    logging.getLogger("jobs").setLevel(logging.INFO)
    try:
        app()
    except BadInput as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
