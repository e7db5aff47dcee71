"""What was known, and when, against the nights of the replay: the two tell one story."""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd
import pytest

from jobs.report.movement.as_known import AsKnown, as_known
from jobs.synthetic import History, World
from jobs.synthetic.output.published_releases import published_releases
from jobs.synthetic.replay.replay import MISSED, Replay, replay
from tests.synthetic.conftest import FOUND
from tests.synthetic.output.test_score import assessed

pytestmark = pytest.mark.long

COMPLETED, DECIDED = date(2006, 5, 31), date(2006, 11, 30)
NIGHTS = (date(2005, 6, 30), FOUND, COMPLETED, DECIDED)
KEY = ["episode_id", "release_number"]


class Nights:
    """The replay of a world's nights, with what each of them published."""

    def __init__(self, history: History) -> None:
        self.published: dict[date, Mapping[str, pd.DataFrame]] = {}
        self.truth: dict[date, pd.DataFrame] = {}
        self.replayed: Replay = replay(history=history, nights=NIGHTS, run_night=self._run)

    def _run(self, night: date, world: Callable[[], World]) -> Mapping[str, pd.DataFrame]:
        self.published[night] = assessed(world())
        self.truth[night] = world().truth["releases"].to_pandas(date_as_object=False)
        return self.published[night]

    def known(self, on: date, at: date) -> AsKnown:
        return as_known(then=self.published[on], now=self.published[at], on=on)

    def reported(self, night: date) -> int:
        rows = self.replayed.figures
        own = rows[rows["night"].eq(night) & rows["figure"].eq(MISSED)]
        return int(own["reported"].iloc[0])


@pytest.fixture(scope="module")
def nights(clean_history: History) -> Nights:
    return Nights(clean_history)


def missed(known: AsKnown, when: str) -> set[tuple[str, int]]:
    return set(known.releases.loc[known.missed(when), KEY].itertuples(index=False, name=None))


def missed_or_not(nights: Nights, night: date) -> pd.MultiIndex:
    """The releases that were known on a night."""
    return pd.MultiIndex.from_frame(nights.truth[night][KEY])


PAIRS = [(on, at) for on in NIGHTS for at in NIGHTS if on <= at]


@pytest.mark.parametrize(("on", "at"), PAIRS, ids=str)
def test_what_was_known_then_is_what_the_replay_reported_that_night(
    nights: Nights, on: date, at: date
) -> None:
    known = nights.known(on, at)
    said = published_releases(nights.published[on])
    assert missed(known, "then") == set(
        said.loc[said["is_missed"], KEY].itertuples(index=False, name=None)
    )
    assert known.missed("then").sum() == nights.reported(on)
    assert known.missed("then").sum() + known.came - known.left == known.missed("now").sum()


@pytest.mark.parametrize(("on", "at"), PAIRS, ids=str)
def test_what_is_known_now_is_the_truth_of_the_later_night_about_the_earlier(
    nights: Nights, on: date, at: date
) -> None:
    known, truth = nights.known(on, at), nights.truth[at]
    was_known = pd.MultiIndex.from_frame(truth[KEY]).isin(missed_or_not(nights, on))
    undated = truth["release_date"].isna() & was_known
    is_past = truth["release_date"].le(pd.Timestamp(on)) | undated
    true = truth[truth["is_missed"] & is_past]
    assert missed(known, "now") == set(true[KEY].itertuples(index=False, name=None))


def test_the_published_restatements_are_what_came_to_be_known_of_april(nights: Nights) -> None:
    numbers = {at: nights.known(FOUND, at).missed("now").sum() for at in (COMPLETED, DECIDED)}
    assert numbers == {COMPLETED: 1019, DECIDED: 1013}
    steps = nights.replayed.steps
    own = steps[steps["who"].eq("cohort")].groupby("until")["change"].sum()
    known = nights.known(FOUND, DECIDED)
    assert known.came - known.left == own.sum() == 1013 - 1023
    assert known.changed["why"].ne("").all()
    assert nights.known(FOUND, FOUND).changed.empty
