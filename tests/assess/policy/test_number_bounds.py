"""No site makes of a rule what no law of this field ever was."""

from datetime import date
from pathlib import Path

import pytest

from jobs.assess import load_policy
from jobs.assess.policy.number_bounds import beyond
from jobs.assess.rule_registry import APPLIED
from jobs.runtime.errors import BadInput
from tests.assess.policy.test_policy import OVERRIDE, overridden


def test_every_number_that_code_reads_has_bounds_and_keeps_them() -> None:
    policy = load_policy()
    for rule_id, applied in APPLIED.items():
        rule = policy.rules[rule_id]
        assert set(rule.bounds) >= set(applied.numbers), rule_id
        assert all(set(rule.bounds) >= set(period.numbers) for period in rule.period), rule_id
        assert not any(rule.out_of_bounds(period.numbers) for period in rule.period), rule_id


@pytest.mark.parametrize(
    ("months", "is_lawful"),
    [
        pytest.param(0, False, id="below the least"),
        pytest.param(1, True, id="the least"),
        pytest.param(36, True, id="the most"),
        pytest.param(37, False, id="above the most"),
        pytest.param(600, False, id="fifty years"),
    ],
)
def test_a_number_beyond_its_bounds_is_refused_in_one_line(
    months: int, is_lawful: bool, tmp_path: Path
) -> None:
    text = OVERRIDE.replace("months_before_release = 18", f"months_before_release = {months}")
    if is_lawful:
        assert overridden(tmp_path, text).overrides
        return
    with pytest.raises(BadInput) as refused:
        overridden(tmp_path, text)
    assert str(refused.value) == (
        f"file [{tmp_path / 'overrides.toml'}] line 1: rule [consideration.due]: number "
        f"[months_before_release] must be [1] to [36], and is [{months}]; mend or remove the "
        "override"
    )


def test_nobody_serves_more_than_the_whole_sentence() -> None:
    bounds = {"numerator": (1, 3), "denominator": (2, 5)}
    assert not beyond(bounds, {"numerator": 2, "denominator": 2})
    assert "more than the whole" in beyond(bounds, {"numerator": 3, "denominator": 2})


def test_the_words_of_a_change_give_both_numbers(tmp_path: Path) -> None:
    from jobs.assess import change_in_words

    (placed,) = overridden(tmp_path).overrides
    shipped = load_policy().numbers_of(placed.override)
    assert change_in_words(placed.override, shipped) == "months before release 12 to 18"
    assert placed.override.expires == date(2006, 12, 1)
