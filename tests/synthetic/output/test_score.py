"""The rules of the night, given perfect registers, find exactly what is true of the world."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from jobs.assess import assess, load_policy
from jobs.contract import registers, results
from jobs.synthetic import History, World, on_night
from jobs.synthetic.output.score import score, statuses
from tests.synthetic.conftest import FOUND, frame, truth


def perfect_links(world: World) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Links and identities as a linkage without any error would give them."""
    people = truth(world, "people")
    pairs = people.dropna(subset=["prisoner_number", "cid_person_id"])
    links = pd.DataFrame(
        {
            "prisoner_number": pairs["prisoner_number"],
            "cid_person_id": pairs["cid_person_id"],
            "probability": 1.0,
            "match_weight": 30.0,
            "outcome": "linked",
            "evidence": "{}",
            "decided_by": None,
        }
    )
    sides = [
        pd.DataFrame(
            {
                "register": register,
                "person_id": people[key],
                "identity_id": "ID" + people["person"].astype(str),
            }
        ).dropna()
        for register, key in (("prison", "prisoner_number"), ("immigration", "cid_person_id"))
    ]
    identities = pd.concat(sides, ignore_index=True).drop_duplicates()
    return (
        results.LINKS.frame(results.LINKS.arrow(links)),
        results.IDENTITIES.frame(results.IDENTITIES.arrow(identities)),
    )


def assessed(world: World) -> dict[str, pd.DataFrame]:
    links, identities = perfect_links(world)
    found = assess(
        tables=world.tables,
        links=links,
        identities=identities,
        as_of=world.as_of,
        policy=load_policy(),
    )
    return {
        "nightly.links": links,
        "nightly.assessments": found.assessments,
        "nightly.releases": found.releases,
    }


Scored = Callable[[date], tuple[World, dict[str, pd.DataFrame]]]


@pytest.fixture(scope="module")
def scored(clean_history: History, clean: World) -> Scored:
    """The world of a night and what the rules find in it, made once for each."""

    @cache
    def of(night: date) -> tuple[World, dict[str, pd.DataFrame]]:
        world = clean if night == FOUND else on_night(clean_history, as_of=night)
        return world, assessed(world)

    return of


@pytest.fixture
def published(scored: Scored) -> dict[str, pd.DataFrame]:
    """What is published of the clean world; a test may put other frames into it."""
    return dict(scored(FOUND)[1])


@pytest.mark.parametrize(
    "night",
    [
        pytest.param(date(1999, 3, 31), marks=pytest.mark.long),
        date(2003, 6, 30),
        FOUND,
        pytest.param(date(2006, 5, 31), marks=pytest.mark.long),
        pytest.param(date(2006, 9, 30), marks=pytest.mark.long),
        date(2006, 11, 30),
        pytest.param(date(2007, 12, 31), marks=pytest.mark.long),
    ],
    ids=str,
)
def test_every_published_status_is_the_true_one(scored: Scored, night: date) -> None:
    world, found = scored(night)
    published, true = dict(found), _truth(world)
    # Nobody can tell whether a referral came before a release without a date.
    undated = ~true["episodes"]["is_dated"]
    late = undated & (true["episodes"]["status"] == "NOT_REFERRED") & (night > FOUND)
    true["episodes"] = true["episodes"][~late]
    kept = published["nightly.assessments"]["episode_id"].isin(true["episodes"]["episode_id"])
    published["nightly.assessments"] = published["nightly.assessments"][kept]
    found = statuses(published=published, truth=true)
    wrong = found[found["status_true"] != found["status_published"]]
    assert wrong.empty, wrong.to_string()


@pytest.mark.parametrize("night", [date(2003, 6, 30), FOUND, date(2006, 11, 30)], ids=str)
def test_every_published_release_is_the_true_one(scored: Scored, night: date) -> None:
    world, found = scored(night)
    sides = [truth(world, "releases"), found["nightly.releases"]]
    keys = ["episode_id", "release_number"]
    true, said = (side[[*keys, "is_missed", "release_date"]] for side in sides)
    both = true.merge(said, on=keys, how="left", suffixes=("", "_said"))
    # People near the criteria are decided on as well: a release too many is no fault unless missed.
    assert both["is_missed_said"].notna().all()
    assert (both["is_missed"] == both["is_missed_said"]).all()
    assert said["is_missed"].sum() == true["is_missed"].sum()
    day, reported = both["release_date"], both["release_date_said"]
    assert ((day == reported) | (day.isna() & reported.isna())).all()


def test_the_rules_find_exactly_the_missed(
    clean: World, published: dict[str, pd.DataFrame]
) -> None:
    found, releases = (published[f"nightly.{name}"] for name in ("assessments", "releases"))
    missed = found[found["status"].isin(results.MISSED_STATUSES)]
    expected = truth(clean, "episodes").query("is_cohort")
    assert len(missed) == 1023
    assert set(missed["episode_id"]) == set(expected["episode_id"])
    assert releases.loc[releases["is_missed"], "release_date"].isna().sum() == 123
    assert missed["is_court_recommended"].sum() == 160


