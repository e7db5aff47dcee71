"""The rules that code applies and the rules that the files state are the same."""

import shutil
from pathlib import Path

import pytest

from jobs.assess import load_policy
from jobs.assess.policy.applied_rules import AppliedRule, by_id
from jobs.assess.policy.dated_rules import FOLDER, read_policy
from jobs.assess.rule_registry import APPLIED
from jobs.runtime.errors import BadInput

RULE = """[[rule]]
id = "test.rule"
title = "A rule"
says = "Something."
selected_by = "sentence"
[[rule.period]]
citation = "A source"
confidence = "verified"
"""


def with_one_more(folder: Path, text: str) -> Path:
    """The shipped rules with one more file."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    (folder / "zz.toml").write_text(text)
    return folder


def test_a_rule_that_no_code_reads_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        load_policy(folder=with_one_more(tmp_path, RULE))
    assert str(refusal.value) == (
        f"file [{tmp_path / 'zz.toml'}] line 1: rule [test.rule] is switched on and no code reads "
        "it; mend the rule file"
    )


def test_a_rule_that_no_code_reads_may_be_written_down_switched_off(tmp_path: Path) -> None:
    folder = with_one_more(tmp_path, RULE + "switched_off = true\n")
    assert "test.rule" in load_policy(folder=folder).rules


def test_a_rule_is_refused_for_the_one_period_of_it_that_is_switched_on(tmp_path: Path) -> None:
    off = RULE + "switched_off = true\nto = 2004-01-01\n"
    on = '[[rule.period]]\ncitation = "A source"\nconfidence = "verified"\nfrom = 2004-01-01\n'
    with pytest.raises(BadInput, match=r"rule \[test.rule\] is switched on and no code reads it"):
        load_policy(folder=with_one_more(tmp_path, off + on))


@pytest.mark.parametrize("rule_id", sorted(APPLIED))
def test_a_rule_that_code_applies_is_missed_where_no_file_states_it(
    rule_id: str, tmp_path: Path
) -> None:
    for path in FOLDER.glob("*.toml"):
        text = path.read_text().replace(f'id = "{rule_id}"', 'id = "another.rule"')
        (tmp_path / path.name).write_text(text)
    applied = {**APPLIED, "another.rule": AppliedRule(id="another.rule")}
    with pytest.raises(BadInput) as refusal:
        read_policy(applied=applied, folder=tmp_path)
    assert str(refusal.value) == f"folder [{tmp_path}]: no rule [{rule_id}]; restore its file"


def test_code_applies_every_rule_that_is_switched_on() -> None:
    assert set(APPLIED) == {rule.id for rule in load_policy().rules.values() if rule.periods}


def test_two_rules_of_one_id_cannot_be_applied() -> None:
    one = AppliedRule(id="test.rule", numbers=("months",))
    assert by_id([one, one]) == {"test.rule": one}
    with pytest.raises(ValueError, match=r"\[test.rule\] is applied in two places"):
        by_id([one, AppliedRule(id="test.rule")])


def test_a_number_that_a_switched_off_period_lacks_is_missed(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "release.toml"
    shipped = "numbers = { days = 0, months = 48, "
    lacking = "switched_off = true\nnumbers = { months = 48, "
    file.write_text(file.read_text().replace(shipped, lacking))
    with pytest.raises(BadInput, match=r"rule \[removal.early\]: number \[days\] missing"):
        load_policy(folder=tmp_path)
