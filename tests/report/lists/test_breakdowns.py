"""The questions asked most: each small table sums to the figure of its list."""

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from benchmarks.samples.reported.frames import frame_of
from jobs.contract import results
from jobs.report import key_figure
from jobs.report.lists.breakdowns import (
    NO_TEAM,
    SINCE_RELEASE,
    ages_by_team,
    links_expected,
    missed_by_prison,
    missed_by_time,
    sure_but_waiting,
    undecided_by_team,
)

WORLD = invent(episodes=300, seed=3)
TONIGHT = pd.Timestamp(AS_OF)


def value(figure: str, group: str = "(all)") -> float:
    return key_figure(WORLD.reported.figures, figure, group).value or 0


def test_prisons_have_the_missed_of_their_figure_and_a_rate() -> None:
    table = missed_by_prison(WORLD.facts)
    assert table["missed"].sum() == value("missed.total")
    for code, missed, releases, rate in table[
        ["prison_id", "missed", "releases", "rate"]
    ].itertuples(index=False, name=None):
        assert value("missed.by_prison", code) == missed <= releases
        assert rate == pytest.approx(100 * missed / releases, abs=0.05)
    assert table["missed"].is_monotonic_decreasing


def test_teams_have_the_undecided_and_those_without_come_last() -> None:
    table = undecided_by_team(WORLD.facts)
    assert table["releases"].sum() == value("missed.undecided")
    assert (table["episodes"] <= table["releases"]).all()
    assert table["team"].iloc[-1] == NO_TEAM


def test_ages_of_teams_sum_to_the_open_cases() -> None:
    table = ages_by_team(WORLD.facts)
    assert table["total"].sum() == value("backlog.open")
    assert table.drop(columns=["team", "total"]).sum(axis=1).eq(table["total"]).all()


@pytest.mark.parametrize(
    ("days", "place"),
    [(0, 0), (6, 0), (7, 1), (29, 1), (30, 2), (364, 2), (365, 3), (None, 4)],
)
def test_a_release_falls_into_one_span_of_time(days: int | None, place: int) -> None:
    releases = WORLD.facts["nightly.releases"]
    one = releases[releases["is_missed"]].head(1)
    day = pd.NaT if days is None else TONIGHT - pd.Timedelta(days=days)
    facts = {**WORLD.facts, "nightly.releases": one.assign(release_date=day)}
    counted = missed_by_time(facts, TONIGHT).set_index("since")["releases"]
    assert counted[SINCE_RELEASE[place]] == counted.sum() == 1


def test_every_missed_release_falls_into_a_span() -> None:
    assert missed_by_time(WORLD.facts, TONIGHT)["releases"].sum() == value("missed.total")


def links(*said: tuple[float, str, str, str | None]) -> pd.DataFrame:
    columns = {
        "prisoner_number": [f"A{n}" for n in range(len(said))],
        "cid_person_id": [f"P{n}" for n in range(len(said))],
        "probability": [p for p, *_ in said],
        "match_weight": [1.0] * len(said),
        "outcome": [outcome for _, outcome, _, _ in said],
        "evidence": [evidence for _, _, evidence, _ in said],
        "decided_by": [by for *_, by in said],
    }
    return frame_of(results.LINKS, columns, len(said))


def test_expected_false_and_missed_links_follow_from_the_probabilities() -> None:
    found = links(
        (0.9, "linked", "{}", None),
        (0.8, "linked", "{}", "A. Reviewer"),
        (0.7, "review", "{}", None),
        (0.6, "review", "{}", None),
        (0.5, "not_linked", "{}", None),
    )
    assert links_expected(found) == pytest.approx((0.1, 1.3))
    assert links_expected(results.LINKS.empty()) == (0.0, 0.0)


def test_a_nearly_certain_pair_that_waits_says_why() -> None:
    twins = '{"name: same":6.2,"held: possible twins":0.0}'
    found = links(
        (0.9999, "review", twins, None),
        (0.9995, "review", twins, None),
        (0.9995, "review", "{}", None),
        (0.999, "review", twins, None),
        (0.9999, "linked", twins, None),
    )
    assert sure_but_waiting(found).to_numpy().tolist() == [
        ["possible twins", 2],
        ["another record is as likely", 1],
    ]
