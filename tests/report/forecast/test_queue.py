"""The queue ahead, in every order: against one worked event by event, and its own laws."""

import functools
import itertools
from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract import results
from jobs.report.forecast.capacity import compare_orders, forecast
from jobs.report.forecast.orders import (
    NEVER,
    ORDERS,
    RELEASES_FIRST,
    SERIOUS_FIRST,
    WORK,
    Order,
    turns,
)
from jobs.report.forecast.queue import Pace, too_late, waiting
from jobs.runtime.errors import BadInput

WORLD = invent(episodes=2_000)
PACE = {"flow.decided_13_weeks": 65.0, "flow.newcomers_13_weeks": 13.0}


@functools.cache
def paced() -> dict[str, pd.DataFrame]:
    """The invented night at a pace at which the orders differ."""
    figures = WORLD.facts["nightly.figures"].copy()
    faster = figures["figure_id"].map(PACE)
    return {**WORLD.facts, "nightly.figures": figures.assign(value=faster.fillna(figures["value"]))}


PEOPLE = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 120)), max_size=60)


class Waiting(NamedTuple):
    arrives: int
    leaves: int
    held: bool
    seriousness: int


def _one(arrives: int, leaves: int, held: bool, seriousness: int) -> Waiting:
    return Waiting(arrives, NEVER if held else max(arrives, leaves), held, seriousness)


MIXED = st.lists(
    st.builds(_one, st.integers(0, 60), st.integers(0, 120), st.booleans(), st.integers(1, 5)),
    max_size=50,
)


def turns_of(people: list[Waiting], *, daily: float, days: int, order: Order) -> np.ndarray:
    arrives, leaves, held, seriousness = (
        np.array(column) for column in (zip(*people, strict=True) if people else ([], [], [], []))
    )
    return turns(
        arrives=arrives.astype("int64"),
        leaves=leaves.astype("int64"),
        is_held=held.astype("bool"),
        seriousness=seriousness.astype("int64"),
        daily=daily,
        days=days,
        order=order,
    )


def ahead_only(leaves: Sequence[int], arrives: Sequence[int] | None = None) -> list[Waiting]:
    come = arrives or [0] * len(leaves)
    return [Waiting(a, left, False, 3) for a, left in zip(come, leaves, strict=True)]


def worked_event_by_event(
    people: list[Waiting], daily: float, days: int, order: Order
) -> dict[int, int]:
    """The slow, obvious queue: the day on which each person is decided on.

    People come at the start of a day and leave at the end of one. While somebody waits, work
    grows at a steady pace; whenever one decision's worth is done, the first in the order gets it.
    """
    happenings = [(float(each.arrives), "comes", i) for i, each in enumerate(people)]
    happenings += [(each.leaves + 1.0, "leaves", i) for i, each in enumerate(people)]
    happenings = sorted((when, what == "comes", i) for when, what, i in happenings if when < days)
    present: list[int] = []
    decided: dict[int, int] = {}
    now = work = 0.0
    for when, comes, person in [*happenings, (float(days), True, -1)]:
        while present and daily > 0 and now + (1 - work) / daily <= when + 1e-4:
            now += (1 - work) / daily
            work = 0.0
            day = max(0, ceil(now - 1e-4) - 1)
            chosen = taken_next(people, present, day, len(decided) + 1, order)
            present.remove(chosen)
            decided[chosen] = day
        if present:
            work += max(0.0, when - now) * daily
        now = when
        if now >= days:
            break
        if comes:
            present.append(person)
        elif person in present:
            present.remove(person)
        if not [i for i in present if people[i].leaves >= now]:
            work = 0.0
    return decided


