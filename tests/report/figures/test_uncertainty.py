"""Uncertainty: what besides a possible match may make a figure wrong, and how far ranges move."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import poisson

from benchmarks.samples.report_nights import AS_OF, frame_of
from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.report import key_figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows, upper_poisson
from jobs.report.figures.registry import compute_figures
from jobs.report.figures.uncertainty import Uncertainty, estimate_uncertainty, no_uncertainty

RELEASED = {"is_released": True, "is_in_scope": True, "release_date": pd.Timestamp("2005-06-01")}


def uncertainty_of(
    episodes: list[dict[str, object]], **there: list[dict[str, object]]
) -> Uncertainty:
    """What is uncertain about these episodes, given immigration persons, cases and links."""
    facts = facts_of(episodes, there.get("links", []))
    tables = {name: table.arrow(table.empty()) for name, table in TABLES.items()}
    for name, rows in (("persons", there.get("persons", [])), ("cases", there.get("cases", []))):
        table = TABLES[f"immigration.{name}"]
        if rows:
            tables[table.full_name] = table.arrow(
                frame_of(table, {k: [row[k] for row in rows] for k in rows[0]}, len(rows))
            )
    return estimate_uncertainty(tables=tables, facts=facts.frames)


def facts_of(
    episodes: list[dict[str, object]],
    links: list[dict[str, object]],
    uncertain: Uncertainty | None = None,
) -> FigureInputs:
    filled = [
        {
            "episode_id": f"E{i}",
            "identity_id": f"ID{i}",
            "prisoner_number": f"A{i}",
            "status_rule_id": "rule",
            "nationality": "JAMAICA",
            "is_foreign_national": True,
            "is_nationality_unknown": False,
            "is_in_custody": False,
            "is_court_recommended": False,
            "is_possibly_considered": False,
            "link_outcome": "not_linked",
            "scope_rule_id": "referral.non-eea-length",
            **RELEASED,
            **episode,
        }
        for i, episode in enumerate(episodes)
    ]
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    names = sorted({name for row in filled for name in row})
    frames["nightly.assessments"] = frame_of(
        results.ASSESSMENTS, {n: [row.get(n) for row in filled] for n in names}, len(filled)
    )
    if links:
        rows = [{"probability": 1.0, "match_weight": 20.0, "evidence": "{}", **x} for x in links]
        frames["nightly.links"] = frame_of(
            results.LINKS, {n: [row[n] for row in rows] for n in rows[0]}, len(rows)
        )
    return FigureInputs(frames=frames, as_of=AS_OF, uncertainty=uncertain or no_uncertainty())


UNKNOWN = {
    "status": "NOT_REFERRED",
    "nationality": "UNKNOWN",
    "is_nationality_unknown": True,
    "scope_rule_id": "referral.unclear-length",
}
LINK = {"prisoner_number": "A0", "cid_person_id": "P0", "outcome": "linked"}


@pytest.mark.parametrize(
    ("change", "there", "is_uncertain"),
    [
        pytest.param({}, None, True, id="unknown and not linked"),
        pytest.param({"link_outcome": "linked"}, "JAMAICA", False, id="linked, from outside"),
        pytest.param({"link_outcome": "linked"}, "IRELAND", True, id="linked, Irish there"),
        pytest.param({"link_outcome": "linked"}, "UNKNOWN", True, id="linked, unknown there too"),
        pytest.param({"is_court_recommended": True}, None, False, id="a court recommended it"),
        pytest.param(
            {"nationality": "OTHER", "is_nationality_unknown": False, "link_outcome": "linked"},
            "FRANCE",
            True,
            id="the registers disagree, the other says EEA",
        ),
        pytest.param(
            {"nationality": "IRELAND", "is_nationality_unknown": False, "link_outcome": "linked"},
            "JAMAICA",
            True,
            id="the registers disagree, the prison says EEA",
        ),
        pytest.param({"link_outcome": "linked"}, "OTHER", True, id="no country there"),
        pytest.param(
            {"nationality": "JAMAICA", "is_nationality_unknown": False, "link_outcome": "linked"},
            "NIGERIA",
            False,
            id="the registers disagree, both outside",
        ),
    ],
)
def test_a_nationality_is_uncertain_unless_the_other_register_settles_it(
    change: dict[str, object], there: str | None, is_uncertain: bool
) -> None:
    found = uncertainty_of(
        [UNKNOWN | change],
        links=[LINK] if there else [],
        persons=[{"cid_person_id": "P0", "nationality": there}] if there else [],
    )
    assert found.episodes["is_nationality_uncertain"].tolist() == [is_uncertain]


def test_an_uncertain_nationality_lowers_the_low_end_and_clears_nobody() -> None:
    episodes = [UNKNOWN, {"status": "NOT_REFERRED"}]
    facts = facts_of(episodes, [], uncertainty_of(episodes))
    missed = key_figure(compute_figures(facts), "missed.total")
    assert (missed.value, missed.low, missed.high) == (2, 1, 2)


def test_a_decided_case_without_a_prisoner_may_clear_somebody_of_its_time() -> None:
    considered = {"status": "CONSIDERED", "link_outcome": "linked", "link_probability": 1.0}
    missed = {"status": "NOT_REFERRED"}
    case = {"case_type": "CRIMINAL", "considered_date": pd.Timestamp("2005-01-01")}
    found = uncertainty_of(
        [considered, missed, missed | {"release_date": pd.Timestamp("1999-01-01")}],
        links=[LINK],
        cases=[
            {"case_id": "C0", "cid_person_id": "P0", **case},
            {"case_id": "C1", "cid_person_id": "P1", **case},
        ],
    )
    assert found.unlinked_decided == 1
    assert found.episodes["decided"].tolist() == [0.0, 1.0, 0.0]


def test_a_case_with_a_possible_match_is_counted_with_the_match_alone() -> None:
    review = {"prisoner_number": "A0", "cid_person_id": "P0", "outcome": "review"}
    case = {"case_type": "CRIMINAL", "considered_date": pd.Timestamp("2005-01-01")}
    found = uncertainty_of(
        [{"status": "NOT_REFERRED"}],
        links=[review],
        cases=[{"case_id": "C0", "cid_person_id": "P0", **case}],
    )
    assert found.unlinked_decided == 1
    assert found.episodes["decided"].tolist() == [0.0]


def test_wrong_nationalities_are_learned_from_linked_people() -> None:
    linked = {"link_outcome": "linked", "link_probability": 1.0, "status": "CONSIDERED"}
    irish = {"nationality": "IRELAND", "is_in_scope": False, "scope_rule_id": "referral.irish"}
    out = {"status": "OUT_OF_SCOPE", **irish}
    episodes = [
        *({**linked, "nationality": "POLAND"} for _ in range(9)),
        linked,
        *(out for _ in range(20)),
        *({"status": "NOT_REFERRED"} for _ in range(5)),
    ]
    found = uncertainty_of(
        episodes,
        links=[{**LINK, "prisoner_number": f"A{i}", "cid_person_id": f"P{i}"} for i in range(10)],
        persons=[{"cid_person_id": f"P{i}", "nationality": "POLAND"} for i in range(10)],
    )
    # One of ten differs, one is added beforehand, half are the prison register's: odds 1 in 10 of
    # 20 Irish people, spread over 5, and one and a half times as many for caution.
    assert [found.episodes.loc[f"E{i}", "wrongly_in"] for i in range(30, 35)] == pytest.approx(
        [0.6] * 5
    )


def test_a_nationality_to_be_verified_may_enter() -> None:
    facts = facts_of([{"status": "VERIFY_NATIONALITY", "is_in_scope": False}], [])
    missed = key_figure(compute_figures(facts), "missed.total")
    assert (missed.value, missed.low, missed.high) == (0, 0, 1)


@given(st.lists(st.floats(0, 49), min_size=1, max_size=20))
@settings(deadline=None)
def test_the_end_of_the_range_is_the_percentile_of_poisson(means: list[float]) -> None:
    expected = poisson.ppf(0.975, np.array(means))
    assert np.array_equal(upper_poisson(np.array(means)), np.maximum(expected, 0))


@given(mean=st.floats(50, 5000))
@settings(deadline=None)
def test_large_means_are_right_to_two(mean: float) -> None:
    assert abs(upper_poisson(np.array([mean]))[0] - poisson.ppf(0.975, mean)) <= 2


def test_an_error_of_a_person_moves_all_their_rows() -> None:
    counted = pd.Series([True] * 40)
    chance = pd.Series([0.05] * 40)
    alone = count_rows(counted=counted, uncertainty=RowUncertainty(leave_probability=chance))
    together = count_rows(
        counted=counted,
        uncertainty=RowUncertainty(
            leave_probability=chance, persons=pd.Series([f"I{i // 4}" for i in range(40)])
        ),
    )
    # Poisson of mean 2 exceeds 5 seldom; four rows each: mean 0.5 exceeds 2 seldom, that is 8 rows.
    assert alone["low"].iloc[0] == 35
    assert together["low"].iloc[0] == 32
