"""Every figure opens its cases: which rows of a list each figure and each of its groups counts.

The rows of a list carry short tags, and a figure's link names one (``missed.html#in=f3``); the
page's script then shows the rows with that tag alone, of all rows of the list. Without scripts the
link leads to the list, whose CSV says of each row which figures count it.
Which rows a figure counts says the figure itself (`jobs.report.figures.figure.Figure`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList, Rows
from jobs.report.figures.registry import FIGURE_BY_ID, FIGURES

BY_STATUS: Final = "scope.by_status"
OF_PEOPLE: Final = frozenset({"missed.people"})
"""Figures of people on a list that has a row for each release: they open it, and claim no rows."""
STATUS_COLUMNS: Final = (
    "episode_id",
    "prison_id",
    "status",
    "status_rule_id",
    "sentence_date",
    "release_date",
    "earliest_release_date",
    "considered_date",
    "case_id",
)
"""What the CSV of a status shows that stands on no list."""


LISTED: Final[Mapping[str, str]] = {
    status: listed.total
    for listed in CASE_LISTS.values()
    for status in listed.rows.statuses
    if listed.rows == Rows(statuses=frozenset({status}))
}
"""Statuses whose episodes are a list, and the figure that counts every row of it."""
UNLISTED: Final = tuple(sorted(results.STATUS.values - set(LISTED)))
"""Statuses whose episodes are no list of their own: a CSV each."""


def status_file(status: str) -> str:
    """The CSV of a status that no list shows, without its ending."""
    return f"status-{status.lower().replace('_', '-')}"


@dataclass(frozen=True, kw_only=True)
class DrillDown:
    """One list with the tags of its rows, and where its figures lead.

    ``counted_in`` says of each row the same as its tags, by the ids of the figures:
    ``missed.serious; missed.by_offence=Rape``.
    """

    name: str
    tags: tuple[str, ...]
    places: Mapping[tuple[str, str], str]

    @cached_property
    def counted_in(self) -> list[str]:
        """Which figures, and which group of each, count each row."""
        said = {
            tag: f"{figure}={group}" if group else figure
            for (figure, group), tag in self.places.items()
        }
        whole = {
            tags: "; ".join(said[tag] for tag in tags.split()) for tags in dict.fromkeys(self.tags)
        }
        return [whole[tags] for tags in self.tags]

    @classmethod
    def of(cls, listed: CaseList, frame: pd.DataFrame) -> "DrillDown":
        """Tag the rows of a list, as `jobs.report.lists.list_rows.rows_of` gives them."""
        figures = [f for f in FIGURES if f.on == listed.name and not f.is_whole_list]
        places: dict[tuple[str, str], str] = {}
        parts: list[pd.Series] = []
        for number, figure in enumerate(f for f in figures if f.by is None):
            places[figure.id, ""] = f"f{number}"
            counted = figure.rows(frame).fillna(False).astype("bool")
            parts.append(pd.Series(f"f{number}", index=frame.index).where(counted, ""))
        for number, (figure, by) in enumerate((f, f.by) for f in figures if f.by is not None):
            group = by(frame).astype("str")
            ordinals = {value: f"g{number}-{i}" for i, value in enumerate(sorted(set(group)))}
            places |= {(figure.id, value): tag for value, tag in ordinals.items()}
            parts.append(group.map(ordinals))
        rows = zip(*parts, strict=True) if parts else ([] for _ in range(len(frame)))
        return cls(
            name=listed.name,
            tags=tuple(" ".join(filter(None, map(str, row))) for row in rows),
            places=places,
        )

    def link(self, figure: str, group: str = "") -> str:
        """Where the cases of a figure stand; nothing where it counts none of this list."""
        tag = self.places.get((figure, group))
        return f"{self.name}.html#in={tag}" if tag else ""


def list_of(figure: str) -> CaseList | None:
    """The list on which the rows of a figure stand."""
    known = FIGURE_BY_ID.get(figure)
    return CASE_LISTS[known.on] if known is not None and known.on else None
