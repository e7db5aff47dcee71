"""What one run of the linkage leaves for the next: a database, and files of rows and of keys.

It holds everybody as standardised, their blocking keys, how often each value occurs, and the pairs
of rows that weighed enough with their grades. It is a memory, nothing more: without it everything
is scored, and the result is the same.

Tables, each once for the left (``_l``) and the right side (``_r``) where persons differ:

- ``people``: ``key``, ``person`` (a number of this memory), ``print`` of all that is recorded;
- ``owners``: ``person``, ``system``, ``value`` of valid identifiers; ``fillers``: those that too
  many share;
- ``value_<column>``: ``grouped``, ``value``, ``n``, its rarity in ``bits`` and the ``low``est bits
  since everybody with the value was scored;
- ``pairs``: ``row_l``, ``row_r``, the grade and weight of each comparison, and the ``weight``;
- ``base``: for each ``rule`` how many entries the files of keys have; the other tables of keys are
  those of `memory_keys`, those of rows are in `memory_rows`.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.block.blocking import RuleUse
from jobs.link.block.blocking_keys import Rows, Shared, cut, distinct
from jobs.link.block.blocking_rules import Rule
from jobs.link.compare.comparison_levels import Comparison, rarity_columns
from jobs.link.memory.memory_keys import (
    SIDES,
    Base,
    ByRule,
    DamagedError,
    Night,
    Now,
    all_keys,
    write_base,
)
from jobs.link.memory.memory_prints import REGISTERS
from jobs.link.memory.memory_rows import Flags, RowStore, open_rows, write_rows
from jobs.link.memory.memory_values import keep_values, revalue
from jobs.link.standardise.persons import COMMON_IDENTIFIER, Register, Side
from jobs.runtime.files import canonical_json

FILE: Final = "memory.duckdb"
FILLERS: Final = (
    "SELECT system, value FROM {owners} WHERE system <> 'noms' GROUP BY ALL "
    f"HAVING count(*) > {COMMON_IDENTIFIER}"
)
"""Identifiers that too many share; see `persons.fillers_of`."""
DAMAGED: Final = (
    DamagedError, duckdb.IOException, duckdb.SerializationException, duckdb.FatalException,
    duckdb.CatalogException,
)  # fmt: skip
"""What a memory raises that does not hold what it should."""

Tables = Mapping[str, pa.Table]


def attach(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Attach the memory in a folder to an engine."""
    quoted = str(folder / FILE).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS kept")


