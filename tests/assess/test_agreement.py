"""The fast assessment agrees with the slow one, whatever the registers hold.

The suite looks at `EXAMPLES` worlds; ``python -m benchmarks.assessment agree`` at many thousand
others, with the same functions.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from jobs.assess import Assessed, assess
from jobs.records import TABLES
from jobs.results import IDENTITIES, LINKS
from tests.assess.stories import frame, policy
from tests.assess.worlds import EXAMPLES, NIGHT, NIGHTS, World, invent, judged, side_by_side


def invented() -> tuple[World, ...]:
    """The worlds that the suite looks at."""
    return invent(start=0, count=EXAMPLES)


def arrow(full_name: str, rows: list[dict[str, Any]]) -> pa.Table:
    declared = TABLES[full_name]
    columns = [pa.array([row[f.name] for row in rows], f.kind.arrow) for f in declared.fields]
    return pa.Table.from_arrays(columns, names=declared.columns)


def link_rows(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**link, "probability": 0.5, "match_weight": 1.0, "evidence": "{}"} for link in links]


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


def disagreements(
    told: Sequence[World], *, night: date
) -> tuple[int, list[tuple[World, str, dict[str, Any]]]]:
    """How many episodes were judged twice; and world, episode and answers where they differ."""
    rows = (
        fast(side_by_side(told), night=night).assessments.set_index("episode_id").to_dict("index")
    )
    wanted = {
        (number, episode): judgement
        for number, world in enumerate(told)
        for episode, judgement in judged(world, night=night).items()
    }
    assert set(rows) == {f"{number}-{episode}" for number, episode in wanted}
    odd = []
    for (number, episode), judgement in wanted.items():
        row = rows[f"{number}-{episode}"]
        found = {name: plain(row[name], world=number) for name in judgement}
        differs = {
            name: (found[name], value) for name, value in judgement.items() if found[name] != value
        }
        if differs:
            odd.append((told[number], episode, differs))
    return len(wanted), odd


@pytest.mark.parametrize("night", NIGHTS, ids=str)
@pytest.mark.parametrize("first", range(0, EXAMPLES, 25))
def test_the_fast_assessment_agrees_with_the_slow_one(first: int, night: date) -> None:
    episodes, odd = disagreements(invented()[first : first + 25], night=night)
    assert episodes >= 25
    assert not odd, odd[0]


def test_the_order_of_rows_changes_nothing() -> None:
    world = side_by_side(invented())
    one, other = fast(world), fast(world, backwards=True)
    pd.testing.assert_frame_equal(one.assessments, other.assessments)
    pd.testing.assert_frame_equal(one.reasons, other.reasons)
    pd.testing.assert_frame_equal(one.flags, other.flags)
    pd.testing.assert_frame_equal(one.discrepancies, other.discrepancies)
