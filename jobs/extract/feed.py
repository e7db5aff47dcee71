"""What a register says of its own delivery: is it of tonight?"""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from jobs.contract.values import DATE_PATTERN, FIRST_DAY, LAST_DAY, MOMENT_PATTERN
from jobs.runtime.errors import BadInput


def read_feed(*, path: Path, register: str, as_of: date) -> datetime:
    """Read the landed ``feed`` table; give the moment at which the register wrote its delivery.

    A stale feed would count last week's prisoners and a future one people not yet received, so
    the date must be that of the night.

    Raises:
        BadInput: there is not exactly one row, or its date is not ``as_of``, or unreadable.
    """
    where = f"table [{register}.feed]"
    row = _only_row(path, where)
    delivered = _moment(row["as_of_date"], where, "as_of_date").date()
    if delivered != as_of:
        age = "stale" if delivered < as_of else "of the future"
        raise BadInput(
            where,
            f"the delivery is {age}: as_of_date is [{delivered}], the night is [{as_of}]",
            "deliver the register of the night, or run the date that was delivered",
        )
    return _moment(row["generated_at"], where, "generated_at")


def delivered_date(*, path: Path, register: str) -> date:
    """Read the landed ``feed`` table; give the date for which the register delivered.

    Raises:
        BadInput: there is not exactly one row, or its date is unreadable.
    """
    where = f"table [{register}.feed]"
    return _moment(_only_row(path, where)["as_of_date"], where, "as_of_date").date()


def _only_row(path: Path, where: str) -> dict[str, Any]:
    feed = pq.read_table(path)
    if feed.num_rows != 1:
        raise BadInput(where, f"has {feed.num_rows} rows", "deliver exactly one row")
    return {name: _value(feed.column(name)) for name in feed.column_names}


def _value(column: pa.ChunkedArray) -> Any:
    """The one value; None where its type holds it and a date of this language cannot."""
    try:
        return column[0].as_py()
    except (ValueError, OverflowError):
        return None


def _moment(value: Any, where: str, column: str) -> datetime:
    try:
        found = _utc(_parsed(value, column) if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        found = None
    if found is None or not FIRST_DAY <= found.date() <= LAST_DAY:
        kind, form = _FORMS[column]
        raise BadInput(where, f"column [{column}] holds no {kind}", f"write it as {form}")
    return found


_FORMS: Final = {
    "as_of_date": ("date alone", "2006-04-25"),
    "generated_at": ("moment", "2006-04-25T22:00:00Z"),
}


def _parsed(text: str, column: str) -> datetime:
    """The text as the check will read it.

    Raises:
        ValueError: it is not in the contract's form.
    """
    pattern = DATE_PATTERN if column == "as_of_date" else MOMENT_PATTERN
    if not re.fullmatch(pattern, text.strip(), flags=re.ASCII):
        raise ValueError(column)
    return datetime.fromisoformat(text.strip().upper())


def _utc(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return None
