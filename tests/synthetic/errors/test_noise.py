"""The registers are wrong at least as often as real ones are described to be."""

from dataclasses import Field, fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jobs.runtime.errors import BadInput
from jobs.synthetic import Noise, World, build_world, noise_named
from jobs.synthetic.base.noise import NOISES
from jobs.synthetic.errors import spelling
from tests.synthetic.conftest import FOUND, frame, truth

PEOPLE = 9000
RATES = [rate.name for rate in fields(Noise)]


def _pairs(world: World) -> pd.DataFrame:
    """Both records of everybody held in both registers."""
    people = truth(world, "people").dropna(subset=["prisoner_number", "cid_person_id"])
    sides = [
        frame(world, f"{register}.persons").drop_duplicates(key).set_index(key).add_suffix(suffix)
        for register, key, suffix in (
            ("prison", "prisoner_number", "_p"),
            ("immigration", "cid_person_id", "_i"),
        )
    ]
    return people.join(sides[0], on="prisoner_number").join(sides[1], on="cid_person_id")


def _police(numbers: pd.Series) -> pd.Series:
    """Police numbers in one form: two digits of the year, serial, letter."""
    plain = numbers.str.upper().str.replace("/", "", regex=False)
    return plain.str.replace(r"^(?:19|20)(?=\d\d\d{7}[A-Z]$)", "", regex=True).str.replace(
        r"^(\d\d)0+", r"\1", regex=True
    )


def _shares_identifier(world: World, pairs: pd.DataFrame) -> pd.Series:
    pnc = _police(pairs["pnc_number_p"]) == _police(pairs["pnc_number_i"])
    forms = [
        pairs[f"cro_number_{side}"].str.upper().str.replace(r"^0+", "", regex=True)
        for side in ("p", "i")
    ]
    cro = (forms[0] == forms[1]) & ~forms[0].str.startswith("/", na=False)
    noms = pairs["noms_number_i"] == pairs["prisoner_number"]
    held = frame(world, "prison.identifiers").query("identifier_type == 'HOREF'")
    known = held.groupby("prisoner_number")["identifier_value"].first()
    reference = pairs["prisoner_number"].map(known) == pairs["ho_reference_i"]
    return pd.concat([pnc, cro, noms, reference], axis=1).fillna(False).any(axis=1)


def _plain(names: pd.Series) -> pd.Series:
    texts = spelling.without_marks(names.fillna("").to_numpy(dtype=object))
    return pd.Series(texts, index=names.index).str.upper()


@pytest.fixture(scope="module", params=["default", pytest.param("harsh", marks=pytest.mark.long)])
def world(request: pytest.FixtureRequest) -> World:
    return build_world(seed=11, people=PEOPLE, as_of=FOUND, noise=request.param)


@pytest.fixture(scope="module")
def factor(world: World) -> float:
    return 2.0 if world.noise == NOISES["harsh"] else 1.0


@pytest.fixture(scope="module")
def pairs(world: World) -> pd.DataFrame:
    return _pairs(world)


def test_at_most_half_share_a_valid_identifier(
    world: World, pairs: pd.DataFrame, factor: float
) -> None:
    share = _shares_identifier(world, pairs).mean()
    assert 0.2 / factor < share <= 0.5 / factor


def test_names_differ_for_at_least_a_quarter(pairs: pd.DataFrame, factor: float) -> None:
    same = [
        _plain(pairs[f"{part}_p"]) == _plain(pairs[f"{part}_i"])
        for part in ("first_name", "last_name")
    ]
    assert 1 - (same[0] & same[1]).mean() >= 0.25 * factor


def test_dates_of_birth_differ_for_at_least_8_percent(pairs: pd.DataFrame, factor: float) -> None:
    differ = pairs["date_of_birth_p"].ne(pairs["date_of_birth_i"])
    assert differ.mean() >= 0.08 * factor


def test_nationalities_differ_for_at_least_6_percent(pairs: pd.DataFrame, factor: float) -> None:
    differ = pairs["nationality_p"].fillna("") != pairs["nationality_i"].fillna("")
    assert differ.mean() >= 0.06 * factor


def test_one_percent_carry_somebody_else_s_identifier(world: World, factor: float) -> None:
    errors = truth(world, "errors")
    for register in ("prison", "immigration"):
        own = errors[errors["register"] == register]
        stolen = own.loc[own["kind"] == "identifiers_of_another", "record"].nunique()
        held = frame(world, f"{register}.persons").shape[0]
        assert stolen / held >= 0.01 * factor * 0.85


def test_two_percent_are_held_twice_in_one_register(world: World, factor: float) -> None:
    people = truth(world, "people")
    twice = [
        people.dropna(subset=[key]).groupby("person")[key].nunique().gt(1)
        for key in ("prisoner_number", "cid_person_id")
    ]
    share = pd.concat(twice, axis=1).fillna(False).any(axis=1).mean()
    assert share >= 0.02 * factor


