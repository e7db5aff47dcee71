"""Flawed sentences through the check and the assessment: kept aside or in scope, never dropped."""

from datetime import date
from functools import cache
from typing import Any

import pytest

from benchmarks.samples.stories import HELD, Story, apart, beside, people, policy, registers
from jobs.assess import assess
from jobs.check import accept_rows

SHORT: dict[str, Any] = {"term_months": 3}

FLAWED = [
    pytest.param(({"term_months": -3},), id="a negative term"),
    pytest.param(({"term_months": -3}, SHORT), id="a negative term beside a short one"),
    pytest.param(({"term_years": 300}, SHORT), id="a term beyond all reason beside a short one"),
    pytest.param(({"sentence_date": None, "term_months": 18},), id="no date"),
    pytest.param(({"sentence_date": None}, SHORT), id="neither date nor term"),
    pytest.param(({},), id="no term"),
    pytest.param(({**SHORT, "consecutive_to_sequence": 1},), id="a sentence that follows itself"),
    pytest.param(({**SHORT, "consecutive_to_sequence": 2}, {**SHORT, "consecutive_to_sequence": 1}),
                 id="a circle of two"),
    pytest.param(({**SHORT, "consecutive_to_sequence": 2}, {**SHORT, "consecutive_to_sequence": 3},
                  {**SHORT, "consecutive_to_sequence": 1}), id="a circle of three"),
    pytest.param(({**SHORT, "consecutive_to_sequence": 7},), id="one that follows none"),
    pytest.param((SHORT, {**SHORT, "conviction_date": date(2005, 1, 1)}, {"term_months": -1}),
                 id="a conviction after the sentence, and a negative term"),
]  # fmt: skip


RELEASES = [
    pytest.param({"conditional_release_date": date(2001, 1, 1)}, id="before the sentence"),
    pytest.param({"conditional_release_date": date(1900, 1, 1)}, id="a placeholder"),
    pytest.param({"sentence_start_date": None}, id="no day of the sentence"),
]


@cache
def _assessed() -> dict[str, dict[str, Any]]:
    """The assessment of every story, which go through the check side by side, by the test's id."""
    told: dict[str, Story] = {}
    for param in FLAWED:
        told[str(param.id)] = HELD.but(sentences=param.values[0])
    for param in RELEASES:
        told[str(param.id)] = HELD.but(sentences=({"term_months": 36},), episode=param.values[0])
    tables, links, identities = beside(list(told.values()))
    checked = accept_rows(tables=tables, as_of=HELD.night)
    found = assess(
        tables=checked.accepted,
        links=links,
        identities=identities,
        as_of=HELD.night,
        policy=policy(),
        quarantine=checked.quarantine,
    )
    rows = (each.assessments.set_index("episode_id") for each in apart(found, len(told)))
    return {name: row.loc["E1"].to_dict() for name, row in zip(told, rows, strict=True)}


@pytest.mark.parametrize("name", [param.id for param in FLAWED])
def test_a_flawed_sentence_takes_nobody_off_the_list(name: str) -> None:
    assert _assessed()[name]["is_in_scope"]


@pytest.mark.parametrize("name", [param.id for param in RELEASES])
def test_an_impossible_release_puts_no_work_off(name: str) -> None:
    assert _assessed()[name]["status"] == "DUE"


@pytest.mark.parametrize("is_told", [True, False])
def test_one_sentence_in_quarantine_leaves_the_length_open(is_told: bool) -> None:
    told = HELD.but(sentences=(SHORT, {"term_months": -3}))
    checked = accept_rows(tables=registers(told), as_of=told.night)
    links, identities = people(told)
    found = assess(
        tables=checked.accepted,
        links=links,
        identities=identities,
        as_of=told.night,
        policy=policy(),
        quarantine=checked.quarantine if is_told else None,
    )
    assert found.assessments["is_in_scope"].tolist() == [is_told]


def test_every_episode_is_assessed_or_kept_aside() -> None:
    told = HELD.but(sentences=({"term_months": -3},), earlier=[(date(2001, 1, 1), SHORT)])
    tables = registers(told)
    checked = accept_rows(tables=tables, as_of=told.night)
    for name, rows in tables.items():
        aside = checked.quarantine["table_name"].eq(name.partition(".")[2])
        register = checked.quarantine["register"].eq(name.partition(".")[0])
        kept = checked.quarantine.loc[aside & register, "row_number"].nunique()
        assert rows.num_rows == checked.accepted[name].num_rows + kept
