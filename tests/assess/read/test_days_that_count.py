"""Which day counts: the night itself and not the day after, the first of two, the last of two."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import (
    HELD,
    NIGHT,
    REFERRED,
    RELEASED,
    SENTENCED,
    Story,
    assess_all,
    decision,
    gather,
)

TOMORROW = NIGHT + timedelta(days=1)
FIRST, SECOND = date(2004, 6, 1), date(2004, 7, 1)
KNOWN = HELD.but(there={})


def value(told: Story, column: str) -> Any:
    """A column of the main episode's assessment or flags; None where empty."""
    found = assess_all(told)
    frame = found.flags if column in found.flags else found.assessments
    cell = frame.set_index("episode_id")[column]["E1"]
    return None if pd.isna(cell) else cell


def event(kind: str, *days: date | None, **changes: Any) -> Story:
    """A person held with such events in one case, in the order of their ids."""
    events = tuple({"event_type": kind, "occurred_date": day, **changes} for day in days)
    return HELD.but(cases=({},), events=events)


def case(**fields: Any) -> Story:
    return HELD.but(cases=(fields,))


def row(day: date) -> Story:
    return case(considered_date=day, caseworker="CW01", outcome="PURSUE")


def release(day: date) -> Story:
    move = {"movement_type": "REL", "movement_reason": "CR", "movement_date": day}
    return HELD.but(movements=(move,), episode={"status": "ACTIVE IN"})


def last_movement(day: date) -> Story:
    return HELD.but(episode={"last_movement_type": "REL", "last_movement_reason": "CR",
                             "last_movement_date": day, "status": "ACTIVE IN"})  # fmt: skip


def removed(day: date, served: date) -> Story:
    move = {"movement_type": "REL", "movement_reason": "DD", "movement_date": day}
    return Story(movements=(move,), alerts=({"alert_code": "XSDEPORT", "start_date": served},))


ON_THE_NIGHT: list[Any] = [
    pytest.param(lambda day: event("DECISION_PURSUE", day, caseworker="CW01"), "considered_date",
                 id="a decision"),
    pytest.param(row, "considered_date", id="a decision on the case row"),
    pytest.param(lambda day: event("REFERRED", day), "referred_date", id="a referral by event"),
    pytest.param(lambda day: case(referral_received_date=day), "referred_date", id="a referral"),
    pytest.param(lambda day: case(opened_date=day), "referred_date", id="a case opened"),
    pytest.param(lambda day: case(started_date=day), "started_date", id="a start"),
    pytest.param(lambda day: event("STARTED", day), "started_date", id="a start by event"),
    pytest.param(lambda day: event("DEPORTATION_ORDER_SIGNED", day), "order_signed_date",
                 id="an order"),
    pytest.param(lambda day: event("REMOVED", day), "removed_date", id="a removal by event"),
    pytest.param(lambda day: HELD.but(removals=({"removed_date": day},)), "removed_date",
                 id="a removal"),
    pytest.param(release, "release_date", id="a release"),
    pytest.param(last_movement, "release_date", id="a release by the episode's own row"),
]  # fmt: skip


def side_by_side(table: list[Any], first: date, second: date) -> list[Any]:
    """The table with each story told for both days, and gathered."""
    pairs = [
        pytest.param(each.values[0](first), each.values[0](second), *each.values[1:], id=each.id)
        for each in table
    ]
    gather(pairs)
    return pairs


@pytest.mark.parametrize(
    ("on_the_night", "after", "column"), side_by_side(ON_THE_NIGHT, NIGHT, TOMORROW)
)
def test_what_happens_on_the_night_counts_and_nothing_after(
    on_the_night: Story, after: Story, column: str
) -> None:
    assert value(on_the_night, column) == pd.Timestamp(NIGHT)
    assert value(after, column) is None


RESTRICTIONS: list[Any] = [
    pytest.param(lambda day: event("DETENTION_AUTHORISED", day), id="detention authorised"),
    pytest.param(lambda day: KNOWN.but(detentions=({"start_date": day},)), id="a detention"),
    pytest.param(lambda day: KNOWN.but(bails=({"granted_date": day},)), id="a bail"),
]


@pytest.mark.parametrize("told", RESTRICTIONS)
def test_a_restriction_counts_from_the_sentence_to_the_night(
    told: Callable[[date], Story],
) -> None:
    wanted = {
        SENTENCED - timedelta(days=1): None,
        SENTENCED: pd.Timestamp(SENTENCED),
        NIGHT: pd.Timestamp(NIGHT),
        TOMORROW: None,
    }
    assert {day: value(told(day), "restriction_date") for day in wanted} == wanted


