"""Which changes of the rules a night applies, and what it says of those that it does not."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.samples.positions import episode, frame
from jobs.assess import entry_of, load_policy, read_overrides
from jobs.contract import results
from jobs.operate.site_rules.rules_of_night import RULES_CHANGED, SiteRules, site_rules
from jobs.report.lists.rule_changes import change_lines, change_notices
from jobs.runtime.errors import BadInput
from jobs.warehouse import open_warehouse
from jobs.warehouse.ledgers.override_ledger import (
    MeasuredEffect,
    confirm_override,
    register_override,
)

NIGHT = date(2006, 4, 25)
OVERRIDE = """[[override]]
rule = "consideration.due"
numbers = { months_before_release = 6 }
reason = "agreed"
owner = "Nobody"
expires = 2006-12-01
"""
SHOWN = MeasuredEffect(people_off=3, people_on=0, serious_off=1)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "overrides.toml"
    path.write_text(OVERRIDE)
    return path


@pytest.fixture
def ledger(warehouse: sa.Engine) -> sa.Engine:
    """A warehouse whose last night is that of the tests."""
    with warehouse.begin() as connection:
        connection.execute(sa.text("ALTER TABLE review.overrides DISABLE TRIGGER guard_second"))
    return warehouse


def register(engine: sa.Engine, file: Path) -> int:
    """Register the one change of a file, whatever the night is by the clock."""
    _, (placed,) = read_overrides(file)
    said = placed.override
    insert = sa.text(
        "INSERT INTO review.overrides (entry, rule_id, owner, reason, expires_date) "
        "VALUES (:entry, :rule, :owner, :reason, :expires) RETURNING override_id"
    )
    with engine.begin() as connection:
        number = connection.scalar(
            insert,
            {"entry": entry_of(said), "rule": said.rule, "owner": said.owner,
             "reason": said.reason, "expires": said.expires},
        )  # fmt: skip
    return int(number or 0)


def confirmed(engine: sa.Engine, file: Path) -> int:
    """The same, confirmed by somebody else."""
    number = register(engine, file)
    other = open_warehouse(str(engine.url), actor="rob")
    confirm_override(other, number, reason="seen", shown=SHOWN)
    other.dispose()
    return number


def found(engine: sa.Engine, file: Path | None, as_of: date = NIGHT) -> SiteRules:
    return site_rules(engine, file=file, as_of=as_of)


def states(rules: SiteRules) -> dict[str, str]:
    return {change.override_key: change.state for change in rules.changes}


def test_a_site_without_changes_has_the_shipped_rules_and_names_nothing(ledger: sa.Engine) -> None:
    rules = found(ledger, None)
    assert rules.named == {}
    assert all(table.empty for table in rules_told(rules).values())
    assert rules.policy.digest == load_policy().digest


def test_a_file_that_nobody_registered_changes_no_rule(ledger: sa.Engine, file: Path) -> None:
    rules = found(ledger, file)
    assert states(rules) == {"file 1": "NOT_REGISTERED"}
    assert rules.policy.digest == load_policy().digest
    (said,) = change_notices(rules_told(rules))
    assert said.startswith("Not applied: the change of the rule consideration.due (months before")
    assert "nobody has registered it" in said
    assert "Owner, as typed: Nobody; reason: agreed." in said


def rules_told(rules: SiteRules) -> dict[str, pd.DataFrame]:
    """The published rows of the changes, as if they had moved nobody."""
    nobody = results.OVERRIDDEN.empty()
    episodes = frame(results.ASSESSMENTS, [episode("E1", "DUE")])
    return {
        results.OVERRIDES.full_name: rules.rows(nobody, episodes),
        results.OVERRIDDEN.full_name: nobody,
    }


def test_what_waits_for_a_second_person_changes_no_rule(ledger: sa.Engine, file: Path) -> None:
    number = register(ledger, file)
    rules = found(ledger, file)
    assert states(rules) == {str(number): "WAITS"}
    assert rules.policy.digest == load_policy().digest
    (said,) = change_notices(rules_told(rules))
    assert "waits for a second person" in said
    assert said.endswith("Registered by postgres.")


def test_what_two_people_stand_for_is_applied_and_names_both(ledger: sa.Engine, file: Path) -> None:
    number = confirmed(ledger, file)
    rules = SiteRules.of({RULES_CHANGED: found(ledger, file).text})
    assert states(rules) == {str(number): "APPLIED"}
    (period,) = rules.policy.rules["consideration.due"].periods
    assert period.numbers == {"months_before_release": 6}
    assert rules.policy.digest != load_policy().digest
    told = rules_told(rules)
    (said,) = change_notices(told)
    assert "(months before release 12 to 6, until 1 December 2006)" in said
    assert "took 0 people off a list, and put 0 people on one" in said
    assert "Registered by postgres on " in said
    assert "confirmed by rob on " in said
    assert change_lines("E1", told)[-1].startswith("This episode is on the lists")


def test_a_file_edited_after_the_confirmation_changes_nothing_more(
    ledger: sa.Engine, file: Path
) -> None:
    number = confirmed(ledger, file)
    file.write_text(OVERRIDE.replace("release = 6", "release = 1"))
    rules = found(ledger, file)
    assert states(rules) == {str(number): "APPLIED", "file 1": "NOT_REGISTERED"}
    (period,) = rules.policy.rules["consideration.due"].periods
    assert period.numbers == {"months_before_release": 6}, "as it was confirmed"


@pytest.mark.parametrize("edited", ["", OVERRIDE.replace("agreed", "agreed, really")])
def test_a_change_taken_from_the_file_holds_until_two_people_end_it(
    ledger: sa.Engine, file: Path, edited: str
) -> None:
    """Else one person could take off a list whom a wider rule had put on it."""
    number = confirmed(ledger, file)
    file.write_text(edited)
    assert states(found(ledger, file))[str(number)] == "APPLIED"
    assert states(found(ledger, None)) == {str(number): "APPLIED"}


@pytest.mark.parametrize(
    ("night", "state"),
    [
        pytest.param(date(2006, 11, 30), "APPLIED", id="the last night"),
        pytest.param(date(2006, 12, 1), "EXPIRED", id="the day on which it ends"),
        pytest.param(date(2005, 12, 1), "APPLIED", id="a year before"),
        pytest.param(date(2005, 11, 30), "OUT_OF_REACH", id="a day more"),
    ],
)
def test_a_change_holds_for_the_year_before_its_end(
    ledger: sa.Engine, file: Path, night: date, state: str
) -> None:
    number = confirmed(ledger, file)
    rules = found(ledger, None, night)
    assert states(rules) == {str(number): state}
    assert bool(rules.applied) == (state == "APPLIED")


def test_an_entry_out_of_bounds_is_not_applied_whoever_confirmed_it(
    ledger: sa.Engine, file: Path
) -> None:
    file.write_text(OVERRIDE.replace("release = 6", "release = 600"))
    number = confirmed(ledger, file)
    assert states(found(ledger, None)) == {str(number): "UNFIT"}
    with pytest.raises(BadInput, match=r"must be \[1\] to \[36\], and is \[600\]"):
        found(ledger, file)


def test_two_changes_of_one_period_are_refused(ledger: sa.Engine, file: Path) -> None:
    """Of two in one file nobody could say which was confirmed."""
    file.write_text(OVERRIDE + "\n" + OVERRIDE.replace("release = 6", "release = 7"))
    with pytest.raises(BadInput, match=r"line 8: rule \[consideration.due\] is changed twice"):
        found(ledger, file)


def test_what_is_applied_is_told_beside_what_is_not(ledger: sa.Engine, file: Path) -> None:
    confirmed(ledger, file)
    file.write_text(OVERRIDE.replace("release = 6", "release = 7"))
    told = rules_told(found(ledger, file))[results.OVERRIDES.full_name]
    counts = told[["override_key", "people_off", "confirmed_off"]].astype(object)
    assert counts.where(counts.notna(), None).to_numpy().tolist() == [
        ["1", 0, 3], ["file 1", None, None],
    ]  # fmt: skip


def test_a_file_that_expired_is_told_and_stops_nothing(ledger: sa.Engine, file: Path) -> None:
    assert states(found(ledger, file, date(2007, 1, 1))) == {"file 1": "EXPIRED"}


def test_the_database_refuses_to_register_what_ended_before_the_last_night(
    warehouse: sa.Engine, file: Path
) -> None:
    _, (placed,) = read_overrides(file)
    with pytest.raises(BadInput, match="expired"):
        register_override(warehouse, entry=entry_of(placed.override))


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"numbers": {}, "switched_on": False}, id="that changes nothing"),
        pytest.param({"numbers": {"no_such": 1}}, id="of a number that is not there"),
        pytest.param({"rule": "no.such.rule", "numbers": {"days": 1}}, id="of no rule"),
        pytest.param({"bogus": 1}, id="in words that are not known"),
        pytest.param({"numbers": {"days": 1}, "expires": "infinity"}, id="that ends on no day"),
    ],
)
def test_nobody_stops_the_nights_by_an_entry_put_in_by_hand(
    ledger: sa.Engine, more: dict[str, object]
) -> None:
    """One login may insert into the ledger: it waits, is told, and is not applied."""
    entry = {"rule": "consideration.due", "owner": "Nobody", "reason": "mine",
             "expires": "2006-12-01", **more}  # fmt: skip
    with ledger.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO review.overrides (entry, rule_id, owner, reason, expires_date) "
                "VALUES (:entry, 'consideration.due', 'Nobody', 'mine', '2006-12-01')"
            ),
            {"entry": json.dumps(entry)},
        )
    rules = found(ledger, None)
    assert set(states(rules).values()) == {"WAITS"}
    assert rules.policy.digest == load_policy().digest
    (said,) = change_notices(rules_told(rules))
    assert "Not applied: the change of the rule" in said
    assert "Nobody" in said
