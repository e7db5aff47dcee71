"""Bad news never improves a status: a longer sentence, an earlier release, a lost decision."""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assess.test_agreement import BATCH, CHECKS, fast
from tests.assess.worlds import World, side_by_side, worlds

CONCERN = {
    "OUT_OF_SCOPE": 0,
    "CONSIDERED": 0,
    "NOT_YET_DUE": 1,
    "DUE": 2,
    "VERIFY_NATIONALITY": 3,
    "CONSIDERED_LATE": 4,
    "NOT_REFERRED": 5,
    "REFERRED_NOT_CONSIDERED": 5,
}


_BEGINNINGS = {
    "prison.episodes": ("reception_date", "sentence_start_date"),
    "prison.sentences": ("sentence_date", "conviction_date", "activated_date"),
}


def longer_sentences(registers: dict[str, list[dict[str, Any]]]) -> None:
    """Every recorded term of months grows by a year."""
    for row in registers["prison.sentences"]:
        if (row["term_months"] or -1) >= 0:
            row["term_months"] += 12


def earlier_releases(registers: dict[str, list[dict[str, Any]]]) -> None:
    """Every dated release, recorded or expected, happens two years before.

    Not those that would then lie before the sentence: such a date is implausible and not used.
    """
    floors: dict[str, date] = {}
    for name, fields in _BEGINNINGS.items():
        for row in registers[name]:
            days = [row[field] for field in fields if row[field]]
            floors[row["episode_id"]] = max([floors.get(row["episode_id"], date.min), *days])
    for row in registers["prison.movements"]:
        if row["movement_type"] == "REL" and row["movement_reason"] == "CR":
            row["movement_date"] = _before(row["movement_date"], floors.get(row["episode_id"]))
    for row in registers["prison.episodes"]:
        row["conditional_release_date"] = _before(
            row["conditional_release_date"], floors.get(row["episode_id"])
        )


def lost_decisions(registers: dict[str, list[dict[str, Any]]]) -> None:
    """Every decision is gone, from the events and from the case rows."""
    registers["immigration.events"] = [
        row
        for row in registers["immigration.events"]
        if not (row["event_type"] or "").startswith("DECISION_")
    ]
    for row in registers["immigration.cases"]:
        row["considered_date"] = None


def _before(day: date | None, floor: date | None) -> date | None:
    earlier = day - timedelta(days=730) if day else None
    return day if earlier is None or (floor and earlier < floor) else earlier


def concern(world: World) -> dict[str, int]:
    frame = fast(world).assessments
    statuses = dict(zip(frame["episode_id"], frame["status"], strict=True))
    return {episode: CONCERN[status] for episode, status in statuses.items()}


@pytest.mark.parametrize("worse", [longer_sentences, lost_decisions], ids=lambda f: f.__name__)
@given(told=st.lists(worlds(), min_size=1, max_size=BATCH))
@CHECKS
def test_bad_news_never_improves_a_status(
    worse: Callable[[dict[str, list[dict[str, Any]]]], None], told: list[World]
) -> None:
    world = side_by_side(told)
    changed = copy.deepcopy(world)
    worse(changed.registers)
    before, after = concern(world), concern(changed)
    # A longer sentence may put off a release that is worked out, and with it the due date.
    same = {CONCERN["NOT_YET_DUE"], CONCERN["DUE"]} if worse is longer_sentences else set()
    assert all(
        after[episode] >= before[episode] or {before[episode], after[episode]} == same
        for episode in before
    )


@given(told=st.lists(worlds(), min_size=1, max_size=BATCH))
@CHECKS
def test_an_earlier_release_never_improves_a_status(told: list[World]) -> None:
    world = side_by_side(told)
    for row in world.registers["prison.episodes"]:
        row |= {"parole_eligibility_date": None, "last_movement_type": None, "status": None}
    changed = copy.deepcopy(world)
    earlier_releases(changed.registers)
    before, after = concern(world), concern(changed)
    assert all(after[episode] >= before[episode] for episode in before)
