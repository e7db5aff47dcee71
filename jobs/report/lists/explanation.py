"""Why an episode has its status: its reasons and flags in plain English."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.schema import CodeList
from jobs.contract.view_models import day_text
from jobs.report.lists.flag_lines import flag_lines
from jobs.report.published import Frames, if_held
from jobs.runtime.errors import BadInput


def explain(episode_id: str, facts: Frames) -> str:
    """Say in plain English why an episode has its status, rule by rule, and what the flags say.

    Args:
        episode_id: the episode.
        facts: assessments, reasons and, where the publication has them, flags.

    Raises:
        BadInput: the publication assesses no such episode.
    """
    frame = results.ASSESSMENTS.of(facts)
    found = frame[frame["episode_id"].eq(episode_id)]
    if found.empty:
        raise BadInput(
            f"episode [{episode_id}]",
            "not assessed in this publication",
            "take a reference from `python -m jobs cases`",
        )
    reasons = results.REASONS.of(facts)
    steps = reasons[reasons["episode_id"].eq(episode_id)].sort_values("position")
    episode = found.to_dict("records")[0]
    lines = [*summary_lines(episode), "", "How this was reached:"]
    lines += [f"  {reason_line(step)}" for step in steps.to_dict("records")]
    flags = flags_of(episode_id, facts)
    if flags:
        lines += ["", "What the law and the calendar say:"]
        lines += [f"  {line} (rule {rule})" for line, rule in flags]
    return "\n".join(lines) + "\n"


def flags_of(episode_id: str, facts: Frames) -> list[tuple[str, str]]:
    """The flags of an episode as lines, each with its rule; none for somebody simply British."""
    table = if_held(results.FLAGS, facts)
    if table is None:
        return []
    episodes = results.ASSESSMENTS.of(facts)
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
