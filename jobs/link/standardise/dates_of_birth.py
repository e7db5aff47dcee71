"""Dates of birth as people write them, as eight digits ``YYYYMMDD``.

Impossible dates such as 31 February keep their digits: a slip is evidence too. A year alone is
the first of January of that year, as registers write it, and is compared as such.
"""

from typing import Final

import pandas as pd

SHORT_YEAR_PIVOT: Final = 20
"""A year of two digits from 20 on is in the 1900s: people in these files are born, not planned."""

_YEAR_FIRST = r"^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[ T].*)?$"
_YEAR_LAST = r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[ T].*)?$"
_DIGITS = r"^(\d{4})(\d{2})(\d{2})$"
_YEAR = r"^(1[89]\d\d|20\d\d)(?:\.0)?$"


def read_dates(values: pd.Series) -> pd.Series:
    """Dates of any type as eight digits; missing where nothing can be read.

    Whether day or month comes first is decided for the whole column, for dates with and without
    marks between: by the dates in which only one order is possible, day first if there are none.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        written: pd.Series = values.dt.strftime("%Y%m%d").astype("str")
        return written
    text = values.astype("str").str.strip().replace("", None)
    found = _joined(text.str.extract(_YEAR_FIRST), (0, 1, 2))
    found = found.fillna(_eight_digits(text)).fillna(_year_last(text))
    found = found.fillna(text.str.extract(_YEAR)[0] + "0101")
    return found.fillna(_in_words(text.where(found.isna()))).astype("str")


def _joined(parts: pd.DataFrame, order: tuple[int, int, int]) -> pd.Series:
    year, month, day = (parts[place] for place in order)
    return year + month.str.zfill(2) + day.str.zfill(2)


def _eight_digits(text: pd.Series) -> pd.Series:
    parts = text.str.replace(r"\.0$", "", regex=True).str.extract(_DIGITS)
    is_year = parts[0].between("1800", "2100").fillna(value=False).astype(bool)
    whole = parts[0] + parts[1] + parts[2]
    month_first = _month_first(whole.str[:2].where(~is_year), whole.str[2:4].where(~is_year))
    day, month = (2, 0) if month_first else (0, 2)
    turned = whole.str[4:] + whole.str[month : month + 2] + whole.str[day : day + 2]
    return whole.where(is_year, turned)


def _month_first(first: pd.Series, second: pd.Series) -> bool:
    """Whether the second number of more dates can only be a day than the first one."""
    return bool((pd.to_numeric(second) > 12).sum() > (pd.to_numeric(first) > 12).sum())


def _year_last(text: pd.Series) -> pd.Series:
    parts = text.str.extract(_YEAR_LAST)
    short = pd.to_numeric(parts[2]).astype("Int64")
    full = (short + 1900).where(short >= SHORT_YEAR_PIVOT, short + 2000).astype("str")
    parts[2] = parts[2].where(parts[2].str.len() == 4, full)
    return _joined(parts, (2, 0, 1) if _month_first(parts[0], parts[1]) else (2, 1, 0))


def _in_words(text: pd.Series) -> pd.Series:
    """Dates with month names, such as 3 Mar 1971."""
    distinct = pd.Series(text.dropna().unique(), dtype="str")
    distinct = distinct[distinct.str.contains(r"[A-Za-z]{3}", regex=True)]
    read = pd.to_datetime(distinct, errors="coerce", dayfirst=True, format="mixed")
    known = dict(zip(distinct, read.dt.strftime("%Y%m%d"), strict=True))
    return text.map(known).astype("str")
