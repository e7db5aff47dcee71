"""Pages of reasons: each listed custody episode with its releases and rules."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.view_models import day_text, plural
from jobs.report.lists.explanation import (
    reason_lines,
    release_line,
    releases_of,
    summary_lines,
)
from jobs.report.lists.list_rows import ListRows, is_held
from jobs.report.lists.rule_changes import moved_by_site
from jobs.report.membership import is_among
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held
from jobs.runtime.outgoing import clean

LETTERS_ON_A_PAGE: Final = 360_000
"""About so many, so that a page with its marks stays under 500 KB; a case is never parted."""
_SUMMARY_LETTERS: Final = 900
_RELEASE_LETTERS: Final = 250
_MARKS: Final = 12
"""Of a line of a list."""


@dataclass(frozen=True, kw_only=True)
class CasePages:
    """Which episode stands on which page of reasons.

    ``steps`` are the reasons of each listed episode as lines, in order; ``numbers`` is the page of
    each place.
    """

    lists: ListRows
    episodes: tuple[str, ...]
    places: Mapping[str, int]
    steps: Mapping[str, list[str]]
    numbers: Sequence[int]

    @classmethod
    def of(cls, lists: ListRows, listed: Iterable[str]) -> "CasePages":
        """Give every listed episode a place, in the order of the lists."""
        facts = lists.facts
        episodes = tuple(dict.fromkeys(listed))
        places = {episode: place for place, episode in enumerate(episodes)}
        steps = _steps(facts, episodes)
        numbers = _page_numbers(facts, episodes, steps)
        return cls(lists=lists, episodes=episodes, places=places, steps=steps, numbers=numbers)

    def link(self, episode_id: str) -> str:
        """Where the reasons of a listed episode stand, seen from the site's first page."""
        place = self.places[episode_id]
        return f"{_file(self.numbers[place])}#{_anchor(place)}"

    def link_or_none(self, episode_id: str) -> str:
        """The link of an episode if it is listed, else nothing."""
        return self.link(episode_id) if episode_id in self.places else ""

    def pages(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each page's file and what it says of its episodes."""
        facts = self.lists.facts
        episodes = results.ASSESSMENTS.of(facts)
        rows = episodes[is_among(episodes["episode_id"], self.places)]
        by_id = {str(row["episode_id"]): row for row in rows.to_dict("records")}
        releases = releases_of(facts, self.places)
        moved = moved_by_site(facts)
        since = _listed_since(self.lists, self.places)
        listed = enumerate(self.episodes)
        for number, part in itertools.groupby(listed, key=lambda each: self.numbers[each[0]]):
            yield (
                _file(number),
                [
                    {
                        "id": _anchor(place),
                        "reference": clean(episode),
                        "summary": [
                            *(clean(line) for line in summary_lines(by_id[episode])),
                            *([clean(moved[episode])] if episode in moved else []),
                            *since.get(episode, []),
                        ],
                        "releases": [clean(release_line(r)) for r in releases.get(episode, [])],
                        "steps": self.steps.get(episode, []),
                    }
                    for place, episode in part
                ],
            )


def _steps(facts: Frames, episodes: Collection[str]) -> dict[str, list[str]]:
    """The reasons of each of these episodes as lines, in order."""
    reasons = results.REASONS.of(facts)
    reasons = reasons[is_among(reasons["episode_id"], episodes)]
    reasons = reasons.sort_values(["episode_id", "position"], ignore_index=True)
    lines = reason_lines(reasons).map(clean).tolist()
    of = reasons["episode_id"]
    starts = np.flatnonzero(of.ne(of.shift()).to_numpy(bool))
    ends = np.append(starts, len(reasons))[1:]
    return {
        str(of.iat[start]): lines[start:end]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    }


def _listed_since(lists: ListRows, episodes: Collection[str]) -> dict[str, list[str]]:
    """The lists that these episodes are on and since which night, as lines by episode."""
    names: dict[tuple[str, pd.Timestamp, int], list[str]] = defaultdict(list)
    for listed in CASE_LISTS.values():
        if not listed.is_of_episodes or not is_held(listed, lists.facts):
            continue
        rows = lists.of(listed).dropna(subset=["first_listed_date", "nights_listed"])
        rows = rows[is_among(rows["episode_id"], episodes)].drop_duplicates("episode_id")
        since = ["episode_id", "first_listed_date", "nights_listed"]
        for key in rows[since].itertuples(index=False, name=None):
            names[key].append(listed.label)
    lines: dict[str, list[str]] = defaultdict(list)
    for (episode, first, nights), labels in sorted(names.items()):
        lines[str(episode)].append(
            f"Listed under {', '.join(labels)} since {day_text(first.date())}: "
            f"{plural(int(nights), 'night', 'nights')} so far."
        )
    return lines


def _page_numbers(
    facts: Frames, episodes: Sequence[str], steps: Mapping[str, list[str]]
) -> list[int]:
    """The page of each episode, from 0 without a gap, by the letters of those before it."""
    released = releases_held(facts)["episode_id"].value_counts()
    releases = released.reindex(list(episodes), fill_value=0).to_numpy(np.int64)
    told = [sum(len(line) + _MARKS for line in steps.get(episode, ())) for episode in episodes]
    letters = np.asarray(told, dtype=np.int64) + _SUMMARY_LETTERS + _RELEASE_LETTERS * releases
    before = np.cumsum(letters) - letters
    numbers = np.unique(before // LETTERS_ON_A_PAGE, return_inverse=True)[1]
    return [int(number) for number in numbers]


def _file(number: int) -> str:
    return f"cases/reasons-{number + 1:03d}.html"


def _anchor(place: int) -> str:
    return f"case-{place + 1}"
