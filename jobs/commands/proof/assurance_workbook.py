"""The assurance sample as a workbook: references to look up, and columns to fill in."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from jobs.contract.proof.assurance_strata import CHECK_RESULTS
from jobs.runtime.errors import BadInput
from jobs.runtime.files import disk_error

SHEET: Final = "Sample"
FILLED: Final = ("result", "checked_by", "note")
FIRST_ROW: Final = 4
"""Row of the headings, counted from 1."""
HOW: Final = (
    "Look each one up in the files of both services. Write right (rightly cleared), wrong or "
    "cannot_tell, your name, and what the files say. Rows without a result are not recorded."
)
PUBLICATION: Final = "Publication"


@dataclass(frozen=True, kw_only=True)
class NotedCheck:
    """What somebody noted on one who was drawn."""

    episode_id: str
    result: str
    by: str
    note: str


def write_sample(drawn: pd.DataFrame, path: Path, *, publication_id: str) -> None:
    """Write the sample for its owner alone.

    Raises:
        BadInput: the file cannot be written or the disk is full.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        path.chmod(0o600)
    except OSError as error:
        raise disk_error(error, path) from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, [PUBLICATION, publication_id])
        sheet.write_string(1, 0, HOW)
        shown = drawn.dropna(axis="columns", how="all")
        shown = shown[["episode_id", *shown.columns.drop("episode_id")]]
        sheet.write_row(FIRST_ROW - 1, 0, [*FILLED, *shown.columns], bold)
        for row, values in enumerate(shown.to_numpy(dtype=object).tolist(), start=FIRST_ROW):
            for place, value in enumerate(values, start=len(FILLED)):
                _write(sheet, row, place, value, date)
        last = FIRST_ROW + max(len(shown), 1) - 1
        allowed = {"validate": "list", "source": list(CHECK_RESULTS)}
        sheet.data_validation(FIRST_ROW, 0, last, 0, allowed)
        sheet.freeze_panes(FIRST_ROW, len(FILLED) + 1)
        sheet.set_column(0, len(shown.columns) + len(FILLED) - 1, 18)


def _write(sheet: Any, row: int, place: int, value: Any, date: Any) -> None:
    if pd.isna(value):
        return
    if isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, place, value.to_pydatetime(), date)
    elif isinstance(value, bool):
        sheet.write_string(row, place, "yes" if value else "no")
    elif isinstance(value, str):
        sheet.write_string(row, place, value)
    else:
        sheet.write_number(row, place, float(value))


def checks_in(path: Path, *, publication_id: str) -> list[NotedCheck]:
    """The checks that somebody filled in.

    Raises:
        BadInput: the file is no such workbook, is of another publication, or a row is not whole.
    """
    where = f"workbook [{path.name}]"
    wanted = "use the file that assurance export wrote"
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise BadInput(where, "no such file", wanted) from None
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise BadInput(where, "not a workbook", "save it as .xlsx") from None
    if SHEET not in book.sheetnames:
        raise BadInput(where, f"no sheet [{SHEET}]", wanted)
    rows = [list(row) for row in book[SHEET].iter_rows(values_only=True)]
    book.close()
    if not rows or [_text(value) for value in rows[0][:2]] != [PUBLICATION, publication_id]:
        raise BadInput(
            where, "is of another publication", "export the sample of the current one again"
        )
    headings = [_text(value) for value in rows[FIRST_ROW - 1]] if len(rows) >= FIRST_ROW else []
    missing = [name for name in (*FILLED, "episode_id") if name not in headings]
    if missing:
        raise BadInput(f"{where}, row {FIRST_ROW}", f"no column [{missing[0]}]", wanted)
    places = [headings.index(name) for name in ("episode_id", *FILLED)]
    found = []
    for number, row in enumerate(rows[FIRST_ROW:], start=FIRST_ROW + 1):
        episode, result, by, note = (_text(row[place]) for place in places)
        if not result and not by and not note:
            continue
        at = f"{where}, row {number}"
        if result not in CHECK_RESULTS:
            raise BadInput(at, "has no result", f"use one of: {', '.join(CHECK_RESULTS)}")
        if not by or not note:
            raise BadInput(at, "lacks a name or a note", "fill in both")
        found.append(NotedCheck(episode_id=episode, result=result, by=by, note=note))
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
