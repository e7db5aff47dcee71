"""What every world keeps, whatever its seed, size and night."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobs.commands import synthetic_commands
from jobs.contract import codes, registers
from jobs.runtime.errors import BadInput
from jobs.synthetic import (
    DEFAULT_PEOPLE,
    History,
    Size,
    World,
    build_history,
    build_world,
    on_night,
)
from jobs.synthetic.base import days
from jobs.synthetic.people import world_size
from tests.synthetic.conftest import FOUND, PEOPLE, SEED, frame, truth

pytestmark = pytest.mark.slow

LITTLE = 1200


def test_every_table_of_the_contract_is_filled(clean: World) -> None:
    assert set(clean.tables) == set(registers.TABLES)
    assert [name for name, table in clean.tables.items() if not table.num_rows] == [
        "prison.aliases",
        "immigration.aliases",
    ]


def test_every_table_has_the_contract_s_schema(noisy: World) -> None:
    for name, table in noisy.tables.items():
        assert table.schema.equals(registers.TABLES[name].arrow_schema), name


def test_the_feed_is_of_the_night_at_ten_in_the_evening(clean: World) -> None:
    for register in registers.REGISTERS:
        feed = frame(clean, f"{register}.feed")
        assert feed["as_of_date"].tolist() == [pd.Timestamp(FOUND)]
        assert feed["generated_at"].tolist() == [pd.Timestamp("2006-04-25 22:00", tz="UTC")]


def test_both_registers_hold_the_size_asked_for_and_half_are_in_both(clean: World) -> None:
    people = truth(clean, "people")
    in_prison, in_immigration = people["prisoner_number"].notna(), people["cid_person_id"].notna()
    assert frame(clean, "prison.persons").shape[0] == in_prison.sum() == PEOPLE
    assert frame(clean, "immigration.persons").shape[0] == in_immigration.sum() == PEOPLE
    assert (in_prison & in_immigration).sum() == pytest.approx(PEOPLE / 2, rel=0.15)


def test_the_same_seed_gives_the_same_world(noisy: World) -> None:
    again = build_world(seed=SEED, people=PEOPLE, as_of=FOUND)
    for name in registers.TABLES:
        assert again.tables[name].equals(noisy.tables[name]), name
    for name in noisy.truth:
        assert again.truth[name].equals(noisy.truth[name]), name


@pytest.mark.long
def test_another_seed_gives_other_people() -> None:
    names = [
        build_world(seed=seed, people=LITTLE, as_of=FOUND).tables["prison.persons"]["last_name"]
        for seed in (3, 4)
    ]
    assert not names[0].equals(names[1])


def test_a_world_without_noise_keeps_every_key_and_parent(clean: World) -> None:
    for name, declared in registers.TABLES.items():
        table = frame(clean, name)
        assert not table.duplicated(list(declared.key)).any(), name
        for column, parent in declared.parents.items():
            known = frame(clean, parent)[column]
            assert table[column].dropna().isin(known).all(), (name, column)


def test_a_world_with_noise_breaks_few_keys_and_parents(noisy: World) -> None:
    for name, declared in registers.TABLES.items():
        table = frame(noisy, name)
        assert table.duplicated(list(declared.key)).sum() <= max(3, len(table) / 500), name
        for column, parent in declared.parents.items():
            orphans = ~table[column].dropna().isin(frame(noisy, parent)[column])
            assert orphans.sum() <= max(3, len(table) / 500), (name, column)


def test_every_code_is_of_its_list(noisy: World) -> None:
    for name, declared in registers.TABLES.items():
        table = frame(noisy, name)
        for field in declared.fields:
            if field.codes is not None:
                values = set(table[field.name].dropna())
                assert values <= field.codes.values, (name, field.name)


def test_required_fields_are_never_empty(noisy: World) -> None:
    for name, declared in registers.TABLES.items():
        table = frame(noisy, name)
        for field in declared.fields:
            assert field.nullable or table[field.name].notna().all(), (name, field.name)


def test_an_episode_s_status_follows_from_its_last_movement(clean: World) -> None:
    episodes, movements = frame(clean, "prison.episodes"), frame(clean, "prison.movements")
    last = movements.sort_values("movement_sequence").groupby("episode_id").tail(1)
    both = episodes.merge(last, on="episode_id", validate="1:1")
    assert len(both) == len(episodes)
    left = both["status"] == "INACTIVE OUT"
    assert (left == (both["movement_type"] == "REL")).all()
    assert (both["last_movement_reason"] == both["movement_reason"]).all()
    assert both["prison_id"].equals(both["to_prison_id"].fillna(both["from_prison_id"]))


def test_some_people_are_to_be_released_soon_and_later(clean: World) -> None:
    episodes = frame(clean, "prison.episodes")
    inside = episodes[episodes["status"] != "INACTIVE OUT"]
    release = inside[["conditional_release_date", "automatic_release_date"]].min(axis=1)
    ahead = (release - pd.Timestamp(FOUND)).dt.days.dropna()
    for limit in (30, 90, 365):
        assert ((ahead >= 0) & (ahead <= limit)).sum() > 0


@pytest.mark.parametrize("people", [0, 1199, 5_000_001])
def test_an_impossible_size_is_refused_in_one_line(people: int) -> None:
    with pytest.raises(BadInput, match=rf"people: \[{people}\]") as caught:
        build_world(seed=1, people=people, as_of=FOUND)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("rate", [-0.1, 1.01])
@pytest.mark.parametrize("name", ["british_rate", "others_rate", "shared_rate"])
def test_an_impossible_rate_is_refused_in_one_line(name: str, rate: float) -> None:
    with pytest.raises(BadInput, match=rf"rate: \[{rate}\] is not a rate") as caught:
        Size(people=LITTLE, **{name: rate})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("people", [5000, 40_000])
def test_a_small_world_shrinks_foreign_prisoners_and_keeps_the_cohort_whole(people: int) -> None:
    everybody = build_history(seed=1, people=people, noise="none").everybody
    before = everybody[everybody["first_reception"] <= days.FOUND]
    share = Size(people=people).foreign_share
    assert (before["group"] == world_size.COHORT).sum() == 1023
    assert (before["group"] == world_size.FOREIGN).sum() == pytest.approx(70_000 * share, rel=0.05)
    assert len(before) == people
    known = (everybody["known_day"] <= days.FOUND).to_numpy()
    assert known.sum() == people
    both = known & (everybody["first_reception"] <= days.FOUND).to_numpy()
    assert both.sum() == pytest.approx(people / 2, rel=0.02)


def test_true_scale_stays_true_scale_however_small_the_samples() -> None:
    size = Size(people=130_000, british_rate=0.002, others_rate=0.005)
    everybody = build_history(seed=1, people=size, noise="none").everybody
    before = everybody[everybody["first_reception"] <= days.FOUND]["group"].value_counts()
    others = everybody["known_day"][everybody["group"] == world_size.RESIDENT]
    assert before[world_size.FOREIGN] == pytest.approx(70_000, rel=0.03)
    assert before[world_size.BRITISH] == 2000
    assert (others <= days.FOUND).sum() == 20_000


@pytest.mark.parametrize("rate", [0.5, 0.8])
@pytest.mark.long
def test_as_many_people_are_in_both_registers_as_a_measurement_wants(rate: float) -> None:
    size = Size(people=110_000, shared_rate=rate)
    everybody = build_history(seed=1, people=size, noise="none").everybody
    known = (everybody["known_day"] <= days.FOUND).to_numpy()
    both = known & (everybody["first_reception"] <= days.FOUND).to_numpy()
    assert both.sum() == pytest.approx(110_000 * rate, rel=0.02)


def test_the_default_size_is_the_one_of_the_command_line() -> None:
    assert synthetic_commands.DEFAULT_PEOPLE == DEFAULT_PEOPLE == 150_000


@pytest.mark.parametrize("as_of", [date(1995, 12, 31), date(2008, 1, 1)])
def test_a_night_outside_the_world_is_refused_in_one_line(as_of: date) -> None:
    with pytest.raises(BadInput, match=rf"as-of date: \[{as_of}\]") as caught:
        build_world(seed=1, people=LITTLE, as_of=as_of)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("as_of", [date(1996, 1, 1), date(2007, 12, 31)])
def test_the_first_and_the_last_night_can_be_drawn(clean_history: History, as_of: date) -> None:
    world = on_night(clean_history, as_of=as_of)
    assert world.tables["prison.episodes"].num_rows > 0


@pytest.mark.long
def test_a_night_is_drawn_from_the_history_as_it_is_built_alone() -> None:
    history = build_history(seed=5, people=LITTLE)
    for as_of in (date(2001, 5, 6), FOUND):
        alone = build_world(seed=5, people=LITTLE, as_of=as_of)
        for name, table in on_night(history, as_of=as_of).tables.items():
            assert table.equals(alone.tables[name]), name


def test_nothing_recorded_is_later_than_the_night(noisy: World) -> None:
    night = pd.Timestamp(FOUND + timedelta(days=1), tz="UTC")
    for name, table in noisy.tables.items():
        if "recorded_at" in table.column_names:
            assert frame(noisy, name)["recorded_at"].max() < night, name


def test_events_once_recorded_never_change(clean_history: History) -> None:
    earlier, later = (
        frame(on_night(clean_history, as_of=night), "immigration.events").set_index("event_id")
        for night in (date(2004, 1, 31), date(2004, 2, 29))
    )
    assert len(later) > len(earlier)
    assert later.loc[earlier.index].equals(earlier)


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), noise=st.sampled_from(["none", "default", "harsh"]))
@pytest.mark.long
def test_every_world_keeps_the_order_of_things_as_they_happened(seed: int, noise: str) -> None:
    history = build_history(seed=seed, people=LITTLE, noise=noise)
    stays, cases = history.stays, history.cases
    assert (stays["reception"] < stays["end"]).all()
    born = history.everybody["birth_day"].to_numpy()[stays["person"]]
    assert (stays["reception"] - born > 17 * 365).all()
    assert (stays["reception"] <= stays["reception_recorded"]).all()
    assert (stays["end"] <= stays["end_recorded"]).all()
    following = stays["person"].eq(stays["person"].shift())
    assert (stays["reception"] > stays["end"].shift())[following].all()
    decided = stays[stays["is_decided"]]
    assert (decided["sentence_day"] < decided["referred_day"]).all()
    assert (decided["referred_day"] < decided["decision_day"]).all()
    assert (decided["decision_day"] < decided[["end", "scheduled"]].min(axis=1)).all()
    assert not (stays["is_in_scope"] & ~stays["is_decided"] & ~stays["is_missed"]).any()
    for event in ("allocated", "started", "pursue", "not_pursue", "deferred", "order", "removed"):
        assert (cases["received"] <= cases[event]).all(), event
    assert (cases["order"] <= cases["removed"]).all()


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), day=st.dates(date(1999, 1, 1), date(2007, 12, 31)))
@pytest.mark.long
def test_every_stay_has_exactly_one_true_status(seed: int, day: date) -> None:
    world = build_world(seed=seed, people=LITTLE, as_of=day)
    found = truth(world, "episodes")
    assert found["episode_id"].is_unique
    assert found["status"].notna().all()
    missed = found["status"].isin(["NOT_REFERRED", "REFERRED_NOT_CONSIDERED", "CONSIDERED_LATE"])
    assert (missed == found["is_missed"]).all()
    assert (found.loc[missed, "is_cohort"]).all()
    episodes = set(world.tables["prison.episodes"]["episode_id"].to_pylist())
    assert episodes == set(found["episode_id"])


def test_the_truth_names_only_records_that_stand(noisy: World) -> None:
    people = truth(noisy, "people")
    for key, table in (
        ("prisoner_number", "prison.persons"),
        ("cid_person_id", "immigration.persons"),
    ):
        assert set(people[key].dropna()) == set(frame(noisy, table)[key])


def test_the_registers_hold_no_label_of_the_truth(noisy: World) -> None:
    labels = {"person", "is_missed", "is_cohort", "bucket", "population", "restatement"}
    for table in noisy.tables.values():
        assert not labels & set(table.column_names)


def test_tables_are_sorted_so_that_bytes_repeat(clean: World) -> None:
    for name, table in clean.tables.items():
        key = [(column, "ascending") for column in registers.TABLES[name].key]
        assert table.equals(table.sort_by(key)), name


def test_an_unbroken_world_has_no_negative_term(clean: World) -> None:
    terms = ["term_years", "term_months", "term_weeks", "term_days"]
    assert not (frame(clean, "prison.sentences")[terms] < 0).any(axis=None)


def test_nobody_is_released_to_a_reason_that_is_no_code(clean: World) -> None:
    reasons = set(frame(clean, "prison.movements")["movement_reason"])
    assert reasons <= codes.MOVEMENT_REASON.values
