"""Every figure opens its cases: which rows of a list each figure and each of its groups counts.

The rows of a list carry short tags, and a figure's link names one (``missed.html#in=f3``); the
page's script then shows the rows with that tag alone. Without scripts the link leads to the list.
The masks are those that the figures are counted with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.report.figures import episode_figures as e
from jobs.report.figures import register_figures as r

Mask = Callable[[pd.DataFrame], pd.Series]
Group = Callable[[pd.DataFrame], pd.Series]

DAYS_AHEAD: Final = (7, 30, 90, 365)
IDLE_DAYS: Final = (30, 76)


def _status(status: str) -> Mask:
    return lambda frame: frame["status"].eq(status)


def _column(name: str) -> Group:
    return lambda frame: frame[name]


TOTALS: Final = {
    "missed.total": "missed",
    "missed.people": "missed",
    "due.total": "due",
    "scope.verify_nationality": "verify",
    "backlog.open": "backlog",
}
"""Figures that count every row of a list."""
MASKS: Final[Mapping[str, Mapping[str, Mask]]] = {
    "missed": {
        "missed.never_referred": _status("NOT_REFERRED"),
        "missed.referred_not_considered": _status("REFERRED_NOT_CONSIDERED"),
        "missed.no_release_date": e.no_release_date,
        "missed.court_recommended": e.court_recommended,
        "missed.serious": e.serious,
        "missed.nationality_unknown": e.nationality_unknown,
        "missed.possible_match": e.possibly_considered,
    },
    "due": {
        "due.overdue": e.overdue,
        **{f"due.within_{days}": e.within(days) for days in DAYS_AHEAD},
        "due.no_date": e.no_earliest_release,
        "due.serious": e.serious,
    },
    "backlog": {
        "backlog.unallocated": r.unallocated,
        **{f"backlog.idle_{days}": r.idle(days) for days in IDLE_DAYS},
    },
}
"""By list: figures that count some of its rows."""
GROUPS: Final[Mapping[str, Mapping[str, Group]]] = {
    "missed": {
        "missed.by_offence": e.offence_category,
        "missed.by_release_month": e.release_month,
        "missed.by_prison": e.prison,
    },
    "due": {"due.by_release": e.release_band, "due.by_prison": e.prison},
    "backlog": {
        "backlog.by_stage": _column("stage"),
        "backlog.by_age": _column("age_band"),
        "backlog.by_team": _column("team"),
    },
}
"""By list: figures that put each of its rows into one group."""


BY_STATUS: Final = "scope.by_status"
LISTED: Final = {
    "DUE": ("due.total", ""),
    "NOT_REFERRED": ("missed.never_referred", ""),
    "REFERRED_NOT_CONSIDERED": ("missed.referred_not_considered", ""),
    "VERIFY_NATIONALITY": ("scope.verify_nationality", ""),
}
"""Statuses whose episodes a list shows, and the figure that leads there; the rest are CSV."""
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


def status_file(status: str) -> str:
    """The CSV of a status that no list shows, without its ending."""
    return f"status-{status.lower().replace('_', '-')}"


@dataclass(frozen=True, kw_only=True)
class Opened:
    """One list with the tags of its rows, and where its figures lead."""

    name: str
    tags: tuple[str, ...]
    places: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, name: str, frame: pd.DataFrame) -> "Opened":
        """Tag the rows of a list, as `jobs.report.lists.case_lists.case_list` gives them."""
        places: dict[tuple[str, str], str] = {}
        parts: list[pd.Series] = []
        for number, (figure, mask) in enumerate(MASKS.get(name, {}).items()):
            places[figure, ""] = f"f{number}"
            counted = mask(frame).fillna(False).astype("bool")
            parts.append(pd.Series(f"f{number}", index=frame.index).where(counted, ""))
        for number, (figure, by) in enumerate(GROUPS.get(name, {}).items()):
            group = by(frame).astype("str")
            ordinals = {value: f"g{number}-{i}" for i, value in enumerate(sorted(set(group)))}
            places |= {(figure, value): tag for value, tag in ordinals.items()}
            parts.append(group.map(ordinals))
        rows = zip(*parts, strict=True) if parts else ([] for _ in range(len(frame)))
        return cls(
            name=name,
            tags=tuple(" ".join(filter(None, map(str, row))) for row in rows),
            places=places,
        )

    def link(self, figure: str, group: str = "") -> str:
        """Where the cases of a figure stand; nothing where it counts none of this list."""
        tag = self.places.get((figure, group))
        return f"{self.name}.html#in={tag}" if tag else ""
