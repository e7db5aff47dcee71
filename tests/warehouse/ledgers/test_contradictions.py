"""Decisions that cannot all be true are refused, with the chain that shows it."""

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples import nights
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    Contradiction,
    Decision,
    decisions,
    publish,
    record_decision,
    record_decisions,
)
from jobs.warehouse.ledgers.contradictions import Holding


def word(one: str, sign: str, other: str) -> Decision:
    return Decision(
        prisoner_number=one,
        cid_person_id=other,
        judgement="must_link" if sign == "=" else "must_not_link",
        reviewer="A. Reviewer",
        reason="seen",
    )


def decide(engine: sa.Engine, one: str, sign: str, other: str) -> int:
    given = word(one, sign, other)
    return record_decision(
        engine, prisoner_number=one, cid_person_id=other, judgement=given.judgement,
        reviewer=given.reviewer, reason=given.reason,
    )  # fmt: skip


@pytest.fixture
def letters(warehouse: sa.Engine) -> sa.Engine:
    """A warehouse after a night of prisoners A to C and immigration persons X to Z."""
    people = nights.members(prison=("A", "B", "C"), immigration=("X", "Y", "Z"))
    facts = nights.facts() | {"nightly.identities": people}
    publish(warehouse, manifest=nights.manifest(), tables=facts)
    return warehouse


def test_a_chain_of_links_refuses_the_word_that_its_ends_are_two(letters: sa.Engine) -> None:
    first = [decide(letters, *w) for w in [("A", "=", "X"), ("B", "=", "X"), ("B", "=", "Y")]]
    with pytest.raises(Contradiction) as refused:
        decide(letters, "A", "!=", "Y")
    assert [line.split("   ")[0] for line in refused.value.chain_lines] == [
        "A = X", "B = X", "B = Y", "A is not Y",
    ]  # fmt: skip
    message = str(refused.value)
    assert f"by number {first[0]}, number {first[1]}, number {first[2]} they are one" in message
    assert "X" not in message
    assert len(decisions(letters)) == 3


def test_a_link_that_would_join_whom_somebody_parted_is_refused(letters: sa.Engine) -> None:
    decide(letters, "A", "=", "X")
    decide(letters, "B", "!=", "X")
    decide(letters, "B", "=", "Y")
    with pytest.raises(Contradiction) as refused:
        decide(letters, "A", "=", "Y")
    assert [line.split("   ")[0] for line in refused.value.chain_lines][-1] == "B is not X"


def test_a_reviewer_may_change_his_mind_about_a_pair(letters: sa.Engine) -> None:
    decide(letters, "A", "=", "X")
    decide(letters, "A", "!=", "X")
    assert decisions(letters)["judgement"].to_list() == ["must_not_link"]


def test_of_many_decisions_all_or_none_are_recorded(letters: sa.Engine) -> None:
    many = {"row 5": word("A", "=", "X"), "row 6": word("A", "!=", "X")}
    assert len(record_decisions(letters, {"row 5": many["row 5"]})) == 1
    bad = {
        "row 7": word("B", "=", "Y"),
        "row 8": word("B", "=", "X"),
        "row 9": word("A", "!=", "Y"),
    }
    with pytest.raises(BadInput, match=r"^row 9: contradicts"):
        record_decisions(letters, bad)
    assert len(decisions(letters)) == 1


def contradictory(words: list[Decision]) -> bool:
    """Slow and obvious: paint everybody who is linked in one colour, then look at the partings."""
    colour = {end: number for number, end in enumerate({e for w in words for e in w.ends})}
    for _ in words:
        for one in words:
            if one.judgement == "must_link":
                lowest = min(colour[end] for end in one.ends)
                colour |= dict.fromkeys(one.ends, lowest)
    return any(
        one.judgement != "must_link" and colour[one.ends[0]] == colour[one.ends[1]] for one in words
    )


some = st.builds(word, st.sampled_from("ABC"), st.sampled_from(["=", "!="]), st.sampled_from("XYZ"))


@settings(deadline=None)
@given(st.lists(some, max_size=12))
def test_exactly_the_contradictory_decisions_are_refused(words: list[Decision]) -> None:
    holding = Holding()
    for decision in words:
        after = {**holding.by_pair, decision.pair: decision}
        wrong = contradictory(list(after.values()))
        if wrong:
            with pytest.raises(Contradiction) as refused:
                holding.add(decision, where="it")
            assert contradictory(list(refused.value.chain))
        else:
            holding.add(decision, where="it")
            assert holding.by_pair == after
