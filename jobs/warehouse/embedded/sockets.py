"""The server's socket: in a short, private folder of its own, and who answers there.

A socket's path may hold about 100 characters and a data folder may be deep or have spaces in its
name; nothing listens on the network.
"""

import hashlib
import os
import signal
import stat
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psycopg

from jobs.runtime.errors import BadInput
from jobs.warehouse.embedded.programs import system_user
from jobs.warehouse.embedded.supervisor import server_number

PORT: Final = 5432
"""Only part of the socket's name."""


def socket_path(folder: Path) -> Path:
    """Where the socket of the server of ``folder`` is: short, and the same for every process."""
    common = Path("/tmp")  # noqa: S108 - TMPDIR may differ between the users of one server
    if not os.access(common, os.W_OK | os.X_OK):
        common = Path(tempfile.gettempdir())
    mark = hashlib.sha256(f"{os.geteuid()} {folder}".encode()).hexdigest()[:12]
    return common / f"reconciliation-{mark}"


def socket_folder_of(folder: Path) -> Path:
    """The private folder of the server's socket, made where there is none.

    Raises:
        BadInput: somebody else's folder is in its place.
    """
    path = socket_path(folder)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    user = system_user() if os.geteuid() == 0 else None
    if user is not None and path.lstat().st_uid == 0:
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)
    owner = user.pw_uid if user is not None else os.geteuid()
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
        raise BadInput(f"folder [{path}]", "belongs to somebody else", "remove it and run again")
    return path


def connect(socket_folder: Path) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection to the server as its owner; each statement stands at once."""
    return psycopg.connect(
        host=str(socket_folder),
        port=PORT,
        user="postgres",
        dbname="postgres",
        connect_timeout=10,
        autocommit=True,
    )


def answers(socket_folder: Path) -> bool:
    """Whether a server takes connections there."""
    try:
        connect(socket_folder).close()
    except psycopg.OperationalError:
        return False
    return True


def retire_server_of_deleted_data(socket_folder: Path) -> None:
    """End a server whose folder was deleted under it; it would block the socket for a minute."""
    lock = socket_folder / f".s.PGSQL.{PORT}.lock"
    number = server_number(lock)
    if number is not None and answers(socket_folder):
        os.kill(number, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while answers(socket_folder) and time.monotonic() < deadline:
            time.sleep(0.05)
    lock.unlink(missing_ok=True)
    (socket_folder / f".s.PGSQL.{PORT}").unlink(missing_ok=True)
