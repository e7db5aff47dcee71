"""What the site changes of the rules is told with who stands for it and whom it moved."""

from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.positions import frame
from jobs.contract import results
from jobs.report.lists.rule_changes import change_lines, change_notices, moved_by_site

DAY = pd.Timestamp("2006-04-20")
APPLIED: dict[str, Any] = {
    "override_key": "3", "state": "APPLIED", "rule_id": "consideration.due",
    "change": "months before release 12 to 6", "owner": "Nobody", "reason": "agreed.",
    "expires_date": pd.Timestamp("2006-12-01"), "registered_by": "anna", "registered_date": DAY,
    "confirmed_by": "rob", "confirmed_date": DAY + pd.Timedelta(days=1), "people_off": 1_647,
    "people_on": 1, "serious_off": 12,
}  # fmt: skip
SAID = (
    "The site changes the rule consideration.due (months before release 12 to 6, until 1 December "
    "2006). Tonight that took 1,647 people off a list, 12 of them with a serious offence, and put "
    "1 person on one. Owner, as typed: Nobody; reason: agreed. Registered by anna on 20 April "
    "2006, confirmed by rob on 21 April 2006 (change 3)."
)


def facts(*changes: dict[str, Any], moved: tuple[dict[str, Any], ...] = ()) -> Any:
    return {
        results.OVERRIDES.full_name: frame(results.OVERRIDES, changes),
        results.OVERRIDDEN.full_name: frame(results.OVERRIDDEN, moved),
    }


def off(key: str, episode: str) -> dict[str, Any]:
    return {
        "override_key": key, "episode_id": episode, "is_total": key == "(all)",
        "is_taken_off": True, "lists_left": "in scope; due", "shipped_status": "DUE",
    }  # fmt: skip


def test_a_change_is_told_with_both_people_and_its_effect() -> None:
    assert change_notices(facts(APPLIED)) == (SAID,)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("NOT_REGISTERED", "is in the site's file, and nobody has registered it"),
        ("WAITS", "waits for a second person"),
        ("EXPIRED", "has expired"),
        ("OUT_OF_REACH", "ends more than a year after this night"),
        ("UNFIT", "fits no rule of this software, or leaves the bounds of its rule"),
    ],
)
def test_a_change_that_is_not_applied_says_why(state: str, why: str) -> None:
    nobody = {"registered_by": None, "people_off": None, "people_on": None, "serious_off": None}
    (said,) = change_notices(facts({**APPLIED, **nobody, "state": state}))
    assert said.startswith("Not applied: the change of the rule consideration.due (")
    assert why in said
    assert said.endswith("Owner, as typed: Nobody; reason: agreed.")


def test_a_night_of_the_shipped_rules_says_nothing() -> None:
    assert change_notices(facts()) == ()
    assert change_notices({}) == ()
    assert change_lines("E1", {}) == []
    assert moved_by_site({}) == {}


def test_several_changes_are_summed_by_what_they_did_together() -> None:
    moved = (off("(all)", "E1"), off("(all)", "E2"))
    told = change_notices(facts(APPLIED, {**APPLIED, "override_key": "4"}, moved=moved))
    assert told[2] == (
        "All changes of the rules together took 2 episodes off a list and put 0 episodes on one."
    )


def test_an_episode_is_told_what_was_done_to_it() -> None:
    night = facts(APPLIED, moved=(off("(all)", "E1"), off("3", "E1")))
    moved = "off the list (in scope; due); by the shipped rules it is DUE."
    assert change_lines("E1", night) == [SAID, f"It alone moved this episode: {moved}"]
    assert change_lines("E2", night) == [
        SAID,
        "This episode is on the lists on which the shipped rules have it.",
    ]
    assert moved_by_site(night) == {"E1": f"The site's own rules moved this episode: {moved}"}
