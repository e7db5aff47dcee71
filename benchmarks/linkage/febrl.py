"""FEBRL4 beside stock Splink: 5,000 by 5,000 invented Australians with errors, made by others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pandas as pd

from benchmarks.linkage.files import ours
from benchmarks.linkage.stock_splink import stock_links

TITLE: Final = "FEBRL4"
TEXT: Final = (
    "5,000 by 5,000 invented Australians with errors, made by others; `link_files` learns from "
    "the two files alone. In the second half of the table a third of the people are on one "
    "side only."
)


def measured(folder: Path) -> pd.DataFrame:
    """Precision, recall and F1 of both methods, by fields and by how many are on both sides.

    Args:
        folder: of ``dataset4a.csv`` and ``dataset4b.csv``.
    """
    rows = []
    for fields, third, left, right, shared in _files(folder):
        for method, links in (
            ("this software", ours(left, right)),
            ("stock Splink, p >= 0.5", stock_links(left, right)),
        ):
            is_true = _person(links["left_id"]) == _person(links["right_id"])
            precision, recall = is_true.mean(), is_true.sum() / shared
            rows.append(
                {
                    "fields": fields,
                    "people": third,
                    "method": method,
                    "precision": round(precision, 4),
                    "recall": round(recall, 4),
                    "F1": round(2 * precision * recall / (precision + recall), 4),
                }
            )
    return pd.DataFrame(rows).set_index("fields")


def _files(
    folder: Path,
) -> Iterator[tuple[str, str, pd.DataFrame, pd.DataFrame, int]]:
    names = {
        "rec_id": "id",
        "given_name": "first_name",
        "surname": "last_name",
        "address_1": "address",
        "state": "region",
        "soc_sec_id": "id_social_security",
    }
    sides = [
        pd.read_csv(folder / f"dataset4{side}.csv", dtype="str", skipinitialspace=True)
        .rename(columns=names)
        .drop(columns="address_2")
        for side in "ab"
    ]
    few = ["id", "first_name", "last_name", "date_of_birth", "region"]
    for third in ("all on both sides", "a third on one side"):
        right = sides[1]
        if third.startswith("a third"):
            right = right[_person(right["id"]).astype(int) % 3 != 2]
        for fields, columns in (
            ("names, birth, state", few),
            ("all but the number", [c for c in right.columns if c != "id_social_security"]),
        ):
            yield fields, third, sides[0][columns], right[columns], len(right)


def _person(ids: "pd.Series[str]") -> "pd.Series[str]":
    return ids.str.extract(r"rec-(\d+)")[0]
