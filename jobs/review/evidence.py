"""The evidence of a pair in words, comparison by comparison."""

import json
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["for", "against", "neither"]

BEFORE: Final = "before evidence"
HELD: Final = "held"
SAYS_NOTHING_BITS: Final = 0.3
"""Less than this changes the odds by less than a quarter."""
MOST_SAID: Final = 1_000_000
"""Odds beyond this are not told apart."""

LEVELS: Final = {
    "same": "the same",
    "a slip": "one letter or digit apart",
    "a variant": "sounds alike, or nearly the same letters",
    "a short form": "one is the beginning or the initial of the other",
    "a part of it": "one is a part of the other",
    "alike": "nearly the same",
    "faintly alike": "some likeness, no more",
    "same initial": "the same initial",
    "elsewhere in the name": "found in another place of the other record's name",
    "first of January of the year": "one is the first of January of the other's year, as is "
    "written where only the year is known",
    "day and month changed over": "day and month changed over",
    "two parts of three": "two of day, month and year agree",
    "two slips": "two digits apart",
    "close in years": "another day, at most a few years apart",
    "same as the second one": "the second nationality of one record",
    "street and number": "street and house number agree",
    "street": "the street agrees, the house number does not",
    "street alike": "nearly the same street",
    "number": "the house number agrees, the street does not",
    "postcode and suburb": "postcode and suburb agree",
    "postcode": "the postcode agrees",
    "suburb": "the suburb agrees",
    "postcode or suburb alike": "postcode or suburb nearly agree",
    "postcode district": "the same postcode district",
    "region": "the same region",
    "same family file": "the file of one family",
    "own names": "the names that both records give first are compared",
    "an alias": "an alias of one record is compared, not the name that it gives first",
    "names changed over": "first and last name changed over",
    "different": "different",
    "these nationalities": "how often these two nationalities belong to one person",
}
"""What each comparison level means to a reader."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of evidence: what was compared, what was found, and how much it says."""

    comparison: str
    finding: str
    says: str
    side: Side
    weight: float
    """In bits."""


def evidence_lines(evidence: str) -> list[tuple[str, str, float]]:
    """The evidence of a pair, comparison by comparison: its name, its level, its weight in bits."""
    lines = []
    for entry, weight in json.loads(evidence).items():
        comparison, _, level = entry.partition(": ")
        lines.append((comparison, level, float(weight)))
    return lines


def in_words(evidence: str) -> list[Piece]:
    """The evidence of a pair as sentences, in the order in which the model added it up."""
    return [_piece(*line) for line in evidence_lines(evidence)]


def _piece(comparison: str, level: str, weight: float) -> Piece:
    side: Side = "for" if weight > 0 else "against"
    if abs(weight) < SAYS_NOTHING_BITS:
        side = "neither"
    finding = LEVELS.get(level, level)
    says = _odds(weight)
    if comparison == HELD:
        comparison, says = "held for a person", "the model leaves this to you"
    elif comparison == BEFORE and not level:
        finding = f"of {_rounded(1 + 2.0**-weight)} pairs that could be formed, one is one person"
        says, side = "where every pair starts", "neither"
    elif comparison == BEFORE:
        comparison = "nationalities"
    return Piece(comparison=comparison, finding=finding, says=says, side=side, weight=weight)


def _odds(weight: float) -> str:
    """How much a weight in bits says: two to its power times as likely."""
    if abs(weight) < SAYS_NOTHING_BITS:
        return "says next to nothing"
    who = "one person" if weight > 0 else "two persons"
    times = 2.0 ** abs(weight)
    if times > MOST_SAID:
        return f"more than a million times likelier if they are {who}"
    return f"{_rounded(times)} times likelier if they are {who}"


def _rounded(number: float) -> str:
    """A number to two significant digits."""
    digits = float(f"{number:.2g}")
    return f"{digits:,.0f}" if digits >= 10 else f"{digits:g}"
