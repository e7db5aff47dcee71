"""The engines that find and weigh the pairs worth a look: one interface, two of them.

DuckDB works on one machine and remembers the last run. Spark spreads blocking and scoring over a
cluster; its workers weigh pairs in DuckDB with the same SQL, so the weights are the same.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

import pandas as pd

from jobs.link.blocking import RuleUse
from jobs.link.engine import Bench
from jobs.link.incremental import Memory, score
from jobs.link.model import Shares

EngineName = Literal["duckdb", "spark"]


class Engine(Protocol):
    """Finds the pairs of two sides that weigh enough to matter."""

    def score(
        self, table: Bench, *, shares: Shares, at_least: float
    ) -> tuple[pd.DataFrame, list[RuleUse]]:
        """The pairs, with the columns of `engine.weigh`, and what each blocking rule did."""


@dataclass(frozen=True, kw_only=True)
class DuckDB:
    """The default engine. ``memory``: what the last run kept, to score only what changed."""

    memory: Memory | None = None

    def score(
        self, table: Bench, *, shares: Shares, at_least: float
    ) -> tuple[pd.DataFrame, list[RuleUse]]:
        """See `Engine.score`."""
        return score(table, shares=shares, at_least=at_least, memory=self.memory)


def engine_named(name: EngineName, *, memory: Memory | None = None) -> Engine:
    """The engine of a name; Spark scores everything and keeps no memory.

    Raises:
        BadInput: Spark is wanted and not installed, or there is no Java.
    """
    if name == "spark":
        from jobs.link.spark import Spark

        return Spark()
    return DuckDB(memory=memory)
