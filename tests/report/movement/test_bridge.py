"""Sums are exact, each episode has one cause, and the order of rows is nothing: by property."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.positions import AFTER, BEFORE, VERSIONS, day, episode, position
from expectations import suite
from jobs.assess import assess, load_policy
from jobs.check import check_night
from jobs.contract import results
from jobs.link import link_registers
from jobs.report import build_report
from jobs.report.movement import MEMBERS, Moved, Position, Versions, explain_movement
from jobs.report.movement.members import members
from jobs.synthetic.world import build_history, on_night

pytestmark = pytest.mark.slow

EPISODES = [f"E{n}" for n in range(6)]
DAYS = st.sampled_from([None, *map(day, ("2005-03-01", "2006-04-20", "2006-04-25", "2006-06-01"))])
STATUSES = sorted(results.STATUS.values)
PEOPLE = [f"P{n}" for n in range(4)]
RULES = st.sampled_from([None, "exit.died", "nationality.british", "referral.non-eea-length"])


@st.composite
def episodes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Any episodes with any facts, whether the rules could give them or not."""
    rows = []
    for name in draw(st.lists(st.sampled_from(EPISODES), unique=True)):
        facts = {
            "status": draw(st.sampled_from(STATUSES)),
            "is_released": draw(st.booleans()),
            "is_in_custody": draw(st.booleans()),
            "is_court_recommended": draw(st.booleans()),
            "identity_id": draw(st.sampled_from(["ID1", "ID2", f"ID-{name}"])),
            "nationality": draw(st.sampled_from([None, "BRIT", "NIGERIA"])),
            "scope_rule_id": draw(RULES),
            "link_outcome": draw(st.sampled_from(sorted(results.LINK_OUTCOME.values))),
            "case_id": draw(st.sampled_from([None, "C1", "C2"])),
            "decision": draw(st.sampled_from([None, "DECISION_PURSUE", "DECISION_DEFERRED"])),
            "days_to_release": draw(st.sampled_from([None, -1, 5, 20, 100])),
            "sentence_days": draw(st.sampled_from([None, 300, 900])),
        }
        facts |= {
            column: draw(DAYS)
            for column in (
                "sentence_date", "release_date", "earliest_release_date", "due_date",
                "referred_date", "considered_date", "removed_date", "order_signed_date",
            )
        }  # fmt: skip
        rows.append(episode(name, str(facts.pop("status")), **facts))
    return rows


QUARANTINE = st.lists(
    st.sampled_from(
        [
            ("prison", "episodes", "E1", "{}"),
            ("prison", "sentences", "E2|1", "{}"),
            ("prison", "persons", "A-E3", "{}"),
            ("immigration", "persons", "P1", "{}"),
            ("immigration", "cases", "C1", "{}"),
            ("immigration", "events", "V1", '{"event_id":"V1","case_id":"C2"}'),
            ("immigration", "events", None, "{}"),
        ]
    ),
    unique=True,
)


@st.composite
def night(draw: st.DrawFn, as_of: date, versions: Versions = VERSIONS) -> Position:
    """A night of any episodes."""
    people = draw(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["ID1", "ID2", "ID3"])))
    aside = draw(QUARANTINE)
    decided = draw(st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2))
    return position(
        draw(episodes()),
        as_of=as_of,
        versions=versions,
        immigration=people,
        links=[
            {
                "prisoner_number": "A-E1", "cid_person_id": person, "outcome": "linked",
                "decided_by": "a reviewer",
            }
            for person in decided
        ],
        quarantine=[
            {
                "register": register, "table_name": table, "row_key": key, "row": row,
                "row_number": number, "rule_id": "a.rule",
            }
            for number, (register, table, key, row) in enumerate(aside, start=1)
        ],
    )  # fmt: skip


ANY_VERSIONS = st.builds(
    Versions,
    code=st.sampled_from("12"),
    rules=st.sampled_from("12"),
    model=st.sampled_from("12"),
)


def assert_exact(moved: Moved, before: Position, after: Position) -> None:
    """Opening, every cause and closing agree with each other and with both nights."""
    was, now = (members(p.facts).sum() for p in (before, after))
    bridges = moved.bridges.set_index("figure_id")
    assert set(bridges.index) == set(MEMBERS)
    change = moved.movement.groupby("figure_id")["change"].sum().reindex(bridges.index).fillna(0)
    assert bridges["opening"].to_dict() == was.to_dict()
    assert bridges["closing"].to_dict() == now.to_dict()
    assert (bridges["opening"] + bridges["redefined"] + change == bridges["closing"]).all()
    assert (bridges["came_in"] - bridges["went_out"] == change).all()
    assert not moved.movement.duplicated(["figure_id", "episode_id"]).any()
    assert set(moved.movement["cause"]) <= results.CAUSE.values
    assert moved.movement["change"].ne(0).all()


def shuffled(night_: Position, seed: int) -> Position:
    """The same night, rows in another order."""
    chance = np.random.default_rng(seed)
    facts = {
        name: frame.iloc[chance.permutation(len(frame))].reset_index(drop=True)
        for name, frame in night_.facts.items()
    }
    return Position(
        as_of=night_.as_of,
        publication_id=night_.publication_id,
        versions=night_.versions,
        facts=facts,
    )


