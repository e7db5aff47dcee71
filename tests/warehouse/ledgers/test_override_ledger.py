"""A change of the rules holds by the word of two people, whatever one of them tries."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from benchmarks.samples import nights
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json
from jobs.warehouse import publish
from jobs.warehouse.ledgers.override_ledger import (
    MeasuredEffect,
    OverrideState,
    RegisteredOverride,
    confirm_override,
    refuse_override,
    register_override,
    registered_overrides,
    withdraw_override,
    wrong_end,
)

ENTRY = {
    "rule": "referral.non-eea-length", "numbers": {"months": 24}, "switched_on": False,
    "reason": "agreed", "owner": "Nobody", "expires": "2006-12-01",
}  # fmt: skip
SHOWN = MeasuredEffect(people_off=647, people_on=0, serious_off=12)


def entry(**changes: Any) -> str:
    return canonical_json({**ENTRY, **changes})


def states(engine: sa.Engine) -> list[OverrideState]:
    return [each.state for each in registered_overrides(engine)]


def confirm(engine: sa.Engine, number: int) -> RegisteredOverride:
    return confirm_override(engine, number, reason="seen the effect", shown=SHOWN)


def test_a_change_holds_once_somebody_else_has_confirmed_it(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    number = register_override(ledger, entry=entry())
    assert states(ledger) == [OverrideState.WAITS]
    confirm(another, number)
    (held,) = registered_overrides(ledger)
    assert held.state.is_in_force
    assert (held.registered_by, held.confirmed_by) == ("postgres", "somebody else")
    assert (held.owner, held.rule_id, held.expires) == (
        "Nobody", "referral.non-eea-length", date(2006, 12, 1),
    )  # fmt: skip
    assert held.confirmed == SHOWN


def test_nobody_confirms_his_own_change(ledger: sa.Engine, another: sa.Engine) -> None:
    number = register_override(ledger, entry=entry())
    with pytest.raises(BadInput, match="is your own; somebody else must confirm it"):
        confirm(ledger, number)
    with ledger.connect() as connection, pytest.raises(sa.exc.IntegrityError, match="second"):
        connection.execute(
            sa.text(
                "INSERT INTO review.override_words (override_id, word, reason, recorded_by) "
                f"VALUES ({number}, 'confirm', 'x', 'somebody else')"
            )
        )
    assert states(ledger) == [OverrideState.WAITS]
    with pytest.raises(BadInput, match="reason"):
        confirm_override(another, number, reason=" ", shown=None)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE review.overrides SET entry = '{}'",
        "UPDATE review.overrides SET expires_date = '2099-01-01'",
        "DELETE FROM review.overrides",
        "TRUNCATE review.overrides CASCADE",
        "UPDATE review.override_words SET word = 'confirm'",
        "DELETE FROM review.override_words",
    ],
)
def test_nothing_of_a_change_is_changed_afterwards(
    ledger: sa.Engine, another: sa.Engine, statement: str
) -> None:
    number = register_override(ledger, entry=entry())
    withdraw_override(another, number, reason="no")
    with ledger.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(sa.text(statement))


def test_what_is_registered_is_read_from_the_entry_and_signed_by_the_database(
    ledger: sa.Engine,
) -> None:
    with ledger.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO review.overrides (entry, rule_id, owner, reason, expires_date, "
                "registered_at, recorded_by) VALUES (:entry, 'harmless', 'x', 'x', '2006-05-01', "
                "'1999-01-01', 'somebody else')"
            ),
            {"entry": entry()},
        )
    (told,) = registered_overrides(ledger)
    assert (told.rule_id, told.owner, told.expires) == (
        "referral.non-eea-length", "Nobody", date(2006, 12, 1),
    )  # fmt: skip
    assert told.registered_by == "postgres"
    assert told.registered_at.year > 2020


@pytest.mark.parametrize(
    ("expires", "flaw"),
    [
        pytest.param("2006-04-25", "expired", id="the night itself"),
        pytest.param("2006-04-26", "", id="the next"),
        pytest.param("2007-04-25", "", id="a year"),
        pytest.param("2007-04-26", "more than a year", id="a year and a day"),
        pytest.param("9999-12-31", "more than a year", id="for good"),
    ],
)
def test_a_change_ends_within_a_year_of_the_last_night(
    warehouse: sa.Engine, expires: str, flaw: str
) -> None:
    publish(warehouse, manifest=nights.manifest(), tables=nights.facts())
    assert bool(wrong_end(date.fromisoformat(expires), night=date(2006, 4, 25))) == bool(flaw)
    said = {"entry": entry(expires=expires)}
    insert = sa.text(
        "INSERT INTO review.overrides (entry, rule_id, owner, reason, expires_date) "
        "VALUES (:entry, 'x', 'x', 'x', '2006-05-01')"
    )
    with warehouse.connect() as connection:
        if flaw:
            with pytest.raises(sa.exc.IntegrityError, match="within a year"):
                connection.execute(insert, said)
        else:
            connection.execute(insert, said)
    if flaw:
        with pytest.raises(BadInput, match=flaw):
            register_override(warehouse, entry=entry(expires=expires))
    else:
        assert register_override(warehouse, entry=entry(expires=expires))


@pytest.mark.parametrize("name", ["rule", "owner", "reason", "expires"])
def test_a_change_without_a_rule_an_owner_a_reason_or_an_end_is_refused(
    ledger: sa.Engine, name: str
) -> None:
    lacking = {key: value for key, value in ENTRY.items() if key != name}
    with ledger.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.execute(
            sa.text(
                "INSERT INTO review.overrides (entry, rule_id, owner, reason, expires_date) "
                "VALUES (:entry, 'x', 'x', 'x', '2006-05-01')"
            ),
            {"entry": json.dumps(lacking)},
        )


Act = Callable[[sa.Engine, int], RegisteredOverride]


def withdraw(engine: sa.Engine, number: int) -> RegisteredOverride:
    return withdraw_override(engine, number, reason="no longer")


def refuse(engine: sa.Engine, number: int) -> RegisteredOverride:
    return refuse_override(engine, number, reason="no")


def test_the_end_of_a_change_takes_two_people_too(ledger: sa.Engine, another: sa.Engine) -> None:
    number = register_override(ledger, entry=entry())
    confirm(another, number)
    assert withdraw(ledger, number).state is OverrideState.ENDING
    assert states(ledger)[0].is_in_force, "it holds until somebody else agrees"
    with pytest.raises(BadInput, match="is your own"):
        confirm(ledger, number)
    assert refuse(another, number).state is OverrideState.HOLDS
    withdraw(another, number)
    assert confirm(ledger, number).state is OverrideState.ENDED
    for act in (confirm, withdraw, refuse):
        with pytest.raises(BadInput, match=rf"change \[{number}\]"):
            act(another, number)


def test_what_waits_is_taken_back_or_refused_by_one_person(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    first = register_override(ledger, entry=entry())
    assert withdraw(ledger, first).state is OverrideState.REFUSED
    second = register_override(ledger, entry=entry())
    assert refuse(another, second).state is OverrideState.REFUSED
    with pytest.raises(BadInput, match="does not wait"):
        confirm(another, second)


def test_the_same_change_is_registered_once_and_an_edited_one_is_another(
    ledger: sa.Engine, another: sa.Engine
) -> None:
    confirm(another, register_override(ledger, entry=entry()))
    with pytest.raises(BadInput, match=r"is registered as \[1\] already"):
        register_override(another, entry=entry())
    edited = register_override(ledger, entry=entry(numbers={"months": 18}))
    assert states(ledger) == [OverrideState.HOLDS, OverrideState.WAITS]
    confirm(another, edited)
    assert states(ledger) == [OverrideState.ENDED, OverrideState.HOLDS], "one holds of a rule"


def test_a_number_that_nobody_registered_is_refused(ledger: sa.Engine) -> None:
    with pytest.raises(BadInput, match=r"change \[7\]: there is none of this number"):
        withdraw(ledger, 7)
