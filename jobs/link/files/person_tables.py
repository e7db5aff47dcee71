"""Files of persons as tables: CSV and Parquet, in the encodings and marks that people deliver."""

import csv
import io
import logging
import warnings
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from jobs.link.files.person_columns import column_name
from jobs.runtime.errors import BadInput
from jobs.runtime.strict_csv import LONGEST_ROW, count_rows

log = logging.getLogger(__name__)

WORKBOOKS: Final = {b"PK\x03\x04": "a workbook or archive", b"\xd0\xcf\x11\xe0": "an old workbook"}
"""First bytes of files that a spreadsheet saves as its own."""


def read_table(path: Path) -> pd.DataFrame:
    """Read a file as a table whose columns have the contract's way of writing.

    Raises:
        BadInput: the file is missing, empty, no CSV or Parquet, or has a column twice.
    """
    where = f"file [{path}]"
    if not path.is_file():
        raise BadInput(where, "no such file", "name a CSV or Parquet file")
    frame = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    frame.columns = [column_name(name) for name in frame.columns]
    _refuse_repeated_columns(where, list(frame.columns))
    return frame


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        frame: pd.DataFrame = pq.read_table(path).to_pandas(date_as_object=False)
    except (pa.ArrowException, OSError) as error:
        what = f"not a Parquet file ({type(error).__name__})"
        raise BadInput(f"file [{path}]", what, "deliver it again") from None
    return frame


def as_text(where: str, values: pd.Series) -> pd.Series:
    """Values of any type as text; whole numbers without a point."""
    if isinstance(values.dtype, pd.StringDtype):
        return values
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    if pd.api.types.is_float_dtype(values) and (values.dropna() % 1 == 0).all():
        values = values.astype("Int64")
    if values.map(lambda value: isinstance(value, (list, dict, np.ndarray))).any():
        raise BadInput(where, f"column [{values.name}] holds lists", "give one value for each row")
    written = values.map(
        lambda value: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    )
    return written.astype("str")


def _read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV in UTF-8 (byte-order mark or not), UTF-16 or Latin-1; the separator is found."""
    where = f"file [{path}]"
    try:
        content = path.read_bytes()
    except OSError as error:
        told = error.strerror or type(error).__name__
        raise BadInput(where, f"cannot be read: {told}", "give read access") from None
    if content[:4] in WORKBOOKS:
        what = f"{WORKBOOKS[content[:4]]}, not a CSV file"
        raise BadInput(where, what, "save the sheet as CSV")
    encoding = "utf-16" if content[:2] in {BOM_UTF16_BE, BOM_UTF16_LE} else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise BadInput(where, "is cut short or is not UTF-16", "deliver it again") from None
        log.info("file [%s] is not UTF-8: read as Latin-1", path)
        text = content.decode("cp1252", errors="replace")
    return _parse(text, where)


def _parse(text: str, where: str) -> pd.DataFrame:
    """Parse the text, its quotes read to the letter and its rows counted first.

    Raises:
        BadInput: a quote or a row is out of place, by line number; or rows would be lost.
    """
    if not text.strip():
        raise BadInput(where, "empty", "deliver a file with a header")
    head = text.split("\n", 1)[0].split("\r", 1)[0]
    separator = max(",;\t|", key=head.count)
    content = text.encode() + (b"" if text.endswith(("\n", "\r")) else b"\n")
    try:
        names = next(
            csv.reader(io.StringIO(text[:LONGEST_ROW], newline=""), delimiter=separator), []
        )
        _refuse_repeated_columns(where, names)
        rows = count_rows(
            file=io.BytesIO(content),
            columns=len(names),
            where=where,
            separator=separator,
            are_blanks_skipped=True,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(
                io.BytesIO(content),
                sep=separator,
                dtype="str",
                encoding="utf-8",
                index_col=False,
                skipinitialspace=True,
                keep_default_na=False,
                na_values=[""],
            )
    except pd.errors.EmptyDataError:
        raise BadInput(where, "empty", "deliver a file with a header") from None
    except pd.errors.ParserWarning:
        what = "rows have more fields than the header"
        raise BadInput(where, what, "quote values that hold the separator") from None
    except (pd.errors.ParserError, csv.Error) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(where, f"not a CSV file: {reason}", "deliver it again") from None
    # Lines of blanks are rows to the one and nothing to the other.
    if len(frame) != rows - _blank_lines(text, fewer=rows - len(frame)):
        what = f"{rows} rows were counted and {len(frame)} could be read"
        raise BadInput(where, what, "deliver it again, with every quote closed")
    return frame


def _blank_lines(text: str, *, fewer: int) -> int:
    """Lines that hold blanks alone; they are looked for only where ``fewer`` rows were read."""
    return sum(bool(line) and not line.strip() for line in text.splitlines()) if fewer else 0


def _refuse_repeated_columns(where: str, columns: list[str]) -> None:
    names = [column_name(name) for name in columns]
    repeated = [n for n, name in enumerate(names, 1) if name and name in names[: n - 1]]
    if repeated:
        what = f"column {repeated[0]} has the name of another"
        raise BadInput(where, what, "give each column once")
