"""Two nights of the same custody episodes side by side, and the facts in which they differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.report.membership import is_among
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held

_ABOUT: Final = {
    "prison.episodes": "episode",
    "prison.sentences": "episode",
    "prison.movements": "episode",
    "prison.persons": "prisoner",
    "immigration.persons": "person",
    "immigration.cases": "case",
    "immigration.events": "case",
}
"""Tables on whose rows a status rests, and what the first part of their key names."""
_FIRST_OF_KEY: Final = r"^([^|]+)"
_CASE_OF_EVENT: Final = r'"case_id":"([^"]*)"'
_OWN: Final = "own"
_OTHER: Final = "other"


@dataclass(frozen=True, kw_only=True)
class EpisodePairs:
    """The episodes that moved, as they were and as they are.

    ``was`` and ``now`` have the columns of `results.ASSESSMENTS`, one row for each episode of
    ``episodes``, in that order; all empty where the episode is not in that night.
    """

    episodes: pd.Index
    was: pd.DataFrame
    now: pd.DataFrame
    before: Frames
    after: Frames

    @classmethod
    def of(cls, *, episodes: pd.Index, before: Frames, after: Frames) -> "EpisodePairs":
        """Put the nights of some episodes side by side.

        Args:
            episodes: the custody episodes.
            before: assessments, links, identities and quarantine of one night, by full name.
            after: those of the other.
        """
        return cls(
            episodes=episodes,
            was=_rows(before, episodes),
            now=_rows(after, episodes),
            before=before,
            after=after,
        )

    @property
    def is_new(self) -> pd.Series:
        """Not in the night before."""
        return self.was["status"].isna()

    @property
    def is_gone(self) -> pd.Series:
        """Not in the night after."""
        return self.now["status"].isna()

    def differs(self, *columns: str) -> pd.Series:
        """Whether any of these facts is not what it was; two that are missing are the same."""
        changed = self._nothing
        for name in columns:
            was, now = self.was[name], self.now[name]
            same = was.eq(now).fillna(False).astype(bool) | (was.isna() & now.isna())
            changed |= ~same
        return changed

    def has(self, episodes: Iterable[str]) -> pd.Series:
        """Which of the episodes are among these."""
        return is_among(pd.Series(self.episodes, index=self.episodes), episodes)

    @cached_property
    def _missed(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Then and now: how many releases of each were missed, and the day of the last."""
        was, now = (_missed(facts, self.episodes) for facts in (self.before, self.after))
        return was, now

    @property
    def is_missed_again(self) -> pd.Series:
        """One release was missed, and now there are more."""
        was, now = self._missed
        return was["releases"].gt(0) & now["releases"].gt(was["releases"])

    @property
    def last_missed(self) -> pd.Series:
        """The day of its last missed release now; empty where that is not recorded."""
        return self._missed[1]["last"]

    @property
    def _nothing(self) -> pd.Series:
        return pd.Series(False, index=self.episodes)

    @cached_property
    def company(self) -> pd.DataFrame:
        """The persons who share an identity with the person of each episode, then and now.

        A row for each episode, side (``own`` for the prison register, else ``other``) and person,
        with whether it ``was`` and ``now`` is so, and whether the registers held the person at all
        (``was_known``, ``is_known``).
        """
        was, now = _company(self.was, self.before), _company(self.now, self.after)
        both = pd.concat([was, now], ignore_index=True).drop_duplicates(ignore_index=True)
        for name, company in (("was", was), ("now", now)):
            both[name] = _is_in(both, company, ["episode_id", "side", "person_id"])
        for name, facts in (("was_known", self.before), ("is_known", self.after)):
            both[name] = _is_in(both, _people(facts), ["side", "person_id"])
        return both

    def _some(self, side: str, chosen: pd.Series) -> pd.Series:
        company = self.company
        return self.has(company.loc[chosen & company["side"].eq(side), "episode_id"])

    @cached_property
    def gained_own(self) -> pd.Series:
        """Another prison person, known before, is now the same person."""
        c = self.company
        return self._some(_OWN, ~c["was"] & c["now"] & c["was_known"]) & ~self.is_new

    @cached_property
    def lost_own(self) -> pd.Series:
        """Another prison person, still known, is no longer the same person."""
        c = self.company
        return self._some(_OWN, c["was"] & ~c["now"] & c["is_known"]) & ~self.is_gone

    @cached_property
    def gained_other(self) -> pd.Series:
        """An immigration person, known before, is now the same person."""
        c = self.company
        return self._some(_OTHER, ~c["was"] & c["now"] & c["was_known"]) & ~self.is_new

    @cached_property
    def lost_other(self) -> pd.Series:
        """An immigration person, still known, is no longer the same person."""
        c = self.company
        return self._some(_OTHER, c["was"] & ~c["now"] & c["is_known"]) & ~self.is_gone

    @cached_property
    def found_other(self) -> pd.Series:
        """The same person in the immigration register, which did not hold them before."""
        c = self.company
        return self._some(_OTHER, ~c["was"] & c["now"] & ~c["was_known"]) & ~self.is_new

    @cached_property
    def other_left(self) -> pd.Series:
        """An immigration person who is no longer in that register."""
        c = self.company
        return self._some(_OTHER, c["was"] & ~c["now"] & ~c["is_known"]) & ~self.is_gone

    @cached_property
    def had_other(self) -> pd.Series:
        """Some immigration person was the same person."""
        return self._some(_OTHER, self.company["was"])

    @cached_property
    def has_other(self) -> pd.Series:
        """Some immigration person is the same person."""
        return self._some(_OTHER, self.company["now"])

    @cached_property
    def is_decided_otherwise(self) -> pd.Series:
        """Reviewers' words on a pair with the person of the episode are not what they were."""
        word = ["prisoner_number", "cid_person_id", "outcome"]
        was, now = (
            results.LINKS.of(facts).loc[results.LINKS.of(facts)["decided_by"].notna(), word]
            for facts in (self.before, self.after)
        )
        changed = pd.concat([was[~_is_in(was, now, word)], now[~_is_in(now, was, word)]])
        own = self.company[self.company["side"].eq(_OWN)]
        return self.has(
            own.loc[is_among(own["person_id"], changed["prisoner_number"]), "episode_id"]
        )

    @cached_property
    def set_aside(self) -> pd.Series:
        """A row of the case is in quarantine and was not."""
        return self._quarantine_only(self.after, self.before)

    @cached_property
    def mended(self) -> pd.Series:
        """A row of the case was in quarantine and is not."""
        return self._quarantine_only(self.before, self.after)

    def _quarantine_only(self, one: Frames, other: Frames) -> pd.Series:
        here, there = (_quarantined(results.QUARANTINE.of(facts)) for facts in (one, other))
        key = ["kind", "reference"]
        rows = here[~_is_in(here, there, key)]
        return self.has(self._references.loc[_is_in(self._references, rows, key), "episode_id"])

    @cached_property
    def _references(self) -> pd.DataFrame:
        """Keys of the rows on which each episode rests."""
        own = pd.DataFrame({"episode_id": self.episodes, "reference": self.episodes})
        parts = [own.assign(kind="episode")]
        for frame in (self.was, self.now):
            for kind, column in (("prisoner", "prisoner_number"), ("case", "case_id")):
                part = frame[column].rename("reference").rename_axis("episode_id").reset_index()
                parts.append(part.assign(kind=kind))
        others = self.company[self.company["side"].eq(_OTHER)]
        others = others.rename(columns={"person_id": "reference"})[["episode_id", "reference"]]
        parts.append(others.assign(kind="person"))
        every = pd.concat(parts, ignore_index=True).dropna(subset=["reference"])
        return every.astype("str").drop_duplicates()


