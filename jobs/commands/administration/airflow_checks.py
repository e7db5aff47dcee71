"""What `setup-check` sees of Airflow: its metadata, its scheduler, its DAGs and connections.

Everything is looked at as it stands. What is not there yet is said to be so, and is not made.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from jobs.commands.administration.airflow_cli import airflow_environment, password_file
from jobs.commands.administration.airflow_metadata import (
    VARIABLE,
    ask_airflow,
    embedded_is_there,
    is_external,
    metadata_url,
)
from jobs.commands.administration.finding import Finding, Outlook, look
from jobs.operate.monitoring.alerts import NIGHTLY
from jobs.runtime.airflow_connections import names_connection, url_of
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings

DAGS: Final = (NIGHTLY, "email_reports")
"""The DAGs without which no night comes out."""
ALIVE: Final = timedelta(minutes=2)
"""A scheduler that said nothing for so long does not run."""
NAMING: Final = ("prison", "immigration", "warehouse", "page_warehouse", "smtp_url")
"""Settings that may name a connection."""


def airflow_findings(settings: Settings) -> list[Finding]:
    """Look at Airflow, as far as it is there."""
    try:
        _refuse_missing_file(os.environ.get(VARIABLE, ""))
    except BadInput as error:
        return [Finding(name="airflow metadata", detail=str(error), standing=Outlook.FAIL)]
    findings = [
        look(f"connection of {name}", lambda name=name: _connection(settings, name))  # type: ignore[misc]
        for name in NAMING
        if names_connection(_value(settings, name))
    ]
    if not is_external() and not embedded_is_there(settings):
        return [*findings, _not_yet("airflow metadata", "made when Airflow is first started")]
    findings.append(look("airflow passwords", lambda: _passwords(settings)))
    try:
        with metadata_url(settings) as url:
            if not is_external() and _is_empty(url):
                return [
                    *findings,
                    _not_yet("airflow metadata", "made when Airflow is first started"),
                ]
            findings.append(look("airflow metadata", lambda: _migrated(settings, url)))
            if url and findings[-1].standing is Outlook.OK:
                findings += _scheduling(url)
    except BadInput as error:
        findings.append(Finding(name="airflow metadata", detail=str(error), standing=Outlook.FAIL))
    return findings


def _value(settings: Settings, name: str) -> str:
    value = getattr(settings, name)
    return value if isinstance(value, str) else str(value.get_secret_value())


def _connection(settings: Settings, name: str) -> str:
    value = _value(settings, name)
    url_of(value, setting=name)
    return f"Airflow has [{names_connection(value)}]"


def _not_yet(name: str, when: str) -> Finding:
    return Finding(name=name, detail=f"not there yet; {when}", standing=Outlook.NOTE)


def _passwords(settings: Settings) -> str:
    path = password_file(airflow_environment(settings=settings, url=""))
    return private_file(path) if path.exists() else "Airflow has made up none yet"


def private_file(path: Path) -> str:
    """Say that a file is for its own user.

    Raises:
        BadInput: others may read it.
    """
    if path.stat().st_mode & 0o077:
        raise BadInput(f"file [{path}]", "others may read it", f"run: chmod 600 {path}")
    return f"{path.name} is for its own user"


def _refuse_missing_file(url: str) -> None:
    """Refuse a file of SQLite that is not there: to look into it would make it.

    Raises:
        BadInput: it is not there.
    """
    scheme, found, path = url.partition(":///")
    if found and scheme.startswith("sqlite") and not Path(path.partition("?")[0]).is_file():
        raise BadInput(
            f"environment variable [{VARIABLE}]",
            "there is no such file",
            "correct it, or make the database: python -m jobs airflow db migrate",
        )


def _engine(url: str) -> sa.Engine:
    """An engine for Airflow's metadata; a server that accepts and never answers is given up."""
    is_postgres = sa.make_url(url).get_backend_name() == "postgresql"
    bound = {"connect_timeout": 15} if is_postgres else {}
    return sa.create_engine(url, hide_parameters=True, connect_args=bound)


def _is_empty(url: str) -> bool:
    """Whether nobody has started Airflow on this database yet."""
    engine = _engine(url)
    try:
        return not sa.inspect(engine).has_table("alembic_version")
    finally:
        engine.dispose()


def _migrated(settings: Settings, url: str) -> str:
    """See that Airflow's tables are those of this version of Airflow."""
    done = ask_airflow(
        "db", "check-migrations", "--migration-wait-timeout", "1", settings=settings, url=url
    )
    if done.returncode:
        raise BadInput(
            "Airflow's metadata",
            "cannot be reached, or are of another version of Airflow",
            "see: python -m jobs airflow db check; then: python -m jobs airflow db migrate",
        )
    return "up to date" + (", in a database of the site's own" if is_external() else "")


def _scheduling(url: str) -> list[Finding]:
    """Whether a scheduler is alive, and whether it would start a night."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            beat = connection.scalar(
                sa.text(
                    "SELECT max(latest_heartbeat) FROM job "
                    "WHERE job_type = 'SchedulerJob' AND state = 'running'"
                )
            )
            rows = connection.execute(sa.text("SELECT dag_id, is_paused FROM dag"))
            paused = {str(name): bool(is_paused) for name, is_paused in rows}
            now = connection.scalar(sa.text("SELECT now()"))
    finally:
        engine.dispose()
    alive = beat is not None and now is not None and now - beat < ALIVE
    told = Finding(
        name="airflow scheduler",
        detail="alive" if alive else "does not run: no night starts by itself",
        standing=Outlook.OK if alive else Outlook.NOTE,
    )
    return [told, *(_dag(name, paused, alive=alive) for name in DAGS)]


def _dag(name: str, paused: dict[str, bool], *, alive: bool) -> Finding:
    """A paused DAG is wrong where a scheduler runs, and to be known where none does yet."""
    wrong = Outlook.FAIL if alive else Outlook.NOTE
    if name not in paused:
        detail = "has not been read by Airflow; see its page for import errors"
    elif paused[name]:
        detail = f"is paused; run: python -m jobs airflow dags unpause {name}"
    else:
        return Finding(name=f"DAG {name}", detail="is not paused", standing=Outlook.OK)
    return Finding(name=f"DAG {name}", detail=detail, standing=wrong)


def clock_finding(there: datetime, *, where: str, now: datetime | None = None) -> str:
    """Say that this machine's clock and a server's agree.

    Raises:
        BadInput: they are more than a minute apart: nights would be dated wrongly.
    """
    apart = abs((now or datetime.now(UTC)) - there)
    if apart > timedelta(minutes=1):
        raise BadInput(
            f"clock of {where}",
            f"is {apart.total_seconds():.0f} s apart from this machine's",
            "set both by NTP",
        )
    return f"within a minute of that of {where}"
