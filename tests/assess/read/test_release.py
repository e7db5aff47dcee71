"""Release dates worked out again: shares, rounding, remand, added days, regimes, disputes."""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import HELD, Story, gather, tell

START = date(2005, 6, 1)
"""A sentence of n months from here is of the Act of 2003 unless told otherwise."""


def held(*terms: dict[str, Any], start: date = START, **episode: Any) -> Story:
    passed = tuple(
        {"sentence_date": start, "offence_date": start, "calculation_type": "ADIMP", **term}
        for term in terms
    )
    return HELD.but(
        episode={"reception_date": start, "sentence_start_date": start, **episode},
        sentences=passed,
        night=max(start, date(2006, 4, 25)),
    )


OLD = {"calculation_type": "ADIMP_1991"}

POINTS = [
    pytest.param(held({"term_days": 100}), date(2005, 7, 20), id="half of 100 days"),
    pytest.param(held({"term_days": 101}), date(2005, 7, 21), id="half of 101, rounded up"),
    pytest.param(held({"term_months": 24}), date(2006, 5, 31), id="half of two years"),
    pytest.param(held({"term_months": 24, "remand_days": 30}), date(2006, 5, 1),
                 id="less thirty days on remand"),
    pytest.param(held({"term_months": 24}, additional_days_awarded=10), date(2006, 6, 10),
                 id="plus ten days added"),
    pytest.param(held({"term_months": 24}, additional_days_awarded=-10), date(2006, 5, 31),
                 id="negative days added count as none"),
    pytest.param(held({"term_days": 100, "remand_days": 90}), START,
                 id="more on remand than to serve: the day of the sentence"),
    pytest.param(held({"term_months": 12}, {"term_months": 24}), date(2006, 5, 31),
                 id="together: the later decides"),
    pytest.param(held({"term_months": 12}, {"term_months": 12, "consecutive_to_sequence": 1}),
                 date(2006, 5, 31), id="one after the other: half of the sum"),
    pytest.param(held({"term_months": 47, **OLD}), date(2007, 5, 16),
                 id="Act of 1991, under four years: half"),
    pytest.param(held({"term_months": 48, **OLD}), date(2007, 6, 1),
                 id="Act of 1991, four years: parole at half"),
    pytest.param(held({"term_months": 24, "calculation_type": None}), date(2006, 5, 31),
                 id="kind of sentence not recorded"),
    pytest.param(held({"calculation_type": "LIFE"}, tariff_date=date(2012, 1, 1)),
                 date(2012, 1, 1), id="life: the tariff"),
    pytest.param(held({"calculation_type": "SDS_PLUS", "term_months": 36}, start=date(2021, 1, 1)),
                 date(2022, 12, 31), id="two thirds of three years"),
    pytest.param(held({"calculation_type": "SDS_PLUS", "term_months": 36}, start=date(2020, 4, 1)),
                 date(2022, 3, 31), id="two thirds from the first day on"),
    pytest.param(held({"calculation_type": "SDS_PLUS", "term_months": 36}, start=date(2020, 3, 31)),
                 date(2021, 9, 29), id="half the day before"),
    pytest.param(held({"calculation_type": "SDS_PLUS", "term_months": 60,
                       "offence_date": date(2004, 1, 1)}, start=date(2021, 1, 1)),
                 date(2024, 5, 2), id="two thirds however long ago the offence was"),
    pytest.param(held({"calculation_type": "EDS", "term_months": 36}, start=date(2021, 1, 1)),
                 date(2022, 12, 31), id="extended: two thirds at the earliest"),
    pytest.param(held({"calculation_type": "EDS", "term_months": 36}, start=date(2012, 12, 2)),
                 date(2014, 6, 2), id="extended before 3 December 2012: half at the earliest"),
    pytest.param(held({"calculation_type": "EDS", "term_months": 36}, start=date(2012, 12, 3)),
                 date(2014, 12, 2), id="extended on 3 December 2012: two thirds"),
    pytest.param(held({"term_months": 12}, start=date(2005, 1, 1)), date(2005, 7, 2),
                 id="the day of the sentence is the first day served"),
    pytest.param(held({"term_months": 12}, {"term_months": 12, "calculation_type": "EDS",
                                            "consecutive_to_sequence": 1}, start=date(2021, 1, 1)),
                 date(2022, 3, 2), id="half of one and two thirds of the next"),
    pytest.param(held({"calculation_type": "DTO", "term_months": 18}, start=date(2024, 6, 1)),
                 date(2025, 3, 1), id="a youth order: half, and never two fifths"),
    pytest.param(held({"term_months": 36}, start=date(2023, 9, 10)), date(2024, 11, 21),
                 id="two fifths of three years, past the day it began"),
    pytest.param(held({"term_months": 36}, start=date(2023, 5, 1)), date(2024, 9, 10),
                 id="two fifths reached before the day it began: that day"),
    pytest.param(held({"term_months": 36}, start=date(2023, 2, 1)), date(2024, 8, 1),
                 id="half reached before two fifths began"),
    pytest.param(held({"term_months": 60}, start=date(2022, 5, 1)), date(2024, 10, 22),
                 id="five years: the later start of two fifths"),
]  # fmt: skip
gather(POINTS)


@pytest.mark.parametrize(("told", "earliest"), POINTS)
def test_the_earliest_release_is_worked_out_from_the_sentences(told: Story, earliest: date) -> None:
    assert tell(told)[0]["earliest_release_date"].date() == earliest


def on_curfew(*terms: dict[str, Any], start: date = START) -> Story:
    """Eligible for home detention curfew, from a day that the prison has far too late."""
    return held(*terms, start=start, home_detention_curfew_eligibility_date=date(2020, 1, 1))


