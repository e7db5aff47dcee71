"""The bridge between two publications: opening + every cause = closing, episode by episode.

Every figure of `MEMBERS` counts episodes, or the releases of an episode, so what moves it are the
episodes that it counts oftener on one of the two nights. Each has one cause. Where code, rules or
model are not what they were, the data of the night before, assessed again as tonight's
(``rebased``), stand between the two: an episode that moves from the old result to the new result on
the same data moved because of the software, any other because of the data. An episode that the
software moved one way and the data moved back has not moved.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Table
from jobs.report.movement.causes import (
    Test,
    data_causes,
    first_that_holds,
    is_unchanged,
    link_tests,
)
from jobs.report.movement.members import MEMBERS, members
from jobs.report.movement.pairs import EpisodePairs
from jobs.report.published import Frames, value_of

EXPLAINING: Final = (
    results.ASSESSMENTS,
    results.RELEASES,
    results.LINKS,
    results.IDENTITIES,
    results.QUARANTINE,
)
"""The tables of a publication that explain a movement; the figures say where it opens."""


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What turned the data of a night into its results."""

    code: str
    rules: str
    model: str


@dataclass(frozen=True, kw_only=True)
class Position:
    """A night's results.

    ``facts`` holds `EXPLAINING` and the figures.
    """

    as_of: date
    publication_id: str
    versions: Versions
    facts: Frames


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Frames of `results.MOVEMENT` and `results.BRIDGES`, sorted by key."""

    movement: pd.DataFrame
    bridges: pd.DataFrame


def explain_movement(
    *, before: Position | None, after: Position, rebased: Frames | None = None
) -> Moved:
    """Explain every change of a figure from one night to another.

    Args:
        before: the publication compared with; None where there is none, and nothing moves.
        after: tonight, or a later publication.
        rebased: `EXPLAINING` of the data of ``before`` assessed with the code, rules and model of
            ``after``; None where the versions are the same or those data are gone. Not looked at
            where the versions are the same.

    Returns:
        One row for each episode and figure that moved, and one bridge for each figure.
    """
    if before is None:
        return Moved(movement=results.MOVEMENT.empty(), bridges=results.BRIDGES.empty())
    changed = before.versions != after.versions
    between = rebased if changed else None
    was, now = (members(position.facts) for position in (before, after))
    moved = _moved(was, now)
    causes = _causes(moved, before=before, after=after, between=between)
    movement = _with_statuses(moved.merge(causes, on=["figure_id", "episode_id"]), before, after)
    basis = "same_versions" if not changed else "not_assessed_again"
    return Moved(
        movement=_typed(results.MOVEMENT, movement),
        bridges=_bridges(
            was=was,
            now=now,
            movement=movement,
            before=before,
            basis="assessed_again" if between is not None else basis,
        ),
    )


def _moved(was: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Episodes that two nights do not count alike: how much oftener the later one does."""
    everybody = was.index.union(now.index).rename("episode_id")
    old, new = (frame.reindex(everybody, fill_value=0) for frame in (was, now))
    change = (new - old).rename_axis(columns="figure_id").reset_index()
    long = change.melt(id_vars="episode_id", var_name="figure_id", value_name="change")
    return long[long["change"].ne(0)].reset_index(drop=True)


def _causes(
    moved: pd.DataFrame, *, before: Position, after: Position, between: Frames | None
) -> pd.DataFrame:
    """One cause for each episode and figure that moved."""
    moved = moved[["figure_id", "episode_id"]]
    since = pd.Timestamp(before.as_of)
    if between is None:
        pair = _pair(moved, before.facts, after.facts)
        causes = data_causes(pair, since=since)
        if before.versions != after.versions:
            still = is_unchanged(pair, today=pd.Timestamp(after.as_of), since=since)
            causes = causes.mask(still, _software_causes(pair, before.versions, after.versions))
        return _of(moved, causes)
    first = _moved(members(before.facts), members(between))
    by_software = moved.merge(first[["figure_id", "episode_id"]])
    by_data = moved.merge(by_software, how="left", indicator=True)
    by_data = by_data.loc[by_data["_merge"].eq("left_only"), ["figure_id", "episode_id"]]
    software = _pair(by_software, before.facts, between)
    data = _pair(by_data, between, after.facts)
    return pd.concat(
        [
            _of(by_software, _software_causes(software, before.versions, after.versions)),
            _of(by_data, data_causes(data, since=since)),
        ]
    )


def _pair(moved: pd.DataFrame, before: Frames, after: Frames) -> EpisodePairs:
    episodes = pd.Index(sorted(moved["episode_id"].unique()), name="episode_id", dtype="str")
    return EpisodePairs.of(episodes=episodes, before=before, after=after)


def _of(moved: pd.DataFrame, causes: pd.Series) -> pd.DataFrame:
    return moved.assign(cause=moved["episode_id"].map(causes).astype("str"))


def _software_causes(pair: EpisodePairs, was: Versions, now: Versions) -> pd.Series:
    """Causes on the same data: another model where links differ, else other rules, else code."""
    true = pd.Series(True, index=pair.episodes)
    linked = ~true
    for condition, _ in link_tests(pair):
        linked |= condition
    linked |= pair.differs("link_outcome", "possible_case_id")
    tests: list[Test] = []
    if was.model != now.model:
        tests.append((linked, "model_changed"))
    if was.rules != now.rules:
        tests.append((true, "rule_changed"))
    if was.code != now.code:
        tests.append((true, "code_changed"))
    return first_that_holds(pair, [*tests, (true, "model_changed")])


def _with_statuses(movement: pd.DataFrame, before: Position, after: Position) -> pd.DataFrame:
    for name, position in (("before_status", before), ("after_status", after)):
        status = results.ASSESSMENTS.of(position.facts).set_index("episode_id")["status"]
        movement[name] = movement["episode_id"].map(status)
    return movement


def _bridges(
    *,
    was: pd.DataFrame,
    now: pd.DataFrame,
    movement: pd.DataFrame,
    before: Position,
    basis: str,
) -> pd.DataFrame:
    counted = was.sum().astype("int64")
    figures = results.FIGURES.of(before.facts)
    published = {figure: value_of(figures, figure) for figure in MEMBERS}
    opening = pd.Series(
        {figure: counted[figure] if value is None else value for figure, value in published.items()}
    ).astype("int64")
    bridges = pd.DataFrame({"opening": opening, "redefined": counted - opening})
    for name, direction in (("came_in", 1), ("went_out", -1)):
        steps = (movement["change"] * direction).clip(lower=0).groupby(movement["figure_id"]).sum()
        bridges[name] = steps.reindex(bridges.index, fill_value=0)
    bridges["closing"] = now.sum().astype("int64")
    bridges["before_publication_id"] = before.publication_id
    bridges["before_as_of_date"] = pd.Timestamp(before.as_of)
    bridges["basis"] = basis
    return _typed(results.BRIDGES, bridges.rename_axis("figure_id").reset_index())


def _typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    ordered = frame.sort_values(list(table.key), ignore_index=True)
    return table.frame(table.arrow(ordered))
