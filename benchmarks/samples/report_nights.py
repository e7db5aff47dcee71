"""A night's facts, invented: any size, the same for the same seed, every status present."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.samples.reported.assessed_rows import (
    invent_assessments,
    invent_casework,
    invent_discrepancies,
    invent_flags,
    invent_identities,
    invent_links,
    invent_movement,
    invent_reasons,
    invent_releases,
    invent_rule_changes,
)
from benchmarks.samples.reported.frames import AS_OF, TODAY, arrow_of, frame_of
from benchmarks.samples.reported.register_rows import (
    invent_checks,
    invent_faults,
    invent_quarantine,
    invent_row_counts,
    invent_tables,
)
from jobs.contract import results
from jobs.report import Reported, build_report
from jobs.report.movement import lines_of

__all__ = ["AS_OF", "TODAY", "Invented", "arrow_of", "frame_of", "invent", "report"]


@dataclass(frozen=True, kw_only=True)
class Invented:
    """Register tables, the facts of the steps before the report, and the report on them."""

    tables: dict[str, pa.Table]
    facts: dict[str, pd.DataFrame]
    reported: Reported


class _WhenAsked(Invented):
    """A night that is invented when it is first looked at: to name one costs nothing."""

    def __init__(self, episodes: int, seed: int, has_changes: bool) -> None:
        object.__setattr__(self, "_asked", (episodes, seed, has_changes))

    def __getattr__(self, name: str) -> Any:
        if name not in {"tables", "facts", "reported"}:
            raise AttributeError(name)
        made = _invented(*self._asked)
        # Who asks for the same night again gets frames of their own, to do with what they like.
        facts = {full_name: frame.copy() for full_name, frame in made.facts.items()}
        own = {each.name: getattr(made.reported, each.name).copy() for each in fields(Reported)}
        self.__dict__.update(
            tables=dict(made.tables), facts=facts, reported=replace(made.reported, **own)
        )
        return self.__dict__[name]


def invent(*, episodes: int = 400, seed: int = 1, has_changes: bool = False) -> Invented:
    """Invent a night with so many custody episodes and half as many open cases.

    ``has_changes`` says that the site changes the rules.
    """
    return _WhenAsked(episodes, seed, has_changes)


@lru_cache(maxsize=4)
def _invented(episodes: int, seed: int, has_changes: bool) -> Invented:
    rng = np.random.default_rng(seed)
    assessments = invent_assessments(rng, episodes)
    tables = invent_tables(rng, assessments)
    facts = {
        "nightly.assessments": assessments,
        "nightly.releases": invent_releases(np.random.default_rng(seed + 1), assessments),
        "nightly.casework": invent_casework(np.random.default_rng(seed + 2), assessments),
        "nightly.reasons": invent_reasons(assessments),
        "nightly.links": invent_links(assessments),
        "nightly.identities": invent_identities(assessments),
        "nightly.row_counts": invent_row_counts(tables),
        "nightly.quarantine": invent_quarantine(),
        "nightly.check_results": invent_checks(),
        **invent_faults(),
        "nightly.flags": invent_flags(rng, assessments),
        "nightly.discrepancies": invent_discrepancies(assessments),
        **invent_rule_changes(assessments, is_told=has_changes),
    }
    reported = report(tables, facts)
    facts |= reported.tables
    facts |= invent_movement(assessments, facts["nightly.releases"])
    for name, table in results.NIGHTLY.items():
        facts.setdefault(name, table.empty())
    facts["nightly.listed"] = lines_of(facts, as_of=AS_OF - timedelta(days=3))
    return Invented(tables=tables, facts=facts, reported=reported)


def report(tables: dict[str, pa.Table], facts: dict[str, pd.DataFrame]) -> Reported:
    """Build the report of invented facts."""
    return build_report(tables=tables, facts=facts, as_of=AS_OF)
