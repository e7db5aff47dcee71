"""Lists lead from a figure to its cases, and explanations from a case to its rules."""

import pandas as pd
import pytest

from benchmarks.samples.report_nights import invent
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.report import explain, key_figure, list_named, rows_of
from jobs.runtime.errors import BadInput

WORLD = invent(episodes=500)
PERSONAL = {
    field.name for table in results.NIGHTLY.values() for field in table.fields if field.personal
}


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("missed", "missed.undecided"),
        ("decided_since", "missed.decided_since"),
        ("unconsidered", "missed.total"),
        ("due", "due.total"),
        ("verify", "scope.verify_nationality"),
        ("backlog", "backlog.open"),
    ],
)
def test_a_list_has_as_many_rows_as_its_figure(name: str, figure: str) -> None:
    counted = key_figure(WORLD.reported.figures, figure).value
    assert len(rows_of(CASE_LISTS[name], WORLD.facts)) == counted


@pytest.mark.parametrize("name", CASE_LISTS)
def test_lists_hold_no_personal_field(name: str) -> None:
    assert not set(rows_of(CASE_LISTS[name], WORLD.facts).columns) & PERSONAL


@pytest.mark.parametrize("name", ["missed", "due"])
def test_the_most_urgent_come_first(name: str) -> None:
    assert rows_of(CASE_LISTS[name], WORLD.facts)["priority"].is_monotonic_increasing


def test_the_oldest_cases_come_first_and_unknown_age_last() -> None:
    ages = rows_of(CASE_LISTS["backlog"], WORLD.facts)["age_days"]
    known = ages.dropna()
    assert known.is_monotonic_decreasing
    assert ages.tail(len(ages) - len(known)).isna().all()


def test_a_list_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadInput, match=r"list \[nobody\].*missed, decided_since"):
        list_named("nobody")


def test_an_explanation_gives_status_rule_dates_and_source_rows() -> None:
    row = WORLD.facts["nightly.assessments"].query("status == 'DUE'").iloc[0]
    text = explain(row["episode_id"], WORLD.facts)
    assert f"Custody episode {row['episode_id']}: DUE, in scope and not released" in text
    assert "Rule: status.due." in text
    assert "1. The sentence reaches the length of the criterion. (rule scope.sentence;" in text
    assert f"source prison.sentences {row['episode_id']}" in text
    assert row["prisoner_number"] not in text


def test_an_explanation_says_that_a_possible_match_clears_nobody() -> None:
    frame = WORLD.facts["nightly.assessments"]
    row = frame[frame["possible_case_id"].notna()].iloc[0]
    text = explain(row["episode_id"], WORLD.facts)
    assert f"Case {row['possible_case_id']} may be about this person" in text
    assert "clears nobody" in text


def test_every_status_can_be_explained() -> None:
    frame = WORLD.facts["nightly.assessments"]
    for episode in frame.drop_duplicates("status")["episode_id"]:
        text = explain(episode, WORLD.facts)
        assert "nan" not in text.lower().replace("nothing", "")
        assert "NaT" not in text


def test_an_unknown_episode_is_named() -> None:
    with pytest.raises(BadInput, match=r"episode \[E9\]: not assessed"):
        explain("E9", WORLD.facts)


def test_reasons_are_read_in_their_order() -> None:
    backwards = {
        **WORLD.facts,
        "nightly.reasons": WORLD.facts["nightly.reasons"].iloc[::-1].reset_index(drop=True),
    }
    episode = str(rows_of(CASE_LISTS["due"], WORLD.facts)["episode_id"].iloc[0])
    assert explain(episode, backwards) == explain(episode, WORLD.facts)
    assert isinstance(backwards["nightly.reasons"], pd.DataFrame)
