"""Who must be considered: each criterion just inside and just outside its limits."""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import Story, assess_all, gather, tell

IN, OUT = True, False


def months(number: int) -> dict[str, Any]:
    return {"term_months": number}


def story(nationality: str | None, *terms: dict[str, Any], **changes: Any) -> Story:
    return Story(nationality=nationality, sentences=terms, **changes)


def follows(sequence: int, **term: int) -> dict[str, Any]:
    return {"consecutive_to_sequence": sequence, **term}


COURT = {"imprisonment_status": "REC_DEP"}

CRITERIA = [
    pytest.param(story("NIGERIA", months(12)), IN, "referral.non-eea-length",
                 id="outside the EEA, twelve months"),
    pytest.param(story("NIGERIA", months(11)), OUT, "referral.non-eea-length",
                 id="outside the EEA, eleven months"),
    pytest.param(story("NIGERIA", {"term_days": 365}), IN, "referral.non-eea-length",
                 id="365 days from 1 March 2004 are twelve calendar months"),
    pytest.param(story("NIGERIA", {"term_days": 364}), OUT, "referral.non-eea-length",
                 id="364 days are not"),
    pytest.param(story("NIGERIA", {"term_weeks": 52}), OUT, "referral.non-eea-length",
                 id="nor are 52 weeks"),
    pytest.param(story("NIGERIA", {"term_years": 1}), IN, "referral.non-eea-length",
                 id="one year"),
    pytest.param(story("FRANCE", months(24)), IN, "referral.eea-length",
                 id="EEA, twenty-four months"),
    pytest.param(story("FRANCE", months(23)), OUT, "referral.eea-length",
                 id="EEA, twenty-three months"),
    pytest.param(story("SWITZ", months(18)), OUT, "referral.eea-length",
                 id="Switzerland is treated as the EEA from June 2002"),
    pytest.param(story("IRELAND", months(60)), OUT, "referral.irish",
                 id="Irish, whatever the length"),
    pytest.param(story("IRELAND", months(1), episode=COURT), IN,
                 "referral.court-recommendation", id="Irish, recommended by the court"),
    pytest.param(story("NIGERIA", months(1), episode=COURT), IN,
                 "referral.court-recommendation", id="one month with a court recommendation"),
    pytest.param(story("FRANCE", months(1), episode=COURT), IN,
                 "referral.court-recommendation", id="EEA with a court recommendation"),
    pytest.param(story("BRIT", months(60)), OUT, "nationality.british", id="British"),
    *(
        pytest.param(story(code, months(12)), IN, "referral.unclear-length",
                     id=f"nationality {code or 'missing'}, twelve months")
        for code in ("UNKNOWN", "REF", "STATE", None, "NO SUCH CODE")
    ),
    pytest.param(story("UNKNOWN", months(11)), OUT, "referral.unclear-length",
                 id="nationality unknown, eleven months"),
    pytest.param(story("NIGERIA", months(12), has_person_row=False), IN,
                 "referral.unclear-length", id="person row missing, twelve months"),
    pytest.param(story("NIGERIA", months(6), follows(1, term_months=6)), IN,
                 "referral.non-eea-length", id="six months and six to follow"),
    pytest.param(story("NIGERIA", months(6), months(6)), OUT, "referral.non-eea-length",
                 id="six months and six at the same time"),
    pytest.param(story("NIGERIA", months(4), follows(1, term_months=4),
                       follows(2, term_months=4)), IN, "referral.non-eea-length",
                 id="a chain of three"),
    pytest.param(story("NIGERIA", follows(2, term_months=4), follows(3, term_months=4),
                       months(4)), IN, "referral.non-eea-length",
                 id="a chain of three, last first"),
    pytest.param(story("NIGERIA", follows(2, term_months=1), follows(1, term_months=1)), IN,
                 "referral.undetermined", id="a circle of consecutive sentences"),
    pytest.param(story("NIGERIA", follows(1, term_months=1)), IN, "referral.undetermined",
                 id="a sentence that follows itself"),
    pytest.param(story("NIGERIA", follows(9, term_months=1)), IN, "referral.undetermined",
                 id="a sentence that follows one that is not recorded"),
    pytest.param(story("NIGERIA", {}), IN, "referral.undetermined", id="no term"),
    pytest.param(story("NIGERIA", {"term_months": -3}), IN, "referral.undetermined",
                 id="a negative term"),
    pytest.param(story("BRIT", {}), OUT, "nationality.british", id="British, no term"),
    pytest.param(story("IRELAND", {}), OUT, "referral.irish", id="Irish, no term"),
    pytest.param(story("NIGERIA"), IN, "referral.undetermined",
                 id="sentenced, but no sentence recorded"),
    pytest.param(story("NIGERIA", episode={"legal_status": "REMAND"}), OUT,
                 "referral.not-sentenced", id="on remand"),
    pytest.param(story("NIGERIA", episode={"legal_status": None, "imprisonment_status": "JR"}),
                 OUT, "referral.not-sentenced", id="convicted, awaiting sentence"),
    pytest.param(story("NIGERIA", episode={"legal_status": None, "imprisonment_status": None}),
                 IN, "referral.undetermined", id="nothing recorded of why somebody was held"),
    pytest.param(story("NIGERIA", months(12), episode={"legal_status": "REMAND"}), IN,
                 "referral.non-eea-length", id="a sentence outweighs a remand status"),
    pytest.param(story("NIGERIA", {"calculation_type": "LIFE"}), IN, "referral.non-eea-length",
                 id="life"),
    pytest.param(story("FRANCE", {"calculation_type": "IPP", "term_months": 3}), IN,
                 "referral.eea-length", id="imprisonment for public protection, EEA"),
    pytest.param(story("NIGERIA", {"calculation_type": "SUSP", "term_months": 18}), OUT,
                 "referral.not-sentenced", id="suspended and not activated"),
    pytest.param(story("NIGERIA", {"calculation_type": "SUSP", "term_months": 18,
                                   "activated_date": date(2004, 6, 1)}), IN,
                 "referral.non-eea-length", id="suspended and activated"),
    pytest.param(story("NIGERIA", {"calculation_type": "FINE", "term_months": 18}), OUT,
                 "referral.not-sentenced", id="in default of a fine"),
    pytest.param(story("POLAND", {"term_months": 18, "sentence_date": date(2004, 4, 30)}), IN,
                 "referral.non-eea-length", id="Polish, sentenced the day before accession"),
    pytest.param(story("POLAND", {"term_months": 18, "sentence_date": date(2004, 5, 1)}), OUT,
                 "referral.eea-length", id="Polish, sentenced on the day of accession"),
    pytest.param(story("NIGERIA", months(18), second_nationality="FRANCE"), OUT,
                 "referral.eea-length", id="a second nationality of the EEA"),
    pytest.param(story("UNKNOWN", months(18), second_nationality="FRANCE"), IN,
                 "referral.unclear-length", id="unknown first, EEA second: unclear"),
    pytest.param(story("FRANCE", months(18), there={"nationality": "ALGERIA"}), IN,
                 "referral.unclear-length", id="the registers disagree: EEA treatment is lost"),
    pytest.param(story("FRANCE", months(18), there={"nationality": "ALGERIA"}, link="review"),
                 OUT, "referral.eea-length", id="an uncertain link changes nothing"),
    pytest.param(story("FRANCE", months(18), there={"nationality": "FRANCE"}), OUT,
                 "referral.eea-length", id="the registers agree"),
]  # fmt: skip
gather(CRITERIA)