def taken_next(
    people: list[Waiting], present: list[int], day: int, number: int, order: Order
) -> int:
    """Who gets the decision of this number on this day, as the order says it in words."""
    held = [i for i in present if people[i].held]
    others = [i for i in present if not people[i].held]
    near = [i for i in others if people[i].leaves - day <= 30]

    def nearest(few: list[int]) -> int:
        return min(few, key=lambda i: (-1 if people[i].held else people[i].leaves, i))

    match order.name:
        case "releases_first":
            return nearest(others or held)
        case "held_first":
            return nearest(held or others)
        case "in_turn":
            return nearest((held or others) if number % 2 == 0 else (others or held))
        case "work":
            return nearest(near or held or others)
        case "serious_first":
            worst = min(people[i].seriousness for i in present)
            return nearest([i for i in present if people[i].seriousness == worst])
    raise AssertionError(order.name)


def queue_of(people: list[tuple[int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(people, columns=["arrives", "leaves"]).astype("int64")
    frame["episode_id"] = [f"E{i}" for i in range(len(frame))]
    frame = frame.assign(is_held=False, seriousness=3)
    return frame.sort_values(["leaves", "episode_id"], ignore_index=True)


def pace_of(weekly: float) -> Pace:
    return Pace(opened=1.0, closed=1.0, decided=weekly, newcomers=0.0, staff=10.0)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
@given(people=MIXED, weekly=st.sampled_from([0, 1, 2, 3, 5, 7, 10, 14, 21.5, 40]))
@settings(deadline=None, max_examples=80)
def test_each_order_is_worked_as_it_is_event_by_event(
    order: Order, people: list[Waiting], weekly: float
) -> None:
    turn = turns_of(people, daily=weekly / 7, days=140, order=order)
    decided = {i: int(day) for i, day in enumerate(turn) if day != NEVER}
    assert decided == worked_event_by_event(people, weekly / 7, 140, order)


@given(people=PEOPLE, weekly=st.floats(0.0, 30.0), more=st.floats(0.0, 30.0))
@settings(deadline=None)
def test_more_staff_never_lose_more_people_of_those_who_are_due(
    people: list[tuple[int, int]], weekly: float, more: float
) -> None:
    queue = queue_of([(0, leaves) for _, leaves in people])
    few = too_late(queue=queue, pace=pace_of(weekly), staff=10.0, weeks=26)
    many = too_late(queue=queue, pace=pace_of(weekly + more), staff=10.0, weeks=26)
    assert many.rows.sum() <= few.rows.sum()


@given(people=PEOPLE, weekly=st.floats(0.0, 30.0))
@settings(deadline=None)
@example(people=[(0, 9), (0, 18), (0, 27), (0, 37), (0, 55), (41, 46)], weekly=0.75)
def test_the_number_lies_in_its_range(people: list[tuple[int, int]], weekly: float) -> None:
    found = too_late(queue=queue_of(people), pace=pace_of(weekly), staff=10.0, weeks=26)
    assert found.low <= found.rows.sum() <= found.high


def lost(people: list[Waiting], *, daily: float, order: Order) -> int:
    turn = turns_of(people, daily=daily, days=200, order=order)
    left = np.array([each.leaves for each in people])
    return int(((turn == NEVER) & (left < 200)).sum())


@given(people=MIXED, weekly=st.sampled_from([1, 3, 5, 7, 14, 21.5]))
@settings(deadline=None, max_examples=150)
def test_of_the_stated_orders_releases_first_loses_the_fewest(
    people: list[Waiting], weekly: float
) -> None:
    fewest = lost(people, daily=weekly / 7, order=RELEASES_FIRST)
    assert all(fewest <= lost(people, daily=weekly / 7, order=order) for order in ORDERS)


@given(
    people=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 14)), min_size=1, max_size=7),
    daily=st.sampled_from([1, 2]),
)
@settings(deadline=None, max_examples=60)
def test_no_order_whatever_loses_fewer_than_releases_first(
    people: list[tuple[int, int]], daily: int
) -> None:
    """Every choice of who could be decided on when: the largest number of people with a day."""
    waiting_ = [_one(arrives, leaves, False, 3) for arrives, leaves in people]

    @functools.cache
    def most(day: int, left: frozenset[int]) -> int:
        if day > 26:
            return 0
        ready = [i for i in left if waiting_[i].arrives <= day <= waiting_[i].leaves]
        choices = itertools.combinations(ready, min(daily, len(ready)))
        return max(len(few) + most(day + 1, left - frozenset(few)) for few in choices)

    best = len(people) - most(0, frozenset(range(len(people))))
    assert lost(waiting_, daily=daily, order=RELEASES_FIRST) == best


