"""Where Airflow keeps what it knows, and what it holds: connections for settings that name one."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from jobs.commands.administration.airflow_cli import AIRFLOW, METADATA, airflow_environment
from jobs.operate.databases import databases
from jobs.runtime.airflow_connections import AirflowConnection
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings, load_settings

VARIABLE: Final = METADATA[0]
NOWHERE: Final = "postgresql+psycopg://nobody@127.0.0.1:9/nowhere"
"""For a command that may ask nobody: a connection in the environment is found all the same."""


def is_external(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a site keeps Airflow's metadata in a database of its own."""
    return any(environment.get(name) for name in METADATA)


def embedded_is_there(settings: Settings) -> bool:
    """Whether the embedded server was ever used here; looking makes nothing."""
    return (settings.data_dir / "postgres" / "data" / "PG_VERSION").exists()


@contextmanager
def metadata_url(settings: Settings) -> Iterator[str]:
    """The metadata database for the length of the block; the embedded one is started for it.

    Airflow itself reads a site's own, so that a password may come from a command or a secret: then
    this is empty where the plain variable is not set.
    """
    if is_external():
        yield os.environ.get(VARIABLE, "")
        return
    with databases(settings, embedded=True) as opened:
        yield opened.embedded("airflow")


@cache
def look_up(conn_id: str) -> AirflowConnection | None:
    """A connection as Airflow's command line or its secrets backend has it; None if there is none.

    Raises:
        BadInput: Airflow cannot be asked.
    """
    settings = load_settings()
    if is_external() or not embedded_is_there(settings):
        return _ask(conn_id, settings, os.environ.get(VARIABLE, NOWHERE))
    with metadata_url(settings) as url:
        return _ask(conn_id, settings, url)


def ask_airflow(
    *arguments: str, settings: Settings, url: str
) -> "subprocess.CompletedProcess[str]":
    """Run a command of Airflow that only looks; Airflow would make its home where there is none."""
    environment = airflow_environment(settings=settings, url=url)
    with TemporaryDirectory(prefix="reconciliation-airflow-") as elsewhere:
        if not Path(environment["AIRFLOW_HOME"]).exists():
            environment["AIRFLOW_HOME"] = elsewhere
        return subprocess.run(  # noqa: S603 - Airflow of this environment, no shell
            [str(AIRFLOW), *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


def _ask(conn_id: str, settings: Settings, url: str) -> AirflowConnection | None:
    done = ask_airflow(
        "connections", "get", conn_id, "--output", "json", settings=settings, url=url
    )
    if done.returncode == 0:
        return _connection(conn_id, json.loads(done.stdout)[0])
    if "Connection not found" in done.stderr + done.stdout or url == NOWHERE:
        return None
    # The words of the error may hold the URL of the database.
    raise BadInput(
        f"connection [{conn_id}]",
        "Airflow's metadata cannot be asked",
        "see: python -m jobs airflow db check",
    )


def _connection(conn_id: str, found: Mapping[str, Any]) -> AirflowConnection:
    extra = found.get("extra_dejson") or {}
    port = found.get("port")
    return AirflowConnection(
        conn_id=conn_id,
        conn_type=str(found.get("conn_type") or ""),
        host=str(found.get("host") or ""),
        login=str(found.get("login") or ""),
        password=str(found.get("password") or ""),
        schema=str(found.get("schema") or ""),
        port=int(port) if port else None,
        extra=extra if isinstance(extra, Mapping) else json.loads(extra),
    )
