"""The engines that find and score the pairs worth a look: one interface, two of them.

DuckDB works on one machine. Spark spreads blocking and scoring over a cluster; its workers score
pairs in DuckDB with the same SQL, so the weights are the same.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Literal, Protocol

from jobs.link.engine.register_context import Scored, Tables, least_of, register_context
from jobs.link.engine.scoring import score_pairs
from jobs.link.model.linkage_model import Model

EngineName = Literal["duckdb", "spark"]


class Engine(Protocol):
    """Finds the pairs of both registers that score enough to matter."""

    def score(self, tables: Tables, *, model: Model) -> AbstractContextManager[Scored]:
        """The pairs, what each blocking rule did, and the context that they were scored in."""


@dataclass(frozen=True, kw_only=True)
class DuckDB:
    """The default engine."""

    @contextmanager
    def score(self, tables: Tables, *, model: Model) -> Iterator[Scored]:
        """See `Engine.score`."""
        with register_context(tables, model) as context:
            least = least_of(context)
            uses = context.block(parameters=model.parameters, at_least=least)
            context.formed()
            found = score_pairs(
                context, parameters=model.parameters, at_least=least, is_bounded=context.is_large
            )
            yield Scored(context=context, found=found, uses=uses)


def engine_named(name: EngineName, *, store: str = "") -> Engine:
    """The engine of a name.

    Args:
        name: which one.
        store: where workers that share no disk find what they are to link; DuckDB needs none.

    Raises:
        BadInput: Spark is wanted and not installed, or there is no Java.
    """
    if name == "spark":
        from jobs.link.engine.spark_engine import Spark

        return Spark(store=store)
    return DuckDB()
