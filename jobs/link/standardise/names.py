"""Names of the world in one alphabet, and the keys under which variants of one name meet.

Every function takes a column as codes into its distinct values, and works on these. Names serve
linkage only: nothing about a person is guessed from them.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jobs.link.standardise.distinct import by_distinct, codes_of, lists_of
from jobs.link.standardise.placeholders import MARKERS, NO_NAMES
from jobs.link.standardise.scripts import latin
from jobs.link.standardise.titles import COUNTED, without_titles

Flags = npt.NDArray[np.bool_]

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


def standard(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Names in small ASCII letters, words parted by one blank, titles and fillers gone.

    Any script is written in Latin letters first; apostrophes vanish, hyphens part words.
    """
    return by_distinct(values, _standard)


def given_form(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """A standard given name as one word: ``jean pierre`` and ``jeanpierre`` are one name."""
    return by_distinct(values, lambda name: "".join(_parted(name).words) or None)


def family_form(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """A standard family name as one word without particles."""
    return by_distinct(values, lambda name: "".join(_name_words(name)) or None)


def words(values: pa.DictionaryArray) -> pa.ListArray:
    """The words of standard names that can tell people apart, as lists: particles left out."""
    lists = pa.array(
        [_name_words(name) or None for name in values.dictionary.to_pylist()],
        pa.list_(pa.string()),
    )
    return lists.take(values.indices)


def words_of_all(parts: Sequence[pa.DictionaryArray]) -> pa.ListArray:
    """The words of names in parts, as `words` gives them of the parts joined by blanks.

    The words of a whole name are those of its parts, one after the other, unless a part ends in a
    word that belongs to the next one or holds nothing but particles: such names are put together.
    """
    flat: list[str] = []
    is_odd = np.zeros(len(parts[0]), dtype=bool)
    sizes, begins = (np.zeros((len(parts[0]), len(parts)), dtype=np.int64) for _ in range(2))
    for place, part in enumerate(parts):
        codes, distinct = codes_of(part), part.dictionary.to_pylist()
        found = [_name_words(name) for name in distinct]
        size = np.array([*map(len, found), 0])
        sizes[:, place] = size[codes]
        begins[:, place] = (len(flat) + np.cumsum(size) - size)[codes]
        is_odd |= np.array([*map(_is_odd, distinct), False])[codes]
        flat += [word for words_of in found for word in words_of]
    whole = [_name_words(name) for name in _joined(parts, is_odd)]
    size = np.array([len(found) for found in whole], dtype=np.int64)
    sizes[is_odd] = 0
    sizes[is_odd, 0] = size
    begins[is_odd, 0] = len(flat) + np.cumsum(size) - size
    flat += [word for found in whole for word in found]
    counts, total = sizes.ravel(), sizes.sum(axis=1)
    first = np.repeat(begins.ravel() - (np.cumsum(counts) - counts), counts)
    places = pa.array(first + np.arange(len(first)))
    return lists_of(total, pa.array(flat, pa.string()).take(places))


def _joined(parts: Sequence[pa.DictionaryArray], rows: Flags) -> list[str]:
    """The whole names of some rows: their parts joined by blanks."""
    chosen = [part.filter(pa.array(rows)).to_pylist() for part in parts]
    return [" ".join(name for name in of if name) for of in zip(*chosen, strict=True)]


def _is_odd(name: str) -> bool:
    """Whether a part of a name has other words beside other parts than by itself."""
    parted = _parted(name)
    return parted.is_waiting or all(word in PARTICLES for word in parted.words)


def sound(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """The consonants of one-word names, written alike where cultures spell alike sounds apart.

    ``mohammed``, ``muhamad`` and the unvowelled ``mhmd`` share ``mmd``; a first vowel is ``a``.
    """
    return by_distinct(values, sound_of)


@lru_cache(maxsize=100_000)
def sound_of(word: str) -> str | None:
    """The key of `sound` for one word."""
    for pattern, letter in _SOUNDS:
        word = pattern.sub(letter, word)
    word = _WEAK.sub("", _DOUBLED.sub(r"\1", word))
    return _LATER_VOWELS.sub("", _FIRST_VOWEL.sub("a", word)) or None


def _standard(name: str) -> str | None:
    text = latin(name)
    text = _BLANKS.sub(" ", text.lower())
    bare = MARKERS.sub(" ", _NOT_LETTERS.sub("", COUNTED.sub("", text.rstrip())))
    kept = without_titles(bare.split())
    joined = "".join(kept)
    is_rest = len(joined) == 1 and bool(MARKERS.search(text))
    return None if not joined or joined in NO_NAMES or is_rest else " ".join(kept)


class _Parted(NamedTuple):
    """The words of a name, and whether the last one would go with a word that followed."""

    words: tuple[str, ...]
    is_waiting: bool


@lru_cache(maxsize=100_000)
def _parted(name: str) -> _Parted:
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
    return _Parted(tuple(found), bool(waiting))


def _name_words(name: str) -> list[str]:
    """The words of a name without particles; all of them if there are no others."""
    found = _parted(name).words
    return [word for word in found if word not in PARTICLES] or list(found)
