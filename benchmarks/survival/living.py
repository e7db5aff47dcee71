"""A small living world: some people of the invented one, as both registers hold them each night."""

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.samples import deliveries
from jobs.planted.sample import sample_of
from jobs.synthetic import History, build_history, on_night
from jobs.synthetic.people.world_size import FEWEST_PEOPLE


class LivingWorld:
    """Registers of some ``people`` each, with many errors, night for night from one ``seed``."""

    def __init__(self, folder: Path, *, seed: int, people: int) -> None:
        self.folder, self.seed, self.people = folder, seed, people
        self.history: History = build_history(seed=seed, people=FEWEST_PEOPLE, noise="harsh")

    def deliver(self, as_of: date) -> dict[str, str]:
        """Write what both registers deliver on a night, once; give their folders by name."""
        target = self.folder / as_of.isoformat()
        if not target.exists():
            tables = self._tables(as_of)
            for register in ("prison", "immigration"):
                deliveries.as_parquet(register, tables, target / register)
        return {register: str(target / register) for register in ("prison", "immigration")}

    def _tables(self, as_of: date) -> Mapping[str, pa.Table]:
        world = on_night(self.history, as_of=as_of)
        pairs = (
            world.truth["people"].to_pandas().dropna(subset=["prisoner_number", "cid_person_id"])
        )
        with tempfile.TemporaryDirectory() as folder:
            files = {name: Path(folder) / f"{name}.parquet" for name in world.tables}
            for name, path in files.items():
                pq.write_table(world.tables[name], path)
            return sample_of(files, links=pairs, seed=str(self.seed), people=self.people)
