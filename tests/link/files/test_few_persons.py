"""Files too small to learn from."""

from pathlib import Path

import pandas as pd
import pytest

from benchmarks.linkage.household_files import people
from jobs.link.files.person_files import link_files

JOHN = {"first_name": "John", "last_name": "Smith", "date_of_birth": "1971-05-17"}
SLIPS = {"first_name": "Jhon", "last_name": "Smyth", "date_of_birth": "1971-05-18"}


def links_of(left: list[dict[str, str]], right: list[dict[str, str]], folder: Path) -> pd.DataFrame:
    paths = [folder / f"{name}.csv" for name in ("left", "right", "links")]
    for path, rows in zip(paths, (left, right), strict=False):
        pd.DataFrame([{"id": f"{n}", **row} for n, row in enumerate(rows)]).to_csv(
            path, index=False
        )
    return link_files(left=paths[0], right=paths[1], output=paths[2])


@pytest.mark.parametrize("columns", [("last_name",), ("first_name",), ("first_name", "last_name")])
def test_a_name_alone_links_nobody(columns, tmp_path):
    row = {name: JOHN[name] for name in columns}
    assert "linked" not in set(links_of([row], [row], tmp_path)["outcome"])


@pytest.mark.parametrize("others", [0, 1, 9, 40])
def test_equality_is_linked_and_never_below_a_slip(others, tmp_path, caplog):
    crowd = people(2 * others, seed=3)[list(JOHN)].to_dict("records")
    weights = {}
    for name, row in {"same": JOHN, **{n: JOHN | {n: SLIPS[n]} for n in SLIPS}}.items():
        links = links_of([JOHN, *crowd[:others]], [row, *crowd[others:]], tmp_path)
        john = links[(links["left_id"] == "0") & (links["right_id"] == "0")]
        assert list(john["outcome"]) == ["linked"]
        weights[name] = float(john["match_weight"].iloc[0])
        assert "too few persons to learn from" in john["evidence"].iloc[0]
    assert weights["same"] == max(weights.values())
    assert "too few to learn from: the shares are those of the packaged model" in caplog.text


def test_ten_people_are_found_whole(tmp_path):
    ten = people(10, seed=6)[[*JOHN, "gender"]].to_dict("records")
    links = links_of(ten, ten[::-1], tmp_path)
    found = links[links["outcome"] == "linked"]
    assert list(zip(found["left_id"], found["right_id"], strict=True)) == [
        (f"{n}", f"{9 - n}") for n in range(10)
    ]


def test_a_hundred_are_learned_from(tmp_path, caplog):
    crowd = people(100, seed=6)[list(JOHN)].to_dict("records")
    for count, is_few in ((99, True), (100, False)):
        caplog.clear()
        links_of(crowd[:count], crowd, tmp_path)
        assert ("too few to learn from" in caplog.text) == is_few
