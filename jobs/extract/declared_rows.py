"""How many rows a register says it delivers, table by table: in its ``feed``, or beside its files.

``feed`` may have, beyond the contract, a column ``<table>_rows`` for each table. A folder may hold
a file ``manifest.csv`` with the columns ``name`` (of the file or the table), ``rows`` and, where
wanted, ``sha256``. Without either, a file cut at the end of a line cannot be told from a whole one.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from jobs.extract.mapping import Place
from jobs.runtime.errors import BadInput
from jobs.runtime.files import file_digest

FEED_SUFFIX: Final = "_rows"
FILE_NAME: Final = "manifest.csv"
_COLUMNS: Final = {"name", "rows", "sha256"}


@dataclass(frozen=True, kw_only=True)
class DeclaredFile:
    """What the manifest beside the files says of one of them."""

    rows: int
    sha256: str = ""


def read_manifest_beside(folder: Path) -> dict[str, DeclaredFile]:
    """Read ``manifest.csv``, by names in small letters; empty where there is none.

    Raises:
        BadInput: by line: it is not of this form, names a file twice, or one that is not there.
    """
    files = sorted(folder.iterdir())
    path = next((path for path in files if path.name.lower() == FILE_NAME), None)
    if path is None:
        return {}
    there = {
        name for file in files for name in (file.name.lower(), file.name.lower().split(".")[0])
    }
    where = f"file [{path}]"
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadInput(
            where, "is no CSV file in UTF-8", "write name,rows and a line each"
        ) from None
    head = [name.strip().lower() for name in lines[0]] if lines else []
    if not {"name", "rows"} <= set(head) <= _COLUMNS or len(set(head)) != len(head):
        raise BadInput(where, "line 1: the columns are not name, rows and sha256", "write them")
    found: dict[str, DeclaredFile] = {}
    for number, cells in enumerate(lines[1:], 2):
        if not cells:
            continue
        row = dict(zip(head, (cell.strip() for cell in cells), strict=False))
        rows = whole_number(row.get("rows"))
        if len(cells) != len(head) or rows is None or not row["name"]:
            raise BadInput(
                f"{where} line {number}", "is no name with a number of rows", "correct the line"
            )
        name = row["name"].lower()
        if name in found:
            raise BadInput(f"{where} line {number}", "names a file again", "keep one of the lines")
        if name not in there:
            raise BadInput(
                f"{where} line {number}", "names a file that is not there", "deliver it, or mend it"
            )
        found[name] = DeclaredFile(rows=rows, sha256=row.get("sha256", "").lower())
    return found


def rows_beside(
    *, declared: Mapping[str, DeclaredFile], place: Place, path: Path, where: str
) -> int | None:
    """Rows that the manifest beside a table's file declares; None where it says nothing.

    Raises:
        BadInput: the manifest has a hash and the file is another, or it has two numbers.
    """
    names = dict.fromkeys((path.name.lower(), place.name.lower(), place.table.name))
    entries = [declared[name] for name in names if name in declared]
    if any(e.sha256 and (path.is_dir() or file_digest(path) != e.sha256) for e in entries):
        raise BadInput(
            where, f"its sha256 is not the one in {FILE_NAME}", "deliver the file again, whole"
        )
    rows = {entry.rows for entry in entries}
    if len(rows) > 1:
        raise BadInput(where, f"{FILE_NAME} declares two numbers of rows for it", "keep one")
    return rows.pop() if rows else None


def rows_in_feed(*, columns: Mapping[str, Any], where: str) -> dict[str, int]:
    """Rows by table name that the row of ``feed`` declares.

    Args:
        columns: delivered values by the table that they speak of; missing ones declare nothing.
        where: names the feed in messages.

    Raises:
        BadInput: a value is no number of rows.
    """
    found: dict[str, int] = {}
    for table, value in columns.items():
        if value is None or value == "":
            continue
        rows = whole_number(str(value))
        if rows is None:
            raise BadInput(
                where, f"column [{table}{FEED_SUFFIX}] holds no number of rows", "correct it"
            )
        found[table] = rows
    return found


def whole_number(text: str | None) -> int | None:
    """A count as declared; None where the text is none."""
    if text is None or not re.fullmatch(r"\d{1,15}(\.0*)?", text.strip(), flags=re.ASCII):
        return None
    return int(text.strip().partition(".")[0])
