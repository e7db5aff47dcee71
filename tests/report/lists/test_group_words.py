"""Groups of figures in words: no code, no bracket, prisons by name."""

import re

import pandas as pd
import pytest

from benchmarks.samples.report_nights import Invented, invent
from jobs.contract import codes, results
from jobs.contract.schema import CodeList
from jobs.report.figures.registry import FIGURES
from jobs.report.lists.group_words import group_text, group_texts, rule_texts
from jobs.report.published import ALL, NONE

CODES = {
    entry.code
    for owner in (codes, results)
    for found in vars(owner).values()
    if isinstance(found, CodeList)
    for entry in found.codes
    if entry.code != entry.meaning
}
"""Every code of both registers and of the results."""


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(episodes=400)


def test_no_group_of_any_figure_is_a_code(world: Invented) -> None:
    figures = world.facts["nightly.figures"]
    texts = group_texts(figures, world.facts)
    grouped = figures["group_value"].ne(ALL)
    # The rules of this world's quarantine are of no suite; see the test of rules.
    assert "quality.by_rule" in set(figures["figure_id"])
    figures, texts, grouped = (
        part[figures["figure_id"].ne("quality.by_rule")] for part in (figures, texts, grouped)
    )
    assert texts[grouped].str.len().gt(0).all()
    assert texts[~grouped].isna().all()
    assert {f.id for f in FIGURES if f.groups} & set(figures.loc[grouped, "figure_id"])
    for text in texts[grouped]:
        assert text not in CODES, text
        assert not re.search(r"[a-z]_[a-z]|[A-Z]_[A-Z]|^\(|^[a-z]", text), text


def test_a_prison_has_its_name_and_its_code(world: Invented) -> None:
    census = world.facts["nightly.census"].dropna(subset="prison_name").iloc[0]
    row = pd.DataFrame({"figure_id": ["due.by_prison"], "group_value": [census["prison_id"]]})
    (text,) = group_texts(row, world.facts)
    assert text == f"{census['prison_name']} ({census['prison_id']})"


@pytest.mark.parametrize(
    ("figure", "group", "text"),
    [
        pytest.param("backlog.by_stage", NONE, "Not recorded", id="no stage"),
        pytest.param("backlog.by_team", NONE, "No team", id="no team"),
        pytest.param("backlog.by_team", "Team 1", "Team 1", id="a name stays"),
        pytest.param("backlog.by_stage", "of-tomorrow", "Of-tomorrow", id="unknown"),
        pytest.param("missed.by_release_month", "(no date)", "No date recorded", id="no date"),
    ],
)
def test_a_group_without_words_of_its_own_is_told_too(figure: str, group: str, text: str) -> None:
    assert group_text(figure, group) == text


def test_a_rule_of_the_quarantine_says_what_must_hold(world: Invented) -> None:
    check = world.facts[results.CHECK_RESULTS.full_name].iloc[0]
    rows = pd.DataFrame(
        {"figure_id": "quality.by_rule", "group_value": [check["check_id"], "of.tomorrow"]}
    )
    said, unknown = group_texts(rows, world.facts)
    assert said.casefold() == check["meaning"].casefold()
    assert unknown == "Of.tomorrow"
    assert rule_texts({}) == {}
