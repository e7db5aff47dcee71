"""Rows that Spark's tasks read from an object store themselves, as Parquet, through fsspec.

Spark reads Parquet from disks that all its machines share, and from a store only with Hadoop's jars
for it. So the driver puts rows under a URL of fsspec in files of `ROWS_A_FILE`, and a task opens
those that it is given. It finds the store's keys where the driver does, in its own environment
(``spark.executorEnv``); neither they nor the URL are in a message.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.runtime.errors import store_error

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

ROWS_A_FILE: Final = 50_000
"""A task reads whole files: enough of them for a cluster, and few requests for each."""
Batches = Iterator[pa.RecordBatch]


@dataclass(frozen=True, kw_only=True)
class StoredRows:
    """Rows in a store: the URLs of their files, and their columns."""

    files: tuple[str, ...]
    schema: pa.Schema

    def frame(self, spark: "SparkSession") -> "DataFrame":
        """A frame whose tasks read the files, each a part of its own."""
        from pyspark.sql.pandas.types import from_arrow_schema

        files = spark.createDataFrame([(file,) for file in self.files], "file string")
        return files.repartitionByRange(len(self.files), "file").mapInArrow(
            _read(), from_arrow_schema(self.schema)
        )


@contextmanager
def stored_rows(
    relations: Mapping[str, duckdb.DuckDBPyRelation], *, url: str
) -> Iterator[dict[str, StoredRows]]:
    """Put relations in a folder of their own under ``url``; it is gone after the block.

    Raises:
        BadInput: the URL, its driver or rights are wrong.
        Unreachable: the store does not answer.
    """
    with _plainly(url):
        store, root = fsspec.url_to_fs(url)
    folder = f"{root.rstrip('/')}/linkage-{uuid.uuid4().hex}"
    try:
        with _plainly(url):
            rows = {name: _put(store, f"{folder}/{name}", of) for name, of in relations.items()}
        yield rows
    finally:
        with _plainly(url):
            if store.exists(folder):
                store.rm(folder, recursive=True)


def _put(store: Any, folder: str, relation: duckdb.DuckDBPyRelation) -> StoredRows:
    reader = relation.to_arrow_reader(ROWS_A_FILE)
    files = []
    for place, batch in enumerate(reader):
        path = f"{folder}/{place:05d}.parquet"
        with store.open(path, "wb") as file:
            pq.write_table(pa.Table.from_batches([batch]), file)
        files.append(store.unstrip_protocol(path))
    return StoredRows(files=tuple(files), schema=reader.schema)


def _read() -> Callable[[Batches], Batches]:
    """What a task does with names of files: it gives their rows."""

    def read(batches: Batches) -> Batches:
        import fsspec as stores
        import pyarrow.parquet as parquet

        for batch in batches:
            for name in batch.column(0).to_pylist():
                with stores.open(name, "rb") as file:
                    yield from parquet.ParquetFile(file).iter_batches()

    return read


@contextmanager
def _plainly(url: str) -> Iterator[None]:
    """Have what goes wrong with the store told in one line."""
    try:
        yield
    except Exception as error:
        raise store_error(error, what="shared store of the linkage", url=url) from error
