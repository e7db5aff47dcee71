"""Two pairs of eyes: what waits for a second person, who that may be, and what holds meanwhile."""

import pytest
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse import all_decisions, decisions, record_decision, withdraw_decision
from jobs.warehouse.ledgers.contradictions import Contradiction
from jobs.warehouse.ledgers.second_person import confirm_decision
from jobs.warehouse.store.connections import transaction
from tests.warehouse.ledgers.conftest import FREE, SERIOUS, published

WAITING = [
    pytest.param("A0001AA", "not considered so far", id="released and missed"),
    pytest.param("A0002AA", "not considered so far", id="due"),
    pytest.param("A0003AA", "not considered so far", id="nationality to be verified"),
    pytest.param(SERIOUS, "a serious offence", id="a serious offence, considered"),
]


def decide(
    engine: sa.Engine, prisoner: str, judgement: str = "must_link", *, person: str = "C1"
) -> int:
    return record_decision(
        engine,
        prisoner_number=prisoner,
        cid_person_id=person,
        judgement=judgement,
        reviewer="A. Reviewer",
        reason="one file",
    )


def confirm(engine: sa.Engine, number: int, reason: str = "seen the file") -> None:
    with transaction(engine) as connection:
        confirm_decision(connection, number, reason=reason)


def held(engine: sa.Engine) -> list[tuple[str, str]]:
    found = decisions(engine)
    return list(found[["prisoner_number", "judgement"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("prisoner", "why"), WAITING)
def test_a_link_waits_where_somebody_could_come_off_a_list(
    ledger: sa.Engine, another: sa.Engine, prisoner: str, why: str
) -> None:
    number = decide(ledger, prisoner)
    assert held(ledger) == [], "no night hears of it"
    waiting = all_decisions(ledger, is_pending=True)
    assert waiting[["decision_id", "second_wanted"]].to_numpy().tolist() == [[number, why]]
    confirm(another, number)
    assert held(ledger) == [(prisoner, "must_link")]
    (signed,) = decisions(ledger)["signed"]
    assert signed.startswith(f"decision {number} of A. Reviewer (logged in as postgres) on ")
    assert signed.endswith(", confirmed by somebody else")
    (row,) = all_decisions(ledger).to_dict("records")
    assert (row["recorded_by"], row["confirmed_by"]) == ("postgres", "somebody else")
    assert (row["state"], row["confirmed_why"]) == ("holds", "seen the file")


@pytest.mark.parametrize(
    ("prisoner", "judgement"),
    [
        pytest.param("A0004AA", "must_link", id="considered, of no serious offence"),
        pytest.param(FREE, "must_link", id="no custody"),
        pytest.param(SERIOUS, "must_not_link", id="two persons: that clears nobody"),
        pytest.param("A0001AA", "must_not_link", id="two persons, one on the list"),
    ],
)
def test_other_decisions_hold_by_one_persons_word(
    ledger: sa.Engine, prisoner: str, judgement: str
) -> None:
    decide(ledger, prisoner, judgement)
    assert held(ledger) == [(prisoner, judgement)]


def test_nobody_confirms_his_own_decision_under_whatever_name(ledger: sa.Engine) -> None:
    number = decide(ledger, "A0001AA")
    with pytest.raises(BadInput, match="is your own; somebody else must confirm it"):
        confirm(ledger, number)
    forged = f"VALUES ({number}, 'x', 'somebody else')"
    for statement in (
        f"INSERT INTO review.confirmations (decision_id, reason, recorded_by) {forged}",
        f"UPDATE review.decisions SET is_pending = false WHERE decision_id = {number}",
        f"UPDATE review.decisions SET second_wanted = NULL WHERE decision_id = {number}",
    ):
        with ledger.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text(statement))
    assert held(ledger) == []


def test_the_database_says_what_waits_and_not_who_enters_it(ledger: sa.Engine) -> None:
    with ledger.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO review.decisions (prisoner_number, cid_person_id, judgement, "
                "reviewer, reason, is_pending, second_wanted) "
                "VALUES ('A0001AA', 'C1', 'must_link', 'x', 'x', false, NULL)"
            )
        )
    assert held(ledger) == []


