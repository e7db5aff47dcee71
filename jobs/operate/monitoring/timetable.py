"""When a night runs, which date it is for, and by when it must be there: London time throughout.

The registers are of the day in London, so a night's date and its deadlines are London's, also in
the two nights of the year when the clocks change. Nothing here reads the clock: the moment comes
in as an argument.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from croniter import croniter

from jobs.runtime.settings import Settings

LONDON: Final = ZoneInfo("Europe/London")
JUST_STARTED: Final = timedelta(minutes=15)
"""For this long after a night should have started, its run may not be created yet."""


def night_at(moment: datetime, *, settings: Settings) -> date:
    """The as-of date of a run that stands for ``moment``: the London date and the offset."""
    return moment.astimezone(LONDON).date() + timedelta(days=settings.as_of_offset)


def london_after(moment: datetime, at: time) -> datetime:
    """The first ``at`` o'clock in London after ``moment``."""
    local = moment.astimezone(LONDON)
    days = 0 if local.time() < at else 1
    return datetime.combine(local.date() + timedelta(days=days), at, tzinfo=LONDON)


def last_start(moment: datetime, *, settings: Settings) -> datetime:
    """The last moment up to ``moment`` at which the schedule starts a night."""
    # croniter steps through wall-clock time where the clocks change: it is given no time zone.
    local = moment.astimezone(LONDON).replace(tzinfo=None, microsecond=0)
    found: datetime = croniter(settings.schedule, local + timedelta(seconds=1)).get_prev(datetime)
    return found.replace(tzinfo=LONDON)


def next_start(moment: datetime, *, settings: Settings) -> datetime:
    """The first moment after ``moment`` at which the schedule starts a night."""
    local = moment.astimezone(LONDON).replace(tzinfo=None)
    found: datetime = croniter(settings.schedule, local).get_next(datetime)
    return found.replace(tzinfo=LONDON)


def waits_until(night: date, *, settings: Settings) -> datetime:
    """Until when the registers of a night are waited for: the first such time after it starts."""
    day = night - timedelta(days=settings.as_of_offset)
    start = next_start(datetime.combine(day, time(), tzinfo=LONDON), settings=settings)
    return london_after(start, settings.wait_until)


def night_due(moment: datetime, *, by: time, settings: Settings) -> date:
    """The last night that must be published at ``moment``, where each is due ``by`` that time."""
    start = last_start(moment, settings=settings)
    while london_after(start, by) > moment:
        start = last_start(start - timedelta(minutes=1), settings=settings)
    return night_at(start, settings=settings)


def time_allowed(moment: datetime, *, settings: Settings) -> timedelta | None:
    """How long the night that starts next, or has just started, may take; None without a deadline.

    Elapsed time, not the difference of the clock's hands: an hour more in October, one less in
    March.
    """
    if settings.deadline is None:
        return None
    start = next_start(moment - JUST_STARTED, settings=settings)
    return london_after(start, settings.deadline).astimezone(UTC) - start.astimezone(UTC)
