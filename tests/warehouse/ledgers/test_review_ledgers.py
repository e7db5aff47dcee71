import pytest
import sqlalchemy as sa

from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    acknowledge,
    acknowledgements,
    decisions,
    record_decision,
    withdraw_acknowledgement,
    withdraw_decision,
)


def decide(engine: sa.Engine, **changes: str) -> int:
    words = {
        "prisoner_number": "A1234AA",
        "cid_person_id": "C1",
        "judgement": "must_link",
        "reviewer": "A. Reviewer",
        "reason": "same fingerprints",
    }
    return record_decision(engine, **{**words, **changes})


def test_a_decision_holds_until_it_is_withdrawn(ledger: sa.Engine) -> None:
    assert decisions(ledger).dtypes.equals(results.DECISIONS.empty().dtypes)
    number = decide(ledger)
    decide(ledger, cid_person_id="C2", judgement="must_not_link")
    found = decisions(ledger)
    assert found[["cid_person_id", "judgement"]].to_numpy().tolist() == [
        ["C1", "must_link"],
        ["C2", "must_not_link"],
    ]
    assert found.dtypes.equals(results.DECISIONS.empty().dtypes)
    withdraw_decision(ledger, decision_id=number, by="B. Reviewer", reason="wrong file")
    assert decisions(ledger)["cid_person_id"].to_list() == ["C2"]


def test_a_later_decision_on_a_pair_replaces_the_earlier_and_both_are_kept(
    ledger: sa.Engine,
) -> None:
    decide(ledger)
    decide(ledger, judgement="must_not_link", reviewer="B. Reviewer")
    assert decisions(ledger)["judgement"].to_list() == ["must_not_link"]
    with ledger.connect() as connection:
        kept = connection.execute(
            sa.text("SELECT judgement, deleted_by FROM review.decisions ORDER BY decision_id")
        )
        assert kept.all() == [("must_link", "B. Reviewer"), ("must_not_link", None)]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        pytest.param({"judgement": "maybe"}, r"judgement \[maybe\]: no such", id="judgement"),
        pytest.param({"reviewer": " "}, r"lacks \[reviewer\]", id="nobody"),
        pytest.param({"reason": ""}, r"lacks \[reason\]", id="no reason"),
        pytest.param({"prisoner_number": ""}, r"lacks \[prisoner_number\]", id="no person"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(
    ledger: sa.Engine, changes: dict[str, str], what: str
) -> None:
    with pytest.raises(BadInput, match=what):
        decide(ledger, **changes)
    assert decisions(ledger).empty


def test_a_decision_cannot_be_withdrawn_twice(ledger: sa.Engine) -> None:
    number = decide(ledger)
    withdraw_decision(ledger, decision_id=number, by="B", reason="wrong")
    with pytest.raises(BadInput, match=rf"decision \[{number}\]: does not hold"):
        withdraw_decision(ledger, decision_id=number, by="B", reason="wrong")


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM review.decisions",
        "TRUNCATE review.decisions CASCADE",
        "UPDATE review.decisions SET judgement = 'must_not_link'",
        "UPDATE review.decisions SET deleted_at = NULL, deleted_by = NULL, deletion_reason = NULL",
    ],
)
def test_the_ledger_cannot_be_rewritten_even_by_its_owner(ledger: sa.Engine, change: str) -> None:
    withdraw_decision(ledger, decision_id=decide(ledger), by="B", reason="wrong")
    with (
        pytest.raises(sa.exc.IntegrityError, match=r"withdrawn once|never changed"),
        ledger.begin() as connection,
    ):
        connection.execute(sa.text(change))


def test_an_acknowledgement_holds_until_it_is_withdrawn(warehouse: sa.Engine) -> None:
    acknowledge(warehouse, episode_id="E1", by="A. Manager", note="asked the prison")
    acknowledge(warehouse, episode_id="E1", by="A. Manager", note="papers are on their way")
    assert acknowledgements(warehouse)[["episode_id", "note"]].to_numpy().tolist() == [
        ["E1", "papers are on their way"]
    ]
    withdraw_acknowledgement(warehouse, episode_id="E1", by="A. Manager", reason="closed")
    assert acknowledgements(warehouse).empty
    with pytest.raises(BadInput, match="nobody has acknowledged it"):
        withdraw_acknowledgement(warehouse, episode_id="E1", by="A. Manager", reason="closed")


def test_who_cannot_tell_may_change_his_mind_and_leaves_what_others_decided(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    decide(ledger, judgement="cannot_tell")
    decide(another, judgement="cannot_tell")
    assert decisions(ledger).empty
    decide(ledger)
    with pytest.raises(BadInput, match=r"decided by number \d+; withdraw that one first"):
        decide(another, judgement="cannot_tell")
    assert len(decisions(ledger)) == 1
    decide(ledger, judgement="cannot_tell")
    assert decisions(ledger).empty
    with ledger.connect() as connection:
        holding = connection.scalars(
            sa.text("SELECT recorded_by FROM review.decisions WHERE deleted_at IS NULL ORDER BY 1")
        )
        assert list(holding) == ["postgres", "somebody else"]


def test_a_typed_name_opens_nothing_that_another_has_decided(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    decide(another)
    with pytest.raises(BadInput, match="withdraw that one first"):
        decide(ledger, judgement="cannot_tell", reviewer="somebody else")
    assert len(decisions(ledger)) == 1
