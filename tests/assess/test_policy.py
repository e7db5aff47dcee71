"""The rule files: what is refused, what is in force when, and that code and files agree."""

import re
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jobs.assess import load_policy, rules_changed, rules_in_force, rules_markdown
from jobs.assess.rules import FOLDER
from jobs.errors import BadInput

CODE = Path(__file__).parents[2] / "jobs" / "assess"
RULE = """[[rule]]
id = "test.rule"
title = "A rule"
says = "Something."
selected_by = "sentence"
"""
PERIOD = """[[rule.period]]
citation = "A source"
confidence = "verified"
"""


def flawed(folder: Path, text: str) -> str:
    """The message for the shipped rules with one more file."""
    shutil.copytree(FOLDER, folder, dirs_exist_ok=True)
    (folder / "zz.toml").write_text(text)
    with pytest.raises(BadInput) as refusal:
        load_policy(folder=folder)
    return str(refusal.value)


FLAWS = [
    pytest.param(RULE + PERIOD + 'colour = "red"\n', 9, "extra inputs", id="unknown key"),
    pytest.param(RULE.replace("title", "titel") + PERIOD, 1, "field required", id="missing key"),
    pytest.param(RULE + '[[rule.period]]\nconfidence = "verified"\n', 6, "field required",
                 id="no citation"),
    pytest.param(RULE + '[[rule.period]]\ncitation = ""\nconfidence = "verified"\n', 7,
                 "at least 1 character", id="empty citation"),
    pytest.param(RULE + PERIOD.replace("verified", "certain"), 8, "input should be",
                 id="unknown confidence"),
    pytest.param(RULE + PERIOD.replace("verified", "unverified"), 6, "switched_off",
                 id="unverified and switched on"),
    pytest.param(RULE + PERIOD + "to = 2004-01-01\n" + PERIOD + "from = 2004-01-02\n", 10,
                 "a gap between [2004-01-01] and [2004-01-02]", id="a gap of one day"),
    pytest.param(RULE + PERIOD + "to = 2004-01-02\n" + PERIOD + "from = 2004-01-01\n", 10,
                 "an overlap between [2004-01-02] and [2004-01-01]", id="an overlap of one day"),
    pytest.param(RULE + PERIOD + "from = 2004-01-01\nto = 2004-01-01\n", 6, "ends before",
                 id="an empty period"),
    pytest.param(RULE + PERIOD + "numbers = { months = -1 }\n", 9, "greater than",
                 id="a negative number"),
    pytest.param(RULE.replace("test.rule", "Test Rule") + PERIOD, 2, "pattern", id="an odd id"),
    pytest.param(RULE.replace("test.rule", "nationality.eea") + PERIOD, 1, "given twice",
                 id="an id given twice"),
    pytest.param(RULE, 1, "field required", id="no period"),
    pytest.param("[[rule]\n", 1, "not TOML", id="not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what"), FLAWS)
def test_a_flawed_rule_file_is_refused_with_its_line(
    text: str, line: int, what: str, tmp_path: Path
) -> None:
    message = flawed(tmp_path, text)
    assert "zz.toml" in message
    assert f"line {line}" in message
    assert what in message
    assert "\n" not in message


def test_a_missing_number_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "referral.toml"
    file.write_text(file.read_text().replace("numbers = { months = 24 }", "", 1))
    with pytest.raises(BadInput, match=r"referral\.toml.*number \[months\] missing or unknown"):
        load_policy(folder=tmp_path)


def test_a_missing_rule_file_is_refused(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    (tmp_path / "ranking.toml").unlink()
    with pytest.raises(BadInput, match=r"no rule \[priority.ranking\]"):
        load_policy(folder=tmp_path)


def test_the_digest_changes_with_any_word_of_a_rule(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    assert load_policy(folder=tmp_path).digest == load_policy().digest
    file = tmp_path / "ranking.toml"
    file.write_text(file.read_text() + "# a remark\n")
    assert load_policy(folder=tmp_path).digest != load_policy().digest


def test_every_rule_that_code_names_exists_and_every_rule_is_named_by_code() -> None:
    text = "\n".join(path.read_text() for path in CODE.glob("*.py"))
    rules = load_policy().rules
    groups = sorted({rule_id.split(".")[0] for rule_id in rules})
    named = set(re.findall(rf'"((?:{"|".join(groups)})\.[a-z0-9-]+)"', text))
    named |= {rule_id for rule_id in rules if rule_id.startswith(("status.", "outcome."))}
    assert named <= set(rules)
    unused = {rule_id for rule_id in rules if rule_id not in named}
    switched_off = {rule_id for rule_id, rule in rules.items() if not rule.periods}
    assert unused == switched_off


def test_nothing_unverified_is_in_force_on_any_day() -> None:
    policy = load_policy()
    off = {rule_id for rule_id, rule in policy.rules.items() if not rule.periods}
    assert "duty.suspended-sentences" in off
    for day in (date(1999, 2, 1), date(2006, 4, 25), date(2026, 12, 1)):
        assert not off & {entry.rule.id for entry in policy.on(day=day)}


def test_a_rule_is_in_force_from_its_first_day_up_to_its_end() -> None:
    rule = load_policy()["referral.eea-length"]
    days = np.array(["2017-12-31", "2018-01-01", "NaT"], dtype="datetime64[D]")
    assert rule.in_force(days).tolist() == [True, False, False]
    assert rule.number("months", days).tolist() == [24, 0, 0]
    assert rule.number_on("months", date(2017, 12, 31)) == 24
    assert rule.number_on("months", date(2018, 1, 1)) == 0


def test_the_changes_of_1_august_2008_are_told() -> None:
    told = rules_changed(policy=load_policy(), before=date(2008, 7, 31), after=date(2008, 8, 1))
    assert "duty.condition-1: Automatic deportation, condition 1" in told
    assert "before: not in force" in told
    assert rules_changed(
        policy=load_policy(), before=date(2006, 7, 1), after=date(2006, 7, 1)
    ).startswith("0 rules differ")


def test_the_rules_of_a_day_are_told_with_their_sources() -> None:
    told = rules_in_force(policy=load_policy(), day=date(2006, 4, 25))
    assert "referral.eea-length: Length of sentence, EEA (months 24)" in told
    assert "inferred: PSO 4630 (January 2008), read back" in told
    assert "duty.condition-1: Auto" not in told
    assert "duty.suspended-sentences: switched off" in told


def test_the_page_of_rules_holds_every_rule_and_says_what_is_switched_off() -> None:
    page = rules_markdown()
    assert all(f"(`{rule_id}`)" in page for rule_id in load_policy().rules)
    assert "unverified, switched off" in page
