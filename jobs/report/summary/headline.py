"""The first line of the night, and the few figures beside it.

Terminal, pages and emails take the same `view_models.Headline`, so that no two of them can say
different numbers.
"""

from typing import Final

import pandas as pd

from jobs.contract.view_models import Headline, KeyFigure, number_text, plural
from jobs.report.figures.most_likely import (
    BY_LOST_LINK,
    BY_MATCH,
    BY_NATIONALITY,
    LISTED,
    MOST_LIKELY,
    NOT_LISTED,
    PARTS,
)
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.published import ALL

HEADLINE_FIGURES: Final = (
    "missed.total",
    "missed.undecided",
    "missed.decided_since",
    "missed.never_referred",
    "missed.referred_not_considered",
    "due.within_7",
    "due.within_30",
    "due.total",
    "scope.verify_nationality",
    "backlog.open",
    "staff.cases_per_fte",
    "links.review",
    "quality.quarantined",
)
_LIKELY: Final = {"missed.total": MOST_LIKELY}
"""The most likely number beside a count."""
_OFF: Final = {
    BY_NATIONALITY: ("is", "are", "out of scope by nationality"),
    BY_MATCH: ("was", "were", "considered under a possible match"),
    BY_LOST_LINK: ("was", "were", "considered under a link not found"),
}
_PROBABLY: Final = (LISTED, *_OFF, NOT_LISTED)


def headline(figures: pd.DataFrame) -> Headline:
    """Answer the first question of the day from a night's figures.

    Args:
        figures: frame of `results.FIGURES` of one publication.

    The question: is anyone about to be released, or already released, unconsidered? The first line
    begins with Yes or No. The number of the subject is the releases of the next 7 days, which can
    still be prevented; without any, it is the missed total, whatever was decided since.
    """
    few = tuple(key_figure(figures, id_) for id_ in HEADLINE_FIGURES)
    by_id = {figure.figure_id: figure for figure in few}
    missed, soon = by_id["missed.total"], by_id["due.within_7"]
    return Headline(
        first_line=first_line(
            missed=missed.value or 0,
            undecided=by_id["missed.undecided"].value or 0,
            soon=soon.value or 0,
        ),
        range_line=" ".join(
            filter(
                None,
                [
                    _range_line(
                        missed=missed,
                        soon=soon,
                        overdue=key_figure(figures, "due.overdue").value or 0,
                    ),
                    likely_line(figures),
                ],
            )
        ),
        subject_number=subject_number(missed=missed.value or 0, soon=soon.value or 0),
        missed=missed,
        figures=few,
    )


def key_figure(figures: pd.DataFrame, id_: str, group: str = ALL) -> KeyFigure:
    """One figure of a publication with its words; `KeyError` where the registry lacks it."""
    figure = FIGURE_BY_ID[id_]
    rows = figures[figures["figure_id"].eq(id_) & figures["group_value"].eq(group)]
    value, low, high = (
        (None, None, None)
        if rows.empty
        else (_number(rows.iloc[0][column]) for column in ("value", "low", "high"))
    )
    likely = key_figure(figures, _LIKELY[id_]).value if id_ in _LIKELY and group == ALL else None
    return KeyFigure(
        figure_id=id_,
        label=figure.title,
        value=value,
        low=low,
        high=high,
        unit=figure.unit,
        likely=likely,
    )


def _number(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def first_line(*, missed: float, undecided: float, soon: float, where: str = "") -> str:
    """The answer in a sentence that begins with Yes or No; ``where`` names a part: ``at Ashdown``.

    Args:
        missed: releases without consideration.
        undecided: of these, still undecided.
        soon: people who may be released within 7 days, undecided.
        where: the part of which it is said, as it stands behind a noun; empty for everybody.
    """
    of = f" {where}" if where else ""
    ahead = (
        f"{plural(soon, 'person', 'people')}{of} may be released within 7 days without "
        "consideration"
    )
    past = (
        f"there {'has' if missed == 1 else 'have'} been {plural(missed, 'release', 'releases')}"
        f"{of if not soon else ''} without consideration"
    )
    since = _since(missed=missed, undecided=undecided)
    if soon and missed:
        return f"Yes: {ahead}, and {past}, {since}."
    if soon:
        return f"Yes: {ahead}. Nobody has been released without consideration."
    if missed:
        return f"Yes: {past}, {since}. Nobody else is to be released unconsidered within 7 days."
    return (
        f"No: nobody{of} has been released without consideration, and nobody is to be released "
        "unconsidered within 7 days."
    )


def _since(*, missed: float, undecided: float) -> str:
    """What has been done about the missed: both parts of them, so that they sum."""
    decided = missed - undecided
    if not decided:
        return "still undecided" if missed == 1 else "all still undecided"
    if not undecided:
        return "decided on since" if missed == 1 else "all decided on since"
    return f"{number_text(undecided)} still undecided and {number_text(decided)} decided on since"


def _range_line(*, missed: KeyFigure, soon: KeyFigure, overdue: float) -> str:
    """Who of them is held past the date, and how far links could move the numbers."""
    held = ""
    if overdue:
        of_them = "They are" if overdue == soon.value else f"{plural(overdue, 'is', 'are')}"
        held = f"{of_them} held past the earliest release date and may leave on any day. "
    if overdue and overdue != soon.value:
        held = f"Of the {number_text(soon.value)}, {held}"
    parts = []
    if soon.range_text:
        parts.append(f"the number due for release within 7 days may be {soon.range_text}")
    if missed.range_text:
        parts.append(f"the number released may be {missed.range_text}")
    if not parts:
        return f"{held}No uncertain link or nationality could change these numbers."
    return f"{held}Until uncertain links and nationalities are settled, {' and '.join(parts)}."


def likely_line(figures: pd.DataFrame) -> str:
    """The most likely number of the missed, and what it is made of; empty where it is the list's.

    Args:
        figures: frame of `results.FIGURES` of one publication.
    """
    likely = key_figure(figures, MOST_LIKELY).value
    part = {name: key_figure(figures, PARTS, name).value or 0 for name in _PROBABLY}
    off = [
        f"{plural(-part[name], one, many)} {words}"
        for name, (one, many, words) in _OFF.items()
        if part[name]
    ]
    if likely is None or not (off or part[NOT_LISTED]):
        return ""
    listed = f"of the {number_text(part[LISTED])} on the list"
    said = [f"{listed} probably {_and(off)}"] if off else []
    if part[NOT_LISTED]:
        beside = "" if off else f" beside the {number_text(part[LISTED])} on it"
        more = plural(part[NOT_LISTED], "more is", "more are")
        said.append(f"probably {more} missing from the list{beside}")
    return (
        f"The most likely number released is {number_text(likely)}: {'; '.join(said)}. "
        "It takes nobody off the list."
    )


def _and(parts: list[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def subject_number(*, missed: float, soon: float) -> str:
    """The one number of a subject: what can still be prevented, or else what has happened."""
    if soon:
        return f"{plural(soon, 'release', 'releases')} within 7 days not considered"
    if missed:
        return f"{plural(missed, 'release', 'releases')} without consideration"
    return "no release without consideration"
