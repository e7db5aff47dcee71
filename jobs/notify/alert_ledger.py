"""Which alerts were told, and which wait for a channel that was away: one small file for each.

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
from jobs.runtime.files import canonical_json, disk_error, locked, text_digest


@dataclass(kw_only=True)
class ToldAlert:
    """An alert, what it is about, and the channels that have it.

    ``about`` is the same for every alert of one night (or one run of another DAG), so that a
    recovery finds what it recovers from. ``settled`` says that nothing is left to tell of it.
    """

    alert: Alert
    about: str
    told: list[str] = field(default_factory=list)
    is_sent: bool = False
    settled: bool = False

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
        return cls(**{**content, "alert": Alert(**given)})


@dataclass(frozen=True, kw_only=True)
class AlertLedger:
    """The alerts of one installation, in one folder."""

    folder: Path

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Hold the ledger: one process tells alerts at a time, another waits."""
        try:
            with locked(self.folder / ".lock", "alerts", wait=True):
                yield self
        except OSError as error:
            raise disk_error(error, self.folder) from error

    def find(self, key: str) -> ToldAlert | None:
        """The alert of this key; None if it was never told."""
        path = self._path(key)
        return ToldAlert.from_json(json.loads(path.read_text())) if path.exists() else None

    def write(self, told: ToldAlert) -> None:
        """Write an alert down, whole or not at all."""
        path = self._path(told.alert.key)
        partial = path.with_suffix(".partial")
        partial.write_text(canonical_json(told.as_json()), encoding="utf-8")
        partial.replace(path)

    def unsettled(self, about: str) -> list[ToldAlert]:
        """Alerts that something is wrong with a night or run, from which it has not recovered."""
        wrong = (AlertKind.LATE, AlertKind.FAILED, AlertKind.GATE)
        return [
            told
            for told in self.all()
            if told.about == about and not told.settled and told.alert.kind in wrong
        ]

    def waiting(self) -> list[ToldAlert]:
        """Alerts that a channel has not taken yet, the oldest first."""
        return [told for told in self.all() if not told.is_sent]

    def all(self) -> list[ToldAlert]:
        """Every alert, the oldest first."""
        found = [ToldAlert.from_json(json.loads(p.read_text())) for p in self.folder.glob("*.json")]
        return sorted(found, key=lambda told: told.alert.at)

    def _path(self, key: str) -> Path:
        return self.folder / f"{text_digest('alert', key)[:32]}.json"
