"""The review queue as a workbook: written for a reviewer, read back with the decisions in it.

The workbook holds personal data: it is written for its owner alone (mode 0600) and says so. Keys
are text and stay text; the pair of a row is what counts when it is read back, not its place.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import openpyxl
import pandas as pd
import xlsxwriter
from openpyxl.utils.exceptions import InvalidFileException

from jobs.review.consequences import PAIR
from jobs.review.evidence import evidence_lines
from jobs.runtime.errors import BadInput
from jobs.runtime.files import disk_error
from jobs.warehouse import JUDGEMENTS, Decision

SHEET: Final = "Pairs"
EVIDENCE: Final = "Evidence"
FILLED: Final = ("judgement", "reviewer", "reason")
"""Columns that the reviewer fills in; a row without a judgement is left undecided."""
WARNING: Final = (
    "This workbook holds personal data of the people in it. It is readable by its owner only: "
    "keep it so, and delete it once the decisions are imported."
)
HOW: Final = (
    "One row is a possible pair. To decide, choose a judgement (must_link: one person; "
    "must_not_link: two persons) and write your name and the reason. Leave the rest as it is. "
    "Rows without a judgement stay in the queue."
)
FIRST_ROW: Final = 4
"""Row of the headings, counted from 1; above it stand the warning and how to use the sheet."""


def write_review(pairs: pd.DataFrame, path: Path) -> None:
    """Write the queue with records and evidence as a workbook that only its owner can read.

    Raises:
        BadInput: the file cannot be written or the disk is full.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.close(handle)
        path.chmod(0o600)
    except OSError as error:
        raise disk_error(error, path) from error
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as book:
        bold, date = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        shown = pairs.drop(columns=["evidence"])
        columns = [*FILLED, *shown.columns]
        sheet = book.add_worksheet(SHEET)
        sheet.write_string(0, 0, WARNING, bold)
        sheet.write_string(1, 0, HOW)
        for place, name in enumerate(columns):
            sheet.write_string(FIRST_ROW - 1, place, name, bold)
        for row, values in enumerate(shown.to_numpy(dtype=object).tolist(), start=FIRST_ROW):
            for place, value in enumerate(values, start=len(FILLED)):
                _write(sheet, row, place, value, date)
        last = FIRST_ROW + max(len(shown), 1) - 1
        sheet.data_validation(
            FIRST_ROW, 0, last, 0, {"validate": "list", "source": list(JUDGEMENTS)}
        )
        sheet.autofilter(FIRST_ROW - 1, 0, last, len(columns) - 1)
        sheet.freeze_panes(FIRST_ROW, len(FILLED) + 3)
        sheet.set_column(0, len(columns) - 1, 18)
        _write_evidence(book, pairs, bold)


def _write_evidence(book: Any, pairs: pd.DataFrame, bold: Any) -> None:
    sheet = book.add_worksheet(EVIDENCE)
    sheet.write_string(0, 0, WARNING, bold)
    headings = ["rank", *PAIR, "comparison", "comparison level", "weight in bits"]
    for place, name in enumerate(headings):
        sheet.write_string(FIRST_ROW - 1, place, name, bold)
    row = FIRST_ROW
    for rank, one, other, evidence in pairs[["rank", *PAIR, "evidence"]].to_numpy(dtype=object):
        for comparison, level, weight in evidence_lines(evidence):
            sheet.write_row(row, 0, [rank, one, other, comparison, level, weight])
            row += 1
    sheet.autofilter(FIRST_ROW - 1, 0, max(row - 1, FIRST_ROW), len(headings) - 1)
    sheet.freeze_panes(FIRST_ROW, 3)
    sheet.set_column(0, len(headings) - 1, 22)


def _write(sheet: Any, row: int, place: int, value: Any, date: Any) -> None:
    if pd.isna(value):
        return
    if isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, place, value.to_pydatetime(), date)
    elif isinstance(value, str):
        sheet.write_string(row, place, value)
    else:
        sheet.write_number(row, place, float(value))


def read_review(path: Path) -> pd.DataFrame:
    """Read the sheet of pairs back, every value as it was written; ``row`` is the sheet's row.

    Raises:
        BadInput: the file is no such workbook.
    """
    where = f"workbook [{path.name}]"
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise BadInput(where, "no such file", "name the file that review export wrote") from None
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError):
        raise BadInput(where, "not a workbook", "save it as .xlsx") from None
    if SHEET not in book.sheetnames:
        raise BadInput(where, f"no sheet [{SHEET}]", "use the file that review export wrote")
    rows = list(book[SHEET].iter_rows(min_row=FIRST_ROW, values_only=True))
    book.close()
    headings = [str(value) for value in rows[0] if value is not None] if rows else []
    missing = [name for name in (*FILLED, *PAIR) if name not in headings]
    if missing:
        raise BadInput(
            f"{where}, sheet [{SHEET}], row {FIRST_ROW}",
            f"no column [{missing[0]}]",
            "use the file that review export wrote",
        )
    frame = pd.DataFrame(
        [tuple(row)[: len(headings)] for row in rows[1:]], columns=headings, dtype=object
    )
    frame.insert(0, "row", range(FIRST_ROW + 1, FIRST_ROW + 1 + len(frame)))
    return frame[frame.drop(columns="row").notna().any(axis=1)].reset_index(drop=True)


def decisions_in(rows: pd.DataFrame, *, where: str) -> dict[str, Decision]:
    """The decisions that a reviewer filled in, each by its row for the error message.

    Raises:
        BadInput: a row has a name or a reason without a judgement, lacks one, or has a pair twice.
    """
    found: dict[str, Decision] = {}
    seen: dict[tuple[str, str], int] = {}
    wanted = rows[["row", *FILLED, *PAIR]].to_numpy(dtype=object).tolist()
    for row, *values in wanted:
        judgement, reviewer, reason, one, other = (_text(value) for value in values)
        at = f"{where}, sheet [{SHEET}], row {row}"
        if not judgement:
            _refuse_filled(at, reviewer=reviewer, reason=reason)
            continue
        if (one, other) in seen:
            raise BadInput(at, f"the pair of row {seen[one, other]} again", "decide it once")
        seen[one, other] = row
        found[at] = Decision(
            prisoner_number=one,
            cid_person_id=other,
            judgement=judgement,
            reviewer=reviewer,
            reason=reason,
        )
    return found


def refuse_strangers(decisions: Mapping[str, Decision], identities: pd.DataFrame) -> None:
    """Refuse a decision on somebody who is in neither register.

    Raises:
        BadInput: the first row with a person whom ``identities`` does not hold.
    """
    persons = set(zip(identities["register"], identities["person_id"], strict=True))
    for at, decision in decisions.items():
        for register, person in decision.ends:
            if (register, person) not in persons:
                raise BadInput(
                    at,
                    f"a person whom the {register} register does not hold",
                    "leave both keys as they were exported",
                )


def _refuse_filled(at: str, **values: str) -> None:
    for name, value in values.items():
        if value:
            raise BadInput(at, f"has a [{name}] and no judgement", f"use {' or '.join(JUDGEMENTS)}")


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()
