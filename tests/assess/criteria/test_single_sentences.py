"""The duty asks for one sentence that is long enough; what does not count brings none."""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import Story, decision, gather, tell
from tests.assess.decide.test_flags import NEW, flags, sentenced

SHORT: dict[str, Any] = {"term_months": 3}
LONG: dict[str, Any] = {"term_months": 18}

DUTIES = [
    pytest.param(sentenced(NEW, SHORT), False, id="a short one"),
    pytest.param(sentenced(NEW, SHORT, LONG), True, id="a long one beside it"),
    pytest.param(sentenced(NEW, LONG, SHORT), True, id="a long one before it"),
    pytest.param(sentenced(NEW, SHORT, {**LONG, "calculation_type": "SUSP"}), False,
                 id="a long one that is suspended"),
    pytest.param(sentenced(NEW, SHORT, {**LONG, "calculation_type": "FINE"}), False,
                 id="a long one in default of a fine"),
    pytest.param(sentenced(NEW, {"term_days": 364}), False, id="364 days"),
    pytest.param(sentenced(NEW, {"term_days": 365}), True, id="365 days"),
    pytest.param(sentenced(NEW, {"term_months": 11, "term_days": 31}), True,
                 id="eleven months and a day more than the twelfth has"),
    pytest.param(sentenced(NEW, {"term_months": 11}, {"term_months": 11,
                                                     "consecutive_to_sequence": 1}), False,
                 id="two of eleven months, one after the other"),
    pytest.param(sentenced(NEW, SHORT, {"calculation_type": "LIFE"}), True, id="life beside it"),
    pytest.param(sentenced(NEW, {}), False, id="one without a term"),
    pytest.param(sentenced(NEW, LONG, {}), True, id="a long one, and one without a term"),
    pytest.param(sentenced(NEW, LONG, nationality="BRIT", second_nationality="NIGERIA",
                           episode={"reception_date": NEW, "sentence_start_date": NEW,
                                    "imprisonment_status": "REC_DEP"}), False, id="British"),
    pytest.param(sentenced(NEW, LONG, nationality="IRELAND"), True, id="Irish, before 2021"),
    pytest.param(sentenced(NEW, LONG, nationality=None), True, id="nationality missing"),
]  # fmt: skip
gather(DUTIES)


@pytest.mark.parametrize(("told", "duty"), DUTIES)
def test_one_long_sentence_that_counts_brings_the_duty(told: Story, duty: bool) -> None:
    found = flags(told)
    assert (found["is_duty_to_deport"] or found["is_exempt"]) is duty


def test_a_decision_in_a_case_that_was_closed_before_is_told_with_its_case() -> None:
    closed = {"opened_date": date(2003, 1, 1), "closed_date": date(2003, 6, 1)}
    found, _ = tell(Story(cases=(closed,), events=(decision(date(2004, 6, 1)),)))
    assert (found["status"], found["case_id"]) == ("CONSIDERED", "C1")
    assert str(found["referred_date"]) == "NaT"


def test_the_case_of_the_decision_is_told_and_not_another_referral() -> None:
    cases = ({"opened_date": date(2004, 4, 1)}, {"opened_date": date(2004, 5, 1)})
    event = decision(date(2004, 6, 1), case_id="C2")
    found, _ = tell(Story(cases=cases, events=(event,)))
    assert (found["status"], found["case_id"]) == ("CONSIDERED", "C2")
    assert found["referred_date"].date() == date(2004, 4, 1)


POSSIBLE = [
    pytest.param((date(2004, 10, 1), date(2005, 10, 1)), "C1", True, id="the first in time"),
    pytest.param((date(2005, 10, 1), date(2004, 10, 1)), "C2", True, id="the second in time"),
    pytest.param((date(2005, 10, 1), date(2005, 10, 1)), "C1", False, id="neither"),
]


@pytest.mark.parametrize(("days", "case", "in_time"), POSSIBLE)
def test_of_two_possible_cases_the_one_with_a_decision_in_time_is_shown(
    days: tuple[date, date], case: str, in_time: bool
) -> None:
    opened = {"opened_date": date(2004, 4, 1)}
    events = tuple(decision(day, case_id=f"C{n}") for n, day in enumerate(days, start=1))
    found, _ = tell(Story(cases=(opened, opened), events=events, link="review"))
    assert (found["possible_case_id"], found["is_possibly_considered"]) == (case, in_time)


def test_a_sentence_without_a_term_is_not_added_to_earlier_ones() -> None:
    earlier = [(date(2003, 1, 1), {"term_months": 6}), (date(2002, 1, 1), {"term_months": 6})]
    found, reasons = tell(Story(sentences=({},), earlier=earlier))
    assert found["scope_rule_id"] == "referral.undetermined"
    assert "referral.aggregate" not in set(reasons["rule_id"])


ON_THE_ROW = [
    ("PURSUE", "DECISION_PURSUE"),
    ("DEPORTED", "DECISION_PURSUE"),
    ("NOT_PURSUE", "DECISION_NOT_PURSUE"),
    ("ALLOWED_TO_STAY", "DECISION_NOT_PURSUE"),
    ("BRITISH", "DECISION_NOT_PURSUE"),
    ("DEFERRED", None),
    ("DIED", None),
    (None, None),
]


@pytest.mark.parametrize(("outcome", "kind"), ON_THE_ROW)
def test_what_was_decided_by_how_the_case_ended(outcome: str | None, kind: str | None) -> None:
    row = {"opened_date": date(2004, 4, 1), "considered_date": date(2004, 10, 1),
           "caseworker": "CW01", "outcome": outcome}  # fmt: skip
    found = tell(Story(cases=(row,)))[0]["decision"]
    assert (None if str(found) == "nan" else found) == kind
