"""Thirty nights of a small living world: every line and every notice closes once, and sums hold."""

from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd
import pyarrow as pa
import pytest

from benchmarks.survival.living import LivingWorld
from jobs.assess import assess, load_policy
from jobs.check import accept_rows
from jobs.contract import results
from jobs.link import current_model, link_registers
from jobs.report import build_report
from jobs.report.movement import (
    EarlierLines,
    Position,
    Versions,
    explain_movement,
    follow_lines,
)

pytestmark = pytest.mark.long

FIRST, NIGHTS, PEOPLE = date(2006, 3, 1), 30, 150
SAME = Versions(code="1", rules="1", model="1")
Facts = dict[str, pd.DataFrame]


def assessed(tables: dict[str, pa.Table], as_of: date, before: Facts | None) -> Facts:
    checked = accept_rows(tables=tables, as_of=as_of)
    linked = link_registers(
        tables=checked.accepted,
        decisions=results.DECISIONS.empty(),
        previous_identities=before["nightly.identities"] if before else results.IDENTITIES.empty(),
        model=current_model(),
    )
    found = assess(
        tables=checked.accepted,
        links=linked.links,
        identities=linked.identities,
        as_of=as_of,
        policy=load_policy(),
        quarantine=checked.quarantine,
        previous_assessments=before["nightly.assessments"] if before else None,
        previous_discrepancies=before["nightly.discrepancies"] if before else None,
    )
    facts: Facts = {name: table.empty() for name, table in results.NIGHTLY.items()}
    facts |= {
        "nightly.links": linked.links,
        "nightly.identities": linked.identities,
        "nightly.assessments": found.assessments,
        "nightly.releases": found.releases,
        "nightly.casework": found.casework,
        "nightly.reasons": found.reasons,
        "nightly.flags": found.flags,
        "nightly.discrepancies": found.discrepancies,
        "nightly.quarantine": checked.quarantine,
        "nightly.row_counts": checked.row_counts,
    }
    notices = before["nightly.notices"] if before else None
    return (
        facts
        | build_report(tables=checked.accepted, facts=facts, as_of=as_of, notices=notices).tables
    )


def position(facts: Facts, as_of: date) -> Position:
    return Position(as_of=as_of, publication_id=str(as_of), versions=SAME, facts=facts)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[date, Facts]]:
    world = LivingWorld(tmp_path_factory.mktemp("living"), seed=19, people=PEOPLE)
    return list(_nights(world))


def _nights(world: LivingWorld) -> Iterator[tuple[date, Facts]]:
    before: Facts | None = None
    for place in range(NIGHTS):
        as_of = FIRST + timedelta(days=place)
        tables = dict(world._tables(as_of))
        facts = assessed(tables, as_of, before)
        earlier = None
        if before is not None:
            yesterday = as_of - timedelta(days=1)
            moved = explain_movement(
                before=position(before, yesterday), after=position(facts, as_of)
            )
            facts |= {"nightly.movement": moved.movement, "nightly.bridges": moved.bridges}
            earlier = EarlierLines(day=yesterday, lines=before["nightly.listed"])
        cases = tables["immigration.cases"]["case_id"].to_pylist()
        lines = follow_lines(facts=facts, as_of=as_of, before=earlier, cases=cases)
        facts |= {"nightly.listed": lines.listed, "nightly.closed": lines.closed}
        yield as_of, facts
        before = facts


def test_each_notice_ends_in_one_way_and_the_sums_hold(nights: list[tuple[date, Facts]]) -> None:
    ended_ever: dict[str, str] = {}
    was_open = 0
    for as_of, facts in nights:
        notices = facts["nightly.notices"]
        tonight = pd.Timestamp(as_of)
        written = notices["written_date"].eq(tonight)
        ended = notices[notices["ended_date"].eq(tonight)]
        is_open = int(notices["is_open"].sum())
        assert was_open + written.sum() == len(ended) + is_open
        assert ended_ever.keys().isdisjoint(ended["notice_number"])
        ended_ever |= dict(zip(ended["notice_number"], ended["ended_by"], strict=True))
        due = facts["nightly.assessments"]
        asked = due["is_due"].fillna(False).astype("bool") & due["referred_date"].isna()
        assert set(notices.loc[notices["is_open"], "episode_id"]) == set(
            due.loc[asked, "episode_id"]
        )
        was_open = is_open
    last = nights[-1][1]["nightly.notices"]
    assert last["ended_by"].notna().sum() == len(ended_ever)
    assert len(last), "nobody in this world is due and was never referred"


def test_each_line_is_listed_or_closed_once(nights: list[tuple[date, Facts]]) -> None:
    before: set[tuple[str, str]] = set()
    said: set[str] = set()
    for as_of, facts in nights:
        listed, closed = facts["nightly.listed"], facts["nightly.closed"]
        now = set(zip(listed["list_name"], listed["line_key"], strict=True))
        gone = list(zip(closed["list_name"], closed["line_key"], strict=True))
        assert sorted(gone) == sorted(before - now)
        assert listed["first_listed_date"].le(pd.Timestamp(as_of)).all()
        said |= set(closed["closed_by"])
        before = now
    assert said, "nothing closed in thirty nights"
    assert said <= {entry.code for entry in results.CLOSED_BY.codes}
