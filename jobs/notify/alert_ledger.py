"""Which alerts were sent, and which wait for a channel that was away: one small file for each.

Files and not the warehouse, which may be what is away. An alert is written down before it is sent
and each channel that took it is noted, so a second process, or the same one after a crash, sends
only what is missing.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from jobs.notify.alert import Alert, AlertKind
from jobs.runtime.files import canonical_json, disk_error, locked, text_digest, write_whole

_OLDER = {"told": "sent_to"}


@dataclass(kw_only=True)
class AlertRecord:
    """An alert, what it is about, and the channels that have it.

    ``about`` is the same for every alert of one night (or one run of another DAG), so that a
    recovery finds what it recovers from. ``settled`` says that nothing is left to say of it.
    """

    alert: Alert
    about: str
    sent_to: list[str] = field(default_factory=list)
    is_sent: bool = False
    settled: bool = False

    @property
    def went_to_nobody(self) -> bool:
        """Whether it was written down and not sent: an earlier alert had said it."""
        return self.is_sent and not self.sent_to

    def as_json(self) -> dict[str, Any]:
        """As kept in the file."""
        content = asdict(self)
        content["alert"]["at"] = self.alert.at.isoformat()
        return content

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """As read from the file."""
        given = dict(content["alert"])
        for name in ("causes", "look", "mend"):
            given[name] = tuple(given[name])
        given |= {"kind": AlertKind(given["kind"]), "at": datetime.fromisoformat(given["at"])}
        # Files of older versions have the channels under another name.
        kept = {_OLDER.get(name, name): value for name, value in content.items()}
        return cls(**{**kept, "alert": Alert(**given)})


@dataclass(frozen=True, kw_only=True)
class AlertLedger:
    """The alerts of one installation, in one folder."""

    folder: Path

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Hold the ledger: one process sends alerts at a time, another waits."""
        try:
            with locked(self.folder / ".lock", "alerts", wait=True):
                yield self
        except OSError as error:
            raise disk_error(error, self.folder) from error

    def find(self, key: str) -> AlertRecord | None:
        """The alert of this key; None if there was none."""
        path = self._path(key)
        return AlertRecord.from_json(json.loads(path.read_text())) if path.exists() else None

    def write(self, record: AlertRecord) -> None:
        """Write an alert down, whole or not at all."""
        write_whole(self._path(record.alert.key), canonical_json(record.as_json()))

    def unsettled(self, about: str) -> list[AlertRecord]:
        """Alerts that something is wrong with a night or run, from which it has not recovered."""
        wrong = (AlertKind.LATE, AlertKind.FAILED, AlertKind.GATE)
        return [
            record
            for record in self.all()
            if record.about == about and not record.settled and record.alert.kind in wrong
        ]

    def waiting(self) -> list[AlertRecord]:
        """Alerts that a channel has not taken yet, the oldest first."""
        return [record for record in self.all() if not record.is_sent]

    def all(self) -> list[AlertRecord]:
        """Every alert, the oldest first."""
        found = [
            AlertRecord.from_json(json.loads(p.read_text())) for p in self.folder.glob("*.json")
        ]
        return sorted(found, key=lambda record: record.alert.at)

    def _path(self, key: str) -> Path:
        return self.folder / f"{text_digest('alert', key)[:32]}.json"
