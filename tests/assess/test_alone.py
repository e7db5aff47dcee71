"""A story told alone is assessed as it is among others: no row leans on another person's.

Past one machine the assessment is spread by people. Identities go together that a link joins, one
in review too, for what waits for a reviewer is shown beside an episode, and those that a prison
number joins which the immigration register holds, for it may be another person's. With them goes
everything held on them; tables that are of nobody go everywhere, and the results are put together
again. The rank of the work counts over all of them, so of a part it is only the order.
"""

from collections.abc import Mapping
from dataclasses import fields
from hashlib import sha256

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.samples.odd_worlds import NIGHT, World, invent, side_by_side
from benchmarks.samples.stories import Story, assess_all, frame, policy
from jobs.assess import Assessed, assess
from jobs.contract import results
from jobs.contract.registers import TABLES as REGISTER_TABLES
from jobs.contract.results import IDENTITIES, LINKS
from jobs.contract.schema import Table
from tests.assess.decide import test_discrepancies, test_flags, test_status
from tests.assess.explain import test_casework_findings
from tests.assess.test_agreement import arrow, link_rows

TABLES = (
    test_casework_findings.FINDINGS,
    test_discrepancies.CASES,
    test_flags.OUTCOMES,
    test_status.EXITS,
)
HASHED = "discrepancy_id"
"""Made of ids that the stories side by side do not share."""


STORIES = [pytest.param(each.values[0], id=each.id) for table in TABLES for each in table[::3]]
"""Every third one of each table: alone, they take some hundredths of a second each."""


@pytest.mark.parametrize("told", STORIES)
def test_a_person_is_assessed_alone_as_among_others(told: Story) -> None:
    alone, among = assess_all(told.but()), assess_all(told)
    for field in fields(alone):
        one, other = getattr(alone, field.name), getattr(among, field.name)
        if HASHED in one:
            one, other = (each.drop(columns=HASHED).sort_values("rule_id", ignore_index=True)
                          for each in (one, other))  # fmt: skip
        if "priority" in one:
            one, other = one.assign(priority=None), other.assign(priority=None)
        pd.testing.assert_frame_equal(one, other)


Parts = Mapping[str, "pd.Series[int]"]
PERSONS = {"prison.persons": "prisoner_number", "immigration.persons": "cid_person_id"}


def parts_of(
    identities: pd.DataFrame, pairs: pd.DataFrame, tables: Mapping[str, pa.Table], parts: int
) -> "pd.Series[int]":
    """The part of each row of ``identities``: of the least identity that is joined to its own."""
    named = identities.set_index(["register", "person_id"])["identity_id"].astype("str")
    named = named[~named.index.duplicated()]
    held = tables["immigration.persons"].select(["noms_number", "cid_person_id"]).to_pandas()
    held["prisoner_number"] = held["noms_number"].str.strip().str.upper()
    joined = pd.concat([pairs, held])
    ends = {
        name: joined[key].map(named.xs(register, level="register")).to_numpy(object)
        for name, register, key in (
            ("one", "prison", "prisoner_number"),
            ("other", "immigration", "cid_person_id"),
        )
    }
    pairs = pd.DataFrame(ends).dropna()
    both = pd.concat([pairs, pairs.set_axis(["other", "one"], axis="columns")])
    least = pd.Series(named.unique(), index=named.unique())
    while True:
        seen = both["other"].map(least).groupby(both["one"]).min()
        better = seen[seen < least.loc[seen.index]]
        if better.empty:
            break
        least.loc[better.index] = better
    part = least.map(lambda name: int.from_bytes(sha256(name.encode()).digest()[:8]) % parts)
    return identities["identity_id"].astype("str").map(part)


def owners(table: Table, tables: Mapping[str, pa.Table], of_person: Parts) -> np.ndarray | None:
    """The part of each row, 0 where it leads to nobody; None for a table that is of nobody."""
    rows = tables[table.full_name]
    if table.full_name in PERSONS:
        key = rows[PERSONS[table.full_name]].to_pandas()
        return key.map(of_person[table.full_name]).fillna(0).to_numpy(np.int64)
    for column, parent in table.parents.items():
        above = owners(REGISTER_TABLES[parent], tables, of_person)
        if above is not None:
            keys = tables[parent][REGISTER_TABLES[parent].key[0]].to_pandas()
            known = pd.Series(above, index=keys)
            known = known[known.index.notna() & ~known.index.duplicated()]
            return rows[column].to_pandas().map(known).fillna(0).to_numpy(np.int64)
    return None


def assessed(world: World, *, parts: int) -> list[Assessed]:
    """Each part by itself; one part is everything at once."""
    tables = {name: arrow(name, rows) for name, rows in world.registers.items()}
    links = frame(LINKS, link_rows(world.links))
    identities = frame(IDENTITIES, world.identities)
    place = parts_of(identities, links, tables, parts)
    of_person = {
        name: place[identities["register"] == REGISTER_TABLES[name].space].pipe(
            lambda found: found.set_axis(identities.loc[found.index, "person_id"])
        )
        for name in PERSONS
    }
    of_rows = [owners(REGISTER_TABLES[name], tables, of_person) for name in tables]
    of_links = links["prisoner_number"].map(of_person["prison.persons"]).fillna(0)
    return [
        assess(
            tables={
                name: rows if owner is None else rows.filter(pa.array(owner == part))
                for (name, rows), owner in zip(tables.items(), of_rows, strict=True)
            },
            links=links[of_links == part].reset_index(drop=True),
            identities=identities[place == part].reset_index(drop=True),
            as_of=NIGHT,
            policy=policy(),
        )
        for part in range(parts)
    ]


@pytest.mark.parametrize("start", range(3))
@pytest.mark.parametrize("parts", [2, 5])
def test_parts_give_the_rows_that_everything_at_once_gives(start: int, parts: int) -> None:
    world = side_by_side(invent(start=start, count=15))
    (whole,) = assessed(world, parts=1)
    apart = assessed(world, parts=parts)
    assert sum(len(part.assessments) > 0 for part in apart) > 1
    for field in fields(whole):
        declared = results.NIGHTLY[f"nightly.{field.name}"]
        one = getattr(whole, field.name)
        other = pd.concat([getattr(part, field.name) for part in apart], ignore_index=True)
        if "priority" in one:
            one, other = one.drop(columns="priority"), other.drop(columns="priority")
        keys = list(declared.key)
        pd.testing.assert_frame_equal(
            one.sort_values(keys, ignore_index=True), other.sort_values(keys, ignore_index=True)
        )
    ranked = whole.assessments.set_index("episode_id")["priority"].dropna()
    for part in apart:
        order = part.assessments.dropna(subset="priority").sort_values("priority")["episode_id"]
        assert ranked.loc[order].is_monotonic_increasing
    assert len(ranked) == sum(part.assessments["priority"].notna().sum() for part in apart)
