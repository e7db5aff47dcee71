"""One file of persons, read: known columns as text, spreadsheets' damage mended."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jobs.link.files.full_names import with_name_parts
from jobs.link.files.number_columns import mended
from jobs.link.files.person_columns import (
    ALIASES,
    BIRTH,
    FULL_NAME,
    ID,
    IDENTIFYING,
    NAMES,
    SYSTEM,
    identifies,
    is_known,
    log_unknown,
)
from jobs.link.files.person_tables import as_text, read_table
from jobs.link.standardise.dates_of_birth import dates_and_damage
from jobs.runtime.errors import BadInput

log = logging.getLogger(__name__)

READABLE: Final = 0.5
"""If more than this share of a file's dates cannot be read, the column is not one of dates."""


@dataclass(frozen=True, kw_only=True)
class PersonFile:
    """The persons of a file; ``where`` names it, ``compared`` are its columns that have values."""

    where: str
    persons: pd.DataFrame
    compared: tuple[str, ...]


def read_persons(path: Path) -> PersonFile:
    """Read a file of persons.

    Raises:
        BadInput: see `link_files`.
    """
    where = f"file [{path}]"
    frame = read_table(path)
    kept = [name for name in frame.columns if is_known(name)]
    if ID not in kept:
        raise BadInput(where, f"no column [{ID}]", "give every person an id")
    if not identifies(kept):
        raise BadInput(
            where,
            "no column that tells persons apart",
            f"give some of {', '.join(IDENTIFYING)} or an {SYSTEM}<system>",
        )
    log_unknown(where, frame.columns)
    if frame.empty:
        log.warning("%s: has a header and no rows", where)
    as_they_are = {ALIASES, BIRTH}
    frame = pd.DataFrame(
        {name: frame[name] if name in as_they_are else as_text(where, frame[name]) for name in kept}
    )
    frame[ID] = _checked_ids(where, frame[ID])
    frame = mended(where, frame)
    if BIRTH in kept:
        frame[BIRTH] = _checked_dates(where, frame[BIRTH])
    given = [name for name in kept if frame[name].notna().any() or frame.empty]
    if FULL_NAME in given:
        given += NAMES
    return PersonFile(where=where, persons=with_name_parts(frame), compared=tuple(given))


def _checked_ids(where: str, ids: pd.Series) -> pd.Series:
    text = ids.astype("str").str.strip().replace("", None)
    if text.isna().any():
        row = int(np.flatnonzero(text.isna())[0]) + 1
        raise BadInput(where, f"column [{ID}] is empty in row {row}", "give every person an id")
    if text.duplicated().any():
        row = int(np.flatnonzero(text.duplicated())[0]) + 1
        count = int(text.duplicated().sum())
        raise BadInput(
            where, f"column [{ID}] repeats in {count} rows, first in row {row}", "make ids unique"
        )
    return text


def _checked_dates(where: str, values: pd.Series) -> pd.Series:
    found = dates_and_damage(values)
    read = found.digits
    if found.mended:
        log.warning(
            "%s: column [%s] came through a spreadsheet as numbers: %d dates were read from them",
            where, BIRTH, found.mended,
        )  # fmt: skip
    if found.rounded:
        log.warning(
            "%s: column [%s]: a spreadsheet rounded %d dates to powers of ten; they count for "
            "nothing",
            where, BIRTH, found.rounded,
        )  # fmt: skip
    given = values.notna() & (values.astype("str").str.strip() != "")
    unread = given & read.isna()
    if not unread.any():
        return read
    row = int(np.flatnonzero(unread)[0]) + 1
    if unread.sum() - found.rounded > READABLE * given.sum():
        raise BadInput(
            where,
            f"column [date_of_birth] cannot be read in {unread.sum()} rows, first in row {row}",
            "write dates as YYYY-MM-DD",
        )
    if unread.sum() > found.rounded:
        log.warning(
            "%s: %d dates of birth cannot be read and count as missing, first in row %d",
            where, unread.sum() - found.rounded, row,
        )  # fmt: skip
    return read
