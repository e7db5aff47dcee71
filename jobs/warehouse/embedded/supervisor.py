"""The supervisor of one embedded server: starts it, and stops it when nobody uses it any more.

Run as a script, in a process of its own that outlives its caller: ``supervisor.py ORDER``, where
ORDER is the JSON of an order of `server`. It imports the standard library only, so it is small and
starts at once. Who uses a server holds a shared lock on ``users.lock``; the operating system lets
go of a lock when its process ends, however it ends, so a killed user never keeps a server alive.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.25
DELETION_SECONDS = 10.0
"""Whoever deletes a folder under its server is left to end that."""


def main(order: dict[str, Any]) -> None:
    """Leave the caller's process group, start the server if so ordered, and watch over it."""
    os.umask(0o077)
    folder = Path(order["folder"])
    os.setsid()
    watching = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(watching, fcntl.LOCK_SH)
    if os.fork():
        os._exit(0)
    if order["command"]:
        _start(order)
    _supervise(folder, Path(order["sockets"]), linger=order["linger"])


def _start(order: dict[str, Any]) -> None:
    """Start the server; it and its children hold ``server.lock`` while one of them runs."""
    subprocess.Popen(  # noqa: S603 - PostgreSQL of the package, no shell
        order["command"],
        cwd=order["data"],
        env=order["environment"],
        pass_fds=[order["server_lock"]],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        **order["identity"],
    )
    os.close(order["server_lock"])


def _supervise(folder: Path, sockets: Path, *, linger: float) -> None:
    idle_since: float | None = None
    # Held open, its number on the disk is not given to the folder that may be made in its place.
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    while not is_free(folder / "server.lock"):
        time.sleep(POLL_SECONDS)
        _bury()
        if not _is_there(folder, held):
            break
        if not is_free(folder / "users.lock"):
            idle_since = None
            continue
        now = time.monotonic()
        idle_since = now if idle_since is None else idle_since
        if now - idle_since >= linger:
            _stop_if_unused(folder, sockets)
    if not (folder / "server.lock").exists() or not _is_there(folder, held):
        deadline = time.monotonic() + DELETION_SECONDS
        while _is_there(folder, held) and time.monotonic() < deadline:
            time.sleep(0.1)
        if not _is_there(folder, held) or not (folder / "data" / "PG_VERSION").exists():
            _end_without_data(sockets)


def _is_there(folder: Path, held: int) -> bool:
    """Whether the folder is the one that it was: it may be deleted, and another in its place."""
    try:
        return os.path.samestat(folder.stat(), os.fstat(held))
    except OSError:
        return False


def _end_without_data(sockets: Path, *, patience: float = 10.0) -> None:
    """End the server of a folder that was deleted, and remove the folder of its socket."""
    number = server_number(next(sockets.glob(".s.PGSQL.*.lock"), sockets / "none"))
    if number is not None:
        _signal(number, signal.SIGQUIT)
    deadline = time.monotonic() + patience
    while any(sockets.glob(".s.PGSQL.*")) and time.monotonic() < deadline:
        _bury()
        time.sleep(0.05)
    for path in sockets.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)
    with suppress(OSError):
        sockets.rmdir()


def _stop_if_unused(folder: Path, sockets: Path) -> None:
    """Stop the server under the lock that those who start it take first."""
    with (folder / "start.lock").open("a") as starting:
        try:
            fcntl.flock(starting, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        if is_free(folder / "users.lock"):
            stop_server(folder, sockets)


def _bury() -> None:
    """Collect the server's exit status, so that it does not stay as a dead entry."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return


def is_free(path: Path) -> bool:
    """Whether no process holds the lock file ``path`` (``server.lock``, ``users.lock``)."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)


def stop_server(folder: Path, sockets: Path, *, patience: float = 30.0) -> None:
    """Stop the server of ``folder`` and wait until it is gone: politely, then at once.

    The folder of its socket goes with it, if the server has left it empty. The caller holds
    ``start.lock``. The process number is believed only while ``server.lock`` is held, so it is
    never a stranger's.
    """
    for sign, seconds in ((signal.SIGINT, patience), (signal.SIGQUIT, patience)):
        deadline = time.monotonic() + seconds
        signalled = False
        while time.monotonic() < deadline:
            if is_free(folder / "server.lock"):
                with suppress(OSError):
                    sockets.rmdir()
                return
            number = server_number(folder / "data" / "postmaster.pid")
            if number is not None and not signalled:
                _signal(number, sign)
                signalled = True
            _bury()
            time.sleep(0.05)


def server_number(path: Path) -> int | None:
    """The process number in a server's lock file; None where there is none."""
    try:
        return int(path.read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None


def _signal(number: int, sign: signal.Signals) -> None:
    try:
        os.kill(number, sign)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
