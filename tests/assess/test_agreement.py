"""The fast assessment agrees with the slow one, whatever the registers hold."""

import os
from dataclasses import asdict
from typing import Any

import pandas as pd
import pyarrow as pa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from jobs.assess import Assessed, assess
from jobs.records import TABLES
from jobs.results import IDENTITIES, LINKS
from tests.assess.reference import Reference
from tests.assess.stories import frame, policy
from tests.assess.worlds import NIGHT, World, side_by_side, worlds

EXAMPLES = int(os.environ.get("ASSESS_EXAMPLES", "8"))
"""Batches of up to `BATCH` worlds, each of up to four episodes: ``ASSESS_EXAMPLES=4000`` is the
long run of at least 20,000 worlds."""
BATCH = 10

CHECKS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    # Shrinking a batch of worlds takes many minutes; an example as found can be read.
    phases=(Phase.explicit, Phase.generate),
    # The suite looks at the same worlds each time; the long run looks for new ones.
    derandomize="ASSESS_EXAMPLES" not in os.environ,
)


def arrow(full_name: str, rows: list[dict[str, Any]]) -> pa.Table:
    declared = TABLES[full_name]
    columns = [pa.array([row[f.name] for row in rows], f.kind.arrow) for f in declared.fields]
    return pa.Table.from_arrays(columns, names=declared.columns)


def link_rows(links: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**link, "probability": 0.5, "match_weight": 1.0, "evidence": "{}"} for link in links]


def fast(world: World, *, backwards: bool = False) -> Assessed:
    step = -1 if backwards else 1
    return assess(
        tables={name: arrow(name, rows[::step]) for name, rows in world.registers.items()},
        links=frame(LINKS, link_rows(world.links)[::step]),
        identities=frame(IDENTITIES, world.identities[::step]),
        as_of=NIGHT,
        policy=policy(),
    )


def plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def judged(world: World) -> dict[str, dict[str, Any]]:
    slow = Reference(world.registers, world.links, world.identities, NIGHT).judge_all()
    return {episode: asdict(judgement) for episode, judgement in slow.items()}


def assessed(assessments: pd.DataFrame, wanted: dict[str, dict[str, Any]]) -> Any:
    rows = {row["episode_id"]: row for row in assessments.to_dict("records")}
    assert set(rows) == set(wanted)
    return {
        episode: {name: plain(rows[episode][name]) for name in judgement}
        for episode, judgement in wanted.items()
    }


@given(st.lists(worlds(), min_size=1, max_size=BATCH))
@CHECKS
def test_the_fast_assessment_agrees_with_the_slow_one(told: list[World]) -> None:
    wanted = {
        f"{number}-{episode}": judgement
        for number, world in enumerate(told)
        for episode, judgement in judged(world).items()
    }
    found = assessed(fast(side_by_side(told)).assessments, wanted)
    for episode, judgement in wanted.items():
        assert found[episode] == judgement


@given(st.lists(worlds(), min_size=1, max_size=BATCH))
@CHECKS
def test_the_order_of_rows_changes_nothing(told: list[World]) -> None:
    world = side_by_side(told)
    one, other = fast(world), fast(world, backwards=True)
    pd.testing.assert_frame_equal(one.assessments, other.assessments)
    pd.testing.assert_frame_equal(one.reasons, other.reasons)
