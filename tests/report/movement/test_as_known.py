"""What was known then and is known now: every release once, and the two numbers sum."""

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.samples.positions import episode, frame
from jobs.contract import results
from jobs.report.movement.as_known import CONSIDERED, UNLISTED, as_known

ON = date(2006, 3, 31)
BEFORE, LATER = pd.Timestamp(2006, 3, 1), pd.Timestamp(2006, 4, 10)
MISSED, REFERRED = "missed: never referred", "missed: referred, never considered"
Row = dict[str, Any]


def release(id_: str = "E", status: str = "NOT_REFERRED", **told: Any) -> Row:
    base = {
        "episode_id": id_, "release_number": 1, "identity_id": f"ID-{id_}",
        "prisoner_number": f"A-{id_}", "release_date": BEFORE, "status": status,
        "is_missed": status != "CONSIDERED", "is_recorded_after_release": False,
        "is_withdrawn_after_release": False, "is_deferral_expired": False,
        "is_court_recommended": False, "is_nationality_unknown": False,
        "link_outcome": "not_linked", "is_possibly_considered": False,
    }  # fmt: skip
    return base | told


def facts(releases: list[Row], *episodes: Row) -> dict[str, pd.DataFrame]:
    known = {row["episode_id"] for row in episodes}
    more = [
        episode(row["episode_id"], row["status"])
        for row in releases
        if row["episode_id"] not in known
    ]
    return {
        "nightly.assessments": frame(results.ASSESSMENTS, [*episodes, *more]),
        "nightly.releases": frame(results.RELEASES, [*releases, release("elsewhere")]),
    }


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        pytest.param([release()], [release()], (MISSED, MISSED, ""), id="known alike"),
        pytest.param(
            [release()],
            [release(status="CONSIDERED", considered_recorded_date=LATER)],
            (MISSED, CONSIDERED, "a decision in time was recorded later"),
            id="recorded on the day after",
        ),
        pytest.param(
            [release()],
            [release(status="CONSIDERED", considered_recorded_date=pd.Timestamp(ON),
                     link_outcome="linked")],
            (MISSED, CONSIDERED, "the person was linked to a decision later"),
            id="recorded by that day and linked since",
        ),
        pytest.param(
            [release()],
            [release(status="REFERRED_NOT_CONSIDERED")],
            (MISSED, REFERRED, "a referral is known otherwise"),
            id="a referral found",
        ),
        pytest.param(
            [],
            [release()],
            (UNLISTED, MISSED, "the release, or that it is in scope, came to be known later"),
            id="found since",
        ),
        pytest.param([], [release(release_date=LATER)], None, id="released after the day"),
        pytest.param(
            [], [release(release_date=pd.Timestamp(ON))],
            (UNLISTED, MISSED, "the release, or that it is in scope, came to be known later"),
            id="released on the day itself",
        ),
        pytest.param([], [release(release_date=None)], None, id="no day, not known then"),
        pytest.param(
            [release(release_date=None)], [release(release_date=None)],
            (MISSED, MISSED, ""), id="no day, known then",
        ),
        pytest.param(
            [release()], [release(release_date=LATER)],
            (MISSED, UNLISTED, "released on a later day, as known now"), id="a later day",
        ),
        pytest.param(
            [release()], [],
            (MISSED, UNLISTED, "the episode is in the register no more, or in quarantine"),
            id="gone",
        ),
        pytest.param(
            [release(status="CONSIDERED")], [release()],
            (CONSIDERED, MISSED, "the decision counts no more, by what is known now"),
            id="a decision fell away",
        ),
    ],
)  # fmt: skip
def test_a_release_is_known_otherwise_for_a_reason(
    then: list[Row], now: list[Row], said: tuple[str, str, str] | None
) -> None:
    found = as_known(then=facts(then), now=facts(now), on=ON).releases.set_index("episode_id")
    if said is None:
        assert "E" not in found.index
    else:
        assert tuple(found.loc["E", ["then", "now", "why"]]) == said


def test_somebody_out_of_scope_now_is_told_so() -> None:
    now = facts([], episode("E", "OUT_OF_SCOPE"))
    found = as_known(then=facts([release()]), now=now, on=ON).changed
    assert list(found["why"]) == ["out of scope, by what is known now"]


STANDS = st.sampled_from(["NOT_REFERRED", "REFERRED_NOT_CONSIDERED", "CONSIDERED"])
NIGHT = st.dictionaries(
    st.integers(0, 12), st.tuples(STANDS, st.sampled_from([BEFORE, LATER, None])), max_size=12
)


@settings(deadline=None, max_examples=30)
@given(then=NIGHT, now=NIGHT)
def test_the_two_numbers_sum_and_every_difference_has_a_reason(
    then: dict[int, tuple[str, Any]], now: dict[int, tuple[str, Any]]
) -> None:
    before, after = (
        facts([release(f"E{n}", status, release_date=day) for n, (status, day) in night.items()])
        for night in (then, now)
    )
    found = as_known(then=before, now=after, on=ON)
    count = {when: int(found.missed(when).sum()) for when in ("then", "now")}
    assert count["then"] - found.left + found.came == count["now"]
    assert count["then"] == int(before["nightly.releases"]["is_missed"].sum())
    assert not found.releases.duplicated(["episode_id", "release_number"]).any()
    assert found.changed["why"].ne("").all()
    steps = [line for line in found.lines() if line.strip()[0] in "+-"]
    moved = [int(line.split()[0].replace(",", "")) for line in steps]
    assert count["then"] + sum(moved) == count["now"]
