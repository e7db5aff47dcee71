"""Identifiers in one form each; what cannot be right is missing.

Both registers hold numbers of the same systems, typed by different hands. A value is kept only if
it has the format of its system and, where the system has one, the right check letter. The check
letter of PNC and CRO numbers is ``ZABCDEFGHJKLMNPQRTUVWXY[number mod 23]``, the number being the
two-digit year followed by the padded serial; it catches every single wrong digit.
Source of the formats: the public code of the ministry's person matching.
"""

from typing import Final

import pandas as pd

CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
CENTURY_PIVOT: Final = 40
"""A two-digit year from 40 on is in the 1900s, one below it in the 2000s."""

_PNC_SERIAL, _CRO_SERIAL = 7, 6


def check_letter(*, year: int, serial: int, width: int) -> str:
    """The check letter of a two-digit ``year`` and a ``serial`` of ``width`` digits."""
    return CHECK_LETTERS[(year * 10**width + serial) % len(CHECK_LETTERS)]


def pnc(values: pd.Series) -> pd.Series:
    """PNC numbers as ``2002/0073319Z``; missing where format or check letter is wrong.

    Accepts two- or four-digit years, serials without their leading zeros, and no slash.
    """
    text = _plain(values)
    with_slash = text.str.extract(r"^(\d{2}|\d{4})/(\d{1,7})([A-Z])$")
    long = text.str.extract(r"^(\d{4})(\d{7})([A-Z])$")
    short = text.str.extract(r"^(\d{2})(\d{1,7})([A-Z])$")
    parts = with_slash.fillna(long).fillna(short)
    year = pd.to_numeric(parts[0]).astype("Int64")
    serial = pd.to_numeric(parts[1]).astype("Int64")
    right = _checked(year % 100, serial, parts[2], _PNC_SERIAL)
    full = year.where(parts[0].str.len() == 4, _full_year(year))
    joined = full.astype("str") + "/" + serial.astype("str").str.zfill(_PNC_SERIAL) + parts[2]
    return joined.where(right).astype("str")


def cro(values: pd.Series) -> pd.Series:
    """CRO numbers as ``065656/91H``, file-only ones as ``SF05/482703J``; else missing.

    ``000000/00Z`` has the right check letter and is the usual filler: a serial of nought is
    missing.
    """
    text = _plain(values)
    standard = text.str.extract(r"^(\d{1,6})/(\d{2})([A-Z])$")
    file_only = text.str.extract(r"^SF(\d{2})/(\d{1,6})([A-Z])$")
    return _cro_form(standard[1], standard[0], standard[2], file_only=False).fillna(
        _cro_form(file_only[0], file_only[1], file_only[2], file_only=True)
    )


def noms(values: pd.Series) -> pd.Series:
    """Prison numbers as ``A1234AA``; else missing."""
    text = _plain(values).str.replace(r"[^A-Z0-9]", "", regex=True)
    return text.where(text.str.fullmatch(r"[A-Z]\d{4}[A-Z]{2}") & ~text.str.contains("0000"))


def home_office(values: pd.Series) -> pd.Series:
    """Home Office references in capitals, without blanks, a dependant's number padded: ``/003``.

    The forms vary (``A1950918``, ``L1452169/003``, ``16224684``, ``01YE1141924``) and have no
    check letter; a reference of one repeated digit is a filler.
    """
    text = _plain(values)
    parts = text.str.extract(r"^([A-Z]\d{6,8}|\d{7,9}|\d{2}[A-Z]{2}\d{6,8})(?:/(\d{1,3}))?$")
    filler = parts[0].str.fullmatch(r"[A-Z]{0,2}(\d)\1*").fillna(value=True).astype(bool)
    suffix = ("/" + parts[1].str.zfill(3)).fillna("")
    return (parts[0] + suffix).where(~filler).astype("str")


def home_office_file(references: pd.Series) -> pd.Series:
    """The file of a reference in the form of `home_office`: a family shares one."""
    return references.str.replace(r"/\d{3}$", "", regex=True)


def plain(values: pd.Series) -> pd.Series:
    """An identifier of an unknown system: letters and digits only, in capitals.

    Fewer than four characters, or one character repeated, is missing.
    """
    text = _plain(values).str.replace(r"[^A-Z0-9]", "", regex=True)
    filler = text.str.fullmatch(r"(.)\1*").fillna(value=True).astype(bool)
    return text.where((text.str.len() >= 4) & ~filler)


def _plain(values: pd.Series) -> pd.Series:
    text = values.astype("str").str.upper().str.replace(r"[\s\-.]+", "", regex=True)
    return text.replace("", None)


def _full_year(year: pd.Series) -> pd.Series:
    return (year + 2000).where(year < CENTURY_PIVOT, year + 1900)


def _checked(year: pd.Series, serial: pd.Series, letter: pd.Series, width: int) -> pd.Series:
    remainder = (year * 10**width + serial) % len(CHECK_LETTERS)
    expected = remainder.map(dict(enumerate(CHECK_LETTERS)))
    right = (expected == letter) & (serial > 0)
    checked: pd.Series = right.fillna(value=False).astype(bool)
    return checked


def _cro_form(
    year: pd.Series, serial: pd.Series, letter: pd.Series, *, file_only: bool
) -> pd.Series:
    number = pd.to_numeric(serial).astype("Int64")
    right = _checked(pd.to_numeric(year).astype("Int64"), number, letter, _CRO_SERIAL)
    digits = number.astype("str")
    if file_only:
        joined = "SF" + year + "/" + digits + letter
    else:
        joined = digits.str.zfill(_CRO_SERIAL) + "/" + year + letter
    return joined.where(right).astype("str")
