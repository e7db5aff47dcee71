"""The sentences of the criteria, one by one: just inside, and just outside."""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import SENTENCED, Story, assess_all, gather, tell
from tests.assess.decide.test_flags import NEW, YEAR, flags, sentenced

IN, OUT = True, False
JAN, APR, JULY, OCT = (date(2004, month, 5) for month in (1, 4, 7, 10))
THEFT = {"offence_code": "THEFT"}


def in_turn(*passed: tuple[date, int], nationality: str = "NIGERIA", **changes: Any) -> Story:
    """Several thefts in one stay, each sentenced on its own day to so many months."""
    terms = tuple({"sentence_date": day, "term_months": n, **THEFT} for day, n in passed)
    return Story(nationality=nationality, sentences=terms, **changes)


def after_two(first: int, second: int, apart: bool = True) -> Story:
    """Six months now, after an earlier stay under two sentences, of one day or of two."""
    on = date(2002, 4, 1) if apart else date(2002, 1, 1)
    further = {"episode_id": "E00", "sentence_sequence": 2, "sentence_date": on,
               "term_months": second}  # fmt: skip
    earlier = [(date(2002, 1, 1), {"term_months": first})]
    return in_turn((SENTENCED, 6), earlier=earlier, also={"prison.sentences": [further]})


def term(nationality: str = "NIGERIA", **parts: Any) -> Story:
    return Story(nationality=nationality, sentences=({**THEFT, **parts},))


LENGTHS = [
    pytest.param(in_turn((JAN, 8), (APR, 8)), IN, id="eight in January and eight in April: 16"),
    pytest.param(in_turn((JAN, 8), (APR, 4)), IN, id="eight and four: 12"),
    pytest.param(in_turn((JAN, 8), (APR, 3)), OUT, id="eight and three: 11"),
    pytest.param(in_turn((JAN, 8), (JAN, 8)), OUT, id="eight and eight of one day"),
    pytest.param(in_turn((JAN, 4), (APR, 4), (JULY, 4)), IN, id="three of four"),
    pytest.param(in_turn((JAN, 3), (APR, 3), (JULY, 3), (OCT, 3)), OUT, id="four of three"),
    pytest.param(in_turn((JAN, 8), (APR, 8), nationality="FRANCE"), OUT, id="nothing of the EEA"),
    pytest.param(in_turn((JAN, 8), (APR, 8), nationality="UNKNOWN"), IN, id="nationality unclear"),
    pytest.param(after_two(3, 3), IN, id="two of an earlier stay and this: 12"),
    pytest.param(after_two(3, 2), OUT, id="two of an earlier stay and this: 11"),
    pytest.param(after_two(3, 3, apart=False), OUT, id="two of one day in an earlier stay: 9"),
    *(pytest.param(Story(sentences=({"term_months": 11, "term_days": days, "sentence_date": day,
                                     **THEFT},)), within, id=f"11 months {days} days from {day}")
      for day in (date(2003, 2, 1), date(2004, 2, 1), date(2004, 3, 1))
      for days, within in ((30, OUT), (31, IN))),
    pytest.param(term(term_weeks=52), OUT, id="52 weeks"),
    pytest.param(term(term_weeks=53), IN, id="53 weeks"),
    *(pytest.param(term(calculation_type=code, term_months=months), within,
                   id=f"{code}, {months} months")
      for code in ("YOI", "DTO", "SEC91_03", "SEC250") for months, within in ((12, IN), (11, OUT))),
    *(pytest.param(term(calculation_type=code), IN, id=f"{code}, without a fixed end")
      for code in ("SEC93", "HMPL", "DPP", "IPP", "LIFE", "HOSP")),
    *(pytest.param(term(code, term_months=months), within, id=f"{code}, {months} months")
      for code in ("BNO", "BOC", "BOTC", "BPP", "BRITSUB")
      for months, within in ((12, IN), (11, OUT))),
    pytest.param(term("BRIT", term_months=12), OUT, id="a British citizen"),
]  # fmt: skip
gather(LENGTHS)


@pytest.mark.parametrize(("told", "within"), LENGTHS)
def test_the_length_that_brings_into_scope(told: Story, within: bool) -> None:
    assert tell(told)[0]["is_in_scope"] is within


def given(offence: str | None, months: int, nationality: str = "NIGERIA", **more: Any) -> Story:
    """Sentenced on 2 August 2010."""
    passed = {"term_months": months, "offence_code": offence, **more}
    return sentenced(date(2010, 8, 2), passed, nationality=nationality)


