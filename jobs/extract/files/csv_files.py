"""CSV files: UTF-8 with or without a byte order mark, commas, double quotes, a header line.

A line break ends the last row too: a file without it is taken to be cut short, because nothing
else tells a cut in the last column from a short value. A file may be compressed (``.csv.gz``).
Quotes are read strictly and rows counted before the file is parsed (`jobs.runtime.strict_csv`).
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import pyarrow as pa
import pyarrow.csv

from jobs.extract.sources import Delivered, Wanted
from jobs.runtime.errors import BadInput
from jobs.runtime.strict_csv import BLOCK_BYTES, count_rows

GZIP: Final = ".gz"
LONGEST_HEADER: Final = 1 << 20
DELIVER_AGAIN: Final = "deliver the file again"
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_GZIP: Final = (EOFError, zlib.error, gzip.BadGzipFile)
_UTF8: Final = "write the file as UTF-8"
_OTHER_NUMBER: Final = re.compile(
    r"CSV parse error: (?:Row #(\d+): )?Expected (\d+) columns, got (\d+)"
)
_SEPARATORS: Final = {";": ";", "\t": "tab", "|": "|"}


def open_csv(path: Path) -> Delivered:
    """Read a file's header, count its rows, and offer them.

    Raises:
        BadInput: it is no whole CSV file in UTF-8, by line number where that can be told.
    """
    where = f"file [{path}]"
    try:
        with _opened(path) as file:
            names, header_end = _header(file, where)
            file.seek(header_end)
            rows = count_rows(file=file, columns=len(names), where=where)
    except _NOT_GZIP:
        raise _cut_gzip(where) from None
    named = [name for name in names if name]

    def read(wanted: Wanted) -> Iterator[pa.RecordBatch]:
        return _batches(path, names, [column for column, _ in wanted], where)

    return Delivered(
        where=where, columns=tuple(named), typed=False, read=read, rows=rows, tells_its_end=False
    )


def _opened(path: Path) -> IO[bytes]:
    if path.suffix.lower() == GZIP:
        return gzip.open(path, "rb")  # type: ignore[return-value]
    return path.open("rb")


def _header(file: IO[bytes], where: str) -> tuple[tuple[str, ...], int]:
    """The names of the columns, empty where one has none, and where the text begins."""
    start = file.read(LONGEST_HEADER)
    if not start:
        raise BadInput(where, "is empty, without a header line", DELIVER_AGAIN)
    if start.startswith(_WIDE):
        raise BadInput(where, "is UTF-16", _UTF8)
    begins = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start[begins:])
    except UnicodeDecodeError as error:
        # Only the header is read here; a fault in a later line is found with its line number.
        text = start[begins : begins + error.start].decode()
        if "\n" not in text and "\r" not in text:
            raise BadInput(where, f"is not UTF-8: line 1, byte {error.start + 1}", _UTF8) from None
    if "\0" in text.partition("\n")[0]:
        raise BadInput(where, "its header line holds NUL: it is no text, or UTF-16", _UTF8)
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error:
        names = []
    if len(names) < 2 and (other := _separator(text)):
        raise BadInput(
            where, f"its fields are separated by [{other}]", "separate them by commas"
        ) from None
    if not names:
        raise BadInput(where, "has no readable header line", DELIVER_AGAIN)
    return tuple(name.strip() for name in names), begins


def _separator(text: str) -> str:
    """What separates the fields of a header line that has no commas; empty where nothing does."""
    line = text.partition("\n")[0]
    found = (name for sign, name in _SEPARATORS.items() if sign in line and "," not in line)
    return next(found, "")


def _batches(
    path: Path, names: tuple[str, ...], wanted: list[str], where: str
) -> Iterator[pa.RecordBatch]:
    # Columns go by their places: names may be missing or repeated in columns that nobody reads.
    places = [str(names.index(name)) for name in wanted]
    try:
        with (
            _opened(path) as file,
            pyarrow.csv.open_csv(
                file,
                read_options=pyarrow.csv.ReadOptions(
                    use_threads=False,
                    block_size=BLOCK_BYTES,
                    column_names=[str(place) for place in range(len(names))],
                    skip_rows_after_names=1,
                ),
                parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(places, pa.string()),
                    include_columns=places,
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=True,
                    null_values=[""],
                ),
            ) as reader,
        ):
            yield from reader
    except _NOT_GZIP:
        raise _cut_gzip(where) from None
    except (pa.ArrowException, UnicodeDecodeError) as error:
        try:
            refusal = _refusal(path, str(error), where)
        except _NOT_GZIP:
            refusal = _cut_gzip(where)
        raise refusal from None


def _cut_gzip(where: str) -> BadInput:
    return BadInput(where, "is cut short or is not gzip", DELIVER_AGAIN)


def _refusal(path: Path, said: str, where: str) -> BadInput:
    """Arrow's message in own words: it quotes the row."""
    found = _OTHER_NUMBER.match(said)
    if found is None:
        return _not_utf8(path, where)
    row, expected, actual = found.groups()
    why = (
        "cut short, or a quote is not closed"
        if int(actual) < int(expected)
        else "a comma too many, or a value with a comma is not quoted"
    )
    line = f" [{row}]" if row else ""
    return BadInput(
        where, f"row{line} has {actual} fields, the header {expected}: {why}", DELIVER_AGAIN
    )


def _not_utf8(path: Path, where: str) -> BadInput:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, offset = 1, 0
    with _opened(path) as file:
        while block := file.read(BLOCK_BYTES):
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block)
            except UnicodeDecodeError as error:
                start = max(error.start - pending, 0)
                line += block[:start].count(b"\n")
                return BadInput(
                    where, f"is not UTF-8: line {line}, byte {offset + start + 1}", _UTF8
                )
            line += block.count(b"\n")
            offset += len(block)
    return BadInput(where, "is cut short or is not CSV", DELIVER_AGAIN)
