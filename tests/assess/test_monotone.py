"""Bad news never improves a status: a longer sentence, an earlier release, a lost decision.

What the law says, and what it leaves open, is written in
``docs/decisions/0011-bad-news-never-improves-a-status.md``.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.odd_worlds import NIGHT, World, side_by_side
from benchmarks.samples.stories import REFERRED, Story, decision, tell
from jobs.contract.registers import TABLES
from tests.assess.reference import Reference
from tests.assess.test_agreement import fast, invented

CONCERN = {
    "OUT_OF_SCOPE": 0,
    "CONSIDERED": 0,
    "NOT_YET_DUE": 1,
    "CONSIDERED_LATE": 2,
    "DUE": 3,
    "VERIFY_NATIONALITY": 4,
    "NOT_REFERRED": 5,
    "REFERRED_NOT_CONSIDERED": 5,
}
WAITING = {CONCERN["NOT_YET_DUE"], CONCERN["DUE"]}

Registers = dict[str, list[dict[str, Any]]]

_BEGINNINGS = {
    "prison.episodes": ("reception_date", "sentence_start_date"),
    "prison.sentences": ("sentence_date", "conviction_date", "activated_date"),
}


def longer_sentences(registers: Registers, chance: Random) -> None:
    """Some recorded terms of months grow, by a month or by a year."""
    for row in registers["prison.sentences"]:
        if (row["term_months"] or -1) >= 0:
            row["term_months"] += chance.choice([0, 1, 12])


def earlier_releases(registers: Registers, chance: Random) -> None:
    """Dated releases, recorded or expected, happen some time before.

    Not those that would then lie before the sentence: such a date is implausible and not used.
    """
    floors: dict[str, date] = {}
    for name, fields in _BEGINNINGS.items():
        for row in registers[name]:
            days = [row[field] for field in fields if row[field]]
            floors[row["episode_id"]] = max([floors.get(row["episode_id"], date.min), *days])
    for row in registers["prison.movements"]:
        if row["movement_type"] == "REL" and row["movement_reason"] == "CR":
            row["movement_date"] = _before(row, "movement_date", floors, chance)
    for row in registers["prison.episodes"]:
        row["conditional_release_date"] = _before(row, "conditional_release_date", floors, chance)


def lost_decisions(registers: Registers, chance: Random) -> None:
    """Decisions are gone wherever they were recorded: the event, and the row of its case."""
    lost = {
        row["event_id"]: row["case_id"]
        for row in registers["immigration.events"]
        if (row["event_type"] or "").startswith("DECISION_")
        and row["event_type"] != "DECISION_WITHDRAWN"
        and chance.random() < 0.6
    }
    registers["immigration.events"] = [
        row for row in registers["immigration.events"] if row["event_id"] not in lost
    ]
    for row in registers["immigration.cases"]:
        if row["case_id"] in lost.values() or chance.random() < 0.6:
            row["considered_date"] = None


def _before(
    row: dict[str, Any], name: str, floors: Mapping[str, date], chance: Random
) -> date | None:
    day: date | None = row[name]
    floor = floors.get(row["episode_id"])
    earlier = day - timedelta(days=chance.choice([0, 1, 30, 365, 730])) if day else None
    return day if earlier is None or (floor and earlier < floor) else earlier


LAWS: dict[str, Callable[[Registers, Random], None]] = {
    "longer sentence": longer_sentences,
    "earlier release": earlier_releases,
    "lost decision": lost_decisions,
}


def concern(world: World) -> tuple[dict[str, int], set[str]]:
    """The concern of each episode, and those whose sentence is of no recorded day."""
    frame = fast(world).assessments
    statuses = dict(zip(frame["episode_id"], frame["status"], strict=True))
    undated = set(frame.loc[frame["sentence_date"].isna(), "episode_id"])
    return {episode: CONCERN[status] for episode, status in statuses.items()}, undated


def adds_up(told: Sequence[World], name: str) -> bool:
    """Whether the sentences of an episode, by its name side by side, reach the length together."""
    number, _, wanted = name.partition("-")
    world = told[int(number)]
    reference = Reference(world.registers, world.links, world.identities, NIGHT)
    (episode,) = (e for e in world.registers["prison.episodes"] if e["episode_id"] == wanted)
    return bool(reference.added_up(episode, reference.term(episode)))


def improved(told: Sequence[World], law: str, *, start: int = 0) -> tuple[int, list[str]]:
    """How many episodes were looked at; and those whose status bad news improved, as text."""
    world = side_by_side(told)
    if law == "earlier release":
        for row in world.registers["prison.episodes"]:
            row |= {"parole_eligibility_date": None, "last_movement_type": None, "status": None}
        # A release that comes before a withdrawal, or the end of a deferral, was considered.
        world.registers["immigration.events"] = [
            row
            for row in world.registers["immigration.events"]
            if row["event_type"] not in ("DECISION_WITHDRAWN", "DECISION_DEFERRED")
        ]
    changed = copy.deepcopy(world)
    LAWS[law](changed.registers, Random(start))
    (before, undated), (after, _) = concern(world), concern(changed)
    # A longer sentence may put off a release that is worked out, and with it the due date; and one
    # that comes to suffice alone needs no later one to bring its person into scope.
    is_longer = law == "longer sentence"
    excused = WAITING if is_longer else set()
    # Of an undated conviction only its release shows which decisions came after it.
    spared = undated if law == "earlier release" else set()
    return len(before), [
        f"[{episode}] {told[int(episode.split('-')[0])]}"
        for episode in before
        if after[episode] < before[episode]
        and {before[episode], after[episode]} != excused
        and episode not in spared
        and not (is_longer and adds_up(told, episode))
    ]


@pytest.mark.parametrize("law", LAWS)
def test_bad_news_never_improves_a_status(law: str) -> None:
    episodes, better = improved(invented(), law)
    assert episodes > 0
    assert not better, better[0]


REMOVED = Story(
    there={"nationality": "BRIT"},
    cases=(REFERRED,),
    movements=(
        {"movement_type": "REL", "movement_reason": "DD", "movement_date": date(2004, 12, 1)},
    ),
)
"""Somebody who may be British, removed straight from custody: the search found this one."""


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(REMOVED, id="nobody decided"),
        pytest.param(REMOVED.but(events=(decision(date(2004, 10, 1)),)), id="a caseworker decided"),
    ],
)
def test_a_removal_that_may_be_of_a_british_citizen_is_verified_whoever_decided(
    told: Story,
) -> None:
    assert tell(told)[0]["status"] == "VERIFY_NATIONALITY"


def come_back_and_leave(registers: Registers) -> None:
    """Everybody who is out is received again in the same booking, and released once more."""
    moves = registers["prison.movements"]
    empty = dict.fromkeys(moves[0])
    for row in registers["prison.episodes"]:
        row |= {"status": None, "last_movement_type": None}
        own = [move for move in moves if move["episode_id"] == row["episode_id"]]
        number = max((move["movement_sequence"] for move in own), default=0)
        for step, (kind, reason) in enumerate((("ADM", "24"), ("REL", "CR")), start=1):
            moves.append(
                {**empty, "episode_id": row["episode_id"], "movement_sequence": number + step,
                 "movement_type": kind, "movement_reason": reason, "movement_date": NIGHT}
            )  # fmt: skip


def decide_tonight(registers: Registers) -> None:
    """A named caseworker decides in every criminal case, on the night."""
    empty = dict.fromkeys(TABLES["immigration.events"].columns)
    registers["immigration.events"] += [
        {**empty, **decision(NIGHT), "event_id": f"late {case['case_id']}",
         "case_id": case["case_id"]}
        for case in registers["immigration.cases"]
    ]  # fmt: skip


def dated_releases(world: World) -> dict[tuple[str, date], bool]:
    """Whether each release before the night was missed."""
    frame = fast(world).releases
    frame = frame[frame["release_date"].lt(pd.Timestamp(NIGHT)).fillna(False).astype(bool)]
    days = frame["release_date"].dt.date
    return dict(zip(zip(frame["episode_id"], days, strict=True), frame["is_missed"], strict=True))


LATER = [
    pytest.param(come_back_and_leave, id="a return and another release"),
    pytest.param(decide_tonight, id="a decision after the release"),
]


@pytest.mark.parametrize("later", LATER)
def test_nothing_that_happens_later_undoes_a_miss(later: Callable[[Registers], None]) -> None:
    world = side_by_side(invented())
    # A release before a sentence of the same stay is one of that sentence only while no return
    # is on record: there the record is corrected, and nothing happens later.
    last: dict[str, date] = {}
    for row in world.registers["prison.sentences"]:
        known = [row[name] for name in ("sentence_date", "activated_date") if row[name]]
        last[row["episode_id"]] = max([last.get(row["episode_id"], date.min), *known])
    for row in world.registers["prison.episodes"]:
        row |= {"status": None, "last_movement_type": None}
    changed = copy.deepcopy(world)
    later(changed.registers)
    before, after = dated_releases(world), dated_releases(changed)
    missed = {key for key, is_missed in before.items() if is_missed}
    missed = {key for key in missed if last.get(key[0], date.min) <= key[1]}
    assert len(missed) >= 40
    undone = {key for key in missed if after.get(key) is False}
    assert not undone, undone
    if later is decide_tonight:
        assert {key: after[key] for key in before} == before
