"""Why an episode has its status: its releases, reasons and flags in plain English."""

from collections.abc import Collection, Hashable, Mapping
from typing import Any, Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.contract.view_models import day_text, plural
from jobs.report.lists.flag_lines import flag_lines
from jobs.report.lists.rule_changes import change_lines
from jobs.report.membership import is_among
from jobs.report.published import Frames, if_held
from jobs.report.release_rows import releases_held
from jobs.runtime.errors import BadInput

NO_DECISION: Final = "no decision on record"
EXITS: Final = {"exit.removed": "left the country", "exit.died": "died in custody"}
"""Rules of an exit that ends the scope, and what is said instead of the status."""


def explain(episode_id: str, facts: Frames) -> str:
    """Say in plain English why an episode has its status: each release, each rule, the flags.

    Args:
        episode_id: the episode.
        facts: assessments, reasons and, where the publication has them, releases, casework and
            flags. Who reads it may see the caseworker and the reason as it was typed; no page,
            list or email shows either.

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
    lines = summary_lines(episode)
    lines += [release_line(row) for row in releases_of(facts, [episode_id]).get(episode_id, [])]
    lines += ["", "How this was reached:"]
    told = zip(steps["position"], reason_lines(steps), strict=True)
    lines += [f"  {position}. {line}" for position, line in told]
    casework = casework_lines(episode, steps, facts)
    if casework:
        lines += ["", "On record of the casework:", *(f"  {line}" for line in casework)]
    changed = change_lines(episode_id, facts)
    if changed:
        lines += ["", "What the site changes of the rules:", *(f"  {line}" for line in changed)]
    flags = flags_of(episode_id, facts)
    if flags:
        lines += ["", "What the law and the calendar say:"]
        lines += [f"  {line} (rule {rule})" for line, rule in flags]
    return "\n".join(lines) + "\n"


def casework_lines(
    episode: Mapping[Hashable, Any], steps: pd.DataFrame, facts: Frames
) -> list[str]:
    """The decisions and appeals of the case relied on, and every decision that a reason names."""
    table = if_held(results.CASEWORK, facts)
    if table is None:
        return []
    named = set(steps["source_key"].dropna())
    decided = table["step"].eq("DECISION")
    own = decided & is_among(table["step_key"], named)
    cases = set(table.loc[own, "case_id"])
    if _known(episode["case_id"]):
        cases.add(episode["case_id"])
    of_case = is_among(table["case_id"], cases)
    shown = table[own | (of_case & (decided | table["step"].eq("APPEAL")))]
    shown = shown.sort_values(["step_date", "step", "step_key"])
    return [_decision(row) if row["step"] == "DECISION" else _appeal(row)
            for row in shown.to_dict("records")]  # fmt: skip


def _decision(row: Mapping[Hashable, Any]) -> str:
    beside = [f"caseworker {row['caseworker']}" if _known(row["caseworker"]) else
              "no caseworker named"]  # fmt: skip
    recorded = row["recorded_date"]
    if not _known(recorded):
        beside.append("no day of recording")
    elif row["source_table"] == "immigration.events":
        beside.append(f"recorded on {_day(recorded)}")
    else:
        beside.append(f"told by the case row alone, last changed on {_day(recorded)}")
    if _known(row["until_date"]):
        beside.append(f"deferred until {_day(row['until_date'])}")
    if _known(row["typed_reason"]):
        beside.append(f"reason given: {row['typed_reason']}")
    if row["flaw"] == "WITHDRAWN":
        # For a release before the withdrawal it counts, for one after it does not.
        beside.append("withdrawn since")
    elif _known(row["flaw"]):
        beside.append(f"does not count: {results.FLAW.meaning_of(str(row['flaw']))}")
    how = c.EVENT_TYPE.meaning_of(str(row["decision"]))
    return f"Case {row['case_id']}, {_day(row['step_date'])}: {how} ({'; '.join(beside)})."


def _appeal(row: Mapping[Hashable, Any]) -> str:
    head = f"Case {row['case_id']}, {_day(row['step_date'])}: an appeal was lodged"
    if not _known(row["appeal_outcome"]):
        return f"{head}; it is not determined."
    how = c.APPEAL_OUTCOME.meaning_of(str(row["appeal_outcome"]))
    return f"{head}; {how} on {_day(row['until_date'])}."


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
    """What is known of an episode, in a few lines without a personal value.

    Day, length and offence stand in sentences of their own: they may come of different sentences.
    """
    lines = [
        f"Custody episode {row['episode_id']}: {_standing(row)}.",
        f"Rule: {row['status_rule_id']}.",
        *_sentence_lines(row),
        _release_line(row),
        _work_line(row),
    ]
    if _known(row["possible_case_id"]):
        lines.append(
            f"Case {row['possible_case_id']} may be about this person; the match is not certain "
            "and clears nobody until a reviewer decides."
        )
    return [line for line in lines if line]


def releases_of(
    facts: Frames, episodes: Collection[str]
) -> Mapping[str, list[Mapping[Hashable, Any]]]:
    """The releases of each of these episodes in order, as rows of `results.RELEASES`."""
    held = releases_held(facts)
    own = held[is_among(held["episode_id"], episodes)].sort_values(["episode_id", "release_number"])
    found: dict[str, list[Mapping[Hashable, Any]]] = {}
    for row in own.to_dict("records"):
        found.setdefault(str(row["episode_id"]), []).append(row)
    return found


def release_line(row: Mapping[Hashable, Any]) -> str:
    """One release: whether it was missed or considered, by what, how late, and what came since."""
    parts = [_missed(row) if row["is_missed"] else _considered(row)]
    if row["is_missed"] and _known(row["unweighed_sentence"]):
        parts.append(f"No decision in time weighed sentence {int(row['unweighed_sentence'])}.")
    if row["is_deferral_expired"]:
        parts.append("A deferral had run out before.")
    if _known(row["due_date"]):
        parts.append(f"Consideration was due on {_day(row['due_date'])}{_lateness(row)}.")
    if row["is_missed"] and _known(row["decided_since_date"]):
        how = c.EVENT_TYPE.meaning_of(str(row["decided_since"]))
        parts.append(f"Since then: {how} on {_day(row['decided_since_date'])}.")
    elif row["is_missed"]:
        parts.append("Nobody has decided since.")
    if _known(row["returned_date"]):
        parts.append(f"Back in the same booking on {_day(row['returned_date'])}.")
    return " ".join(parts)


def _release_head(row: Mapping[Hashable, Any]) -> str:
    day = _day(row["release_date"]) if _known(row["release_date"]) else "day not recorded"
    reason = (
        f" ({c.MOVEMENT_REASON.meaning_of(str(row['release_reason']))})"
        if _known(row["release_reason"])
        else ""
    )
    return f"Release {int(row['release_number'])}, {day}{reason}"


def _missed(row: Mapping[Hashable, Any]) -> str:
    if row["status"] == "NOT_REFERRED":
        how = "never referred to the immigration service"
    elif _known(row["referred_date"]):
        how = f"referred on {_day(row['referred_date'])} and not considered"
    else:
        how = "referred and not considered"
    return f"{_release_head(row)}: missed, {how}."


def _considered(row: Mapping[Hashable, Any]) -> str:
    said = f"{_release_head(row)}: considered"
    if not _known(row["considered_date"]):
        return f"{said}."
    how = c.EVENT_TYPE.meaning_of(str(row["decision"])) if _known(row["decision"]) else "decided"
    said += f", {how} on {_day(row['considered_date'])}"
    recorded, left = row["considered_recorded_date"], row["release_date"]
    if not _known(recorded):
        said += ", without a day of recording"
    elif row["is_recorded_after_release"] and _known(left):
        days = (recorded - left).days
        said += f", recorded on {_day(recorded)}, {plural(days, 'day', 'days')} after the release"
    else:
        said += f", recorded on {_day(recorded)}"
    withdrawn = " Withdrawn after the release." if row["is_withdrawn_after_release"] else ""
    return f"{said}.{withdrawn}"


def _lateness(row: Mapping[Hashable, Any]) -> str:
    if not row["is_missed"] or not _known(row["days_late"]):
        return ""
    days = int(row["days_late"])
    return f", {plural(days, 'day', 'days')} before the release" if days else ", that day"


def reason_lines(steps: pd.DataFrame) -> "pd.Series[str]":
    """Steps of the reasoning as lines, without their positions: finding, rule and source row.

    The finding on the status begins with its code, which readers see as words.
    """
    finding = steps["finding"].str.replace(
        rf"^({'|'.join(STATUS_WORDS)}): ", lambda code: f"{STATUS_WORDS[code[1]]}: ", regex=True
    )
    key = (" " + steps["source_key"]).fillna("")
    source = ("; source " + steps["source_table"] + key).fillna("")
    lines: pd.Series[str] = finding + " (rule " + steps["rule_id"] + source + ")"
    return lines


def _standing(row: Mapping[Hashable, Any]) -> str:
    """The status in words; whoever left in scope without a decision is told of as they left."""
    status = str(row["status"])
    if status != "OUT_OF_SCOPE" or row["scope_rule_id"] not in EXITS:
        return f"{STATUS_WORDS[status]}: {results.STATUS.meaning_of(status)}"
    is_removed = row["scope_rule_id"] == "exit.removed" and _known(row["removed_date"])
    on = f" on {_day(row['removed_date'])}" if is_removed else ""
    decided = "decided on only afterwards" if _known(row["considered_date"]) else NO_DECISION
    return f"{EXITS[row['scope_rule_id']]}{on}, {decided}"


def _sentence_lines(row: Mapping[Hashable, Any]) -> list[str]:
    lines = []
    if _known(row["sentence_date"]):
        lines.append(f"First sentenced: {_day(row['sentence_date'])}.")
    if _known(row["sentence_days"]):
        lines.append(
            f"Longest term that the rules count: {plural(row['sentence_days'], 'day', 'days')}."
        )
    if _known(row["offence_code"]):
        lines.append(f"Most serious offence: {c.OFFENCE.meaning_of(str(row['offence_code']))}.")
    if row["is_court_recommended"]:
        lines.append("A court recommended deportation.")
    return lines or ["Sentence: none recorded."]


def _release_line(row: Mapping[Hashable, Any]) -> str:
    if row["is_released"]:
        if not _known(row["release_date"]):
            return "Released on a day that is not recorded."
        return f"Released: {_day(row['release_date'])}."
    if row["status"] in {"DUE", "NOT_YET_DUE"} or row["is_in_custody"]:
        where = "In custody" if row["is_in_custody"] else "Not released"
        earliest = row["earliest_release_date"]
        passed = _known(row["days_to_release"]) and row["days_to_release"] < 0
        return (
            f"{where}; earliest release {_day(earliest)}"
            f"{', which has passed: may leave on any day' if passed else ''}; "
            f"consideration due by {_day(row['due_date'])}."
        )
    return ""


def _work_line(row: Mapping[Hashable, Any]) -> str:
    if not _known(row["case_id"]):
        return "Immigration case: none that is certainly of this person."
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
