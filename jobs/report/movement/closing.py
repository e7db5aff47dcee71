"""Work that closes: since when each line of each case list has been there, and what closed it.

Both follow from two publications, tonight's and the one of the night before, so nobody keeps a
second record of them: a line of tonight that was listed then has been listed as long as it had
been then, any other since tonight; a line of then that is not listed tonight was closed. What
closed it is the cause of the movement where a figure that movements explain counts the list, and
follows from the records of both nights elsewhere.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import (
    CASE_LISTS,
    DISCREPANCY_LIST,
    OPEN_CASES,
    OUTCOMES,
    REFERRAL_NOTICES,
    TRACINGS,
    UNCONSIDERED,
)
from jobs.contract.results.case_list import CaseList
from jobs.contract.results.lists_by_hand import CLEARED_BY_DECISION, MOVED_BY_SITE
from jobs.contract.schema import Table, joined_keys
from jobs.report.membership import is_among
from jobs.report.movement.members import MEMBERS
from jobs.report.published import Frames
from jobs.report.release_rows import releases_held

LINE: Final = ["list_name", "line_key"]
CLOSES: Final[Mapping[str, str]] = {
    "newly_released": "RELEASE",
    "release_recorded_late": "RELEASE",
    "returned_to_custody": "CUSTODY",
    "newly_sentenced": "SENTENCE",
    "newly_found": "LINK",
    "left_register": "LEFT_REGISTER",
    "quarantined": "QUARANTINE",
    "back_from_quarantine": "CORRECTION",
    "newly_linked": "LINK",
    "unlinked": "LINK",
    "duplicates_merged": "LINK",
    "identity_split": "LINK",
    "reviewers_decision": "LINK",
    "consideration_recorded": "DECISION",
    "consideration_recorded_late": "DECISION",
    "consideration_withdrawn": "WITHDRAWAL",
    "consideration_moved": "DECISION",
    "referral_recorded": "REFERRAL",
    "referral_withdrawn": "WITHDRAWAL",
    "court_recommendation_corrected": "CORRECTION",
    "nationality_corrected": "CORRECTION",
    "sentence_corrected": "CORRECTION",
    "release_date_corrected": "CORRECTION",
    "died_or_removed": "DIED_OR_LEFT",
    "time_passed": "DATE",
    "rule_changed": "RULE",
    "model_changed": "RULE",
    "code_changed": "RULE",
}
"""What closed a line, by the cause of the movement; every cause is here."""
_COUNTED_BY: Final = {
    listed.name: listed.total for listed in CASE_LISTS.values() if listed.total in MEMBERS
} | {listed.name: UNCONSIDERED.total for listed in (OUTCOMES, *TRACINGS)}
"""The figure whose movement says why a line left a list."""
_NOTICE_ENDED: Final[Mapping[str, str]] = {
    "ANSWERED": "REFERRAL",
    "FOUND": "REFERRAL",
    "RELEASED": "RELEASE",
    "OUT_OF_SCOPE": "CORRECTION",
    "VERIFY": "CORRECTION",
    "NOT_DUE": "CORRECTION",
    "SET_ASIDE": "QUARANTINE",
    "LEFT_REGISTER": "LEFT_REGISTER",
    "ERASED": "LEFT_REGISTER",
}
"""What closed the line of a notice, by how the notice ended."""
_TRACED: Final = frozenset(listed.name for listed in TRACINGS)


@dataclass(frozen=True, kw_only=True)
class EarlierLines:
    """The lines of the publication of the night before (``day``), as `results.LISTED`.

    ``same_versions`` says that code, rules and model were those of tonight.
    """

    day: date
    lines: pd.DataFrame
    same_versions: bool = True


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Frames of `results.LISTED` and `results.CLOSED`, sorted by key."""

    listed: pd.DataFrame
    closed: pd.DataFrame


def lines_of(facts: Frames, *, as_of: date) -> pd.DataFrame:
    """Every line of every case list of a publication, listed since its own night.

    Args:
        facts: the tables of the lists (`CaseList.tables`), and the backlog; a list whose table a
            publication does not have has no lines.
        as_of: the night.

    Returns:
        A frame of `results.LISTED`, sorted by key.
    """
    held = {**facts, results.RELEASES.full_name: releases_held(facts)}
    parts = [_lines(listed, held) for listed in CASE_LISTS.values() if _is_held(listed, held)]
    lines = pd.concat(parts, ignore_index=True)
    episodes = results.ASSESSMENTS.of(facts).set_index("episode_id")
    teams = results.BACKLOG.of(facts).set_index("case_id")["team"]
    lines["case_id"] = lines["case_id"].fillna(lines["episode_id"].map(episodes["case_id"]))
    lines["prison_id"] = lines["episode_id"].map(episodes["prison_id"])
    lines["team"] = lines["case_id"].map(teams)
    return _typed(results.LISTED, lines.assign(first_listed_date=pd.Timestamp(as_of)))


def follow_lines(
    *,
    facts: Frames,
    as_of: date,
    before: EarlierLines | None,
    cases: Collection[str] = (),
) -> Lines:
    """Since when each line of tonight has been listed, and what closed each that is not any more.

    Args:
        facts: tonight's results by full name, the movement among them.
        as_of: tonight.
        before: the lines of the night before; None on the first night, on which nothing closes.
        cases: the cases that the immigration register holds tonight.
    """
    now = lines_of(facts, as_of=as_of)
    if before is None:
        return Lines(listed=now, closed=results.CLOSED.empty())
    was = before.lines.set_index(LINE)
    here = pd.MultiIndex.from_frame(now[LINE])
    since = was["first_listed_date"].reindex(here).set_axis(now.index)
    gone = before.lines[~was.index.isin(here)].reset_index(drop=True)
    return Lines(
        listed=_typed(
            results.LISTED, now.assign(first_listed_date=since.fillna(now["first_listed_date"]))
        ),
        closed=_closed(gone, facts=facts, before=before, cases=cases),
    )


