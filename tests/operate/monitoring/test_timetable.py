"""London time: which night a moment stands for, and by when it is due, also when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jobs.operate.monitoring.timetable import (
    LONDON,
    last_start,
    next_start,
    night_at,
    night_due,
    time_allowed,
    waits_until,
)
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings, load_settings

SIX = time(6)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        pytest.param("2006-04-26T04:59", date(2006, 4, 24), id="a minute before six in summer"),
        pytest.param("2006-04-26T05:00", date(2006, 4, 25), id="six in summer"),
        pytest.param("2006-01-26T05:59", date(2006, 1, 24), id="a minute before six in winter"),
        pytest.param("2006-01-26T06:00", date(2006, 1, 25), id="six in winter"),
        pytest.param("2006-03-26T04:59", date(2006, 3, 24), id="before six, clocks went forward"),
        pytest.param("2006-03-26T05:00", date(2006, 3, 25), id="six, clocks went forward"),
        pytest.param("2006-10-29T05:59", date(2006, 10, 27), id="before six, clocks went back"),
        pytest.param("2006-10-29T06:00", date(2006, 10, 28), id="six, clocks went back"),
    ],
)
def test_a_night_is_due_at_six_in_london(moment: str, due: date) -> None:
    assert night_due(utc(moment), by=SIX, settings=load_settings()) == due


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        pytest.param("2006-04-25T12:00", 6.5, id="an ordinary night"),
        pytest.param("2006-03-25T12:00", 5.5, id="the short night of March"),
        pytest.param("2006-03-25T23:40", 5.5, id="ten minutes into the short night"),
        pytest.param("2006-10-28T12:00", 7.5, id="the long night of October"),
        pytest.param("2006-10-29T12:00", 6.5, id="the night after it"),
    ],
)
def test_a_night_may_take_until_six_whatever_the_clocks_do(moment: str, hours: float) -> None:
    assert time_allowed(utc(moment), settings=load_settings()) == timedelta(hours=hours)


def test_without_a_deadline_a_night_may_take_as_long_as_it_does() -> None:
    assert time_allowed(utc("2006-04-25T12:00"), settings=load_settings(deadline="none")) is None


def test_a_register_that_delivers_after_midnight_is_of_the_day_before() -> None:
    early = load_settings(schedule="30 2 * * *", as_of_offset=-1, wait_until="05:00")
    assert night_at(utc("2006-04-26T01:30"), settings=early) == date(2006, 4, 25)
    assert waits_until(date(2006, 4, 25), settings=early) == utc("2006-04-26T04:00")
    assert night_due(utc("2006-04-26T05:00"), by=SIX, settings=early) == date(2006, 4, 25)


def test_a_late_register_is_waited_for_until_four_in_the_morning_after() -> None:
    assert waits_until(date(2006, 4, 25), settings=load_settings()) == utc("2006-04-26T03:00")
    assert waits_until(date(2006, 10, 28), settings=load_settings()) == utc("2006-10-29T04:00")


FIRST, LAST = utc("2000-01-01").replace(tzinfo=None), utc("2030-01-01").replace(tzinfo=None)


@given(moment=st.datetimes(FIRST, LAST, timezones=st.just(LONDON)))
@example(moment=datetime(2000, 1, 1, 23, 29, 59, 1, tzinfo=LONDON))
def test_one_night_is_due_a_day_and_never_one_that_has_not_had_its_time(moment: datetime) -> None:
    settings = Settings()
    due = night_due(moment, by=SIX, settings=settings)
    after = datetime.combine(due + timedelta(days=1), SIX, tzinfo=ZoneInfo("Europe/London"))
    assert after.astimezone(UTC) <= moment.astimezone(UTC)
    assert (moment.date() - due).days in (1, 2)
    start = last_start(moment, settings=settings)
    assert start.astimezone(UTC) <= moment.astimezone(UTC)
    assert next_start(moment, settings=settings).astimezone(UTC) > moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "value"),
    [("schedule", "every night"), ("deadline", "6am"), ("wait_until", "25:00"), ("deadline", "6")],
)
def test_a_time_that_is_none_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadInput, match=rf"setting \[{name}\]"):
        load_settings(**{name: value})
