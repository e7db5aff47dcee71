"""How long it takes to publish: a first night, and a night on which nothing changed.

    python benchmarks/warehouse.py [IDENTITIES]

Publishes two nights of invented rows to an embedded server in a temporary folder: for every two
identities one custody episode with its flags, its link and four reasons. Prints seconds of wall
clock and of CPU for each night, and how many rows the second wrote beside its
snapshot. The audit of a night is the gate's and is not in these numbers.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import sqlalchemy as sa
import typer

from benchmarks.samples import nights
from jobs.contract import results
from jobs.warehouse import open_warehouse, publish, start_embedded, upgrade
from jobs.warehouse.store.tables import INTERVALS

FIRST, SECOND = date(2006, 4, 25), date(2006, 4, 26)


def main() -> None:
    """Publish both nights and print what they took."""
    identities = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    facts = invented(identities)
    rows = sum(len(frame) for frame in facts.values())
    typer.echo(f"{identities:,} identities, {rows:,} rows in {len(facts)} tables")
    with tempfile.TemporaryDirectory() as folder, start_embedded(Path(folder)) as server:
        engine = open_warehouse(server.create_database("warehouse"))
        upgrade(engine)
        manifest = nights.manifest(as_of=FIRST)
        timed("first night", engine, lambda: publish(engine, manifest=manifest, tables=facts))
        before = written(engine)
        later = replace(manifest, as_of=SECOND)
        timed("unchanged night", engine, lambda: publish(engine, manifest=later, tables=facts))
        typer.echo(f"rows written beside the snapshot: {written(engine) - before}")
        engine.dispose()
        server.stop()


def invented(identities: int) -> dict[str, pd.DataFrame]:
    """Every nightly table of a night of so many identities."""
    people = identities // 2
    facts = nights.facts(people=people)
    facts[results.FLAGS.full_name] = nights.rows(results.FLAGS, people)
    return facts


def timed(name: str, engine: sa.Engine, work: Callable[[], object]) -> None:
    """Run and print wall clock and CPU, of this process and of its one connection's server side."""
    wall, here, there = time.monotonic(), time.process_time(), server_seconds(engine)
    work()
    wall, here = time.monotonic() - wall, time.process_time() - here
    there = server_seconds(engine) - there
    typer.echo(f"{name}: {wall:.1f} s; CPU {here:.1f} s here, {there:.1f} s in the server")


def server_seconds(engine: sa.Engine) -> float:
    """CPU seconds of the server process of the engine's pooled connection."""
    with engine.connect() as connection:
        process = connection.scalar(sa.text("SELECT pg_backend_pid()"))
    ticks = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def written(engine: sa.Engine) -> int:
    """Rows of the interval tables: what a night adds to them it wrote beside its snapshot."""
    with engine.connect() as connection:
        return sum(
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in INTERVALS.values()
        )


if __name__ == "__main__":
    main()
