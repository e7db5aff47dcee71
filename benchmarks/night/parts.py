"""What is measured, each in a process of its own: the registers, the steps, stock Splink.

Three nights are run: the first that there is, the same again (nothing has changed), and the next,
on which the registers have moved on by a day.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from benchmarks.linkage import scale
from benchmarks.night.measuring import Clock
from jobs.contract.registers import REGISTERS, TABLES
from jobs.link.standardise.register_sides import IMMIGRATION, PRISON
from jobs.runtime.process_memory import peak_mb
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse.embedded.server import stop

SEED: Final = 618
FIRST_NIGHT: Final = date(2006, 4, 25)
NIGHTS: Final[Mapping[str, date]] = {
    "first": FIRST_NIGHT,
    "unchanged": FIRST_NIGHT,
    "next": FIRST_NIGHT + timedelta(days=1),
}
STEPS: Final = ("extract", "check", "link", "assess", "report", "publish", "place")
REGISTERS_PART: Final = "registers"
SPLINK: Final = "splink"


@dataclass(frozen=True, kw_only=True)
class MeasuredNight:
    """Where the measurements of one size are kept."""

    people: int
    shared: float
    keep: Path

    @property
    def folder(self) -> Path:
        """Measurements, registers and the data of the nights."""
        return self.keep.resolve() / f"night-{self.people}"

    @property
    def settings(self) -> Settings:
        """Settings of the nights: everything on the embedded server, as a new site has it."""
        return load_settings(data_dir=self.folder / "data", prison="", immigration="", warehouse="")

    def registers(self, night: str) -> Path:
        """Where the registers of a night are kept as files."""
        return self.folder / "registers" / NIGHTS[night].isoformat()

    def result(self, part: str) -> Path:
        """Where the measurement of a part stands."""
        return self.folder / "measured" / f"{part.replace('/', '-')}.json"

    def forget(self) -> None:
        """Measure anew, on a warehouse as new as at first; the registers stay."""
        kept = self.result(REGISTERS_PART)
        for path in self.folder.glob("measured/*.json"):
            if path != kept:
                path.unlink()
        stop(self.settings.data_dir / "postgres")
        shutil.rmtree(self.settings.data_dir, ignore_errors=True)


def parts() -> dict[str, Callable[[MeasuredNight], dict[str, Any]]]:
    """Every part in order; a name has its night before the stroke."""
    found: dict[str, Callable[[MeasuredNight], dict[str, Any]]] = {REGISTERS_PART: make_registers}
    for night in NIGHTS:
        if night != "unchanged":
            found[f"{night}/load"] = _loads(night)
        for step in STEPS:
            found[f"{night}/{step}"] = _runs(night, step)
        if night == "first":
            found[f"{SPLINK}/keys"] = splink_keys
            found[SPLINK] = stock_splink
    return found


def make_registers(timed: MeasuredNight) -> dict[str, Any]:
    """Invent the world once and keep both registers as of each night, and who is in both."""
    from jobs.synthetic import Size, build_history
    from jobs.synthetic.output.writing import write_world
    from jobs.synthetic.world import on_night

    size = Size(people=timed.people, shared_rate=timed.shared)
    history = build_history(seed=SEED, people=size)
    for night in sorted(set(NIGHTS.values())):
        world = on_night(history, as_of=night)
        folder = timed.folder / "registers" / night.isoformat()
        write_world(world, folder, truth=folder / "truth")
    return {}


def _loads(night: str) -> Callable[[MeasuredNight], dict[str, Any]]:
    def load(timed: MeasuredNight) -> dict[str, Any]:
        """Load the kept registers into their databases."""
        from jobs.operate.databases import databases
        from jobs.synthetic.output.loading import load_tables

        folder = timed.registers(night)
        tables = {
            name: pq.read_table(folder / table.space / f"{table.name}.parquet")
            for name, table in TABLES.items()
        }
        with databases(timed.settings, embedded=True) as opened:
            load_tables(tables, {name: opened.embedded(name) for name in REGISTERS})
        return {"rows": sum(table.num_rows for table in tables.values())}

    return load


def _runs(night: str, step: str) -> Callable[[MeasuredNight], dict[str, Any]]:
    def run(timed: MeasuredNight) -> dict[str, Any]:
        """Run one step, as a task of Airflow does: imports and connections are its own."""
        clock = Clock.started()
        from jobs.night import Night

        # As Airflow hands them on from task to task: a part without its digest is refused.
        seals = timed.folder / "data" / f"seals-{night}.json"
        known = json.loads(seals.read_text()) if seals.exists() else {}
        opened = Night(as_of=NIGHTS[night], label=night, settings=timed.settings, seals=known)
        if step == "extract":
            with ThreadPoolExecutor() as side_by_side:
                counts = list(side_by_side.map(opened.extract, REGISTERS))
            given: Any = {name: rows for found in counts for name, rows in found.items()}
        else:
            given = getattr(opened, step)()
        rows = sum(given.values()) if isinstance(given, Mapping) else 0
        spent = clock.read()
        seals.write_text(json.dumps(opened.seals))
        return spent | {"peak": _peak(), "rows": rows}

    return run


def splink_keys(timed: MeasuredNight) -> dict[str, Any]:
    """The persons of the first night, as the check left them, and their blocking keys."""
    folder = timed.folder / SPLINK
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run = timed.settings.data_dir / "runs" / FIRST_NIGHT.isoformat() / "first"
    for register in (PRISON, IMMIGRATION):
        for name in register.tables:
            shutil.copy(run / "check" / "accepted" / f"{name}.parquet", folder)
    (folder / "keys.json").write_text(json.dumps(scale.keys(folder, timed.people)))
    return {}


def stock_splink(timed: MeasuredNight) -> dict[str, Any]:
    """Stock Splink: train and predict."""
    clock = Clock.started()
    facts = scale.splink(timed.folder / SPLINK, timed.people)
    spent = {
        "cpu": round(facts["train"][1] + facts["predict"][1], 2),
        "wall": round(facts["train"][0] + facts["predict"][0], 2),
    }
    return spent | {
        "with_imports": clock.read()["cpu"],
        "peak": _peak(),
        "rows": timed.people,
    }


def _peak() -> float:
    """The most memory that this process held, in GB."""
    return round(peak_mb() / 1000, 2)
