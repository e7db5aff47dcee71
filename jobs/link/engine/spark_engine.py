"""The linkage on Spark: blocking as joins over the cluster, scoring in DuckDB on its workers.

The driver standardises both sides and counts term frequencies; rows go to Spark as Parquet, on the
driver's disk where Spark runs on this machine, in an object store where it runs on others. Workers
make the blocking keys of their rows and score their share of the pairs, in batches, with the SQL
that the other engine runs, so levels and weights are the same to the last digit.
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

import importlib.util
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link.block.blocking import RuleUse, budget_for, log_blocking, use_of
from jobs.link.block.blocking_keys import borne_query, cut
from jobs.link.block.blocking_rules import BlockingRule
from jobs.link.compare.comparison_levels import Parameters
from jobs.link.compare.match_weights import needed, score_query
from jobs.link.engine.register_context import Scored, Tables, least_of, register_context
from jobs.link.engine.scoring_context import ScoringContext
from jobs.link.engine.stored_rows import Batches, stored_rows
from jobs.link.model.linkage_model import Model
from jobs.runtime.errors import BadInput

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

log = logging.getLogger(__name__)

SIGNED: Final = "(key::HUGEINT - 9223372036854775808)::BIGINT"
"""A hash as a signed number: Spark has no others."""
LOCAL_MASTER: Final = "local[*]"
LOCAL_SHUFFLES: Final = 8


@dataclass(frozen=True, kw_only=True)
class Spark:
    """The engine for registers past one machine.

    ``master`` is used where Spark's own configuration names none. ``store`` is a URL of fsspec
    under which rows are handed to workers that share no disk with this one; empty: a folder on this
    machine. Install it with ``requirements-spark.txt``.
    """

    master: str = LOCAL_MASTER
    store: str = ""

    @contextmanager
    def score(self, tables: Tables, *, model: Model) -> Iterator[Scored]:
        """See `jobs.link.engine.engines.Engine.score`."""
        with register_context(tables, model) as context:
            with _session(self.master) as spark, self._rows(spark, context):
                uses = _block(spark, context)
                log_blocking(uses)
                floor = least_of(context)
                found = _score(spark, context, model.parameters, floor)
            yield Scored(context=context, found=found, uses=uses)

    @contextmanager
    def _rows(self, spark: "SparkSession", context: ScoringContext) -> Iterator[None]:
        """The views ``rows_l`` and ``rows_r``: the rows of both sides, where workers read them."""
        names = ("rows_l", "rows_r")
        if self.store:
            relations = {name: context.connection.table(name) for name in names}
            with stored_rows(relations, url=self.store) as stored:
                for name in names:
                    stored[name].frame(spark).createOrReplaceTempView(name)
                yield
            return
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                path = str(Path(folder) / f"{name}.parquet")
                context.connection.execute(f"COPY {name} TO '{path}' (FORMAT parquet)")
                spark.read.parquet(path).createOrReplaceTempView(name)
            yield


@contextmanager
def _session(master: str) -> Iterator["SparkSession"]:
    """A session; it is stopped afterwards if it was started here."""
    if importlib.util.find_spec("pyspark") is None:
        raise BadInput(
            "setting [link_engine]",
            "spark is not installed",
            "run: pip install -r requirements-spark.txt",
        )
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise BadInput(
            "setting [link_engine]",
            "spark needs Java 17 or newer, and there is none",
            "install it, or name it in JAVA_HOME",
        )
    from pyspark import SparkConf
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    running = SparkSession.getActiveSession()
    conf = SparkConf()
    local = {
        "spark.master": master,
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": str(LOCAL_SHUFFLES),
    }
    for name, value in local.items():
        conf.setIfMissing(name, value)
    spark = running or SparkSession.builder.config(conf=conf).appName("linkage").getOrCreate()
    try:
        yield spark
    finally:
        if running is None:
            spark.stop()


def _block(spark: "SparkSession", context: ScoringContext) -> list[RuleUse]:
    """Make the view ``pairs``: the same pairs as `blocking.block` makes."""
    rules, budget = context.rules(), budget_for(context.persons)
    keys = _keys(spark, rules)
    uses, formed, common = _formed(spark, rules, keys, budget)
    narrower = [
        (place, narrow)
        for place, (rule, use) in enumerate(zip(rules, uses, strict=True))
        if use.left_out_keys
        for narrow in rule.narrower(context.columns)
    ]
    if narrower:
        narrow_rules = [narrow for _, narrow in narrower]
        parents = spark.createDataFrame(
            [(number, place) for number, (place, _) in enumerate(narrower)],
            "rule int, parent int",
        )
        borne = _keys(spark, narrow_rules)
        for side, of in borne.items():
            bearing = keys[side].join(common, ["rule", "key"], "left_semi")
            bearing = bearing.select(bearing["rule"].alias("parent"), "row").distinct()
            borne[side] = of.join(parents, "rule").join(bearing, ["parent", "row"], "left_semi")
        more, also, _ = _formed(spark, narrow_rules, borne, budget)
        formed = formed.union(also)
        uses = [
            each
            for place, use in enumerate(uses)
            for each in (
                use, *(n for n, (of, _) in zip(more, narrower, strict=True) if of == place)
            )
        ]  # fmt: skip
    formed.distinct().createOrReplaceTempView("pairs")
    return uses


def _keys(spark: "SparkSession", rules: Sequence[BlockingRule]) -> dict[str, "DataFrame"]:
    """The keys of each side's rows: ``rule``, by its place, ``row`` and ``key``."""
    return {
        side: _spread(
            spark.table(f"rows_{side}"),
            spark.table(f"rows_{side}").mapInArrow(
                _borne([borne_query(rule, f"rows_{side}") for rule in rules], f"rows_{side}"),
                "rule int, row long, person long, is_alone boolean, key long",
            ),
        ).persist()
        for side in ("l", "r")
    }


