"""What a case list is: which rows of which table, in which order, under which headings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from jobs.contract.schema import Table, joined_keys

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Which rows of a table: those for which everything named here holds; nothing takes them all.

    ``statuses`` are those that a row may have, ``holds`` fields that say yes, ``known`` fields that
    have a value, ``missing`` fields that have none, ``equals`` the value of a field. ``instead``
    gives the status that stands in for a field of ``holds`` in publications that were made before.
    """

    statuses: frozenset[str] = frozenset()
    holds: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    equals: Words = field(default_factory=dict)
    instead: Words = field(default_factory=dict)

    def of(self, frame: pd.DataFrame) -> pd.Series:
        """Whether each row of a frame is one of them."""
        chosen = pd.Series(True, index=frame.index)
        if self.statuses:
            chosen &= frame["status"].isin(self.statuses)
        for name in self.holds:
            otherwise = frame["status"].eq(self.instead[name]) if name in self.instead else False
            chosen &= frame[name].fillna(otherwise).astype("bool")
        for name in self.known:
            chosen &= frame[name].notna()
        for name in self.missing:
            chosen &= frame[name].isna()
        for name, value in self.equals.items():
            chosen &= frame[name].eq(value).fillna(False).astype("bool")
        return chosen

    def sql(self, prefix: str = "") -> str:
        """The same as a condition in SQL; ``prefix`` stands before every field."""
        values = ", ".join(f"'{status}'" for status in sorted(self.statuses))
        parts = [f"{prefix}status IN ({values})"] if values else []
        parts += [
            f"coalesce({prefix}{name}, {prefix}status = '{self.instead[name]}')"
            if name in self.instead
            else f"{prefix}{name}"
            for name in self.holds
        ]
        parts += [f"{prefix}{name} IS NOT NULL" for name in self.known]
        parts += [f"{prefix}{name} IS NULL" for name in self.missing]
        parts += [f"{prefix}{name} = '{value}'" for name, value in self.equals.items()]
        return " AND ".join(parts)


@dataclass(frozen=True, kw_only=True)
class CaseList:
    """A list of cases: what is on it, and how it reads.

    ``name`` is what `cases --list` takes and the page's file is called; ``label`` stands in the
    menu and on the workbook's tab, ``title`` over the page, ``caption`` over the table (the title
    unless given), ``each`` over the rows. ``view`` is its view in the schema ``report``.

    ``rows`` select those of ``table``; ``total`` is the figure that counts every one. A list of
    releases says ``beside`` each what the assessment of its episode says. ``order`` says by which
    fields the rows are sorted, True for rising; what is not known comes last. ``fields`` are given
    as CSV, ``headings`` name those that readers see, ``words`` say values of a field otherwise
    than its codes do.
    """

    name: str
    label: str
    title: str
    each: str
    view: str
    table: Table
    total: str
    order: Mapping[str, bool]
    fields: tuple[str, ...]
    headings: Words
    rows: Rows = field(default_factory=Rows)
    beside: Table | None = None
    caption: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)

    def __post_init__(self) -> None:
        unknown = {*self.order, *self.headings} - set(self.fields)
        unknown |= {n for n in self.fields if n not in self.table_of(n).columns}
        if unknown or any(self.table_of(name).field(name).personal for name in self.fields):
            raise ValueError(f"list [{self.name}] shows what it may not, or lacks {unknown}")

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables that it is made from."""
        return (self.table,) if self.beside is None else (self.table, self.beside)

    def table_of(self, name: str) -> Table:
        """The table that says a field: its own where that has it."""
        return self.table if self.beside is None or name in self.table.columns else self.beside

    @property
    def is_of_episodes(self) -> bool:
        """Its rows are of custody episodes, which have reasons."""
        return "episode_id" in self.table.key

    def line_keys(self, frame: pd.DataFrame) -> pd.Series:
        """What tells the rows of the list apart, tonight and on any other night."""
        return joined_keys(frame, [name for name in self.table.key if name in self.fields])

    def selects(self, frame: pd.DataFrame) -> pd.Series:
        """Which rows of its table stand on the list."""
        return self.rows.of(frame)
