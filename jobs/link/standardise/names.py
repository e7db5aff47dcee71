"""Names of the world in one alphabet, and the keys under which variants of one name meet.

Every function takes a column and works on its distinct values. Names serve linkage only: nothing
about a person is guessed from them.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
import pandas as pd

from jobs.link.standardise.scripts import latin

FILLERS: Final = ("migerror", "duplicate", "noshow")
"""A name that holds one of these after cleaning was made by a system: missing."""
NO_NAMES: Final = frozenset(
    {"unknown", "notknown", "nk", "na", "nil", "none", "null", "noname", "unnamed", "fnu", "lnu"}
    | {"xxx", "test", "anonymous", "notrecorded", "notgiven"}
)
TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "dr", "prof", "sir", "hon", "rev", "jr", "sr"}
)

PARTICLES: Final = frozenset(
    {"al", "el", "ul", "ar", "as", "ad", "an", "bin", "ibn", "bint", "ould", "de", "da", "do"}
    | {"dos", "das", "del", "della", "di", "du", "la", "le", "las", "los", "van", "von", "der"}
    | {"den", "ter", "ten", "zu", "af", "av", "y", "e"}
)
"""Words between names that one clerk writes and the next leaves out."""
JOINERS: Final = frozenset({"o", "mc", "mac", "fitz", "st", "ben", "abu", "abou"})
"""Words that belong to the name after them: ``O Neill`` and ``ONeill`` are one name."""

_SERVANT = re.compile(r"^(abd|abdul|abdel|abdal|abdur|abdool|abdoul)$")
_SERVANT_START = re.compile(r"^abd(?:oul|ool|ul|el|al|ur|er|us|as|ar)?(?=[a-z]{4})")
_BLANKS = re.compile(r"[\s\-_/.,;:+&()\[\]\"]+")
_NOT_LETTERS = re.compile(r"[^a-z ]")

_SOUNDS: Final = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"^(?:abdul|abdel|abdal|abdur|abdoul|abdool)", "abd"),
        (r"^[yj]e(?=[b-df-gj-npr-tv-z])", "e"),
        (r"^hs(?=[iu])", "s"),
        (r"^q(?=i)", "ch"),
        (r"ch(?=[rl])", "k"),
        (r"(?:tsch|tch|sch|szcz|shch|cz|sz|zh|ch|sh|ts|tz)", "s"),
        (r"c(?=[eiy])", "s"),
        (r"(?<!^)x", "ks"),
        (r"[zx]", "s"),
        (r"(?:ph|pf)", "f"),
        (r"kh", "h"),
        (r"gh", "g"),
        (r"(?:ck|q|c)", "k"),
        (r"th", "t"),
        (r"dh", "d"),
        (r"(?:dj|dzh|jh)", "j"),
        (r"^[yj]", "j"),
        (r"(?:^|(?<=[aeiou]))w(?=[aeiouy])", "v"),
    )
)
_WEAK = re.compile(r"(?<!^)h")
_DOUBLED = re.compile(r"(.)\1+")
_LATER_VOWELS = re.compile(r"(?<!^)[aeiouwy]")
_FIRST_VOWEL = re.compile(r"^[aeiou]")


def standard(values: pd.Series) -> pd.Series:
    """Names in small ASCII letters, words parted by one blank, titles and fillers gone.

    Any script is written in Latin letters first; apostrophes vanish, hyphens part words.
    """
    return _by_distinct(values, _standard).astype("str")


def given_form(values: pd.Series) -> pd.Series:
    """A standard given name as one word: ``jean pierre`` and ``jeanpierre`` are one name."""
    return _by_distinct(values, lambda name: "".join(_words(name)) or None).astype("str")


def family_form(values: pd.Series) -> pd.Series:
    """A standard family name as one word without particles."""
    found = _by_distinct(values, lambda name: "".join(_without_particles(_words(name))) or None)
    return found.astype("str")


def words(values: pd.Series) -> pd.Series:
    """The words of standard names that can tell people apart, as lists: particles left out."""
    return _by_distinct(values, lambda name: _without_particles(_words(name)) or None)


def sound(values: pd.Series) -> pd.Series:
    """The consonants of one-word names, written alike where cultures spell alike sounds apart.

    ``mohammed``, ``muhamad`` and the unvowelled ``mhmd`` share ``mmd``; a first vowel is ``a``.
    """
    return _by_distinct(values, sound_of).astype("str")


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str | None:
    """The key of `sound` for one word."""
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    word = _WEAK.sub("", _DOUBLED.sub(r"\1", word))
    return _LATER_VOWELS.sub("", _FIRST_VOWEL.sub("a", word)) or None


def _by_distinct(values: pd.Series, change: Callable[[str], object]) -> pd.Series:
    codes, distinct = pd.factorize(values)
    changed = np.empty(len(distinct) + 1, dtype=object)
    changed[:-1] = [change(value) for value in distinct]
    changed[-1] = None  # what is missing has the code -1
    return pd.Series(changed[codes], index=values.index)


def _standard(name: str) -> str | None:
    text = latin(name)
    text = _BLANKS.sub(" ", text.lower())
    text = _NOT_LETTERS.sub("", text)
    kept = [word for word in text.split() if word not in TITLES]
    joined = "".join(kept)
    if not joined or joined in NO_NAMES or any(filler in joined for filler in FILLERS):
        return None
    return " ".join(kept)


@lru_cache(maxsize=100_000)
def _words(name: str) -> tuple[str, ...]:
    """Words with joiners and servant names (Abd al-Rahman) put together."""
    found: list[str] = []
    waiting = ""
    for word in name.split():
        is_servant = word.startswith("abd")
        if is_servant and _SERVANT.match(word):
            waiting = "abd"
        elif word in JOINERS and not waiting:
            waiting = word
        elif waiting == "abd" and word in PARTICLES:
            continue
        else:
            whole = waiting + word
            found.append(_SERVANT_START.sub("abd", whole) if is_servant and not waiting else whole)
            waiting = ""
    if waiting:
        found.append(waiting)
    return tuple(found)


def _without_particles(found: tuple[str, ...]) -> list[str]:
    return [word for word in found if word not in PARTICLES] or list(found)
