"""Exceptions from checks on the command line: registered, shown, confirmed by another login."""

from dataclasses import replace
from pathlib import Path

import pytest

import expectations
from jobs.operate.site_rules.exceptions_of_night import KIND
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json
from jobs.warehouse import open_warehouse
from jobs.warehouse.ledgers.override_ledger import (
    confirm_override,
    register_override,
    registered_overrides,
)
from tests.commands.conftest import Published

pytestmark = pytest.mark.slow

WORDS = """[[override]]
rule = "prison.movements.shrunk"
reason = "one wing moved out"
owner = "Nobody"
expires = 2006-05-31
"""
NIGHT = ("--as-of", "2006-04-25")


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path, whole = tmp_path / "overrides.toml", expectations.suite()
    path.write_text(WORDS)
    monkeypatch.setattr(expectations, "suite", lambda: replace(whole, exceptions=path))
    return path


def test_an_exception_is_registered_once_and_waits_for_another_login(
    published: Published, file: Path
) -> None:
    said = published.run("policy", "propose-exceptions", *NIGHT).stdout
    assert "Change 1 of the rule prison.movements.shrunk (waits)" in said
    assert "a delivery that is cut or wrong in that way is published" in said
    assert "On the last published night, 2006-04-25," in said
    assert "somebody else must run, by his own login, policy confirm 1" in said
    again = published.run("policy", "propose-exceptions", *NIGHT).stdout
    assert again == "Nothing new: every exception of the file is registered.\n"
    mine = published.run("policy", "confirm", "1", "--reason", "seen")
    assert isinstance(mine.exception, BadInput)
    assert "is your own" in str(mine.exception)
    other = open_warehouse(str(published.engine.url), actor="rob")
    confirm_override(other, 1, reason="seen", shown=None)
    other.dispose()
    assert [each.state for each in registered_overrides(published.engine)] == ["holds"]
    file.write_text(WORDS.replace("one wing", "two wings"))
    assert "Change 2" in published.run("policy", "propose-exceptions", *NIGHT).stdout
    listed = published.run("policy", "list").stdout
    assert listed.count("prison.movements.shrunk") == 4


def test_an_exception_under_the_name_of_a_rule_is_not_confirmed(published: Published) -> None:
    """Confirmed, it would end the change that holds of that rule, whatever it is said to do."""
    said = {"kind": KIND, "rule": "consideration.due", "expires": "2006-06-01", "owner": "Nobody",
            "reason": "harmless"}  # fmt: skip
    number = register_override(published.engine, entry=canonical_json(said))
    done = published.run("policy", "confirm", str(number), "--reason", "seen")
    assert isinstance(done.exception, BadInput)
    assert "there is no such check; refuse it" in str(done.exception)
    assert published.run("policy", "refuse", str(number), "--reason", "no").exit_code == 0


def test_a_file_that_reaches_too_far_is_registered_by_nobody(
    published: Published, file: Path
) -> None:
    file.write_text(WORDS.replace("2006-05-31", "2007-04-25"))
    done = published.run("policy", "propose-exceptions", *NIGHT)
    assert isinstance(done.exception, BadInput)
    assert "more than a year after the night" in str(done.exception)
    file.write_text(WORDS.replace("2006-05-31", "2007-04-24"))
    assert published.run("policy", "propose-exceptions", *NIGHT).exit_code == 0
