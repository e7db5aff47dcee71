"""What changes of the rules did to the lists is told of each change, and of all together."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.samples.stories import Story, beside
from jobs.assess import (
    Lists,
    Policy,
    assess_lists,
    load_policy,
    override_effects,
    people_moved,
    policy_with,
    read_overrides,
)
from tests.assess.test_rule_tables import CASE

LENGTHS = ("referral.non-eea-length", "referral.unclear-length")
WHO = [
    Story(sentences=({"term_months": 13},)),
    Story(sentences=({"term_months": 30},)),
    Story(nationality=None, sentences=({"term_months": 13},)),
    Story(**CASE),
]
"""Three of less than two years, one of them of no known nationality, and one of more."""


def longer(tmp_path: Path, *rules: str, months: int = 24, owner: str = "Nobody") -> Policy:
    """The shipped rules with another length of sentence in the period of the night's sentences."""
    parts = []
    for rule in rules:
        period = next(p for p in load_policy().rules[rule].periods if p.holds_on(date(2003, 6, 1)))
        since = f"from = {period.from_}\n" if period.from_ else ""
        parts.append(
            f'[[override]]\nrule = "{rule}"\n{since}numbers = {{ months = {months} }}\n'
            f'reason = "agreed"\nowner = "{owner}"\nexpires = 2006-12-01\n'
        )
    file = tmp_path / "overrides.toml"
    file.write_text("".join(parts))
    text, placed = read_overrides(file)
    return policy_with(placed, text=text)


def effects(
    policy: Policy, alone: Mapping[str, Policy], stories: list[Story] = WHO
) -> tuple[pd.DataFrame, dict[str, Any]]:
    tables, links, identities = beside(stories)

    def under(chosen: Policy) -> Lists:
        return assess_lists(
            tables=tables, links=links, identities=identities, as_of=stories[0].night, policy=chosen
        )

    tonight = under(policy)
    rows = override_effects(tonight=tonight, under=under, shipped=load_policy(), alone=alone)
    moved = people_moved(rows, tonight.assessments)
    return rows, {key: (row["people_off"], row["people_on"]) for key, row in moved.iterrows()}


def test_two_lines_that_take_people_off_are_told_with_whom(tmp_path: Path) -> None:
    policy = longer(tmp_path, *LENGTHS)
    alone = {str(n): longer(tmp_path, rule) for n, rule in enumerate(LENGTHS, start=1)}
    rows, moved = effects(policy, alone)
    total = rows[rows["is_total"].astype("bool")]
    assert total["is_taken_off"].all()
    assert not total["is_put_on"].any()
    assert not set(total["shipped_status"]) & {"OUT_OF_SCOPE", "CONSIDERED"}
    assert total["lists_left"].str.startswith("in scope").all()
    assert moved["(all)"] == (3, 0)
    assert moved["1"][0] + moved["2"][0] == 3


def test_two_changes_of_which_each_would_do_are_told_together_too(tmp_path: Path) -> None:
    """With the other in force each does nothing: alone, and both together, they take one off."""
    one, other = longer(tmp_path, LENGTHS[0], months=20), longer(tmp_path, LENGTHS[0], months=24)
    _, moved = effects(other, {"1": one, "2": other}, WHO[:2])
    assert moved == {"(all)": (1, 0), "1": (1, 0), "2": (1, 0)}


def test_a_change_that_widens_puts_people_on(tmp_path: Path) -> None:
    short = [Story(sentences=({"term_months": 8},)), WHO[1]]
    policy = longer(tmp_path, LENGTHS[0], months=6)
    rows, moved = effects(policy, {"1": policy}, short)
    assert moved["(all)"] == (0, 1)
    assert rows["lists_joined"].notna().all()
    assert set(rows["shipped_status"]) == {"OUT_OF_SCOPE"}


def test_a_change_without_effect_moves_nobody(tmp_path: Path) -> None:
    policy = longer(tmp_path, LENGTHS[0], months=12)
    rows, moved = effects(policy, {"1": policy})
    assert rows.empty
    assert moved == {"(all)": (0, 0)}


def test_whoever_has_two_episodes_is_one_person() -> None:
    assessments = pd.DataFrame(
        {
            "episode_id": ["E1", "E2", "E3"],
            "identity_id": ["ID1", "ID1", "ID2"],
            "seriousness": pd.array([1, None, 5], dtype="Int64"),
        }
    )
    rows = pd.DataFrame(
        {
            "override_key": "(all)",
            "episode_id": ["E1", "E2", "E3"],
            "is_taken_off": [True, True, True],
            "is_put_on": [False, True, False],
        }
    )
    (told,) = people_moved(rows, assessments).to_dict("records")
    assert told == {"people_off": 2, "people_on": 1, "serious_off": 1}
