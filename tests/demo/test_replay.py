"""The replay: published, true and reported figures side by side, and the notice given."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from jobs.demo import History, World
from jobs.demo.replay import NIGHTS, Replay, replay, replay_markdown, replay_picture
from tests.demo.conftest import FOUND
from tests.demo.test_perfect_links import assessed

SERIES = (date(2004, 12, 31), date(2005, 6, 30), FOUND, date(2006, 5, 31), date(2006, 11, 30))
EVER = "released unconsidered, decided since or not"


def _without_decisions(world: World) -> Mapping[str, pd.DataFrame]:
    """A publication that took everybody considered in time for missed."""
    found = assessed(world)
    table = found["nightly.assessments"]
    released = (table["status"] == "CONSIDERED") & table["is_released"]
    changed = table.assign(status=table["status"].mask(released, "NOT_REFERRED"))
    return found | {"nightly.assessments": changed}


@pytest.fixture(scope="module")
def replayed(clean_history: History) -> Replay:
    return replay(history=clean_history, nights=SERIES, run_night=assessed)


def test_every_reported_figure_is_the_true_one(replayed: Replay) -> None:
    early = replayed.figures[replayed.figures["night"] <= FOUND]
    assert (early["difference"] == 0).all(), early[early["difference"] != 0].to_string()
    assert (early["because"] == "agrees, person by person").all()


def test_the_published_figures_are_met_on_their_nights(replayed: Replay) -> None:
    known = replayed.figures.dropna(subset=["published"])
    assert (known["published"] == known["reported"]).all(), known.to_string()
    ever = known[known["figure"] == EVER].set_index("night")["reported"]
    assert ever.to_dict() == {FOUND: 1023, date(2006, 5, 31): 1019, date(2006, 11, 30): 1013}


def test_each_of_the_1023_has_a_due_date_before_release(replayed: Replay) -> None:
    first = replayed.first_due
    assert len(first) == 1023
    assert first["episode_id"].is_unique
    assert (first["days_before_release"] >= 0).all()
    assert (first["days_before_release"] >= 30).mean() > 0.9


def test_those_in_custody_on_a_replayed_night_were_seen_on_its_due_list(replayed: Replay) -> None:
    first = replayed.first_due
    last = pd.Timestamp(date(2005, 6, 30))
    should = (first["due_date"] <= last) & (first["release_date"] > last)
    assert should.sum() > 100
    assert first.loc[should, "first_night"].notna().all()
    assert (first["nights_notice"].dropna() > 0).all()
    seen = first.dropna(subset=["first_night"])
    assert (seen["first_night"] >= seen["due_date"]).all()


def test_a_difference_is_explained(clean_history: History) -> None:
    found = replay(history=clean_history, nights=[FOUND], run_night=_without_decisions)
    row = found.figures.set_index("figure").loc["never referred"]
    assert row["difference"] > 0
    assert row["because"].startswith(f"{row['difference']} too many") or ";" in row["because"]


def test_the_page_shows_every_night_and_says_what_is_invented(replayed: Replay) -> None:
    page = replay_markdown(replayed)
    for night in SERIES:
        assert f"| {night} |" in page
    assert "invented" in page
    assert f"| {FOUND} | {EVER} | 1,023 | 1,023 | 1,023 | +0 | agrees, person by person |" in page


def test_the_picture_has_the_same_bytes_every_time(replayed: Replay, tmp_path: Path) -> None:
    for name in ("one.svg", "two.svg"):
        replay_picture(replayed, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"of the 1,023 would have been due" in (tmp_path / "one.svg").read_bytes()


def test_the_nights_are_the_month_ends_and_the_days_of_the_figures() -> None:
    assert date(2005, 1, 31) in NIGHTS
    assert date(2006, 12, 31) in NIGHTS
    assert FOUND in NIGHTS
    assert len({night for night in NIGHTS if night.year == 2005}) == 12