def test_each_release_is_one_and_a_recall_undoes_none(clean: World) -> None:
    releases = truth(clean, "releases")
    assert not releases.duplicated(["episode_id", "release_number"]).any()
    again = releases[releases["release_number"] == 2]
    assert len(again)
    assert not again["is_missed"].any()
    assert set(again["episode_id"]) <= set(
        releases.loc[releases["release_number"] == 1, "episode_id"]
    )
    assert releases["is_missed"].sum() == 1023


def test_what_was_decided_since_stays_missed(clean_history: History) -> None:
    releases = truth(on_night(clean_history, as_of=date(2006, 12, 31)), "releases")
    missed = releases[releases["is_missed"]]
    assert len(missed) == missed["is_decided_since"].sum() == 1013
    assert (missed["status"] != "CONSIDERED").all()
    found = releases[releases["is_recorded_after_release"]]
    assert len(found) == 5
    assert not found["is_missed"].any()


def test_a_perfect_publication_scores_one_throughout(
    clean: World, published: dict[str, pd.DataFrame]
) -> None:
    found = score(published=published, truth=_truth(clean))
    shares = found.dropna(subset=["share"])
    assert (shares["share"] == 1.0).all(), shares[shares["share"] != 1.0].to_string()


def test_a_lost_link_lowers_recall_and_raises_a_false_alarm(
    clean: World, published: dict[str, pd.DataFrame]
) -> None:
    published["nightly.links"] = published["nightly.links"].iloc[10:]
    found = score(published=published, truth=_truth(clean)).set_index(["measure", "group"])
    recall = found.loc[("link recall", "(all)")]
    assert recall["out_of"] - recall["right"] == 10
    assert found.loc[("link precision", "(all)"), "share"] == 1.0


MEASURES = {
    "link recall", "link precision", "missed recall", "missed precision", "review queue precision",
    "review queue recall", "status right", "person right",
}  # fmt: skip
GROUPS = {"(all)", "nationality", "nationality_group", "error"}


def test_every_measure_is_given_in_every_way(noisy: World) -> None:
    published = _accepted(noisy)
    links = published["nightly.links"]
    third = links.index % 3
    outcome = links["outcome"].mask(third == 1, "review").mask(third == 2, "not_linked")
    published["nightly.links"] = links.assign(outcome=outcome)
    found = score(published=published, truth=_truth(noisy))
    for measure in MEASURES:
        own = found[found["measure"] == measure]
        assert set(own["group"]) >= GROUPS, measure
        (everybody,) = own.loc[own["group"] == "(all)", "out_of"]
        for group in ("nationality", "nationality_group"):
            assert own.loc[own["group"] == group, "out_of"].sum() == everybody, (measure, group)
    assert set(found["measure"]) == MEASURES


def test_the_review_queue_is_measured_among_those_not_linked(
    clean: World, published: dict[str, pd.DataFrame]
) -> None:
    links = published["nightly.links"].copy()
    links["outcome"] = ["review"] * 8 + ["not_linked"] * 2 + ["linked"] * (len(links) - 10)
    published["nightly.links"] = links
    found = score(published=published, truth=_truth(clean)).set_index(["measure", "group"])
    queue = found.loc[("review queue recall", "(all)")]
    assert (queue["right"], queue["out_of"]) == (8, 10)
    assert found.loc[("review queue precision", "(all)"), "share"] == 1.0


def test_a_wrong_status_is_told_by_person_and_by_kind_of_error(noisy: World) -> None:
    published, true = _accepted(noisy), _truth(noisy)
    labels = true["errors"]
    wrong = labels.loc[labels["kind"] == "duplicated", "person"]
    own = true["episodes"]
    episodes = own.loc[own["person"].isin(wrong), "episode_id"]
    table = published["nightly.assessments"]
    spoiled = table["status"].mask(table["episode_id"].isin(episodes), "VERIFY_NATIONALITY")
    published["nightly.assessments"] = table.assign(status=spoiled)
    found = score(published=published, truth=true).query("group == 'error'")
    shares = found.set_index(["measure", "value_of_group"])["share"]
    assert shares["person right", "duplicated"] == 0
    assert shares["status right", "duplicated"] == 0
    assert shares["person right", "(none)"] > 0.9


def _accepted(world: World) -> dict[str, pd.DataFrame]:
    """A publication over right links; each row that was delivered twice counts once."""
    kept = {
        name: pa.Table.from_pandas(
            frame(world, name).drop_duplicates(list(registers.TABLES[name].key)),
            schema=table.schema,
            preserve_index=False,
        )
        for name, table in world.tables.items()
    }
    return assessed(replace(world, tables=kept))


def test_a_false_link_lowers_precision(clean: World, published: dict[str, pd.DataFrame]) -> None:
    links = published["nightly.links"].copy()
    links["cid_person_id"] = links["cid_person_id"].to_numpy()[::-1]
    published["nightly.links"] = links
    found = score(published=published, truth=_truth(clean)).set_index(["measure", "group"])
    assert found.loc[("link precision", "(all)"), "share"] < 0.01


def _truth(world: World) -> dict[str, pd.DataFrame]:
    return {name: truth(world, name) for name in world.truth}
