"""A million by a million: beside stock Splink with the same blocking, and on the next night.

::

    python -m benchmarks.scale [--people 1000000] [--keep var/benchmarks]

Each measurement is a process of its own, one after the other, so that each has its own peak of
memory. Splink gets the standardised rows and the keys of every blocking rule as columns, without
those that the rule left out, so that both form the same pairs; of a list of keys it gets one, and
it has neither aliases nor names changed over: it has a little less to do. What changes in a night
is drawn: on each side people come and go, and others get somebody else's name, date of birth or
nationality.
"""

import argparse
import json
import logging
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

SEED: Final = 611
PEOPLE: Final = 1_000_000
CHANGED: Final = 5_000
KEEP: Final = Path("var/benchmarks")
NO_PAIR: Final = 1000.0
"""No pair weighs so much: the keys are wanted, not the pairs."""
COLUMNS: Final = (
    "given, family, birth, gender, nationality, birth_place, postcode, id_pnc[1] AS pnc, "
    "id_cro[1] AS cro, id_noms[1] AS noms, id_ho[1] AS ho"
)
Tables = dict[str, pa.Table]


class Clock:
    """Seconds and CPU seconds since it was last read."""

    def __init__(self) -> None:
        self._last = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Wall and CPU seconds since the last reading."""
        now = time.perf_counter(), time.process_time()
        spent = now[0] - self._last[0], now[1] - self._last[1]
        self._last = now
        return round(spent[0], 1), round(spent[1], 1)


def _peak() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def _registers() -> tuple[Any, Any]:
    from jobs.link.standardise.persons import IMMIGRATION, PRISON

    return PRISON, IMMIGRATION


def make_world(folder: Path, people: int) -> dict[str, Any]:
    """Invent the registers and keep what linkage reads of them."""
    from benchmarks.linkage import world

    tables, truth = world(SEED, people, "default")
    folder.mkdir(parents=True, exist_ok=True)
    for register in _registers():
        for name in register.tables:
            pq.write_table(tables[name], folder / f"{name}.parquet")
    return {"persons": [tables[r.persons].num_rows for r in _registers()], "pairs": len(truth)}


def _read(folder: Path) -> Tables:
    return {
        name: pq.read_table(folder / f"{name}.parquet")
        for register in _registers()
        for name in register.tables
    }


def link(folder: Path, _: int) -> dict[str, Any]:
    """This software: standardise, train without labels, and predict every probability."""
    from jobs.link.compare.duckdb_scoring import weigh
    from jobs.link.decide.duplicates import probabilities
    from jobs.link.memory.incremental import bar, laid
    from jobs.link.model.linkage_model import current_model
    from jobs.link.model.training import train

    tables, clock = _read(folder), Clock()
    with laid(tables, current_model()) as table:
        facts: dict[str, Any] = {"standardise": clock.read()}
        shares = train(table)
        facts["train"] = clock.read()
        floor = bar(len(table.left), len(table.right))
        uses = table.block(shares=shares, at_least=floor)
        found = weigh(table, shares=shares, at_least=floor, is_glanced=table.is_large)
        probabilities(table, found, shares)
        facts["predict"] = clock.read()
    return facts | {"peak": _peak(), "blocked": sum(use.pairs for use in uses)}


def keys(folder: Path, _: int) -> dict[str, Any]:
    """The rows and the blocking keys that Splink gets."""
    from jobs.link.block.blocking import budget_for
    from jobs.link.block.blocking_keys import Shared, cut
    from jobs.link.memory.incremental import laid
    from jobs.link.model.linkage_model import current_model

    with laid(_read(folder), current_model()) as table:
        connection, rules = table.connection, table.rules()
        for side in "lr":
            connection.execute(
                f"CREATE TABLE out_{side} AS SELECT person AS unique_id, row, {COLUMNS} "  # noqa: S608
                f"FROM rows_{side} WHERE variant = 'own'"
            )

        budget = budget_for(len(table.left) + len(table.right))

        def seen(place: int, shared: Shared) -> None:
            met = shared.key[shared.pairs <= cut(shared.pairs, budget)]
            for side, borne in (("l", shared.left), ("r", shared.right)):
                at, rows = borne.bearers(met)
                connection.register("given", pa.table({"row": rows, "key": met[at]}))
                connection.execute(
                    f"CREATE OR REPLACE TABLE out_{side} AS SELECT o.*, k.key AS key_{place} "  # noqa: S608
                    f"FROM out_{side} o LEFT JOIN "
                    "(SELECT row, min(key) AS key FROM given GROUP BY row) k USING (row)"
                )

        table.block(shares=current_model().shares, at_least=NO_PAIR, seen=seen)
        for side in "lr":
            path = folder / f"splink_{side}.parquet"
            connection.execute(f"COPY out_{side} TO '{path}' (FORMAT parquet)")
    return {"rules": [rule.name for rule in rules]}


def splink(folder: Path, _: int) -> dict[str, Any]:
    """Stock Splink: train and predict, blocked by the same keys."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    interface = DuckDBAPI()
    frames = [pq.read_table(folder / f"splink_{side}.parquet") for side in "lr"]
    names = [name for name in frames[0].column_names if name.startswith("key_")]
    clock = Clock()
    inputs = [
        interface.register(frame, dataset_display_name=name)
        for frame, name in zip(frames, ("a_left", "b_right"), strict=True)
    ]
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("given"),
            cl.NameComparison("family"),
            cl.DateOfBirthComparison("birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.ExactMatch("gender"),
            cl.ExactMatch("nationality").configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("birth_place"),
            cl.ExactMatch("postcode").configure(term_frequency_adjustments=True),
            *(cl.ExactMatch(name) for name in ("pnc", "cro", "noms", "ho")),
        ],
        blocking_rules_to_generate_predictions=[block_on(name) for name in names],
        retain_matching_columns=False,
    )
    linker = Linker(inputs, settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("given", "family", "birth")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    rules = json.loads((folder / "keys.json").read_text())["rules"]
    for rule in ("birth and any name", "both names"):
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(f"key_{rules.index(rule)}")
        )
    facts: dict[str, Any] = {"train": clock.read()}
    linker.inference.predict(threshold_match_probability=0.05, warning_mode="never")
    return facts | {"predict": clock.read(), "peak": _peak()}


