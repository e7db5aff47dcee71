"""Reasons as rows: collected step by step, written out and put in order of reading at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Whole
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.wording import TEXT, fill, numbers, taken
from jobs.contract.results import REASONS
from jobs.contract.schema import Table

EPISODES_AT_ONCE: Final = 10_000
"""Episodes whose reasons are written out together: the text of all is never in memory twice."""


@dataclass(frozen=True)
class TextTemplate:
    """A template and its parts: one text for each row once it is written out."""

    template: str
    parts: Mapping[str, Any] = field(default_factory=dict)

    def text(self, rows: slice) -> pa.Array:
        """The text of some of the rows."""
        count = rows.stop - rows.start
        parts = {name: words.slice(rows.start, count) for name, words in self.parts.items()}
        return fill(self.template, count, **parts)


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One rule's answer about some episodes: their positions, the words, and the row used."""

    episodes: npt.NDArray[np.int32]
    rule: str
    finding: TextTemplate
    table: str
    key: TextTemplate | None


class Reasons:
    """Reasons as they are given, step by step; written out and sorted by episode at the end."""

    def __init__(self, found: Findings, rules: list[str]) -> None:
        self._found = found
        self._rules = rules
        self._steps: list[_Step] = []
        self._episode_ids = _column(found.episodes, "episode_id")
        self._case_ids = _column(found.cases.table, "case_id")

    def own_key(self, rows: Whole) -> TextTemplate:
        """The keys of the episodes at these positions."""
        return TextTemplate("{owner}", {"owner": taken(self._episode_ids, rows)})

    def case_key(self, rows: Whole) -> TextTemplate:
        """The keys of the cases at these positions."""
        return TextTemplate("{case}", {"case": taken(self._case_ids, rows)})

    def sentence_key(self, rows: Whole) -> TextTemplate:
        """The keys of the sentences at these positions."""
        owner = col.at(self._found.sentence_episode, rows, 0)
        return self.numbered_key(owner, col.at(self._found.sentence_sequence, rows, 0))

    def numbered_key(self, rows: Whole, number: Whole) -> TextTemplate:
        """The keys of rows that have their number within the episodes at these positions."""
        owner = taken(self._episode_ids, rows)
        return TextTemplate("{owner}|{number}", {"owner": owner, "number": numbers(number)})

    def add(
        self,
        rows: Whole,
        rule: AppliedRule,
        finding: str,
        table: Table | None = None,
        key: TextTemplate | None = None,
        **parts: Any,
    ) -> None:
        """Give a reason to the episodes at these positions, which ascend."""
        if len(rows):
            self._steps.append(
                _Step(
                    episodes=rows.astype(np.int32),
                    rule=rule.id,
                    finding=TextTemplate(finding, parts),
                    table=table.full_name if table else "",
                    key=key,
                )
            )

    def frame(self) -> pd.DataFrame:
        """All reasons in order of episode and reading.

        The rules come as categories: a few words, millions of times.
        """
        if not self._steps:
            return REASONS.empty()
        pieces = [
            self._written(first, first + EPISODES_AT_ONCE)
            for first in range(0, len(self._episode_ids), EPISODES_AT_ONCE)
        ]
        frame: pd.DataFrame = pa.concat_tables(pieces).to_pandas()
        return frame.astype({"position": REASONS.field("position").kind.pandas})

    def _written(self, first: int, last: int) -> pa.Table:
        """The reasons of the episodes from one position up to, not including, another.

        Each has at least one: its status.
        """
        ends = np.array([first, last], dtype=np.int32)
        tables = sorted({step.table for step in self._steps} - {""})
        rows: list[Any] = []
        rules: list[Any] = []
        sources: list[Any] = []
        findings: list[pa.Array] = []
        keys: list[pa.Array] = []
        for step in self._steps:
            mine = slice(*np.searchsorted(step.episodes, ends))
            count = mine.stop - mine.start
            if count == 0:
                continue
            rows.append(step.episodes[mine])
            rules.append(np.full(count, self._rules.index(step.rule), dtype=np.int16))
            place = tables.index(step.table) if step.table else -1
            sources.append(np.full(count, place, dtype=np.int8))
            findings.append(step.finding.text(mine))
            keys.append(step.key.text(mine) if step.key else pa.nulls(count, TEXT))
        row = np.concatenate(rows)
        order = np.argsort(row, kind="stable")
        row, places = row[order], pa.array(order)
        starts = np.flatnonzero(np.r_[True, row[1:] != row[:-1]])
        position = np.arange(len(row)) - np.repeat(starts, np.diff(np.r_[starts, len(row)])) + 1
        source = np.concatenate(sources)[order]
        columns = {
            "episode_id": self._episode_ids.take(pa.array(row)),
            "position": pa.array(position),
            "rule_id": pa.DictionaryArray.from_arrays(
                np.concatenate(rules)[order], pa.array(self._rules, TEXT)
            ),
            "finding": pa.concat_arrays(findings).take(places),
            "source_table": pa.array(tables, TEXT).take(pa.array(source, mask=source < 0)),
            "source_key": pa.concat_arrays(keys).take(places),
        }
        return pa.table(columns)


def _column(table: pa.Table, name: str) -> pa.Array:
    return table.column(name).cast(TEXT).combine_chunks()
