"""The assurance sample: everybody cleared is in one stratum, the draw repeats, the bound holds."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from benchmarks.samples.positions import episode, frame
from jobs.contract import results
from jobs.contract.proof.assurance_strata import DRAWN, STRATA, SampleChecks
from jobs.report import assurance_history, assurance_lines
from jobs.report.assurance.bound import bounds, share_of_all, upper_share
from jobs.report.assurance.strata import draw, stratum_of
from jobs.report.figures.assurance import FIGURES
from jobs.report.figures.inputs import FigureInputs
from jobs.report.summary.assurance_words import share_text


def cleared(count: int, status: str = "CONSIDERED", **told: Any) -> pd.DataFrame:
    """Assessments of so many custody episodes that are alike."""
    rows = [{**episode(f"E{n:04}", status), **told} for n in range(count)]
    return frame(results.ASSESSMENTS, rows)


@pytest.mark.parametrize(
    ("told", "stratum"),
    [
        pytest.param({"status": "CONSIDERED", "seriousness": 3}, "considered, other", id="plain"),
        pytest.param(
            {"status": "CONSIDERED", "seriousness": 2}, "considered, pressing", id="serious"
        ),
        pytest.param(
            {"status": "CONSIDERED", "seriousness": None},
            "considered, pressing",
            id="nobody knows how serious",
        ),
        pytest.param(
            {"status": "CONSIDERED", "seriousness": 3, "link_probability": 0.998},
            "considered, pressing",
            id="a link just below certain",
        ),
        pytest.param(
            {"status": "CONSIDERED", "seriousness": 3, "link_probability": 0.999},
            "considered, other",
            id="a link just certain",
        ),
        pytest.param(
            {"status": "OUT_OF_SCOPE", "seriousness": 3, "is_foreign_national": True},
            "foreign, other",
            id="a foreign national out of scope",
        ),
        pytest.param(
            {"status": "OUT_OF_SCOPE", "seriousness": 3, "is_foreign_national": False},
            "british, other",
            id="British",
        ),
        pytest.param(
            {"status": "NOT_YET_DUE", "seriousness": 1}, "not_due, pressing", id="not due"
        ),
        pytest.param({"status": "NOT_REFERRED"}, None, id="missed"),
        pytest.param({"status": "CONSIDERED_LATE"}, None, id="missed and decided on since"),
        pytest.param({"status": "DUE"}, None, id="due"),
        pytest.param({"status": "VERIFY_NATIONALITY"}, None, id="to verify"),
    ],
)
def test_who_was_cleared_is_in_one_stratum(told: dict[str, Any], stratum: str | None) -> None:
    plain: dict[str, Any] = {"link_outcome": "linked", "link_probability": 1.0}
    plain["is_nationality_unknown"] = False
    (found,) = stratum_of(cleared(1, **plain | told))
    assert (None if pd.isna(found) else found) == stratum
    assert stratum is None or stratum in STRATA


def test_a_publication_draws_the_same_people_whatever_the_order_of_rows() -> None:
    people = pd.concat(
        [cleared(30, seriousness=1), cleared(40, "OUT_OF_SCOPE", seriousness=4)
         .assign(episode_id=[f"F{n:04}" for n in range(40)])],
        ignore_index=True,
    )  # fmt: skip
    drawn = draw(people, publication_id="one")
    again = draw(people.sample(frac=1, random_state=1), publication_id="one")
    other = draw(people, publication_id="two")
    assert list(drawn["episode_id"]) == list(again["episode_id"])
    assert set(drawn["episode_id"]) != set(other["episode_id"])
    sizes = drawn["stratum"].value_counts()
    assert all(size == DRAWN[str(name).rpartition(", ")[2]] for name, size in sizes.items())


@settings(deadline=None, max_examples=50)
@given(
    checked=st.integers(1, 400),
    share=st.floats(0.0001, 0.9999),
    confidence=st.sampled_from([0.9, 0.95, 0.99375]),
)
def test_the_bound_holds_at_least_as_often_as_it_says(
    checked: int, share: float, confidence: float
) -> None:
    bad = np.arange(checked + 1)
    holds = upper_share(checked=np.full(checked + 1, checked), bad=bad, confidence=confidence)
    chance = binom.pmf(bad, checked, share)[holds >= share].sum()
    assert chance >= confidence - 1e-9


@settings(deadline=None, max_examples=50)
@given(checked=st.integers(1, 500), bad=st.integers(0, 499))
def test_the_bound_is_the_exact_one(checked: int, bad: int) -> None:
    if bad >= checked:
        assert upper_share(checked=checked, bad=checked, confidence=0.95) == 1
        return
    found = float(upper_share(checked=checked, bad=bad, confidence=0.95))
    assert binom.cdf(bad, checked, found) == pytest.approx(0.05, rel=1e-6)


def test_nothing_is_known_without_checks_and_an_unchecked_stratum_counts_as_wrong() -> None:
    strata = pd.Series(["considered, other"] * 90 + ["british, other"] * 10)
    assert share_of_all(bounds(strata, SampleChecks())) is None
    one = bounds(strata, SampleChecks(checked={"considered, other": 1000}, people=1))
    assert one.loc["british, other", "share"] == 1
    assert 0.1 < (share_of_all(one) or 0) < 0.105


def figures_of(checks: SampleChecks) -> pd.DataFrame:
    inputs = FigureInputs(
        frames={"nightly.assessments": cleared(2000, seriousness=3, link_probability=1.0)},
        as_of=pd.Timestamp(2006, 4, 25).date(),
        checks=checks,
    )
    return pd.concat([f.compute(inputs).assign(figure_id=f.id) for f in FIGURES])


def test_the_sentence_says_what_is_known_and_what_is_not() -> None:
    (said, *_) = assurance_lines(figures_of(SampleChecks()))
    assert said.startswith("Nobody has checked any of the 2,000 cleared")
    checks = SampleChecks(
        checked={"considered, other": 600}, bad={"considered, other": 0}, people=3
    )
    (said, stratum) = assurance_lines(figures_of(checks))
    assert "Of 2,000 cleared, at most 0.5% wrongly (10), with 95% confidence" in said
    assert "on 600 checks by 3 people" in said
    assert "at most 0.5%" in stratum


def test_a_bound_is_never_rounded_down() -> None:
    assert [share_text(x) for x in (4.01, 0.398, 0.041, 99.99)] == ["4.1%", "0.4%", "0.05%", "100%"]


def test_the_history_tells_each_change_of_the_bound() -> None:
    nights = []
    for day, count in enumerate((0, 100, 100, 600), start=20):
        checks = SampleChecks(checked={"considered, other": count} if count else {}, people=1)
        told = figures_of(checks).assign(as_of_date=f"2006-04-{day}")
        nights.append(told[told["group_value"].eq("(all)")])
    assert assurance_history(pd.concat(nights)) == (
        "2006-04-23: at most 0.5% of 2,000, on 600 checks",
        "2006-04-21: at most 3% of 2,000, on 100 checks",
    )
