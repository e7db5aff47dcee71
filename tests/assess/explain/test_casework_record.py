"""What stands on record beside decisions; appeals, removals and bail of the service."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import REFERRED, Story, assess_all, decision
from jobs.contract.results import CASEWORK

DAY = date(2004, 10, 1)
WITHDRAWN = {"event_type": "DECISION_WITHDRAWN", "occurred_date": date(2005, 1, 1)}
DEFERRAL = {"event_type": "DECISION_DEFERRED", "deferred_until_date": date(2005, 3, 1)}


def casework(told: Story, step: str) -> list[dict[str, Any]]:
    found = assess_all(told).casework
    CASEWORK.arrow(found)
    rows = found[found["step"].eq(step)].to_dict("records")
    return [{str(k): None if pd.isna(v) else v for k, v in row.items()} for row in rows]


def decided(*events: dict[str, Any], **case: Any) -> list[dict[str, Any]]:
    return casework(Story(cases=({**REFERRED, **case},), events=events), "DECISION")


def test_a_decision_is_told_with_caseworker_reason_recording_and_end() -> None:
    entered = datetime(2006, 4, 23, 23, 30, tzinfo=UTC)
    [row] = decided(decision(DAY, **DEFERRAL, recorded_at=entered, reason="  appeal‮ pending "))
    assert row["caseworker"] == "CW01"
    assert row["typed_reason"] == "appeal pending"
    assert row["recorded_date"] == pd.Timestamp(2006, 4, 24)
    assert row["until_date"] == pd.Timestamp(2005, 3, 1)
    assert (row["flaw"], row["is_first_decision"]) == (None, True)
    assert (row["step_key"], row["source_table"]) == ("V1", "immigration.events")


def test_a_decision_of_the_case_row_alone_has_the_reason_and_the_day_of_that_row() -> None:
    row = {"considered_date": DAY, "outcome": "NOT_PURSUE", "outcome_reason": "family life",
           "caseworker": "CW09", "recorded_at": datetime(2004, 10, 3, tzinfo=UTC)}  # fmt: skip
    [told] = decided(**row)
    assert (told["caseworker"], told["typed_reason"]) == ("CW09", "family life")
    assert told["recorded_date"] == pd.Timestamp(2004, 10, 3)
    assert (told["step_key"], told["source_table"]) == ("C1", "immigration.cases")


FLAWS = [
    pytest.param(decision(DAY), None, True, id="counts"),
    pytest.param(decision(DAY, caseworker=" "), "NO_CASEWORKER", False, id="nobody named"),
    pytest.param(decision(DAY, event_type="DECISION_DEFERRED"), "OPEN_DEFERRAL", False,
                 id="an open deferral"),
    pytest.param(decision(None), "UNDATED", False, id="no day"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "flaw", "is_first"), FLAWS)
def test_a_decision_that_does_not_count_says_why(
    event: dict[str, Any], flaw: str | None, is_first: bool
) -> None:
    [row] = decided(event)
    assert (row["flaw"], row["is_first_decision"]) == (flaw, is_first)


def test_a_decision_withdrawn_since_was_taken_all_the_same() -> None:
    [row] = decided(decision(DAY), WITHDRAWN)
    assert (row["flaw"], row["is_first_decision"]) == ("WITHDRAWN", True)


def test_of_two_decisions_in_a_case_the_earlier_counts_it() -> None:
    later = decision(date(2005, 5, 1), event_type="DECISION_NOT_PURSUE")
    rows = decided(later, decision(DAY))
    assert [row["step_date"] for row in rows if row["is_first_decision"]] == [pd.Timestamp(DAY)]


def test_no_episode_is_named_over_a_link_that_is_not_certain() -> None:
    told = Story(cases=(REFERRED,), events=(decision(DAY),), link="review")
    [row] = casework(told, "DECISION")
    assert (row["case_id"], row["episode_id"]) == ("C1", None)


APPEALS = [
    pytest.param({"lodged_date": DAY, "outcome": "DISMISSED", "outcome_date": date(2006, 4, 25)},
                 "DISMISSED", id="determined on the night"),
    pytest.param({"lodged_date": DAY, "outcome": "ALLOWED", "outcome_date": date(2006, 4, 26)},
                 None, id="determined later"),
    pytest.param({"lodged_date": DAY}, None, id="pending"),
]  # fmt: skip


@pytest.mark.parametrize(("appeal", "outcome"), APPEALS)
def test_an_appeal_is_told_as_it_stood(appeal: dict[str, Any], outcome: str | None) -> None:
    [row] = casework(Story(cases=(REFERRED,), appeals=(appeal,)), "APPEAL")
    assert row["appeal_outcome"] == outcome
    assert row["until_date"] == (pd.Timestamp(appeal["outcome_date"]) if outcome else None)


def test_an_appeal_of_a_later_day_is_not_known_yet() -> None:
    told = Story(cases=(REFERRED,), appeals=({"lodged_date": date(2006, 4, 26)},))
    assert casework(told, "APPEAL") == []


@pytest.mark.parametrize(
    ("power", "counts"),
    [("DEPORTATION", True), ("EARLY_REMOVAL", True), ("ADMINISTRATIVE", False), (None, False)],
)
def test_deportations_are_told_from_other_removals(power: str | None, counts: bool) -> None:
    removal = {"removed_date": DAY, "removal_type": power}
    [row] = casework(Story(cases=(REFERRED,), removals=(removal,)), "REMOVAL")
    assert row["is_deportation"] is counts


@pytest.mark.parametrize(("opposed", "counts"), [(True, True), (False, False), (None, False)])
def test_bail_over_an_objection_is_told_from_other_bail(opposed: bool | None, counts: bool) -> None:
    bail = {"granted_date": DAY, "bail_status": "ACTIVE", "is_opposed": opposed}
    [row] = casework(Story(cases=(REFERRED,), bails=(bail,)), "BAIL")
    assert row["is_opposed_bail"] is counts
