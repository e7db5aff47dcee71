"""A folder of CSV or Parquet files, one for each table: ``persons.csv`` or ``persons.parquet``.

CSV: UTF-8 with or without a byte order mark, commas, double quotes, a header line, and a line
break after the last row. A file without that last line break is taken to be cut short, because
nothing else tells a cut in the last column from a short value.
"""

import codecs
import csv
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from jobs.extract.mapping import Place
from jobs.extract.sources import BATCH_ROWS, Delivered, Wanted
from jobs.runtime.errors import BadInput

BLOCK_BYTES = 4 << 20
_LINE_BREAK = b"\n"
_DELIVER_AGAIN = "deliver the file again"


@contextmanager
def open_folder(*, folder: str, register: str) -> Iterator["FolderSource"]:
    """Open the files of a register; its own sub-folder is used where there is one.

    Raises:
        BadInput: there is no such folder.
    """
    path = Path(folder).expanduser().resolve()
    if not path.is_dir():
        raise BadInput(f"setting [{register}]", f"no folder [{path}]", "name a folder or a URL")
    inner = path / register
    yield FolderSource(inner if inner.is_dir() else path)


class FolderSource:
    """A register as files."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.name = folder, str(folder)

    def open_table(self, place: Place) -> Delivered:
        """Find the file of a table; see `Source.open_table`."""
        found = [
            path
            for ending in ("csv", "parquet")
            if (path := self._folder / f"{place.name}.{ending}").is_file()
        ]
        if not found:
            raise BadInput(
                f"folder [{self._folder}]",
                f"no file [{place.name}.csv] or [{place.name}.parquet]",
                "deliver the table, empty if it has no rows",
            )
        if len(found) > 1:
            raise BadInput(
                f"folder [{self._folder}]",
                f"both [{found[0].name}] and [{found[1].name}]",
                "remove the one that is not meant",
            )
        try:
            return (_csv if found[0].suffix == ".csv" else _parquet)(found[0])
        except PermissionError:
            raise BadInput(f"file [{found[0]}]", "cannot be read", "give read access") from None


def _parquet(path: Path) -> Delivered:
    where = f"file [{path}]"
    broken = BadInput(where, "is cut short or is not Parquet", _DELIVER_AGAIN)
    try:
        file = pq.ParquetFile(path, page_checksum_verification=True)
    except pa.ArrowException:
        raise broken from None
    except OSError as error:
        if error.errno is not None:
            raise
        raise broken from None

    def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
        names = [column for column, _ in wanted]
        try:
            with file:
                for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=names):
                    yield batch.select(names)
        except (pa.ArrowException, OSError):
            raise broken from None

    return Delivered(where=where, columns=tuple(file.schema_arrow.names), typed=True, read=read)


def _csv(path: Path) -> Delivered:
    where = f"file [{path}]"
    _refuse_cut_end(path, where)
    header = _header(path, where)

    def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
        return _csv_batches(path, [column for column, _ in wanted], where)

    return Delivered(where=where, columns=header, typed=False, read=read)


def _refuse_cut_end(path: Path, where: str) -> None:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            raise BadInput(where, "is empty, without a header line", _DELIVER_AGAIN)
        file.seek(-1, os.SEEK_END)
        if file.read(1) not in b"\r\n":
            raise BadInput(
                where,
                "is cut short: the last line does not end",
                "deliver the file again, with a line break after the last row",
            )


def _header(path: Path, where: str) -> tuple[str, ...]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            names = tuple(next(csv.reader(file), []))
    except UnicodeDecodeError:
        raise _not_utf8(path, where) from None
    except csv.Error:
        raise BadInput(where, "has no readable header line", _DELIVER_AGAIN) from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(where, f"column [{twice[0]}] appears twice", "keep one of them")
    return names


def _csv_batches(path: Path, columns: list[str], where: str) -> Iterator[pa.RecordBatch]:
    short: list[pyarrow.csv.InvalidRow] = []

    def refuse(row: pyarrow.csv.InvalidRow) -> str:
        short.append(row)
        return "error"

    try:
        with pyarrow.csv.open_csv(
            path,
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=BLOCK_BYTES),
            parse_options=pyarrow.csv.ParseOptions(
                newlines_in_values=True, invalid_row_handler=refuse
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                include_columns=columns,
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
                null_values=[""],
            ),
        ) as reader:
            yield from reader
    except (pa.ArrowException, UnicodeDecodeError):
        # Arrow's own message quotes the row.
        raise _csv_error(path, short, where) from None


def _csv_error(path: Path, short: list[pyarrow.csv.InvalidRow], where: str) -> BadInput:
    if short:
        row = short[0]
        line = f" [{row.number}]" if row.number is not None else ""
        return BadInput(
            where,
            f"row{line} has {row.actual_columns} fields, the header {row.expected_columns}: "
            "cut short, or a quote is not closed",
            _DELIVER_AGAIN,
        )
    return _not_utf8(path, where)


def _not_utf8(path: Path, where: str) -> BadInput:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                start = max(error.start - pending, 0)
                line += block[:start].count(_LINE_BREAK)
                return BadInput(
                    where,
                    f"is not UTF-8: line {line}, byte {offset + start + 1}",
                    "write the file as UTF-8",
                )
            line += block.count(_LINE_BREAK)
            offset += len(block)
    return BadInput(where, "is cut short or is not CSV", _DELIVER_AGAIN)
