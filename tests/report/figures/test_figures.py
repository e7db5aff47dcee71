"""Figures: what they count, how they sum, and how far links could move them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.report_nights import AS_OF, TODAY, frame_of, invent, report
from jobs.contract import results
from jobs.report import FIGURES, figures_markdown, headline, key_figure
from jobs.report.figures.conditions import NO_DATE, every_month
from jobs.report.figures.figure import Figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows
from jobs.report.figures.registry import compute_figures

WORLD = invent(episodes=1_500)


def value(id_: str, group: str = "(all)", figures: pd.DataFrame | None = None) -> float:
    figures = WORLD.reported.figures if figures is None else figures
    row = figures[figures["figure_id"].eq(id_) & figures["group_value"].eq(group)]
    return float(row["value"].iloc[0]) if len(row) else 0.0


def group_sum(id_: str) -> float:
    rows = WORLD.reported.figures
    return float(rows.loc[rows["figure_id"].eq(id_), "value"].sum())


def assessed(**columns: object) -> FigureInputs:
    """FigureInputs with the given assessments, everything else empty."""
    rows = max(len(v) for v in columns.values() if isinstance(v, list))
    filled: dict[str, object] = {
        "episode_id": [f"E{i}" for i in range(rows)],
        "identity_id": [f"ID{i}" for i in range(rows)],
        "prisoner_number": [f"A{i}" for i in range(rows)],
        "status_rule_id": "rule",
        "is_foreign_national": True,
        "is_nationality_unknown": False,
        "is_in_custody": False,
        "is_released": True,
        "is_court_recommended": False,
        "is_in_scope": True,
        "link_outcome": "not_linked",
        "is_possibly_considered": False,
        **columns,
    }
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    frames["nightly.assessments"] = frame_of(results.ASSESSMENTS, filled, rows)
    return FigureInputs(frames=frames, as_of=AS_OF)


def test_every_figure_is_computed_and_fits_the_declared_table() -> None:
    ids = set(WORLD.reported.figures["figure_id"])
    assert {figure.id for figure in FIGURES if not figure.groups} <= ids
    assert ids <= {figure.id for figure in FIGURES}
    assert not WORLD.reported.figures.duplicated(["figure_id", "group_value"]).any()


def test_no_figure_lies_outside_its_range() -> None:
    figures = WORLD.reported.figures.dropna(subset=["value"])
    assert (figures["low"] <= figures["value"]).all()
    assert (figures["value"] <= figures["high"]).all()


def test_the_missed_are_the_never_referred_and_the_never_considered() -> None:
    split = value("missed.never_referred") + value("missed.referred_not_considered")
    assert value("missed.total") == split > 0


def test_the_figures_whose_groups_sum_are_those_that_group_all_of_something() -> None:
    """Every figure by group, but for those of time, of staff, and of what may be in no group."""
    others = {figure.id for figure in FIGURES if figure.groups and not figure.sums_to}
    assert others == {
        "assurance.wrong_at_most_by_stratum",
        "scope.by_status",
        "staff.by_month",
        "staff.diverted_by_month",
        "flow.opened_by_month",
        "flow.closed_by_month",
        "flow.decided_by_month",
        "quality.by_rule",
        "census.foreign_nationals_over_time",
        "census.detainees_over_time",
    }


UNCHECKED = {"assurance.checked_by_stratum", "assurance.bad_by_stratum"}
"""Nobody has checked anybody in the invented world."""


@pytest.mark.parametrize("figure", [f for f in FIGURES if f.sums_to], ids=lambda f: f.id)
def test_groups_sum_to_their_total(figure: Figure) -> None:
    assert group_sum(figure.id) == value(figure.sums_to)
    assert value(figure.sums_to) > 0 or figure.id in UNCHECKED


def test_outcomes_sum_to_everybody_not_considered_in_time() -> None:
    status = WORLD.facts["nightly.assessments"]["status"]
    assert group_sum("outcome.by_outcome") == status.isin(results.UNCONSIDERED_STATUSES).sum() > 0


def test_figures_on_tables_that_a_publication_lacks_are_left_out_not_zero() -> None:
    older = {k: v for k, v in WORLD.facts.items() if k != "nightly.flags"}
    ids = set(report(WORLD.tables, older).figures["figure_id"])
    assert "outcome.by_outcome" not in ids
    assert "discrepancies.total" in ids


def test_every_episode_has_one_status() -> None:
    assert group_sum("scope.by_status") == len(WORLD.facts["nightly.assessments"])


def test_the_same_facts_in_any_order_give_the_same_figures() -> None:
    shuffled = {
        name: frame.sample(frac=1, random_state=7, ignore_index=True)
        for name, frame in WORLD.facts.items()
    }
    order = np.random.default_rng(3)
    tables = {
        name: table.take(order.permutation(table.num_rows)) for name, table in WORLD.tables.items()
    }
    again = report(tables, shuffled)
    for name in ("figures", "backlog", "teams", "census"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(WORLD.reported, name))


def test_a_possible_match_with_a_decision_lowers_only_the_low_end() -> None:
    facts = assessed(
        status=["NOT_REFERRED", "NOT_REFERRED"],
        link_outcome=["review", "not_linked"],
        link_probability=[0.8, None],
        possible_case_id=["C1", None],
        is_possibly_considered=[True, False],
    )
    missed = key_figure(compute_figures(facts), "missed.total")
    assert (missed.value, missed.low, missed.high) == (2, 1, 2)


def test_a_month_between_has_a_range_though_nobody_was_missed_in_it() -> None:
    months = ["2005-01", "2005-02", "2005-04", "2005-06"]
    facts = assessed(
        status=["NOT_REFERRED", "CONSIDERED", "NOT_REFERRED", "CONSIDERED"],
        release_date=[pd.Timestamp(f"{month}-10") for month in months],
        link_outcome=["not_linked", "linked", "not_linked", "linked"],
        link_probability=[None, 0.5, None, 0.5],
    )
    figures = compute_figures(facts)
    rows = figures[figures["figure_id"].eq("missed.by_release_month")].set_index("group_value")
    assert rows["value"].to_dict() == {
        "(no date)": 0, "2005-01": 1, "2005-02": 0, "2005-03": 0, "2005-04": 1,
    }  # fmt: skip
    assert rows["high"].to_dict() == {
        "(no date)": 0, "2005-01": 1, "2005-02": 1, "2005-03": 0, "2005-04": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("months", "first", "last", "number"),
    [
        pytest.param(["2005-11", "2006-01"], "2005-11", "2006-01", 3, id="over the new year"),
        pytest.param(["2006-01"], "2006-01", "2006-01", 1, id="one"),
        pytest.param(["1901-01", "2006-01"], "1996-02", "2006-01", 120, id="a slip of the pen"),
        pytest.param([], None, None, 0, id="none"),
    ],
)
def test_every_month_between_is_told_of(
    months: list[str], first: str | None, last: str | None, number: int
) -> None:
    groups = every_month(pd.Series([*months, NO_DATE], dtype="str"))
    assert groups.pop() == NO_DATE
    assert len(groups) == number
    assert (groups[:1], groups[-1:]) == ([first] if first else [], [last] if last else [])


def test_a_link_that_may_be_false_raises_the_high_end() -> None:
    facts = assessed(
        status=["CONSIDERED"] * 100 + ["NOT_REFERRED"],
        link_outcome=["linked"] * 100 + ["not_linked"],
        link_probability=[0.98] * 100 + [None],
    )
    missed = key_figure(compute_figures(facts), "missed.total")
    # Poisson of mean 2: more than 5 have a chance of 1.7 per cent, more than 4 of 5.3.
    assert (missed.value, missed.low, missed.high) == (1, 1, 6)


def test_certain_links_leave_no_range() -> None:
    facts = assessed(
        status=["CONSIDERED", "NOT_REFERRED"],
        link_outcome=["linked", "not_linked"],
        link_probability=[1.0, None],
    )
    assert key_figure(compute_figures(facts), "missed.total").range_text == ""


def test_a_possible_case_without_decision_moves_between_the_two_populations() -> None:
    facts = assessed(
        status=["NOT_REFERRED", "REFERRED_NOT_CONSIDERED"],
        link_outcome=["review", "linked"],
        link_probability=[0.7, 1.0],
        possible_case_id=["C1", None],
    )
    figures = compute_figures(facts)
    never = key_figure(figures, "missed.never_referred")
    referred = key_figure(figures, "missed.referred_not_considered")
    total = key_figure(figures, "missed.total")
    assert (never.low, never.high) == (0, 1)
    assert (referred.low, referred.high) == (1, 2)
    assert (total.low, total.high) == (2, 2)


@given(
    probabilities=st.lists(st.floats(0.5, 1.0), min_size=1, max_size=40),
    counted=st.integers(0, 5),
)
@settings(deadline=None)
def test_the_high_end_never_exceeds_all_links_false(
    probabilities: list[float], counted: int
) -> None:
    rows = len(probabilities) + counted
    by_link = pd.Series([True] * len(probabilities) + [False] * counted)
    chance = pd.Series([1 - p for p in probabilities] + [0.0] * counted)
    row = count_rows(counted=~by_link, uncertainty=RowUncertainty(enter_probability=chance))
    assert counted == row["value"].iloc[0] <= row["high"].iloc[0] <= rows


@pytest.mark.parametrize(
    ("days", "groups"),
    [
        pytest.param(-3, {"overdue", "within_7", "within_30"}, id="a date that has passed"),
        pytest.param(0, {"within_7", "within_30"}, id="today"),
        pytest.param(7, {"within_7", "within_30"}, id="the last day of the week"),
        pytest.param(8, {"within_30"}, id="the day after"),
        pytest.param(None, {"no_date"}, id="no date known"),
    ],
)
def test_time_to_release_decides_the_due_windows(days: int | None, groups: set[str]) -> None:
    facts = assessed(
        status=["DUE"],
        is_in_custody=[True],
        is_released=[False],
        days_to_release=[days],
    )
    figures = compute_figures(facts)
    windows = {"overdue", "within_7", "within_30", "no_date"}
    counted = {name for name in windows if value(f"due.{name}", figures=figures) == 1}
    assert counted == groups


def test_the_share_decided_a_year_before_looks_at_the_last_year_only() -> None:
    release = [TODAY - pd.Timedelta(days=d) for d in (10, 20, 500)]
    facts = assessed(
        status=["CONSIDERED", "NOT_REFERRED", "NOT_REFERRED"],
        release_date=release,
        considered_date=[TODAY - pd.Timedelta(days=600), None, None],
    )
    assert value("pace.decided_year_before", figures=compute_figures(facts)) == 50.0


def test_an_empty_night_has_figures_of_zero_and_no_guesses() -> None:
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    figures = compute_figures(FigureInputs(frames=frames, as_of=AS_OF))
    assert value("missed.total", figures=figures) == 0
    assert key_figure(figures, "staff.cases_per_fte").value is None
    assert key_figure(figures, "pace.referral_to_decision").text == "not known"
    assert headline(figures).first_line.startswith("No: nobody has been released")


def test_the_headline_says_yes_and_both_numbers() -> None:
    top = headline(WORLD.reported.figures)
    assert top.first_line.startswith("Yes: ")
    assert f"{value('due.within_7'):,.0f} people may be released within 7 days" in top.first_line
    assert f"{value('missed.total'):,.0f} releases" in top.first_line
    assert top.subject_number.startswith(f"{value('due.within_7'):,.0f} ")


@pytest.mark.parametrize(
    ("due", "missed", "start"),
    [
        pytest.param(0, 2, "Yes: there have been 2 releases", id="only the past"),
        pytest.param(1, 0, "Yes: 1 person may be", id="only the week ahead"),
        pytest.param(0, 0, "No: ", id="neither"),
    ],
)
def test_the_first_line_answers_the_question(due: int, missed: int, start: str) -> None:
    facts = assessed(
        status=["DUE"] * due + ["NOT_REFERRED"] * missed + ["OUT_OF_SCOPE"],
        days_to_release=[3] * due + [None] * (missed + 1),
    )
    assert headline(compute_figures(facts)).first_line.startswith(start)


def test_the_page_of_definitions_names_every_figure_once() -> None:
    text = figures_markdown()
    for figure in FIGURES:
        assert text.count(f"## `{figure.id}`: ") == 1
        assert figure.definition.endswith(".")
    assert len({figure.definition for figure in FIGURES}) == len(FIGURES)
