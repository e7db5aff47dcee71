"""Reasons as rows: collected step by step, put in order of reading at the end."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess.columns import Whole
from jobs.assess.wording import TEXT, say
from jobs.results import REASONS

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings

EPISODES, SENTENCES, MOVEMENTS = "prison.episodes", "prison.sentences", "prison.movements"
PERSONS, CASES, EVENTS = "prison.persons", "immigration.cases", "immigration.events"


class Reasons:
    """Reasons as they are given, step by step; sorted by episode at the end."""

    def __init__(self, rules: list[str]) -> None:
        self._rules = rules
        self._tables: list[str] = []
        self._rows: list[Whole] = []
        self._rule: list[Whole] = []
        self._finding: list[pa.Array] = []
        self._table: list[Whole] = []
        self._key: list[pa.Array] = []

    def add(
        self,
        rows: Whole,
        rule: str,
        finding: str,
        table: str = "",
        key: pa.Array | None = None,
        **parts: Any,
    ) -> None:
        """Give a reason to the episodes at these positions."""
        if len(rows) == 0:
            return
        if table not in self._tables:
            self._tables.append(table)
        self._rows.append(rows)
        self._rule.append(np.full(len(rows), self._rules.index(rule), dtype=np.int16))
        self._finding.append(say(finding, len(rows), **parts))
        self._table.append(np.full(len(rows), self._tables.index(table), dtype=np.int16))
        self._key.append(pa.nulls(len(rows), TEXT) if key is None else key.cast(TEXT))

    def frame(self, episode_ids: pa.Array) -> pd.DataFrame:
        """All reasons in order of episode and reading."""
        if not self._rows:
            return REASONS.empty()
        rows = np.concatenate(self._rows)
        order = np.argsort(rows, kind="stable")
        rows = rows[order]
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        position = np.arange(len(rows)) - np.repeat(starts, np.diff(np.r_[starts, len(rows)])) + 1
        places = pa.array(order)
        sources = pa.array([name or None for name in self._tables], TEXT)
        columns = {
            "episode_id": episode_ids.cast(TEXT).take(pa.array(rows)),
            "position": pa.array(position),
            "rule_id": pa.array(self._rules, TEXT).take(
                pa.array(np.concatenate(self._rule)[order])
            ),
            "finding": _taken_out(self._finding).take(places),
            "source_table": sources.take(pa.array(np.concatenate(self._table)[order])),
            "source_key": _taken_out(self._key).take(places),
        }
        frame: pd.DataFrame = pa.table(columns).to_pandas()
        return frame.astype({f.name: f.kind.pandas for f in REASONS.fields})


def _taken_out(pieces: list[pa.Array]) -> pa.Array:
    """The pieces as one array, let go so that memory holds the text once, not twice."""
    whole = pa.concat_arrays(pieces)
    pieces.clear()
    return whole


def own_key(found: "Findings", rows: Whole) -> pa.Array:
    """The keys of the episodes at these positions."""
    return found.episodes.column("episode_id").take(pa.array(rows)).combine_chunks()


def case_key(found: "Findings", rows: Whole) -> pa.Array:
    """The keys of the cases at these positions."""
    taken = found.cases.table.column("case_id").take(pa.array(rows))
    return taken.combine_chunks()
