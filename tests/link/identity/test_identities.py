import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.person_pairs import no_identities
from jobs.link.identity import identities as module
from jobs.link.identity.identities import identities, new_id, new_ids

PRISON = pd.Index(["P1", "P2", "P3"])
IMMIGRATION = pd.Index(["C1", "C2", "C3"])


def joined(pairs: list[tuple[str, str]], previous: pd.DataFrame | None = None) -> dict[str, str]:
    found = frame(pairs, previous)
    return dict(zip(found["person_id"], found["identity_id"], strict=True))


def frame(pairs: list[tuple[str, str]], previous: pd.DataFrame | None = None) -> pd.DataFrame:
    linked = pd.DataFrame(pairs, columns=["prisoner_number", "cid_person_id"])
    return identities(
        prison=PRISON,
        immigration=IMMIGRATION,
        linked=linked,
        previous=no_identities() if previous is None else previous,
    )


def test_everybody_has_an_identity_and_linked_people_share_one():
    found = joined([("P1", "C2")])
    assert len(found) == 6
    assert found["P1"] == found["C2"]
    assert len(set(found.values())) == 5


people = st.lists(
    st.tuples(
        st.sampled_from(["prison", "immigration"]),
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
    ),
    max_size=12,
)


@settings(deadline=None)
@given(people)
def test_ids_of_many_are_those_of_each(keys):
    firsts = pd.DataFrame(keys, columns=["register", "person_id"], dtype="str")
    assert new_ids(firsts) == [new_id(*key) for key in keys]


def test_an_id_that_somebody_bears_is_given_to_nobody_else():
    taken = new_id("prison", "P2")
    before = pd.DataFrame({"register": ["prison"], "person_id": ["GONE"], "identity_id": [taken]})
    found = joined([], before)
    assert taken not in found.values()
    assert found["P2"] == new_id("prison", "P2", "1")
    assert found["P1"] == new_id("prison", "P1")


def test_two_new_people_of_one_id_get_two(monkeypatch):
    monkeypatch.setattr(module, "new_ids", lambda firsts: ["ID0"] * len(firsts))
    assert len(set(joined([]).values())) == 6


def test_an_identity_keeps_its_id_when_a_link_comes():
    before = frame([])
    found = joined([("P1", "C2")], before)
    earlier = dict(zip(before["person_id"], before["identity_id"], strict=True))
    assert found["P1"] == min(earlier["P1"], earlier["C2"])


def test_a_split_leaves_the_id_with_the_prison_person():
    before = frame([("P1", "C2")])
    found = joined([], before)
    shared = before.set_index("person_id")["identity_id"]["P1"]
    assert found["P1"] == shared
    assert found["C2"] != shared


def test_a_part_that_moves_to_another_person_gets_a_new_id_only_where_it_must():
    before = frame([("P1", "C1"), ("P2", "C2")])
    found = joined([("P1", "C2"), ("P2", "C1")], before)
    assert found["P1"] != found["P2"]
    assert {found["P1"], found["P2"]} == set(before["identity_id"]) - {
        before.set_index("person_id")["identity_id"][who] for who in ("P3", "C3")
    }


some_pairs = st.permutations(["C1", "C2", "C3"]).flatmap(
    lambda order: st.integers(0, 3).map(lambda n: list(zip(PRISON, order, strict=True))[:n])
)


@settings(deadline=None, max_examples=20)
@given(nights=st.lists(some_pairs, min_size=1, max_size=6))
def test_over_any_nights_ids_join_exactly_who_is_linked_and_settle(nights):
    previous = None
    for night in nights:
        previous = frame(night, previous)
        found = dict(zip(previous["person_id"], previous["identity_id"], strict=True))
        groups = 6 - len(night)
        assert len(set(found.values())) == groups
        assert all(found[one] == found[other] for one, other in night)
        assert frame(night, previous).equals(previous)
