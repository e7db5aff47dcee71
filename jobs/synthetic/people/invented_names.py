"""Names by culture, from short lists and the parts that surnames are made of.

Each file of ``names/`` holds one culture: lists of forenames and surnames, and where a culture
builds its names, the beginnings and ends they are built from. All are common names; any
likeness to a person is chance. Frequencies fall with the rank, as real ones do.
"""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from jobs.synthetic.base.random_draws import Flags, Ints, Texts, choose, falling, some
from jobs.synthetic.base.words import each_word

_FOLDER = Path(__file__).parent / "names"
_BUILT_SHARE = 0.6
_FEMALE_ENDS = (("ski", "ska"), ("ov", "ova"), ("ev", "eva"), ("in", "ina"))
_GENDERED = frozenset({"polish", "slavic"})
_FROM_FATHERS = frozenset({"somali", "horn", "arabic", "persian"})
_MIDDLE_SHARE = {"english": 0.6, "caribbean": 0.5, "irish": 0.4, "vietnamese": 0.95, "somali": 1.0}


@dataclass(frozen=True, kw_only=True)
class Culture:
    """The names of one culture."""

    name: str
    male: tuple[str, ...]
    female: tuple[str, ...]
    last: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    last_starts: tuple[str, ...] = ()
    last_ends: tuple[str, ...] = ()
    male_starts: tuple[str, ...] = ()
    male_ends: tuple[str, ...] = field(default=())


@cache
def culture(name: str) -> Culture:
    """Read one culture's file."""
    parts = {}
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        key, _, words = line.partition(": ")
        parts[key] = tuple(words.split(", "))
    return Culture(name=name, **parts)


@cache
def cultures() -> tuple[str, ...]:
    """The names of all cultures, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.txt")))


def draw(rng: np.random.Generator, *, cultures_of: Ints, is_female: Flags) -> pd.DataFrame:
    """First, middle and last names for people of the given cultures (positions in `cultures`)."""
    size = len(cultures_of)
    columns = {part: np.full(size, "", dtype=object) for part in ("first", "middle", "last")}
    for position, name in enumerate(cultures()):
        rows = np.flatnonzero(cultures_of == position)
        if not len(rows):
            continue
        own = culture(name)
        female = is_female[rows]
        columns["first"][rows] = first_names(rng, own, female)
        columns["last"][rows] = _last_names(rng, own, female)
        columns["middle"][rows] = _middle_names(rng, own, female)
    return pd.DataFrame(columns)


def first_names(rng: np.random.Generator, own: Culture, is_female: Flags) -> Texts:
    """First names of one culture."""
    size = len(is_female)
    men = _pick(rng, own.male, size)
    if own.male_starts:
        built = _join(rng, own.male_starts, own.male_ends, size)
        men = np.where(some(rng, _BUILT_SHARE, size), built, men)
    return np.where(is_female, _pick(rng, own.female, size), men)


def _last_names(rng: np.random.Generator, own: Culture, is_female: Flags) -> Texts:
    size = len(is_female)
    found = _pick(rng, own.last, size)
    if own.last_starts:
        built = _join(rng, own.last_starts, own.last_ends, size)
        found = np.where(some(rng, _BUILT_SHARE, size), built, found)
    if own.name in _GENDERED:
        found = np.where(is_female, each_word(found, _of_a_woman), found)
    if own.name == "punjabi":
        found = np.where(is_female & (found == "Singh"), "Kaur", found)
    return found


def _of_a_woman(last: str) -> str:
    for male, female in _FEMALE_ENDS:
        if last.endswith(male):
            return last.removesuffix(male) + female
    return last


def _middle_names(rng: np.random.Generator, own: Culture, is_female: Flags) -> Texts:
    size = len(is_female)
    if own.middle:
        found = _pick(rng, own.middle, size)
        if own.name == "vietnamese":
            found = np.where(is_female, "Thị", np.where(found == "Thị", "Văn", found))
        if own.name == "punjabi":
            found = np.where(is_female, "Kaur", found)
    elif own.name in _FROM_FATHERS:
        found = _pick(rng, own.male, size)
    else:
        found = np.where(is_female, _pick(rng, own.female, size), _pick(rng, own.male, size))
    has_one = some(rng, _MIDDLE_SHARE.get(own.name, 0.3), size)
    return np.where(has_one, found, "")


def _pick(rng: np.random.Generator, words: tuple[str, ...], size: int) -> Texts:
    return np.array(words, dtype=object)[choose(rng, falling(len(words)), size)]


def _join(
    rng: np.random.Generator, starts: tuple[str, ...], ends: tuple[str, ...], size: int
) -> Texts:
    together = np.array([f"{start}{end}" for start in starts for end in ends], dtype=object)
    weights = np.outer(falling(len(starts)), falling(len(ends))).ravel()
    return together[choose(rng, weights, size)]
