"""The fast assessment agrees with the slow one, whatever the registers hold.

The suite looks at `EXAMPLES` worlds; ``test_many_worlds.py`` at many thousand others, with the
same functions.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.busy_people import KINDS
from benchmarks.samples.odd_worlds import EXAMPLES, NIGHT, NIGHTS, World, invent, side_by_side
from benchmarks.samples.stories import frame, policy
from jobs.assess import Assessed, assess
from jobs.assess.criteria.duty import DUTIES
from jobs.assess.criteria.exemptions import EXEMPTIONS
from jobs.assess.criteria.scope import SCOPE_RULES
from jobs.assess.decide.assessment_rows import RULES as EXITS
from jobs.assess.decide.discrepancy_rules import DISCREPANCIES
from jobs.assess.decide.outcomes import NAMES as OUTCOME_NAMES
from jobs.assess.decide.status import STATUSES
from jobs.contract.registers import TABLES
from jobs.contract.results import IDENTITIES, LINKS
from jobs.contract.results.assessed import RELEASE_STATUS
from tests.assess.slow import Answers, judged, key_of, slow


def invented() -> tuple[World, ...]:
    """The worlds that the suite looks at."""
    return invent(start=0, count=EXAMPLES)


def kinds_of(told: Sequence[World]) -> Counter[str]:
    """How many worlds hold each kind of story in one booking."""
    return Counter(kind for w in told for kind, holds in KINDS.items() if holds(w.registers))


def arrow(full_name: str, rows: list[dict[str, Any]]) -> pa.Table:
    declared = TABLES[full_name]
    columns = [pa.array([row[f.name] for row in rows], f.kind.arrow) for f in declared.fields]
    return pa.Table.from_arrays(columns, names=declared.columns)


def link_rows(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**link, "match_weight": 1.0, "evidence": "{}"} for link in links]


def fast(world: World, *, night: date = NIGHT, backwards: bool = False) -> Assessed:
    step = -1 if backwards else 1
    return assess(
        tables={name: arrow(name, rows[::step]) for name, rows in world.registers.items()},
        links=frame(LINKS, link_rows(world.links)[::step]),
        identities=frame(IDENTITIES, world.identities[::step]),
        as_of=night,
        policy=policy(),
    )


def plain(value: Any, *, world: int) -> Any:
    if pd.isna(value):
        return None
    if isinstance(value, str):
        return value.removeprefix(f"{world}-")
    return value.date() if isinstance(value, pd.Timestamp) else value


def quick(assessed: Assessed, wanted: Sequence[dict[str, Answers]]) -> list[dict[str, Answers]]:
    """What the fast assessment says of each world, in the columns that the reference knows."""
    found: list[dict[str, Answers]] = [{name: {} for name in world} for world in wanted]
    work = assessed.assessments.dropna(subset="priority").sort_values("priority")
    for world in found:
        world["work"]["order"] = {"episodes": []}
    for episode in work["episode_id"]:
        number, _, name = episode.partition("-")
        found[int(number)]["work"]["order"]["episodes"].append(name)
    columns = {
        table: next((list(told) for world in wanted for told in world[table].values()), [])
        for table in ("assessments", "releases", "flags", "discrepancies")
    }
    for table, names in columns.items():
        frame = getattr(assessed, table)
        for row in frame.to_dict("records"):
            number = int(row["episode_id"].partition("-")[0])
            told = {name: plain(row[name], world=number) for name in names}
            found[number][table][key_of(table, told, plain(row["episode_id"], world=number))] = told
    return found


def disagreements(
    told: Sequence[World], *, night: date, judge: Callable[..., dict[str, Answers]] = judged
) -> tuple[int, list[tuple[World, str, dict[str, Any]]]]:
    """How many episodes were judged twice; and world, what differs, and both answers."""
    wanted = [judge(world, night=night) for world in told]
    found = quick(fast(side_by_side(told), night=night), wanted)
    odd = []
    for world, one, other in zip(told, found, wanted, strict=True):
        for table in other:
            for key in sorted(one[table].keys() | other[table].keys()):
                fields = _differences(one[table].get(key), other[table].get(key))
                if fields:
                    odd.append((world, f"{night} {table} {key}", fields))
    return sum(len(world["assessments"]) for world in wanted), odd


def _differences(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any]:
    if one is None or other is None:
        return {} if one == other else {"fast and slow": (one, other)}
    return {name: (one[name], other[name]) for name in other if one[name] != other[name]}


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("first", range(0, EXAMPLES, 25))
def test_the_fast_assessment_agrees_with_the_slow_one(first: int, night: date) -> None:
    episodes, odd = disagreements(invented()[first : first + 25], night=night)
    assert episodes >= 25
    assert not odd, odd[0]


RARE_OUTCOMES = {"IN_PROCESS", "CLOSED"}
"""Of a case that is merely open or closed: too rare where all is odd, so the table of
`tests/assess/decide/test_flags.py` tries them."""
FEWEST = 10
"""So often at least each rule must have given its answer."""
BY_COLUMN = [
    pytest.param("assessments", "scope_rule_id", [*SCOPE_RULES, *(exit_.id for exit_ in EXITS)],
                 id="scope"),
    pytest.param("assessments", "status_rule_id", [each.id for each in STATUSES], id="status"),
    pytest.param("flags", "duty_rule_id", [each.id for each in DUTIES], id="duty"),
    pytest.param("flags", "exemption_rule_id", [each.id for each in EXEMPTIONS], id="exemption"),
    pytest.param("flags", "outcome", [name for name in OUTCOME_NAMES if name not in RARE_OUTCOMES],
                 id="outcome"),
    pytest.param("releases", "status", [entry.code for entry in RELEASE_STATUS.codes],
                 id="release"),
    pytest.param("discrepancies", "rule_id", [each.id for each in DISCREPANCIES],
                 id="discrepancy"),
]  # fmt: skip


def answers(table: str, column: str) -> Counter[Any]:
    """How often the reference gave each answer, over every world and night."""
    found = (judged(world, night=night) for night in NIGHTS for world in invented())
    return Counter(row[column] for world in found for row in world[table].values())


@pytest.mark.parametrize(("table", "column", "rules"), BY_COLUMN)
def test_every_rule_gives_the_answer_in_some_of_the_worlds(
    table: str, column: str, rules: Sequence[str]
) -> None:
    given = answers(table, column)
    assert set(given) <= {None, *rules, *RARE_OUTCOMES}
    assert {rule: given[rule] for rule in rules if given[rule] < FEWEST} == {}


@pytest.mark.parametrize(
    "column",
    ["is_missed", "is_recorded_after_release", "is_withdrawn_after_release", "is_deferral_expired",
     "is_possibly_considered", "decided_since", "unweighed_sentence", "returned_date"],
)  # fmt: skip
def test_every_column_of_a_release_is_filled_in_some_of_the_worlds(column: str) -> None:
    given = answers("releases", column)
    assert given.total() - given[None] - given[False] >= FEWEST // 2


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_story_is_told_in_some_of_the_worlds(kind: str) -> None:
    assert kinds_of(invented())[kind] >= FEWEST


@pytest.mark.parametrize(
    "column",
    ["disputed_release_date", "early_removal_date", "referral_due_date", "alert_days",
     "restriction_date"],
)  # fmt: skip
def test_every_flag_is_raised_in_some_of_the_worlds(column: str) -> None:
    given = answers("flags", column)
    assert given.total() - given[None] >= FEWEST


def test_a_wrong_answer_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    told = invented()[:25]
    assert not disagreements(told, night=NIGHT, judge=slow)[1]
    monkeypatch.setattr("tests.assess.reference.scope.Scope.duty", lambda *_, **__: True)
    assert disagreements(told, night=NIGHT, judge=slow)[1]


def test_the_order_of_rows_changes_nothing() -> None:
    world = side_by_side(invented())
    one, other = fast(world), fast(world, backwards=True)
    pd.testing.assert_frame_equal(one.assessments, other.assessments)
    pd.testing.assert_frame_equal(one.releases, other.releases)
    pd.testing.assert_frame_equal(one.reasons, other.reasons)
    pd.testing.assert_frame_equal(one.flags, other.flags)
    pd.testing.assert_frame_equal(one.discrepancies, other.discrepancies)
