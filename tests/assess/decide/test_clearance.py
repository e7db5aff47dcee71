"""Which convictions a decision, an order or a finding clears, and which status follows."""

from datetime import date, timedelta
from typing import Any

import pytest

from benchmarks.samples.stories import HELD, NIGHT, RELEASED, Story, assess_all, decision
from tests.assess.decide.test_flags import sentenced

NEW = date(2004, 3, 1)
"""The day of the new conviction; an earlier one was of 2001."""
EARLIER = [(date(2001, 1, 1), {"term_months": 18})]
OLD_CASE = {"referral_received_date": date(2001, 2, 1), "caseworker": "CW01"}
NEVER, OPEN, LATE, DONE = (
    "NOT_REFERRED",
    "REFERRED_NOT_CONSIDERED",
    "CONSIDERED_LATE",
    "CONSIDERED",
)


def status(told: Story) -> Any:
    found = assess_all(told)
    return found.assessments.set_index("episode_id")["status"]["E1"]


def old_case(stage: str, closed: date, **row: Any) -> Story:
    return Story(
        earlier=EARLIER, cases=({**OLD_CASE, "stage": stage, "closed_date": closed, **row},)
    )


ONE_DAY = timedelta(days=1)
FINDINGS = [
    pytest.param(NEW - ONE_DAY, NEVER, id="closed before the new conviction"),
    pytest.param(NEW, DONE, id="closed on its day"),
    pytest.param(RELEASED, DONE, id="closed on the day of release"),
    pytest.param(RELEASED + ONE_DAY, LATE, id="closed the day after"),
]


@pytest.mark.parametrize("stage", ["EXEMPT", "LEAVE_GRANTED"])
@pytest.mark.parametrize(("closed", "wanted"), FINDINGS)
def test_a_finding_in_an_old_case_counts_by_its_day(stage: str, closed: date, wanted: str) -> None:
    assert status(old_case(stage, closed)) == wanted


def test_an_old_case_that_nobody_named_closed_clears_nobody() -> None:
    assert status(old_case("EXEMPT", NEW, caseworker=None)) == OPEN


def test_a_british_finding_in_time_leaves_nothing_to_verify() -> None:
    assert status(old_case("BRITISH", NEW)) == DONE
    assert status(old_case("BRITISH", RELEASED + ONE_DAY)) == "VERIFY_NATIONALITY"


FIRST, SECOND, BETWEEN = date(2009, 6, 1), date(2009, 9, 1), date(2009, 7, 1)
THEFT = {"sentence_date": FIRST, "term_months": 12, "offence_code": "THEFT"}


def convicted_twice(second: dict[str, Any], decided: date, nationality: str = "NIGERIA") -> Story:
    told = sentenced(FIRST, THEFT, nationality=nationality)
    return told.but(
        sentences=(THEFT, {"sentence_date": SECOND, **second}),
        cases=({"referral_received_date": FIRST},),
        events=(decision(decided),),
        movements=({"movement_type": "REL", "movement_reason": "CR",
                    "movement_date": date(2010, 1, 1)},),
    )  # fmt: skip


SECONDS = [
    pytest.param({"term_months": 2, "offence_code": "DRUGS"}, "NIGERIA", True, id="drugs"),
    pytest.param({"term_months": 2, "offence_code": "FIREARMS"}, "NIGERIA", True, id="guns"),
    pytest.param({"term_months": 2, "offence_code": "THEFT"}, "NIGERIA", False, id="a short theft"),
    pytest.param({"term_months": 12, "offence_code": "THEFT"}, "FRANCE", True, id="the duty"),
    pytest.param({"term_months": 11, "offence_code": "THEFT"}, "FRANCE", False,
                 id="not long enough for the duty"),
]  # fmt: skip


