"""Parquet: one file, or a folder of part files as Spark and others write it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.extract.sources import BATCH_ROWS, Delivered, Wanted
from jobs.runtime.errors import BadInput

_UNFINISHED: Final = "_temporary"


def open_parquet(path: Path) -> Delivered:
    """Read the footer of each part, which says how many rows it has, and offer the rows.

    Raises:
        BadInput: a part is cut short or no Parquet, parts differ in their columns, or the folder
            is still being written.
    """
    where = f"file [{path}]"
    parts = _parts(path, where) if path.is_dir() else [path]
    files = [_opened(part, f"file [{part}]") for part in parts]
    for part, file in zip(parts, files, strict=True):
        if not file.schema_arrow.equals(files[0].schema_arrow):
            raise BadInput(
                f"file [{part}]",
                "has other columns or types than the first part",
                "write all parts with one schema",
            )

    def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
        names = [column for column, _ in wanted]
        for part, file in zip(parts, files, strict=True):
            yield from _batches(file, names, f"file [{part}]")

    return Delivered(
        where=where,
        columns=tuple(files[0].schema_arrow.names),
        typed=True,
        read=read,
        rows=sum(file.metadata.num_rows for file in files),
        tells_its_end=not path.is_dir(),
    )


def _parts(folder: Path, where: str) -> list[Path]:
    if (folder / _UNFINISHED).exists():
        raise BadInput(where, "is still being written", "wait until it is whole")
    found = sorted(
        path
        for path in folder.rglob("*.parquet")
        if path.is_file() and not path.name.startswith(("_", "."))
    )
    if not found:
        raise BadInput(where, "is a folder without Parquet files", "deliver the table")
    return found


def _opened(path: Path, where: str) -> pq.ParquetFile:
    try:
        # Nanoseconds hold 1677 to 2262 only, and wrap without a word.
        file = pq.ParquetFile(
            path, page_checksum_verification=True, coerce_int96_timestamp_unit="us"
        )
        file.schema_arrow.names  # noqa: B018 - a name that is no text shows here
    except (pa.ArrowException, UnicodeDecodeError):
        raise _broken(where) from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise _broken(where) from None
    return file


def _batches(file: pq.ParquetFile, names: list[str], where: str) -> Iterator[pa.RecordBatch]:
    try:
        with file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
                yield batch.select(names)
    except (pa.ArrowException, OSError):
        raise _broken(where) from None


def _broken(where: str) -> BadInput:
    return BadInput(where, "is cut short or is not Parquet", "deliver the file again")