def _is_in(frame: pd.DataFrame, other: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Which rows of a frame share these columns with some row of the other."""
    keys = pd.MultiIndex.from_frame(other[columns].astype(object))
    found = pd.MultiIndex.from_frame(frame[columns].astype(object)).isin(keys)
    return pd.Series(found, index=frame.index)


def _rows(facts: Frames, episodes: pd.Index) -> pd.DataFrame:
    frame = results.ASSESSMENTS.of(facts)
    return frame[is_among(frame["episode_id"], episodes)].set_index("episode_id").reindex(episodes)


def _missed(facts: Frames, episodes: pd.Index) -> pd.DataFrame:
    releases = releases_held(facts)
    releases = releases[releases["is_missed"] & is_among(releases["episode_id"], episodes)]
    by_episode = releases.groupby("episode_id")
    counts = by_episode.size().reindex(episodes, fill_value=0)
    return pd.DataFrame({"releases": counts, "last": by_episode["release_date"].max()}).reindex(
        episodes
    )


def _people(facts: Frames) -> pd.DataFrame:
    people = results.IDENTITIES.of(facts)
    side = people["register"].map({"prison": _OWN, "immigration": _OTHER}).astype("str")
    return people.assign(side=side)[["side", "person_id", "identity_id"]]


def _company(episodes: pd.DataFrame, facts: Frames) -> pd.DataFrame:
    wanted = episodes["identity_id"].dropna().rename_axis("episode_id").reset_index()
    people = _people(facts)
    people = people[is_among(people["identity_id"], wanted["identity_id"])]
    found = wanted.merge(people, on="identity_id")[["episode_id", "side", "person_id"]]
    return found.astype("str").drop_duplicates()


def _quarantined(rows: pd.DataFrame) -> pd.DataFrame:
    """What each row in quarantine is about: kind and reference. Doublets hide nothing."""
    rows = rows[~rows["rule_id"].str.contains(".duplicate", regex=False)]
    table = rows["register"] + "." + rows["table_name"]
    case = rows["row"].str.extract(_CASE_OF_EVENT, expand=False)
    key = rows["row_key"].astype("str").str.extract(_FIRST_OF_KEY, expand=False)
    reference = key.mask(table.eq("immigration.events"), case)
    found = pd.DataFrame({"kind": table.map(_ABOUT), "reference": reference})
    return found.dropna().astype("str").drop_duplicates()
