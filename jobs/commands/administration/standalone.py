"""``airflow standalone``, kept alive: each part of Airflow, and the database under it.

Airflow's own ``standalone`` goes on in silence when its scheduler dies. Here a part that ends is
started again, and so is the embedded database; what ends again and again stops everything, with a
line that says so and an exit code for whoever watches.
"""

import logging
import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from jobs.commands.administration.airflow_cli import airflow_command
from jobs.runtime.errors import BadInput

log = logging.getLogger(__name__)

SERVER: Final = "api-server"
PARTS: Final = (SERVER, "scheduler", "dag-processor", "triggerer")
WATCH_SECONDS: Final = 1.0
MOST_ENDS: Final = 5
"""So many ends of one part within `WINDOW_SECONDS` are no accident."""
WINDOW_SECONDS: Final = 300.0
PATIENCE_SECONDS: Final = 30.0


@dataclass
class Part:
    """A program that is to run, and when it ended lately."""

    name: str
    environment: Mapping[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    ends: deque[float] = field(default_factory=deque)

    def start(self) -> None:
        """Start it, in a group with whatever it starts itself."""
        self.process = subprocess.Popen(  # noqa: S603 - Airflow of this environment, no shell
            airflow_command([self.name], self.environment),
            env=dict(self.environment),
            start_new_session=True,
        )

    def end_group(self) -> None:
        """End what a part that ended has left: a task that goes on would run beside itself."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def look_after(self) -> None:
        """Start it again if it ended.

        Raises:
            BadInput: it ends again and again.
        """
        if self.process is None:
            self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        now = time.monotonic()
        self.ends.append(now)
        while self.ends[0] < now - WINDOW_SECONDS:
            self.ends.popleft()
        if len(self.ends) >= MOST_ENDS:
            raise BadInput(
                f"airflow {self.name}",
                f"ended {len(self.ends)} times within {WINDOW_SECONDS / 60:.0f} minutes",
                "everything is stopped; see its last lines above",
            )
        self.end_group()
        log.warning("airflow %s ended (exit code %d); it is started again", self.name, code)
        self.start()


def run_standalone(*, environment: Callable[[], Mapping[str, str]]) -> int:
    """Run every part of Airflow until told to stop; give the exit code.

    Args:
        environment: gives that of each part, and starts the database if it went away. It is asked
            again and again: once it is another one, as where the database has come back at another
            address, every part is started anew.

    Raises:
        BadInput: a part or the database does not stay up; everything is stopped.
    """
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    parts: list[Part] = []
    try:
        while not asked:
            now = environment()
            if parts and parts[0].environment != now:
                log.warning("the database is at another address; all of Airflow is started again")
                _stop(parts)
                parts = []
            parts = parts or [Part(name, now) for name in PARTS]
            for part in parts:
                part.look_after()
            time.sleep(WATCH_SECONDS)
    finally:
        _stop(parts)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _stop(parts: list[Part]) -> None:
    """End every part: politely, then at once. The server of the others' requests is the last."""
    for group in (
        [part for part in parts if part.name != SERVER],
        [part for part in parts if part.name == SERVER],
    ):
        _stop_at_once(group)


def _stop_at_once(parts: list[Part]) -> None:
    for part in parts:
        if part.process is not None and part.process.poll() is None:
            part.process.terminate()
    deadline = time.monotonic() + PATIENCE_SECONDS
    for part in parts:
        if part.process is not None:
            try:
                part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.warning("airflow %s did not end when it was asked to; killed", part.name)
            part.end_group()
            part.process.wait()
