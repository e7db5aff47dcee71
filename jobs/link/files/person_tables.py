"""Files of persons as tables: CSV and Parquet, in the encodings and marks that people deliver."""

import csv
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
    with path.open("rb") as file:
        start = file.read(4)
    if start in WORKBOOKS:
        what = f"{WORKBOOKS[start]}, not a CSV file"
        raise BadInput(f"file [{path}]", what, "save the sheet as CSV")
    encoding = "utf-16" if start[:2] in {BOM_UTF16_BE, BOM_UTF16_LE} else "utf-8-sig"
    try:
        return _parse(path, encoding)
    except UnicodeDecodeError:
        log.info("file [%s] is not UTF-8: read as Latin-1", path)
        return _parse(path, "cp1252")


def _parse(path: Path, encoding: str) -> pd.DataFrame:
    where = f"file [{path}]"
    errors = "replace" if encoding == "cp1252" else "strict"
    try:
        with path.open(encoding=encoding, errors=errors) as file:
            head = file.readline()
        separator = max(",;\t|", key=head.count)
        _refuse_repeated_columns(where, next(csv.reader([head], delimiter=separator), []))
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            return pd.read_csv(
                path,
                sep=separator,
                dtype="str",
                encoding=encoding,
                encoding_errors=errors,
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


def _refuse_repeated_columns(where: str, columns: list[str]) -> None:
    names = [column_name(name) for name in columns]
    repeated = sorted(name for name in set(names) if name and names.count(name) > 1)
    if repeated:
        raise BadInput(where, f"column [{repeated[0]}] twice", "give each column once")
