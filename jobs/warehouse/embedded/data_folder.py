"""The server's data: made whole or not at all, and its configuration."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Final

from jobs.runtime.errors import BadInput
from jobs.warehouse.embedded.programs import VERSION, environment, programs
from jobs.warehouse.embedded.sockets import PORT

CONFIGURATION: Final = {
    # One socket, no network.
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    # Bulk loads: room to sort and index, few checkpoints. What a killed night loaded into tables
    # of its own transaction needs no log. Nothing here trades away durability.
    "shared_buffers": "512MB",
    "work_mem": "64MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Plans that do not depend on the machine; containers often have little shared memory.
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # Statements, values and details of failed statements may name a person: not in the log.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_checkpoints": "off",
}


def prepare_data(folder: Path, *, identity: dict[str, Any]) -> None:
    """Make the data, whole or not at all: a killed ``initdb`` leaves a partial folder only."""
    data = folder / "data"
    version = data / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != str(VERSION):
            raise BadInput(
                f"folder [{data}]",
                f"made by PostgreSQL [{found}], not {VERSION}",
                "move it away, or use another data folder",
            )
        return
    for left in folder.glob("data.partial*"):
        shutil.rmtree(left, ignore_errors=True)
    # A name of its own: the initdb of a killed start may still be writing into another.
    partial = Path(tempfile.mkdtemp(prefix="data.partial.", dir=folder))
    if identity:
        os.chown(partial, identity["user"], identity["group"])
    # The built-in locale sorts by code point on every machine; Unicode names still fold.
    command = [
        str(programs() / "initdb"), "--pgdata", str(partial), "--username=postgres",
        "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
    ]  # fmt: skip
    made = subprocess.run(  # noqa: S603 - PostgreSQL of the package, no shell
        command,
        cwd="/",
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        **identity,
    )
    if made.returncode:
        reason = made.stderr.strip().splitlines()[-1:] or [f"exit code {made.returncode}"]
        shutil.rmtree(partial, ignore_errors=True)
        raise BadInput(
            f"folder [{data}]",
            f"no database could be made there [{reason[0]}]",
            "see that the disk has space and the folder can be written, and run again",
        )
    with (partial / "postgresql.conf").open("a") as file:
        file.write("include 'reconciliation.conf'\n")
    partial.rename(data)


def configure(data: Path, *, socket_folder: Path) -> None:
    """Write the configuration of the next start."""
    lines = [f"{name} = '{value}'" for name, value in CONFIGURATION.items()]
    lines.append(f"unix_socket_directories = '{socket_folder}'")
    path = data / "reconciliation.conf"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)