def test_what_held_holds_until_the_second_person_has_confirmed(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    decide(ledger, "A0001AA", "must_not_link")
    number = decide(ledger, "A0001AA")
    assert held(ledger) == [("A0001AA", "must_not_link")]
    confirm(another, number)
    assert held(ledger) == [("A0001AA", "must_link")]
    assert all_decisions(ledger)["state"].to_list() == ["holds", "withdrawn"]


def test_a_second_person_refuses_by_withdrawing(ledger: sa.Engine, another: sa.Engine) -> None:
    number = decide(ledger, "A0001AA")
    assert withdraw_decision(another, decision_id=number, by="B", reason="another man") is None
    with pytest.raises(BadInput, match="does not wait for a second person"):
        confirm(another, number)
    (row,) = all_decisions(ledger).to_dict("records")
    assert (row["deleted_by"], row["deletion_recorded_by"]) == ("B", "somebody else")


def test_a_confirmation_that_cannot_be_true_beside_what_holds_is_refused(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    number = decide(ledger, "A0001AA")
    decide(another, FREE)
    decide(another, FREE, person="C2")
    decide(another, "A0001AA", "must_not_link", person="C2")
    with pytest.raises(Contradiction):
        confirm(another, number)
    assert ("A0001AA", "must_link") not in held(ledger)


def test_a_withdrawal_waits_where_the_model_could_then_clear_somebody(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    number = decide(ledger, "A0001AA", "must_not_link")
    published(ledger, landing="b")
    asked = withdraw_decision(ledger, decision_id=number, by="A", reason="wrong")
    assert asked is not None
    assert held(ledger) == [("A0001AA", "must_not_link")]
    with pytest.raises(BadInput, match="is your own"):
        confirm(ledger, asked)
    confirm(another, asked)
    assert held(ledger) == []
    assert all_decisions(ledger, is_pending=True).empty
    decide(ledger, "A0001AA", "must_not_link")
    assert held(ledger) == [("A0001AA", "must_not_link")], "the pair can be decided again"


def test_the_withdrawal_of_a_link_waits_where_the_model_could_make_another(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    number = decide(ledger, SERIOUS)
    confirm(another, number)
    published(ledger, landing="b")
    asked = withdraw_decision(another, decision_id=number, by="B", reason="no longer")
    assert asked is not None
    assert held(ledger) == [(SERIOUS, "must_link")], "what two decided, one does not undo"
    with pytest.raises(BadInput, match="is your own"):
        confirm(another, asked)
    confirm(ledger, asked)
    assert held(ledger) == []
    # Who finds the link wrong says so, and is not made to wait.
    confirm(another, decide(ledger, SERIOUS))
    published(ledger, landing="c")
    decide(ledger, SERIOUS, "must_not_link")
    assert held(ledger) == [(SERIOUS, "must_not_link")]


@pytest.mark.parametrize(
    ("prisoner", "judgement"),
    [
        pytest.param(FREE, "must_not_link", id="nothing hangs on it"),
        pytest.param("A0004AA", "must_link", id="a link is taken away"),
    ],
)
def test_other_withdrawals_take_one_person(
    ledger: sa.Engine, prisoner: str, judgement: str
) -> None:
    number = decide(ledger, prisoner, judgement)
    published(ledger, landing="b")
    assert withdraw_decision(ledger, decision_id=number, by="A", reason="wrong") is None
    assert held(ledger) == []


def test_what_no_night_has_used_is_undone_at_once_and_nothing_older_with_it(
    ledger: sa.Engine,
) -> None:
    fresh = decide(ledger, "A0001AA", "must_not_link")
    assert withdraw_decision(ledger, decision_id=fresh, by="A", reason="slip") is None
    decide(ledger, "A0001AA", "must_not_link")
    published(ledger, landing="b")
    # It takes the place of one that the night used: without it the model would decide.
    newer = decide(ledger, "A0001AA", "must_not_link")
    assert withdraw_decision(ledger, decision_id=newer, by="A", reason="slip") is not None
    assert held(ledger) == [("A0001AA", "must_not_link")]


def test_cannot_tell_takes_nothing_away_that_a_night_used(ledger: sa.Engine) -> None:
    decide(ledger, "A0001AA", "must_not_link")
    published(ledger, landing="b")
    with pytest.raises(BadInput, match="withdraw that one first"):
        decide(ledger, "A0001AA", "cannot_tell")
    assert held(ledger) == [("A0001AA", "must_not_link")]


@pytest.mark.parametrize(
    ("prisoner", "person", "register"),
    [
        pytest.param("A9999ZZ", "C1", "prison", id="a prisoner whom no register holds"),
        pytest.param(FREE, "C9", "immigration", id="an immigration person"),
        pytest.param("C1", FREE, "prison", id="changed over"),
    ],
)
def test_who_is_in_no_register_of_the_last_publication_is_refused(
    ledger: sa.Engine, prisoner: str, person: str, register: str
) -> None:
    with pytest.raises(BadInput, match=f"a person whom the {register} register") as refused:
        decide(ledger, prisoner, person=person)
    assert prisoner not in str(refused.value)


def test_nobody_is_decided_on_before_the_first_night(warehouse: sa.Engine) -> None:
    with pytest.raises(BadInput, match="before the first night there is nobody"):
        decide(warehouse, FREE)