def test_no_order_does_everything() -> None:
    """Two held and two who leave on the second day, a decision a day: each order pays for it."""
    people = [
        *(Waiting(0, NEVER, True, 3) for _ in range(2)),
        *(Waiting(0, 1, False, 3) for _ in range(2)),
    ]
    found = {}
    for order in ORDERS:
        turn = turns_of(people, daily=1.0, days=4, order=order)
        found[order.name] = [None if day == NEVER else int(day) for day in turn]
    assert found == {
        "releases_first": [2, 3, 0, 1],
        "work": [2, 3, 0, 1],
        "held_first": [0, 1, None, None],
        "in_turn": [1, 2, 0, None],
        "serious_first": [0, 1, None, None],
    }


def test_the_order_of_the_work_leaves_later_releases_for_after_the_held() -> None:
    people = [Waiting(0, 40, False, 1), Waiting(0, NEVER, True, 5), Waiting(0, 30, False, 5)]
    assert turns_of(people, daily=1.0, days=9, order=WORK).tolist() == [2, 1, 0]
    assert turns_of(people, daily=1.0, days=9, order=RELEASES_FIRST).tolist() == [1, 2, 0]
    assert turns_of(people, daily=1.0, days=9, order=SERIOUS_FIRST).tolist() == [0, 1, 2]


def test_nobody_waits_without_need() -> None:
    people = ahead_only([9, 9, 9], [0, 0, 3])
    assert turns_of(people, daily=1.0, days=10, order=WORK).tolist() == [0, 1, 3]


def test_idle_days_are_not_saved_up() -> None:
    people = ahead_only([5, 5], [5, 5])
    assert turns_of(people, daily=1.0, days=10, order=WORK).tolist() == [5, NEVER]


def test_the_orders_are_compared_on_the_queue_of_the_night() -> None:
    compared = {each.order.name: each for each in compare_orders(facts=paced(), as_of=AS_OF)}
    queue = waiting(paced()["nightly.assessments"], AS_OF)
    assert {each.held for each in compared.values()} == {int(queue["is_held"].sum())}
    assert compared["work"].late == len(forecast(facts=paced(), as_of=AS_OF, weeks=26).late)
    assert compared["releases_first"].late == min(each.late for each in compared.values())
    assert compared["held_first"].held_left == min(each.held_left for each in compared.values())
    for each in compared.values():
        assert each.low <= each.late <= each.high
        assert each.by_week.iloc[-1].tolist() == [each.late, each.held_left]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
def test_the_staff_who_do_both_lose_nobody_and_one_fewer_does(order: Order) -> None:
    (found,) = (e for e in compare_orders(facts=paced(), as_of=AS_OF) if e.order is order)
    staff = found.staff_for_both
    assert staff is not None
    enough, fewer = (
        forecast(facts=paced(), as_of=AS_OF, weeks=26, staff=many, order=order)
        for many in (staff, staff - 1)
    )
    assert (len(enough.late), enough.held_left) == (0, 0)
    assert len(fewer.late) or fewer.held_left


