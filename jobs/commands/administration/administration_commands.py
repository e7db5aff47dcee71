"""Commands for who runs the system: check the machine, rights, retention, documents, servers."""

from typing import Annotated, Final

import typer

from jobs.runtime.errors import BadInput

PASSED_ON: Final = {"allow_extra_args": True, "ignore_unknown_options": True}
"""Settings of a command whose arguments belong to another program."""


def setup_check() -> None:
    """Check that this machine and these settings can run a night; looks, and makes nothing."""
    from jobs.commands.administration.finding import Outlook
    from jobs.commands.administration.machine_checks import setup_findings

    findings = setup_findings()
    for finding in findings:
        typer.echo(f"{finding.standing:4}  {finding.name}: {finding.detail}")
    if any(finding.standing is Outlook.FAIL for finding in findings):
        raise typer.Exit(2)


def retention(
    keep_days: Annotated[
        int | None, typer.Option(help="Days to keep; by default as the setting says.")
    ] = None,
) -> None:
    """Remove whatever speaks of persons and is past the retention period; figures stay.

    Case lists, quarantine and texts of emails in the warehouse; landings, folders of runs, pages,
    corrections, referral notices, emails and models that were never approved in the data folder.
    """
    from jobs.operate.databases import warehouse
    from jobs.operate.run.placing import remove_everywhere
    from jobs.runtime.settings import load_settings

    settings = load_settings(**({} if keep_days is None else {"keep_days": keep_days}))
    if settings.keep_days is None:
        raise BadInput(
            "setting [keep_days]", "everything is kept for good", "set it, or --keep-days"
        )
    with warehouse(settings) as engine:
        removed = remove_everywhere(engine, settings=settings, keep_days=settings.keep_days)
    for name in removed:
        typer.echo(f"removed {name}")
    typer.echo(f"{len(removed)} parts removed.")


def roles() -> None:
    """Create the warehouse's roles: writer, reader, reviewer, quality; give each its rights.

    Readers whom the recipients file limits to prisons or teams see no more in the views either: by
    their ``user``, which is also that of the database.
    """
    from jobs.notify import load_recipients
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import create_roles
    from jobs.warehouse.ddl.roles import PURPOSES
    from jobs.warehouse.ledgers.reader_scopes import set_scopes

    settings = load_settings()
    readers = load_recipients(settings.recipients) if settings.recipients else ()
    scopes = {
        reader.user: (reader.prisons, reader.teams)
        for reader in readers
        if reader.user and (reader.prisons or reader.teams)
    }
    with warehouse(settings) as engine:
        create_roles(engine)
        set_scopes(engine, scopes)
    for user in sorted(scopes):
        typer.echo(f"{user} sees a part of each case list")
    for role, purpose in PURPOSES.items():
        typer.echo(f"{role}  {purpose}")
    typer.echo("Grant them to the users who log in: GRANT reconciliation_reader TO somebody;")


def airflow(context: typer.Context) -> None:
    """Run Airflow's own command line on this project's DAGs, with its database at hand."""
    from jobs.commands.administration.airflow_cli import (
        airflow_environment,
        password_file,
        prepare_metadata,
        run_airflow,
    )
    from jobs.commands.administration.airflow_metadata import is_external, metadata_url
    from jobs.commands.administration.standalone import run_standalone
    from jobs.operate.databases import keep_embedded
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with metadata_url(settings) as url:
        environment = airflow_environment(settings=settings, url=url, arguments=context.args)
        prepare_metadata(settings=settings, environment=environment)
        if context.args == ["standalone"]:
            typer.echo(f"Airflow's page: {environment['AIRFLOW__API__BASE_URL']}")
            typer.echo(f"User admin, password: {password_file(environment)}")

            def environment_now() -> dict[str, str]:
                if is_external():
                    return environment
                kept = keep_embedded(settings, database="airflow")
                return airflow_environment(settings=settings, url=kept, arguments=context.args)

            code = run_standalone(environment=environment_now)
            typer.echo("Airflow is stopped.")
        else:
            code = run_airflow(context.args, environment=environment)
    raise typer.Exit(code)


def docs(
    check: Annotated[bool, typer.Option("--check", help="Fail if a page is out of date.")] = False,
) -> None:
    """Write the generated pages of docs/: data dictionary, figures, rules, views and others."""
    from jobs.commands.administration.generated_docs import generated_pages, out_of_date

    if check:
        stale = out_of_date()
        if stale:
            raise BadInput(f"docs [{', '.join(stale)}]", "out of date", "run: make docs")
        return
    for path, content in generated_pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


def stop() -> None:
    """Stop the embedded PostgreSQL server, if it runs."""
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import stop_embedded

    stop_embedded(load_settings().data_dir / "postgres")