OFFENCES = [
    pytest.param(given("DRUGS", 1), "referral.drugs", id="a month for drugs"),
    pytest.param(given("DRUGS_POSSESSION", 1), None, id="a month for possession only"),
    pytest.param(given("DRUGS_POSSESSION", 12), "referral.non-eea-length",
                 id="a year for possession only"),
    pytest.param(given("DRUGS", 1, calculation_type="SUSP"), None, id="suspended"),
    pytest.param(given("DRUGS", 1, calculation_type="FINE"), None, id="in default of a fine"),
    pytest.param(given("FIREARMS", 1), "referral.guns", id="a month for a gun"),
    pytest.param(given("ROBBERY", 1), None, id="a month for robbery"),
    pytest.param(given("DRUGS", 12, "FRANCE"), "referral.eea-serious", id="EEA, a year for drugs"),
    pytest.param(given("DRUGS", 11, "FRANCE"), None, id="EEA, eleven months for drugs"),
    pytest.param(given("DRUGS_POSSESSION", 12, "FRANCE"), None,
                 id="EEA, a year for possession only"),
    *(pytest.param(given(code, 12, "FRANCE"), "referral.eea-serious", id=f"EEA, a year for {code}")
      for code in ("RAPE", "SEX_CHILD", "ROBBERY", "ABH_GBH", "ARSON", "FIREARMS")),
    *(pytest.param(given(code, 11, "FRANCE"), None, id=f"EEA, eleven months for {code}")
      for code in ("RAPE", "ROBBERY")),
    *(pytest.param(given(code, 12, "FRANCE"), None, id=f"EEA, a year for {code}")
      for code in ("BURGLARY", "FRAUD", "THEFT")),
    pytest.param(given("BURGLARY", 24, "FRANCE"), "referral.eea-length",
                 id="EEA, two years for burglary"),
    pytest.param(given("BURGLARY", 23, "FRANCE"), None, id="EEA, a month less"),
    pytest.param(given("DRUGS", 60, "IRELAND"), None, id="Irish, five years for drugs"),
    pytest.param(given("DRUGS", 1, "UNKNOWN"), "referral.drugs", id="nationality unclear, drugs"),
]  # fmt: skip
gather(OFFENCES)


@pytest.mark.parametrize(("told", "rule"), OFFENCES)
def test_the_offence_that_meets_the_criteria_of_2010(told: Story, rule: str | None) -> None:
    # The duty to deport may hold besides: this asks of the criteria.
    found = flags(told)
    assert (found["is_referral_met"], found["referral_rule_id"] if rule else None) == (
        rule is not None, rule)  # fmt: skip


def moved(*moves: tuple[str, str, date]) -> Story:
    """A year from June 2010, with these movements."""
    rows = tuple(
        {"movement_type": kind, "movement_reason": reason, "movement_date": day}
        for kind, reason, day in moves
    )
    inside = {"reception_date": NEW, "sentence_start_date": NEW, "status": "ACTIVE IN"}
    return sentenced(NEW, YEAR, movements=rows, episode=inside)


TO_HOSPITAL = ("REL", "HP", date(2010, 8, 1))
HOSPITAL = [
    pytest.param(moved(TO_HOSPITAL), "exemption.mental-health", id="transferred under s47"),
    pytest.param(moved(TO_HOSPITAL, ("ADM", "INT", date(2010, 9, 1))), None, id="and back"),
    pytest.param(moved(TO_HOSPITAL, ("REL", "CR", date(2010, 11, 30))), None, id="and released"),
    pytest.param(moved(), None, id="in prison"),
]  # fmt: skip
gather(HOSPITAL)


@pytest.mark.parametrize(("told", "rule"), HOSPITAL)
def test_a_transfer_to_hospital_takes_the_duty_away_while_it_lasts(
    told: Story, rule: str | None
) -> None:
    found = flags(told)
    assert (found["exemption_rule_id"], found["is_duty_to_deport"]) == (rule, rule is None)


def test_one_who_is_british_in_another_way_here_and_a_citizen_there_is_to_be_verified() -> None:
    story = Story(nationality="BOTC", there={"nationality": "BRIT"})
    assert assess_all(story).assessments["status"].tolist() == ["VERIFY_NATIONALITY"]
