"""Which exceptions from checks a night grants: those that two people stand for, word for word."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import jobs.night
from benchmarks.samples.minimal_registers import AS_OF, default_rows
from expectations import suite
from jobs.check import exceptions_of
from jobs.contract import results
from jobs.notify import load_recipients
from jobs.operate.emails import preview_emails
from jobs.operate.site_rules.exceptions_of_night import (
    EXCEPTED,
    SiteExceptions,
    exception_entry,
    is_exception,
    site_exceptions,
)
from jobs.operate.site_rules.rules_of_night import site_rules
from jobs.runtime.errors import BadInput, GateFailed
from jobs.runtime.settings import Settings
from jobs.warehouse import current_publication, open_warehouse, upgrade
from jobs.warehouse.ledgers.override_ledger import (
    confirm_override,
    refuse_override,
    register_override,
    registered_overrides,
    withdraw_override,
)
from tests.operate.minimal_site import House

pytestmark = pytest.mark.slow

CHECK = "prison.movements.shrunk"
WORDS = """[[override]]
rule = "prison.movements.shrunk"
reason = "one wing moved out"
owner = "Nobody"
expires = 2006-05-31
"""
GRANTED = "one wing moved out (Nobody, until 2006-05-31); registered by postgres, confirmed by rob"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "overrides.toml"
    path.write_text(WORDS)
    return path


@pytest.fixture
def ledger(warehouse: sa.Engine) -> sa.Engine:
    """A warehouse whose last night is that of the tests."""
    with warehouse.begin() as connection:
        connection.execute(
            sa.text(
                "CREATE OR REPLACE FUNCTION run.weigh_override() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN NEW.rule_id := NEW.entry::jsonb ->> 'rule'; NEW.owner := "
                "NEW.entry::jsonb ->> 'owner'; NEW.reason := NEW.entry::jsonb ->> 'reason'; "
                "NEW.expires_date := (NEW.entry::jsonb ->> 'expires')::date; RETURN NEW; END $$"
            )
        )
    return warehouse


def registered(engine: sa.Engine, file: Path) -> int:
    """Register the one exception of a file, whatever the night is by the clock."""
    (wanted,) = exceptions_of(replace(suite(), exceptions=file), as_of=AS_OF).values()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobs.warehouse.ledgers.override_ledger._refuse_wrong_end", lambda *_: None)
        return register_override(engine, entry=exception_entry(wanted))


def confirmed(engine: sa.Engine, number: int) -> None:
    other = open_warehouse(str(engine.url), actor="rob")
    confirm_override(other, number, reason="seen", shown=None)
    other.dispose()


def found(engine: sa.Engine, file: Path, as_of: date = AS_OF) -> SiteExceptions:
    return site_exceptions(engine, suite=replace(suite(), exceptions=file), as_of=as_of)


def granted(exceptions: SiteExceptions) -> dict[str, str]:
    return dict(exceptions.on(suite()).granted)


def test_a_file_without_exceptions_names_nothing(ledger: sa.Engine, tmp_path: Path) -> None:
    exceptions = found(ledger, tmp_path / "none.toml")
    assert (exceptions.named, exceptions.notices, granted(exceptions)) == ({}, (), {})


def test_what_one_person_wrote_lets_nothing_pass_and_is_told(
    ledger: sa.Engine, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    exceptions = found(ledger, file)
    assert granted(exceptions) == {}
    (line,) = exceptions.notices
    assert line.startswith(f"Not granted: an exception of the check {CHECK} (one wing moved out")
    assert "nobody has registered it" in line
    assert line in caplog.messages
    number = registered(ledger, file)
    (line,) = found(ledger, file).notices
    assert f"waits for a second person: python -m jobs policy confirm {number}." in line
    with pytest.raises(BadInput, match="is your own"):
        confirm_override(ledger, number, reason="seen", shown=None)
    with pytest.raises(Exception, match="a second person confirms"), ledger.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO review.override_words (override_id, word, reason, recorded_by) "
                f"VALUES ({number}, 'confirm', 'mine', 'somebody else')"
            )
        )
    assert granted(found(ledger, file)) == {}


def test_what_two_people_stand_for_is_granted_and_names_both(ledger: sa.Engine, file: Path) -> None:
    number = registered(ledger, file)
    confirmed(ledger, number)
    exceptions = found(ledger, file)
    assert granted(exceptions) == {CHECK: f"{GRANTED} (change {number})"}
    assert exceptions.notices == ()
    assert SiteExceptions.of(exceptions.named) == exceptions
    # It is no change of a rule, and takes the place of none.
    assert is_exception(registered_overrides(ledger)[0].entry)
    assert site_rules(ledger, file=None, as_of=AS_OF).changes == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("one wing moved out", "two wings moved out", id="another reason"),
        pytest.param("2006-05-31", "2006-06-01", id="a day more"),
        pytest.param("Nobody", "Somebody", id="another owner"),
        pytest.param("movements.shrunk", "persons.shrunk", id="another check"),
    ],
)
def test_a_word_that_is_changed_waits_anew(
    ledger: sa.Engine, file: Path, old: str, new: str
) -> None:
    confirmed(ledger, registered(ledger, file))
    file.write_text(WORDS.replace(old, new))
    changed = found(ledger, file)
    assert granted(changed) == {}
    assert len(changed.notices) == 1
    file.write_text(f"# a comment\n{WORDS}")
    assert set(granted(found(ledger, file))) == {CHECK}
    # One that the file does not ask for any more lets nothing pass, whatever the ledger says.
    file.write_text("")
    assert granted(found(ledger, file)) == {}


def test_what_is_refused_or_was_ended_by_two_is_granted_no_longer(
    ledger: sa.Engine, file: Path
) -> None:
    number = registered(ledger, file)
    refuse_override(ledger, number, reason="no")
    assert granted(found(ledger, file)) == {}
    again = registered(ledger, file)
    confirmed(ledger, again)
    withdraw_override(ledger, again, reason="mended")
    assert set(granted(found(ledger, file))) == {CHECK}
    confirmed(ledger, again)
    assert granted(found(ledger, file)) == {}


def test_it_holds_on_its_last_day_and_for_nights_of_the_year_before(
    ledger: sa.Engine, file: Path
) -> None:
    confirmed(ledger, registered(ledger, file))
    last = date(2006, 5, 31)
    assert granted(found(ledger, file, last))
    with pytest.raises(BadInput, match="ran out on 2006-05-31"):
        found(ledger, file, last + timedelta(days=1))
    assert granted(found(ledger, file, date(2005, 6, 1)))
    early = found(ledger, file, date(2005, 5, 31))
    assert granted(early) == {}
    assert "ends more than a year after this night" in early.notices[0]


@pytest.mark.long
def test_a_cut_delivery_is_published_on_the_word_of_two_and_not_of_one(
    database: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the movements are gone: what somebody wants to be published unseen."""
    engine = open_warehouse(database)
    upgrade(engine)
    house = House(tmp_path, Settings(data_dir=tmp_path / "data", warehouse=database), engine)
    many = [{**default_rows("prison.movements")[0], "movement_sequence": n} for n in range(1, 101)]
    house.run(AS_OF, prison_movements=many)
    monkeypatch.setattr(jobs.night, "suite", lambda: replace(suite(), exceptions=file))
    monkeypatch.setattr(jobs.night, "EXCEPTIONS", file)
    night = AS_OF + timedelta(days=1)
    for _ in range(2):
        with pytest.raises(GateFailed, match=CHECK.replace(".", r"\.")):
            house.run(night, prison_movements=many[:50])
        if not registered_overrides(engine):
            number = register_entry(engine, file)
    confirmed(engine, number)
    house.run(night, prison_movements=many[:50])
    published = current_publication(engine, as_of=night)
    assert published is not None
    assert CHECK in published.manifest["decisions"][EXCEPTED]
    checks = house.table(night, results.CHECK_RESULTS).set_index("check_id")
    assert checks.loc[CHECK, "excused"] == f"{GRANTED} (change {number})"
    page = (house.settings.data_dir / "pages" / str(night) / "index.html").read_text()
    assert "registered by postgres, confirmed by rob" in page
    # Edited since: a whole delivery is published, and each reader is told that it is not granted.
    file.write_text(WORDS.replace("one wing", "two wings"))
    third = AS_OF + timedelta(days=2)
    house.run(third, prison_movements=many[:50])
    page = (house.settings.data_dir / "pages" / str(third) / "due.html").read_text()
    assert "Not granted: an exception of the check prison.movements.shrunk (two wings" in page
    told = [path.read_text() for path in preview_emails(as_of=third, settings=house.settings)]
    assert len(told) == len(load_recipients())
    assert all("Not granted: an exception of the check" in text.replace("=\n", "") for text in told)
    engine.dispose()


def register_entry(engine: sa.Engine, file: Path) -> int:
    """As the command does it: the last night is a published one."""
    (wanted,) = exceptions_of(replace(suite(), exceptions=file), as_of=AS_OF).values()
    return register_override(engine, entry=exception_entry(wanted))
