"""What one run of the linkage leaves for the next: a database of its own in a file.

It holds everybody as standardised, their blocking keys with how many bear each, how often each
value occurs, and the pairs of rows that weighed enough with their grades. It is a memory, nothing
more: without it everything is scored, and the result is the same.

Tables, each once for the left (``_l``) and the right side (``_r``) where persons differ:

- ``people``: ``key``, ``person`` (a number of this memory), ``print`` of all that is recorded;
- ``owners``: ``key``, ``system``, ``value`` of valid identifiers; ``fillers``: those that too many
  share;
- ``rows``: as `persons.Side` has them; ``keys``: ``rule``, ``key``, ``row``;
- ``counted``: ``rule``, ``key`` and how many rows bear it, ``n_l`` and ``n_r``;
- ``cut``: for each rule ``last_pairs`` and ``last_key`` of the last key that was not left out, by
  pairs and key;
- ``value_<column>``: ``grouped``, ``value``, ``n``, its rarity in ``bits`` and the ``low``est bits
  since everybody with the value was scored;
- ``pairs``: ``row_l``, ``row_r`` and the grade of each comparison.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.files import canonical_json
from jobs.link.blocking import keys_query
from jobs.link.comparisons import Comparison, rarity_columns
from jobs.link.memory_counts import RISE, Counts
from jobs.link.persons import COMMON_IDENTIFIER, IMMIGRATION, PRISON, Register, Side
from jobs.link.rarity import counts_query

REGISTERS: Final = {"l": PRISON, "r": IMMIGRATION}
FILLERS: Final = (
    "SELECT system, value FROM {owners} WHERE system <> 'noms' GROUP BY ALL "
    f"HAVING count(*) > {COMMON_IDENTIFIER}"
)
"""Identifiers that too many share; see `persons.fillers_of`."""
LINKED: Final = (
    "first_name", "middle_names", "last_name", "date_of_birth", "gender", "nationality",
    "second_nationality", "birth_place", "postcode", "suburb", "region", "address",
    "street_number", "pnc_number", "cro_number", "noms_number", "ho_reference",
)  # fmt: skip
"""Columns of a person that linkage reads."""


def lift(comparisons: Sequence[Comparison]) -> float:
    """How far below the bar pairs are kept, in bits; see `RISE`."""
    scaled = [c for c in comparisons if any(grade.rarity for grade in c.grades)]
    return RISE * len(scaled)


def fingerprint(
    connection: duckdb.DuckDBPyConnection, side: str, tables: Mapping[str, pa.Table]
) -> None:
    """Make the table ``now_<side>``: ``key`` and ``print`` of each person of a register."""
    register = REGISTERS[side]
    joins, prints = [], []
    for place, name in enumerate(register.tables):
        connection.register(f"given_{place}", tables[name])
        columns = [n for n in tables[name].column_names if place or n in LINKED]
        printed = f"hash({', '.join(columns)})"
        if place == 0:
            own = f"SELECT {register.key} AS key, {printed} AS print FROM given_0"
        else:
            prints.append(f"coalesce(of_{place}.print, 0)")
            joins.append(
                f"LEFT JOIN (SELECT {register.key} AS key, sum({printed}) AS print "
                f"FROM given_{place} GROUP BY ALL) of_{place} ON of_{place}.key = own.key"
            )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE now_{side} AS "
        f"SELECT own.key, hash({', '.join(['own.print', *prints])}) AS print "
        f"FROM ({own}) own {' '.join(joins)}"
    )
    for place in range(len(register.tables)):
        connection.unregister(f"given_{place}")


@dataclass(frozen=True, kw_only=True)
class Store(Counts):
    """The memory, attached to an engine as ``kept``."""

    # --- a first run

    def begin(self, sides: Mapping[str, Side]) -> None:
        """Make the tables from both sides, whose ``rows_`` and ``now_`` tables stand."""
        bits = ", ".join(f"bits_{name}" for name in rarity_columns(self.comparisons))
        for side, own in sides.items():
            people = pd.DataFrame({"key": own.persons.to_numpy(), "person": range(len(own))})
            self._run(f"CREATE TABLE kept.rows_{side} AS SELECT * EXCLUDE ({bits}) "
                      f"FROM rows_{side} ORDER BY row")  # fmt: skip
            self.connection.register("given", people)
            self._run(f"CREATE TABLE kept.people_{side} AS SELECT key, person::INTEGER AS "
                      f"person, print FROM given JOIN now_{side} USING (key)")  # fmt: skip
            self.connection.register("given", own.owners)
            self._run(f"CREATE TABLE kept.owners_{side} AS "
                      "SELECT id AS key, system, value FROM given")  # fmt: skip
            self.connection.unregister("given")
            of = f"kept.owners_{side}"
            self._run(f"CREATE TABLE kept.fillers_{side} AS {FILLERS.format(owners=of)}")
            self._run(f"CREATE TABLE kept.keys_{side} "
                      "(rule UTINYINT, key UBIGINT, row INTEGER)")  # fmt: skip
        self._run("CREATE TABLE kept.counted "
                  "(rule UTINYINT, key UBIGINT, n_l INTEGER, n_r INTEGER)")  # fmt: skip
        for column in rarity_columns(self.comparisons):
            counted = counts_query(column, ["rows_l", "rows_r"])
            self._run(f"CREATE TABLE kept.value_{column} AS "
                      f"SELECT grouped, value, n, bits, bits AS low "
                      f"FROM ({counted}) JOIN rarity_{column} USING (grouped, value)")  # fmt: skip

    def keep_keys(self, place: int) -> None:
        """Take over the keys of a rule while `blocking.block` has them."""
        for side in ("l", "r"):
            self._run(f"INSERT INTO kept.keys_{side} SELECT {place}, key, row FROM keys_{side}")
        self._run(
            f"""
            INSERT INTO kept.counted SELECT {place}, key, coalesce(l.n, 0), coalesce(r.n, 0)
            FROM (SELECT key, count(*) AS n FROM keys_l GROUP BY key) l
            FULL JOIN (SELECT key, count(*) AS n FROM keys_r GROUP BY key) r USING (key)
            """
        )

    def end(self, *, budget: int, of: str, shape: str) -> None:
        """Keep the pairs of ``heavy_pairs``, the cuts and what the memory is of."""
        self._run(f"CREATE TABLE kept.pairs AS {self._heavy()}")
        self._keep_cuts(self.cuts(budget)[0])
        self._run("CREATE TABLE kept.state (state_of VARCHAR, shape VARCHAR)")
        self._run("INSERT INTO kept.state VALUES ($1, $2)", [of, shape])

    # --- a later run

    def learn(self, side: str, tables: Mapping[str, pa.Table]) -> None:
        """Take over who came, changed or went on a side.

        Reads ``now_<side>``. Makes the temporary tables ``old_rows_``, ``new_rows_``, ``old_keys_``
        and ``new_keys_`` of the side.
        """
        register = REGISTERS[side]
        keys = self._run(
            f"SELECT key FROM now_{side} now LEFT JOIN kept.people_{side} known USING (key) "
            "WHERE known.print IS NULL OR known.print <> now.print"
        ).to_arrow_table()["key"]
        fillers, of_fillers = self._renew_owners(side, register, tables, keys)
        keys = pa.chunked_array([*keys.chunks, *of_fillers.chunks], pa.string()).unique()
        self._forget(side, keys)
        some = _of_persons(tables, register, keys)
        self._learn_rows(side, register.side(some, fillers=fillers))

    def _renew_owners(
        self, side: str, register: Register, tables: Mapping[str, pa.Table], keys: pa.Array
    ) -> tuple[list[tuple[str, str]], pa.ChunkedArray]:
        """Whose identifiers are which now; the fillers, and whose became one or are none now."""
        owners = register.numbers(_of_persons(tables, register, keys))
        self.connection.register("given", pa.table({"key": keys}))
        went = f"key NOT IN (SELECT key FROM now_{side}) OR key IN (FROM given)"
        self._run("CREATE OR REPLACE TEMP TABLE touched AS SELECT DISTINCT system, value "
                  f"FROM kept.owners_{side} WHERE {went}")  # fmt: skip
        self._run(f"DELETE FROM kept.owners_{side} WHERE {went}")
        self.connection.register("given", owners)
        self._run(f"INSERT INTO kept.owners_{side} SELECT id, system, value FROM given")
        self._run("INSERT INTO touched SELECT DISTINCT system, value FROM given")
        self.connection.unregister("given")
        turned = self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE fillers_now AS
            {FILLERS.format(owners=f"kept.owners_{side} SEMI JOIN touched USING (system, value)")}
            UNION SELECT system, value FROM kept.fillers_{side} ANTI JOIN touched
            USING (system, value);
            CREATE OR REPLACE TEMP TABLE turned AS
            (FROM fillers_now EXCEPT FROM kept.fillers_{side})
            UNION (FROM kept.fillers_{side} EXCEPT FROM fillers_now);
            CREATE OR REPLACE TABLE kept.fillers_{side} AS FROM fillers_now;
            SELECT DISTINCT key FROM kept.owners_{side} SEMI JOIN turned USING (system, value)
            """
        ).to_arrow_table()["key"]
        return self._run(f"FROM kept.fillers_{side}").fetchall(), turned

    def _forget(self, side: str, keys: pa.Array) -> None:
        given = pa.table({"key": keys})
        self.connection.register("given", given)
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE old_people AS SELECT person FROM kept.people_{side}
            WHERE key IN (SELECT key FROM given) OR key NOT IN (SELECT key FROM now_{side})
            """
        )
        self.connection.unregister("given")
        self._run(f"CREATE OR REPLACE TEMP TABLE old_rows_{side} AS FROM kept.rows_{side} "
                  "SEMI JOIN old_people USING (person)")  # fmt: skip
        self._run(f"CREATE OR REPLACE TEMP TABLE old_keys_{side} AS SELECT rule, key "
                  f"FROM kept.keys_{side} SEMI JOIN old_rows_{side} USING (row)")  # fmt: skip
        rows = f"(SELECT row FROM old_rows_{side})"
        self._run(f"DELETE FROM kept.pairs WHERE row_{side} IN {rows}")
        self._run(f"DELETE FROM kept.keys_{side} WHERE row IN {rows}")
        self._run(f"DELETE FROM kept.rows_{side} WHERE row IN {rows}")
        self._run(f"DELETE FROM kept.people_{side} WHERE person IN (FROM old_people)")

    def _learn_rows(self, side: str, learned: Side) -> None:
        # Numbers of the forgotten are not given again while their pairs may be in a transaction.
        row, person = (
            max(self._after(f"{table}_{side}", name) for table in tables)
            for name, tables in (
                ("row", ("kept.rows", "old_rows")),
                ("person", ("kept.people", "old_rows")),
            )
        )
        people = pd.DataFrame({"key": learned.persons.to_numpy(), "person": range(len(learned))})
        self.connection.register("given", people)
        self._run(f"INSERT INTO kept.people_{side} SELECT key, person + {person}, print "
                  f"FROM given JOIN now_{side} USING (key)")  # fmt: skip
        self.connection.register("given", learned.rows)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE new_rows_{side} AS SELECT * REPLACE "
            f"(row + {row} AS row, person + {person} AS person) FROM given ORDER BY row"
        )
        self.connection.unregister("given")
        self._run(f"INSERT INTO kept.rows_{side} BY NAME SELECT * FROM new_rows_{side}")
        keys = " UNION ALL ".join(
            f"SELECT {place}::UTINYINT AS rule, key, row::INTEGER AS row "
            f"FROM ({keys_query(rule, f'new_rows_{side}')})"
            for place, rule in enumerate(self.rules)
        )
        self._run(f"CREATE OR REPLACE TEMP TABLE new_keys_{side} AS {keys}")
        self._run(f"INSERT INTO kept.keys_{side} SELECT * FROM new_keys_{side}")

    def _after(self, table: str, name: str) -> int:
        return int(self._run(f"SELECT coalesce(max({name}), -1) + 1 FROM {table}").fetchall()[0][0])

    def add_pairs(self, of: str) -> None:
        """Keep the pairs of ``heavy_pairs`` too; the memory is whole again, and of ``of``."""
        self._run("BEGIN")
        self._run(f"INSERT INTO kept.pairs {self._heavy()}")
        self._run("UPDATE kept.state SET state_of = $1", [of])
        self._run("COMMIT")

    def _heavy(self) -> str:
        grades = ", ".join(f"grade_{c.column}" for c in self.comparisons)
        return f"SELECT row_l, row_r, {grades} FROM heavy_pairs"

    def shared_columns(self) -> frozenset[str]:
        """Columns of rows that both sides have values in."""
        found = []
        for side in ("l", "r"):
            names = [row[0] for row in self._run(f"DESCRIBE kept.rows_{side}").fetchall()]
            found.append(
                {
                    name
                    for name in names
                    if self._run(f"SELECT 1 FROM kept.rows_{side} WHERE {name} IS NOT NULL "
                                 "LIMIT 1").fetchall()
                }
            )  # fmt: skip
        return frozenset(found[0] & found[1])


def _of_persons(
    tables: Mapping[str, pa.Table], register: Register, keys: pa.Array
) -> dict[str, pa.Table]:
    """What a register holds of some persons."""
    return {
        name: tables[name].filter(pc.is_in(tables[name][register.key], value_set=keys))
        for name in register.tables
    }


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a memory to an engine."""
    quoted = str(path).replace("'", "''")
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
