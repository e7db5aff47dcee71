"""``python -m benchmarks.strict_csv``: what the strict reading of quotes costs of an extract.

One run of one file: the seconds of processor of the strict pass, of the whole extract of the table,
and their share. The pass is to cost at most a tenth.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.csv

from jobs.contract.registers import REGISTERS
from jobs.extract.copying import copy_table
from jobs.extract.files import csv_files
from jobs.extract.mapping import read_mapping
from jobs.extract.source_kinds import open_source
from jobs.synthetic import Size, build_world

NIGHT: Final = date(2006, 4, 25)
TABLES: Final = ("persons", "episodes", "movements")


def main() -> None:
    """Print a line for each table: rows, seconds of the pass, seconds of all, share."""
    parser = ArgumentParser(description="The cost of reading quotes strictly.")
    parser.add_argument("--rows", type=int, default=500_000)
    rows = parser.parse_args().rows
    world = build_world(seed=2006, people=Size(people=20_000), as_of=NIGHT, noise="default")
    places = read_mapping(register="prison", path=None).places
    for name in TABLES:
        table = world.tables[REGISTERS["prison"][f"prison.{name}"].full_name]
        many = pa.concat_tables([table] * (rows // table.num_rows + 1)).slice(0, rows)
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as engine:
            pyarrow.csv.write_csv(many, Path(folder) / f"{name}.csv")
            spent = [0.0]
            csv_files.count_rows = _timed(csv_files.count_rows, spent)
            started = time.process_time()
            with open_source(source=folder, register="prison") as source:
                copy_table(
                    engine=engine,
                    source=source,
                    place=places[f"prison.{name}"],
                    folder=Path(tempfile.mkdtemp(dir=folder)),
                )
            whole = time.process_time() - started
        sys.stdout.write(
            f"{name}: {rows:,} rows, strict pass {spent[0]:.2f} s of {whole:.2f} s of processor: "
            f"{spent[0] / whole:.1%}\n"
        )


def _timed(count: Callable[..., int], spent: list[float]) -> Callable[..., int]:
    def run(**given: object) -> int:
        started = time.process_time()
        rows = count(**given)
        spent[0] += time.process_time() - started
        return rows

    return run


if __name__ == "__main__":
    main()
