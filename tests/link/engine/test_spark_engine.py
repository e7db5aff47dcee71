"""Both engines give the same links on the same data."""

import importlib.util
import os
import shutil

import pandas as pd
import pytest

from benchmarks.samples.person_pairs import invent, no_decisions, no_identities
from jobs.link import DuckDB, Linked, engine_named, link_registers
from jobs.link.block import blocking
from jobs.link.engine.engines import Engine
from jobs.runtime.errors import BadInput

HAS_SPARK = importlib.util.find_spec("pyspark") is not None
HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))


def linked(engine: Engine) -> Linked:
    return link_registers(
        tables=invent(seed=31, shared=250, alone=200).tables,
        decisions=no_decisions(),
        previous_identities=no_identities(),
        engine=engine,
    )


@pytest.mark.slow
@pytest.mark.skipif(not HAS_SPARK, reason="requirements-spark.txt is not installed")
@pytest.mark.skipif(not HAS_JAVA, reason="Spark needs Java 17 or newer, and there is none")
def test_spark_gives_the_links_that_duckdb_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "SMALLEST_BUDGET", 60)
    monkeypatch.setattr(blocking, "PAIRS_PER_PERSON", 0.1)
    one, other = linked(DuckDB()), linked(engine_named("spark"))
    assert any(use.left_out_keys for use in one.blocking)
    assert one.blocking == other.blocking
    keys = ["prisoner_number", "cid_person_id", "outcome"]
    assert len(one.links)
    assert one.links[keys].equals(other.links[keys])
    for column in ("probability", "match_weight"):
        assert (one.links[column] - other.links[column]).abs().max() <= 1e-6
    pd.testing.assert_frame_equal(one.identities, other.identities)


def test_without_spark_the_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BadInput, match="pip install -r requirements-spark"):
        linked(engine_named("spark"))


@pytest.mark.skipif(not HAS_SPARK, reason="requirements-spark.txt is not installed")
def test_without_java_the_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(BadInput, match="needs Java 17 or newer"):
        linked(engine_named("spark"))
