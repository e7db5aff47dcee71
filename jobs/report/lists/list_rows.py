"""The rows of a case list, as `jobs.contract.case_lists` declares it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.results.case_list import CaseList
from jobs.report.membership import is_among
from jobs.report.published import Frames, if_held
from jobs.report.release_rows import releases_held
from jobs.runtime.errors import BadInput


def list_named(name: str) -> CaseList:
    """The list of this name.

    Raises:
        BadInput: there is no such list.
    """
    if name not in CASE_LISTS:
        raise BadInput(f"list [{name}]", "no such list", f"use one of: {', '.join(CASE_LISTS)}")
    return CASE_LISTS[name]


@dataclass(frozen=True)
class ListRows:
    """The rows of every case list of a publication, worked out once, whatever shows them.

    ``nights`` are those published so far, this one among them; with them each row says since when
    and on how many of them it has been listed.
    """

    facts: Frames
    nights: Sequence[date] = ()
    _held: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)

    def of(self, listed: CaseList) -> pd.DataFrame:
        """See `rows_of`; nobody may change the frame."""
        if listed.name not in self._held:
            rows = rows_of(listed, self.facts)
            since = if_held(results.LISTED, self.facts)
            since = results.LISTED.empty() if since is None else since
            self._held[listed.name] = with_listing(listed, rows, since, nights=self.nights)
        return self._held[listed.name]


def is_held(listed: CaseList, facts: Frames) -> bool:
    """Whether a publication can say the rows of a list: one from before its table cannot.

    Releases can be told of any publication (`jobs.report.release_rows`).
    """
    return listed.table is results.RELEASES or listed.table.full_name in facts


def rows_of(listed: CaseList, facts: Frames) -> pd.DataFrame:
    """The cases that the list's total figure counts: its fields, in its order.

    Their rank is the place on this list: the published rank is that of all work together.

    Args:
        listed: one of `CASE_LISTS`.
        facts: frames of a publication by full name; `CaseList.tables` are read.
    """
    frame = releases_held(facts) if listed.table is results.RELEASES else listed.table.of(facts)
    frame = frame[listed.selects(frame)]
    if listed.beside is not None:
        further = [name for name in listed.fields if name not in frame.columns]
        beside = listed.beside.of(facts)
        # Most episodes stand on no list: those that do are found before they are put in order.
        episodes = beside.loc[
            is_among(beside["episode_id"], frame["episode_id"]), ["episode_id", *further]
        ]
        said = episodes.set_index("episode_id").reindex(frame["episode_id"]).set_axis(frame.index)
        frame = pd.concat([frame, said], axis="columns")
    rows = frame[list(listed.fields)].sort_values(
        list(listed.order),
        ascending=list(listed.order.values()),
        ignore_index=True,
        na_position="last",
    )
    return ranked(rows) if "priority" in listed.order else rows


def published_nights(history: pd.DataFrame | None, as_of: date) -> tuple[date, ...]:
    """The nights of the figures of earlier nights (``as_of_date``), and ``as_of``."""
    return (*(() if history is None else history["as_of_date"].unique()), as_of)


def with_listing(
    listed: CaseList, rows: pd.DataFrame, since: pd.DataFrame, *, nights: Sequence[date]
) -> pd.DataFrame:
    """Rows of a list with the night since which each has been there, and on how many nights.

    Args:
        listed: the list.
        rows: as `rows_of` gives them.
        since: the frame of `results.LISTED`; empty in a publication from before it was kept.
        nights: the nights that are published, up to that of the rows.

    Returns:
        The rows with ``first_listed_date`` and ``nights_listed``; both empty where it is not known.
    """
    own = since[since["list_name"].eq(listed.name)].set_index("line_key")["first_listed_date"]
    first = own.reindex(listed.line_keys(rows)).set_axis(rows.index)
    published = pd.DatetimeIndex(sorted(set(nights)))
    # Nights before an unknown first one are of no account: its count is taken away below.
    before = published.searchsorted(first.fillna(pd.Timestamp(0)))
    count = pd.Series(len(published) - before, index=rows.index, dtype="Int64")
    return rows.assign(
        first_listed_date=first, nights_listed=count.where(first.notna() & bool(nights))
    )


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the work with their rank among themselves, from 1 without a gap."""
    place = rows["priority"].rank(method="dense").astype("Int64")
    return rows.assign(priority=place).reset_index(drop=True)