def test_a_tenth_have_a_near_twin_in_name_and_year_of_birth(world: World, factor: float) -> None:
    alike = Noise(
        twins=world.noise.twins,
        fathers_and_sons=world.noise.fathers_and_sons,
        near_twins=world.noise.near_twins,
    )
    people = frame(
        build_world(seed=world.seed, people=world.size, as_of=FOUND, noise=alike),
        "prison.persons",
    )
    key = pd.DataFrame(
        {
            "last": people["last_name"],
            "initial": people["first_name"].str[:1],
            "year": people["date_of_birth"].dt.year,
        }
    )
    assert key.duplicated(keep=False).mean() >= 0.10 * factor


def test_some_merges_leave_the_old_number_as_an_identifier(world: World) -> None:
    identifiers = frame(world, "prison.identifiers").query("identifier_type == 'MERGED'")
    persons = set(frame(world, "prison.persons")["prisoner_number"])
    assert len(identifiers) > 0
    assert not set(identifiers["identifier_value"]) & persons
    assert set(identifiers["prisoner_number"]) <= persons


def test_placeholders_stand_for_missing_values(world: World) -> None:
    persons = pd.concat(
        [frame(world, f"{register}.persons") for register in ("prison", "immigration")]
    )
    assert persons["cro_number"].eq("000000/00Z").any()
    assert persons["date_of_birth"].isin(pd.to_datetime(["1900-01-01", "1970-01-01"])).any()
    assert persons["last_name"].str.contains("MIG_ERROR_|DUPLICATE_|NO_SHOW_").any()


def test_some_events_are_recorded_late_and_none_early(world: World) -> None:
    events = frame(world, "immigration.events")
    late = events["recorded_at"].dt.tz_localize(None).dt.normalize() - events["occurred_date"]
    assert (late.dt.days >= 0).all()
    assert (late.dt.days > 0).mean() > 0.03


def test_every_kind_of_error_is_labelled(world: World) -> None:
    kinds = set(truth(world, "errors")["kind"].str.split().str[0])
    labelled = {
        "transliterated", "mistyped", "names_swapped", "names_joined", "patronymic_last",
        "middle_dropped", "alias_first", "placeholder_names", "day_month_swapped",
        "first_january", "wrong_birth", "placeholder_births", "missing_births",
        "nationality_missing", "nationality_wrong", "british_by_mistake",
        "identifiers_of_another", "duplicated", "merged", "recorded_late",
        "release_miscalculated", "dates_out_of_order", "twins", "fathers_and_sons", "near_twins",
        "identifiers_missing", "corrected_later", "naturalised", "terms_corrected", "cases_missing",
    }  # fmt: skip
    assert labelled <= kinds, labelled - kinds


def test_a_world_without_noise_has_no_error(clean: World) -> None:
    assert not clean.truth["errors"].num_rows


@pytest.mark.parametrize("rate", fields(Noise), ids=lambda rate: rate.name)
def test_every_rate_has_its_reason(rate: Field[float]) -> None:
    assert len(rate.metadata["reason"]) > 20


@pytest.mark.parametrize("rate", RATES)
def test_harsh_is_never_kinder_than_default(rate: str) -> None:
    assert getattr(NOISES["harsh"], rate) >= getattr(NOISES["default"], rate)
    assert getattr(NOISES["none"], rate) == 0


def test_rates_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "rates.toml"
    file.write_text('from = "none"\nmistyped = 0.25\n')
    assert noise_named(str(file)) == Noise(mistyped=0.25)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param("mistypd = 0.1", r"no rate \[mistypd\]", id="a rate that does not exist"),
        pytest.param("mistyped = 1.5", "not a rate", id="a rate above one"),
        pytest.param("mistyped = 'often'", "not a rate", id="a rate in words"),
        pytest.param("from = 'gentle'", r"no rates called \[gentle\]", id="an unknown base"),
        pytest.param("mistyped =", "not TOML", id="a broken file"),
    ],
)
def test_a_wrong_file_of_rates_is_refused_in_one_line(
    tmp_path: Path, text: str, wrong: str
) -> None:
    file = tmp_path / "rates.toml"
    file.write_text(text)
    with pytest.raises(BadInput, match=wrong) as caught:
        noise_named(str(file))
    assert "\n" not in str(caught.value)


def test_rates_that_do_not_exist_are_refused() -> None:
    with pytest.raises(BadInput, match=r"no rates called \[gentle\]"):
        build_world(seed=1, people=1200, as_of=FOUND, noise="gentle")


def test_noise_changes_records_and_not_what_happened(clean: World) -> None:
    worlds = [clean, build_world(seed=clean.seed, people=clean.size, as_of=FOUND, noise="harsh")]
    cohorts = [truth(world, "episodes").query("is_cohort") for world in worlds]
    for column in ("episode_id", "offence_code", "bucket", "is_recommended"):
        assert np.array_equal(
            cohorts[0][column].fillna("").to_numpy(), cohorts[1][column].fillna("").to_numpy()
        )
