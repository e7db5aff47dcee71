"""A data folder and a warehouse over registers of a few rows, which deliver what a test says."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import sqlalchemy as sa

from benchmarks.samples.minimal_registers import register_tables
from jobs.contract.schema import Table
from jobs.night import Night, run_night
from jobs.runtime.settings import Settings
from jobs.warehouse import current_publication, read_table


@dataclass(frozen=True)
class House:
    """A warehouse, a data folder, and registers that deliver what a test says."""

    folder: Path
    settings: Settings
    engine: sa.Engine

    def deliver(self, as_of: date, **rows: Any) -> Night:
        """A night over registers with these rows."""
        feed = [{"as_of_date": as_of, "generated_at": datetime(2006, 4, 25, 22, 0, tzinfo=UTC)}]
        tables = register_tables(prison_feed=feed, immigration_feed=feed, **rows)
        source = self.folder / f"registers {as_of}"
        for name, table in tables.items():
            path = source / name.replace(".", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path.with_suffix(".parquet"))
        own = self.settings.model_copy(
            update={"prison": str(source / "prison"), "immigration": str(source / "immigration")}
        )
        return Night(as_of=as_of, label="a test", settings=own)

    def run(self, as_of: date, **rows: Any) -> str:
        """Run the night of registers with these rows; give its publication."""
        return run_night(self.deliver(as_of, **rows))

    def again(self, as_of: date, **rows: Any) -> str:
        """Run a night on what the registers deliver now, whatever was landed; see `run`."""
        return run_night(self.deliver(as_of, **rows), fetch_again=True)

    def table(self, as_of: date, table: Table) -> pd.DataFrame:
        """What is published of a night."""
        found = current_publication(self.engine, as_of=as_of)
        assert found is not None
        return read_table(self.engine, found.publication_id, table.full_name)
