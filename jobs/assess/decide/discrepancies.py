"""On what the two registers disagree about one person, and who should mend it.

A discrepancy keeps its id and the night on which it was first seen for as long as it lasts
(rules ``discrepancy.*``).
"""

# ruff: noqa: S608 - statements are put together from names of this package, never from data

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days
from jobs.assess.decide import discrepancy_rules as rules
from jobs.assess.decide.compared_people import Compared, compare_people
from jobs.assess.decide.discrepancy_rules import Disagreement
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.frames import frame_of
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.wording import plain
from jobs.contract.results import DISCREPANCIES

PRISON, IMMIGRATION = "prison", "immigration"


def compare_registers(
    found: Findings,
    standing: Standing,
    *,
    tables: Mapping[str, pa.Table],
    policy: Policy,
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every discrepancy of the night, one row of `results.DISCREPANCIES` each.

    Args:
        found: the findings of the night.
        standing: what was decided upon them.
        tables: both registers.
        policy: the rules.
        previous: the discrepancies of the publication before, whose first-seen dates last.
    """
    pairs = compare_people(found, standing, tables)
    columns = [
        _rows(pairs, rule.id, rule.compare(pairs, policy[rule])) for rule in rules.DISCREPANCIES
    ]
    merged = {name: pa.concat_arrays([part[name] for part in columns]) for name in columns[0]}
    merged["discrepancy_id"] = _ids(
        merged["rule_id"], merged["episode_id"], merged["cid_person_id"]
    )
    order = pc.sort_indices(merged["discrepancy_id"])
    merged = {name: values.take(order) for name, values in merged.items()}
    first = _first_seen(merged["discrepancy_id"], previous, found.as_of)
    age = (found.as_of - first).astype(np.int64)
    return frame_of(DISCREPANCIES, {**merged, "first_seen_date": first, "age_days": age})


def _first_seen(ids: pa.Array, previous: pd.DataFrame | None, as_of: np.datetime64) -> Days:
    tonight = np.full(len(ids), as_of)
    if previous is None or previous.empty:
        return tonight
    earlier = DISCREPANCIES.arrow(previous)
    row = col.positions(ids, earlier.column("discrepancy_id"))
    known = col.at(col.days(earlier, "first_seen_date"), row, NO_DAY)
    first: Days = np.fmin(tonight, known)
    return first


def _rows(pairs: Compared, rule_id: str, differing: Disagreement) -> dict[str, Any]:
    """The columns of the pairs that disagree."""
    hit = np.flatnonzero(differing.hit)
    rows = pa.array(hit)
    episode = pairs.found.episodes.column("episode_id").take(pa.array(pairs.episode[hit]))
    person = pairs.text("cid_person_id").take(rows)
    episode = episode.combine_chunks()
    rule = pa.repeat(pa.scalar(rule_id, pa.string()), len(hit))
    return {
        "rule_id": rule,
        "episode_id": episode,
        "cid_person_id": person,
        "prison_value": plain(differing.prison.take(rows)).cast(pa.string()),
        "immigration_value": plain(differing.immigration.take(rows)).cast(pa.string()),
        "likely_wrong": pa.array(
            np.where(differing.prison_errs[hit], PRISON, IMMIGRATION).astype(object), pa.string()
        ),
        "since_date": pa.array(differing.since[hit], pa.date32()),
    }


def _ids(rule: pa.Array, episode: pa.Array, person: pa.Array) -> pa.Array:
    """Ids that stay the same from night to night and give away nothing of the person."""
    if len(rule) == 0:
        return pa.array([], pa.string())
    parts = pa.table({"rule": rule, "episode": episode, "person": person})
    with duckdb.connect() as connection:
        connection.register("parts", parts)
        text = "rule || '|' || episode || '|' || person"
        query = f"SELECT 'D' || left(sha256({text}), 16) AS id FROM parts"
        ids: pa.Array = connection.execute(query).to_arrow_table().column("id")
    return pa.concat_arrays(ids.chunks)
