"""The server's socket: in a short, private folder of its own, and who answers there.

A socket's path may hold about 100 characters and a data folder may be deep or have spaces in its
name; nothing listens on the network. The folder's name is drawn anew whenever there is none, and
noted in the server's own folder: nobody else can know it beforehand and be there first.
"""

import os
import stat
import tempfile
from pathlib import Path
from typing import Any, Final

import psycopg

from jobs.warehouse.embedded.programs import system_user

PORT: Final = 5432
"""Only part of the socket's name."""
NOTE: Final = "sockets"
"""File of the server's folder that says where its socket is."""


def socket_path(folder: Path) -> Path | None:
    """Where the socket of the server of ``folder`` is; None where there is none yet."""
    try:
        return Path((folder / NOTE).read_text(encoding="utf-8").strip())
    except (FileNotFoundError, NotADirectoryError):
        return None


def socket_folder_of(folder: Path) -> Path:
    """The private folder of the server's socket, made where there is none of one's own.

    The caller holds ``start.lock``, so that one is made at a time.
    """
    known = socket_path(folder)
    if known is not None and _is_ones_own(known):
        return known
    common = Path("/tmp")  # noqa: S108 - TMPDIR may be too deep for a socket, and a name is drawn
    if not os.access(common, os.W_OK | os.X_OK):
        common = Path(tempfile.gettempdir())
    made = Path(tempfile.mkdtemp(prefix="reconciliation-", dir=common))
    user = _owner()
    if user is not None:
        os.chown(made, user.pw_uid, user.pw_gid, follow_symlinks=False)
    note = folder / NOTE
    note.with_suffix(".new").write_text(f"{made}\n", encoding="utf-8")
    note.with_suffix(".new").replace(note)
    return made


def _owner() -> Any:
    """The user that root lets the server run as; None for anybody else, who runs it himself."""
    return system_user() if os.geteuid() == 0 else None


def _is_ones_own(path: Path) -> bool:
    """Whether a folder is there, nobody else's, and closed to everybody else."""
    try:
        found = path.lstat()
    except OSError:
        return False
    user = _owner()
    owner = user.pw_uid if user is not None else os.geteuid()
    is_private = found.st_uid == owner and not found.st_mode & 0o077
    return stat.S_ISDIR(found.st_mode) and is_private


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


def forget_killed_server(socket_folder: Path) -> None:
    """Remove what a server left in the folder; the caller knows that none of this folder lives."""
    for path in socket_folder.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)