@settings(max_examples=5, deadline=None)
@given(before=night(BEFORE), after=night(AFTER), seed=st.integers(0, 9))
def test_any_two_nights_are_bridged_exactly_whatever_the_order_of_rows(
    before: Position, after: Position, seed: int
) -> None:
    are_bridged_in_any_order(before, after, seed)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(before=night(BEFORE), after=night(AFTER), seed=st.integers(0, 9))
def test_many_pairs_of_nights_are_bridged_exactly_whatever_the_order_of_rows(
    before: Position, after: Position, seed: int
) -> None:
    are_bridged_in_any_order(before, after, seed)


def are_bridged_in_any_order(before: Position, after: Position, seed: int) -> None:
    moved = explain_movement(before=before, after=after)
    assert_exact(moved, before, after)
    again = explain_movement(before=shuffled(before, seed), after=shuffled(after, seed + 1))
    pd.testing.assert_frame_equal(moved.movement, again.movement)
    pd.testing.assert_frame_equal(moved.bridges, again.bridges)


NEWER = {
    "before": night(BEFORE),
    "between": night(BEFORE),
    "after": night(AFTER),
    "versions": ANY_VERSIONS,
    "is_at_hand": st.booleans(),
}


@settings(max_examples=6, deadline=None)
@given(**NEWER)
def test_new_software_is_bridged_exactly_too(
    before: Position, between: Position, after: Position, versions: Versions, is_at_hand: bool
) -> None:
    is_bridged_under_new_software(before, between, after, versions, is_at_hand)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(**NEWER)
def test_new_software_is_bridged_exactly_over_many_nights(
    before: Position, between: Position, after: Position, versions: Versions, is_at_hand: bool
) -> None:
    is_bridged_under_new_software(before, between, after, versions, is_at_hand)


def is_bridged_under_new_software(
    before: Position, between: Position, after: Position, versions: Versions, is_at_hand: bool
) -> None:
    newer = Position(
        as_of=after.as_of,
        publication_id=after.publication_id,
        versions=versions,
        facts=after.facts,
    )
    rebased = between.facts if is_at_hand else None
    moved = explain_movement(before=before, after=newer, rebased=rebased)
    assert_exact(moved, before, newer)
    software = {"rule_changed", "model_changed", "code_changed"} & set(moved.movement["cause"])
    differing = {
        cause
        for cause, same in (
            ("code_changed", versions.code == VERSIONS.code),
            ("rule_changed", versions.rules == VERSIONS.rules),
            ("model_changed", versions.model == VERSIONS.model),
        )
        if not same
    }
    assert software <= differing


@settings(max_examples=3, deadline=None)
@given(one=night(BEFORE))
def test_a_night_does_not_move_from_itself(one: Position) -> None:
    assert explain_movement(before=one, after=one).movement.empty


@pytest.fixture(scope="module")
def nights() -> list[Position]:
    """Three nights of one invented world, months apart, as the steps give them."""
    history = build_history(seed=7, people=3000)
    return [_night_of(history, day_) for day_ in (date(2005, 8, 1), BEFORE, date(2006, 9, 1))]


def _night_of(history: Any, as_of: date) -> Position:
    checked = check_night(tables=on_night(history, as_of=as_of).tables, as_of=as_of, suite=suite())
    linked = link_registers(
        tables=checked.tables,
        decisions=results.DECISIONS.empty(),
        previous_identities=results.IDENTITIES.empty(),
    )
    assessed = assess(
        tables=checked.tables,
        links=linked.links,
        identities=linked.identities,
        as_of=as_of,
        policy=load_policy(),
    )
    facts = {
        "nightly.row_counts": checked.row_counts,
        "nightly.quarantine": checked.quarantine,
        "nightly.check_results": checked.results,
        "nightly.links": linked.links,
        "nightly.identities": linked.identities,
        "nightly.assessments": assessed.assessments,
        "nightly.releases": assessed.releases,
        "nightly.reasons": assessed.reasons,
        "nightly.flags": assessed.flags,
        "nightly.discrepancies": assessed.discrepancies,
    }
    reported = build_report(tables=checked.tables, facts=facts, as_of=as_of)
    return Position(
        as_of=as_of,
        publication_id=str(as_of),
        versions=VERSIONS,
        facts={**facts, "nightly.figures": reported.figures},
    )


@pytest.mark.long
def test_invented_worlds_months_apart_are_bridged_from_figure_to_figure(
    nights: list[Position],
) -> None:
    for before in nights:
        for after in nights:
            if before is after:
                continue
            moved = explain_movement(before=before, after=after)
            assert_exact(moved, before, after)
            assert not moved.bridges["redefined"].any()
            figures = after.facts["nightly.figures"]
            values = figures[figures["group_value"].eq("(all)")].set_index("figure_id")["value"]
            closing = moved.bridges.set_index("figure_id")["closing"]
            assert (values.reindex(closing.index) == closing).all()


@pytest.mark.long
def test_the_warned_releases_are_newly_released(nights: list[Position]) -> None:
    moved = explain_movement(before=nights[0], after=nights[1]).movement
    came = moved[moved["figure_id"].eq("missed.total") & moved["change"].eq(1)]
    counted = came["cause"].value_counts()
    assert counted.idxmax() == "newly_released"
    assert counted["newly_released"] > 0.8 * len(came)
