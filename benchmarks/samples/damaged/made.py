"""A damaged delivery: what is read, what was done to it, and what is true of it."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

import pyarrow as pa

from jobs.contract.registers import REGISTERS, TABLES
from jobs.contract.schema import Table
from jobs.extract.mapping import SiteMapping, read_mapping
from jobs.synthetic import Size, build_world

AS_OF: Final = date(2006, 4, 25)
MOST_ROWS: Final = 60
VALUES: Final = (
    "0000-00-00", "2005-02-29", "2006-4-5", "2006-04-05T00:00+01:00", "2006-04-05 00:00:00", "12,5",
    "NaN", "infinity", "-infinity", "12006-01-01", "9999-12-31", "0000-01-01", "0044-03-15 BC",
    "9999999", "99999999999999999999", "1e999", "-1", "1.0", "a\x00b",
    "\uff11\uff19\uff17\uff10-\uff10\uff15-\uff11\uff17", "\u0661\u0662", "\u0967\u096d",
    "x" * 10_000,
    'O"Brien', '"', '""', '"Smith "Jim" X"', 'O\\"Brien', "a,b", "two\nlines", "two\r\nlines", "\r",
    "\u2028", "\u202e", "=cmd|' /C calc'!A0", "@SUM(1)", "\ufeff", "", " ", "null", "NULL", "N/A",
    "\\N", "Y", "j", "2", "O\u2019Brien \u0141\u0105cki", "\U0001f600",
)  # fmt: skip
"""Values that a register may hold by mistake, for any column."""


@dataclass(frozen=True, kw_only=True)
class World:
    """Both registers without a damage: every row of them is accepted."""

    tables: Mapping[str, pa.Table]

    @cached_property
    def names(self) -> list[str]:
        """The tables that can be damaged."""
        return [name for name, rows in self.tables.items() if rows.num_rows and "feed" not in name]

    def loaded(self) -> dict[str, pa.Table]:
        """The rows that a delivery may hold, each with its place."""
        first = {name: rows.slice(0, MOST_ROWS) for name, rows in self.tables.items()}
        return {
            name: rows.append_column("place", pa.array(range(len(rows)), pa.int64()))
            for name, rows in first.items()
        }

    @cached_property
    def sites(self) -> dict[str, SiteMapping]:
        """The contract's own names, by register."""
        return {register: read_mapping(register=register, path=None) for register in REGISTERS}


def undamaged_world() -> World:
    """A small invented world without errors, with an alias for every person."""
    built = build_world(seed=2006, people=Size(people=1200), as_of=AS_OF, noise="none")
    tables = dict(built.tables)
    for register in REGISTERS:
        aliases = TABLES[f"{register}.aliases"]
        persons = tables[f"{register}.persons"]
        columns = {
            field.name: persons[field.name]
            if field.name in persons.column_names
            else pa.array([1] * len(persons), field.kind.arrow)
            for field in aliases.fields
        }
        tables[aliases.full_name] = pa.table(columns, schema=aliases.arrow_schema)
    return World(tables=tables)


@dataclass(frozen=True, kw_only=True)
class Made:
    """One damaged delivery of a feed and one table.

    ``rows`` are its true rows, ``touched`` how many of them may read otherwise than they were.
    ``lost`` rows are gone at the end of lines, which nothing shows but a declaration: such a
    delivery must say that its size is not proved. ``planted`` are values that no message may hold.
    """

    source: str
    site: SiteMapping
    table: Table
    what: str
    rows: int
    touched: int
    lost: int = 0
    planted: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a damage is done to: the first rows of one table, and where it goes."""

    draw: random.Random
    world: World
    table: Table
    rows: pa.Table
    folder: Path

    @classmethod
    def of(cls, seed: int, world: World, folder: Path) -> "Plan":
        """The plan that a seed draws."""
        draw = random.Random(seed)  # noqa: S311 - no secret
        table = TABLES[draw.choice(world.names)]
        rows = world.tables[table.full_name].slice(0, draw.randrange(2, MOST_ROWS))
        return cls(draw=draw, world=world, table=table, rows=rows, folder=folder)

    @property
    def feed(self) -> Table:
        """The feed of the register."""
        return TABLES[f"{self.table.space}.feed"]

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The feed and the table, undamaged, by full name."""
        feed = self.feed.full_name
        return {feed: self.world.tables[feed], self.table.full_name: self.rows}

    def column(self) -> str:
        """Any column."""
        return self.draw.choice(self.table.columns)

    def value(self) -> str:
        """Any value that a register may hold by mistake."""
        return self.draw.choice(VALUES)

    def made(
        self,
        source: str,
        what: str,
        *,
        touched: int,
        schema: str | None = None,
        rows: int | None = None,
        lost: int = 0,
        planted: tuple[str, ...] = (),
    ) -> Made:
        """The delivery, once it is written; ``rows`` where they are not those of the plan."""
        places = self.world.sites[self.table.space].places
        names = (self.feed.full_name, self.table.full_name)
        return Made(
            source=source,
            site=SiteMapping(places={n: replace(places[n], schema=schema) for n in names}),
            table=self.table,
            what=what,
            rows=self.rows.num_rows if rows is None else rows,
            touched=touched,
            lost=lost,
            planted=planted,
        )
