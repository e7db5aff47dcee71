"""People of one household are no one person, whatever they share."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.linkage.household_files import GIVEN, beside, relatives, shared_files
from jobs.link.files.person_files import link_files

SHARED, HOUSEHOLDS = 200, 20


def links_of(files: tuple[pd.DataFrame, pd.DataFrame], folder: Path) -> pd.DataFrame:
    paths = [folder / f"{name}.csv" for name in ("left", "right", "links")]
    for path, frame in zip(paths, files, strict=False):
        frame.sample(frac=1, random_state=3).to_csv(path, index=False)
    return link_files(left=paths[0], right=paths[1], output=paths[2])


def linked(links: pd.DataFrame) -> pd.DataFrame:
    return links[links["outcome"] == "linked"]


@pytest.fixture(scope="module")
def files() -> tuple[pd.DataFrame, pd.DataFrame]:
    return shared_files(SHARED, alone=60, seed=5)


@pytest.mark.parametrize(
    "kind", ["couples", "siblings", "twins", "father and son", "couples without a date"]
)
def test_relatives_are_not_linked_and_the_others_are(kind, files, tmp_path):
    found = links_of(beside(files, relatives(kind, HOUSEHOLDS, seed=8)), tmp_path)
    certain = linked(found)
    assert (certain["left_id"] == certain["right_id"]).mean() >= 0.99
    assert len(certain) >= 0.98 * SHARED
    of_one = found["left_id"].str.startswith("h") & (found["left_id"] == found["right_id"])
    assert not (of_one & (found["outcome"] == "linked")).any()
    likely = found[of_one & (found["probability"] > 0.5)]
    assert likely["evidence"].str.contains("held: ").all()


def test_one_household_among_many_people_is_enough(files, tmp_path):
    for number, kind in enumerate(("twins", "couples", "father and son")):
        single = relatives(kind, 1, seed=number)
        files = beside(files, (single[0].assign(id=kind), single[1].assign(id=kind)))
    assert not linked(links_of(files, tmp_path))["left_id"].str.contains("[a-z]{2}").any()


def test_a_shared_number_of_a_household_does_not_join_it(files, tmp_path):
    left, right = beside(files, relatives("couples", 20, seed=8))
    numbers = {f"h{n}": f"4711{n:05}" for n in range(20)}
    both = tuple(frame.assign(id_account=frame["id"].map(numbers)) for frame in (left, right))
    certain = linked(links_of((both[0], both[1]), tmp_path))
    assert not certain["left_id"].str.startswith("h").any()


def test_given_names_that_go_wrong_as_family_names_do_are_no_twins(files, tmp_path):
    """Where whole fields are wrong, which field is hit does not matter: nobody is held back."""
    left, right = files
    wrong = right.copy()
    strangers = relatives("couples", 60, seed=12)[1]
    wrong.loc[wrong.index[:20], "first_name"] = strangers["first_name"].to_numpy()[:20]
    wrong.loc[wrong.index[20:40], "last_name"] = strangers["last_name"].to_numpy()[20:40]
    certain = linked(links_of((left, wrong), tmp_path))
    assert len(certain) >= 0.97 * SHARED
    assert (certain["left_id"] == certain["right_id"]).mean() >= 0.99


def test_two_forms_of_one_name_set_nobody_apart(files, tmp_path):
    left, right = files
    forms = dict(zip(GIVEN["F"], GIVEN["M"], strict=True))
    certain = linked(links_of((left, right.replace({"first_name": forms})), tmp_path))
    assert len(certain) >= 0.97 * SHARED
