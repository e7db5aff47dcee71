"""What a process and the embedded server beside it took: wall, CPU and memory.

The server's processes come and go with its connections, so its CPU seconds are those of its first
process, of the ones that it has seen end, and of the ones that live. Memory is counted in
proportional shares (``Pss``), so that what processes share is counted once.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

SAMPLED_EVERY: Final = 0.5
"""Seconds between two looks at the memory of the process and the server together."""
GIGABYTE: Final = 1e9


@dataclass(frozen=True, kw_only=True)
class Server:
    """The embedded server whose data lies in a folder."""

    data: Path

    def processes(self) -> list[psutil.Process]:
        """Its first process and all that live below it; none while it does not run."""
        try:
            first = psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))
            return [first, *first.children(recursive=True)]
        except (OSError, psutil.NoSuchProcess):
            return []

    def cpu_seconds(self) -> float:
        """CPU seconds that it has used since it started."""
        spent = 0.0
        for place, process in enumerate(self.processes()):
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            spent += times.user + times.system
            if place == 0:
                spent += times.children_user + times.children_system
        return spent


@dataclass(kw_only=True)
class Together:
    """The most memory that a process and the server held at one moment, and the server's CPU."""

    peak_gb: float = 0.0
    server_cpu: float = 0.0


@contextmanager
def watched(server: Server) -> Iterator[Together]:
    """Watch this process's children and the server while the block runs."""
    found, ended = Together(), threading.Event()
    before = server.cpu_seconds()

    def look() -> None:
        while not ended.wait(SAMPLED_EVERY):
            below = psutil.Process().children(recursive=True)
            found.peak_gb = max(found.peak_gb, _held({*below, *server.processes()}))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield found
    finally:
        ended.set()
        watcher.join()
        found.server_cpu = round(server.cpu_seconds() - before, 2)
        found.peak_gb = round(found.peak_gb, 2)


def _held(processes: set[psutil.Process]) -> float:
    held = 0
    for process in processes:
        try:
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
        except OSError:
            continue
        held += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return held * 1024 / GIGABYTE


@dataclass(frozen=True, kw_only=True)
class Clock:
    """Since when a process is measured."""

    wall: float
    cpu: float

    @classmethod
    def started(cls) -> "Clock":
        """Begin now."""
        return cls(wall=time.perf_counter(), cpu=_own_cpu())

    def read(self) -> dict[str, float]:
        """Wall and CPU seconds since."""
        return {
            "wall": round(time.perf_counter() - self.wall, 2),
            "cpu": round(_own_cpu() - self.cpu, 2),
        }


def _own_cpu() -> float:
    """CPU seconds of this process and of children that have ended."""
    times = psutil.Process().cpu_times()
    return times.user + times.system + times.children_user + times.children_system
