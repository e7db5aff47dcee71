"""The engines that find and weigh the pairs worth a look: one interface, two of them.

DuckDB works on one machine and remembers the last run. Spark spreads blocking and scoring over a
cluster; its workers weigh pairs in DuckDB with the same SQL, so the weights are the same.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

import pyarrow as pa

from jobs.link.memory.incremental import Memory, Scored, scored
from jobs.link.model.linkage_model import Model

EngineName = Literal["duckdb", "spark"]


class Engine(Protocol):
    """Finds the pairs of both registers that weigh enough to matter."""

    def score(
        self, tables: Mapping[str, pa.Table], *, model: Model
    ) -> AbstractContextManager[Scored]:
        """The pairs, what each blocking rule did, and the bench that they stand on."""


@dataclass(frozen=True, kw_only=True)
class DuckDB:
    """The default engine. ``memory``: what the last run kept, to score only what changed."""

    memory: Memory | None = None

    def score(
        self, tables: Mapping[str, pa.Table], *, model: Model
    ) -> AbstractContextManager[Scored]:
        """See `Engine.score`."""
        return scored(tables, model=model, memory=self.memory)


def engine_named(name: EngineName, *, memory: Memory | None = None) -> Engine:
    """The engine of a name; Spark scores everything and keeps no memory.

    Raises:
        BadInput: Spark is wanted and not installed, or there is no Java.
    """
    if name == "spark":
        from jobs.link.compare.spark_engine import Spark

        return Spark()
    return DuckDB(memory=memory)
