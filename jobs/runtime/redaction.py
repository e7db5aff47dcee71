"""What no message may say: settings that can hold a password, and what a fault would show.

A setting that holds ``@``, ``:`` or ``?`` may be a URL with a password, or be meant as one; its
text is noted when settings are read and taken out of every message that names it. Kept for the
process, because the message that would show it comes from far away.

A fault of this software is told in one line; its place is in a file for its owner alone.
"""

import os
import re
import tempfile
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

NOT_SHOWN: Final = "not shown"
CRASHES: Final = "crashes"
CRASHED: Final = 1
"""The exit code of a fault of this software."""
_SIGNS: Final = re.compile(r"[@:?]")
_SECRET_PARTS: Final = re.compile(
    r":([^:@/\s]{3,})@|[?&;](?:password|pwd)=([^&;\s]{3,})", re.IGNORECASE
)
_CREDENTIALS: Final = re.compile(r"(?<=://)[^\s/\]]*@")
_CLOCK: Final = re.compile(r"\d{1,2}:\d\d(:\d\d)?")
_hidden: set[str] = set()


def hide(texts: Iterable[str]) -> None:
    """Note texts that no message may show, where they hold a sign of a URL, and their passwords."""
    for text in texts:
        if not _SIGNS.search(text) or _CLOCK.fullmatch(text.strip()):
            continue
        _hidden.add(text)
        _hidden.update(part for found in _SECRET_PARTS.findall(text) for part in found if part)


def holds_password(text: str) -> bool:
    """Whether a text is a URL with a password in it."""
    return "://" in text and bool(_SECRET_PARTS.search(text))


def redacted(text: str) -> str:
    """A text without what is hidden, and without the user and password of any URL."""
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, NOT_SHOWN)
    return _CREDENTIALS.sub("", text)


def crash_text(error: BaseException) -> str:
    """Where an error came from, kind by kind and place by place.

    Not what it says, nor any value: the message of an exception may hold a row.
    """
    lines: list[str] = []
    seen: set[int] = set()
    last: BaseException | None = error
    while last is not None and id(last) not in seen:
        seen.add(id(last))
        frames = "".join(traceback.format_tb(last.__traceback__))
        lines.append(f"{type(last).__module__}.{type(last).__qualname__}\n{frames}")
        last = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
    return redacted("\nwhile handling, or caused by:\n".join(lines))


def write_crash(error: BaseException, *, data_dir: Path | None) -> Path:
    """Write where an error came from into a file that its owner alone may read; give the file.

    Without a data folder, or where that cannot be written, it is in the system's temporary one.
    """
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    handle, path = _opened(data_dir, name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(crash_text(error))
    return path


def _opened(data_dir: Path | None, name: str) -> tuple[int, Path]:
    if data_dir is not None:
        path = data_dir / CRASHES / name
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), path
    handle, made = tempfile.mkstemp(prefix="reconciliation-crash-", suffix=".txt")
    return handle, Path(made)


def crash_line(error: BaseException, *, data_dir: Path | None) -> str:
    """The one line that a person is told; see `write_crash`."""
    path = write_crash(error, data_dir=data_dir)
    return f"a fault of this software [{type(error).__name__}]; where, is in [{path}]"
