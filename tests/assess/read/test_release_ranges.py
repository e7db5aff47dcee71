"""The range of release dates under each regime, and what of it is in dispute."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, SENTENCED, Story, gather
from tests.assess.decide.test_flags import flags
from tests.assess.read.test_release import OLD, held

NEW = date(2021, 1, 1)


def newer(**term: Any) -> Story:
    return held(term, start=NEW)


LIFE = {"calculation_type": "LIFE"}
RANGES = [
    pytest.param(held({"term_months": 24}), date(2006, 5, 31), date(2006, 5, 31), id="Act of 2003"),
    pytest.param(held({"term_months": 24, **OLD}), date(2006, 5, 31), date(2006, 5, 31),
                 id="Act of 1991, short"),
    pytest.param(held({"term_months": 48, **OLD}), date(2007, 6, 1), date(2008, 1, 30),
                 id="Act of 1991, four years: from a half to two thirds"),
    pytest.param(held({"term_months": 47, "term_days": 29, **OLD}), date(2007, 5, 31),
                 date(2007, 5, 31), id="Act of 1991, a day short of four years"),
    pytest.param(held({"term_months": 48, "calculation_type": None}, start=date(2005, 4, 3)),
                 date(2007, 4, 3), date(2007, 12, 2), id="not told: by the day of the conduct"),
    pytest.param(held({"term_months": 48, "calculation_type": None}, start=date(2005, 4, 4)),
                 date(2007, 4, 4), date(2007, 4, 4), id="the first day of the Act of 2003"),
    pytest.param(held({"term_months": 48, "offence_date": date(2005, 4, 3)}),
                 date(2007, 6, 1), date(2007, 6, 1), id="what is told outweighs the conduct"),
    pytest.param(newer(term_months=36, calculation_type="SDS_PLUS"), date(2022, 12, 31),
                 date(2022, 12, 31), id="two thirds"),
    pytest.param(newer(term_months=36, calculation_type="EDS"), date(2022, 12, 31),
                 date(2023, 12, 31), id="extended: from two thirds to the end"),
    pytest.param(held({"term_months": 36}, start=date(2023, 9, 10)), date(2024, 11, 21),
                 date(2025, 3, 10), id="two fifths to a half"),
    pytest.param(held({"term_months": 60}, start=date(2022, 5, 1)), date(2024, 10, 22),
                 date(2024, 10, 29), id="five years: from the later start"),
    pytest.param(held({"term_months": 59}, start=date(2022, 5, 1)), date(2024, 9, 10),
                 date(2024, 10, 14), id="a month less: from the earlier start"),
    pytest.param(held({"term_months": 36, **OLD}, start=date(2023, 9, 10)), date(2025, 3, 10),
                 date(2025, 3, 10), id="two fifths are not for the Act of 1991"),
    pytest.param(held(LIFE, tariff_date=date(2012, 1, 1)), date(2012, 1, 1), None,
                 id="life: from the tariff, no end"),
    pytest.param(held({"term_months": 24}, tariff_date=date(2012, 1, 1)), date(2006, 5, 31),
                 date(2006, 5, 31), id="a tariff is of those with no fixed end"),
    pytest.param(held({"term_months": 24}, LIFE), None, None, id="life beside a term"),
    pytest.param(held({"term_months": 24}, {}), None, None, id="a part without a term"),
    pytest.param(held({"term_months": 12}, {"term_months": 24}), date(2006, 5, 31),
                 date(2006, 5, 31), id="the later of two, last"),
    pytest.param(held({"term_months": 24}, {"term_months": 12}), date(2006, 5, 31),
                 date(2006, 5, 31), id="the later of two, first"),
    pytest.param(held({"term_months": 24}, {"term_months": 36, "calculation_type": "FINE"}),
                 date(2006, 5, 31), date(2006, 5, 31), id="a fine is not served"),
    pytest.param(held({"term_months": 24, "remand_days": 30}, {"term_months": 24}),
                 date(2006, 5, 1), date(2006, 5, 1), id="the longest time on remand counts"),
    pytest.param(held({"term_months": 24, "remand_days": 10},
                      {"term_months": 12, "remand_days": 20, "consecutive_to_sequence": 1}),
                 date(2006, 10, 31), date(2006, 10, 31), id="remand of a chain is added up"),
    pytest.param(held({"term_months": 24},
                      {"calculation_type": "FINE", "term_months": 1, "remand_days": 30}),
                 date(2006, 5, 31), date(2006, 5, 31), id="no remand of what does not count"),
    pytest.param(held({"term_months": 24, "remand_days": -30}), date(2006, 5, 31),
                 date(2006, 5, 31), id="negative days on remand count as none"),
    pytest.param(held({"term_months": 24}, additional_days_awarded=1), date(2006, 6, 1),
                 date(2006, 6, 1), id="one day added"),
]  # fmt: skip
gather(RANGES)


@pytest.mark.parametrize(("told", "earliest", "latest"), RANGES)
def test_the_range_that_the_sentences_give(
    told: Story, earliest: date | None, latest: date | None
) -> None:
    found = flags(told)
    wanted = [pd.Timestamp(day) if day else None for day in (earliest, latest)]
    assert [found["computed_release_date"], found["computed_release_latest_date"]] == wanted


HALF, TWO_THIRDS = date(2007, 11, 30), date(2008, 9, 30)
RELEASE, PAROLE = "conditional_release_date", "parole_eligibility_date"


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def long(**recorded: date) -> Story:
    return held({"term_months": 60, **OLD}, **recorded)


DISPUTES = [
    *(pytest.param(long(**{RELEASE: after(TWO_THIRDS, days)}), days > 2,
                   id=f"release {days:+} days") for days in (-3, -2, 0, 2, 3)),
    *(pytest.param(long(**{PAROLE: after(HALF, days)}), days < -2, id=f"parole {days:+} days")
      for days in (-3, -2, 0, 2, 3)),
    *(pytest.param(long(**{RELEASE: after(HALF, days)}), days < -2, id=f"at parole {days:+}")
      for days in (-3, -2)),
    pytest.param(long(), False, id="nothing recorded"),
    pytest.param(long(**{RELEASE: TWO_THIRDS, PAROLE: after(HALF, -40)}), True, id="parole alone"),
    pytest.param(long(**{RELEASE: after(TWO_THIRDS, 40), PAROLE: HALF}), True, id="release alone"),
]  # fmt: skip
gather(DISPUTES)


@pytest.mark.parametrize(("told", "disputed"), DISPUTES)
def test_a_long_term_of_1991_is_disputed_beyond_two_days(told: Story, disputed: bool) -> None:
    assert flags(told)["is_release_disputed"] is disputed


BOTH = {RELEASE: after(TWO_THIRDS, 40), PAROLE: after(HALF, -40)}
DISPUTED = [
    pytest.param(BOTH, BOTH[RELEASE], id="both: the release"),
    pytest.param({**BOTH, RELEASE: TWO_THIRDS}, BOTH[PAROLE], id="the parole date"),
    pytest.param({RELEASE: TWO_THIRDS, PAROLE: HALF}, None, id="neither"),
]


@pytest.mark.parametrize(("recorded", "day"), DISPUTED)
def test_the_date_that_is_in_dispute(recorded: dict[str, date], day: date | None) -> None:
    found = flags(long(**recorded))
    assert found["disputed_release_date"] == (pd.Timestamp(day) if day else None)


NOT_DISPUTED = [
    pytest.param(held(LIFE, **{RELEASE: HALF}), id="a term without an end"),
    pytest.param(held({}, **{RELEASE: HALF}), id="a term that is not recorded"),
    pytest.param(held({"term_months": 24}, **{PAROLE: date(2006, 9, 1)}),
                 id="a parole date where there is no parole"),
]  # fmt: skip
gather(NOT_DISPUTED)


@pytest.mark.parametrize("told", NOT_DISPUTED)
def test_what_cannot_be_worked_out_is_not_in_dispute(told: Story) -> None:
    found = flags(told)
    assert (found["is_release_disputed"], found["disputed_release_date"]) == (False, None)


FLOORS = [
    pytest.param(
        {"reception_date": date(2003, 1, 1)},
        date(2004, 2, 29),
        False,
        id="the day before the sentence",
    ),
    pytest.param({"reception_date": date(2003, 1, 1)}, SENTENCED, True, id="the day of it"),
    pytest.param({"reception_date": SENTENCED}, date(2004, 3, 2), True, id="the day after"),
]


@pytest.mark.parametrize(("episode", "day", "plausible"), FLOORS)
def test_a_release_before_the_sentence_is_not_plausible(
    episode: dict[str, date], day: date, plausible: bool
) -> None:
    told = HELD.but(episode={**episode, "confirmed_release_date": day})
    found = flags(told)["alert_days"]
    assert (found == 0) is plausible


REMOVALS = [
    pytest.param(held({"term_months": 24}, start=date(2024, 2, 1)), date(2024, 3, 1),
                 date(2024, 6, 26), id="half of the time to release"),
    pytest.param(held({"term_months": 240, "calculation_type": "SDS_PLUS"}, start=NEW),
                 date(2024, 3, 1), date(2032, 11, 3), id="545 days, where that is later"),
    pytest.param(held({"term_months": 24}), date(2006, 4, 25), date(2006, 1, 17),
                 id="135 days before release"),
    pytest.param(held({"term_months": 24, "remand_days": 300}), date(2006, 4, 25), date(2005, 6, 1),
                 id="not before the sentence"),
    pytest.param(held(LIFE), date(2006, 4, 25), None, id="no release known"),
    pytest.param(held({"term_months": 24}), date(2004, 5, 31), None, id="before the scheme"),
    pytest.param(held({"term_months": 11}), date(2006, 4, 25), None, id="not in scope"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "night", "day"), REMOVALS)
def test_the_first_day_of_early_removal(told: Story, night: date, day: date | None) -> None:
    found = flags(told.but(night=night))["early_removal_date"]
    assert found == (pd.Timestamp(day) if day else None)