@pytest.mark.parametrize(("told", "in_scope", "rule"), CRITERIA)
def test_scope(told: Story, in_scope: bool, rule: str) -> None:
    found, reasons = tell(told)
    assert (found["is_in_scope"], found["scope_rule_id"]) == (in_scope, rule)
    assert rule in set(reasons["rule_id"])


AGGREGATION = [
    pytest.param(11, [(date(2003, 1, 1), 1)], IN, id="eleven months and an earlier one"),
    pytest.param(5, [(date(2003, 1, 1), 4), (date(2002, 1, 1), 3)], IN, id="two earlier ones"),
    pytest.param(5, [(date(2003, 1, 1), 4), (date(2002, 1, 1), 2)], OUT, id="one month short"),
    pytest.param(3, [(date(2003, 1, 1), 3), (date(2002, 1, 1), 3), (date(2001, 1, 1), 3)], OUT,
                 id="only two earlier ones count"),
    pytest.param(3, [(date(2003, 1, 1), 1), (date(2002, 1, 1), 5), (date(2001, 1, 1), 4)], IN,
                 id="the two longest earlier ones count, not the two latest"),
    pytest.param(6, [(date(1999, 3, 1), 6)], IN, id="five years before, to the day"),
    pytest.param(6, [(date(1999, 2, 28), 6)], OUT, id="one day more than five years before"),
    pytest.param(6, [(date(2004, 4, 1), 6)], OUT, id="a later one does not count"),
]  # fmt: skip


