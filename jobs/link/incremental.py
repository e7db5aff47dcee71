"""Scoring again only what changed since the last run, with the result of scoring everything.

A pair's weight depends on the values of its two persons (rarities included), the model and the
code, on nothing else. So a run keeps each person's fingerprint and the pairs that it weighed, and
the next one takes over the pairs of two persons who are as they were. Whoever is new, has another
value, or bears a value that became rarer or commoner, is scored anew against everybody.

Which pairs are worth comparing depends on everybody: a blocking rule leaves its commonest keys
out. The keys left out are kept too; whoever bears one that came under the bar or over it is scored
anew. What follows from the weights (the prior, the rivals, the probabilities) is worked out for all
pairs on every night.

The folder is a memory, nothing more: without it, or with one of another model, code or data shape,
everything is scored, and the result is the same.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pandas as pd

from jobs.files import canonical_json, file_digest, locked, text_digest, whole_folder
from jobs.link.blocking import RuleUse
from jobs.link.engine import Bench, weigh
from jobs.link.model import Shares

log = logging.getLogger(__name__)

PAIRS: Final = "pairs.parquet"
PERSONS: Final = {"l": "persons_left.parquet", "r": "persons_right.parquet"}
LEFT_OUT: Final = "left_out.parquet"
STATE: Final = "state.json"
WORTHWHILE: Final = 0.3
"""Where a larger share of either side changed, scoring everybody is no slower."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """Where a run keeps what the next one may take over.

    ``of`` names everything that a weight depends on beside the two persons: code and contract.
    The model, the comparisons and the engine's version are added to it.
    """

    folder: Path
    of: str


def score(
    table: Bench, *, shares: Shares, at_least: float, memory: Memory | None
) -> tuple[pd.DataFrame, list[RuleUse]]:
    """Block and weigh the pairs of both sides; see `engine.weigh` for the columns.

    Args:
        table: both sides.
        shares: of the model.
        at_least: the least weight that matters.
        memory: of the last run; it is replaced by this run's.
    """
    if memory is None:
        uses = table.block()
        return weigh(table, shares=shares, at_least=at_least), uses
    with locked(memory.folder.with_suffix(".lock"), "the memory of linkage", wait=True):
        return _score(table, shares=shares, at_least=at_least, memory=memory)


def _score(
    table: Bench, *, shares: Shares, at_least: float, memory: Memory
) -> tuple[pd.DataFrame, list[RuleUse]]:
    of = _of(table, memory.of, shares, at_least)
    _fingerprint(table)
    if _known(memory.folder, of) and _mark_changed(table, memory.folder):
        uses = table.block(again=True)
        fresh = weigh(table, shares=shares, at_least=at_least)
        found = _with_kept(table, fresh, memory.folder)
    else:
        uses = table.block()
        found = weigh(table, shares=shares, at_least=at_least)
    _keep(table, found, memory.folder, of)
    return found, uses


def _of(table: Bench, given: str, shares: Shares, at_least: float) -> str:
    plain = {name: {k: list(v) for k, v in grades.items()} for name, grades in shares.items()}
    columns = sorted(table.left.rows.column_names), sorted(table.right.rows.column_names)
    names = [comparison.name for comparison in table.comparisons]
    rules = [rule.name for rule in table.rules()]
    everything = [given, plain, columns, names, rules, at_least, duckdb.__version__]
    return text_digest(canonical_json(everything))


def _fingerprint(table: Bench) -> None:
    """Make the tables ``now_l`` and ``now_r``: person, key and the digest of all their rows."""
    for side, persons in (("l", table.left.persons), ("r", table.right.persons)):
        connection = table.connection
        kinds = [row[0] for row in connection.execute(f"DESCRIBE rows_{side}").fetchall()]
        values = ", ".join(name for name in kinds if name not in {"row", "person"})
        keys = pd.DataFrame({"person": range(len(persons)), "key": persons.to_numpy()})
        connection.register("given_keys", keys)
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE now_{side} AS
            SELECT person, key, print FROM given_keys JOIN (
                SELECT person, hash(list(hash({values}) ORDER BY row)) AS print
                FROM rows_{side} GROUP BY person
            ) USING (person)
            """
        )
        connection.unregister("given_keys")


def _known(folder: Path, of: str) -> bool:
    """Whether the folder holds a whole memory of the same model, code and shape of data."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    if state["of"] != of:
        log.info("everything is scored: the model, the code or the shape of the data is another")
        return False
    for name, digest in state["files"].items():
        path = folder / name
        if not path.is_file() or file_digest(path) != digest:
            log.warning("everything is scored: the memory of the last run is damaged")
            return False
    return True


def _mark_changed(table: Bench, folder: Path) -> bool:
    """Make ``changed_l`` and ``changed_r``; say whether it pays to score only these."""
    connection = table.connection
    worthwhile = True
    for side in ("l", "r"):
        known = folder / PERSONS[side]
        connection.execute(
            f"""
            CREATE OR REPLACE TABLE changed_{side} AS
            SELECT person FROM now_{side} now
            LEFT JOIN read_parquet('{_quoted(known)}') known
                ON known.key = now.key AND known.print = now.print
            WHERE known.key IS NULL
            """
        )
        changed, everybody = (
            int(connection.execute(f"SELECT count(*) FROM {name}_{side}").fetchall()[0][0])
            for name in ("changed", "now")
        )
        worthwhile = worthwhile and changed <= WORTHWHILE * everybody
        log.info("changed since the last run, %s side: %d of %d", side, changed, everybody)
    connection.execute(
        f"CREATE OR REPLACE TABLE known_left_out AS "
        f"SELECT rule, key FROM read_parquet('{_quoted(folder / LEFT_OUT)}')"
    )
    return worthwhile


def _with_kept(table: Bench, fresh: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """The pairs scored now, and those taken over: of two persons who are as they were."""
    connection = table.connection
    connection.register("fresh", fresh)
    values = ", ".join(f'"{name}"' for name in fresh.columns[2:])
    found = connection.execute(
        f"""
        SELECT person_l, person_r, {values} FROM fresh
        UNION ALL
        SELECT l.person, r.person, {values}
        FROM read_parquet('{_quoted(folder / PAIRS)}')
        JOIN now_l l ON l.key = key_l JOIN now_r r ON r.key = key_r
        WHERE l.person NOT IN (SELECT person FROM changed_l)
          AND r.person NOT IN (SELECT person FROM changed_r)
        ORDER BY person_l, person_r
        """
    ).df()
    connection.unregister("fresh")
    typed: pd.DataFrame = found.astype(fresh.dtypes.to_dict())
    return typed


def _keep(table: Bench, found: pd.DataFrame, folder: Path, of: str) -> None:
    connection = table.connection
    values = ", ".join(f'"{name}"' for name in found.columns[2:])
    connection.register("found", found)
    with whole_folder(folder) as new:
        queries = {
            PERSONS["l"]: "SELECT key, print FROM now_l",
            PERSONS["r"]: "SELECT key, print FROM now_r",
            LEFT_OUT: "SELECT rule, key FROM left_out",
            PAIRS: f"SELECT l.key AS key_l, r.key AS key_r, {values} FROM found "
            "JOIN now_l l ON l.person = person_l JOIN now_r r ON r.person = person_r",
        }
        for name, query in queries.items():
            connection.execute(f"COPY ({query}) TO '{_quoted(new / name)}' (FORMAT parquet)")
        files = {name: file_digest(new / name) for name in queries}
        (new / STATE).write_text(canonical_json({"of": of, "files": files}), encoding="utf-8")
    connection.unregister("found")


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