def said_of(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """What the attached memory is of, and the shape of its data."""
    row = connection.execute("SELECT state_of, shape FROM kept.state").fetchall()[0]
    return str(row[0]), str(row[1])


def shape_of(columns: frozenset[str]) -> str:
    """The columns that both sides have values in, as text."""
    return canonical_json(sorted(columns))


def columns_in(shape: str) -> frozenset[str]:
    """The columns that `shape_of` wrote."""
    return frozenset(json.loads(shape))


@dataclass(frozen=True, kw_only=True)
class Store:
    """The memory in a folder, attached to an engine as ``kept``.

    ``rules`` and ``comparisons`` are those of the run.
    """

    connection: duckdb.DuckDBPyConnection
    folder: Path
    rules: Sequence[Rule]
    comparisons: Sequence[Comparison]
    _written: list[dict[str, int]] = field(default_factory=list)
    _levels: list[pd.DataFrame] = field(default_factory=list)

    # --- a first run

    def begin(self, sides: Mapping[str, Side]) -> None:
        """Make the tables from both sides, whose ``rows_`` and ``now_`` tables stand."""
        rows = {side: own.rows for side, own in sides.items()}
        coded = {"nationality", *rarity_columns(self.comparisons)}
        write_rows(self.connection, self.folder, rows, coded)
        for side, own in sides.items():
            people = pd.DataFrame({"key": own.persons.to_numpy(), "person": range(len(own))})
            self._given(people)
            self._run(f"CREATE TABLE kept.people_{side} AS SELECT key, person::INTEGER AS "
                      f"person, print FROM given JOIN now_{side} USING (key)")  # fmt: skip
            self._given(own.owners)
            self._run(f"CREATE TABLE kept.owners_{side} AS SELECT person, system, value "
                      f"FROM given JOIN kept.people_{side} ON id = key")  # fmt: skip
            of = f"kept.owners_{side}"
            self._run(f"CREATE TABLE kept.fillers_{side} AS {FILLERS.format(owners=of)}")
            for kind in ("more", "dead"):
                self._run(f"CREATE TABLE kept.{kind}_{side} "
                          "(rule UTINYINT, key UBIGINT, row INTEGER)")  # fmt: skip
        keep_values(self.connection, self.comparisons)

    def keep_keys(self, place: int, shared: Shared) -> None:
        """Take over the keys of a rule while `blocking.block` has them."""
        self._written.append(write_base(self.folder, shared))
        pairs, keys = np.unique(shared.pairs, return_counts=True)
        self._levels.append(pd.DataFrame({"rule": place, "pairs": pairs, "keys": keys}))

    def end(self, *, budget: int, of: str, shape: str) -> None:
        """Keep the pairs of ``heavy_pairs``, the cuts and what the memory is of."""
        self._run(f"CREATE TABLE kept.pairs AS {self._heavy()}")
        self._given(pd.DataFrame(self._written).rename_axis("rule").reset_index())
        self._run("CREATE TABLE kept.base AS FROM given")
        cuts = [
            cut(level["pairs"].to_numpy(), budget, level["keys"].to_numpy())
            for level in self._levels
        ]
        self._keep_levels(pd.concat(self._levels), cuts)
        self._run("CREATE TABLE kept.state (state_of VARCHAR, shape VARCHAR)")
        self._run("INSERT INTO kept.state VALUES ($1, $2)", [of, shape])

    def _keep_levels(self, levels: pd.DataFrame, cuts: Sequence[int]) -> None:
        self._given(levels[["rule", "pairs", "keys"]])
        self._run("CREATE OR REPLACE TABLE kept.levels AS FROM given")
        self._given(pd.DataFrame({"rule": range(len(cuts)), "most": cuts}))
        self._run("CREATE OR REPLACE TABLE kept.cut AS FROM given")

    # --- a later run

    def open(self) -> None:
        """Open the files.

        Raises:
            DamagedError: a file is missing, or is not what the database says.
        """
        self.base, self.rows  # noqa: B018 - opened by being asked for

    @cached_property
    def base(self) -> Base:
        """The keys of the run that scored everybody."""
        entries = self._run("FROM kept.base ORDER BY rule").df().to_dict("records")
        return Base(self.folder, entries)

    @cached_property
    def rows(self) -> RowStore:
        """Everybody as standardised."""
        return open_rows(self.connection, self.folder)

    @property
    def age(self) -> float:
        """How many keys came or went since everybody was scored, as a share of all."""
        counts = [
            f"(SELECT count(*) FROM kept.{kind}_{s})" for kind in ("more", "dead") for s in SIDES
        ]
        moved = self._run(f"SELECT {' + '.join(counts)}").fetchall()[0][0]
        return float(moved / max(len(self.base), 1))

    def learn(self, side: str, tables: Tables) -> None:
        """Take over who came, changed or went on a side.

        Reads ``met_<side>``. Makes the temporary tables ``old_rows_``, ``new_rows_`` and
        ``new_people_`` of the side.
        """
        register = REGISTERS[side]
        who = f"FROM met_{side} WHERE key IS NOT NULL"
        keys = self._run(f"SELECT key {who} AND place IS NOT NULL").to_arrow_table()["key"]
        went = self._run(f"SELECT person {who} AND person IS NOT NULL").fetchnumpy()["person"]
        some = _of_persons(tables, register, keys)
        owners = register.numbers(some)
        fillers, turned = self._renew_fillers(side, owners, went)
        if len(turned):
            keys = pa.chunked_array([*keys.chunks, *turned["key"].chunks], pa.string()).unique()
            some = _of_persons(tables, register, keys)
            owners, went = register.numbers(some), np.append(went, turned["person"].to_numpy())
        self._forget(side, went)
        self._learn_rows(side, register.side(some, fillers=fillers), owners)

    def _renew_fillers(
        self, side: str, owners: pd.DataFrame, went: Rows
    ) -> tuple[list[tuple[str, str]], pa.Table]:
        """Which identifiers too many share now; of the others, whose became one or are none now."""
        self._given(owners)
        self.connection.register("gone", pa.table({"person": went}))
        stayed = f"kept.owners_{side} ANTI JOIN gone USING (person)"
        now = f"(SELECT system, value FROM {stayed} UNION ALL SELECT system, value FROM given)"
        turned = self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE touched AS
            SELECT system, value FROM kept.owners_{side} SEMI JOIN gone USING (person)
            UNION SELECT system, value FROM given;
            CREATE OR REPLACE TEMP TABLE fillers_now AS
            {FILLERS.format(owners=f"{now} SEMI JOIN touched USING (system, value)")}
            UNION SELECT system, value FROM kept.fillers_{side} ANTI JOIN touched
            USING (system, value);
            CREATE OR REPLACE TEMP TABLE turned AS
            (FROM fillers_now EXCEPT FROM kept.fillers_{side})
            UNION (FROM kept.fillers_{side} EXCEPT FROM fillers_now);
            CREATE OR REPLACE TABLE kept.fillers_{side} AS FROM fillers_now;
            SELECT key, person FROM kept.people_{side} SEMI JOIN (
                SELECT person FROM {stayed} SEMI JOIN turned USING (system, value)
            ) USING (person)
            """
        ).to_arrow_table()
        return self._run(f"FROM kept.fillers_{side}").fetchall(), turned

    def _forget(self, side: str, persons: Rows) -> None:
        self._given(pa.table({"person": persons}))
        for table in ("people", "owners"):
            self._run(f"DELETE FROM kept.{table}_{side} WHERE person IN (FROM given)")
        self._given(self.rows.fetch(side, self.rows.of_persons(side, persons)))
        self._run(f"CREATE OR REPLACE TEMP TABLE old_rows_{side} AS FROM given")
        self._run(f"INSERT INTO kept.gone_{side} SELECT row FROM given")
        self._run(f"DELETE FROM kept.pairs WHERE row_{side} IN (SELECT row FROM old_rows_{side})")

    def _learn_rows(self, side: str, learned: Side, owners: pd.DataFrame) -> None:
        # A number of the dead is not given again: the keys that it bears still lie in the files.
        row, person = self.rows.beyond(side), self._next_person(side)
        people = pd.DataFrame({"key": learned.persons.to_numpy(), "person": range(len(learned))})
        self._given(people)
        self._run(f"CREATE OR REPLACE TEMP TABLE new_people_{side} AS SELECT key, "
                  f"(person + {person})::INTEGER AS person, print, place "
                  f"FROM given JOIN now_{side} USING (key)")  # fmt: skip
        self._run(f"INSERT INTO kept.people_{side} SELECT key, person, print "
                  f"FROM new_people_{side}")  # fmt: skip
        self._given(owners)
        self._run(f"INSERT INTO kept.owners_{side} SELECT person, system, value "
                  f"FROM given JOIN new_people_{side} ON id = key")  # fmt: skip
        self._given(learned.rows)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE new_rows_{side} AS SELECT * REPLACE "
            f"(row + {row} AS row, person + {person} AS person) FROM given ORDER BY row"
        )
        self._run(f"INSERT INTO kept.more_rows_{side} BY NAME SELECT * FROM new_rows_{side}")
        for kind, age in (("more", "new"), ("dead", "old")):
            self._run(f"CREATE OR REPLACE TEMP TABLE {age}_keys_{side} AS "
                      f"{all_keys(self.rules, f'{age}_rows_{side}')}")  # fmt: skip
            self._run(f"INSERT INTO kept.{kind}_{side} FROM {age}_keys_{side}")

    def _next_person(self, side: str) -> int:
        query = (
            f"SELECT max(person) FROM (SELECT person FROM kept.people_{side} "
            f"UNION ALL SELECT person FROM old_rows_{side})"
        )
        last = self._run(query).fetchall()[0][0]
        return 0 if last is None else int(last) + 1

    def candidates(self, budget: int) -> list[RuleUse]:
        """Make the table ``candidates`` of whom is to be scored; tells what each rule did.

        These are the pairs of rows (``row_l``, ``row_r``) that are new, that bear a key which
        flipped, or a value that became rarer. Their kept pairs are forgotten. Rows with a value
        of another rarity are in ``shifted_l`` and ``shifted_r``.
        """
        is_gone = {side: self.rows.is_gone(side) for side in SIDES}
        night = self._night(is_gone)
        levels = self._run("FROM kept.levels").df()
        cuts = [int(n) for (n,) in self._run("SELECT most FROM kept.cut ORDER BY rule").fetchall()]
        levels, cuts, uses, flipped = night.recount(levels, cuts, budget)
        self._keep_levels(levels, cuts)
        stale: dict[str, list[Rows]] = {"l": [flipped], "r": []}
        shifted: dict[str, list[Rows]] = {"l": [], "r": []}
        values = {c: revalue(self.connection, c) for c in rarity_columns(self.comparisons)}
        asked = [
            (side, column, of.drop_columns("is_risen"))
            for column, of in values.items() for side in SIDES if len(of)
        ]  # fmt: skip
        bearing = self.rows.bearing(asked, is_gone)
        for (side, column, _), (rows, at) in zip(asked, bearing, strict=True):
            shifted[side].append(rows)
            stale[side].append(rows[np.asarray(values[column]["is_risen"])[at]])
        for side in SIDES:
            self._given(pa.table({"row": _all_of(shifted[side])}))
            self._run(f"CREATE OR REPLACE TEMP TABLE shifted_{side} AS FROM given")
        fresh = {side: self._fresh(side, stale[side], is_gone[side]) for side in SIDES}
        self._given(night.candidates(fresh, cuts))
        self._run("CREATE OR REPLACE TEMP TABLE candidates AS FROM given")
        return uses

    def _fresh(self, side: str, stale: Sequence[Rows], is_gone: Flags) -> ByRule:
        """Forget the pairs of stale and new rows; the keys of all of these."""
        rows = _all_of(stale)
        self._given(pa.table({"row": rows}))
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE fresh AS
            SELECT row FROM given UNION SELECT row FROM new_rows_{side};
            DELETE FROM kept.pairs WHERE row_{side} IN (FROM fresh)
            """
        )
        persons = distinct(self.rows.fetch(side, rows, ["person"])["person"].to_numpy())
        again = self.rows.fetch(side, self.rows.of_persons(side, persons, is_gone))
        self.connection.register("again", again)
        keys = f"SELECT * FROM ({all_keys(self.rules, 'again')}) SEMI JOIN fresh USING (row)"
        return ByRule(self.connection, f"{keys} UNION FROM new_keys_{side}")

    def _night(self, is_gone: Mapping[str, Flags]) -> Night:
        more, dead, old, new = (
            {side: ByRule(self.connection, f"FROM {name}_{side}") for side in SIDES}
            for name in ("kept.more", "kept.dead", "old_keys", "new_keys")
        )

        def now(rule: int, side: str) -> Now:
            return Now(
                base=self.base.borne(rule, side),
                more=more[side].of(rule),
                dead=dead[side].of(rule),
                is_gone=is_gone[side],
            )

        return Night(rules=self.rules, now=now, base=self.base, old=old, new=new)

    def take_shifted(self) -> None:
        """Move the kept pairs with a row of another rarity to the table ``shifted``."""
        where = "row_l IN (FROM shifted_l) OR row_r IN (FROM shifted_r)"
        self._run(f"CREATE OR REPLACE TEMP TABLE shifted AS FROM kept.pairs WHERE {where}")
        self._run(f"DELETE FROM kept.pairs WHERE {where}")

    def add_pairs(self, of: str) -> None:
        """Keep the pairs of ``heavy_pairs`` too; the memory is whole again, and of ``of``."""
        self._run("BEGIN")
        self._run(f"INSERT INTO kept.pairs {self._heavy()}")
        self._run("UPDATE kept.state SET state_of = $1", [of])
        self._run("COMMIT")

    def _heavy(self) -> str:
        told = [f"{what}_{c.column}" for c in self.comparisons for what in ("grade", "weight")]
        return f"SELECT row_l, row_r, weight, {', '.join(told)} FROM heavy_pairs"

    def shared_columns(self) -> frozenset[str]:
        """Columns of rows that both sides have values in."""
        return self.rows.columns_with_values("l") & self.rows.columns_with_values("r")

    def _given(self, values: pd.DataFrame | pa.Table) -> None:
        """Lay a table before the engine under the name ``given``."""
        self.connection.register("given", values)

    def _run(self, sql: str, values: list[object] | None = None) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(sql, values) if values else self.connection.execute(sql)


def _all_of(rows: Sequence[Rows]) -> Rows:
    """Numbers of rows, each once."""
    found: Rows = distinct(np.concatenate([np.empty(0, np.int32), *rows]).astype(np.int32))
    return found


def _of_persons(tables: Tables, register: Register, keys: pa.Array) -> dict[str, pa.Table]:
    """What a register holds of some persons."""
    return {
        name: tables[name].filter(pc.is_in(tables[name][register.key], value_set=keys))
        for name in register.tables
    }