def test_the_backlog_stays_in_its_range_nine_times_out_of_ten() -> None:
    rng = np.random.default_rng(11)
    inside = 0
    runs = 400
    for _ in range(runs):
        opened, closed = rng.poisson(20 * 13), rng.poisson(15 * 13)
        figures = pd.DataFrame(
            {
                "figure_id": [
                    "flow.opened_13_weeks",
                    "flow.closed_13_weeks",
                    "staff.working_13_weeks",
                    "backlog.open",
                ],
                "group_value": "(all)",
                "value": [opened, closed, 10.0, 1_000.0],
            }
        )
        facts = {
            "nightly.figures": figures,
            "nightly.assessments": WORLD.facts["nightly.assessments"].head(0),
        }
        last = forecast(facts=facts, as_of=AS_OF, weeks=26).weeks.iloc[-1]
        truth = 1_000 + rng.poisson(20 * 26) - rng.poisson(15 * 26)
        inside += last["backlog_low"] <= truth <= last["backlog_high"]
    assert 0.85 <= inside / runs <= 0.95


def test_who_waits_is_in_scope_and_undecided() -> None:
    assessments = WORLD.facts["nightly.assessments"]
    queue = waiting(assessments, AS_OF)
    status = assessments.set_index("episode_id")["status"]
    back_inside = results.MISSED_STATUSES
    assert set(status[queue["episode_id"]]) - back_inside == {"DUE", "NOT_YET_DUE"}
    due = int(assessments["is_due"].fillna(False).sum())
    assert int(queue["arrives"].eq(0).sum()) == due


def test_a_date_that_has_passed_is_held_and_never_called_late() -> None:
    assessments = WORLD.facts["nightly.assessments"]
    due = assessments["is_due"].fillna(False).astype("bool")
    passed = assessments[due & assessments["days_to_release"].lt(0)]
    queue = waiting(assessments, AS_OF)
    assert len(passed)
    assert set(queue.loc[queue["is_held"], "episode_id"]) == set(passed["episode_id"])
    assert queue.loc[queue["is_held"], "leaves"].eq(NEVER).all()


def test_more_staff_in_the_forecast_clear_the_backlog_sooner() -> None:
    few = forecast(facts=WORLD.facts, as_of=AS_OF, staff=10)
    many = forecast(facts=WORLD.facts, as_of=AS_OF, staff=10_000)
    assert len(many.late) <= len(few.late)
    assert many.weeks["backlog"].iloc[-1] <= few.weeks["backlog"].iloc[-1]
    assert many.clear_week is not None
    assert few.clear_week is None or few.clear_week >= many.clear_week


def test_the_forecast_without_a_number_of_staff_is_that_of_the_figure() -> None:
    ahead = forecast(facts=WORLD.facts, as_of=AS_OF, weeks=26)
    figures = WORLD.reported.figures
    row = figures[figures["figure_id"].eq("flow.late_26_weeks")].iloc[0]
    assert [len(ahead.late), ahead.late_low, ahead.late_high] == row[
        ["value", "low", "high"]
    ].tolist()


def test_the_weeks_count_every_dated_release_of_the_queue() -> None:
    ahead = forecast(facts=WORLD.facts, as_of=AS_OF, weeks=52)
    queue = waiting(WORLD.facts["nightly.assessments"], AS_OF)
    assert ahead.weeks["releases"].sum() == int(queue["leaves"].lt(7 * 52).sum())


@pytest.mark.parametrize("staff", [-1.0, float("nan"), float("inf")])
def test_a_number_of_staff_that_cannot_be_is_refused(staff: float) -> None:
    with pytest.raises(BadInput, match="not a number of staff"):
        forecast(facts=WORLD.facts, as_of=AS_OF, staff=staff)


def test_without_any_decision_nobody_gets_a_turn() -> None:
    facts = dict(WORLD.facts)
    figures = facts["nightly.figures"].copy()
    figures.loc[figures["figure_id"].eq("flow.decided_13_weeks"), "value"] = 0.0
    ahead = forecast(facts={**facts, "nightly.figures": figures}, as_of=AS_OF, weeks=26)
    queue = waiting(facts["nightly.assessments"], AS_OF)
    assert len(ahead.late) == int(queue["leaves"].lt(7 * 26).sum())
