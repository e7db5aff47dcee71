"""The population over time: who was in custody on an earlier day, as far as tonight knows."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import Story, assess_all, registers
from jobs.contract import registers as declared
from jobs.report.lists.population import population_over_time

NIGHT = date(2006, 4, 25)
CAME = {"movement_type": "ADM", "movement_reason": "I", "movement_date": date(2005, 7, 11)}
LEFT = {"movement_type": "REL", "movement_reason": "CR"}
BACK = {"movement_type": "ADM", "movement_reason": "24", "movement_date": date(2006, 2, 10)}


def months_inside(*movements: dict[str, Any], **episode: Any) -> list[str]:
    """The ends of months from July 2005 on at which the story's one person was counted."""
    told = Story(
        episode={"reception_date": date(2005, 7, 11), **episode},
        movements=movements,
        is_admitted=False,
    )
    tables = registers(told)
    series = population_over_time(
        tables=tables, assessments=assess_all(told).assessments, as_of=NIGHT
    )
    assert set(series["foreign_nationals"]) <= {0, 1}
    counted = series.loc[series["foreign_nationals"].eq(1), "day"]
    return list(counted.dt.strftime("%Y-%m"))


def written(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


JULY_TO = ["2005-07", "2005-08", "2005-09", "2005-10", "2005-11", "2005-12", "2006-01", "2006-02",
           "2006-03"]  # fmt: skip

STAYS = [
    pytest.param([CAME], JULY_TO, id="held"),
    pytest.param([CAME, {**LEFT, "movement_date": date(2005, 9, 30)}], JULY_TO[:2],
                 id="left on the day"),
    pytest.param([CAME, {**LEFT, "movement_date": date(2005, 10, 1)}], JULY_TO[:3],
                 id="left the day after"),
    pytest.param([CAME, {**LEFT, "recorded_at": written(date(2005, 10, 1))}], JULY_TO[:3],
                 id="left on a day that nobody recorded: until it was written down"),
    pytest.param([CAME, {**LEFT, "recorded_at": datetime(2005, 9, 29, 23, 30, tzinfo=UTC)}],
                 JULY_TO[:2], id="written down on the day, London time"),
    pytest.param([CAME, LEFT], [], id="left nobody knows when, written down nobody knows when"),
    pytest.param([CAME, {"movement_type": "TRN", "movement_date": date(2005, 9, 1)}, LEFT],
                 JULY_TO[:2], id="until they were last seen"),
    pytest.param([CAME, {**LEFT, "movement_date": date(2006, 4, 26)}], JULY_TO,
                 id="a release that lies after the night has not been"),
    pytest.param([CAME, {**LEFT, "movement_date": date(2005, 9, 30),
                         "recorded_at": written(date(2006, 4, 26))}], JULY_TO,
                 id="a release that was recorded after the night is not known"),
    pytest.param([CAME, {**LEFT, "movement_date": date(2005, 9, 30)}, BACK],
                 [*JULY_TO[:2], "2006-02", "2006-03"], id="recalled"),
    pytest.param([CAME, {**LEFT, "recorded_at": written(date(2005, 9, 30))}, BACK],
                 [*JULY_TO[:2], "2006-02", "2006-03"], id="left undated, and recalled"),
]  # fmt: skip


@pytest.mark.parametrize(("movements", "months"), STAYS)
def test_who_is_counted_on_an_earlier_day(
    movements: list[dict[str, Any]], months: list[str]
) -> None:
    assert months_inside(*movements) == months


def test_an_episode_without_movements_counts_by_its_own_row() -> None:
    assert months_inside(status="ACTIVE IN") == JULY_TO
    left = {"status": "INACTIVE OUT", "last_movement_type": "REL"}
    assert months_inside(**left, last_movement_date=date(2005, 9, 30)) == JULY_TO[:2]
    assert months_inside(**left) == []


def test_two_bookings_of_one_person_count_once() -> None:
    told = Story(movements=(), earlier=[(date(2004, 3, 1), {"term_months": 40})])
    rows = declared.TABLES["prison.episodes"].frame(registers(told)["prison.episodes"])
    assert len(rows) == 2
    tables = registers(told)
    series = population_over_time(
        tables=tables, assessments=assess_all(told).assessments, as_of=NIGHT
    )
    assert series.set_index("day").loc[pd.Timestamp(2005, 6, 30), "foreign_nationals"] == 1