@pytest.mark.parametrize("told", RESTRICTIONS)
def test_a_restriction_counts_up_to_the_day_of_release(told: Callable[[date], Story]) -> None:
    def at_release(day: date) -> Story:
        return told(day).but(movements=None)

    assert value(at_release(RELEASED), "restriction_date") == pd.Timestamp(RELEASED)
    assert value(at_release(RELEASED + timedelta(days=1)), "restriction_date") is None


FROM_THE_SENTENCE: list[Any] = [
    pytest.param(lambda day: event("DECISION_PURSUE", day, caseworker="CW01"), "considered_date",
                 id="a decision"),
    pytest.param(lambda day: event("DEPORTATION_ORDER_SIGNED", day), "order_signed_date",
                 id="an order"),
    pytest.param(lambda day: event("REMOVED", day), "removed_date", id="a removal by event"),
    pytest.param(lambda day: HELD.but(removals=({"removed_date": day},)), "removed_date",
                 id="a removal"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("on_its_day", "before", "column"),
    side_by_side(FROM_THE_SENTENCE, SENTENCED, SENTENCED - timedelta(days=1)),
)
def test_what_belongs_to_an_earlier_time_does_not_count(
    on_its_day: Story, before: Story, column: str
) -> None:
    assert value(on_its_day, column) == pd.Timestamp(SENTENCED)
    assert value(before, column) is None


TWO_DAYS: list[Any] = [
    pytest.param(event("REFERRED", SECOND, FIRST), "referred_date", FIRST, id="two referrals"),
    pytest.param(event("REFERRED", FIRST, SECOND), "referred_date", FIRST, id="the other way"),
    pytest.param(event("STARTED", SECOND, FIRST), "started_date", FIRST, id="two starts"),
    pytest.param(event("STARTED", FIRST, SECOND), "started_date", FIRST, id="the later last"),
    pytest.param(event("DEPORTATION_ORDER_SIGNED", SECOND, FIRST), "order_signed_date", FIRST,
                 id="two orders"),
    pytest.param(event("REMOVED", SECOND, FIRST), "removed_date", FIRST, id="two removal events"),
    pytest.param(event("DETENTION_AUTHORISED", SECOND, FIRST), "restriction_date", FIRST,
                 id="detention authorised twice"),
    pytest.param(event("DECISION_PURSUE", SECOND, FIRST, caseworker="CW01"), "considered_date",
                 FIRST, id="two decisions"),
    pytest.param(HELD.but(removals=({"removed_date": SECOND}, {"removed_date": FIRST})),
                 "removed_date", FIRST, id="two removals"),
    pytest.param(KNOWN.but(detentions=({"start_date": SECOND}, {"start_date": FIRST})),
                 "restriction_date", FIRST, id="two detentions"),
    pytest.param(KNOWN.but(bails=({"granted_date": SECOND}, {"granted_date": FIRST})),
                 "restriction_date", FIRST, id="two bails"),
    pytest.param(KNOWN.but(detentions=({"start_date": SECOND},), bails=({"granted_date": FIRST},)),
                 "restriction_date", FIRST, id="a bail before a detention"),
    pytest.param(KNOWN.but(detentions=({"start_date": FIRST},), bails=({"granted_date": SECOND},)),
                 "restriction_date", FIRST, id="a detention before a bail"),
    pytest.param(event("DETENTION_AUTHORISED", FIRST).but(detentions=({"start_date": SECOND},)),
                 "restriction_date", FIRST, id="authorised before detained"),
    pytest.param(event("DETENTION_AUTHORISED", SECOND).but(detentions=({"start_date": FIRST},)),
                 "restriction_date", FIRST, id="detained before authorised"),
    pytest.param(event("REMOVED", FIRST).but(removals=({"removed_date": SECOND},)),
                 "removed_date", FIRST, id="an event before the removal on record"),
    pytest.param(event("REMOVED", SECOND).but(removals=({"removed_date": FIRST},)),
                 "removed_date", FIRST, id="a removal on record before the event"),
    pytest.param(event("STARTED", FIRST).but(cases=({"started_date": SECOND},)), "started_date",
                 FIRST, id="a start by event before the case row's"),
    pytest.param(event("STARTED", SECOND).but(cases=({"started_date": FIRST},)), "started_date",
                 FIRST, id="a start on the case row before the event"),
    pytest.param(event("REFERRED", FIRST).but(cases=({"opened_date": SECOND},)), "referred_date",
                 FIRST, id="referred by event before the case was opened"),
    pytest.param(case(referral_received_date=SECOND, opened_date=FIRST), "referred_date", FIRST,
                 id="opened before the referral was received"),
    pytest.param(event("REFERRED", SECOND).but(cases=({"referral_received_date": FIRST},)),
                 "referred_date", FIRST, id="received before the event says so"),
    pytest.param(HELD.but(cases=({"opened_date": SECOND}, {"opened_date": FIRST})),
                 "referred_date", FIRST, id="two cases"),
    pytest.param(HELD.but(cases=({"opened_date": SECOND, "started_date": SECOND},
                                 {"opened_date": FIRST, "started_date": FIRST})),
                 "started_date", FIRST, id="two cases that were started"),
]  # fmt: skip
gather(TWO_DAYS)


@pytest.mark.parametrize(("told", "column", "day"), TWO_DAYS)
def test_the_first_of_two_days_counts(told: Story, column: str, day: date) -> None:
    assert value(told, column) == pd.Timestamp(day)


def withdrawn(*days: date | None, decided: date = FIRST, **changes: Any) -> Story:
    events = [{"event_type": "DECISION_WITHDRAWN", "occurred_date": day} for day in days]
    return HELD.but(cases=(REFERRED,), events=(decision(decided, **changes), *events))


BEFORE = date(2004, 5, 1)
WITHDRAWALS = [
    pytest.param(withdrawn(BEFORE), True, id="before the decision"),
    pytest.param(withdrawn(FIRST), False, id="on its day"),
    pytest.param(withdrawn(BEFORE, SECOND), False, id="before it, and after it again"),
    pytest.param(withdrawn(SECOND, BEFORE), False, id="the other way round"),
    pytest.param(withdrawn(NIGHT, decided=NIGHT), False, id="on the night"),
    pytest.param(withdrawn(TOMORROW), True, id="after the night"),
]
gather(WITHDRAWALS)


@pytest.mark.parametrize(("told", "counts"), WITHDRAWALS)
def test_the_last_withdrawal_counts(told: Story, counts: bool) -> None:
    assert (value(told, "status") == "CONSIDERED") is counts


SERVED = [
    pytest.param((RELEASED,), True, id="on the day of the removal"),
    pytest.param((RELEASED + timedelta(days=1),), False, id="the day after it"),
    pytest.param((SENTENCED,), True, id="on the day of the sentence"),
    pytest.param((SENTENCED - timedelta(days=1),), False, id="before the sentence"),
    pytest.param((SECOND, date(2005, 1, 1)), True, id="before it, and again after it"),
    pytest.param((date(2005, 1, 1), SECOND), True, id="after it, and before it"),
]


@pytest.mark.parametrize(("served", "counts"), SERVED)
def test_an_order_served_in_prison_before_removal_is_a_decision(
    served: tuple[date, ...], counts: bool
) -> None:
    alerts = tuple({"alert_code": "XSDEPORT", "start_date": day} for day in served)
    told = removed(RELEASED, FIRST).but(alerts=alerts)
    assert (value(told, "status") == "CONSIDERED") is counts


ORDERS = [
    pytest.param(RELEASED, FIRST, True, id="signed on the day of removal, served before"),
    pytest.param(FIRST, date(2005, 1, 1), True, id="signed before, an alert after removal"),
    pytest.param(date(2005, 1, 1), FIRST, True, id="an alert before, signed after removal"),
    pytest.param(date(2005, 1, 1), date(2005, 1, 1), False, id="both after removal"),
]


@pytest.mark.parametrize(("signed", "served", "counts"), ORDERS)
def test_the_first_of_order_and_alert_counts(signed: date, served: date, counts: bool) -> None:
    told = removed(RELEASED, served).but(
        cases=(REFERRED,),
        events=({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": signed},),
    )
    assert (value(told, "status") == "CONSIDERED") is counts


def test_an_alert_of_another_kind_is_no_order() -> None:
    told = removed(RELEASED, FIRST).but(alerts=({"alert_code": "XLDEPORT", "start_date": FIRST},))
    assert value(told, "status") == "OUT_OF_SCOPE"


def test_removal_dates_of_both_registers_the_first_counts() -> None:
    move = {"movement_type": "REL", "movement_reason": "DD", "movement_date": RELEASED}
    for there, wanted in ((SECOND, SECOND), (date(2005, 1, 1), RELEASED)):
        told = Story(movements=(move,), removals=({"removed_date": there},))
        assert value(told, "removed_date") == pd.Timestamp(wanted)
    assert value(Story(movements=(move,)), "removed_date") == pd.Timestamp(RELEASED)
    assert value(Story(removals=()), "removed_date") is None
