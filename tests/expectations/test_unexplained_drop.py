"""Nobody drops off a headline list by a rule, the model or the code, unless somebody answers."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import AS_OF
from expectations import suite
from expectations.results.result_movement import MOST_PEOPLE
from jobs.check import check_results_of_night
from jobs.contract import results
from tests.expectations.test_result_checks import Facts, facts_of_a_night, rows

CHECK = "nightly.movement.unexplained_drop"
OPENING = 400


def night_with(
    left: dict[str, int], *, changes: tuple[dict[str, Any], ...] = (), opening: int = OPENING
) -> Facts:
    """A night on which so many left the missed by each cause, and as many came in by the same."""
    moved = [
        {"figure_id": "missed.total", "episode_id": f"{cause} {n} {change}", "cause": cause,
         "change": change}
        for cause, many in left.items()
        for n in range(many)
        for change in (-1, 1)
    ]  # fmt: skip
    bridge = {"figure_id": "missed.total", "opening": opening, "closing": opening,
              "before_as_of_date": pd.Timestamp("2006-04-24"),
              "basis": "assessed_again"}  # fmt: skip
    return facts_of_a_night() | {
        "nightly.movement": rows(results.MOVEMENT, *moved),
        "nightly.bridges": rows(results.BRIDGES, bridge),
        "nightly.overrides": rows(
            results.OVERRIDES,
            *({"override_key": str(n), "state": "APPLIED", "is_new": True,
               "expires_date": pd.Timestamp("2006-12-01"), **change}
              for n, change in enumerate(changes)),
        ),
    }  # fmt: skip


def observed(facts: Facts) -> float | None:
    """How many left unanswered for; None where the check holds."""
    (asked,) = (check for check in suite().on_results if check.id == CHECK)
    alone = replace(suite(), on_registers=(), on_results=(asked,))
    checked = check_results_of_night(facts=facts, as_of=AS_OF, suite=alone)
    (found,) = checked.results.to_dict("records")
    assert found["severity"] == "critical"
    return None if found["passed"] else float(found["observed"])


CAUSES = [
    pytest.param({"rule_changed": 5}, 5, id="by a rule"),
    pytest.param({"model_changed": 5}, 5, id="by the model"),
    pytest.param({"code_changed": 5}, 5, id="by the code"),
    pytest.param({"rule_changed": 2, "code_changed": 3}, 5, id="by both"),
    pytest.param({"rule_changed": 4}, None, id="one in a hundred"),
    pytest.param({"consideration_recorded": 90, "left_register": 90}, None, id="the registers"),
    pytest.param({"reviewers_decision": 90}, None, id="a decision that two people stand for"),
    pytest.param({}, None, id="nobody"),
]


@pytest.mark.parametrize(("left", "wanted"), CAUSES)
def test_who_leaves_by_no_act_on_record_is_counted(
    left: dict[str, int], wanted: int | None
) -> None:
    assert observed(night_with(left)) == wanted


def test_of_a_long_list_no_more_than_ten_leave_unseen() -> None:
    most = {"model_changed": MOST_PEOPLE}
    assert observed(night_with(most, opening=100_000)) is None
    assert observed(night_with({"model_changed": MOST_PEOPLE + 1}, opening=100_000)) == 11


def test_of_a_short_list_nobody_does() -> None:
    assert observed(night_with({"code_changed": 1}, opening=50)) == 1


CONFIRMED = [
    pytest.param({"confirmed_off": 60}, None, id="as many as were shown"),
    pytest.param({"confirmed_off": 50}, 10, id="ten more than were shown"),
    pytest.param({"confirmed_off": None}, 60, id="the effect was not measured"),
    pytest.param({"confirmed_off": 60, "is_new": False}, 60, id="it held the night before"),
    pytest.param({"confirmed_off": 60, "state": "WAITS"}, 60, id="it is not applied"),
]


@pytest.mark.parametrize(("change", "wanted"), CONFIRMED)
def test_what_a_second_person_was_shown_is_answered_for(
    change: dict[str, Any], wanted: int | None
) -> None:
    assert observed(night_with({"rule_changed": 60}, changes=(change,))) == wanted


def test_a_change_of_the_rules_answers_for_no_other_cause() -> None:
    facts = night_with({"code_changed": 60}, changes=({"confirmed_off": 60},))
    assert observed(facts) == 60
