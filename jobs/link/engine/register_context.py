"""Both registers in a scoring context, and what an engine gives of them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link.block.blocking import RuleUse
from jobs.link.compare.comparison_levels import comparisons_for
from jobs.link.engine.scoring_context import ScoringContext, scoring_context
from jobs.link.model.linkage_model import Model, usable
from jobs.link.model.thresholds import least_weight
from jobs.link.standardise.register_sides import immigration_side, prison_side
from jobs.runtime.process_memory import release_memory

Tables = Mapping[str, pa.Table]
"""Accepted register tables by full name, in the contract's schema."""


@dataclass(frozen=True, kw_only=True)
class Scored:
    """Pairs with the columns of `scoring.best`, what each blocking rule did, and the context.

    The pairs' persons are places in the sides' keys.
    """

    context: ScoringContext
    found: pd.DataFrame
    uses: list[RuleUse]


def least_of(context: ScoringContext) -> float:
    """The least weight that matters between so many persons.

    A whole number of bits, so that one more person does not move it.
    """
    return float(np.floor(least_weight(len(context.left), len(context.right))))


@contextmanager
def register_context(tables: Tables, model: Model) -> Iterator[ScoringContext]:
    """Both registers standardised and loaded, to be compared in what the model knows."""
    left = prison_side(tables)
    release_memory()
    right = immigration_side(tables)
    release_memory()
    known = usable(model, comparisons_for({*left.rows.column_names, *right.rows.column_names}))
    with scoring_context(left=left, right=right, comparisons=known) as context:
        yield context
