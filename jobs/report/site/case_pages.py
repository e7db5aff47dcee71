"""Pages of reasons: each listed custody episode with its releases and rules."""

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from jobs.contract import results
from jobs.report.lists.explanation import (
    reason_lines,
    release_line,
    releases_of,
    summary_lines,
)
from jobs.report.lists.rule_changes import moved_by_site
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

    facts: Frames
    episodes: tuple[str, ...]
    places: Mapping[str, int]
    steps: Mapping[str, list[str]]
    numbers: Sequence[int]

    @classmethod
    def of(cls, facts: Frames, listed: Iterable[str]) -> "CasePages":
        """Give every listed episode a place, in the order of the lists."""
        episodes = tuple(dict.fromkeys(listed))
        places = {episode: place for place, episode in enumerate(episodes)}
        steps = _steps(facts, episodes)
        numbers = _page_numbers(facts, episodes, steps)
        return cls(facts=facts, episodes=episodes, places=places, steps=steps, numbers=numbers)

    def link(self, episode_id: str) -> str:
        """Where the reasons of a listed episode stand, seen from the site's first page."""
        place = self.places[episode_id]
        return f"{_file(self.numbers[place])}#{_anchor(place)}"

    def link_or_none(self, episode_id: str) -> str:
        """The link of an episode if it is listed, else nothing."""
        return self.link(episode_id) if episode_id in self.places else ""

    def pages(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each page's file and what it says of its episodes."""
        episodes = results.ASSESSMENTS.of(self.facts)
        rows = episodes[episodes["episode_id"].isin(self.places)]
        by_id = {str(row["episode_id"]): row for row in rows.to_dict("records")}
        releases = releases_of(self.facts, self.places)
        moved = moved_by_site(self.facts)
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
    reasons = reasons[reasons["episode_id"].isin(episodes)]
    reasons = reasons.sort_values(["episode_id", "position"], ignore_index=True)
    lines = reason_lines(reasons).map(clean).tolist()
    of = reasons["episode_id"]
    starts = np.flatnonzero(of.ne(of.shift()).to_numpy(bool))
    ends = np.append(starts, len(reasons))[1:]
    return {
        str(of.iat[start]): lines[start:end]
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    }


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
