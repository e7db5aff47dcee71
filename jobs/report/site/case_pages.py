"""Pages of reasons: each listed custody episode with its releases and rules."""

from collections.abc import Iterable, Iterator, Mapping
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
from jobs.runtime.outgoing import clean

CASES_ON_A_PAGE: Final = 200


@dataclass(frozen=True, kw_only=True)
class CasePages:
    """Which episode stands on which page of reasons."""

    facts: Frames
    episodes: tuple[str, ...]
    places: Mapping[str, int]

    @classmethod
    def of(cls, facts: Frames, listed: Iterable[str]) -> "CasePages":
        """Give every listed episode a place, in the order of the lists."""
        episodes = tuple(dict.fromkeys(listed))
        places = {episode: place for place, episode in enumerate(episodes)}
        return cls(facts=facts, episodes=episodes, places=places)

    def link(self, episode_id: str) -> str:
        """Where the reasons of a listed episode stand, seen from the site's first page."""
        place = self.places[episode_id]
        return f"{_file(place)}#{_anchor(place)}"

    def link_or_none(self, episode_id: str) -> str:
        """The link of an episode if it is listed, else nothing."""
        return self.link(episode_id) if episode_id in self.places else ""

    def pages(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Each page's file and what it says of its episodes."""
        episodes = results.ASSESSMENTS.of(self.facts)
        rows = episodes[episodes["episode_id"].isin(self.places)]
        by_id = {str(row["episode_id"]): row for row in rows.to_dict("records")}
        releases = releases_of(self.facts, self.places)
        steps = self._steps()
        moved = moved_by_site(self.facts)
        for start in range(0, len(self.episodes), CASES_ON_A_PAGE):
            part = self.episodes[start : start + CASES_ON_A_PAGE]
            yield (
                _file(start),
                [
                    {
                        "id": _anchor(start + offset),
                        "reference": clean(episode),
                        "summary": [
                            *(clean(line) for line in summary_lines(by_id[episode])),
                            *([clean(moved[episode])] if episode in moved else []),
                        ],
                        "releases": [clean(release_line(r)) for r in releases.get(episode, [])],
                        "steps": steps.get(episode, []),
                    }
                    for offset, episode in enumerate(part)
                ],
            )

    def _steps(self) -> dict[str, list[str]]:
        """The reasons of each listed episode as lines, in order."""
        reasons = results.REASONS.of(self.facts)
        reasons = reasons[reasons["episode_id"].isin(self.places)]
        reasons = reasons.sort_values(["episode_id", "position"], ignore_index=True)
        lines = reason_lines(reasons).map(clean).tolist()
        episodes = reasons["episode_id"]
        starts = np.flatnonzero(episodes.ne(episodes.shift()).to_numpy(bool))
        ends = np.append(starts, len(reasons))[1:]
        return {
            str(episodes.iat[start]): lines[start:end]
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        }


def _file(place: int) -> str:
    return f"cases/reasons-{place // CASES_ON_A_PAGE + 1:03d}.html"


def _anchor(place: int) -> str:
    return f"case-{place + 1}"
