"""What the memory of linkage counts: keys and values, and who is to be scored again for them.

The tables are those of `memory`.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb
import numpy as np
import pandas as pd

from jobs.link.blocking import Rule, RuleUse
from jobs.link.comparisons import Comparison
from jobs.link.rarity import counts_query, group_of, rarity_query

OTHER: Final = {"l": "r", "r": "l"}
RISE: Final = 0.5
"""A value may become rarer by so many bits before everybody with it is scored anew. Pairs are kept
from so much below the bar on that such a rise in every comparison lifts none over it unseen."""
LAST: Final = (2**63 - 1, 2**64 - 1)
"""The cut of a rule that leaves nothing out: beyond any pairs and any key."""


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The counts of a memory that is attached to an engine as ``kept``.

    ``rules`` and ``comparisons`` are those of the run.
    """

    connection: duckdb.DuckDBPyConnection
    rules: Sequence[Rule]
    comparisons: Sequence[Comparison]

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

    def _run(self, sql: str, values: list[object] | None = None) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(sql, values) if values else self.connection.execute(sql)


def _is_out(left: str, right: str, cut: str) -> str:
    """Whether a key's rule leaves it out, by the counts of both sides and a cut."""
    pairs = f"{left}::BIGINT * {right}"
    return f"{pairs} > {cut}.last_pairs OR ({pairs} = {cut}.last_pairs AND key > {cut}.last_key)"
