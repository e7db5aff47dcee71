"""The cohort of 2006 is found again from facts alone, in a world that another hand invented."""

from datetime import date

import pandas as pd
import pytest

from benchmarks.samples.odd_worlds import NIGHT, cohort
from benchmarks.samples.stories import frame, policy
from jobs.assess import Assessed, assess
from jobs.contract.results import IDENTITIES, LINKS, MISSED_STATUSES
from jobs.synthetic import World, build_world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world() -> World:
    return cohort()


@pytest.fixture(scope="module")
def assessed(world: World) -> Assessed:
    """The world assessed over links that are right, so that only the rules are tested."""
    return assess_truly(world, night=NIGHT)


def assess_truly(world: World, *, night: date) -> Assessed:
    """A world assessed over links that are right."""
    people = world.truth["people"].to_pandas()
    both = people.dropna(subset=["prisoner_number", "cid_person_id"])
    links = [
        {
            "prisoner_number": row.prisoner_number,
            "cid_person_id": row.cid_person_id,
            "probability": 1.0,
            "match_weight": 20.0,
            "outcome": "linked",
            "evidence": "{}",
        }
        for row in both.itertuples()
    ]
    identities = [
        {"register": register, "person_id": person, "identity_id": f"ID{number}"}
        for register, column in (("prison", "prisoner_number"), ("immigration", "cid_person_id"))
        for number, person in people[["person", column]].dropna().itertuples(index=False)
    ]
    return assess(
        tables=world.tables,
        links=frame(LINKS, links),
        identities=frame(IDENTITIES, identities),
        as_of=night,
        policy=policy(),
    )


def test_catching_up_makes_nobody_a_referred_one_whose_release_nobody_dated() -> None:
    night = date(2006, 12, 31)
    world = build_world(seed=2006, people=1500, as_of=night, noise="none")
    found = assess_truly(world, night=night).releases
    truth = world.truth["releases"].to_pandas()
    assert found.loc[found["is_missed"], "release_date"].isna().sum() == 123
    for status in MISSED_STATUSES:
        said, true = (
            set(side.loc[side["is_missed"] & side["status"].eq(status), "episode_id"])
            for side in (found, truth)
        )
        assert said == true


def test_every_status_is_the_true_one(world: World, assessed: Assessed) -> None:
    truth = world.truth["episodes"].to_pandas().set_index("episode_id")["status"]
    found = assessed.assessments.set_index("episode_id")["status"]
    wrong = pd.crosstab(found.loc[truth.index], truth)
    assert (found.loc[truth.index] == truth).all(), wrong.to_string()


def test_the_missed_are_1023_of_whom_123_without_a_date_and_160_recommended(
    assessed: Assessed,
) -> None:
    missed = assessed.assessments[assessed.assessments["status"].isin(MISSED_STATUSES)]
    assert len(missed) == 1023
    releases = assessed.releases[assessed.releases["is_missed"]]
    assert len(releases) == 1023
    assert releases["release_date"].isna().sum() == 123
    assert missed["is_court_recommended"].sum() == 160
    assert set(missed["status"]) == MISSED_STATUSES


def test_the_outcomes_of_the_missed_sum_to_the_cohort(assessed: Assessed) -> None:
    flags = assessed.flags.merge(assessed.assessments[["episode_id", "status"]], on="episode_id")
    missed = flags[flags["status"].isin(MISSED_STATUSES)]
    assert missed["outcome"].notna().all()
    assert len(missed) == 1023
    assert (
        flags.loc[~flags["status"].isin(MISSED_STATUSES | {"CONSIDERED_LATE"}), "outcome"]
        .isna()
        .all()
    )


def test_no_release_date_is_disputed_where_no_clerk_erred(assessed: Assessed) -> None:
    assert not assessed.flags["is_release_disputed"].any()
