"""Flags with their rules, deadlines, and the one outcome of everybody released unconsidered."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, assess_all, decision, gather
from jobs.contract.results import FLAGS, OUTCOME


def flags(told: Story) -> dict[str, Any]:
    frame = assess_all(told).flags.set_index("episode_id")
    FLAGS.arrow(frame.reset_index())
    row = frame.loc["E1"].to_dict()
    return {name: None if pd.isna(value) else value for name, value in row.items()}


def sentenced(day: date, *terms: dict[str, Any], **changes: Any) -> Story:
    passed = tuple({"sentence_date": day, "offence_date": day, **term} for term in terms)
    given = {
        "night": date(2022, 6, 1),
        "movements": (),
        "sentences": passed,
        "episode": {"reception_date": day, "sentence_start_date": day},
    }
    return Story(**{**given, **changes})


NEW = date(2010, 6, 1)
YEAR = {"term_months": 12}

BEFORE = date(2008, 3, 3)


def out(day: date | None) -> dict[str, Any]:
    release = {"movement_type": "REL", "movement_reason": "CR", "movement_date": day}
    return {"movements": (release,)}


DUTIES = [
    pytest.param(sentenced(NEW, YEAR), True, None, id="one year"),
    pytest.param(sentenced(NEW, {"term_months": 11}), False, None, id="eleven months"),
    pytest.param(sentenced(BEFORE, YEAR, **out(date(2008, 7, 31))), False, None,
                 id="released the day before the duty began"),
    pytest.param(sentenced(date(2008, 8, 1), YEAR), True, None, id="the first day of the duty"),
    pytest.param(sentenced(NEW, {"term_months": 6}, {"term_months": 6,
                                                     "consecutive_to_sequence": 1}), False, None,
                 id="a year only by adding consecutive sentences"),
    pytest.param(sentenced(NEW, YEAR, nationality="FRANCE"), False, "exemption.treaty-rights",
                 id="treaty rights"),
    pytest.param(sentenced(date(2021, 3, 1), YEAR, nationality="FRANCE"), True, None,
                 id="conduct after the treaty rights ended"),
    pytest.param(sentenced(NEW, YEAR, born=date(1992, 6, 2)), False, "exemption.under-18",
                 id="17 at conviction"),
    pytest.param(sentenced(NEW, YEAR, born=date(1992, 6, 1)), True, None,
                 id="18 on the day of conviction"),
    pytest.param(sentenced(NEW, {"calculation_type": "HOSP"}), False, "exemption.mental-health",
                 id="hospital order"),
    pytest.param(sentenced(NEW, YEAR, cases=({**REFERRED, "stage": "EXEMPT"},)), False,
                 "exemption.recorded", id="exempt on the record of the linked case"),
    pytest.param(sentenced(NEW, YEAR, cases=({**REFERRED, "stage": "EXEMPT"},), link="review"),
                 True, None, id="exempt on the record of a possible match"),
    pytest.param(sentenced(NEW, YEAR, movements=({"movement_type": "REL", "movement_reason": "EX",
                                                  "movement_date": date(2011, 1, 1)},)), False,
                 "exemption.extradition", id="extradited"),
    pytest.param(sentenced(NEW, YEAR, movements=({"movement_type": "REL",
                                                  "movement_date": date(2011, 1, 1)},),
                           episode={"reception_date": NEW, "sentence_start_date": NEW,
                                    "last_movement_reason": "EX"}), False,
                 "exemption.extradition", id="extradited by the row of the episode alone"),
    pytest.param(sentenced(NEW, {"calculation_type": "SUSP", "term_months": 18,
                                 "activated_date": date(2011, 1, 1)}), True, None,
                 id="suspended and activated"),
    pytest.param(sentenced(NEW, {"calculation_type": "SUSP", "term_months": 18}), False, None,
                 id="suspended only"),
]  # fmt: skip
gather(DUTIES)


HELD_OVER = [
    pytest.param(sentenced(BEFORE, YEAR), True, id="in custody still"),
    pytest.param(sentenced(BEFORE, YEAR, **out(date(2008, 8, 1))), True,
                 id="released on the day on which the duty began"),
    pytest.param(sentenced(BEFORE, YEAR, **out(date(2008, 7, 31))), False,
                 id="released the day before"),
    pytest.param(sentenced(BEFORE, YEAR, **out(None)), True, id="released, nobody knows when"),
    pytest.param(sentenced(BEFORE, YEAR, night=date(2008, 7, 31)), False,
                 id="the night before the duty began"),
    pytest.param(sentenced(BEFORE, YEAR, night=date(2008, 8, 1)), True,
                 id="the night on which the duty began"),
    pytest.param(sentenced(BEFORE, {"term_months": 11}), False, id="eleven months"),
    pytest.param(sentenced(BEFORE, YEAR, nationality="BRIT"), None, id="British"),
    pytest.param(sentenced(BEFORE, YEAR, cases=(REFERRED,),
                           events=(decision(date(2008, 7, 31)),)), False,
                 id="decided to pursue before the duty began"),
    pytest.param(sentenced(BEFORE, YEAR, cases=(REFERRED,),
                           events=(decision(date(2008, 8, 1)),)), True,
                 id="decided to pursue on the day on which the duty began"),
    pytest.param(sentenced(BEFORE, YEAR, cases=(REFERRED,), events=(
        decision(date(2008, 7, 31), event_type="DECISION_NOT_PURSUE"),)), True,
                 id="decided not to pursue before the duty began"),
    pytest.param(sentenced(BEFORE, YEAR, cases=(REFERRED,), events=(
        {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": date(2008, 7, 31)},)), False,
                 id="an order signed before the duty began"),
]  # fmt: skip
gather(HELD_OVER)


@pytest.mark.parametrize(("told", "duty"), HELD_OVER)
def test_the_duty_holds_for_those_in_custody_when_it_began(told: Story, duty: bool | None) -> None:
    found = assess_all(told).flags.set_index("episode_id")
    if duty is None:
        assert found.empty
        return
    assert found.loc["E1", "is_duty_to_deport"] == duty
    assert (found.loc["E1", "duty_rule_id"] == "duty.transitional") is duty


@pytest.mark.parametrize(("told", "duty", "exemption"), DUTIES)
def test_the_duty_to_deport_and_its_exceptions(
    told: Story, duty: bool, exemption: str | None
) -> None:
    found = flags(told)
    assert (found["is_duty_to_deport"], found["exemption_rule_id"]) == (duty, exemption)
    assert found["duty_rule_id"] == ("duty.condition-1" if duty else None)
    assert found["is_exempt"] is (exemption is not None)


def test_an_exemption_takes_the_duty_away_but_not_the_need_to_consider() -> None:
    found = flags(sentenced(NEW, {**YEAR, "offence_code": "THEFT"}, nationality="FRANCE"))
    assert (found["is_liable"], found["liability_rule_id"]) == (True, "duty.condition-1")
    assert (found["is_referral_met"], found["referral_rule_id"]) == (False, "referral.eea-length")


def test_somebody_simply_british_has_no_flags() -> None:
    assert assess_all(Story(nationality="BRIT")).flags.empty


DEADLINES = [
    pytest.param(date(2015, 10, 14), None, None, None, id="no deadline is asserted before"),
    pytest.param(date(2015, 10, 15), None, date(2015, 10, 29), True, id="ten working days"),
    pytest.param(date(2015, 12, 18), None, date(2016, 1, 6), True,
                 id="Christmas, Boxing Day and New Year do not count"),
    pytest.param(date(2016, 3, 18), date(2016, 4, 5), date(2016, 4, 5), False,
                 id="nor Good Friday and Easter Monday"),
    pytest.param(date(2016, 3, 18), date(2016, 4, 6), date(2016, 4, 5), True, id="a day late"),
    pytest.param(date(2022, 5, 20), None, date(2022, 6, 7), False, id="not passed yet"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "referred", "due", "late"), DEADLINES)
def test_ten_working_days_to_refer(
    day: date, referred: date | None, due: date | None, late: bool | None
) -> None:
    cases = ({"referral_received_date": referred, "opened_date": referred},) if referred else ()
    found = flags(sentenced(day, YEAR, cases=cases))
    assert found["referral_due_date"] == (pd.Timestamp(due) if due else None)
    assert found["is_referred_late"] == late


AT_ONCE = [
    pytest.param(date(2018, 1, 2), 62, date(2018, 1, 2), id="release in thirty days: at once"),
    pytest.param(date(2018, 1, 2), 63, date(2018, 1, 16), id="release in thirty-one days"),
    pytest.param(date(2018, 1, 1), 60, date(2018, 1, 1), id="the first day of the notice of all"),
    pytest.param(date(2017, 12, 31), 366, date(2018, 1, 15), id="the day before, a longer term"),
]


@pytest.mark.parametrize(("day", "days", "due"), AT_ONCE)
def test_notice_is_due_at_once_where_release_is_near(day: date, days: int, due: date) -> None:
    found = flags(sentenced(day, {"term_days": days}))
    assert found["referral_due_date"] == pd.Timestamp(due)


def test_before_the_notice_of_all_nobody_is_due_at_once() -> None:
    recommended = {"reception_date": date(2017, 12, 29), "imprisonment_status": "REC_DEP"}
    found = flags(sentenced(date(2017, 12, 29), {"term_days": 60}, episode=recommended))
    assert found["referral_due_date"] == pd.Timestamp(2018, 1, 15)


ALERTS = [(365, 365), (181, 365), (180, 180), (91, 180), (90, 90), (30, 30), (7, 7), (1, 7),
          (0, 0), (-3, 0)]  # fmt: skip


@pytest.mark.parametrize(("ahead", "alert"), ALERTS)
def test_an_alert_is_raised_at_each_step_before_release(ahead: int, alert: int) -> None:
    night = date(2006, 4, 25)
    release = (pd.Timestamp(night) + pd.Timedelta(days=ahead)).date()
    told = HELD.but(sentences=({"term_months": 120},), episode={"confirmed_release_date": release})
    assert flags(told)["alert_days"] == alert


def test_no_alert_is_raised_a_day_before_the_first_step() -> None:
    release = (pd.Timestamp(HELD.night) + pd.Timedelta(days=366)).date()
    told = HELD.but(sentences=({"term_months": 120},), episode={"confirmed_release_date": release})
    assert flags(told)["alert_days"] is None


def test_no_alert_once_somebody_is_considered() -> None:
    told = HELD.but(cases=(REFERRED,), events=(decision(date(2006, 1, 1)),))
    assert flags(told)["alert_days"] is None


BY_DAY = [
    pytest.param(date(2004, 6, 13), None, None, id="before the first scheme"),
    pytest.param(date(2004, 6, 14), None, date(2006, 4, 17), id="135 days, as known in 2004"),
    pytest.param(date(2006, 4, 25), None, date(2006, 4, 18), id="135 with the last, from 2005"),
    pytest.param(date(2025, 12, 1), None, date(2006, 4, 18), id="a later scheme changes nothing"),
    pytest.param(date(2025, 12, 1), date(2006, 8, 1), date(2006, 4, 18), id="nor after release"),
]  # fmt: skip


@pytest.mark.parametrize(("night", "left", "opens"), BY_DAY)
def test_the_scheme_of_the_day_lets_somebody_leave(
    night: date, left: date | None, opens: date | None
) -> None:
    move = {"movement_type": "REL", "movement_reason": "CR", "movement_date": left}
    found = flags(HELD.but(night=night, movements=(move,) if left else ()))
    assert found["early_removal_date"] == (pd.Timestamp(opens) if opens else None)


SCHEMES = [
    pytest.param(date(2010, 6, 1), 12, date(2010, 8, 31), id="2010: half of half a year"),
    pytest.param(date(2010, 6, 1), 60, date(2012, 3, 5), id="2010: 270 days with the last"),
    pytest.param(date(2020, 10, 1), 60, date(2022, 6, 28), id="a year, from its first day"),
    pytest.param(date(2022, 6, 28), 60, date(2023, 12, 26), id="a year before the release"),
]  # fmt: skip


@pytest.mark.parametrize(("day", "months", "opens"), SCHEMES)
def test_every_scheme_asks_for_time_served(day: date, months: int, opens: date) -> None:
    term = {"term_months": months, "calculation_type": "ADIMP_1991"}
    found = flags(sentenced(day, term, night=date(2024, 1, 1)))
    assert found["early_removal_date"] == pd.Timestamp(opens)


def test_somebody_with_three_months_is_not_removed_on_the_day_of_the_sentence() -> None:
    recommended = {"imprisonment_status": "REC_DEP", "reception_date": NEW}
    found = flags(sentenced(NEW, {"term_months": 3}, episode=recommended))
    assert found["early_removal_date"] == pd.Timestamp(2010, 6, 23)


LATER_SCHEMES = [
    pytest.param(date(2024, 2, 1), 24, date(2024, 8, 1), id="545 days, but half of the period"),
    pytest.param(date(2024, 2, 1), 72, date(2025, 8, 4), id="545 days, half is served by then"),
    pytest.param(date(2025, 9, 22), 72, date(2025, 8, 4), id="545 days, the last day"),
    pytest.param(date(2025, 9, 23), 72, date(2025, 8, 4), id="30 per cent came too late"),
    pytest.param(date(2025, 9, 23), 84, date(2025, 9, 23), id="30 per cent, from its first day"),
    pytest.param(date(2025, 9, 23), 180, date(2027, 8, 2), id="four years before its end"),
]  # fmt: skip


@pytest.mark.parametrize(("night", "months", "opens"), LATER_SCHEMES)
def test_early_removal_asks_for_a_share_of_the_period_from_2024(
    night: date, months: int, opens: date
) -> None:
    told = sentenced(date(2024, 2, 1), {"term_months": months, "calculation_type": "ADIMP_1991"},
                     night=night)  # fmt: skip
    assert flags(told)["early_removal_date"] == pd.Timestamp(opens)


def test_early_removal_asks_for_half_of_the_period_from_2024() -> None:
    told = sentenced(date(2024, 2, 1), {"term_months": 24}, night=date(2024, 3, 1))
    assert flags(told)["early_removal_date"] == pd.Timestamp(2024, 8, 1)


RESTRICTIONS = [
    pytest.param({}, None, id="nothing"),
    pytest.param({"detentions": ({"start_date": date(2004, 11, 30)},)}, date(2004, 11, 30),
                 id="detained the day before release"),
    pytest.param({"detentions": ({"start_date": date(2004, 12, 2)},)}, None,
                 id="detained the day after release"),
    pytest.param({"bails": ({"granted_date": RELEASED},)}, RELEASED, id="bailed on release"),
    pytest.param({"bails": ({"granted_date": date(2004, 2, 1)},)}, None,
                 id="bailed before the sentence"),
    pytest.param({"events": ({"event_type": "DETENTION_AUTHORISED",
                              "occurred_date": date(2004, 10, 1)},)}, date(2004, 10, 1),
                 id="detention authorised"),
    pytest.param({"events": ({"event_type": "MONITORING_ORDERED",
                              "occurred_date": RELEASED},)}, RELEASED,
                 id="electronic monitoring ordered on the day of release"),
    pytest.param({"events": ({"event_type": "MONITORING_ORDERED",
                              "occurred_date": date(2004, 12, 2)},)}, None,
                 id="electronic monitoring ordered the day after"),
    pytest.param({"events": ({"event_type": "RESTRICTION_ORDERED",
                              "occurred_date": date(2004, 3, 1)},)}, date(2004, 3, 1),
                 id="a restriction ordered on the day of the sentence"),
    pytest.param({"events": ({"event_type": "RESTRICTION_ORDERED",
                              "occurred_date": date(2004, 2, 29)},)}, None,
                 id="a restriction ordered the day before"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "day"), RESTRICTIONS)
def test_a_restriction_before_release_is_looked_for(
    changes: dict[str, Any], day: date | None
) -> None:
    found = flags(Story(cases=(REFERRED,), **changes))
    assert found["restriction_date"] == (pd.Timestamp(day) if day else None)
    assert found["is_restriction_missing"] is (day is None)


def ended(**case: Any) -> Story:
    return Story(cases=({**REFERRED, **case},))


UNDATED = ({"movement_type": "REL", "movement_reason": "CR"},)
OUTCOMES = [
    pytest.param(ended(), "IN_PROCESS", id="the case goes on"),
    pytest.param(Story(), "NOT_SOUGHT", id="nobody is linked, so nobody has looked"),
    pytest.param(Story(there={"located_status": "LOCATED"}), "NO_CASE",
                 id="known to the service, which holds no case"),
    pytest.param(Story(there={}, cases=({**REFERRED, "case_type": "ASYLUM"},)), "NO_CASE",
                 id="a case of another kind is none"),
    pytest.param(Story(there={"located_status": "NOT_LOCATED"}), "NOT_LOCATED",
                 id="looked for in vain, without a case"),
    pytest.param(ended(closed_date=date(2006, 4, 25)), "CLOSED", id="closed on the night"),
    pytest.param(ended(closed_date=date(2006, 4, 26)), "IN_PROCESS", id="closed the day after"),
    pytest.param(Story(movements=UNDATED), "NO_RELEASE_DATE", id="no date, nobody linked"),
    pytest.param(Story(movements=UNDATED, cases=(REFERRED,)), "NO_RELEASE_DATE",
                 id="no date, the case goes on"),
    pytest.param(ended(stage="REMOVED"), "DEPORTED", id="removed by stage"),
    pytest.param(ended(outcome="DEPORTED"), "DEPORTED", id="deported by outcome"),
    pytest.param(Story(cases=(REFERRED,), removals=({"removed_date": date(2005, 3, 1)},)),
                 "DEPORTED", id="a removal on record"),
    pytest.param(Story(cases=(REFERRED,), removals=({"removed_date": date(2003, 3, 1)},)),
                 "IN_PROCESS", id="a removal before the sentence is another one"),
    *(
        pytest.param(ended(stage=stage), "ALLOWED_TO_STAY", id=f"stage {stage}")
        for stage in ("LEAVE_GRANTED", "EXEMPT", "NO_ACTION")
    ),
    pytest.param(ended(outcome="ALLOWED_TO_STAY"), "ALLOWED_TO_STAY", id="allowed to stay"),
    pytest.param(Story(cases=(REFERRED,), events=(
        decision(date(2006, 1, 1), event_type="DECISION_NOT_PURSUE"),)), "ALLOWED_TO_STAY",
                 id="decided late not to pursue"),
    pytest.param(Story(cases=(REFERRED,), events=(decision(date(2006, 1, 1)),)), "IN_PROCESS",
                 id="decided late to pursue"),
    pytest.param(ended(outcome="DIED"), "DIED", id="died by outcome"),
    pytest.param(Story(there={"died_date": date(2005, 5, 1)}, cases=(REFERRED,)), "DIED",
                 id="died by the linked record"),
    pytest.param(Story(there={"located_status": "NOT_LOCATED"}, cases=(REFERRED,)), "NOT_LOCATED",
                 id="not to be found"),
    pytest.param(Story(cases=(REFERRED,), detentions=({"start_date": date(2006, 1, 1)},)),
                 "IN_CUSTODY", id="in detention"),
    pytest.param(Story(cases=(REFERRED,), detentions=({"start_date": date(2006, 1, 1),
                                                       "end_date": date(2006, 2, 1)},)),
                 "IN_PROCESS", id="detention over"),
    pytest.param(Story(cases=(REFERRED,), detentions=({},)), "IN_CUSTODY",
                 id="in detention, nobody knows since when"),
    pytest.param(Story(cases=(REFERRED,), detentions=({"start_date": date(2006, 4, 26)},)),
                 "IN_PROCESS", id="detention from tomorrow"),
]  # fmt: skip
gather(OUTCOMES)


@pytest.mark.parametrize(("told", "outcome"), OUTCOMES)
def test_everybody_released_unconsidered_has_one_outcome(told: Story, outcome: str) -> None:
    found = flags(told)
    assert found["outcome"] == outcome
    assert found["outcome_rule_id"] == f"outcome.{outcome.lower().replace('_', '-')}"
    assert outcome in OUTCOME


def test_somebody_considered_in_time_has_no_outcome() -> None:
    told = Story(cases=(REFERRED,), events=(decision(date(2004, 10, 1)),))
    found = flags(told)
    assert (found["outcome"], found["is_restriction_missing"]) == (None, False)
