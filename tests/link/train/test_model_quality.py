import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks.linkage.calibration import PICTURE, beside, by_band, write_picture


@pytest.fixture(scope="module")
def links() -> pd.DataFrame:
    """Of 10 pairs at 0.85 eight are true, of 4 at 0.15 one; another two a reviewer decided."""
    return pd.DataFrame(
        {
            "probability": [0.85] * 10 + [0.15] * 4 + [0.0, 1.0],
            "is_true": [True] * 8 + [False] * 2 + [True] + [False] * 3 + [True, False],
            "decided_by": [None] * 14 + ["R01", "R01"],
        }
    )


def test_bands_say_what_is_expected_and_what_is_observed(links):
    table = by_band(links)
    assert table["pairs"].to_dict() == {
        **dict.fromkeys(table.index, 0), "0.1 to 0.2": 4, "0.8 to 0.9": 10,
    }  # fmt: skip
    assert table.loc["0.8 to 0.9", ["expected", "observed"]].tolist() == [0.85, 0.8]
    assert table.loc["0.1 to 0.2", ["expected", "observed"]].tolist() == [0.15, 0.25]
    assert beside({"default": table}).loc["0.1 to 0.2"].tolist() == ["4", "0.1500", "0.2500"]


def test_the_picture_is_the_same_every_time_and_not_whatever_is_drawn(links, tmp_path):
    tables = {"default": by_band(links), "harsh": by_band(links.iloc[:10])}
    taken = []
    for name, given in (
        ("one", tables),
        ("two", tables),
        ("other", tables | {"harsh": tables["default"]}),
    ):
        write_picture(given, tmp_path / name)
        taken.append((tmp_path / name / PICTURE).read_bytes())
    assert taken[0] == taken[1] != taken[2]
    picture = np.asarray(Image.open(tmp_path / "one" / PICTURE).convert("RGB"))
    assert picture.shape[1] > 1000
    assert (picture == 255).all(axis=2).mean() > 0.8
