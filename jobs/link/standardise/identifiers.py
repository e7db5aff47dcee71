"""Identifiers in one form each; what cannot be right is missing.

Both registers hold numbers of the same systems, typed by different hands. A value is kept only if
it has the format of its system and, where the system has one, the right check letter. The check
letter of PNC and CRO numbers is ``ZABCDEFGHJKLMNPQRTUVWXY[number mod 23]``, the number being the
two-digit year followed by the padded serial; it catches every single wrong digit.
Source of the formats: the public code of the ministry's person matching.

Nearly every value is another one, so a form is made of whole columns at once.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.standardise.placeholders import NO_VALUES

CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
CENTURY_PIVOT: Final = 40
"""A two-digit year from 40 on is in the 1900s, one below it in the 2000s."""

_PNC_SERIAL, _CRO_SERIAL = 7, 6
_BLANKS: Final = r"[\s\p{Z}\x{85}\x{1c}-\x{1f}\-.]+"
_PNC: Final = (
    r"^(?:(?P<y1>\d{4}|\d{2})/(?P<s1>\d{1,7})|(?P<y2>\d{4})(?P<s2>\d{7})|(?P<y3>\d{2})"
    r"(?P<s3>\d{1,7}))(?P<letter>[A-Z])$"
)
_CRO: Final = r"^(?P<serial>\d{1,6})/(?P<year>\d{2})(?P<letter>[A-Z])$"
_CRO_FILE: Final = r"^SF(?P<year>\d{2})/(?P<serial>\d{1,6})(?P<letter>[A-Z])$"
_HOME_OFFICE: Final = (
    r"^(?P<file>[A-Z]\d{6,8}|\d{7,9}|\d{2}[A-Z]{2}\d{6,8})(?:/(?P<person>\d{1,3}))?$"
)
_ONE_DIGIT: Final = r"^[A-Z]?(?:0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)$"
Integers = npt.NDArray[np.int64]


def pnc(values: pa.Array) -> pa.Array:
    """PNC numbers as ``2002/0073319Z``; missing where format or check letter is wrong.

    Accepts two- or four-digit years, serials without their leading zeros, and no slash.
    """
    parts = pc.extract_regex(_plain(values), _PNC)
    year = _joined(*(_part(parts, name) for name in ("y1", "y2", "y3")))
    serial = _joined(*(_part(parts, name) for name in ("s1", "s2", "s3")))
    letter = _part(parts, "letter")
    number = _number(year)
    century = np.where(number < CENTURY_PIVOT, 2000, 1900)
    is_full = pc.fill_null(pc.equal(pc.utf8_length(year), 4), False).to_numpy(zero_copy_only=False)
    joined = _joined(
        _text(number + np.where(is_full, 0, century)),
        "/",
        pc.utf8_lpad(serial, _PNC_SERIAL, "0"),
        letter,
    )
    return _kept(joined, _is_checked(number % 100, _number(serial), letter, _PNC_SERIAL))


def cro(values: pa.Array) -> pa.Array:
    """CRO numbers as ``065656/91H``, file-only ones as ``SF05/482703J``; else missing.

    ``000000/00Z`` has the right check letter and is the usual filler: a serial of nought is
    missing.
    """
    text = _plain(values)
    return pc.coalesce(_cro_form(text, _CRO), _cro_form(text, _CRO_FILE))


def noms(values: pa.Array) -> pa.Array:
    """Prison numbers as ``A1234AA``; else missing."""
    text = _mask_and_digits(values)
    is_form = pc.match_substring_regex(text, r"^[A-Z]\d{4}[A-Z]{2}$")
    return _kept(text, pc.and_(is_form, pc.invert(pc.match_substring(text, "0000"))))


def home_office(values: pa.Array) -> pa.Array:
    """Home Office references in capitals, without blanks, a dependant's number padded: ``/003``.

    The forms vary (``A1950918``, ``L1452169/003``, ``16224684``, ``01YE1141924``) and have no
    check letter; a reference of one repeated digit is a filler.
    """
    parts = pc.extract_regex(_plain(values), _HOME_OFFICE)
    file, person = _part(parts, "file"), _part(parts, "person")
    suffix = pc.if_else(pc.equal(person, ""), "", _joined("/", pc.utf8_lpad(person, 3, "0")))
    return _kept(_joined(file, suffix), pc.invert(pc.match_substring_regex(file, _ONE_DIGIT)))


def home_office_file(references: pa.Array) -> pa.Array:
    """The file of a reference in the form of `home_office`: a family shares one."""
    return pc.replace_substring_regex(references, r"/\d{3}$", "")


def plain(values: pa.Array) -> pa.Array:
    """An identifier of an unknown system: letters and digits only, in capitals.

    Fewer than four characters, one character repeated, or a placeholder is missing.
    """
    text = _mask_and_digits(values)
    length = pc.utf8_length(text)
    repeated = pc.binary_repeat(pc.utf8_slice_codeunits(text, 0, 1), length)
    is_placeholder = pc.is_in(pc.utf8_lower(text), value_set=pa.array(sorted(NO_VALUES)))
    is_right = pc.and_(pc.greater_equal(length, 4), pc.not_equal(text, repeated))
    return _kept(text, pc.and_(is_right, pc.invert(is_placeholder)))


def _plain(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_upper(values), _BLANKS, "")


def _mask_and_digits(values: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(pc.utf8_upper(values), "[^A-Z0-9]+", "")


def _cro_form(text: pa.Array, form: str) -> pa.Array:
    parts = pc.extract_regex(text, form)
    year, serial, letter = (_part(parts, name) for name in ("year", "serial", "letter"))
    number = _number(serial)
    if form == _CRO_FILE:
        joined = _joined("SF", year, "/", _text(number), letter)
    else:
        joined = _joined(pc.utf8_lpad(serial, _CRO_SERIAL, "0"), "/", year, letter)
    return _kept(joined, _is_checked(_number(year), number, letter, _CRO_SERIAL))


def _is_checked(year: Integers, serial: Integers, letter: pa.Array, width: int) -> pa.Array:
    """Whether the check letters are those of two-digit years and serials of so many digits."""
    remainder = (year * 10**width + serial) % len(CHECK_LETTERS)
    expected = pa.array(list(CHECK_LETTERS)).take(pa.array(remainder))
    return pc.and_(pc.equal(expected, letter), pa.array(serial > 0))


def _part(parts: pa.StructArray, name: str) -> pa.Array:
    """A group of what was found; missing where nothing was, empty where the group was not."""
    return pc.struct_field(parts, name)


def _number(digits: pa.Array) -> Integers:
    """Digits as numbers; nought where there are none."""
    number: Integers = pc.cast(digits, pa.int64()).fill_null(0).to_numpy()
    return number


def _text(numbers: Integers) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _joined(*parts: Any) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")


def _kept(values: pa.Array, is_right: pa.Array) -> pa.Array:
    """The values that are right; the others are missing."""
    return pc.if_else(pc.fill_null(is_right, False), values, pa.scalar(None, pa.string()))
