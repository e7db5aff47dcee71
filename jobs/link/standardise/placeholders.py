"""Values that stand where nothing is known: by list, for every column, and by frequency.

Two strangers who share one have nothing in common, so a placeholder is missing. The lists hold what
forms and systems of this country put in; what a file's own people put in shows by its frequency.
"""

import re
from typing import Final

import numpy as np
import pyarrow as pa

from jobs.link.standardise.distinct import codes_of, of_codes

NO_VALUES: Final = frozenset(
    {"unknown", "unknwn", "unk", "notknown", "nk", "na", "ns", "notapplicable", "notavailable"}
    | {"unavailable", "notentered", "notrecorded", "unrecorded", "notstated", "notgiven"}
    | {"nonegiven", "notprovided", "notsupplied", "notspecified", "unspecified", "notdisclosed"}
    | {"undisclosed", "withheld", "refused", "declined", "nil", "none", "null", "missing", "blank"}
    | {"empty", "tbc", "tba", "tbd", "tobeconfirmed", "tobeadvised", "test", "dummy", "xx", "xxx"}
    | {"xxxx", "nfa", "nofixedabode", "ofnofixedabode", "nofixedaddress", "noaddress"}
    | {"nopostcode", "inconnu", "unbekannt", "desconocido", "nieznany"}
)
"""Letters and digits of what any column may hold instead of a value, in small letters."""
NO_NAMES: Final = frozenset(
    {"unknown", "unknwn", "unk", "notknown", "nk", "na", "notapplicable", "notavailable"}
    | {"notentered", "notrecorded", "unrecorded", "notstated", "notgiven", "nonegiven"}
    | {"notprovided", "notsupplied", "notspecified", "unspecified", "notdisclosed", "undisclosed"}
    | {"nil", "none", "null", "tbc", "tba", "test", "xx", "xxx", "xxxx", "anonymous", "unnamed"}
    | {"noname", "fnu", "lnu", "nfn", "nln", "nmn", "nmi", "noforename", "nofirstname"}
    | {"nogivenname", "nomiddlename", "nosurname", "nolastname", "nofamilyname", "unknownmale"}
    | {"unknownfemale", "unknownperson", "unidentified", "inconnu", "unbekannt", "desconocido"}
)
"""Names that are none. `NO_VALUES` that somebody is called, such as Blank and Nan, are names."""
MARKERS: Final = re.compile(r"\b(?:mig ?error ?|duplicate(?: of)?\b|no ?show\b)")
"""What systems write before a name, or instead of one, once marks are blanks."""
WRITTEN_MARKERS: Final = re.compile(
    r"\b(?:mig[ _]?error|no[ _]?show|duplicate(?:[ _]of)?(?=\b|_))(?:_?\d+\b)?[_ :]*", re.IGNORECASE
)
"""The same before anything was done to the text."""

NO_BIRTH_DATES: Final = frozenset(
    {"19000101", "19010101", "19700101", "18991230", "18991231", "19000100", "19111111"}
)
"""Dates of birth that mean "not known": first days of clocks and calendars, and 11.11.11."""
BIRTH_YEARS: Final = ("1850", "2099")
"""Dates of other years, such as 9999-12-31, are no dates of birth."""
NO_GENDER: Final = frozenset({"N", "NS", "U", "X", "0", "9", "I", ""})
"""Nought and nine are "not known" and "not applicable" of ISO 5218."""

_NO_POSTCODES: Final = re.compile(r"^(?:ZZ.*|N[FKA]\d.*|([AXZ])\1?\d{1,2}\1\1|X+\d*|9{4,})$")
"""ZZ99 are the NHS's, for people without an address; NF1 1NF, XX1 1XX and the like are made up."""

FAR: Final = 10
"""A value so many times as common as the next one is no value like the others."""
LEAST_ROWS: Final = 10
LEAST_SHARE: Final = 0.01
"""Rarer values, in rows or as a share of them, cost little, and can be a household or a hostel."""
FAR_NAME, LEAST_NAME_SHARE = 20, 0.05
"""The same of names, which are common by nature: a third of some peoples share a family name."""
MOST_PLACEHOLDERS: Final = 5
"""A column with more of them than so many has common values, not placeholders."""
LEAST_OTHERS: Final = 20
"""A column of fewer values has classes, some of which are common."""


def letters_and_digits(value: str) -> str:
    """What of a value is looked up in `NO_VALUES`."""
    return re.sub(r"[^a-z0-9]+", "", value.lower())


def is_no_value(value: str) -> bool:
    """Whether a value of any column but a name stands for a missing one."""
    bare = letters_and_digits(value)
    return bare in NO_VALUES or (bool(bare) and not bare.strip("0")) or not bare


def is_no_postcode(postcode: str) -> bool:
    """Whether a postcode, in capitals without blanks, is no place."""
    return is_no_value(postcode) or bool(_NO_POSTCODES.match(postcode))


def is_no_birth(date: str) -> bool:
    """Whether eight digits are no date of birth."""
    return date in NO_BIRTH_DATES or not BIRTH_YEARS[0] <= date[:4] <= BIRTH_YEARS[1]


def without_common(
    values: pa.DictionaryArray, *, far: int = FAR, least_share: float = LEAST_SHARE
) -> tuple[pa.DictionaryArray, int]:
    """A column without values that are far commoner than its others, and how many rows had one.

    Args:
        values: the column.
        far: how many times as common as the next one a value has to be.
        least_share: and of how many rows it has to be.

    Returns:
        The column, the values missing; and the number of rows in which they stood.
    """
    codes = codes_of(values)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    order = np.argsort(-counts, kind="stable")
    ranked = counts[order]
    ranked = ranked[ranked > 0]
    least = max(LEAST_ROWS, least_share * ranked.sum())
    places = np.arange(1, min(MOST_PLACEHOLDERS, len(ranked) - LEAST_OTHERS) + 1)
    ends = places[(ranked[places - 1] >= far * ranked[places]) & (ranked[places - 1] >= least)]
    if not len(ends):
        return values, 0
    common = order[: ends[-1]]
    kept = np.where(np.isin(codes, common), -1, codes)
    return of_codes(kept, values.dictionary), int(counts[common].sum())
