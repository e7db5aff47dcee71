"""The rule files: what is refused, what is in force when, and that code and files agree."""

import re
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.samples.stories import HELD, people, registers
from jobs.assess import (
    Policy,
    assess,
    load_policy,
    rules_changed,
    rules_in_force,
    rules_markdown,
)
from jobs.assess.policy.dated_rules import FOLDER
from jobs.assess.rule_registry import APPLIED
from jobs.runtime.errors import BadInput

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


def test_nothing_unverified_is_in_force_on_any_day() -> None:
    policy = load_policy()
    off = {rule_id for rule_id, rule in policy.rules.items() if not rule.periods}
    assert "duty.suspended-sentences" in off
    for day in (date(1999, 2, 1), date(2006, 4, 25), date(2026, 12, 1)):
        assert not off & {entry.rule.id for entry in policy.on(day=day)}


def test_a_rule_is_in_force_from_its_first_day_up_to_its_end() -> None:
    rule = load_policy()[APPLIED["referral.eea-length"]]
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
    assert "law since 2006-07-17, read back, until 2006-07-17; inferred: PSO 4630" in told
    assert "duty.condition-1: Auto" not in told
    assert "duty.suspended-sentences: switched off" in told
    law, own, read_back, off = re.split(
        r"^\d+ rules? of .*$|^(?=duty.susp)", told, flags=re.MULTILINE
    )
    assert "Borders Act" not in law + own
    assert "PSO" not in law
    assert "UK Borders Act 2007 s33(4)" in read_back
    assert "from a day that is not known; unverified: Sentencing Act 2026 s45" in off
    assert "house" not in law + read_back


def test_the_page_of_rules_holds_every_rule_and_says_what_is_switched_off() -> None:
    page = rules_markdown()
    assert all(f"(`{rule_id}`)" in page for rule_id in load_policy().rules)
    assert "unverified, switched off" in page


OVERRIDE = """[[override]]
rule = "consideration.due"
numbers = { months_before_release = 18 }
reason = "Early work on long cases is on trial."
owner = "Head of casework"
expires = 2006-12-01
"""


def overridden(folder: Path, text: str = OVERRIDE) -> Policy:
    file = folder / "overrides.toml"
    file.write_text(text)
    return load_policy(overrides=file)


def test_an_override_changes_a_number_and_the_digest(tmp_path: Path) -> None:
    policy = overridden(tmp_path)
    day = date(2006, 4, 25)
    assert policy[APPLIED["consideration.due"]].number_on("months_before_release", day) == 18
    assert load_policy()[APPLIED["consideration.due"]].number_on("months_before_release", day) == 12
    assert policy.digest != load_policy().digest


def test_an_override_brings_consideration_forward(tmp_path: Path) -> None:
    told = HELD.but(
        sentences=({"term_months": 120},), episode={"confirmed_release_date": date(2007, 9, 1)}
    )
    links, identities = people(told)
    for policy, status in ((load_policy(), "NOT_YET_DUE"), (overridden(tmp_path), "DUE")):
        found = assess(
            tables=registers(told),
            links=links,
            identities=identities,
            as_of=told.night,
            policy=policy,
        )
        assert found.assessments["status"].tolist() == [status]


def test_an_expired_override_stops_the_night_with_its_line(tmp_path: Path) -> None:
    policy = overridden(tmp_path)
    policy.refuse_expired(as_of=date(2006, 11, 30))
    with pytest.raises(BadInput, match=r"line 1: override of \[consideration.due\] expired"):
        policy.refuse_expired(as_of=date(2006, 12, 1))


def test_assessing_with_an_expired_override_is_refused(tmp_path: Path) -> None:
    told = HELD.but(night=date(2006, 12, 1))
    links, identities = people(told)
    with pytest.raises(BadInput, match="expired"):
        assess(
            tables=registers(told),
            links=links,
            identities=identities,
            as_of=told.night,
            policy=overridden(tmp_path),
        )


def test_a_period_that_ships_switched_off_can_be_switched_on(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "rules")
    file = tmp_path / "rules" / "consideration.toml"
    off = PERIOD.replace("verified", "unverified") + "from = 2026-01-22\nswitched_on = true\n"
    off = off.replace("switched_on", "switched_off") + "numbers = { months_before_release = 24 }\n"
    shipped = "numbers = { months_before_release = 12 }\n"
    file.write_text(file.read_text().replace(shipped, shipped + off))
    override = tmp_path / "overrides.toml"
    override.write_text(
        OVERRIDE.replace(
            "numbers = { months_before_release = 18 }", "from = 2026-01-22\nswitched_on = true"
        )
    )
    rule = load_policy(folder=tmp_path / "rules", overrides=override).rules["consideration.due"]
    assert rule.number_on("months_before_release", date(2026, 1, 21)) == 12
    assert rule.number_on("months_before_release", date(2026, 1, 22)) == 24


LATER = [
    pytest.param("UK Borders Act 2007 s33", "Act 2007", id="an Act"),
    pytest.param("SI 2008/1818", "SI 2008", id="an instrument"),
    pytest.param("PSO 4630 (11 January 2008)", "PSO 4630", id="an order to prisons"),
    pytest.param("Immigration Act 1971; SI 2009/860", "SI 2009", id="the later of two"),
]


@pytest.mark.parametrize(("citation", "named"), LATER)
def test_a_rule_is_not_law_before_its_source(citation: str, named: str, tmp_path: Path) -> None:
    told = PERIOD.replace("A source", citation) + "from = 2006-01-01\n"
    assert named.lower() in flawed(tmp_path / "a", RULE + told)
    dated = told + "law_from = 2009-01-01\n"
    assert "no code reads it" in flawed(tmp_path / "b", RULE + dated)


def test_nothing_is_read_back_that_is_law_already(tmp_path: Path) -> None:
    told = PERIOD + "from = 2006-01-01\nlaw_from = 2006-01-01\n"
    assert "nothing is read back" in flawed(tmp_path, RULE + told)


BAD_OVERRIDES = [
    pytest.param("reason", "line 1", "field required", id="no reason"),
    pytest.param("owner", "line 1", "field required", id="no owner"),
    pytest.param("expires", "line 1", "field required", id="no expiry"),
    pytest.param("numbers", "line 1", "changes nothing", id="nothing changed"),
]


@pytest.mark.parametrize(("missing", "line", "what"), BAD_OVERRIDES)
def test_an_override_needs_a_reason_an_owner_and_an_expiry(
    missing: str, line: str, what: str, tmp_path: Path
) -> None:
    text = "".join(row for row in OVERRIDE.splitlines(True) if not row.startswith(missing))
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, text)
    assert line in str(refusal.value)
    assert what in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("consideration.due", "no.rule", "no rule [no.rule]"),
        ("months_before_release", "weeks", "has no number [weeks]"),
        ("expires", "from = 2001-01-01\nexpires", "no such period from [2001-01-01]"),
        (
            'rule = "consideration.due"\nnumbers = { months_before_release = 18 }',
            'rule = "duty.suspended-sentences"\nfrom = 2026-01-22\nswitched_on = true',
            "no code reads it yet",
        ),
        ("expires", "colour = 1\nexpires", "extra inputs"),
        ("[[override]]", "[[override]", "not TOML"),
    ],
)
def test_an_override_that_fits_no_rule_is_refused(
    old: str, new: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(BadInput) as refusal:
        overridden(tmp_path, OVERRIDE.replace(old, new, 1))
    assert what in str(refusal.value)


def test_a_missing_file_of_overrides_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_policy(overrides=tmp_path / "none.toml")
