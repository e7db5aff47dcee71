"""Which nationality counts, in which group it puts somebody, and what contradicts it."""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, decision, gather, tell
from tests.assess.decide.test_flags import YEAR, flags, sentenced

MONTHS_18 = ({"term_months": 18},)
"""Long enough outside the EEA, too short within."""
CRITERION = {"unclear": "referral.unclear-length", "other": "referral.non-eea-length",
             "eea": "referral.eea-length", "irish": "referral.irish",
             "british": "nationality.british"}  # fmt: skip


def of(first: str | None, second: str | None = None, **changes: Any) -> Story:
    return Story(nationality=first, second_nationality=second, sentences=MONTHS_18, **changes)


def there(code: str | None, **held: Any) -> dict[str, Any]:
    return {"there": {"nationality": code, **held}}


BEFORE, ACCESSION = date(2004, 4, 30), date(2004, 5, 1)
GROUPS = [
    pytest.param(of("BRIT"), "british", id="British"),
    pytest.param(of("BRIT", "FRANCE"), "british", id="British, then French"),
    pytest.param(of("IRELAND"), "irish", id="Irish"),
    pytest.param(of("IRELAND", "NIGERIA"), "irish", id="Irish, then Nigerian"),
    pytest.param(of("NIGERIA", "IRELAND"), "irish", id="Nigerian, then Irish"),
    pytest.param(of("FRANCE", "IRELAND"), "irish", id="French, then Irish"),
    pytest.param(of("FRANCE"), "eea", id="French"),
    pytest.param(of("AUSTRIA"), "eea", id="the first of the EEA in the list"),
    pytest.param(of("SWITZ"), "eea", id="Swiss"),
    pytest.param(of("NIGERIA", "FRANCE"), "eea", id="Nigerian, then French"),
    pytest.param(of("FRANCE", "NIGERIA"), "eea", id="French, then Nigerian"),
    pytest.param(of("NIGERIA"), "other", id="Nigerian"),
    pytest.param(of("NIGER"), "other", id="of Niger"),
    pytest.param(of("ZIMBABWE"), "other", id="the last country of the list"),
    pytest.param(of("OTHER"), "other", id="another country"),
    *(pytest.param(of(code), "unclear", id=f"{code}") for code in
      ("UNKNOWN", "REF", "STATE", None, "NO SUCH CODE")),
    pytest.param(of("UNKNOWN", "IRELAND"), "unclear", id="unknown, then Irish"),
    pytest.param(of(None, "FRANCE"), "unclear", id="missing, then French"),
    pytest.param(of("NIGERIA", "UNKNOWN"), "other", id="Nigerian, then unknown"),
    *(pytest.param(of(code).but(sentences=({"term_months": 18, "sentence_date": day},)), group,
                   id=f"{code} on {day}")
      for code, day, group in (("POLAND", BEFORE, "other"), ("POLAND", ACCESSION, "eea"),
                               ("CROATIA", ACCESSION, "other"), ("ROMANIA", ACCESSION, "other"))),
    pytest.param(of("FRANCE", **there("FRANCE")), "eea", id="both say French"),
    pytest.param(of("FRANCE", **there("GHANA")), "unclear", id="French, Ghanaian there"),
    pytest.param(of("FRANCE", **there("IRELAND")), "unclear", id="French, Irish there"),
    pytest.param(of("IRELAND", **there("FRANCE")), "unclear", id="Irish, French there"),
    pytest.param(of("FRANCE", "GHANA", **there("GHANA")), "eea",
                 id="French, then Ghanaian; Ghanaian there"),
    pytest.param(of("FRANCE", **there("UNKNOWN")), "eea", id="French, unknown there"),
    pytest.param(of("FRANCE", **there(None)), "eea", id="French, nothing there"),
    pytest.param(of("FRANCE", **there("NO SUCH CODE")), "eea", id="French, no such code there"),
    pytest.param(of("UNKNOWN", **there("FRANCE")), "unclear", id="unknown, French there"),
    pytest.param(of("FRANCE", **there("GHANA"), link="review"), "eea",
                 id="French, Ghanaian for a possible match"),
]  # fmt: skip
gather(GROUPS)


@pytest.mark.parametrize(("told", "group"), GROUPS)
def test_the_group_that_the_criteria_are_asked_about(told: Story, group: str) -> None:
    found, _ = tell(told)
    assert found["scope_rule_id"] == CRITERION[group]
    assert found["is_in_scope"] is (group in ("unclear", "other"))


