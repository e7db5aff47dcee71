"""A flawed rule file or override: the whole line that the operator reads, and what is accepted."""

import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.assess import Policy, load_policy
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import FOLDER, POLICY_VERSION, read_policy
from jobs.assess.rule_registry import APPLIED
from jobs.runtime.errors import BadInput
from tests.assess.policy.test_policy import OVERRIDE, PERIOD, RULE, overridden


def loaded(folder: Path, text: str) -> Policy:
    """The shipped rules with one more file."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    (folder / "zz.toml").write_text(text)
    return read_policy(applied=applied(text), folder=folder)


def applied(text: str) -> dict[str, AppliedRule]:
    """The rules that code applies, and those of a text beside them."""
    more = re.findall(r'^id = "((?:test|fine)\.rule)"$', text, re.MULTILINE)
    return {**APPLIED, **{rule_id: AppliedRule(id=rule_id) for rule_id in more}}


FINE = RULE.replace("test.rule", "fine.rule") + PERIOD
"""A sound rule of eight lines."""
ENDS = PERIOD + "to = 2004-01-01\n"
OFF = PERIOD.replace("verified", "unverified") + "switched_off = true\n"

REFUSALS = [
    pytest.param(FINE + RULE + PERIOD + 'colour = "red"\n', 17,
                 "[rule.1.period.0.colour] extra inputs are not permitted", id="an unknown key"),
    pytest.param(RULE + PERIOD + "numbers = { months = -1 }\n", 9,
                 "[rule.0.period.0.numbers.months] input should be greater than or equal to 0",
                 id="a negative number"),
    pytest.param(RULE + PERIOD.replace("verified", "unverified"), 6,
                 "[rule.0.period.0] value error, an unverified rule must have switched_off = true",
                 id="unverified and switched on"),
    pytest.param(RULE + PERIOD + "from = 2004-01-02\nto = 2004-01-01\n", 6,
                 "[rule.0.period.0] value error, the period ends before it starts",
                 id="a period that ends before it starts"),
    pytest.param(FINE + RULE + ENDS + PERIOD + "from = 2004-01-02\n", 18,
                 "rule [test.rule]: a gap between [2004-01-01] and [2004-01-02]", id="a gap"),
    pytest.param(FINE + RULE + ENDS + PERIOD + "from = 2003-12-31\n", 18,
                 "rule [test.rule]: an overlap between [2004-01-01] and [2003-12-31]",
                 id="an overlap"),
    pytest.param(RULE + ENDS + OFF + PERIOD + "from = 2004-01-02\n", 14,
                 "rule [test.rule]: a gap between [2004-01-01] and [2004-01-02]",
                 id="a gap on both sides of a period that is switched off"),
    pytest.param(FINE + RULE.replace("test.rule", "nationality.eea") + PERIOD, 9,
                 "rule [nationality.eea] is given twice", id="an id given twice"),
    pytest.param("", 1, "[rule] field required", id="an empty file"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what"), REFUSALS)
def test_a_flawed_file_is_refused_in_one_line(
    text: str, line: int, what: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as refusal:
        loaded(tmp_path, text)
    where = f"file [{tmp_path / 'zz.toml'}] line {line}"
    assert str(refusal.value) == f"{where}: {what}; mend the rule file"


def test_a_file_that_is_not_toml_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        loaded(tmp_path, "[[rule]\n")
    assert str(refusal.value).startswith(f"file [{tmp_path / 'zz.toml'}]: is not TOML: ")
    assert str(refusal.value).endswith("; mend the line")


def test_a_missing_rule_is_refused_in_one_line(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "ranking.toml").unlink()
    with pytest.raises(BadInput) as refusal:
        load_policy(folder=tmp_path)
    what = f"folder [{tmp_path}]: no rule [priority.ranking]; restore its file"
    assert str(refusal.value) == what


NUMBERS = [
    pytest.param("removal.toml", "days = 270", "weeks = 270", "days", id="one is missing"),
    pytest.param("removal.toml", "days = 270", "days = 270, zeal = 1", "zeal", id="one too many"),
]


@pytest.mark.parametrize(("file", "old", "new", "odd"), NUMBERS)
def test_each_switched_on_period_gives_the_numbers_that_code_reads(
    file: str, old: str, new: str, odd: str, tmp_path: Path
) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    path = next(path for path in sorted(tmp_path.glob("*.toml")) if old in path.read_text())
    text = path.read_text()
    path.write_text(text.replace(old, new, 1))
    header = text[: text.index(old)].rindex("[[rule.period]]")
    line = text.count("\n", 0, header) + 1
    with pytest.raises(BadInput) as refusal:
        load_policy(folder=tmp_path)
    assert str(refusal.value) == (
        f"file [{path}] line {line}: rule [removal.early]: number [{odd}] missing or unknown; "
        "mend the rule file"
    )


ACCEPTED = [
    pytest.param(RULE + PERIOD + "numbers = { anything = 1 }\n",
                 id="numbers that code does not read"),
    pytest.param(RULE + ENDS + PERIOD + "from = 2004-01-01\n", id="one period after another"),
    pytest.param(RULE + ENDS + OFF + PERIOD + "from = 2004-01-01\n",
                 id="a period between them that is switched off"),
    pytest.param(RULE + PERIOD.replace("verified", "house") + "switched_off = true\n",
                 id="switched off although sure"),
    pytest.param(RULE + PERIOD + "from = 2004-01-01\nto = 2004-01-02\n", id="a period of one day"),
    pytest.param(FINE + RULE + PERIOD, id="two rules in one file"),
]  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_sound_file_is_accepted(text: str, tmp_path: Path) -> None:
    assert "test.rule" in loaded(tmp_path, text).rules


def test_a_period_holds_from_its_first_day_up_to_its_end(tmp_path: Path) -> None:
    rule = loaded(
        tmp_path,
        RULE + ENDS + "numbers = { months = 1 }\n" + OFF + "from = 2003-01-01\n"
        + PERIOD + "from = 2004-01-01\nto = 2005-01-01\nnumbers = { months = 2 }\n",
    ).rules["test.rule"]  # fmt: skip
    wanted = {
        date(1, 1, 1): 1,
        date(2003, 12, 31): 1,
        date(2004, 1, 1): 2,
        date(2004, 12, 31): 2,
        date(2005, 1, 1): 0,
    }
    days = np.array([*wanted, None], dtype="datetime64[D]")
    assert rule.number("months", days).tolist() == [*wanted.values(), 0]
    assert rule.in_force(days).tolist() == [True, True, True, True, False, False]
    assert [rule.number_on("months", day) for day in wanted] == list(wanted.values())
    assert len(rule.periods) == 2
    assert rule.period[0].starts == date.min
    assert (rule.period[1].starts, rule.period[1].ends) == (date(2003, 1, 1), date.max)


THREE = (
    RULE + ENDS + "numbers = { months = 1, weeks = 5 }\n"
    + PERIOD + "from = 2004-01-01\nto = 2005-01-01\nnumbers = { months = 2 }\n"
    + PERIOD + "from = 2005-01-01\nnumbers = { months = 3 }\n"
    + OFF + "from = 2006-01-01\nto = 2007-01-01\nnumbers = { months = 4 }\n"
)  # fmt: skip
YEARS = [date(2003, 6, 1), date(2004, 6, 1), date(2005, 6, 1), date(2006, 6, 1), date(2007, 6, 1)]

OVERRIDES: list[Any] = [
    pytest.param("numbers = { months = 9 }", [9, 2, 3, 3, 3], id="the first, which has no start"),
    pytest.param("from = 2004-01-01\nnumbers = { months = 9 }", [1, 9, 3, 3, 3], id="the second"),
    pytest.param("from = 2005-01-01\nnumbers = { months = 9 }", [1, 2, 9, 9, 9], id="the last"),
    pytest.param("from = 2006-01-01\nswitched_on = true", [1, 2, 3, 4, 0],
                 id="one switched on ends the one before it"),
    pytest.param("from = 2006-01-01\nswitched_on = true\nnumbers = { months = 9 }",
                 [1, 2, 3, 9, 0], id="one switched on with another number"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "months"), OVERRIDES)
def test_an_override_changes_the_period_that_it_names(
    change: str, months: list[int], tmp_path: Path
) -> None:
    shutil.copytree(FOLDER, tmp_path / "rules")
    (tmp_path / "rules" / "zz.toml").write_text(THREE)
    file = tmp_path / "overrides.toml"
    text = OVERRIDE.replace("numbers = { months_before_release = 18 }", change)
    file.write_text(text.replace("consideration.due", "test.rule"))
    rules = applied(THREE)
    shipped = read_policy(applied=rules, folder=tmp_path / "rules")
    policy = read_policy(applied=rules, folder=tmp_path / "rules", overrides=file)
    rule = policy.rules["test.rule"]
    assert [rule.number_on("months", day) for day in YEARS] == months
    assert rule.number_on("weeks", YEARS[0]) == 5
    assert [each.id for each in policy.rules.values()] == [e.id for e in shipped.rules.values()]
    assert [each.override.rule for each in policy.overrides] == ["test.rule"]


BAD = [
    pytest.param("consideration.due", "no.rule", "no rule [no.rule]", id="no such rule"),
    pytest.param("months_before_release", "weeks",
                 "rule [consideration.due] has no number [weeks]", id="no such number"),
    pytest.param("expires", "from = 2001-01-01\nexpires",
                 "rule [consideration.due] has no such period from [2001-01-01]",
                 id="no such period"),
    pytest.param("reason", "switched_on = true\nreason",
                 "rule [consideration.due] has no such period from [None]",
                 id="a period switched on that is on already"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "what"), BAD)
def test_an_override_that_fits_nothing_is_refused_in_one_line(
    old: str, new: str, what: str, tmp_path: Path
) -> None:
    two = OVERRIDE + "\n" + OVERRIDE.replace(old, new, 1)
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, two)
    where = f"file [{tmp_path / 'overrides.toml'}] line 8"
    assert str(refusal.value) == f"{where}: {what}; mend or remove the override"


FLAWED = [
    pytest.param('colour = "red"\n', " line 7: [override.0.colour] extra inputs are not permitted; "
                 "mend the override", id="an unknown key"),
    pytest.param("[site]\n", " line 7: [site] extra inputs are not permitted; mend the override",
                 id="an unknown table"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "line"), FLAWED)
def test_a_flawed_override_is_refused_in_one_line(more: str, line: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, OVERRIDE + more)
    assert str(refusal.value) == f"file [{tmp_path / 'overrides.toml'}]{line}"


def test_an_override_that_changes_nothing_is_refused_in_one_line(tmp_path: Path) -> None:
    text = "".join(row for row in OVERRIDE.splitlines(True) if not row.startswith("numbers"))
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, text)
    assert str(refusal.value) == (
        f"file [{tmp_path / 'overrides.toml'}] line 1: [override.0] value error, the override "
        "changes nothing; mend the override"
    )


def test_overrides_that_cannot_be_read_are_refused_in_one_line(tmp_path: Path) -> None:
    where = f"file [{tmp_path / 'none.toml'}]"
    with pytest.raises(BadInput) as refusal:
        load_policy(overrides=tmp_path / "none.toml")
    assert (
        str(refusal.value)
        == f"{where}: cannot be read: No such file or directory; name a TOML file"
    )
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, "[[override]\n")
    assert str(refusal.value).startswith(f"file [{tmp_path / 'overrides.toml'}]: is not TOML: ")
    assert str(refusal.value).endswith("; mend the line")


def test_an_expired_override_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path).refuse_expired(as_of=date(2006, 12, 1))
    assert str(refusal.value) == (
        f"file [{tmp_path / 'overrides.toml'}] line 1: override of [consideration.due] expired on "
        "[2006-12-01]; mend or remove the override"
    )


def test_the_version_of_the_rules_is_a_number() -> None:
    assert load_policy().version == POLICY_VERSION
    assert POLICY_VERSION.isdecimal()
