"""Titles, suffixes and honours: words that stand beside a name and are none."""

import re
from collections.abc import Sequence
from typing import Final

TITLES: Final = frozenset(
    {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "sir", "hon", "rev", "revd"}
    | {"reverend", "jr", "sr", "jnr", "snr", "esq", "esquire", "mme", "mlle", "monsieur", "madame"}
    | {"herr", "frau", "senor", "senora", "srta", "cllr", "capt", "sgt"}
)
"""Never a name, wherever they stand."""
HONOURS: Final = frozenset(
    {"mbe", "obe", "cbe", "kbe", "dbe", "gbe", "bem", "qpm", "qc", "phd", "dphil", "frcs", "iii"}
)
"""Never a name, also with points or blanks between their letters."""
AFTER: Final = frozenset({"ii", "iv", "junior", "senior"})
"""No names behind one; by themselves they are: Junior, and Ii in Japan."""
BEFORE: Final = frozenset({"lord", "lady", "dame", "captain", "sra"})
"""No names before one; by themselves they may be."""
COUNTED: Final = re.compile(r"\s[2-5](?:nd|rd|th)$")
"""Behind a name in small letters: Smith 3rd."""
# Not here, because too many bear them as names: Ba, Ma, Md, Kc, Major, Prince, King, Earl, Master.


def without_titles(words: Sequence[str]) -> list[str]:
    """The words of a name, in small letters of ASCII, that are names."""
    kept = [word for word in words if word not in TITLES and word not in HONOURS]
    while True:
        found = _shorter(kept)
        if found == kept:
            return kept
        kept = found


def _shorter(words: list[str]) -> list[str]:
    """Words without one more that is no name."""
    for size in (4, 3, 2):
        end = words[-size:]
        spelled = len(end) == size and all(len(word) <= 2 for word in end)
        if spelled and "".join(end) in HONOURS:
            return words[:-size]
    if len(words) > 1 and words[-1] in AFTER:
        return words[:-1]
    if len(words) > 1 and words[0] in BEFORE:
        return words[1:]
    return words


def bare_name(name: str) -> str:
    """A full name as it is written, its titles and honours taken out.

    ``Smith Jr, Dr John`` becomes ``Smith, John`` and ``John Smith, MBE`` becomes ``John Smith``.
    """
    pieces = [_bare_piece(piece) for piece in name.split(",")]
    return ", ".join(piece for piece in pieces if piece)


def _bare_piece(piece: str) -> str:
    words = COUNTED.sub("", piece.rstrip()).split()
    plain = [re.sub(r"[^a-z]", "", word.lower()) or word for word in words]
    kept = without_titles(plain)
    # What is left stands in the order of the words: each is taken at its first place.
    found, place = [], 0
    for word in kept:
        place = plain.index(word, place)
        found.append(words[place])
        place += 1
    return " ".join(found)
