"""Two records side by side, with the places marked in which they differ."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

import pandas as pd

from jobs.review.records import ALSO, RECORD, shown

Mark = Literal["same", "different", "one record only", "neither record"]
Segment = tuple[str, bool]
"""A piece of a value, and whether it differs from the other record's."""

Alias = tuple[str, str]
"""A name, and the date of birth that belongs to it."""

REGISTERS: Final = ("prison", "immigration")
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
    """Other names: a name that the other record has, as its own or as an alias, is not marked.

    The date of birth behind it is, unless the other record has it with that name.
    """
    sides = [_aliases(pair, register) for register in REGISTERS]
    known = [
        [*aliases, _own(pair, register)] for aliases, register in zip(sides, REGISTERS, strict=True)
    ]
    left, right = (
        _marked(aliases, other) for aliases, other in zip(sides, reversed(known), strict=True)
    )
    if not any(sides):
        mark: Mark = "neither record"
    elif any(not differs and text != BETWEEN_ALIASES for text, differs in (*left, *right)):
        mark = "same"
    else:
        mark = "different" if all(sides) else "one record only"
    return Line(label=ALSO, mark=mark, prison=left, immigration=right)


def _aliases(pair: "pd.Series[Any]", register: str) -> list[Alias]:
    """Name and date of birth of each alias, the latter with its brackets and the blank before."""
    text = shown(pair, f"{register}: {ALSO}")
    parts = [alias.partition(" (") for alias in text.split(BETWEEN_ALIASES)] if text else []
    return [(name, opening + born) for name, opening, born in parts]


def _own(pair: "pd.Series[Any]", register: str) -> Alias:
    """The name and date of birth of a record, written as an alias is."""
    parts = [shown(pair, f"{register}: {p}") for p in ("first name", "middle names", "last name")]
    born = shown(pair, f"{register}: date of birth")
    return " ".join(filter(None, parts)), f" ({born})" if born else ""


def _marked(aliases: list[Alias], other: list[Alias]) -> tuple[Segment, ...]:
    names = {_folded(name) for name, _ in other}
    wholes = {(_folded(name), born) for name, born in other}
    marked: list[Segment] = []
    for name, born in aliases:
        folded = _folded(name)
        marked += [(BETWEEN_ALIASES, False)] if marked else []
        marked.append((name, folded not in names))
        if born:
            marked.append((born, (folded, born) not in wholes))
    return tuple(marked)


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
