"""Files that are whole or absent, and digests that do not depend on the machine."""

import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

from filelock import FileLock, Timeout

from jobs.runtime.errors import BadInput
from jobs.runtime.fail_points import reached


@contextmanager
def whole_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` only if the block succeeds.

    A ``target`` that stands is put aside, replaced and then removed: it is never half there.
    Left-overs of a killed run are removed first, and what it had put aside is put back, so a
    re-run starts clean.

    Raises:
        BadInput: the disk is full or the folder cannot be written.
    """
    temporary = target.with_name(f".{target.name}.partial")
    aside = target.with_name(f".{target.name}.before")
    try:
        if aside.exists() and not target.exists():
            aside.rename(target)
        for left in (temporary, aside):
            shutil.rmtree(left, ignore_errors=True)
        temporary.mkdir(parents=True)
        reached("folder.begun")
        yield temporary
        for path in sorted(temporary.rglob("*")):
            if path.is_file():
                _flush(path)
        reached("folder.written")
        if target.exists():
            target.rename(aside)
        reached("folder.cleared")
        temporary.rename(target)
        _flush(target.parent)
        reached("folder.placed")
        shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise disk_error(error, target) from error
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """Give the path of a temporary file that becomes ``target`` only if the block succeeds.

    Its folder is made where there is none. A ``target`` that stands is replaced.

    Raises:
        BadInput: the disk is full or the folder cannot be written.
    """
    temporary = target.with_name(f".{target.name}.partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        _flush(temporary)
        reached("file.written")
        temporary.replace(target)
        reached("file.placed")
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, target.parent) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(target: Path, text: str) -> None:
    """Write a text as a `whole_file`."""
    with whole_file(target) as temporary:
        temporary.write_text(text, encoding="utf-8")


@contextmanager
def locked(path: Path, what: str, *, wait: bool = False) -> Iterator[None]:
    """Hold ``path`` as a lock, so that ``what`` is done by one process at a time.

    The system lets go of the lock when the process ends, however it ends.

    Raises:
        BadInput: another process holds it, and ``wait`` is not set.
    """
    lock = FileLock(path, blocking=wait, fallback_to_soft=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise BadInput(what, "another process is at work on it", "wait until it ends") from None
    except OSError as error:
        raise disk_error(error, path.parent) from error
    try:
        yield
    finally:
        lock.release()


def keep_private() -> None:
    """What this process and its children write is for its own user: folders 0700, files 0600.

    Landings, run folders and pages can hold personal data; every entry point calls this first.
    """
    os.umask(0o077)


Readers = Literal["owner", "group", "everybody"]
_ALSO_READ: Final[dict[Readers, int]] = {"owner": 0o000, "group": 0o050, "everybody": 0o055}


def open_to(path: Path, readers: Readers) -> None:
    """Let others read a file, or a folder with all that is in it; nobody but its owner writes."""
    also = _ALSO_READ[readers]
    for each in (path, *path.rglob("*")):
        each.chmod(0o700 | also if each.is_dir() else 0o600 | also & 0o044)


def let_pass(folder: Path, readers: Readers) -> None:
    """Let others pass through a folder to what is open in it, and list nothing."""
    folder.chmod(folder.stat().st_mode & 0o777 | _ALSO_READ[readers] & 0o011)


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Hold ``path`` as a lock that others may hold too, so that nobody is `alone` with it."""
    with _handle(path) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether nobody else uses what ``path`` locks; if so, nobody begins to within the block."""
    with _handle(path) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_alone = True
        except BlockingIOError:
            is_alone = False
        yield is_alone


@contextmanager
def _handle(path: Path) -> Iterator[int]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise disk_error(error, path.parent) from error
    try:
        yield handle
    finally:
        os.close(handle)


def user_path(given: str | Path, *, where: str) -> Path:
    """The whole path of a file or folder that a person named, ``~`` and links followed.

    Raises:
        BadInput: it names the home folder of nobody, or is no path.
    """
    try:
        return Path(given).expanduser().resolve()
    except RuntimeError:
        what = f"[{given}] names a home folder that is not there"
    except (OSError, ValueError):
        what = "is no path"
    raise BadInput(where, what, "write the path out, from /")


def disk_error(error: OSError, path: Path) -> Exception:
    """Turn an error of the disk into one line; give back any other error as it came."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return BadInput(f"folder [{path}]", "the disk is full", "free space and run again")
    if error.errno == errno.EFBIG:
        what = "a file grew past what this user may write"
        return BadInput(f"folder [{path}]", what, "raise the limit (ulimit -f) and run again")
    if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
        return BadInput(f"folder [{path}]", "cannot be written", "give write access and run again")
    return error


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def bytes_digest(content: bytes) -> str:
    """SHA-256 of bytes, in hex: the `file_digest` of a file that holds them."""
    return hashlib.sha256(content).hexdigest()


def text_digest(*parts: str) -> str:
    """SHA-256 over texts, each with its length, so that no two lists share a digest."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no spaces: the same value gives the same text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