def nights(folder: Path, changed: int) -> dict[str, Any]:
    """A first night, one on which some people changed, and one on which nobody did."""
    from jobs.link.memory.incremental import Memory, scored
    from jobs.link.model.linkage_model import current_model

    tables, facts = _read(folder), {}
    memory = Memory(folder=folder / "memory", of="benchmark")
    shutil.rmtree(memory.folder, ignore_errors=True)
    for name in ("first night", "some changed", "nobody changed"):
        if name == "some changed":
            tables = _changed(tables, changed)
        clock = Clock()
        with scored(tables, model=current_model(), memory=memory) as found:
            facts[name] = clock.read()
            facts[f"{name}, pairs"] = len(found.found)
    return facts | {"peak": _peak()}


def _changed(tables: Tables, people: int) -> Tables:
    """So many people changed in all: two thirds edited, a sixth gone, a sixth come.

    The rows are sorted by their key, as those of a landing are.
    """
    draw, found = np.random.default_rng(SEED), dict(tables)
    for register in _registers():
        table = tables[register.persons]
        chosen = draw.choice(table.num_rows, people // 2, replace=False)
        gone, new, edited = np.split(chosen, [people // 12, people // 6])
        frame = _frame(table, edited)
        others = _frame(table, draw.choice(table.num_rows, len(edited)))
        for place, name in enumerate(("last_name", "first_name", "date_of_birth", "nationality")):
            frame.loc[place::4, name] = others.loc[place::4, name]
        come = _frame(table, new)
        come[register.key] = "N" + come[register.key].str.slice(1)
        kept = np.ones(table.num_rows, dtype=bool)
        kept[gone], kept[edited] = False, False
        more = (pa.Table.from_pandas(f, schema=table.schema, preserve_index=False)
                for f in (frame, come))  # fmt: skip
        changed = pa.concat_tables([table.filter(pa.array(kept)), *more])
        found[register.persons] = changed.sort_by(register.key)
    return found


def _frame(table: pa.Table, rows: np.ndarray) -> pd.DataFrame:
    return table.take(pa.array(rows)).to_pandas(types_mapper=pd.ArrowDtype)


PARTS: Final[Mapping[str, Callable[[Path, int], dict[str, Any]]]] = {
    "world": make_world, "link": link, "keys": keys, "splink": splink, "nights": nights,
}  # fmt: skip


def measured(*, people: int, keep: Path) -> dict[str, dict[str, Any]]:
    """Every part, each in a process of its own; what stands in the folder is not measured again."""
    folder = keep / f"scale-{people}"
    facts = {}
    for part in PARTS:
        path = folder / f"{part}.json"
        if not path.exists():
            given = [sys.executable, "-m", "benchmarks.scale", "--part", part, "--keep", str(keep)]
            subprocess.run([*given, "--people", str(people)], check=True)  # noqa: S603 - ourselves
        facts[part] = json.loads(path.read_text())
        print(part, facts[part], flush=True)  # noqa: T201 - a command
    return facts


def table_of(facts: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The measurements as the document shows them."""
    ours, stock, night = facts["link"], facts["splink"], facts["nights"]
    rows: dict[str, tuple[str, str]] = {}
    for name in ("standardise", "train", "predict"):
        rows[f"{name}, seconds (CPU)"] = (_spent(ours.get(name)), _spent(stock.get(name)))
    whole = [sum(of[name][0] for name in ("train", "predict")) for of in (ours, stock)]
    rows["train and predict, seconds"] = (f"{whole[0]:.0f}", f"{whole[1]:.0f}")
    rows["ratio"] = (f"{whole[0] / whole[1]:.2f}", "1")
    rows["peak memory, GB"] = (str(ours["peak"]), str(stock["peak"]))
    for name in ("first night", "some changed", "nobody changed"):
        rows[f"scoring with a memory, {name}"] = (_spent(night[name]), "")
    rows["peak memory of these nights, GB"] = (str(night["peak"]), "")
    return pd.DataFrame.from_dict(rows, orient="index", columns=["this software", "stock Splink"])


def _spent(seconds: list[float] | None) -> str:
    return "" if seconds is None else f"{seconds[0]} ({seconds[1]})"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--keep", type=Path, default=KEEP)
    parser.add_argument("--part", choices=list(PARTS))
    given = parser.parse_args()
    if given.part is None:
        print(table_of(measured(people=given.people, keep=given.keep)).to_string())  # noqa: T201
        return
    folder = given.keep / f"scale-{given.people}"
    number = CHANGED if given.part == "nights" else given.people
    facts = PARTS[given.part](folder, number)
    (folder / f"{given.part}.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main()
