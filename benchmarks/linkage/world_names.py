"""Names of ten scripts and cultures, linked by this software and by stock Splink.

::

    python -m benchmarks.linkage.world_names [--people 900]

The names and the spellings that their bearers use stand in ``benchmarks/linkage/names``; nothing in
``jobs`` reads them. People are drawn with a date of birth; two in three are in both files. One
record in ten has a slip in the date of birth, one in twenty the names changed over. Each culture
is linked twice: both files in Latin letters, each record in any of its spellings; and one file in
the script of its people. Both methods see the same columns: first and last name, date of birth.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.linkage.files import ours
from benchmarks.linkage.stock_splink import stock_links

NAMES: Final = Path(__file__).resolve().parent / "names" / "people_of_the_world.csv"
PEOPLE: Final = 900
SEED: Final = 7


def measured(people: int = PEOPLE) -> pd.DataFrame:
    """Precision and recall of both methods for each culture and pair of scripts."""
    names = pd.read_csv(NAMES)
    rows = []
    for number, culture in enumerate(names["culture"].unique()):
        own = names[names["culture"] == culture]
        for script in ("Latin", "own"):
            left, right, shared = files(own, people=people, seed=SEED + number, script=script)
            for method, links in (
                ("this software", ours(left, right)),
                ("stock Splink, p >= 0.5", stock_links(left, right)),
            ):
                right_ones = (links["left_id"].str[1:] == links["right_id"].str[1:]).sum()
                precision = right_ones / len(links) if len(links) else np.nan
                recall = right_ones / shared
                rows.append(
                    {
                        "names": culture,
                        "left file": "Latin letters" if script == "Latin" else "own script",
                        "method": method,
                        "precision": round(precision, 4),
                        "recall": round(recall, 4),
                        "F1": round(2 * right_ones / (len(links) + shared), 4),
                    }
                )
    return pd.DataFrame(rows).set_index("names")


def files(
    names: pd.DataFrame, *, people: int, seed: int, script: str
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """Two files of one culture's people, and how many are in both."""
    rng = np.random.default_rng(seed)
    drawn = {
        part: names[names["part"] == part].iloc[
            rng.integers(0, (names["part"] == part).sum(), people)
        ]
        for part in ("given", "family")
    }
    days = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 14_600, people), "D")
    shared = 2 * people // 3
    alone = people - shared // 2 - shared // 2
    sides = []
    for side, chosen in (
        ("l", np.arange(people - alone // 2)),
        ("r", np.r_[np.arange(shared), np.arange(people - alone // 2, people)]),
    ):
        written = {
            part: _written(found.iloc[chosen], rng, script == "own" and side == "l")
            for part, found in drawn.items()
        }
        turned = rng.random(len(chosen)) < 0.05
        first = np.where(turned, written["family"], written["given"])
        last = np.where(turned, written["given"], written["family"])
        sides.append(
            pd.DataFrame(
                {
                    "id": [f"{side}{number}" for number in chosen],
                    "first_name": first,
                    "last_name": last,
                    "date_of_birth": _slipped(days[chosen].strftime("%Y%m%d"), rng),
                }
            )
        )
    both = len(set(sides[0]["id"].str[1:]) & set(sides[1]["id"].str[1:]))
    return sides[0], sides[1], both


def _written(found: pd.DataFrame, rng: np.random.Generator, own_script: bool) -> np.ndarray:
    if own_script:
        return found["native"].to_numpy(dtype=object)
    spellings = found["latin"].str.split("/")
    return np.array([options[rng.integers(len(options))] for options in spellings], dtype=object)


def _slipped(days: pd.Index, rng: np.random.Generator) -> list[str]:
    place = rng.integers(6, 8, len(days))
    digit = rng.integers(0, 10, len(days))
    wrong = rng.random(len(days)) < 0.1
    return [
        f"{day[:at]}{new}{day[at + 1 :]}" if slip else day
        for day, at, new, slip in zip(days, place, digit, wrong, strict=True)
    ]


def main() -> None:
    """Read the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    print(measured(parser.parse_args().people).to_string())  # noqa: T201 - a command


if __name__ == "__main__":
    main()
