"""The replay: published, true and reported figures side by side, and the notice given."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jobs.runtime.errors import BadInput
from jobs.synthetic import History, Noise, World, build_history
from jobs.synthetic.people.world_size import Size
from jobs.synthetic.replay.replay import MISSED, Replay, nights_of, replay
from jobs.synthetic.replay.replay_page import replay_markdown, replay_picture
from tests.synthetic.conftest import FOUND
from tests.synthetic.output.test_score import assessed

pytestmark = pytest.mark.long

SERIES = (date(2004, 12, 31), date(2005, 6, 30), FOUND, date(2006, 5, 31), date(2006, 11, 30))


def _perfectly(night: date, world: Callable[[], World]) -> Mapping[str, pd.DataFrame]:
    del night
    return assessed(world())


def _without_decisions(night: date, world: Callable[[], World]) -> Mapping[str, pd.DataFrame]:
    """A publication that took everybody considered in time for missed."""
    found = _perfectly(night, world)
    table = found["nightly.assessments"]
    released = (table["status"] == "CONSIDERED") & table["is_released"]
    changed = table.assign(status=table["status"].mask(released, "NOT_REFERRED"))
    releases = found["nightly.releases"]
    lost = releases.assign(
        is_missed=True, status=releases["status"].replace("CONSIDERED", "NOT_REFERRED")
    )
    return found | {"nightly.assessments": changed, "nightly.releases": lost}


@pytest.fixture(scope="module")
def replayed(clean_history: History) -> Replay:
    return replay(history=clean_history, nights=SERIES, run_night=_perfectly)


def test_every_reported_figure_is_the_true_one(replayed: Replay) -> None:
    early = replayed.figures[replayed.figures["night"] <= FOUND]
    assert (early["difference"] == 0).all(), early[early["difference"] != 0].to_string()
    assert (early["because"] == "agrees, person by person").all()


def test_the_published_figures_are_met_on_their_nights(replayed: Replay) -> None:
    known = replayed.figures.dropna(subset=["published"])
    assert (known["published"] == known["reported"]).all(), known.to_string()
    ever = known[known["figure"] == MISSED].set_index("night")["reported"]
    assert ever.to_dict() == {FOUND: 1023, date(2006, 5, 31): 1019, date(2006, 11, 30): 1013}


def test_each_of_the_1023_has_a_first_night_before_release(replayed: Replay) -> None:
    first = replayed.first_due
    assert len(first) == 1023
    assert first["episode_id"].is_unique
    assert (first["first_night"] < first["release_date"]).all()
    notice = (first["release_date"] - first["first_night"]).dt.days
    assert (notice == first["days_notice"]).all()
    assert (notice >= 30).mean() > 0.9


def test_who_is_british_on_the_prison_s_record_is_never_listed() -> None:
    history = build_history(seed=7, people=2000, noise=Noise(british_by_mistake=0.02))
    first = replay(history=history, nights=SERIES[:2], run_night=_perfectly).first_due
    never = first[first["first_night"].isna()]
    assert 0 < len(never) < 40
    assert not never["was_listed"].any()


def test_the_movement_to_each_restatement_is_the_invented_one(replayed: Replay) -> None:
    own = replayed.steps[replayed.steps["who"] == "cohort"]
    assert own.groupby("until")["change"].sum().to_dict() == {
        date(2006, 5, 31): 1019 - 1023,
        date(2006, 11, 30): 1013 - 1019,
    }
    assert set(own["invented"]) == {"decision found", "found to be British", "term corrected"}


def test_what_moved_sums_to_the_reported_figures(replayed: Replay) -> None:
    ever = replayed.figures[replayed.figures["figure"] == MISSED].set_index("night")["reported"]
    before = FOUND
    for night in (date(2006, 5, 31), date(2006, 11, 30)):
        moved = replayed.steps.loc[replayed.steps["until"] == night, "change"].sum()
        assert ever[before] + moved == ever[night]
        before = night


def test_those_in_custody_on_a_replayed_night_were_seen_on_its_due_list(replayed: Replay) -> None:
    first = replayed.first_due
    last = pd.Timestamp(date(2005, 6, 30))
    should = (first["first_night"] <= last) & (first["release_date"] > last)
    assert should.sum() > 100
    assert first.loc[should, "was_in_custody"].all()
    assert first.loc[first["was_in_custody"], "was_listed"].all()


def test_a_difference_is_explained(clean_history: History) -> None:
    found = replay(history=clean_history, nights=[FOUND], run_night=_without_decisions)
    row = found.figures.set_index("figure").loc["never referred"]
    assert row["difference"] > 0
    assert row["because"].startswith(f"{row['difference']} too many") or ";" in row["because"]


def test_the_page_shows_every_night_and_says_what_is_invented(replayed: Replay) -> None:
    page = replay_markdown(replayed, seed=7, size=Size(people=3000), noise="none")
    assert "`python -m jobs replay --seed 7 --people 3000 --noise none`" in page
    for night in SERIES:
        assert f"| {night} |" in page
    assert "invented" in page
    assert f"| {FOUND} | {MISSED} | 1,023 | 1,023 | 1,023 |  | +0 | agrees, " in page
    assert "| **reported for 2006-11-30** | **1,013** |" in page


def test_the_picture_has_the_same_bytes_every_time(replayed: Replay, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        replay_picture(replayed, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    drawn = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert "of the 1,023 would have been listed" in drawn
    assert '<svg role="img" aria-label="Of the 1,023 people' in drawn


def test_the_nights_are_the_month_ends_and_the_days_of_the_figures() -> None:
    nights = nights_of()
    assert date(2005, 1, 31) in nights
    assert date(2006, 12, 31) in nights
    assert FOUND in nights
    assert len({night for night in nights if night.year == 2005}) == 12
    assert len(nights) == 26
    quarters = nights_of(months=3)
    assert set(quarters) < set(nights)
    assert [night.month for night in quarters if night.year == 2005] == [3, 6, 9, 12]


@pytest.mark.parametrize("months", [0, 13])
def test_an_impossible_number_of_months_is_refused(months: int) -> None:
    with pytest.raises(BadInput, match=rf"months: \[{months}\] is not possible"):
        nights_of(months=months)
