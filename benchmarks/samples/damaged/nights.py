"""Whole nights over damaged deliveries: what is published, or that nothing is."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from benchmarks.samples import deliveries
from benchmarks.samples.damaged import text
from benchmarks.samples.damaged.fate import ACCOUNTED, REFUSED, WARNED
from benchmarks.samples.damaged.made import AS_OF, Plan, World
from jobs.contract import results
from jobs.contract.registers import REGISTERS, SIZES_UNPROVED
from jobs.night import Night, run_night
from jobs.operate.databases import warehouse
from jobs.runtime.errors import BadInput, NotPlaced
from jobs.runtime.settings import Settings, load_settings
from jobs.warehouse import EmbeddedServer, current_publication, read_table

_NUMBERS = count(1)


class Nights:
    """Nights that each have a warehouse of their own on one server."""

    def __init__(self, world: World, server: EmbeddedServer, folder: Path) -> None:
        self.world, self.server, self.folder = world, server, folder
        self.whole = {
            register: deliveries.as_parquet(register, world.tables, folder / "whole" / register)
            for register in REGISTERS
        }

    def fate(self, seed: int) -> tuple[str, str, str]:
        """Damage one table of a whole delivery; give the damage, its fate and the refusal."""
        with self._own_folder() as folder:
            plan = Plan.of(seed, self.world, folder)
            register, table = plan.table.space, plan.table
            source = deliveries.as_csv(register, self.world.tables, folder / register)
            path = Path(source) / f"{table.name}.csv"
            damage = plan.draw.choice([d for d in text.DAMAGES if d is not text.compressed])
            done = damage(path.read_bytes(), plan)
            path.write_bytes(done.content)
            database = f"night_{next(_NUMBERS)}"
            self.server.create_database(database)
            settings = load_settings(
                data_dir=folder / "data",
                warehouse=self.server.url(database),
                **{**self.whole, register: source},
            )
            rows = self.world.tables[table.full_name].num_rows
            found, line = _fate(settings, table.full_name, rows, done)
            self.server.drop_database(database)
            return f"whole night, csv: {damage.__name__}", found, line

    @contextmanager
    def _own_folder(self) -> Iterator[Path]:
        folder = self.folder / f"night {next(_NUMBERS)}"
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _silence() -> Iterator[None]:
    log = logging.getLogger("jobs")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


def _fate(settings: Settings, table: str, rows: int, done: text.Damaged) -> tuple[str, str]:
    line = ""
    try:
        with _silence():
            run_night(Night(as_of=AS_OF, label="damaged", settings=settings))
    except BadInput as refused:
        line = str(refused)
    except NotPlaced as unplaced:
        return "not placed", str(unplaced)
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        return f"traceback of {type(error).__name__}", str(error)[:200]
    with warehouse(settings) as engine:
        published = current_publication(engine, as_of=AS_OF)
        if line:
            return (REFUSED if published is None else "refused although published"), line
        if published is None:
            return "exit 0 without a publication", ""
        counts = read_table(engine, published.publication_id, results.ROW_COUNTS.full_name)
        unproved = {name for register in published.manifest["inputs"].values()
                    for name in register[SIZES_UNPROVED]}  # fmt: skip
    counted = counts[(counts["register"] + "." + counts["table_name"]).eq(table)]
    held = int(counted["accepted"].sum() + counted["quarantined"].sum())
    if held == int(counted["rows_in"].sum()) == rows + done.added:
        return ACCOUNTED, ""
    if done.lost and held == rows - done.lost and table in unproved:
        return WARNED, ""
    return "rows lost", f"{held} of {rows}"
