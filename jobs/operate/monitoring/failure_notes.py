"""Why a task failed, written down by the task for the alert of its run.

The run is told to have failed by another process, which knows that it did and not why. A task that
was killed leaves no note, and that is how the alert knows.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from jobs.runtime.errors import BadInput, Crash, GateFailed, NotDelivered, NotPlaced
from jobs.runtime.files import canonical_json, text_digest, write_whole
from jobs.runtime.redaction import crash_line
from jobs.runtime.settings import Settings, load_settings


@dataclass(frozen=True, kw_only=True)
class FailureNote:
    """Why a task failed.

    ``kind`` is the name of the error, ``line`` its words where it is a `BadInput` or a `Crash`:
    those of other errors may hold a person's values. ``checks`` are those that stopped the night.
    """

    task: str
    kind: str
    line: str
    checks: tuple[str, ...] = ()

    @property
    def is_bad_input(self) -> bool:
        """What was delivered is wrong, rather than this software."""
        return self.kind in {BadInput.__name__, *(kind.__name__ for kind in _kinds(BadInput))}

    @property
    def is_gate(self) -> bool:
        """A critical check stopped the night."""
        return self.kind == GateFailed.__name__

    @property
    def is_late(self) -> bool:
        """A register did not deliver in time."""
        return self.kind == NotDelivered.__name__


def note_failure(
    *, dag: str, run: str, task: str, error: BaseException | None, settings: Settings
) -> None:
    """Write down why a task of a run failed; a mapped task is named with its place."""
    known = isinstance(error, BadInput | Crash)
    kind = type(error).__name__ if error is not None else "killed"
    line = (
        str(error) if known else f"a fault that nobody foresaw ({kind}); the task's log says more"
    )
    checks = error.checks if isinstance(error, GateFailed) else ()
    note = FailureNote(task=task, kind=kind, line=line, checks=checks)
    path = _folder(dag, run, settings) / f"{text_digest(task)[:16]}.json"
    write_whole(path, canonical_json(asdict(note)))


@contextmanager
def faults_in_one_line(*, passing: tuple[type[Exception], ...]) -> Iterator[None]:
    """Turn what nobody foresaw into a `Crash`, with nothing behind it that could show a value.

    Args:
        passing: errors by which whoever runs the block is steered.

    Raises:
        Crash: the block failed of a fault of this software.
    """
    try:
        yield
    except (BadInput, NotPlaced) as known:
        # Their line holds no value; what they were made from may.
        raise known from None
    except Exception as error:
        if isinstance(error, (Crash, *passing)):
            raise
        raise Crash(crash_line(error, data_dir=_data_dir())) from None


def _data_dir() -> Path | None:
    """Where files are kept; None where the settings cannot say."""
    try:
        return load_settings().data_dir
    except BadInput:
        return None


def failure_notes(*, dag: str, run: str, settings: Settings) -> tuple[FailureNote, ...]:
    """What the tasks of a run wrote down, by task."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in _folder(dag, run, settings).glob("*.json")
    ]
    notes = [FailureNote(**{**note, "checks": tuple(note["checks"])}) for note in found]
    return tuple(sorted(notes, key=lambda note: note.task))


def forget_notes(*, dag: str, run: str, settings: Settings) -> None:
    """Remove the notes of a run that was told: a second failure has notes of its own."""
    folder = _folder(dag, run, settings)
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()


def _kinds(error: type[BadInput]) -> list[type[BadInput]]:
    return [kind for child in error.__subclasses__() for kind in (child, *_kinds(child))]


def _folder(dag: str, run: str, settings: Settings) -> Path:
    return settings.data_dir / "alerts" / "notes" / text_digest(dag, run)[:32]
