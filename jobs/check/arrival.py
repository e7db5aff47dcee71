"""How the tables of a night arrived: unknown columns, and sizes that nothing proves."""

import json
from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.check.delivered import extra_columns
from jobs.check.rules import owner
from jobs.contract import results
from jobs.contract.registers import REGISTERS, SIZE_PROVED, TABLES

NOT_USED: Final = (
    "the table has no columns beyond the contract; the manifest of its landing names those that "
    "are not used"
)
"""Not their names: the header of a file that lacks one is a row of it."""


def extras(tables: Mapping[str, pa.Schema]) -> pd.DataFrame:
    """A warning for each table that has columns beyond the contract; they are not used."""
    found = {
        name: extra
        for name, table in TABLES.items()
        if (extra := extra_columns(tables[name], table))
    }
    return _warnings(
        {f"{name}.extra_columns": (name, len(extra)) for name, extra in found.items()},
        [NOT_USED] * len(found),
    )


def unproved(tables: Mapping[str, pa.Schema]) -> pd.DataFrame:
    """A warning for each register of which a file may have lost its end without a trace."""
    found = {}
    for register, declared in REGISTERS.items():
        names = [
            table.name
            for name, table in declared.items()
            if table.name != "feed" and not _is_size_proved(tables[name])
        ]
        if names:
            found[register] = names
    return _warnings(
        {
            f"{register}.feed.rows_proved": (f"{register}.feed", len(names))
            for register, names in found.items()
        },
        [
            "the register declares the rows of each of its files, so that one cut at the end of a "
            "line is noticed; held against the last nights only: " + ", ".join(names)
            for names in found.values()
        ],
    )


def _is_size_proved(delivered: pa.Schema) -> bool:
    noted: bool = json.loads((delivered.metadata or {}).get(SIZE_PROVED, b"true"))
    return noted


def _warnings(found: Mapping[str, tuple[str, int]], meanings: list[str]) -> pd.DataFrame:
    """Failed warnings by id, each with its table and the number observed."""
    frame = pd.DataFrame(
        {
            "check_id": list(found),
            "severity": "warning",
            "table_name": [name for name, _ in found.values()],
            "column_name": None,
            "meaning": pd.Series(meanings, dtype="str"),
            "passed": False,
            "rows_checked": None,
            "rows_failed": None,
            "observed": [float(number) for _, number in found.values()],
            "owner": [owner(name) for name, _ in found.values()],
            "failing_since_date": None,
            "excused": None,
        }
    )
    return results.CHECK_RESULTS.frame(results.CHECK_RESULTS.arrow(frame))
