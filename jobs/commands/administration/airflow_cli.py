"""Airflow's own command line on this project's DAGs, with nothing to configure by hand."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Final

from jobs.runtime.files import locked, text_digest
from jobs.runtime.settings import PREFIX, ROOT, Settings

AIRFLOW = Path(sys.executable).with_name("airflow")
METADATA: Final = tuple(
    f"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN{ending}" for ending in ("", "_CMD", "_SECRET")
)
"""Variables that say where Airflow's metadata are."""
LOG_SERVERS: Final = {
    "scheduler": "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT",
    "triggerer": "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT",
}
"""Parts of Airflow that serve logs, and the variable that names the port."""
NO_LOG_SERVER: Final = "--skip-serve-logs"
TALKATIVE: Final = (
    "airflow",
    "alembic",
    "great_expectations",
    "matplotlib",
    "openlineage",
    "py4j",
    "task",
)
"""Loggers whose lines at level INFO help nobody who looks for what a night did."""


def airflow_environment(
    *, settings: Settings, url: str, arguments: Sequence[str] = ()
) -> dict[str, str]:
    """Give the environment in which Airflow finds this project and its metadata at ``url``.

    Whatever the caller has set already stays: a site may point Airflow elsewhere. A run of ``dags
    test`` has no deadline: Airflow 3.3 ends with an error after such a run of a DAG that has one
    (apache/airflow#73428).
    """
    defaults = {
        "AIRFLOW_HOME": str(settings.data_dir.resolve() / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "dags" / "plugins"),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": "utc",
        # Each may hold memory of its own; a night and its emails need few at once.
        "AIRFLOW__CORE__PARALLELISM": "8",
        # Between two steps the scheduler sleeps so long at most; by default a second.
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.5",
        # A file that was changed is read at once all the same; by default every 30 s.
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",
        **({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": url} if url else {}),
        **({"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN_ASYNC": url} if url else {}),
        # A task's log holds what its step took and counted, and little else unless it matters.
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": " ".join(f"{name}=WARNING" for name in TALKATIVE),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__BASE_URL": "http://localhost:8080",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "PYTHONWARNINGS": "ignore",
    }
    # `airflow standalone` starts its parts as programs of that name.
    path = os.pathsep.join(filter(None, (str(AIRFLOW.parent), os.environ.get("PATH"))))
    if list(arguments[:2]) == ["dags", "test"]:
        defaults[f"{PREFIX}DEADLINE"] = "none"
    return {**defaults, **os.environ, "PYTHONPATH": defaults["PYTHONPATH"], "PATH": path}


def password_file(environment: Mapping[str, str]) -> Path:
    """Where Airflow's own page keeps the passwords that it made up."""
    return Path(environment["AIRFLOW_HOME"]) / "simple_auth_manager_passwords.json.generated"


def prepare_metadata(*, settings: Settings, environment: dict[str, str]) -> None:
    """Create or upgrade Airflow's metadata tables, once for each version of Airflow and database.

    Raises:
        subprocess.CalledProcessError: Airflow could not; its output is on the terminal.
    """
    home = settings.data_dir / "airflow"
    where = text_digest(*(environment.get(name, "") for name in METADATA))[:12]
    done = home / f"metadata-{version('apache-airflow-core')}-{where}"
    with locked(home / "metadata.lock", "Airflow's metadata", wait=True):
        if done.exists():
            return
        subprocess.run(  # noqa: S603 - Airflow of this environment, no shell
            [str(AIRFLOW), "db", "migrate"],
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        done.touch()


def airflow_command(arguments: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """``airflow ARGUMENTS``, without a part's log server unless the site names that server's port.

    It listens on every address, and only workers on other machines need it: where the parts share
    ``data_dir``, logs are read as files.
    """
    command = [str(AIRFLOW), *arguments]
    port = LOG_SERVERS.get(arguments[0]) if arguments else None
    if port is not None and port not in environment and NO_LOG_SERVER not in arguments:
        command.append(NO_LOG_SERVER)
    return command


def run_airflow(arguments: Sequence[str], *, environment: Mapping[str, str]) -> int:
    """Run ``airflow ARGUMENTS``; give its exit code.

    Who ends a service asks this process alone, systemd and container engines do: Airflow is asked
    in its turn, and has the time that it needs.
    """
    with subprocess.Popen(  # noqa: S603 - Airflow of this environment, no shell
        airflow_command(arguments, environment), env=dict(environment)
    ) as process:

        def hand_on(number: int, _frame: FrameType | None) -> None:
            process.send_signal(number)

        before = {
            signal.SIGTERM: signal.signal(signal.SIGTERM, hand_on),
            # A terminal interrupts both by itself.
            signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        }
        try:
            code = process.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return code if code >= 0 else 128 - code
