"""Named points of a night at which a fault can be made to happen, to see that it survives it.

Nothing happens at any of them unless the environment asks for a fault when settings are read:
``RECONCILIATION_FAIL_AT=folder.placed:kill`` kills the process where that point is reached first,
``folder.placed:kill:3`` where it is reached for the third time. A point stands before and after
whatever others can see of a night: a file or folder that gets its name, a transaction that is
committed, a message that is handed over. `benchmarks.survival` makes a fault at each.
"""

import errno
import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final

from jobs.runtime.errors import BadInput

log = logging.getLogger(__name__)

VARIABLE: Final = "RECONCILIATION_FAIL_AT"
POINTS: Final[Mapping[str, str]] = {
    "folder.begun": "a folder is made under a temporary name",
    "folder.written": "all of it is written, under that name still",
    "folder.cleared": "what stood in its place is out of the way",
    "folder.placed": "it has its name",
    "file.written": "a file is written under a temporary name",
    "file.placed": "it has its name",
    "table.landed": "a table of a register is copied",
    "table.copied": "a table is copied into the warehouse, within the transaction",
    "publication.written": "a publication is written and current, within the transaction",
    "transaction.done": "a transaction has written what it has to, and is not committed",
    "transaction.committed": "it is committed",
    "attestation.named": "the file of a publication outside the warehouse has its name",
    "old.removed": "a part that is past its time is removed",
    "message.taken": "a message is on its way, by the outbox",
    "message.handed_over": "the mail server has it, and the outbox does not know",
}
"""Every point, with what is the case where it is reached."""
CANARY: Final = "Zqsurname, born 1970-01-01"
"""What a fault of the software says that shows a value, to see that nobody is told of it."""
WRITES: Final = frozenset({"folder.begun", "folder.written", "file.written", "table.landed"})
"""Those at which a disk can be full."""


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _fill_disk() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _take_memory() -> None:
    raise MemoryError


def _show_value() -> None:
    raise LookupError(CANARY)


def _only_count() -> None:
    """For whoever wants to know how often each point is reached."""


KINDS: Final[Mapping[str, Callable[[], None]]] = {
    "kill": _kill,
    "stall": _stop,
    "full": _fill_disk,
    "memory": _take_memory,
    "fault": _show_value,
    "count": _only_count,
}
"""Kinds of fault. A process that stalls goes on when it is sent SIGCONT."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault that the environment asks for: where, of which kind, at which time it is reached."""

    text: str
    point: str
    kind: str
    time: int = 1

    @classmethod
    def of(cls, text: str) -> "Fault":
        """Read ``point:kind`` or ``point:kind:time``.

        Raises:
            BadInput: there is no such point or kind, or the time is no number from 1.
        """
        where = f"environment variable [{VARIABLE}]"
        point, _, rest = text.partition(":")
        kind, _, time = rest.partition(":")
        if point not in POINTS:
            raise BadInput(where, "no such point", f"unset it, or use one of: {', '.join(POINTS)}")
        if kind not in KINDS:
            raise BadInput(where, "no such fault", f"unset it, or use one of: {', '.join(KINDS)}")
        if time and not (time.isdecimal() and int(time)):
            raise BadInput(where, "the time is no number from 1", "unset it, or give a number")
        return cls(text=text, point=point, kind=kind, time=int(time or 1))


class _Armed:
    """What this process is armed with, and how often it has reached each point since."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.passed: dict[str, int] = {}
        self.lock = Lock()


_armed = _Armed()


def arm(text: str) -> None:
    """Ask for a fault in this process, as the environment says it; nothing for an empty text.

    Raises:
        BadInput: see `Fault.of`.
    """
    if text == (_armed.fault.text if _armed.fault else ""):
        return
    _armed.fault = Fault.of(text) if text else None
    _armed.passed = {}
    if _armed.fault is not None:
        log.warning("a fault is asked for by %s: never set it where nights count", VARIABLE)


def is_armed() -> bool:
    """Whether a fault is asked for."""
    return _armed.fault is not None


def passed() -> Mapping[str, int]:
    """How often each point was reached since this process was armed."""
    return dict(_armed.passed)


def reached(point: str) -> None:
    """Say that a point is reached; a fault that is asked for here happens.

    Raises:
        OSError: a full disk was asked for.
        MemoryError: want of memory was asked for.
        LookupError: a fault of the software was asked for that says `CANARY`.
    """
    fault = _armed.fault
    if fault is None:
        return
    with _armed.lock:
        _armed.passed[point] = time = _armed.passed.get(point, 0) + 1
    if (point, time) == (fault.point, fault.time):
        KINDS[fault.kind]()
