"""Both engines give the same links on the same data."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator

import boto3
import duckdb
import pandas as pd
import pytest

from benchmarks.linkage.local_store import s3_server
from benchmarks.samples.person_pairs import invent, no_decisions, no_identities
from jobs.link import DuckDB, Linked, engine_named, link_registers
from jobs.link.block import blocking
from jobs.link.engine import stored_rows
from jobs.link.engine.engines import Engine
from jobs.runtime.errors import BadInput, Unreachable

HAS_SPARK = importlib.util.find_spec("pyspark") is not None
HAS_JAVA = bool(os.environ.get("JAVA_HOME") or shutil.which("java"))
KEY = "a key that no message shows"
STORE = f"s3://linkage/{KEY}"


@pytest.fixture(scope="module", autouse=True)
def store() -> Iterator[str]:
    """A server that speaks S3, with an empty bucket; Spark is started with its address."""
    with s3_server("linkage", secret=KEY):
        yield STORE


def held() -> list[str]:
    """Every file in the bucket."""
    found = boto3.client("s3").list_objects_v2(Bucket="linkage").get("Contents", [])
    return [str(each["Key"]) for each in found]


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
@pytest.mark.parametrize("place", ["", STORE], ids=["on this machine", "from an object store"])
def test_spark_gives_the_links_that_duckdb_gives(
    monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(blocking, "SMALLEST_BUDGET", 60)
    monkeypatch.setattr(blocking, "PAIRS_PER_PERSON", 0.1)
    monkeypatch.setattr(stored_rows, "ROWS_A_FILE", 100)
    one, other = linked(DuckDB()), linked(engine_named("spark", store=place))
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


@pytest.mark.slow
@pytest.mark.skipif(not HAS_SPARK, reason="requirements-spark.txt is not installed")
@pytest.mark.skipif(not HAS_JAVA, reason="Spark needs Java 17 or newer, and there is none")
def test_each_task_reads_files_of_its_own_and_nothing_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pyspark.sql import SparkSession

    monkeypatch.setattr(stored_rows, "ROWS_A_FILE", 100)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    rows = duckdb.sql("SELECT range AS row, [range::VARCHAR] AS names FROM range(450)")
    spark = SparkSession.builder.master("local[2]").getOrCreate()
    try:
        with stored_rows.stored_rows({"rows_l": rows}, url=STORE) as stored:
            assert len(held()) == len(stored["rows_l"].files) == 5
            frame = stored["rows_l"].frame(spark)
            assert frame.rdd.getNumPartitions() > 1
            found = frame.toArrow().to_pandas().sort_values("row", ignore_index=True)
    finally:
        spark.stop()
    assert found["row"].tolist() == list(range(450))
    assert found["names"].map(list).tolist() == [[str(row)] for row in range(450)]
    assert held() == []


@pytest.mark.parametrize(
    ("url", "error", "says"),
    [
        pytest.param(f"s3://nowhere/{KEY}", Unreachable, "failed", id="no such bucket"),
        pytest.param(f"no-such-store://{KEY}", BadInput, "no driver", id="no such store"),
    ],
)
def test_what_goes_wrong_with_the_store_is_one_line_without_its_url(
    url: str, error: type[Exception], says: str
) -> None:
    rows = duckdb.sql("SELECT 1 AS row")
    with pytest.raises(error, match=says) as told, stored_rows.stored_rows({"l": rows}, url=url):
        pass
    assert KEY not in str(told.value)
    assert "\n" not in str(told.value)