CURFEW = [
    pytest.param(on_curfew({"term_months": 24}), date(2006, 1, 17), id="135 days before release"),
    pytest.param(held({"term_months": 24}), date(2006, 5, 31), id="nobody recorded eligibility"),
    pytest.param(on_curfew({"term_months": 6}), date(2005, 7, 16), id="half of the time is longer"),
    pytest.param(on_curfew({"term_months": 3}), date(2005, 6, 28), id="four weeks at least"),
    pytest.param(on_curfew({"term_days": 83}), date(2005, 6, 28), id="six weeks to serve"),
    pytest.param(on_curfew({"term_days": 82}), date(2005, 7, 11), id="less than six weeks"),
    pytest.param(on_curfew({"term_months": 2, "term_days": 30, **OLD}, start=date(2004, 1, 1)),
                 date(2004, 2, 14), id="before April 2005, a day less than three months"),
    pytest.param(on_curfew({"term_months": 18, "calculation_type": "DTO"}), date(2006, 3, 1),
                 id="a youth order"),
    pytest.param(on_curfew({"term_months": 47, "term_days": 30}), date(2007, 1, 17),
                 id="a day less than four years"),
    pytest.param(on_curfew({"term_months": 48}), date(2007, 6, 1), id="four years"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(2001, 6, 1)), date(2002, 4, 2),
                 id="60 days before December 2002"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(2002, 7, 13)), date(2003, 4, 15),
                 id="90 days before 14 July 2003"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(2002, 7, 14)), date(2003, 4, 16),
                 id="90 days: 135 began too late"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(2002, 11, 24)),
                 date(2003, 7, 14), id="135 days, from their first day"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(2002, 11, 26)),
                 date(2003, 7, 15), id="135 days"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(1998, 2, 1)),
                 date(1999, 1, 28), id="from the first day of any curfew"),
    pytest.param(on_curfew({"term_months": 24, **OLD}, start=date(1998, 1, 28)),
                 date(1999, 1, 27), id="released the day before there was curfew"),
    pytest.param(on_curfew({"term_months": 24}, start=date(2022, 10, 1)), date(2023, 5, 20),
                 id="135 days: 180 began too late"),
    pytest.param(on_curfew({"term_months": 24}, start=date(2022, 12, 1)), date(2023, 6, 6),
                 id="180 days, from their first day"),
    pytest.param(on_curfew({"term_months": 24}, start=date(2023, 1, 1)), date(2023, 7, 6),
                 id="180 days"),
    pytest.param(on_curfew({"term_months": 47}, start=date(2024, 6, 1)), date(2025, 6, 3),
                 id="365 days, from their first day"),
    pytest.param(on_curfew({"term_months": 47}, start=date(2025, 1, 1)), date(2025, 10, 13),
                 id="half is longer than 365 days"),
]  # fmt: skip
gather(CURFEW)


@pytest.mark.parametrize(("told", "earliest"), CURFEW)
def test_curfew_opens_the_range_of_the_release_where_the_prison_counts_on_it(
    told: Story, earliest: date
) -> None:
    assert tell(told)[0]["earliest_release_date"].date() == earliest


DISPUTES = [
    pytest.param({"conditional_release_date": date(2006, 6, 2)}, False, id="two days late"),
    pytest.param({"conditional_release_date": date(2006, 6, 3)}, True, id="three days late"),
    pytest.param({"conditional_release_date": date(2006, 5, 29)}, False, id="two days early"),
    pytest.param({"conditional_release_date": date(2006, 5, 28)}, True, id="three days early"),
    pytest.param({}, False, id="nothing recorded"),
    pytest.param({"conditional_release_date": date(2007, 1, 1),
                  "conditional_release_override_date": date(2006, 6, 1)}, False,
                 id="the date entered by hand stands before the other"),
    pytest.param({"automatic_release_date": date(2006, 9, 1)}, True, id="an automatic date"),
    pytest.param({"home_detention_curfew_eligibility_date": date(2006, 1, 19)}, False,
                 id="curfew two days late"),
    pytest.param({"home_detention_curfew_eligibility_date": date(2006, 1, 20)}, False,
                 id="curfew within the range"),
    pytest.param({"home_detention_curfew_eligibility_date": date(2006, 1, 14)}, True,
                 id="curfew three days early"),
]  # fmt: skip


@pytest.mark.parametrize(("recorded", "disputed"), DISPUTES)
def test_a_recorded_date_is_disputed_beyond_two_days(
    recorded: dict[str, date], disputed: bool
) -> None:
    _, reasons = tell(held({"term_months": 24}, **recorded))
    assert ("release.disputed" in set(reasons["rule_id"])) is disputed


def test_a_long_term_is_disputed_by_its_parole_date_and_by_its_release_date() -> None:
    long = {"term_months": 60, **OLD}
    fine = {"parole_eligibility_date": date(2007, 12, 1)}
    fine["conditional_release_date"] = date(2008, 10, 1)
    for changed, disputed in (
        (fine, False),
        (fine | {"parole_eligibility_date": date(2008, 2, 1)}, False),
        (fine | {"conditional_release_date": date(2007, 12, 1)}, False),
        (fine | {"parole_eligibility_date": date(2007, 11, 1)}, True),
        (fine | {"conditional_release_date": date(2008, 11, 1)}, True),
    ):
        _, reasons = tell(held(long, **changed))
        assert ("release.disputed" in set(reasons["rule_id"])) is disputed


def test_the_finding_tells_both_dates() -> None:
    _, reasons = tell(held({"term_months": 24}, conditional_release_date=date(2007, 6, 1)))
    assert reasons.set_index("rule_id").loc["release.disputed", "finding"] == (
        "RELEASE_DATE_DISPUTED: 1 June 2007 is recorded; the sentences give 31 May 2006 to "
        "31 May 2006."
    )