def _formed(
    spark: "SparkSession",
    rules: Sequence[BlockingRule],
    keys: Mapping[str, "DataFrame"],
    budget: int,
) -> tuple[list[RuleUse], "DataFrame", "DataFrame"]:
    """What each rule did, the pairs of the keys that it keeps, and the keys that it leaves out."""
    from pyspark.sql import functions as f

    counts = [
        keys[side].groupBy("rule", "key").agg(f.count("*").alias(f"n_{side}"))
        for side in ("l", "r")
    ]
    counted = counts[0].join(counts[1], ["rule", "key"])
    counted = counted.withColumn("pairs", f.col("n_l") * f.col("n_r")).persist()
    found = counted.groupBy("rule", "pairs").agg(f.count("*").alias("keys")).toArrow()
    levels: pd.DataFrame = found.to_pandas()
    uses, cuts = [], []
    for place, rule in enumerate(rules):
        of = levels[levels["rule"] == place]
        pairs, many = of["pairs"].to_numpy(np.int64), of["keys"].to_numpy(np.int64)
        most = cut(pairs, budget, many)
        uses.append(use_of(rule, pairs, most, many))
        cuts.append((place, most))
    most_of = spark.createDataFrame(cuts, "rule int, most long")
    limited = counted.join(f.broadcast(most_of), "rule")
    formed = (
        limited.where("pairs <= most")
        .select("rule", "key")
        .join(keys["l"].select("rule", "key", f.col("row").alias("row_l")), ["rule", "key"])
        .join(keys["r"].select("rule", "key", f.col("row").alias("row_r")), ["rule", "key"])
        .select("row_l", "row_r")
    )
    return uses, formed, limited.where("pairs > most").select("rule", "key")


def _borne(queries: list[str], name: str) -> Callable[[Batches], Batches]:
    """What a worker does with rows: the keys that each has itself, under each rule."""

    def borne(batches: Batches) -> Batches:
        import duckdb

        with duckdb.connect(":memory:") as connection:
            for batch in batches:
                connection.register(name, pa.Table.from_batches([batch]))
                for rule, query in enumerate(queries):
                    found = connection.sql(
                        f"SELECT {rule}::INTEGER AS rule, row::BIGINT AS row, "
                        f"person::BIGINT AS person, is_alone, {SIGNED} AS key FROM ({query})"
                    )
                    yield from found.to_arrow_table().to_batches()

    return borne


def _spread(rows: "DataFrame", borne: "DataFrame") -> "DataFrame":
    """The keys of rows as `keys.keys_query` gives them: a person's rows bear those of all."""
    alone = borne.where("is_alone").select("rule", "row", "key").distinct()
    of_person = borne.where("NOT is_alone").select("rule", "person", "key").distinct()
    several = rows.where("NOT is_alone").select("person", "row")
    return alone.union(of_person.join(several, "person").select("rule", "row", "key"))


def _score(
    spark: "SparkSession", context: ScoringContext, parameters: Parameters, at_least: float
) -> pd.DataFrame:
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    columns = ["person", *needed(context.comparisons)]
    sides = {
        side: spark.table(f"rows_{side}").select(
            f.col("row").alias(f"row_{side}"),
            *(f.col(name).alias(f"{name}_{side}") for name in columns),
        )
        for side in ("l", "r")
    }
    beside = spark.table("pairs").join(sides["l"], "row_l").join(sides["r"], "row_r")
    kept = ("row_l", "row_r", "person_l", "person_r")
    query = score_query(
        context.comparisons, parameters, beside="SELECT * FROM given", at_least=at_least, kept=kept
    )
    typed = [*(f"{name}::BIGINT AS {name}" for name in kept), "weight::DOUBLE AS weight"]
    schema = [*(f"{name} long" for name in kept), "weight double"]
    for c in context.comparisons:
        typed += [f"weight_{c.column}::DOUBLE AS weight_{c.column}", f"level_{c.column}"]
        schema += [f"weight_{c.column} double", f"level_{c.column} tinyint"]
    scored = beside.mapInArrow(
        _scored(f"SELECT {', '.join(typed)} FROM ({query})"), ", ".join(schema)
    )
    best = Window.partitionBy("person_l", "person_r").orderBy(f.desc("weight"), "row_l", "row_r")
    found = scored.withColumn("place", f.row_number().over(best)).where("place = 1")
    return _as_score_pairs(found, context)


def _scored(query: str) -> Callable[[Batches], Batches]:
    """What a worker does with pairs whose values stand beside each other."""

    def scored(batches: Batches) -> Batches:
        import duckdb

        with duckdb.connect(":memory:") as connection:
            connection.execute("SET disabled_optimizers = 'filter_pushdown'")
            for batch in batches:
                connection.register("given", pa.Table.from_batches([batch]))
                yield from connection.sql(query).to_arrow_table().to_batches()

    return scored


def _as_score_pairs(found: "DataFrame", context: ScoringContext) -> pd.DataFrame:
    """The frame that `scoring.score_pairs` gives."""
    names: dict[str, Any] = {"person_l": "person_l", "person_r": "person_r", "weight": "weight"}
    for c in context.comparisons:
        names |= {f"weight_{c.column}": c.name, f"level_{c.column}": f"level {c.name}"}
    frame: pd.DataFrame = found.select(*names).toArrow().to_pandas()
    ordered = frame.rename(columns=names).sort_values(["person_l", "person_r"])
    return ordered.reset_index(drop=True)