YES, NO = True, False
PROVED = {"nationality_verified": True}
FOREIGN = there("GHANA")
NATURALISED = {"case_type": "NATIONALITY", "outcome": "BRITISH", "closed_date": date(2005, 6, 1)}
VERIFIED = [
    pytest.param(of("BRIT", **FOREIGN), NO, id="British, foreign there"),
    pytest.param(of("BRIT", **there("GHANA", **PROVED)), YES, id="with proof"),
    pytest.param(of("BRIT", **FOREIGN, cases=(REFERRED,)), YES, id="with a deportation case"),
    pytest.param(of("BRIT", **FOREIGN, cases=({**REFERRED, "case_type": "ASYLUM"},)), NO,
                 id="with a case of another kind"),
    pytest.param(of("BRIT", **FOREIGN, cases=({**REFERRED, "stage": "BRITISH"},)), NO,
                 id="with a deportation case that found a British citizen"),
    pytest.param(of("BRIT", **there("GHANA", **PROVED), cases=(NATURALISED,)), NO,
                 id="with proof, and naturalised since"),
    pytest.param(of("BRIT", **there("BRIT", **PROVED)), NO, id="British there with proof"),
    pytest.param(of("BRIT", **there("UNKNOWN", **PROVED)), NO, id="unknown there with proof"),
    pytest.param(of("BRIT", **there(None, **PROVED)), NO, id="nothing there with proof"),
    pytest.param(of("BRIT", **there(None), cases=(REFERRED,)), NO, id="a case and no nationality"),
    pytest.param(of("BRIT", **there("IRELAND", **PROVED)), NO,
                 id="Irish there: out of scope either way"),
    pytest.param(of("BRIT", **there("FRANCE", **PROVED)), NO,
                 id="French there: too short either way"),
    pytest.param(of("BRIT", **there("FRANCE", **PROVED)).but(sentences=({"term_months": 24},)),
                 YES, id="French there, and long enough"),
    pytest.param(of("NIGERIA", "BRIT"), YES, id="British as the second"),
    pytest.param(of("BRIT", "BRIT"), NO, id="British twice"),
    pytest.param(of("NIGERIA", **there("BRIT")), YES, id="British there"),
    pytest.param(of("UNKNOWN", **there("BRIT")), YES, id="unknown here, British there"),
    pytest.param(of("NIGERIA", cases=({**REFERRED, "outcome": "BRITISH"},)), YES,
                 id="a case that ended as British"),
    pytest.param(of("NIGERIA", cases=({**REFERRED, "stage": "BRITISH"},)), YES,
                 id="a case at that stage"),
    pytest.param(of("NIGERIA", cases=(REFERRED, NATURALISED)), YES, id="another case that did"),
    pytest.param(of("NIGERIA", cases=(NATURALISED, REFERRED)), YES, id="whatever their order"),
    pytest.param(of("NIGERIA", **there("NIGERIA", **PROVED), cases=(REFERRED,)), NO,
                 id="Nigerian in both"),
    pytest.param(of("NIGERIA", cases=(NATURALISED,), link="review"), NO,
                 id="a possible match that was naturalised"),
]  # fmt: skip
gather(VERIFIED)


@pytest.mark.parametrize(("told", "verify"), VERIFIED)
def test_conflicting_evidence_of_british_nationality_is_verified(told: Story, verify: bool) -> None:
    assert (tell(told)[0]["status"] == "VERIFY_NATIONALITY") is verify


NEW = date(2008, 8, 1)
AT_THE_START = [
    pytest.param(date(2008, 7, 31), NO, id="the day before"),
    pytest.param(NEW, YES, id="on the day"),
]


@pytest.mark.parametrize(("signed", "duty"), AT_THE_START)
def test_an_order_signed_before_the_duty_began_leaves_none(signed: date, duty: bool) -> None:
    event = {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": signed}
    told = sentenced(date(2008, 3, 3), YEAR, cases=(REFERRED,), events=(event,))
    _, reasons = tell(told)
    assert ("duty.transitional" in set(reasons["rule_id"])) is duty


def test_a_person_sentenced_on_the_night_was_seen_on_it() -> None:
    night = HELD.night
    release = {"movement_type": "REL", "movement_reason": "CR", "movement_date": None}
    told = Story(
        sentences=({"term_months": 18, "sentence_date": night},),
        episode={"sentence_start_date": night, "reception_date": RELEASED},
        movements=(release,),
        cases=(REFERRED,),
        events=(decision(night),),
    )
    assert tell(told)[0]["status"] == "CONSIDERED"


FOUND_BRITISH = [
    pytest.param((), "BRITISH", id="nobody decided before"),
    pytest.param((decision(date(2004, 10, 1)),), None, id="decided in time"),
    pytest.param((decision(date(2005, 10, 1)),), "BRITISH", id="decided after release"),
]


@pytest.mark.parametrize(("events", "outcome"), FOUND_BRITISH)
def test_somebody_released_unconsidered_and_found_to_be_british_has_that_outcome(
    events: tuple[dict[str, Any], ...], outcome: str | None
) -> None:
    told = of("NIGERIA", cases=({**REFERRED, "outcome": "BRITISH"},), events=events)
    assert tell(told)[0]["status"] == "VERIFY_NATIONALITY"
    assert flags(told)["outcome"] == outcome
