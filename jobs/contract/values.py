"""What a delivered value can be: the one place that says which dates and durations there are.

Everything else cannot be read: it becomes a missing value with a finding, whatever the source and
its types, so that no date at the edge of a type reaches a computation.
"""

from datetime import date
from typing import Final

FIRST_DAY: Final = date(1880, 1, 1)
"""Nobody whom a register of today names was born before; older dates stand for none."""

LAST_DAY: Final = date(2200, 12, 31)
"""The longest sentence ends before; later dates stand for none (9999-12-31)."""

MOST_DAYS: Final = 366_000
"""A duration of a thousand years: a longer one is no duration, and a date plus it is no date."""

LONGEST_KEY: Final = 200
"""Characters of a key or a reference: no index and no file name holds any length."""

DATE_PATTERN: Final = r"\d{4}-\d{2}-\d{2}([ T]00:00(:00(\.0+)?)?)?"
"""A date as text: ISO form, with midnight where a tool writes it so."""

MOMENT_PATTERN: Final = (
    r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|z|[+-]\d{2}(:?\d{2})?)?)?"
)
"""A moment as text: ISO form; without a zone it is UTC."""


def between_first_and_last(sql: str) -> str:
    """SQL that is true where the date or moment ``sql`` is one that there can be."""
    last = f"DATE '{LAST_DAY.isoformat()}' + 1"
    return f"({sql} >= DATE '{FIRST_DAY.isoformat()}' AND {sql} < {last})"