@pytest.mark.parametrize(("second", "nationality", "asks"), SECONDS)
def test_a_conviction_that_a_criterion_names_needs_a_decision_of_its_own(
    second: dict[str, Any], nationality: str, asks: bool
) -> None:
    assert status(convicted_twice(second, BETWEEN, nationality)) == (NEVER if asks else DONE)
    assert status(convicted_twice(second, SECOND, nationality)) == DONE


def test_of_sentences_added_up_the_last_must_have_been_taken_in() -> None:
    eight = {"term_months": 8, "offence_code": "THEFT"}
    told = convicted_twice(eight, BETWEEN)
    told = told.but(sentences=({**THEFT, "term_months": 8}, {"sentence_date": SECOND, **eight}))
    assert status(told) == NEVER
    assert status(told.but(events=(decision(SECOND),))) == DONE


def test_a_second_booking_takes_over_nothing_of_a_stay_that_lasts() -> None:
    """A month in a booking beside three years; decided on after it, the three years are decided."""
    told = HELD.but(
        sentences=({"term_months": 36},),
        earlier=[(date(2005, 1, 1), {"term_months": 1})],
        cases=({"referral_received_date": date(2005, 2, 1)},),
        events=(decision(date(2005, 3, 1)),),
    )
    assert status(told) == DONE


OUT = {"movement_type": "REL", "movement_reason": "CR", "movement_date": RELEASED}
BACK = {"movement_type": "ADM", "movement_reason": "24", "movement_date": date(2005, 9, 1)}
EXITS = [
    pytest.param("DD", id="removed"),
    pytest.param("DEC", id="died"),
    pytest.param("ET", id="moved to a removal centre"),
]


@pytest.mark.parametrize("reason", EXITS)
@pytest.mark.parametrize("returns", [(BACK,), ()], ids=["after a recall", "no return on record"])
def test_no_later_exit_undoes_a_missed_release(reason: str, returns: tuple[Any, ...]) -> None:
    end = {**OUT, "movement_reason": reason, "movement_date": date(2006, 1, 10)}
    found = assess_all(Story(movements=(OUT, *returns, end)))
    row = found.assessments.iloc[0]
    assert (row["status"], row["is_in_scope"]) == (NEVER, True)
    assert found.releases["is_missed"].tolist() == [True]


def test_an_undated_release_is_one_of_a_sentence_after_the_last_movement() -> None:
    """Remanded in 2003, sentenced in 2004, and out on a day that nobody recorded."""
    told = Story(episode={"reception_date": date(2003, 12, 1)}, is_admitted=False,
                 movements=({**OUT, "movement_date": None},))  # fmt: skip
    assert assess_all(told).releases["is_missed"].tolist() == [True]
    assert status(told) == NEVER


SUMMARY = [
    pytest.param((), NEVER, True, id="back inside and undecided: missed, and due again"),
    pytest.param((decision(date(2005, 2, 1)),), LATE, False, id="decided since: late, nothing due"),
]


@pytest.mark.parametrize(("events", "wanted", "is_due"), SUMMARY)
def test_the_worst_wins_and_due_stands_beside(
    events: tuple[Any, ...], wanted: str, is_due: bool
) -> None:
    told = HELD.but(
        episode={"status": "ACTIVE IN"},
        movements=(OUT, BACK),
        events=events,
        sentences=({"term_months": 36},),
        cases=({"referral_received_date": date(2005, 1, 15)},),
    )
    row = assess_all(told).assessments.iloc[0]
    assert (row["status"], row["is_due"]) == (wanted, is_due)


def test_a_deferral_that_ran_out_leaves_somebody_inside_due() -> None:
    deferral = {"event_type": "DECISION_DEFERRED", "reason": "appeal"}
    for until, wanted in ((NIGHT, DONE), (NIGHT - ONE_DAY, "DUE")):
        event = decision(date(2005, 1, 1), **deferral, deferred_until_date=until)
        assert status(HELD.but(cases=({"opened_date": NEW},), events=(event,))) == wanted
