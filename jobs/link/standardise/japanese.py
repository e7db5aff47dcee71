"""Japanese names as they are read: the letters alone do not tell.

A letter of Chinese origin is read in one way in a Chinese name and in several in a Japanese one,
and what a name is read like is known by the name, not by its letters. The readings come from the
package ``japanese-personal-name-dataset`` (MIT): 2,000 family names and 70,000 given names. A name
with several readings becomes several names of its bearer.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

import pandas as pd
from japanese_personal_name_dataset import load_dataset

ALSO_CHINESE: Final = frozenset("林金高李秦柳向柴谷南仲桂柏江馬呉")
"""Family names of one letter that are borne in China too: read both ways."""
MOST_READINGS: Final = 12
"""Readings of one name; the rarer ones of names with more would only meet strangers."""
BOTH: Final = 0.9
"""Where so many names of both files are in these letters, they are compared as they are."""

_KANA: Final = re.compile(r"[\u3041-\u30ff]")
_HAN: Final = re.compile(r"[\u3400-\u9fff\u3005]")
_ONE_WORD: Final = re.compile(r"^[\u3005\u3041-\u30ff\u3400-\u9fff]{3,8}$")

Parts = tuple[str | None, str | None]


@cache
def _families() -> dict[str, list[str]]:
    return {name: [entry["en"]] for name, entry in load_dataset(include_last_names=True)[2].items()}


@cache
def _given() -> dict[str, list[str]]:
    """Readings by name, those of popular names first."""
    found: dict[str, dict[str, None]] = {}
    for kind in ("opti", "org"):
        for names in load_dataset(kind=kind):
            for entry in names.values():
                for name in entry["kanji"]:
                    found.setdefault(name, {})[entry["en"]] = None
    return {name: list(readings)[:MOST_READINGS] for name, readings in found.items()}


def parted(name: str) -> str:
    """A full name in one word as ``family, given``, if a known family name begins it."""
    if name.isascii() or not _ONE_WORD.match(name):
        return name
    for length in (3, 2, 4):
        family, given = name[:length], name[length:]
        if family in _families() and (given in _given() or (given and _KANA.fullmatch(given[0]))):
            return f"{family}, {given}"
    return name


def readings(given: str | None, family: str | None) -> list[Parts]:
    """The ways a name is read, those of popular names first; none if it is not Japanese."""
    one, two = given or "", family or ""
    if not _HAN.search(one + two):
        return []
    families, known = _families(), _given()
    right_way = two in families and (len(two) > 1 or one in known)
    turned = one in families and (len(one) > 1 or two in known)
    if not (right_way or turned or _KANA.search(one + two)):
        return []
    first, then = (families, known) if turned and not right_way else (known, families)
    of_given = first.get(one) or then.get(one) or [one]
    of_family = then.get(two) or first.get(two) or [two]
    found: list[Parts] = [(g or None, f or None) for f in of_family for g in of_given]
    if ALSO_CHINESE & {one, two}:
        return [(given, family), *found]
    return found


def read(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Persons with Japanese names as they are read, and their names read otherwise.

    Args:
        frame: ``id``, ``first_name`` and ``last_name`` among its columns.

    Returns:
        The frame, and rows of ``id``, ``first_name``, ``last_name``.
    """
    written = share_written(frame)[0]
    others: list[tuple[str, str | None, str | None]] = []
    usual = []
    for place, person, given, family in _each(frame[written]):
        ways = readings(given, family)
        if ways:
            usual.append((place, *ways[0]))
            others += [(person, *way) for way in ways[1:]]
    columns = ["first_name", "last_name"]
    if usual:
        read_so = pd.DataFrame(usual, columns=["place", *columns]).set_index("place")
        frame = frame.copy()
        frame.loc[read_so.index, columns] = read_so.astype("str")
    return frame, pd.DataFrame(others, columns=["id", *columns], dtype="str")


def _each(frame: pd.DataFrame) -> Iterator[tuple[object, str, str | None, str | None]]:
    columns = [frame[name].astype(object).where(frame[name].notna(), None)
               for name in ("id", "first_name", "last_name")]  # fmt: skip
    return zip(frame.index, *columns, strict=True)


def share_written(frame: pd.DataFrame) -> tuple[pd.Series, float]:
    """Which persons' names have letters of Chinese origin, and their share of all."""
    text = frame["first_name"].fillna("") + frame["last_name"].fillna("")
    written = text.str.contains(_HAN)
    return written, float(written.mean()) if len(frame) else 0.0
