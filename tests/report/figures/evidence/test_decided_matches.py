"""How likely a possible match is true, given that the person has a decided case."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.report.figures.evidence.decided_matches import match_probability

Pair = tuple[str, str, str, float]
SURE: list[Pair] = [(f"A{i}", f"P{i}", "linked", 1.0) for i in range(20)]
WAITING: Pair = ("B", "Q", "review", 0.5)


def chance(*pairs: Pair, decided: list[str], people: int = 1_000) -> dict[str, float]:
    names = ["prisoner_number", "cid_person_id", "outcome", "probability"]
    links = pd.DataFrame(list(pairs), columns=names)
    found = match_probability(links=links, decided=pd.Series(decided, dtype="str"), people=people)
    return {str(key): round(float(value), 3) for key, value in found.items()}


LINKED = [f"P{i}" for i in range(20)]


def test_a_match_of_somebody_decided_on_is_likelier_where_most_such_people_are_linked() -> None:
    assert chance(*SURE, WAITING, decided=[*LINKED, "Q"])["B"] > 0.95


def test_a_match_of_somebody_without_a_decision_is_as_likely_as_its_pair() -> None:
    assert chance(*SURE, WAITING, decided=LINKED)["B"] == 0.5


def test_where_many_decided_people_have_nobody_the_match_stays_doubtful() -> None:
    alone = [f"R{i}" for i in range(400)]
    found = chance(*SURE, WAITING, decided=[*LINKED, "Q", *alone])["B"]
    assert 0.5 < found < 0.8


def test_two_prisoners_share_one_person() -> None:
    other = ("C", "Q", "review", 0.25)
    found = chance(*SURE, WAITING, other, decided=[*LINKED, "Q"])
    assert found["B"] == pytest.approx(2 * found["C"], abs=0.01)
    assert found["B"] + found["C"] <= 1.001


def test_the_rest_of_a_person_linked_for_certain_is_no_more_than_it_was() -> None:
    pairs = (*SURE, ("B", "P0", "review", 0.05))
    linked = [("A0", "P0", "linked", 0.95), *pairs[1:]]
    assert chance(*linked, decided=LINKED)["B"] == 0.05


def test_a_pair_with_a_decision_counts_before_one_without() -> None:
    other = ("B", "S", "review", 0.9)
    alone = chance(*SURE, WAITING, decided=[*LINKED, "Q"])["B"]
    assert chance(*SURE, WAITING, other, decided=[*LINKED, "Q"])["B"] == pytest.approx(
        alone, abs=0.01
    )


def test_without_pairs_or_decisions_nothing_is_said() -> None:
    assert chance(decided=[]) == {}
    assert chance(*SURE, decided=LINKED) == {}
    assert chance(WAITING, decided=[], people=0) == {"B": 0.5}


@settings(max_examples=60, deadline=None)
@given(
    pairs=st.lists(
        st.tuples(
            st.sampled_from("ABCD"),
            st.sampled_from("PQRS"),
            st.sampled_from(["linked", "review"]),
            st.floats(0.05, 1),
        ),
        max_size=8,
        unique_by=lambda pair: pair[:2],
    ),
    decided=st.lists(st.sampled_from("PQRSTU"), unique=True),
    people=st.integers(0, 50),
)
def test_it_is_a_probability_of_each_prisoner_who_waits(
    pairs: list[Pair], decided: list[str], people: int
) -> None:
    found = chance(*pairs, decided=decided, people=people)
    assert set(found) == {left for left, _, outcome, _ in pairs if outcome == "review"}
    assert all(0 <= value <= 1 for value in found.values())
