"""How long work shows itself: a bar on a terminal, plain lines in a log."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

log = logging.getLogger("jobs")


@contextmanager
def steps(title: str, total: int) -> Iterator["Steps"]:
    """Show ``total`` steps of the work called ``title``; the block calls `Steps.start` for each."""
    if not sys.stderr.isatty():
        yield Steps(title, total, None)
        return
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), transient=True
    )
    with bar:
        yield Steps(title, total, bar)


class Steps:
    """The steps of one piece of work, shown as they start."""

    def __init__(self, title: str, total: int, bar: Progress | None) -> None:
        self._title, self._total, self._bar = title, total, bar
        self._done = -1
        self._started = time.monotonic()
        self._task = bar.add_task(title, total=total) if bar else None

    def start(self, step: str) -> None:
        """Say that ``step`` starts and the one before is done."""
        self._done += 1
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._done, description=f"{self._title}: {step}")
            return
        elapsed = time.monotonic() - self._started
        log.info(
            "%s: %s (%d of %d, %.1f s)", self._title, step, self._done + 1, self._total, elapsed
        )
