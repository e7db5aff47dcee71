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
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.files import canonical_json
from jobs.link.blocking import Rule, RuleUse, keys_query
from jobs.link.comparisons import Comparison, rarity_columns
from jobs.link.engine import counts_query, group_of, rarity_query
from jobs.link.persons import COMMON_IDENTIFIER, IMMIGRATION, PRISON, Register, Side

REGISTERS: Final = {"l": PRISON, "r": IMMIGRATION}
OTHER: Final = {"l": "r", "r": "l"}
RISE: Final = 0.5
"""A value may become rarer by so many bits before everybody with it is scored anew. Pairs are kept
from so much below the bar on that such a rise in every comparison lifts none over it unseen."""
FILLERS: Final = (
    "SELECT system, value FROM {owners} WHERE system <> 'noms' GROUP BY ALL "
    f"HAVING count(*) > {COMMON_IDENTIFIER}"
)
"""Identifiers that too many share; see `persons.fillers_of`."""
LAST: Final = (2**63 - 1, 2**64 - 1)
"""The cut of a rule that leaves nothing out: beyond any pairs and any key."""
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
class Store:
    """The memory, attached to an engine as ``kept``.

    ``rules`` and ``comparisons`` are those of the run.
    """

    connection: duckdb.DuckDBPyConnection
    rules: Sequence[Rule]
    comparisons: Sequence[Comparison]

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

    def keep_keys(self, place: int, _: int) -> None:
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
        grades = ", ".join(f"grade_{c.column}" for c in self.comparisons)
        self._run(f"CREATE TABLE kept.pairs AS SELECT row_l, row_r, {grades} FROM heavy_pairs")
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
        some = {
            name: tables[name].filter(pc.is_in(tables[name][register.key], value_set=keys))
            for name in register.tables
        }
        self._learn_rows(side, register.side(some, fillers=fillers))

    def _renew_owners(
        self, side: str, register: Register, tables: Mapping[str, pa.Table], keys: pa.Array
    ) -> tuple[list[tuple[str, str]], pa.ChunkedArray]:
        """Whose identifiers are which now; the fillers, and whose became one or are none now."""
        some = {
            name: tables[name].filter(pc.is_in(tables[name][register.key], value_set=keys))
            for name in register.tables
        }
        owners = register.numbers(some)
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
        row, person = (
            self._run(f"SELECT coalesce(max({n}), -1) + 1 FROM kept.{t}_{side}").fetchall()[0][0]
            for n, t in (("row", "rows"), ("person", "people"))
        )
        # Numbers of the forgotten are not given again while their pairs may be in a transaction.
        row = max(row, self._after(f"old_rows_{side}", "row"))
        person = max(person, self._after(f"old_rows_{side}", "person"))
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

    def recount(self, *, budget: int) -> list[RuleUse]:
        """Count keys anew where rows came or went; make ``stale_l`` of whom a flipped key concerns.

        A key flips when its rule left it out and does so no more, or the other way round.
        """
        parts = [
            f"SELECT rule, key, {sign}count(*) AS l, 0 AS r FROM {age}_keys_l GROUP BY ALL "
            f"UNION ALL SELECT rule, key, 0, {sign}count(*) FROM {age}_keys_r GROUP BY ALL"
            for age, sign in (("old", "-"), ("new", ""))
        ]
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE moved AS
            SELECT rule, key, coalesce(n_l, 0) AS was_l, coalesce(n_r, 0) AS was_r,
                   coalesce(n_l, 0) + l AS n_l, coalesce(n_r, 0) + r AS n_r
            FROM (SELECT rule, key, sum(l) AS l, sum(r) AS r FROM ({" UNION ALL ".join(parts)})
                  GROUP BY ALL HAVING sum(l) <> 0 OR sum(r) <> 0)
            LEFT JOIN kept.counted USING (rule, key)
            """
        )
        self._run("DELETE FROM kept.counted c USING moved m "
                  "WHERE c.rule = m.rule AND c.key = m.key")  # fmt: skip
        self._run("INSERT INTO kept.counted SELECT rule, key, n_l, n_r FROM moved "
                  "WHERE n_l > 0 OR n_r > 0")  # fmt: skip
        self._run("CREATE OR REPLACE TEMP TABLE cut_before AS SELECT * FROM kept.cut")
        cuts, uses = self.cuts(budget)
        self._keep_cuts(cuts)
        self._run("CREATE OR REPLACE TEMP TABLE stale_r (person INTEGER)")
        out_before, out_now = _is_out("was_l", "was_r", "before"), _is_out("n_l", "n_r", "now")
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE stale_l AS
            SELECT DISTINCT person FROM (
                SELECT rule, key FROM (
                    SELECT rule, key, was_l, was_r, n_l, n_r FROM moved
                    UNION ALL
                    SELECT rule, key, n_l, n_r, n_l, n_r FROM kept.counted
                    ANTI JOIN moved USING (rule, key)
                    WHERE rule IN (SELECT rule FROM cut_before EXCEPT
                                   SELECT rule FROM (FROM cut_before INTERSECT FROM kept.cut))
                )
                JOIN cut_before before USING (rule) JOIN kept.cut now USING (rule)
                WHERE was_l > 0 AND was_r > 0 AND n_l > 0 AND n_r > 0
                  AND ({out_before}) <> ({out_now})
            )
            JOIN kept.keys_l USING (rule, key) JOIN kept.rows_l USING (row)
            """
        )
        return uses

    def cuts(self, budget: int) -> tuple[list[tuple[int, int, int]], list[RuleUse]]:
        """Where each rule's budget ends, as `blocking.block` spends it, and what it did."""
        steps = self._run(
            """
            SELECT rule, n_l::BIGINT * n_r AS pairs, count(*) AS keys FROM kept.counted
            WHERE n_l > 0 AND n_r > 0 GROUP BY ALL ORDER BY ALL
            """
        ).df()
        cuts, uses = [], []
        for place, rule in enumerate(self.rules):
            of = steps[steps["rule"] == place]
            pairs, keys = of["pairs"].to_numpy(np.int64), of["keys"].to_numpy(np.int64)
            so_far = np.cumsum(pairs * keys)
            whole = int(np.searchsorted(so_far, budget, side="right"))
            kept_keys, kept_pairs = int(keys[:whole].sum()), int(so_far[whole - 1]) if whole else 0
            cut = LAST
            if whole < len(pairs):
                more = int((budget - kept_pairs) // pairs[whole])
                cut = self._cut(place, int(pairs[whole]), more)
                kept_keys, kept_pairs = kept_keys + more, kept_pairs + more * int(pairs[whole])
            cuts.append((place, *cut))
            uses.append(
                RuleUse(
                    rule=rule.name,
                    pairs=kept_pairs,
                    left_out_keys=int(keys.sum()) - kept_keys,
                    left_out_pairs=int((pairs * keys).sum()) - kept_pairs,
                )
            )
        return cuts, uses

    def _cut(self, place: int, pairs: int, more: int) -> tuple[int, int]:
        """The last kept key where so many ``more`` of those with so many ``pairs`` are kept."""
        if not more:
            return pairs - 1, LAST[1]
        found = self._run(
            "SELECT key FROM kept.counted WHERE rule = $1 AND n_l::BIGINT * n_r = $2 "
            "ORDER BY key LIMIT 1 OFFSET $3",
            [place, pairs, more - 1],
        ).fetchall()
        return pairs, int(found[0][0])

    def _keep_cuts(self, cuts: Sequence[tuple[int, int, int]]) -> None:
        frame = pd.DataFrame(cuts, columns=["rule", "last_pairs", "last_key"])
        frame = frame.astype({"last_pairs": np.int64, "last_key": np.uint64})
        self.connection.register("given", frame)
        self._run("CREATE OR REPLACE TABLE kept.cut AS SELECT rule::UTINYINT AS rule, "
                  "last_pairs, last_key FROM given")  # fmt: skip
        self.connection.unregister("given")

    def revalue(self, column: str) -> None:
        """Count a column's values anew; add to ``stale_l`` and ``stale_r`` whose rarity rose."""
        before, after = (
            counts_query(column, [f"{age}_rows_l", f"{age}_rows_r"]) for age in ("old", "new")
        )
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE was AS FROM kept.value_{column};
            CREATE OR REPLACE TEMP TABLE counted_now AS
            SELECT grouped, value, sum(n)::BIGINT AS n FROM (
                SELECT grouped, value, n FROM was
                UNION ALL SELECT grouped, value, -n FROM ({before})
                UNION ALL SELECT grouped, value, n FROM ({after})
            ) GROUP BY ALL HAVING sum(n) > 0;
            CREATE OR REPLACE TABLE kept.value_{column} AS
            SELECT grouped, value, now.n, r.bits,
                   CASE WHEN r.bits > was.low + {RISE} THEN r.bits
                        ELSE least(was.low, r.bits) END AS low
            FROM counted_now now JOIN ({rarity_query("FROM counted_now")}) r USING (grouped, value)
            LEFT JOIN was USING (grouped, value);
            CREATE OR REPLACE TEMP TABLE risen AS
            SELECT grouped, value FROM kept.value_{column} now
            FULL JOIN was USING (grouped, value)
            WHERE was.low IS NULL OR now.low IS NULL OR now.bits > was.low + {RISE}
            """
        )
        for side in ("l", "r"):
            self._run(
                f"INSERT INTO stale_{side} SELECT DISTINCT person FROM kept.rows_{side} "
                f"SEMI JOIN risen ON risen.value = {column} AND risen.grouped = {group_of(column)}"
            )

    def candidates(self) -> None:
        """Make the table ``candidates`` (``row_l``, ``row_r``) of whom is new or stale.

        Their kept pairs are forgotten.
        """
        formed = []
        for side in ("l", "r"):
            self._run(
                f"""
                CREATE OR REPLACE TEMP TABLE fresh_{side} AS
                SELECT row FROM kept.rows_{side}
                WHERE person IN (FROM stale_{side}) OR row IN (SELECT row FROM new_rows_{side});
                DELETE FROM kept.pairs WHERE row_{side} IN (FROM fresh_{side});
                CREATE OR REPLACE TEMP TABLE borne_{side} AS
                SELECT rule, key, row FROM kept.keys_{side} SEMI JOIN fresh_{side} USING (row)
                """
            )
            rows = (f"{side}.row", "other.row") if side == "l" else ("other.row", f"{side}.row")
            formed.append(
                f"SELECT {rows[0]} AS row_l, {rows[1]} AS row_r "
                f"FROM (FROM borne_{side} SEMI JOIN open USING (rule, key)) {side} "
                f"JOIN kept.keys_{OTHER[side]} other USING (rule, key)"
            )
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE open AS
            SELECT rule, key
            FROM (SELECT rule, key FROM borne_l UNION SELECT rule, key FROM borne_r)
            JOIN kept.counted USING (rule, key) JOIN kept.cut now USING (rule)
            WHERE n_l > 0 AND n_r > 0 AND NOT ({_is_out("n_l", "n_r", "now")});
            CREATE OR REPLACE TEMP TABLE candidates AS
            SELECT DISTINCT row_l, row_r FROM ({" UNION ALL ".join(formed)})
            """
        )

    def add_pairs(self, of: str) -> None:
        """Keep the pairs of ``heavy_pairs`` too; the memory is whole again, and of ``of``."""
        grades = ", ".join(f"grade_{c.column}" for c in self.comparisons)
        self._run("BEGIN")
        self._run(f"INSERT INTO kept.pairs SELECT row_l, row_r, {grades} FROM heavy_pairs")
        self._run("UPDATE kept.state SET state_of = $1", [of])
        self._run("COMMIT")

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

    def _run(self, sql: str, values: list[object] | None = None) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(sql, values) if values else self.connection.execute(sql)


def _is_out(left: str, right: str, cut: str) -> str:
    """Whether a key's rule leaves it out, by the counts of both sides and a cut."""
    pairs = f"{left}::BIGINT * {right}"
    return f"{pairs} > {cut}.last_pairs OR ({pairs} = {cut}.last_pairs AND key > {cut}.last_key)"


def attach(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Attach a memory to an engine."""
    quoted = str(path).replace("'", "''")
    connection.execute(f"ATTACH '{quoted}' AS kept")


def state(connection: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    """What the attached memory is of, and the shape of its data."""
    row = connection.execute("SELECT state_of, shape FROM kept.state").fetchall()[0]
    return str(row[0]), str(row[1])


def shape_of(columns: frozenset[str]) -> str:
    """The columns that both sides have values in, as text."""
    return canonical_json(sorted(columns))


def columns_in(shape: str) -> frozenset[str]:
    """The columns that `shape_of` wrote."""
    return frozenset(json.loads(shape))
