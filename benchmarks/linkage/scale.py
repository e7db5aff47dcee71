"""A million by a million: beside stock Splink with the same blocking, and as the night links them.

::

    python -m benchmarks.linkage.scale [--people 1000000] [--keep var/benchmarks]

Each measurement is a process of its own, one after the other, so that each has its own peak of
memory. Splink gets the standardised rows and the keys of every blocking rule as columns, without
those that the rule left out, so that both form the same pairs; of a list of keys it gets one, and
it has neither aliases nor names changed over: it has a little less to do.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import argparse
import json
import logging
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.worlds import world
from jobs.link.standardise.register_sides import IMMIGRATION, PRISON

SEED: Final = 611
PEOPLE: Final = 1_000_000
KEEP: Final = Path("var/benchmarks")
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


def make_world(folder: Path, people: int) -> dict[str, Any]:
    """Invent the registers and keep what linkage reads of them."""
    tables, truth = world(SEED, people, "default")
    folder.mkdir(parents=True, exist_ok=True)
    for register in (PRISON, IMMIGRATION):
        for name in register.tables:
            pq.write_table(tables[name], folder / f"{name}.parquet")
    return {
        "persons": [tables[r.persons].num_rows for r in (PRISON, IMMIGRATION)],
        "pairs": len(truth),
    }


def read_world(folder: Path) -> Tables:
    """The registers that `make_world` left."""
    return {
        name: pq.read_table(folder / f"{name}.parquet")
        for register in (PRISON, IMMIGRATION)
        for name in register.tables
    }


def link(folder: Path, _: int) -> dict[str, Any]:
    """This software: standardise, train without labels, and predict every probability."""
    from jobs.link.decide.duplicates import probabilities
    from jobs.link.engine.register_context import least_of, register_context
    from jobs.link.engine.scoring import score_pairs
    from jobs.link.model.linkage_model import current_model
    from jobs.link.train.training import train

    tables, clock = read_world(folder), Clock()
    with register_context(tables, current_model()) as context:
        facts: dict[str, Any] = {"standardise": clock.read()}
        parameters = train(context)
        facts["train"] = clock.read()
        least = least_of(context)
        uses = context.block(parameters=parameters, at_least=least)
        found = score_pairs(
            context, parameters=parameters, at_least=least, is_bounded=context.is_large
        )
        probabilities(context, found, parameters)
        facts["predict"] = clock.read()
    return facts | {"peak": _peak(), "blocked": sum(use.pairs for use in uses)}


def night(folder: Path, _: int) -> dict[str, Any]:
    """The night's linkage with the frozen model, as far as the weights of pairs."""
    from jobs.link.engine.engines import DuckDB
    from jobs.link.model.linkage_model import current_model

    tables, clock = read_world(folder), Clock()
    with DuckDB().score(tables, model=current_model()) as scored:
        facts: dict[str, Any] = {"standardise and score": clock.read(), "pairs": len(scored.found)}
    return facts | {"peak": _peak()}


def keys(folder: Path, _: int) -> dict[str, Any]:
    """The rows and the blocking keys that Splink gets."""
    from jobs.link.block.blocking import budget_for, kept_keys
    from jobs.link.engine.register_context import register_context
    from jobs.link.model.linkage_model import current_model

    with register_context(read_world(folder), current_model()) as context:
        connection = context.connection
        for side in "lr":
            connection.execute(
                f"CREATE TABLE out_{side} AS SELECT person AS unique_id, row, {COLUMNS} "
                f"FROM rows_{side} WHERE variant = 'own'"
            )
        names = []
        for place, (rule, shared, most) in enumerate(
            kept_keys(
                connection,
                rules=context.rules(),
                columns=context.columns,
                rows={side: f"rows_{side}" for side in "lr"},
                budget=budget_for(context.persons),
            )
        ):
            names.append(rule.name)
            met = shared.key[shared.pairs <= most]
            for side, of in (("l", shared.left), ("r", shared.right)):
                at, rows = of.bearers(met)
                connection.register("given", pa.table({"row": rows, "key": met[at]}))
                connection.execute(
                    f"CREATE OR REPLACE TABLE out_{side} AS SELECT o.*, k.key AS key_{place} "
                    f"FROM out_{side} o LEFT JOIN "
                    "(SELECT row, min(key) AS key FROM given GROUP BY row) k USING (row)"
                )
        for side in "lr":
            path = folder / f"splink_{side}.parquet"
            connection.execute(f"COPY out_{side} TO '{path}' (FORMAT parquet)")
    return {"rules": names}


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


PARTS: Final[Mapping[str, Callable[[Path, int], dict[str, Any]]]] = {
    "world": make_world, "link": link, "keys": keys, "splink": splink, "night": night,
}  # fmt: skip


def measured(*, people: int, keep: Path) -> dict[str, dict[str, Any]]:
    """Every part, each in a process of its own; what stands in the folder is not measured again."""
    folder = keep / f"scale-{people}"
    facts = {}
    for part in PARTS:
        path = folder / f"{part}.json"
        if not path.exists():
            given = [
                sys.executable,
                "-m",
                "benchmarks.linkage.scale",
                "--part",
                part,
                "--keep",
                str(keep),
            ]
            subprocess.run([*given, "--people", str(people)], check=True)  # noqa: S603 - ourselves
        facts[part] = json.loads(path.read_text())
        print(part, facts[part], flush=True)  # noqa: T201 - a command
    return facts


def table_of(facts: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """The measurements as the document shows them."""
    ours, stock, of_night = facts["link"], facts["splink"], facts["night"]
    rows: dict[str, tuple[str, str]] = {}
    for name in ("standardise", "train", "predict"):
        rows[f"{name}, seconds (CPU)"] = (_spent(ours.get(name)), _spent(stock.get(name)))
    whole = [sum(of[name][1] for name in ("train", "predict")) for of in (ours, stock)]
    rows["train and predict, CPU seconds"] = (f"{whole[0]:.0f}", f"{whole[1]:.0f}")
    rows["ratio of CPU seconds"] = (f"{whole[0] / whole[1]:.2f}", "1")
    rows["peak memory, GB"] = (str(ours["peak"]), str(stock["peak"]))
    rows["the night: standardise and score"] = (_spent(of_night["standardise and score"]), "")
    rows["peak memory of the night, GB"] = (str(of_night["peak"]), "")
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
    facts = PARTS[given.part](folder, given.people)
    (folder / f"{given.part}.json").write_text(json.dumps(facts))


if __name__ == "__main__":
    main()