def _is_held(listed: CaseList, facts: Frames) -> bool:
    return listed.table.full_name in facts


def _lines(listed: CaseList, facts: Frames) -> pd.DataFrame:
    frame = listed.table.of(facts)
    frame = frame[listed.selects(frame)]
    nothing = pd.Series(pd.NA, index=frame.index, dtype="str")
    return pd.DataFrame(
        {
            "list_name": listed.name,
            "line_key": listed.line_keys(frame),
            "episode_id": frame.get("episode_id", nothing),
            "case_id": frame.get("case_id", nothing),
        }
    ).astype("str")


def _closed(
    gone: pd.DataFrame, *, facts: Frames, before: EarlierLines, cases: Collection[str]
) -> pd.DataFrame:
    cause = _causes(gone, results.MOVEMENT.of(facts))
    notices = results.NOTICES.of(facts).set_index("notice_number")["ended_by"]
    of_notice = gone["line_key"].map(notices.dropna().map(_NOTICE_ENDED)).astype("str")
    is_notice = gone["list_name"].eq(REFERRAL_NOTICES.name) & of_notice.notna()
    tests = [
        (cause.notna(), cause.map(CLOSES).fillna("")),
        (is_notice, of_notice.fillna("")),
        *_of_cases(gone, facts, since=pd.Timestamp(before.day), cases=cases),
        *_of_episodes(gone, facts, same_versions=before.same_versions),
    ]
    closed_by = np.select(
        [condition.to_numpy(bool) for condition, _ in tests],
        [said.to_numpy(object) if isinstance(said, pd.Series) else said for _, said in tests],
        "CORRECTION",
    )
    return _typed(
        results.CLOSED,
        gone.assign(
            last_listed_date=pd.Timestamp(before.day),
            closed_by=pd.Series(closed_by, index=gone.index, dtype="str"),
            cause=cause,
        ),
    )


def _causes(gone: pd.DataFrame, movement: pd.DataFrame) -> pd.Series:
    """The cause of the movement by which each line left; empty where no figure moved by it."""
    left = movement.loc[movement["change"].lt(0)].set_index(["figure_id", "episode_id"])["cause"]
    asked = [gone["list_name"].map(_COUNTED_BY), gone["episode_id"]]
    keys = pd.MultiIndex.from_arrays(asked, names=left.index.names)
    return left.reindex(keys).set_axis(gone.index).astype("str")


_Tests = list[tuple[pd.Series, str | pd.Series]]


def _of_cases(
    gone: pd.DataFrame, facts: Frames, *, since: pd.Timestamp, cases: Collection[str]
) -> _Tests:
    """What closed lines of cases and of steps of casework."""
    steps = results.CASEWORK.of(facts)
    aside = results.QUARANTINE.of(facts)["row_key"].dropna()
    is_case = gone["list_name"].eq(OPEN_CASES.name)
    of_steps = [name for name, each in CASE_LISTS.items() if each.table is results.CASEWORK]
    is_step = gone["list_name"].isin(of_steps)
    lately = steps[steps["step_date"].gt(since) | steps["recorded_date"].gt(since)]
    did = {step: lately.loc[lately["step"].eq(step), "case_id"].dropna() for step in _CLOSE_A_CASE}
    own = gone["line_key"].str.split("|").str[0]
    return [
        ((is_case | is_step) & is_among(own, aside), "QUARANTINE"),
        *(
            (is_case & is_among(gone["line_key"], did[step]), closed_by)
            for step, closed_by in _CLOSE_A_CASE.items()
        ),
        (is_case & is_among(gone["line_key"], cases), "CASE_CLOSED"),
        (is_step & is_among(own, steps["step_key"]), "WITHDRAWAL"),
        (is_case | is_step, "LEFT_REGISTER"),
    ]


_CLOSE_A_CASE: Final = {"REMOVAL": "DIED_OR_LEFT", "DECISION": "DECISION"}


def _of_episodes(gone: pd.DataFrame, facts: Frames, *, same_versions: bool) -> _Tests:
    """What closed the other lines where no movement says it; a correction closed the rest."""
    assessed = results.ASSESSMENTS.of(facts).set_index("episode_id")
    aside = results.QUARANTINE.of(facts)["row_key"].dropna()
    missed = releases_held(facts)
    missed = missed.loc[missed["is_missed"], ["episode_id", "release_number"]]
    still = joined_keys(missed, ["episode_id", "release_number"])
    linked = gone["episode_id"].map(assessed["link_outcome"]).eq("linked").fillna(False)
    name = gone["list_name"]
    everything = pd.Series(True, index=gone.index)
    return [
        (is_among(gone["episode_id"], aside), "QUARANTINE"),
        (~is_among(gone["episode_id"], assessed.index), "LEFT_REGISTER"),
        (name.isin(_TRACED) & is_among(gone["line_key"], still), "TRACED"),
        (name.eq(MOVED_BY_SITE.name) | (everything & (not same_versions)), "RULE"),
        (name.eq(CLEARED_BY_DECISION.name), "LINK"),
        (name.eq(DISCREPANCY_LIST.name) & ~linked.astype("bool"), "LINK"),
    ]


def _typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    ordered = frame[list(table.columns)].sort_values(list(table.key), ignore_index=True)
    return table.frame(table.arrow(ordered))
