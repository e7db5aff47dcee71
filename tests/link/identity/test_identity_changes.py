"""Merges and splits of identities are recorded, each with the reason that tonight's links give."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.person_pairs import no_identities
from jobs.contract.results import LINKS
from jobs.link.identity.identities import identities
from jobs.link.identity.identity_changes import identity_changes

PRISON, IMMIGRATION = ["P1", "P2", "P3"], ["C1", "C2", "C3"]
Link = tuple[str, str, str, str | None]


def night(links: list[Link], previous: pd.DataFrame, *, gone: str = "") -> list[pd.DataFrame]:
    """Tonight's identities, and what changed."""
    frame = pd.DataFrame(
        links, columns=["prisoner_number", "cid_person_id", "outcome", "decided_by"]
    )
    frame = frame.reindex(columns=LINKS.columns).astype(LINKS.empty().dtypes)
    found = identities(
        prison=pd.Index([p for p in PRISON if p != gone]),
        immigration=pd.Index([c for c in IMMIGRATION if c != gone]),
        linked=frame[frame["outcome"] == "linked"],
        previous=previous,
    )
    return [found, identity_changes(links=frame, identities=found, previous=previous)]


def linked(one: str, other: str, by: str | None = None) -> Link:
    return (one, other, "linked", by)


STORIES = [
    pytest.param([], [linked("P1", "C1")], "merged", "evidence", id="a link comes"),
    pytest.param([], [linked("P1", "C1", "R")], "merged", "decided", id="a reviewer links"),
    pytest.param(
        [linked("P1", "C1")], [("P1", "C1", "not_linked", "R")], "split", "decided",
        id="a reviewer parts",
    ),
    pytest.param(
        [linked("P1", "C1")], [("P1", "C1", "review", None)], "split", "uncertain",
        id="a link becomes uncertain",
    ),
    pytest.param([linked("P1", "C1")], [], "split", "no_evidence", id="a link goes"),
    pytest.param(
        [linked("P1", "C1"), linked("P2", "C2")],
        [linked("P1", "C2"), linked("P2", "C1")], "merged", "evidence",
        id="partners change places",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "change", "reason"), STORIES)
def test_a_change_has_a_kind_and_a_reason(
    before: list[Link], after: list[Link], change: str, reason: str
) -> None:
    first, _ = night(before, no_identities())
    _, found = night(after, first)
    assert len(found)
    assert set(found["change"]) == {change}
    assert set(found["reason"]) == {reason}


def test_whoever_loses_their_partner_to_another_is_told_so() -> None:
    first, _ = night([linked("P2", "C1")], no_identities())
    _, found = night([linked("P3", "C1")], first)
    assert dict(zip(found["person_id"], found["reason"], strict=True))["C1"] in {
        "another_partner", "evidence",
    }  # fmt: skip


def test_records_that_a_third_joined_part_when_he_is_gone() -> None:
    first, _ = night([linked("P1", "C1"), linked("P2", "C1")], no_identities())
    _, found = night([], first, gone="C1")
    assert found[["person_id", "change", "reason"]].to_numpy().tolist() == [["P2", "split", "gone"]]


some_links = st.permutations(IMMIGRATION).flatmap(
    lambda order: st.integers(0, 3).map(
        lambda n: [linked(p, c) for p, c in list(zip(PRISON, order, strict=True))[:n]]
    )
)


@settings(deadline=None, max_examples=20)
@given(nights=st.lists(some_links, min_size=2, max_size=5))
def test_over_any_nights_the_records_are_exactly_the_ids_that_differ(
    nights: list[list[Link]],
) -> None:
    previous = no_identities()
    for links in nights:
        found, changes = night(links, previous)
        before = previous.set_index(["register", "person_id"])["identity_id"]
        after = found.set_index(["register", "person_id"])["identity_id"]
        both = pd.concat([before.rename("was"), after.rename("is")], axis=1).dropna()
        differ = both[both["was"] != both["is"]]
        keys = changes.set_index(["register", "person_id"])
        assert set(keys.index) == set(differ.index)
        assert (keys["before_identity_id"] == differ["was"].reindex(keys.index)).all()
        assert (keys["after_identity_id"] == differ["is"].reindex(keys.index)).all()
        previous = found
