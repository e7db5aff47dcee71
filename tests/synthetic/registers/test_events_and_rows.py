"""Every row of a register follows from an event of the world, and every kind of event happens."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.contract import codes
from jobs.synthetic import History, World, build_history, on_night
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.custody import sentencing, unusual_events
from jobs.synthetic.people import nationalities
from tests.synthetic.conftest import FOUND, frame, truth

pytestmark = pytest.mark.slow

LITTLE = 1200
SEVERAL = 12_000


@pytest.fixture(scope="module")
def history() -> History:
    return build_history(seed=7, people=SEVERAL, noise="none")


@pytest.fixture(scope="module")
def world(history: History) -> World:
    return on_night(history, as_of=FOUND)


def _first_events(world: World, kind: str) -> pd.Series:
    events = frame(world, "immigration.events")
    own = events[events["event_type"] == kind]
    return own.groupby("case_id")["occurred_date"].max()


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), night=st.dates(date(1998, 1, 1), date(2007, 12, 31)))
@pytest.mark.long
def test_every_row_follows_from_an_event(seed: int, night: date) -> None:
    world = on_night(build_history(seed=seed, people=LITTLE, noise="none"), as_of=night)
    episodes, moved = frame(world, "prison.episodes"), frame(world, "prison.movements")
    received = moved[moved["movement_type"] == "ADM"].groupby("episode_id")["movement_date"].min()
    assert (episodes.set_index("episode_id")["reception_date"] == received).all()
    passed = frame(world, "prison.sentences").query("sentence_sequence == 1")
    opened = passed["activated_date"].fillna(passed["sentence_date"]).to_numpy()
    start = episodes.set_index("episode_id")["sentence_start_date"].dropna()
    assert (start.loc[passed["episode_id"]].to_numpy() == opened).all()
    assert set(start.index) == set(passed["episode_id"])
    cases = frame(world, "immigration.cases").query("case_type == 'CRIMINAL'")
    cases = cases.set_index("case_id")
    for column, kind in (
        ("referral_received_date", "REFERRED"),
        ("started_date", "STARTED"),
        ("closed_date", "CLOSED"),
    ):
        assert cases[column].dropna().equals(_first_events(world, kind).rename(column)), column
    decided = frame(world, "immigration.events").query("event_type in @codes.DECISION_EVENTS")
    latest = decided.groupby("case_id")["occurred_date"].max()
    assert (cases["considered_date"].dropna() == latest).all()
    appeals = frame(world, "immigration.appeals").set_index("case_id")
    assert (appeals["lodged_date"] == _first_events(world, "APPEAL_LODGED")).all()
    removals = frame(world, "immigration.removals")
    gone = removals[removals["removal_type"].isin(["DEPORTATION", "EARLY_REMOVAL"])]
    removed = _first_events(world, "REMOVED")
    assert set(gone["case_id"].dropna()) == set(removed.index)
    held = frame(world, "immigration.detentions").query("end_reason == 'bailed'")
    bails = frame(world, "immigration.bails")
    ends = set(zip(held["cid_person_id"], held["end_date"], strict=True))
    assert set(zip(bails["cid_person_id"], bails["granted_date"], strict=True)) == ends
    reported = frame(world, "immigration.reportings").merge(bails, on="bail_id")
    assert (reported["due_date"] > reported["granted_date"]).all()


@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
@pytest.mark.long
def test_nobody_is_released_before_they_were_received_nor_recalled_before_release(
    seed: int,
) -> None:
    history = build_history(seed=seed, people=LITTLE, noise="harsh")
    stays = history.stays
    back = stays[days.known(stays["recalled"])]
    assert (back["recalled"] > back["end"]).all()
    assert (back["released_again"] > back["recalled"]).all()
    assert back["is_missed"].sum() == unusual_events.COHORT_RECALLED
    foreign = history.everybody["nationality"].to_numpy()[back["person"]] != nationalities.BRITISH
    for day in published.CENSUS:
        assert not unusual_events.back_inside(back[foreign], days.number(day)).any()
    assert (history.lost["lost"] < history.lost["found"]).all()
    suspended = stays[days.known(stays["suspended_day"])]
    assert (suspended["offence_day"] < suspended["suspended_day"]).all()
    assert (suspended["suspended_day"] < suspended["sentence_day"]).all()


def test_every_kind_of_sentence_and_movement_is_there(history: History, world: World) -> None:
    kinds = set(frame(world, "prison.sentences")["calculation_type"])
    young = {"SEC91_03", "SEC250", "SEC93", "HMPL", "DPP"}  # for graver offences than theirs
    assert kinds == codes.CALCULATION_TYPE.values - {"SDS_PLUS"} - young  # SDS_PLUS is of 2020
    assert set(frame(world, "prison.episodes")["legal_status"]) >= {"RECALL", "DEAD", "REMAND"}
    moved = frame(world, "prison.movements")
    reasons = set(moved["movement_reason"])
    assert reasons >= {"24", "HP", "RP", "EX", "DEC", "UAL", "BL", "BD", "DD", "DE", "DL", "HR"}


def test_a_suspended_sentence_counts_only_once_it_was_activated(world: World) -> None:
    own = frame(world, "prison.sentences").query("calculation_type == 'SUSP'")
    activated = own["activated_date"].notna()
    assert activated.sum() > 20
    assert (~activated).sum() > 20
    assert (own.loc[activated, "sentence_sequence"] == 1).all()
    assert (own.loc[activated, "activated_date"] > own.loc[activated, "sentence_date"]).all()
    assert (own.loc[~activated, "sentence_sequence"] == 3).all()


def test_a_hospital_order_has_no_dates(world: World) -> None:
    own = frame(world, "prison.sentences").query("calculation_type == 'HOSP'")
    episodes = frame(world, "prison.episodes").set_index("episode_id").loc[own["episode_id"]]
    assert len(own)
    assert episodes[["conditional_release_date", "automatic_release_date"]].isna().all(axis=None)
    assert own[["term_years", "term_months", "term_days"]].isna().all(axis=None)


def test_extended_sentences_are_for_violence_and_sex_since_they_exist(history: History) -> None:
    own = history.stays[history.stays["calculation"] == sentencing.EXTENDED]
    assert len(own) > 10
    assert (sentencing.SERIOUSNESS[own["offence"]] <= 2).all()
    assert (own["sentence_day"] >= days.number(date(1998, 9, 30))).all()


def test_some_are_recalled_and_released_again_under_one_episode(history: History) -> None:
    stays = history.stays
    night = int(stays.loc[days.known(stays["recalled"]), "recalled"].median())
    inside, outside = (
        on_night(history, as_of=days.calendar(day)) for day in (night, days.WORLD_END)
    )
    own = frame(inside, "prison.episodes").query("legal_status == 'RECALL'")
    assert (own["status"].isin(["ACTIVE IN", "ACTIVE OUT", "INACTIVE TRN"])).all()
    assert (own["last_movement_reason"] == "24").all()
    later = frame(outside, "prison.episodes").set_index("episode_id").loc[own["episode_id"]]
    assert (later["last_movement_type"] == "REL").mean() > 0.9


def test_some_decisions_are_withdrawn_after_the_release_and_none_before_another(
    history: History,
) -> None:
    own = history.cases[days.known(history.cases["withdrawn"])]
    stays = history.stays.iloc[own["stay"].to_numpy()]
    after = (own["withdrawn"].to_numpy() > stays["end"]).to_numpy()
    assert after.sum() > 3
    assert (stays.loc[after, "is_undone"]).all()
    assert not days.known(stays.loc[after, "recalled"]).any()
    assert not days.known(own.loc[after, "closed"]).any()
    releases = truth(on_night(history, as_of=days.calendar(days.WORLD_END)), "releases")
    undone = releases[releases["is_withdrawn_after_release"]]
    assert len(undone)
    assert not undone["is_missed"].any()


def test_some_are_lost_and_found_again(history: History) -> None:
    lost = history.lost
    again = lost[days.known(lost["found"]) & (lost["found"] <= days.FOUND)]
    assert len(again)
    found = int(again["found"].iloc[0])
    status = []
    for night in (found - 1, found):
        world = on_night(history, as_of=days.calendar(night))
        people = truth(world, "people").set_index("person")["cid_person_id"]
        persons = frame(world, "immigration.persons").set_index("cid_person_id")
        status.append(persons.loc[people[again["person"].iloc[0]], "located_status"])
    assert status == ["NOT_LOCATED", "LOCATED"]


def test_some_people_of_the_immigration_register_have_no_case(noisy: World) -> None:
    persons = frame(noisy, "immigration.persons")["cid_person_id"]
    without = ~persons.isin(frame(noisy, "immigration.cases")["cid_person_id"])
    labelled = truth(noisy, "errors").query("kind == 'cases_missing'")["record"]
    assert set(labelled) <= set(persons[without])
    assert len(labelled) > 10


def test_a_term_entered_wrongly_is_put_right(noisy_history: History) -> None:
    stays = noisy_history.stays
    corrected = stays["term_corrected"].between(days.WORLD_START, days.WORLD_END)
    corrected &= stays[["first_months", "term_months"]].max(axis=1) < 24
    stay = int(np.flatnonzero(corrected)[0])
    own, terms = stays.iloc[stay], []
    for day in (own["sentence_recorded"], own["term_corrected"]):
        rows = frame(on_night(noisy_history, as_of=days.calendar(int(day))), "prison.sentences")
        rows = rows[(rows["episode_id"] == f"B{stay:08d}") & (rows["sentence_sequence"] == 1)]
        terms.append(rows["term_months"].iloc[0])
    assert terms == [own["first_months"], own["term_months"]]
