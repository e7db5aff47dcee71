"""The lists behind the figures, and the reasons behind each line of a list."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.schema import CodeList
from jobs.contract.view_models import day_text
from jobs.report.site.flag_lines import flag_lines
from jobs.runtime.errors import BadInput

EPISODE_COLUMNS: Final = (
    "priority",
    "episode_id",
    "prison_id",
    "status",
    "nationality",
    "is_nationality_unknown",
    "offence_code",
    "seriousness",
    "is_court_recommended",
    "sentence_date",
    "sentence_days",
    "release_date",
    "earliest_release_date",
    "days_to_release",
    "due_date",
    "referred_date",
    "started_date",
    "case_id",
    "possible_case_id",
    "is_possibly_considered",
    "status_rule_id",
)
"""Columns of the episode lists: no personal value. The reference is the episode."""

LIST_STATUSES: Final[dict[str, frozenset[str]]] = {
    "missed": results.MISSED_STATUSES,
    "due": frozenset({"DUE"}),
    "verify": frozenset({"VERIFY_NATIONALITY"}),
}
LISTS: Final = (*LIST_STATUSES, "backlog")


def case_list(name: str, facts: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Give the cases that a figure counts, most urgent first.

    Args:
        name: ``missed`` (as many rows as the figure missed.total), ``due`` (due.total), ``verify``
            (scope.verify_nationality) or ``backlog`` (backlog.open).
        facts: frames of a publication by full name.

    Returns:
        For episodes `EPISODE_COLUMNS`, by priority; for the backlog the columns of
        `results.BACKLOG`, oldest first, unknown age last. Ties go by reference.

    Raises:
        BadInput: there is no such list.
    """
    if name == "backlog":
        frame = facts["nightly.backlog"]
        return frame.sort_values(
            ["age_days", "case_id"], ascending=[False, True], ignore_index=True, na_position="last"
        )
    if name not in LIST_STATUSES:
        raise BadInput(f"list [{name}]", "no such list", f"use one of: {', '.join(LISTS)}")
    frame = facts["nightly.assessments"]
    frame = frame.loc[frame["status"].isin(LIST_STATUSES[name]), list(EPISODE_COLUMNS)]
    return frame.sort_values(["priority", "episode_id"], ignore_index=True, na_position="last")


def explain(episode_id: str, facts: Mapping[str, pd.DataFrame]) -> str:
    """Say in plain English why an episode has its status, rule by rule, and what the flags say.

    Args:
        episode_id: the episode.
        facts: assessments, reasons and, where the publication has them, flags.

    Raises:
        BadInput: the publication assesses no such episode.
    """
    frame = facts["nightly.assessments"]
    found = frame[frame["episode_id"].eq(episode_id)]
    if found.empty:
        raise BadInput(
            f"episode [{episode_id}]",
            "not assessed in this publication",
            "take a reference from `python -m jobs cases`",
        )
    reasons = facts["nightly.reasons"]
    steps = reasons[reasons["episode_id"].eq(episode_id)].sort_values("position")
    episode = found.to_dict("records")[0]
    lines = [*summary_lines(episode), "", "How this was reached:"]
    lines += [f"  {reason_line(step)}" for step in steps.to_dict("records")]
    flags = flags_of(episode_id, facts)
    if flags:
        lines += ["", "What the law and the calendar say:"]
        lines += [f"  {line} (rule {rule})" for line, rule in flags]
    return "\n".join(lines) + "\n"


def flags_of(episode_id: str, facts: Mapping[str, pd.DataFrame]) -> list[tuple[str, str]]:
    """The flags of an episode as lines, each with its rule; none for somebody simply British."""
    if "nightly.flags" not in facts:
        return []
    table, episodes = facts["nightly.flags"], facts["nightly.assessments"]
    rows = table[table["episode_id"].eq(episode_id)].to_dict("records")
    priority = episodes.loc[episodes["episode_id"].eq(episode_id), "priority"].iloc[0]
    rank = int(priority) if _known(priority) else None
    return [line for row in rows for line in flag_lines(row, priority=rank)]


def summary_lines(row: Mapping[Hashable, Any]) -> list[str]:
    """What is known of an episode, in a few lines without a personal value."""
    status = str(row["status"])
    lines = [
        f"Custody episode {row['episode_id']}: {status}, {_meaning(results.STATUS, status)}.",
        f"Rule: {row['status_rule_id']}.",
        _sentence_line(row),
        _release_line(row),
        _work_line(row),
    ]
    if _known(row["possible_case_id"]):
        lines.append(
            f"Case {row['possible_case_id']} may be about this person; the match is not certain "
            "and clears nobody until a reviewer decides."
        )
    return [line for line in lines if line]


def reason_line(row: Mapping[Hashable, Any]) -> str:
    """One step of the reasoning: position, finding, rule and source row."""
    source = ""
    if _known(row["source_table"]):
        key = f" {row['source_key']}" if _known(row["source_key"]) else ""
        source = f"; source {row['source_table']}{key}"
    return f"{row['position']}. {row['finding']} (rule {row['rule_id']}{source})"


def _sentence_line(row: Mapping[Hashable, Any]) -> str:
    parts = [f"sentenced {_day(row['sentence_date'])}"] if _known(row["sentence_date"]) else []
    if _known(row["sentence_days"]):
        parts.append(f"{int(row['sentence_days']):,} days that the rules count")
    if _known(row["offence_code"]):
        parts.append(_meaning(c.OFFENCE, str(row["offence_code"])))
    if row["is_court_recommended"]:
        parts.append("deportation recommended by the court")
    return f"Sentence: {', '.join(parts)}." if parts else "Sentence: none recorded."


def _release_line(row: Mapping[Hashable, Any]) -> str:
    if row["is_released"]:
        if not _known(row["release_date"]):
            return "Released on a day that is not recorded."
        return f"Released: {_day(row['release_date'])}."
    if row["status"] in {"DUE", "NOT_YET_DUE"} or row["is_in_custody"]:
        where = "In custody" if row["is_in_custody"] else "Not released"
        return (
            f"{where}; earliest release {_day(row['earliest_release_date'])}; "
            f"consideration due by {_day(row['due_date'])}."
        )
    return ""


def _work_line(row: Mapping[Hashable, Any]) -> str:
    if not _known(row["case_id"]):
        return "Immigration case: none linked with certainty."
    parts = [
        f"{word} {_day(row[column])}"
        for word, column in (
            ("referred", "referred_date"),
            ("work started", "started_date"),
            ("decided", "considered_date"),
            ("order signed", "order_signed_date"),
            ("removed", "removed_date"),
        )
        if _known(row[column])
    ]
    return f"Immigration case {row['case_id']}: {', '.join(parts) or 'no dated step'}."


def _known(value: Any) -> bool:
    return not pd.isna(value)


def _day(value: pd.Timestamp) -> str:
    return day_text(None if pd.isna(value) else value.date())


def _meaning(codes: CodeList, code: str) -> str:
    return next((entry.meaning for entry in codes.codes if entry.code == code), code)
