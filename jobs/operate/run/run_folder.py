"""The run's folder: what the steps of a night leave for each other, each part whole or absent."""

import functools
import json
import logging
import re
import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Concatenate, ParamSpec, Self, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.contract import results
from jobs.contract.registers import REGISTERS, TABLES
from jobs.contract.schema import TablesOnDemand
from jobs.extract import Landing, open_landing
from jobs.operate.run.sealed_parts import (
    DELIVERY,
    LANDING,
    LEAVES,
    MADE_FROM,
    SealedPart,
    sealed_part,
    sealing,
)
from jobs.operate.run.shared_store import SharedStore
from jobs.operate.run.step_records import StepRecords
from jobs.runtime.fail_points import reached
from jobs.runtime.files import alone, canonical_json, in_use, text_digest
from jobs.runtime.settings import Settings, load_settings

log = logging.getLogger(__name__)

Frames = dict[str, pd.DataFrame]

KEEP_SECONDS = 24 * 3600
"""Run folders this much older than the one that just published are removed."""


@dataclass(frozen=True, kw_only=True)
class RunFolder:
    """Where one run of a night keeps its parts.

    ``label`` names the run: two runs of one date never share a folder. ``seals`` are the digests
    of its parts, as the steps that left them handed them on (`sealed_parts`); None for whoever only
    looks at what a run left, and publishes nothing of it.
    """

    as_of: date
    label: str
    settings: Settings
    seals: dict[str, str] | None = field(default=None, compare=False, repr=False)

    @classmethod
    def open(cls, *, as_of: date, label: str, settings: Settings | None = None) -> Self:
        """Open the run of ``as_of``, with the settings of the environment unless given."""
        return cls(as_of=as_of, label=label, settings=settings or load_settings())

    @property
    def folder(self) -> Path:
        """Where the steps leave their parts."""
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.label).strip("-")
        return self.settings.data_dir / "runs" / self.as_of.isoformat() / name

    @property
    def pages(self) -> Path:
        """Where the pages of this date's current publication are."""
        return self.settings.data_dir / "pages" / self.as_of.isoformat()

    @property
    def corrections(self) -> Path:
        """Where the files are in which each service finds its rows to mend; not for readers."""
        return self.settings.data_dir / "corrections" / self.as_of.isoformat()

    @property
    def landings(self) -> Path:
        """Where the landings of every night are."""
        return self.settings.data_dir / "landing"

    def landing(self, register: str) -> Landing:
        """What a register delivered for this night."""
        name = f"{LANDING} {register}"
        known = self.seals or {}
        return open_landing(
            register=register,
            as_of=self.as_of,
            folder=self.landings,
            manifest_digest=known.get(name),
        )

    def seal_landing(self, landing: Landing) -> None:
        """Know a landing, and what was delivered in it, by their digests from here on."""
        if self.seals is not None:
            register = landing.manifest.register
            self.seals[f"{LANDING} {register}"] = landing.manifest.digest
            self.seals[f"{DELIVERY} {register}"] = text_digest(
                DELIVERY, canonical_json(landing.summary())
            )

    def leaving(self, part: str) -> AbstractContextManager[Path]:
        """A folder to write a part in; it is there, under its seal, once the block succeeds."""
        seals = {} if self.seals is None else self.seals
        return sealing(self.folder / part, made_from=self.made_from(part), seals=seals)

    def made_from(self, part: str) -> dict[str, str]:
        """The digests of what a part of this run is made from, as far as they are known."""
        seals = self.seals or {}
        return {name: seals[name] for name in MADE_FROM.get(part, ()) if name in seals}

    def take_over(self, name: str, part: SealedPart) -> None:
        """Have a part of an earlier run, made from the same, as this run's own."""
        if part.folder != self.folder / name:
            part.stand_in(self.folder / name)
        if self.seals is not None:
            self.seals[name] = part.seal.digest

    def part(self, name: str) -> SealedPart:
        """A part as the step left it.

        Raises:
            BadInput: it is gone or was changed, or no step of this run has handed on its digest.
        """
        return sealed_part(self.folder / name, seals=self.seals)

    def sealed_by(self, step: str) -> dict[str, str]:
        """The digests of what a step of this run left, for the steps after it."""
        seals = self.seals or {}
        return {name: seals[name] for name in LEAVES.get(step, ()) if name in seals}

    def leave(
        self,
        step: str,
        facts: Mapping[str, pd.DataFrame],
        *,
        accepted: Mapping[str, pa.Table] | None = None,
        inputs: Mapping[str, str] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """Leave a step's part: result frames, accepted tables, inputs for the manifest, texts."""
        with self.leaving(step) as folder:
            for name, frame in facts.items():
                pq.write_table(results.NIGHTLY[name].arrow(frame), folder / f"{name}.parquet")
            if accepted is not None:
                (folder / "accepted").mkdir()
                for name, rows in accepted.items():
                    pq.write_table(rows, folder / "accepted" / f"{name}.parquet")
            (folder / "inputs.json").write_text(canonical_json(inputs or {}))
            for name, content in (texts or {}).items():
                (folder / name).write_text(content, encoding="utf-8")

    def landed(self) -> TablesOnDemand:
        """The tables of both registers as they were delivered, by full name."""
        return TablesOnDemand(
            {
                name: functools.partial(landing.table, name)
                for landing in map(self.landing, REGISTERS)
                for name in landing.manifest.tables
            }
        )

    def accepted(self) -> TablesOnDemand:
        """The register tables that passed the check, by full name."""
        part = self.part("check")
        return TablesOnDemand(
            {name: functools.partial(part.table, f"accepted/{name}.parquet") for name in TABLES}
        )

    def accepted_rows(self, full_name: str) -> int:
        """How many rows of a register table passed the check."""
        return self.part("check").rows(f"accepted/{full_name}.parquet")

    def facts(self, *names: str) -> Frames:
        """The result frames that these steps left; a later step's replaces an earlier one's."""
        facts: Frames = {}
        for name in names:
            part = self.part(name)
            for file in part.names(".parquet"):
                if file.startswith("nightly."):
                    table = results.NIGHTLY[file.removesuffix(".parquet")]
                    facts[table.full_name] = table.frame(part.table(file))
        return facts

    def inputs(self, step: str) -> dict[str, str]:
        """What the warehouse gave to the night up to a step, as the manifest names it."""
        inputs: dict[str, str] = json.loads(self.part(step).read("inputs.json"))
        return inputs

    @property
    def records(self) -> StepRecords:
        """What each step took and did."""
        about = {"run": self.label, "as_of": self.as_of.isoformat()}
        return StepRecords(folder=self.folder / "steps", about=about)

    def note_killed(self, step: str) -> None:
        """Told that the attempt before at a step was killed."""
        log.warning("step [%s]: the attempt before was killed; it is done again", step)

    @property
    def shared(self) -> SharedStore | None:
        """Where workers that share no disk hand parts to each other; None where they do."""
        url = self.settings.shared_store
        return SharedStore(url=url, folder=self.settings.data_dir) if url else None

    def fetch_shared(self) -> None:
        """Fetch what steps on other machines left: this night's landings, and the run's parts."""
        self._fetch(self._shared_folders())

    def fetch_landings(self) -> None:
        """Fetch what was landed of this night on other machines."""
        self._fetch(self._landings_of_night())

    def _fetch(self, folders: tuple[str, ...]) -> None:
        if self.shared is not None:
            for folder in folders:
                for part in self.shared.parts(folder):
                    self.shared.fetch(part)

    def give_shared(self) -> None:
        """Give what the steps left here to other machines."""
        if self.shared is not None:
            for folder in self._shared_folders():
                for path in sorted((self.settings.data_dir / folder).glob("[!.]*/")):
                    self.shared.give(f"{folder}/{path.name}")

    def _shared_folders(self) -> tuple[str, ...]:
        run = self.folder.relative_to(self.settings.data_dir).as_posix()
        return (*self._landings_of_night(), run, f"{run}/steps")

    def _landings_of_night(self) -> tuple[str, ...]:
        return tuple(f"landing/{name}/{self.as_of.isoformat()}" for name in REGISTERS)

    def forget_old_runs(self) -> None:
        """Remove run folders of any date that nobody uses and that are a day older than this one.

        A folder is as old as the last thing left in it; a step that is at work holds its lock.
        """
        limit = _last_left(self.folder) - KEEP_SECONDS
        for other in (self.settings.data_dir / "runs").glob("*/*/"):
            if other != self.folder and _last_left(other) < limit:
                with alone(_lock_of(other)) as is_idle:
                    if is_idle:
                        shutil.rmtree(other)
                        reached("old.removed")


def frame_digest(frame: pd.DataFrame) -> str:
    """A digest of what a frame holds, whatever the order of its rows."""
    ordered = frame.sort_values(list(frame.columns)) if len(frame) else frame
    return text_digest(ordered.to_csv(index=False))


def _lock_of(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.in_use")


def _last_left(folder: Path) -> float:
    return max(path.stat().st_mtime for path in (folder, *folder.glob("*"), *folder.glob("*/*")))


Run = TypeVar("Run", bound=RunFolder)
P = ParamSpec("P")
R = TypeVar("R")


def measured(step: Callable[Concatenate[Run, P], R]) -> Callable[Concatenate[Run, P], R]:
    """Keep what a step took and did in the run's folder, and say it in the log."""

    @functools.wraps(step)
    def run(night: Run, /, *args: P.args, **kwargs: P.kwargs) -> R:
        # A register is a name; what else a step is given is none.
        name = " ".join([step.__name__.strip("_"), *(a for a in args if isinstance(a, str))])
        with in_use(_lock_of(night.folder)):
            night.fetch_shared()
            with night.records.measure(name) as measuring:
                if measuring.was_killed:
                    night.note_killed(name)
                given = step(night, *args, **kwargs)
                measuring.gave(given, seals=night.sealed_by(name))
            night.give_shared()
        return given

    return run
