"""The open data of a publication described: every CSV beside the pages, column by column.

The description is a *tabular data package* of the Frictionless standard, by which programs load
the files with their types (https://specs.frictionlessdata.io/tabular-data-package/). Meanings are
those of the contract.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Field, Table
from jobs.runtime.files import bytes_digest

DESCRIPTION: Final = "datapackage.json"
"""Name of the file, as the standard wants it."""
_OTHERWISE: Final = {
    "counted_in": "figures that count the row, and which group of each",
    "day": "the night",
    "before": "the value of the night before",
    "change": "1 came in, -1 went out",
    "priority": "rank on the list, 1 first",
    "nights_listed": "published nights on which it has been listed",
}
"""Meanings of columns that no table of the contract has, or has in another sense."""
_BOOLEANS: Final = {"trueValues": ["True"], "falseValues": ["False"]}


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """A CSV file as it was written: its name without ending, its columns, and of which tables."""

    name: str
    frame: pd.DataFrame
    content: bytes
    tables: Sequence[Table] = ()


def data_package(files: Iterable[DataFile], *, as_of: date, publication_id: str) -> str:
    """The description of the files of a publication, as JSON: the same bytes for the same files."""
    resources = [_resource(file) for file in sorted(files, key=lambda file: file.name)]
    content = {
        "profile": "tabular-data-package",
        "name": f"consideration-for-deportation-{as_of}",
        "title": f"Consideration for deportation, night of {as_of}",
        "version": publication_id,
        "resources": resources,
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _resource(file: DataFile) -> dict[str, Any]:
    key = file.tables[0].key if len(file.tables) == 1 else ()
    schema: dict[str, Any] = {
        "fields": [_field(str(name), file) for name in file.frame.columns],
        "missingValues": [""],
    }
    if key and set(key) <= set(file.frame.columns):
        schema["primaryKey"] = list(key)
    return {
        "name": file.name.lower(),
        "path": f"{file.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(file.content),
        "hash": f"sha256:{bytes_digest(file.content)}",
        **({"description": f"One row: {file.tables[0].row}."} if file.tables else {}),
        "schema": schema,
    }


def _field(name: str, file: DataFile) -> dict[str, Any]:
    kind = _kind(file.frame[name])
    found = _declared(name, file.tables)
    meaning = _OTHERWISE.get(name, "") if found is None else found.meaning
    unit = f" ({found.unit})" if found is not None and found.unit else ""
    return {
        "name": name,
        "type": kind,
        **({"description": f"{meaning}{unit}"} if meaning else {}),
        **(_BOOLEANS if kind == "boolean" else {}),
    }


def _declared(name: str, tables: Sequence[Table]) -> Field | None:
    """The field of that name, of the tables of the file first and of any other then."""
    for table in (*tables, *results.NIGHTLY.values()):
        if name in table.columns:
            return table.field(name)
    return None


def _kind(column: pd.Series) -> str:
    """The type of a column in the words of the standard."""
    kind = column.dtype
    if pd.api.types.is_bool_dtype(kind):
        return "boolean"
    if pd.api.types.is_integer_dtype(kind):
        return "integer"
    if pd.api.types.is_numeric_dtype(kind):
        return "number"
    if isinstance(kind, pd.DatetimeTZDtype):
        return "datetime"
    return "date" if pd.api.types.is_datetime64_any_dtype(kind) else "string"
