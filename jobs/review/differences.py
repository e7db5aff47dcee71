"""Two records side by side, with the places marked in which they differ."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

import pandas as pd

from jobs.review.records import ALSO, RECORD, shown

Mark = Literal["same", "different", "one record only", "neither record"]
Segment = tuple[str, bool]
"""A piece of a value, and whether it differs from the other record's."""

BETWEEN_ALIASES: Final = "; "


@dataclass(frozen=True, kw_only=True)
class Line:
    """One field of both records."""

    label: str
    mark: Mark
    prison: tuple[Segment, ...]
    immigration: tuple[Segment, ...]


def lines(pair: "pd.Series[Any]") -> list[Line]:
    """A pair of `with_records`, field by field."""
    found = [
        _line(label, shown(pair, f"prison: {label}"), shown(pair, f"immigration: {label}"))
        for label, *_ in RECORD
    ]
    return [*found, _also(pair)]


def _line(label: str, one: str | None, other: str | None) -> Line:
    if one is None or other is None:
        mark: Mark = "neither record" if one is other else "one record only"
        return Line(label=label, mark=mark, prison=_plain(one), immigration=_plain(other))
    if _folded(one) == _folded(other):
        return Line(label=label, mark="same", prison=_plain(one), immigration=_plain(other))
    left, right = _segments(one, other)
    return Line(label=label, mark="different", prison=left, immigration=right)


def _also(pair: "pd.Series[Any]") -> Line:
    """Other names: what the other record knows too is not marked."""
    sides = [_aliases(pair, register) for register in ("prison", "immigration")]
    known = [
        {_folded(name) for name in (*aliases, _name(pair, register))}
        for aliases, register in zip(sides, ("prison", "immigration"), strict=True)
    ]
    marked = [
        tuple((alias, _folded(alias) not in other) for alias in aliases)
        for aliases, other in zip(sides, reversed(known), strict=True)
    ]
    shared = any(not differs for side in marked for _, differs in side)
    if not any(sides):
        mark: Mark = "neither record"
    elif shared:
        mark = "same"
    else:
        mark = "different" if all(sides) else "one record only"
    left, right = (_joined(side) for side in marked)
    return Line(label=ALSO, mark=mark, prison=left, immigration=right)


def _aliases(pair: "pd.Series[Any]", register: str) -> list[str]:
    text = shown(pair, f"{register}: {ALSO}")
    return text.split(BETWEEN_ALIASES) if text else []


def _name(pair: "pd.Series[Any]", register: str) -> str:
    """The name and date of birth of a record, written as an alias is."""
    parts = [shown(pair, f"{register}: {p}") for p in ("first name", "middle names", "last name")]
    born = shown(pair, f"{register}: date of birth")
    return " ".join([*filter(None, parts), *([f"({born})"] if born else [])])


def _joined(aliases: tuple[Segment, ...]) -> tuple[Segment, ...]:
    joined: list[Segment] = []
    for alias in aliases:
        joined += [(BETWEEN_ALIASES, False)] if joined else []
        joined.append(alias)
    return tuple(joined)


def _segments(one: str, other: str) -> tuple[tuple[Segment, ...], tuple[Segment, ...]]:
    """Both values in pieces; capitals do not count."""
    left, right = ([letter.casefold() for letter in text] for text in (one, other))
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        tuple((one[a:b], kind != "equal") for kind, a, b, _, _ in steps if b > a),
        tuple((other[a:b], kind != "equal") for kind, _, _, a, b in steps if b > a),
    )


def _plain(text: str | None) -> tuple[Segment, ...]:
    return () if text is None else ((text, False),)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