@pytest.mark.parametrize(("length", "earlier", "in_scope"), AGGREGATION)
def test_earlier_sentences_are_added(
    length: int, earlier: list[tuple[date, int]], in_scope: bool
) -> None:
    told = story("NIGERIA", months(length), earlier=[(day, months(n)) for day, n in earlier])
    found, _ = tell(told)
    assert found["is_in_scope"] is in_scope
    assert (found["scope_rule_id"] == "referral.aggregate") is in_scope


def test_earlier_sentences_are_not_added_for_the_eea() -> None:
    told = story("FRANCE", months(23), earlier=[(date(2003, 1, 1), months(23))])
    assert tell(told)[0]["is_in_scope"] is OUT


CONDUCT = [
    pytest.param(date(1993, 12, 31), date(2004, 3, 1), OUT, "referral.eea-length",
                 id="EEA by the day of the sentence, whatever the day of the conduct"),
    pytest.param(date(2020, 12, 31), date(2021, 6, 1), IN, "referral.every-foreign-national",
                 id="conduct on the last day of EEA treatment"),
    pytest.param(date(2021, 1, 1), date(2021, 6, 1), IN, "referral.non-eea-length",
                 id="conduct on the day after"),
]  # fmt: skip


@pytest.mark.parametrize(("conduct", "sentenced", "in_scope", "rule"), CONDUCT)
def test_the_day_of_the_conduct_ends_eea_treatment(
    conduct: date, sentenced: date, in_scope: bool, rule: str
) -> None:
    term = {"term_months": 18, "sentence_date": sentenced, "offence_date": conduct}
    episode = {"reception_date": sentenced, "sentence_start_date": sentenced}
    told = story("FRANCE", term, night=date(2022, 1, 1), movements=(), episode=episode)
    # Those in custody on 1 August 2008 come under the duty; this asks of the criterion.
    flags = assess_all(told).flags.iloc[0]
    assert (flags["is_referral_met"], flags["referral_rule_id"]) == (in_scope, rule)


LATER_RULES = [
    pytest.param("FRANCE", date(2008, 7, 31), 18, IN, "duty.transitional",
                 id="EEA, 18 months, the day before the duty, and in custody when it began"),
    pytest.param("FRANCE", date(2008, 8, 1), 18, IN, "duty.condition-1",
                 id="EEA, 18 months, the first day of the duty"),
    pytest.param("IRELAND", date(2008, 8, 1), 12, IN, "duty.condition-1",
                 id="Irish under the duty until the end of 2020"),
    pytest.param("IRELAND", date(2021, 6, 1), 12, OUT, "referral.irish",
                 id="Irish outside the duty for later conduct"),
    pytest.param("FRANCE", date(2017, 12, 31), 6, OUT, "referral.eea-length",
                 id="EEA, six months, before everybody is notified"),
    pytest.param("FRANCE", date(2018, 1, 1), 6, IN, "referral.every-foreign-national",
                 id="EEA, six months, from January 2018"),
    pytest.param("FRANCE", date(2021, 6, 1), 12, IN, "referral.non-eea-length",
                 id="EEA conduct after 2020 is under the ordinary test"),
]  # fmt: skip


@pytest.mark.parametrize(("nationality", "sentenced", "length", "in_scope", "rule"), LATER_RULES)
def test_the_day_of_the_sentence_selects_the_rules(
    nationality: str, sentenced: date, length: int, in_scope: bool, rule: str
) -> None:
    term = {"term_months": length, "sentence_date": sentenced, "offence_date": sentenced}
    episode = {"reception_date": sentenced, "sentence_start_date": sentenced}
    told = story(nationality, term, night=date(2022, 1, 1), movements=(), episode=episode)
    found, _ = tell(told)
    assert (found["is_in_scope"], found["scope_rule_id"]) == (in_scope, rule)


def test_the_length_is_told_in_calendar_months() -> None:
    _, reasons = tell(story("NIGERIA", months(6), follows(1, term_months=6, term_days=3)))
    finding = reasons.set_index("rule_id").loc["sentence.length", "finding"]
    assert finding == "The sentences come to 12 months and 3 days, counted from 1 March 2004."
