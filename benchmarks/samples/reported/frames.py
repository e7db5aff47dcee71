"""Frames of declared tables with the columns that matter, on one night."""

from datetime import date

import pandas as pd
import pyarrow as pa

from jobs.contract.registers import TABLES
from jobs.contract.schema import Table

AS_OF = date(2006, 4, 25)
TODAY = pd.Timestamp(AS_OF)
PRISONS = ("AAI", "BBI", "CCI", "DDI", "EEI", "FFI")


def frame_of(table: Table, columns: dict[str, object], rows: int) -> pd.DataFrame:
    """A frame of a declared table; columns not given are empty."""
    frame = pd.DataFrame(
        {field.name: columns.get(field.name) for field in table.fields}, index=range(rows)
    )
    return table.frame(table.arrow(frame))


def arrow_of(name: str, columns: dict[str, object], rows: int) -> pa.Table:
    """A register table; columns not given are empty."""
    return TABLES[name].arrow(frame_of(TABLES[name], columns, rows))


def numbered(prefix: str, rows: int) -> pd.Series:
    """References in order: ``E0000001``."""
    return pd.Series([f"{prefix}{i:07d}" for i in range(1, rows + 1)], dtype="str")
