"""The most likely number: what it is made of, and that it moves nothing else."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.ranges import judged
from benchmarks.samples.positions import frame as rows_of
from benchmarks.samples.report_nights import AS_OF
from jobs.contract import results
from jobs.report import headline, key_figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.most_likely import (
    BY_LOST_LINK,
    BY_MATCH,
    BY_NATIONALITY,
    LISTED,
    MOST_LIKELY,
    NOT_LISTED,
    PARTS,
    missed_probabilities,
    most_likely,
    most_likely_parts,
)
from jobs.report.figures.registry import compute_figures
from jobs.report.figures.set_aside import nobody_set_aside
from jobs.report.figures.uncertainty import COLUMNS, Uncertainty

CHANCE = st.floats(0, 1)
ROW = st.fixed_dictionaries(
    {
        "is_missed": st.booleans(),
        "is_possibly_considered": st.booleans(),
        "is_nationality_uncertain": st.booleans(),
        "out_of_scope": CHANCE,
        "matched": CHANCE,
        "decided": CHANCE,
        "link_probability": CHANCE,
    }
)


def inputs_of(rows: list[dict[str, object]], *, unread: int = 0) -> FigureInputs:
    """A night of releases, each with what is uncertain about it."""
    same = {
        "is_foreign_national": True, "is_nationality_unknown": False, "is_in_custody": False,
        "is_released": True, "is_court_recommended": False, "is_in_scope": True,
        "link_outcome": "linked", "nationality": "JAMAICA",
        "release_date": pd.Timestamp("2005-06-01"), "status_rule_id": "rule",
    }  # fmt: skip
    told = [
        {
            **same,
            "episode_id": f"E{i:03}",
            "identity_id": f"ID{i:03}",
            "prisoner_number": f"A{i:03}",
            "status": "NOT_REFERRED" if row["is_missed"] else "CONSIDERED",
            "link_probability": row["link_probability"],
            "is_possibly_considered": bool(row["is_missed"] and row["is_possibly_considered"]),
        }
        for i, row in enumerate(rows)
    ]
    releases = [
        {
            **{name: row[name] for name in ("episode_id", "identity_id", "prisoner_number")},
            **{name: row[name] for name in ("status", "link_outcome", "release_date")},
            "release_number": 1,
            "is_missed": row["status"] == "NOT_REFERRED",
            "is_possibly_considered": row["is_possibly_considered"],
            "is_recorded_after_release": False, "is_withdrawn_after_release": False,
            "is_deferral_expired": False, "is_court_recommended": False,
            "is_nationality_unknown": False,
        }
        for row in told
    ]  # fmt: skip
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    if told:
        frames["nightly.assessments"] = rows_of(results.ASSESSMENTS, told)
        frames["nightly.releases"] = rows_of(results.RELEASES, releases)
    episodes = pd.DataFrame(rows, index=[f"E{i:03}" for i in range(len(rows))])
    episodes = episodes.reindex(columns=list(COLUMNS)).fillna(0.0)
    episodes["is_nationality_uncertain"] = episodes["is_nationality_uncertain"].astype("bool")
    aside = nobody_set_aside().reindex(range(unread))
    aside[["is_unread", "may_be_elsewhere"]] = True
    return FigureInputs(
        frames=frames,
        as_of=AS_OF,
        uncertainty=Uncertainty(
            episodes=episodes, set_aside=aside if unread else nobody_set_aside()
        ),
    )


SURE = {
    "is_missed": True, "is_possibly_considered": False, "is_nationality_uncertain": False,
    "out_of_scope": 0.0, "matched": 0.0, "decided": 0.0, "link_probability": 1.0,
}  # fmt: skip


def parts_of(inputs: FigureInputs) -> dict[str, float]:
    return dict(most_likely_parts(inputs).set_index("group_value")["value"])


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param({}, {}, id="nothing is uncertain"),
        pytest.param({"out_of_scope": 0.6}, {BY_NATIONALITY: -6}, id="a nationality"),
        pytest.param(
            {"is_possibly_considered": True, "matched": 0.8}, {BY_MATCH: -8}, id="a possible match"
        ),
        pytest.param({"matched": 0.8}, {}, id="a possible match without a decision"),
        pytest.param({"decided": 0.3}, {BY_LOST_LINK: -3}, id="a link not found"),
        pytest.param(
            {"out_of_scope": 0.5, "is_possibly_considered": True, "matched": 0.8, "decided": 1.0},
            {BY_NATIONALITY: -5, BY_MATCH: -4, BY_LOST_LINK: -1},
            id="one after the other",
        ),
        pytest.param(
            {"is_missed": False, "link_probability": 0.9},
            {LISTED: 0, NOT_LISTED: 1},
            id="a false link",
        ),
    ],
)
def test_each_doubt_takes_off_what_is_expected(
    told: dict[str, object], expected: dict[str, float]
) -> None:
    found = parts_of(inputs_of([SURE | told] * 10))
    nothing = {LISTED: 10, BY_NATIONALITY: 0, BY_MATCH: 0, BY_LOST_LINK: 0, NOT_LISTED: 0}
    assert found == nothing | expected


def test_people_of_whom_nothing_can_be_read_move_the_range_alone() -> None:
    missed, considered = SURE, SURE | {"is_missed": False}
    with_unread = inputs_of([missed, considered], unread=4)
    assert parts_of(with_unread) == parts_of(inputs_of([missed, considered]))
    assert most_likely(with_unread).iloc[0]["high"] == 5


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(ROW, max_size=30))
def test_the_estimate_is_the_sum_of_its_parts_lies_in_the_range_and_moves_no_list(
    rows: list[dict[str, object]],
) -> None:
    inputs = inputs_of(rows)
    chance = missed_probabilities(inputs).sum(axis=1)
    assert ((chance >= -1e-9) & (chance <= 1 + 1e-9)).all()
    row = most_likely(inputs).iloc[0]
    assert row["low"] <= row["value"] == sum(parts_of(inputs).values()) <= row["high"]
    assert abs(row["value"] - chance.sum()) <= 2.5
    assert parts_of(inputs)[LISTED] == inputs.releases["is_missed"].sum()


@settings(max_examples=10, deadline=None)
@given(rows=st.lists(ROW, min_size=2, max_size=20), seed=st.integers(0, 9))
def test_the_order_of_rows_changes_nothing(rows: list[dict[str, object]], seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(rows))
    turned = [rows[i] for i in order]
    assert parts_of(inputs_of(turned)) == parts_of(inputs_of(rows))


def test_the_first_page_says_the_number_and_what_it_is_made_of() -> None:
    doubted = SURE | {"is_possibly_considered": True, "matched": 1.0}
    figures = compute_figures(inputs_of([SURE] * 3 + [doubted] * 2 + [SURE | {"out_of_scope": 1}]))
    top = headline(figures)
    assert (top.missed.value, top.missed.likely) == (6, 3)
    assert top.missed.note.startswith("most likely 3, between ")
    assert top.range_line.endswith(
        "The most likely number released is 3: of the 6 on the list probably 1 is out of scope by "
        "nationality and 2 were considered under a possible match. It takes nobody off the list."
    )


def test_where_nothing_is_uncertain_nothing_is_said() -> None:
    figures = compute_figures(inputs_of([SURE]))
    assert "most likely number" not in headline(figures).range_line
    assert key_figure(figures, MOST_LIKELY).value == 1


def test_an_earlier_publication_without_the_number_is_read() -> None:
    figures = compute_figures(inputs_of([SURE, SURE | {"out_of_scope": 1.0}]))
    earlier = figures[~figures["figure_id"].isin([MOST_LIKELY, PARTS])]
    assert headline(earlier).missed.likely is None
    assert "most likely" not in headline(earlier).range_line


@pytest.mark.long
@pytest.mark.parametrize("noise", ["default", "harsh"])
def test_on_a_world_it_is_nearer_to_the_truth_than_the_list(noise: str) -> None:
    found = judged(seed=90_001, people=20_000, noise=noise).set_index("figure")
    likely, listed = found.loc[MOST_LIKELY], found.loc["missed.total"]
    assert likely["low"] <= likely["truth"] <= likely["high"]
    off = abs(likely["value"] - likely["truth"])
    assert off <= 0.02 * likely["truth"]
    assert off < abs(listed["value"] - listed["truth"])
