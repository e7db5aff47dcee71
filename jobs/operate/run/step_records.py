"""What each step of a run took and did: a small file in a folder of its own and a line in the log.

A file says that its step is at work until the step ends. One that still says so, while no process
holds its lock, is of a step that was killed: nobody else could tell of it.
"""

import json
import logging
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from jobs.runtime.errors import BadInput
from jobs.runtime.files import alone, canonical_json, write_whole
from jobs.runtime.process_memory import forget_peak, peak_mb

log = logging.getLogger(__name__)

AT_WORK: Final = "at work"
RECORD: Final = "record.json"
DONE: Final = "done"
FAILED: Final = "failed"
STEPS: Final = ("extract", "check", "link", "assess", "report", "publish", "self_test", "place")
"""The steps of a night, in order."""
_NAMES: Final = {"publish": "audit_and_publish"}
"""Airflow's name of a step, where its task is not named like it."""


@dataclass(frozen=True, kw_only=True)
class StepRecord:
    """One step of one run: counts and measures, nothing of a person.

    Args:
        step: its name, with the register where it has one: ``extract prison``.
        state: `AT_WORK`, `DONE` or `FAILED`.
        attempts: how often it was begun.
        killed: how many of these ended without a word.
        seconds: how long the last whole attempt took, by the clock on the wall.
        peak_mb: the most memory that its process needed meanwhile, in MB. Steps that run side by
            side in one process, as the two extracts do on the command line, share it.
        counts: what it counted: rows by table, links by outcome, figures.
        publication_id: the publication that it made, or empty.
        error: the kind of error that ended it, or empty.
        seals: digests of what it left, by part.
    """

    step: str
    state: str = AT_WORK
    attempts: int = 1
    killed: int = 0
    seconds: float = 0.0
    peak_mb: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    publication_id: str = ""
    error: str = ""
    seals: Mapping[str, str] = field(default_factory=dict)

    @property
    def task(self) -> str:
        """Its task in Airflow."""
        return _NAMES.get(self.step, self.step.replace(" ", "_"))

    def as_json(self) -> dict[str, Any]:
        """As kept in the run log."""
        return asdict(self)

    def gauges(self) -> dict[str, float]:
        """Its numbers under the names of metrics: letters, digits, dots and underscores only."""
        about = f"reconciliation.step.{self.task}"
        rate = link_rate(self.counts)
        return {
            f"{about}.seconds": self.seconds,
            f"{about}.peak_mb": float(self.peak_mb),
            f"{about}.attempts": float(self.attempts),
            **{
                f"{about}.count.{name.replace('.', '_').lower()}": float(count)
                for name, count in self.counts.items()
            },
            **({} if rate is None else {f"{about}.link_rate": rate}),
        }

    def ended_with(self, given: object) -> "StepRecord":
        """The record with what the step gave: counts, or the id of a publication."""
        if isinstance(given, Mapping):
            return replace(self, counts=dict(given))
        return replace(self, publication_id=given if isinstance(given, str) else "")


@dataclass(frozen=True, kw_only=True)
class StepRecords:
    """The records of one run, in a folder of its own.

    ``about`` names run and night in every line of the log.
    """

    folder: Path
    about: Mapping[str, str]

    def all(self) -> dict[str, StepRecord]:
        """Every record, by step."""
        found = (_read(path) for path in sorted(self.folder.glob(f"*/{RECORD}")))
        return {record.step: record for record in found}

    @contextmanager
    def measure(self, step: str) -> Iterator["Measured"]:
        """Measure the block as ``step``: its record is kept and its line logged, however it ends.

        Killed, it leaves a record that says it is at work; `Measured.was_killed` tells the next
        attempt.
        """
        path = self.folder / step / RECORD
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone(self.folder / f".{step}.lock") as is_alone:
            before = _read(path) if path.exists() else None
            was_killed = is_alone and before is not None and before.state == AT_WORK
            begun = StepRecord(
                step=step,
                attempts=1 + (before.attempts if before else 0),
                killed=(before.killed if before else 0) + was_killed,
            )
            measured = Measured(record=begun, was_killed=was_killed)
            _write(path, begun)
            forget_peak()
            started = time.monotonic()
            try:
                yield measured
            except BaseException as error:
                self._end(path, measured, FAILED, started, error=type(error).__name__)
                raise
            self._end(path, measured, DONE, started)

    def _end(
        self, path: Path, measured: "Measured", state: str, started: float, *, error: str = ""
    ) -> None:
        measured.record = replace(
            measured.record,
            state=state,
            seconds=round(time.monotonic() - started, 3),
            peak_mb=peak_mb(),
            error=error,
        )
        _write(path, measured.record)
        level = logging.INFO if state == DONE else logging.WARNING
        log.log(level, "%s", log_line({**self.about, **_fields(measured.record)}))


@dataclass
class Measured:
    """A step while it is measured."""

    record: StepRecord
    was_killed: bool

    def gave(self, given: object, *, seals: Mapping[str, str] | None = None) -> None:
        """Note what the step gives, and the digests of what it left."""
        self.record = replace(self.record.ended_with(given), seals=dict(seals or {}))


def log_line(fields: Mapping[str, object]) -> str:
    """Fields as ``key=value``, quoted where a value holds a space, a quote or an equals sign."""
    return " ".join(f"{name}={_value(value)}" for name, value in fields.items())


def in_order(steps: Iterable[str]) -> list[str]:
    """Names of steps, in the order of the night."""
    place = {step: number for number, step in enumerate(STEPS)}
    return sorted(steps, key=lambda name: (place.get(name.split(" ")[0], len(STEPS)), name))


def one_line(error: BaseException) -> str:
    """An error as the run log may hold it: a `BadInput` by its line, any other by its kind."""
    return str(error) if isinstance(error, BadInput) else type(error).__name__


def _fields(record: StepRecord) -> dict[str, object]:
    fields: dict[str, object] = {
        "step": record.step,
        "state": record.state,
        "seconds": record.seconds,
        "peak_mb": record.peak_mb,
        "attempt": record.attempts,
    }
    if record.killed:
        fields["killed"] = record.killed
    if record.error:
        fields["error"] = record.error
    if record.publication_id:
        fields["publication_id"] = record.publication_id
    rate = link_rate(record.counts)
    if rate is not None:
        fields["link_rate"] = f"{rate:.4f}"
    return {**fields, **record.counts}


def link_rate(counts: Mapping[str, int]) -> float | None:
    """Persons of the immigration register with a certain link, as a share; None if not counted."""
    persons = counts.get("immigration_persons")
    return counts.get("linked", 0) / persons if persons else None


def _value(value: object) -> str:
    text = str(value)
    if text and not any(sign in text for sign in ' "=\n'):
        return text
    return json.dumps(text)


def _read(path: Path) -> StepRecord:
    return StepRecord(**json.loads(path.read_text(encoding="utf-8")))


def _write(path: Path, record: StepRecord) -> None:
    write_whole(path, canonical_json(record.as_json()))
