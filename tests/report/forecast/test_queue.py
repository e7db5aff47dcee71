"""The queue ahead: against a queue worked event by event, and against its own laws."""

from math import ceil

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract import results
from jobs.report.forecast.capacity import forecast
from jobs.report.forecast.queue import NEVER, Pace, too_late, turns, waiting
from jobs.runtime.errors import BadInput

WORLD = invent(episodes=2_000)
PEOPLE = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 120)), max_size=60)


def worked_event_by_event(people: list[tuple[int, int]], daily: float, days: int) -> dict[int, int]:
    """The slow, obvious queue: the day on which each person is decided on.

    People come at the start of a day and leave at the end of one. While somebody waits, work
    grows at a steady pace; whenever one decision's worth is done, the nearest release gets it.
    """
    happenings = [(float(arrives), "comes", i) for i, (arrives, _) in enumerate(people)]
    happenings += [(left + 1.0, "leaves", i) for i, (_, left) in enumerate(people)]
    happenings = sorted((when, what == "comes", i) for when, what, i in happenings)
    present: list[int] = []
    decided: dict[int, int] = {}
    now = work = 0.0
    for when, comes, person in [*happenings, (float(days), True, -1)]:
        while present and daily > 0 and now + (1 - work) / daily <= when + 1e-4:
            now += (1 - work) / daily
            work = 0.0
            nearest = min(present, key=lambda i: (people[i][1], i))
            present.remove(nearest)
            decided[nearest] = max(0, ceil(now - 1e-4) - 1)
        if present:
            work += max(0.0, when - now) * daily
        now = when
        if now >= days:
            break
        if comes:
            present.append(person)
        elif person in present:
            present.remove(person)
        if not present:
            work = 0.0
    return decided


def queue_of(people: list[tuple[int, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(people, columns=["arrives", "leaves"]).astype("int64")
    frame["episode_id"] = [f"E{i}" for i in range(len(frame))]
    return frame.sort_values(["leaves", "episode_id"], ignore_index=True)


def pace_of(weekly: float) -> Pace:
    return Pace(opened=1.0, closed=1.0, decided=weekly, newcomers=0.0, staff=10.0)


@given(people=PEOPLE, weekly=st.sampled_from([0, 1, 2, 3, 5, 7, 10, 14, 21.5, 40]))
@settings(deadline=None, max_examples=300)
def test_the_queue_is_worked_as_it_is_event_by_event(
    people: list[tuple[int, int]], weekly: float
) -> None:
    people = sorted(((a, max(a, left)) for a, left in people), key=lambda p: p[1])
    turn = turns(
        arrives=np.array([a for a, _ in people], dtype="int64"),
        leaves=np.array([left for _, left in people], dtype="int64"),
        daily=weekly / 7,
        days=140,
    )
    decided = {i: int(day) for i, day in enumerate(turn) if day != NEVER}
    assert decided == worked_event_by_event(people, weekly / 7, 140)


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


@given(people=st.lists(st.integers(0, 40), min_size=1, max_size=40), seed=st.integers(0, 99))
@settings(deadline=None)
def test_no_other_order_loses_fewer_people(people: list[int], seed: int) -> None:
    def lost(leaves: np.ndarray) -> int:
        turn = turns(arrives=np.zeros_like(leaves), leaves=leaves, daily=0.7, days=60)
        return int((turn == NEVER).sum())

    nearest_first = np.array(sorted(people), dtype="int64")
    another = np.random.default_rng(seed).permutation(nearest_first)
    assert lost(nearest_first) <= lost(another)


def test_nobody_waits_without_need() -> None:
    turn = turns(arrives=np.array([0, 0, 3]), leaves=np.array([9, 9, 9]), daily=1.0, days=10)
    assert turn.tolist() == [0, 1, 3]


def test_idle_days_are_not_saved_up() -> None:
    turn = turns(arrives=np.array([5, 5]), leaves=np.array([5, 5]), daily=1.0, days=10)
    assert turn.tolist() == [5, NEVER]


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


def test_a_date_that_has_passed_is_taken_first_and_never_called_late() -> None:
    assessments = WORLD.facts["nightly.assessments"]
    passed = assessments[assessments["status"].eq("DUE") & assessments["days_to_release"].lt(0)]
    queue = waiting(assessments, AS_OF)
    assert set(queue["episode_id"].head(len(passed))) == set(passed["episode_id"])
    assert queue["leaves"].head(len(passed)).eq(NEVER).all()


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
