"""What spreadsheets do to values: noughts lost, ``.0`` added, powers of ten."""

import re
from typing import Final

import pandas as pd

_NUMBER: Final = re.compile(r"^(\d+)(?:\.0*)?$")
_EXPONENT: Final = re.compile(r"^(\d)(?:\.(\d+))?e\+?(\d{1,2})$", re.IGNORECASE)
_ERRORS: Final = r"^#(?:N/?A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|#+)$"


def unwrapped(text: "pd.Series[str]") -> "pd.Series[str]":
    """Text without what spreadsheets put around it; missing if it is one of their errors.

    Blanks, ``="00123"`` and the apostrophe before digits that are to stay text are taken off.
    """
    bare = text.str.strip().str.replace(r'^="(.*)"$', r"\1", regex=True)
    bare = bare.str.replace(r"^'(?=[\d+#=-])", "", regex=True).str.strip()
    missing = (bare == "") | bare.str.match(_ERRORS).fillna(False)
    return bare.where(~missing, None)


def whole_number(value: str) -> str | None:
    """The digits of a whole number as a spreadsheet writes it; nothing if it is none or rounded."""
    plain = _NUMBER.match(value)
    if plain:
        return plain[1]
    found = _EXPONENT.match(value)
    if found is None:
        return None
    digits = found[1] + (found[2] or "")
    return digits if len(digits) == int(found[3]) + 1 else None


def is_rounded(value: str) -> bool:
    """Whether a number was written in powers of ten, with fewer digits than it has."""
    return bool(_EXPONENT.match(value)) and whole_number(value) is None
