"""Deadlines to refer and alerts, told side by side: other people's years change nothing."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, NIGHT, REFERRED, Story, decision, gather
from tests.assess.decide.test_flags import YEAR, flags, sentenced

TEN = {"term_months": 120}


def referred(day: date) -> dict[str, Any]:
    return {"cases": ({"referral_received_date": day},)}


NOW = date(2022, 6, 1)
DEADLINES = [
    pytest.param(sentenced(date(2015, 10, 14), YEAR), None, None, id="before there was one"),
    pytest.param(sentenced(date(2015, 10, 15), YEAR), date(2015, 10, 29), True, id="the first day"),
    pytest.param(sentenced(date(2015, 12, 18), YEAR), date(2016, 1, 6), True,
                 id="over Christmas of the first year"),
    pytest.param(sentenced(date(2021, 12, 20), YEAR), date(2022, 1, 6), True,
                 id="over Christmas of the last whole year"),
    pytest.param(sentenced(date(2022, 4, 8), YEAR), date(2022, 4, 26), True,
                 id="over Easter of the last year"),
    pytest.param(sentenced(date(2018, 5, 5), YEAR), date(2018, 5, 21), True,
                 id="from a Saturday, over the May holiday"),
    pytest.param(sentenced(date(2022, 5, 17), YEAR), date(2022, 5, 31), True,
                 id="the day before the night"),
    pytest.param(sentenced(date(2022, 5, 18), YEAR), date(2022, 6, 1), False, id="the night"),
    pytest.param(sentenced(date(2022, 5, 20), YEAR), date(2022, 6, 7), False,
                 id="after the night, over the Jubilee"),
    pytest.param(sentenced(date(2016, 3, 18), YEAR, **referred(date(2016, 4, 5))),
                 date(2016, 4, 5), False, id="referred on the last day"),
    pytest.param(sentenced(date(2016, 3, 18), YEAR, **referred(date(2016, 4, 6))),
                 date(2016, 4, 5), True, id="referred the day after"),
    pytest.param(sentenced(date(2016, 3, 18), {"term_months": 3, "offence_code": "THEFT"}),
                 None, None, id="not in scope"),
    pytest.param(sentenced(date(2016, 3, 18), YEAR, nationality="BRIT", second_nationality=None,
                           episode={"reception_date": date(2016, 3, 18),
                                    "sentence_start_date": date(2016, 3, 18),
                                    "imprisonment_status": "REC_DEP"}),
                 date(2016, 4, 5), True, id="British, recommended for deportation"),
    pytest.param(Story(night=NOW, sentences=(), movements=(),
                       episode={"legal_status": "REMAND", "imprisonment_status": "REC_DEP",
                                "reception_date": date(2016, 3, 18)}), None, None,
                 id="in scope without a sentence"),
]  # fmt: skip
gather(DEADLINES)


@pytest.mark.parametrize(("told", "due", "late"), DEADLINES)
def test_ten_working_days_from_the_sentence(
    told: Story, due: date | None, late: bool | None
) -> None:
    found = flags(told)
    assert found["referral_due_date"] == (pd.Timestamp(due) if due else None)
    assert found["is_referred_late"] is late


def test_one_person_alone_with_a_deadline_or_without() -> None:
    assert flags(DEADLINES[1].values[0].but())["referral_due_date"] == pd.Timestamp(2015, 10, 29)
    assert flags(DEADLINES[0].values[0].but())["referral_due_date"] is None


def ahead(days: int, **changes: Any) -> Story:
    release = NIGHT + timedelta(days=days)
    return HELD.but(sentences=(TEN,), episode={"confirmed_release_date": release}, **changes)


DECIDED = {"cases": (REFERRED,), "events": (decision(date(2006, 1, 1)),)}
ALERTS = [
    *(pytest.param(ahead(days), alert, id=f"{days} days")
      for days, alert in ((366, None), (365, 365), (181, 365), (180, 180), (91, 180), (90, 90),
                          (31, 90), (30, 30), (8, 30), (7, 7), (1, 7), (0, 0), (-1, 0))),
    pytest.param(ahead(30, **DECIDED), None, id="considered"),
    pytest.param(HELD.but(episode={}, sentences=({"calculation_type": "LIFE"},)), None,
                 id="no release known"),
    pytest.param(Story(), None, id="released"),
]  # fmt: skip
gather(ALERTS)


@pytest.mark.parametrize(("told", "alert"), ALERTS)
def test_the_nearest_alert_of_those_who_wait(told: Story, alert: int | None) -> None:
    assert flags(told)["alert_days"] == alert
