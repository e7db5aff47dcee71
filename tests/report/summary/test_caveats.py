"""Caveats: what could change most comes first, in words that need no table of codes."""

import math

import pandas as pd
import pytest

from benchmarks.samples.report_nights import invent
from jobs.contract import results
from jobs.report.summary.caveats import caveats, foremost_caveat, late_registers, table_words

COUNTED = (
    "quality.people_aside",
    "links.review",
    "links.cleared_by_decision",
    "census.nationality_unknown",
)
REMARK = "The size of 1 file could not be proved."
TONIGHT = invent(episodes=60)


def night(**values: float) -> dict[str, pd.DataFrame]:
    """The facts of a night with other values of figures, named by what follows the last dot."""
    figures = TONIGHT.facts[results.FIGURES.full_name].copy()
    names = figures["figure_id"].str.rpartition(".")[2]
    for name, value in values.items():
        figures.loc[names.eq(name), "value"] = value
    return {**TONIGHT.facts, results.FIGURES.full_name: figures}


@pytest.mark.parametrize(
    "order",
    [(4, 3, 2, 1), (1, 2, 3, 4), (2, 900, 1, 30)],
)
def test_what_could_change_more_people_comes_first(order: tuple[float, ...]) -> None:
    values = {id_.rpartition(".")[2]: many for id_, many in zip(COUNTED, order, strict=True)}
    lines = caveats(night(**values, quarantined=10_000), (REMARK,))
    assert lines[0] == REMARK
    told = [next(n for n in order if f"{n:,.0f} " in line) for line in lines[1:5]]
    assert told == sorted(order, reverse=True)
    assert lines[5].startswith("10,000 rows were kept aside")
    assert lines[6].startswith("A check of persons in the prison register failed in 79 rows")


def test_the_foot_of_a_page_has_the_foremost_and_counts_the_others() -> None:
    nothing = {id_.rpartition(".")[2]: math.nan for id_ in COUNTED} | {"quarantined": 0.0}
    one = {**night(**nothing), results.CHECK_RESULTS.full_name: results.CHECK_RESULTS.empty()}
    assert foremost_caveat(one) == ""
    assert foremost_caveat(one, (REMARK,)) == REMARK
    review = night(**(nothing | {"review": 2.0}))
    assert foremost_caveat(review).endswith("cleared by a possible match. 1 thing more.")


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("prison.persons", "persons in the prison register"),
        ("immigration.case_events", "case events in the immigration register"),
        ("nightly.links", "links"),
        ("links", "links"),
    ],
)
def test_a_table_is_said_in_words(table: str, words: str) -> None:
    assert table_words(table) == words


def test_a_late_register_is_said_on_top_and_a_punctual_one_not() -> None:
    checks = TONIGHT.facts[results.CHECK_RESULTS.full_name]
    assert late_registers(TONIGHT.facts) == ()
    late = checks.head(1).assign(
        check_id="prison.feed.written",
        table_name="prison.feed",
        meaning="the delivery was written within 3 days",
        passed=False,
    )
    night_ = {**TONIGHT.facts, results.CHECK_RESULTS.full_name: pd.concat([checks, late])}
    assert late_registers(night_) == (
        f"The prison register is late: it does not hold that {late['meaning'].iloc[0]}.",
    )
