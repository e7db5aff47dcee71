"""The queue of possible links by consequence: those pairs first on which most hangs."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract import results
from jobs.report.summary.review_gain import narrowing
from jobs.runtime.errors import BadInput
from jobs.warehouse import Publication, read_chosen

PAIR: Final = ("prisoner_number", "cid_person_id")
SERIOUS: Final = 2
"""Offences of this seriousness or worse are serious: 1 is the most serious."""
OPEN: Final = frozenset({"DUE", "NOT_YET_DUE", "VERIFY_NATIONALITY"})

CONSEQUENCES: Final[Mapping[int, str]] = {
    1: "serious offender, to be released",
    2: "to be released",
    3: "released without consideration",
    4: "nothing hangs on it tonight",
}
"""What hangs on a pair, in the order in which pairs are shown. A possible match clears nobody, so
the harm of waiting is a prisoner who leaves before anybody knows that he has a case."""


def queue(*, links: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
    """The pairs in review, those first on which most hangs.

    A pair counts by the prisoner's most pressing episode: first serious offenders who are in
    custody and not considered, the soonest release first; then others in custody; then people
    released without consideration, the most serious and latest first; then the rest, the likeliest
    first.

    Returns:
        ``rank``, the pair, ``consequence``, ``status``, ``offence_code``, ``seriousness``,
        ``days_to_release``, ``release_date``, ``narrows`` (by how many the range of the missed
        narrows if the pair is decided), ``probability``, ``match_weight``, ``evidence``.
    """
    waiting = links[links["outcome"] == "review"]
    episodes = assessments[assessments["prisoner_number"].isin(waiting["prisoner_number"])]
    episodes = episodes.assign(tier=_tier(episodes))
    pressing = episodes.assign(
        days=episodes["days_to_release"].where(episodes["tier"] <= 2).astype("Float64"),
        worst=episodes["seriousness"].where(episodes["tier"] == 3).astype("Float64"),
        gone=-episodes["release_date"].astype("int64").where(episodes["tier"] == 3, 0),
    )
    order = ["tier", "days", "worst", "gone"]
    pressing = pressing.sort_values([*order, "episode_id"], na_position="last")
    pressing = pressing.drop_duplicates("prisoner_number")
    shown = ["status", "offence_code", "seriousness", "days_to_release", "release_date"]
    found = waiting.merge(
        pressing[["prisoner_number", *order, *shown]], how="left", on="prisoner_number"
    )
    found["tier"] = found["tier"].fillna(max(CONSEQUENCES)).astype("int64")
    by = [*order, "probability", *PAIR]
    ascending = [name != "probability" for name in by]
    found = found.sort_values(by, ascending=ascending, na_position="last", ignore_index=True)
    found.insert(0, "rank", range(1, len(found) + 1))
    found["consequence"] = found["tier"].map(CONSEQUENCES).astype("str")
    found["narrows"] = narrowing(found, assessments)
    evidence = ["narrows", "probability", "match_weight", "evidence"]
    return found[["rank", *PAIR, "consequence", *shown, *evidence]]


def _tier(episodes: pd.DataFrame) -> "pd.Series[int]":
    undecided = episodes["is_in_custody"] & episodes["status"].isin(OPEN)
    serious = episodes["seriousness"].le(SERIOUS).fillna(value=False)
    tier = pd.Series(max(CONSEQUENCES), index=episodes.index)
    tier[episodes["status"].isin(results.MISSED_STATUSES)] = 3
    tier[undecided] = 2
    tier[undecided & serious.astype(bool)] = 1
    return tier


def queue_of(engine: sa.Engine, publication: Publication) -> pd.DataFrame:
    """The queue of a publication; see `queue`.

    Raises:
        BadInput: retention has removed the publication's assessments.
    """
    links = read_chosen(engine, publication, results.LINKS, column="outcome", values=["review"])
    assessments = read_chosen(
        engine,
        publication,
        results.ASSESSMENTS,
        column="prisoner_number",
        values=links["prisoner_number"].unique().tolist(),
    )
    return queue(links=links, assessments=assessments)


def chosen(waiting: pd.DataFrame, *, prisoner_number: str, cid_person_id: str) -> pd.DataFrame:
    """One pair of the queue.

    Raises:
        BadInput: the pair is not in the queue.
    """
    found = waiting[
        waiting["prisoner_number"].eq(prisoner_number) & waiting["cid_person_id"].eq(cid_person_id)
    ]
    if found.empty:
        raise BadInput("the pair", "not in the queue", "take one of: python -m jobs review list")
    return found
