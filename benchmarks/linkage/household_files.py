"""Two files of invented people, some in both with slips, beside households split over the files."""

from typing import Final

import numpy as np
import pandas as pd

from benchmarks.samples.person_pairs import SYLLABLES

GIVEN: Final = {
    "M": ("Callum", "Tomasz", "Benedict", "Gareth", "Chinedu", "Rajesh", "Pierre", "Erik", "Kofi",
          "Carlos", "Wei", "Dmitri", "Hamid", "Owen", "Luca", "Sven"),
    "F": ("Moira", "Elena", "Agnieszka", "Olga", "Fatima", "Lucia", "Ingrid", "Zeynep", "Siobhan",
          "Ama", "Linh", "Mary", "Priya", "Hanneke", "Yuki", "Rosa"),
}  # fmt: skip
COLUMNS: Final = ("id", "first_name", "last_name", "date_of_birth", "gender", "postcode")
Files = tuple[pd.DataFrame, pd.DataFrame]


def people(count: int, *, seed: int) -> pd.DataFrame:
    """So many people with the columns of `COLUMNS` but ids."""
    rng = np.random.default_rng(seed)
    syllables = np.array(SYLLABLES.split())
    parts = rng.choice(syllables, (count, 3))
    gender = rng.choice(["M", "F"], count)
    born = pd.Timestamp("1945-01-01") + pd.to_timedelta(rng.integers(0, 16_000, count), "D")
    place = rng.integers(0, 2_000, count)
    return pd.DataFrame(
        {
            "first_name": [rng.choice(GIVEN[of]) for of in gender],
            "last_name": ["".join(part).title() for part in parts],
            "date_of_birth": born.strftime("%Y-%m-%d"),
            "gender": gender,
            "postcode": [
                f"S{n % 20 + 1} {n % 9}{chr(65 + n % 25)}{chr(65 + n // 90)}" for n in place
            ],
        }
    )


def shared_files(count: int, *, alone: int, seed: int) -> Files:
    """People in both files, one in five with a slip in the family name, and others beside them."""
    known = people(count + 2 * alone, seed=seed).assign(
        id=[f"c{n}" for n in range(count + 2 * alone)]
    )
    left = known.iloc[: count + alone]
    right = pd.concat([known.iloc[:count], known.iloc[count + alone :]])
    is_slip = np.random.default_rng(seed + 1).random(len(right)) < 0.2
    names = right["last_name"].str[:3] + right["last_name"].str[4:]
    right = right.assign(last_name=right["last_name"].where(~is_slip, names))
    return left[list(COLUMNS)], right[list(COLUMNS)]


def beside(files: Files, households: Files) -> Files:
    """Files with households, of whom one member stands in each."""
    left, right = (
        pd.concat([file, members if "id" in members else members.assign(id=_ids(len(members)))])
        for file, members in zip(files, households, strict=True)
    )
    return left.reset_index(drop=True), right.reset_index(drop=True)


def _ids(count: int) -> list[str]:
    return [f"h{n}" for n in range(count)]


def relatives(kind: str, count: int, *, seed: int) -> Files:
    """Households of one family name and postcode, one member in each file.

    ``kind`` is couples, siblings, twins (of one gender), father and son (of one name) or couples
    without a date.
    """
    rng = np.random.default_rng(seed)
    one = people(count, seed=seed).assign(gender="M")
    one["first_name"] = rng.choice(GIVEN["M"], count)
    years = rng.integers(1, 6, count) if kind in {"couples", "siblings"} else np.full(count, 27)
    born = pd.to_datetime(one["date_of_birth"]) + pd.to_timedelta(years * 365 + 41, "D")
    other = one.assign(date_of_birth=born.dt.strftime("%Y-%m-%d"))
    if kind == "twins":
        other = one.copy()
    if kind != "father and son":
        gender = "F" if kind.startswith("couples") else "M"
        names = [rng.choice([name for name in GIVEN[gender] if name != own and name[0] != own[0]])
                 for own in one["first_name"]]  # fmt: skip
        other = other.assign(first_name=names, gender=gender)
    if kind == "couples without a date":
        one, other = (frame.assign(date_of_birth=None) for frame in (one, other))
    return one, other
