"""The night's linkage by DuckDB, by Spark from this machine's disk, and by Spark from a store.

::

    python -m benchmarks.linkage.past_one_machine [--people 1000000] [--keep var/benchmarks]

One run over one invented world: each engine in a process of its own, one after the other, as far as
the weights of pairs. The store is a server that speaks S3, on this machine, of one thread: what it
adds is an upper bound. Spark runs in local mode, needs ``requirements-spark.txt`` and Java 17, and
gets the memory of ``PYSPARK_SUBMIT_ARGS`` (by default a heap of 6 GB). CPU seconds are those of the
process, of Spark's JVM and of its workers; memory is what all of them hold at once.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pandas as pd
import psutil

from benchmarks.linkage.scale import KEEP, PEOPLE, make_world, read_world
from benchmarks.night.measuring import Server, watched

ENGINES: Final = ("duckdb", "spark", "spark from a store")
BUCKET: Final = "linkage"
STORE: Final = f"s3://{BUCKET}/night"
HEAP: Final = "--driver-memory 6g pyspark-shell"


def score(folder: Path, engine: str) -> dict[str, Any]:
    """Score every pair by one engine; leave the pairs found."""
    from jobs.link import current_model, engine_named

    store = STORE if engine.endswith("store") else ""
    chosen = engine_named("duckdb" if engine == "duckdb" else "spark", store=store)
    tables, started = read_world(folder), time.perf_counter()
    with chosen.score(tables, model=current_model()) as scored:
        facts = {
            "wall": round(time.perf_counter() - started, 1),
            "cpu": round(_cpu_below(psutil.Process()), 1),
            "pairs": len(scored.found),
            "formed": sum(use.pairs for use in scored.uses),
        }
        scored.found.to_parquet(_pairs(folder, engine))
    return facts


def _cpu_below(process: psutil.Process) -> float:
    """CPU seconds of a process, of those that it started, and of theirs that have ended."""
    spent = 0.0
    for each in (process, *process.children(recursive=True)):
        times = each.cpu_times()
        spent += times.user + times.system + times.children_user + times.children_system
    return float(spent)


def measured(*, people: int, keep: Path) -> dict[str, dict[str, Any]]:
    """Every engine, each in a process of its own."""
    folder = keep.resolve() / f"scale-{people}"
    if not (folder / "world.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "world.json").write_text(json.dumps(make_world(folder, people)))
    found: dict[str, dict[str, Any]] = {}
    with _store():
        for engine in ENGINES:
            command = [sys.executable, "-m", "benchmarks.linkage.past_one_machine"]
            given = ["--people", str(people), "--keep", str(keep), "--engine", engine]
            with watched(Server(data=folder / "no server")) as together:
                done = subprocess.run(  # noqa: S603 - ourselves
                    [*command, *given], check=True, stdout=subprocess.PIPE, text=True
                )
            found[engine] = json.loads(done.stdout.splitlines()[-1])
            found[engine] |= {"peak": together.peak_gb, **_beside(folder, engine)}
            print(engine, found[engine], flush=True)  # noqa: T201 - a command
    (folder / "past-one-machine.json").write_text(json.dumps(found, indent=1))
    return found


def _beside(folder: Path, engine: str) -> dict[str, Any]:
    """How the pairs of an engine differ from DuckDB's."""
    keys = ["person_l", "person_r"]
    one, other = (pd.read_parquet(_pairs(folder, each)) for each in (ENGINES[0], engine))
    same = one[keys].equals(other[keys])
    return {
        "same pairs": same,
        "weights apart by": float((one["weight"] - other["weight"]).abs().max()) if same else None,
    }


def _pairs(folder: Path, engine: str) -> Path:
    return folder / f"pairs of {engine}.parquet"


@contextmanager
def _store() -> Iterator[None]:
    """A server that speaks S3 and has an empty bucket, named in the environment."""
    from benchmarks.linkage.local_store import s3_server

    heap = {"PYSPARK_SUBMIT_ARGS": os.environ.get("PYSPARK_SUBMIT_ARGS", HEAP)}
    with s3_server(BUCKET), mock.patch.dict(os.environ, heap):
        yield


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--keep", type=Path, default=KEEP)
    parser.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.engine:
        facts = score(given.keep.resolve() / f"scale-{given.people}", given.engine)
        print(json.dumps(facts))  # noqa: T201 - for the process that asked
        return
    measured(people=given.people, keep=given.keep)


if __name__ == "__main__":
    main()
