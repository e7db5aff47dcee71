"""What the site changed of the rules, in sentences: for pages, emails and each episode."""

from collections.abc import Hashable, Mapping
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import day_text, plural
from jobs.report.published import ALL, Frames, if_held
from jobs.runtime.outgoing import clean

APPLIED: Final = "APPLIED"
_LEFT_OUT: Final = {
    "NOT_REGISTERED": "is in the site's file, and nobody has registered it",
    "WAITS": "waits for a second person",
    "EXPIRED": "has expired",
    "OUT_OF_REACH": "ends more than a year after this night",
    "UNFIT": "fits no rule of this software, or leaves the bounds of its rule",
}
"""Why a change is not applied."""


def change_notices(facts: Frames) -> tuple[str, ...]:
    """A sentence or two on each change of the rules, applied or not; none on a night without."""
    lines = list(notices_by_change(facts).values())
    table = if_held(results.OVERRIDES, facts)
    if table is not None and int(table["state"].eq(APPLIED).sum()) > 1:
        lines.append(_together(facts))
    return tuple(lines)


def notices_by_change(facts: Frames) -> dict[str, str]:
    """The same by change and state: what is said of one changes with every night's numbers."""
    table = if_held(results.OVERRIDES, facts)
    if table is None or table.empty:
        return {}
    rows = table.sort_values(["state", "override_key"]).to_dict("records")
    return {
        f"{row['override_key']} {row['state']}": clean(
            _applied(row) if row["state"] == APPLIED else _left_out(row)
        )
        for row in rows
    }


def change_lines(episode_id: str, facts: Frames) -> list[str]:
    """What the changes of the rules did to one episode, or that they left it as it was."""
    table, moved = (if_held(t, facts) for t in (results.OVERRIDES, results.OVERRIDDEN))
    if table is None or moved is None:
        return []
    applied = table[table["state"].eq(APPLIED)].sort_values("override_key").to_dict("records")
    rows = moved[moved["episode_id"].eq(episode_id)].to_dict("records")
    mine = {str(row["override_key"]): row for row in rows}
    lines = []
    for row in applied:
        lines.append(_applied(row))
        if row["override_key"] in mine:
            lines.append(f"It alone moved this episode: {_moves(mine[row['override_key']])}")
    if len(applied) > 1 and ALL in mine:
        lines.append(f"All changes together moved this episode: {_moves(mine[ALL])}")
    if applied and ALL not in mine:
        lines.append("This episode is on the lists on which the shipped rules have it.")
    return [clean(line) for line in lines]


def moved_by_site(facts: Frames) -> dict[str, str]:
    """By episode, what all changes of the rules together did to it; only those that they moved."""
    moved = if_held(results.OVERRIDDEN, facts)
    if moved is None:
        return {}
    total = moved[moved["is_total"].astype("bool")]
    return {
        str(row["episode_id"]): f"The site's own rules moved this episode: {_moves(row)}"
        for row in total.to_dict("records")
    }


def _moves(row: Mapping[Any, Any]) -> str:
    parts = []
    if not pd.isna(row["lists_left"]):
        parts.append(f"off the list ({row['lists_left']})")
    if not pd.isna(row["lists_joined"]):
        parts.append(f"onto the list ({row['lists_joined']})")
    return f"{' and '.join(parts)}; by the shipped rules it is {row['shipped_status']}."


def _together(facts: Frames) -> str:
    moved = results.OVERRIDDEN.of(facts)
    moved = moved[moved["is_total"].astype("bool")]
    off, on = (int(moved[name].sum()) for name in ("is_taken_off", "is_put_on"))
    return (
        f"All changes of the rules together took {plural(off, 'episode', 'episodes')} off a list "
        f"and put {plural(on, 'episode', 'episodes')} on one."
    )


def _applied(row: Mapping[Hashable, Any]) -> str:
    off, on, serious = (int(row[n]) for n in ("people_off", "people_on", "serious_off"))
    graver = f", {serious:,} of them with a serious offence" if serious else ""
    return (
        f"The site changes the rule {_change(row)}. Tonight that took "
        f"{plural(off, 'person', 'people')} off a list{graver}, and put "
        f"{plural(on, 'person', 'people')} on one. {_why(row)} Registered by "
        f"{row['registered_by']} on {_day(row['registered_date'])}, confirmed by "
        f"{row['confirmed_by']} on {_day(row['confirmed_date'])} (change {row['override_key']})."
    )


def _left_out(row: Mapping[Hashable, Any]) -> str:
    by = "" if pd.isna(row["registered_by"]) else f" Registered by {row['registered_by']}."
    return (
        f"Not applied: the change of the rule {_change(row)} {_LEFT_OUT[str(row['state'])]}. "
        f"{_why(row)}{by}"
    )


def _change(row: Mapping[Hashable, Any]) -> str:
    return f"{row['rule_id']} ({row['change']}, until {_day(row['expires_date'])})"


def _why(row: Mapping[Hashable, Any]) -> str:
    reason = str(row["reason"]).strip().rstrip(".")
    return f"Owner, as typed: {row['owner']}; reason: {reason}."


def _day(value: Any) -> str:
    return day_text(None if pd.isna(value) else value.date())
