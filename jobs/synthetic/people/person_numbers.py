"""Numbers that the services give to people, with valid check letters.

The check letter of a police number is taken from the two-digit year and the serial read as one
number, modulo 23. Examples known to be valid: PNC ``2003/0062845E``, CRO ``29906/12J``.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from jobs.synthetic.base.random_draws import Ints, Texts

CHECK_LETTERS: Final = "ZABCDEFGHJKLMNPQRTUVWXY"
_LETTERS: Final = np.frombuffer(CHECK_LETTERS.encode(), dtype=np.uint8)
_ALPHABET: Final = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)
_NOMS_LETTERS: Final = np.frombuffer(b"ACDEFGHJKLMNPQRTVWXYZ", dtype=np.uint8)
_PNC_SERIALS: Final = 9_999_991
_CRO_SERIALS: Final = 999_983
_NOMS_NUMBERS: Final = 9_999 * 21**2 * 6
_Bytes = npt.NDArray[np.uint8]


def scattered(index: Ints, size: int, *, factor: int) -> Ints:
    """A different number below ``size`` for each index below it, in no visible order."""
    return (index * factor + 12_345) % size


def prisoner_numbers(index: Ints) -> Texts:
    """Prison numbers such as ``A1234AA``, one for each index."""
    number = scattered(index, _NOMS_NUMBERS, factor=7_368_787)
    digits, rest = number % 9_999 + 1, number // 9_999
    second, rest = rest % 21, rest // 21
    third, first = rest % 21, rest // 21
    return _text(
        _ALPHABET[first],
        *_digits(digits, 4),
        _NOMS_LETTERS[second],
        _NOMS_LETTERS[third],
    )


def pnc_numbers(index: Ints, years: Ints) -> Texts:
    """Police National Computer numbers in their long form, ``2003/0062845E``."""
    serial = scattered(index, _PNC_SERIALS, factor=4_567_891) + 1
    letter = _LETTERS[((years % 100) * 10_000_000 + serial) % 23]
    return _text(*_digits(years, 4), _column("/", index), *_digits(serial, 7), letter)


def cro_numbers(index: Ints, years: Ints) -> Texts:
    """Criminal Records Office numbers, ``065656/91H``, unique within a million per year."""
    serial = scattered(index, _CRO_SERIALS, factor=456_789) + 1
    letter = _LETTERS[((years % 100) * 1_000_000 + serial) % 23]
    return _text(*_digits(serial, 6), _column("/", index), *_digits(years % 100, 2), letter)


def home_office_references(index: Ints, kind: Ints, years: Ints) -> Texts:
    """Home Office references in the four forms in use, chosen by ``kind`` modulo 4."""
    serial = scattered(index, 8_999_993, factor=3_141_593) + 1_000_000
    plain = _text(_ALPHABET[(index * 7) % 26], *_digits(serial, 7))
    parted = _text(
        _ALPHABET[(index * 11) % 26],
        *_digits(serial, 7),
        _column("/", index),
        *_digits(index % 5 + 1, 3),
    )
    digits = _text(*_digits(serial + 10_000_000, 8))
    dated = _text(
        *_digits(years % 100, 2),
        _column("Y", index),
        _column("E", index),
        *_digits(serial, 7),
    )
    return np.choose(kind % 4, [plain, parted, digits, dated])


def numbered(prefix: str, index: Ints, width: int) -> Texts:
    """Keys such as ``C0000123``."""
    return _text(*[_column(letter, index) for letter in prefix], *_digits(index, width))


def staff_codes(index: Ints) -> Texts:
    """Staff codes of caseworkers, ``CW0123``."""
    return numbered("CW", index, 4)


def insurance_numbers(index: Ints) -> Texts:
    """National Insurance numbers that were never issued: all begin with ``QQ``."""
    serial = scattered(index, 999_983, factor=345_679)
    return _text(
        _column("Q", index), _column("Q", index), *_digits(serial, 6), _ALPHABET[index % 4]
    )


def passport_numbers(index: Ints) -> Texts:
    """Passport numbers: a letter and seven digits."""
    serial = scattered(index, 9_999_991, factor=2_718_281)
    return _text(_ALPHABET[(index * 5) % 26], *_digits(serial, 7))


def postcodes(area: Texts, index: Ints) -> Texts:
    """Postcodes within the given outward codes."""
    inward = _text(
        _column(" ", index),
        *_digits(index % 10, 1),
        _NOMS_LETTERS[(index * 3) % 21],
        _NOMS_LETTERS[(index // 21) % 21],
    )
    joined: Texts = area + inward
    return joined


def _digits(number: Ints, width: int) -> list[_Bytes]:
    return [
        ((number // 10**place) % 10 + ord("0")).astype(np.uint8)
        for place in range(width - 1, -1, -1)
    ]


def _column(letter: str, like: Ints) -> _Bytes:
    return np.full(len(like), ord(letter), dtype=np.uint8)


def _text(*columns: _Bytes) -> Texts:
    """Join columns of ASCII characters into texts, row by row."""
    if not len(columns[0]):
        return np.empty(0, dtype=object)
    joined = np.ascontiguousarray(np.stack(columns, axis=1))
    return joined.view(f"S{len(columns)}").ravel().astype(str).astype(object)
