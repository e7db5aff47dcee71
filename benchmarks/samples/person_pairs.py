"""Two small registers of invented people whose true links are known.

Names are made of syllables with a few common and many rare ones; errors are those of clerks.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract.registers import TABLES
from jobs.contract.results import DECISIONS, IDENTITIES
from jobs.link.standardise.persons import Side, make_side

SYLLABLES = ("ka mo ra li sa ne to vi du be ha jo mi za pe lu fa gi ro na te wo yu sha kri "
             "dra ber man ski ov ez oglu nur din ahm kwa chi bo le")  # fmt: skip
NATIONS = ["JAMAICA", "NIGERIA", "POLAND", "VIETNAM", "SOMALIA", "IRELAND", "PAKISTAN", "BRIT"]
CHECK_LETTERS = "ZABCDEFGHJKLMNPQRTUVWXY"


def check_letter(*, year: int, serial: int, width: int) -> str:
    """The check letter of a two-digit ``year`` and a ``serial`` of ``width`` digits."""
    return CHECK_LETTERS[(year * 10**width + serial) % len(CHECK_LETTERS)]


def as_side(frame: pd.DataFrame, numbers: dict[str, pd.DataFrame], *, turned: bool) -> Side:
    """A side of persons without aliases."""
    tables = {system: as_table(values) for system, values in numbers.items()}
    return make_side(persons=as_table(frame), aliases=None, numbers=tables, turned=turned)


def as_table(frame: pd.DataFrame) -> pa.Table:
    """A frame as linkage reads it."""
    return pa.Table.from_pandas(frame, preserve_index=False)


@dataclass(frozen=True, kw_only=True)
class Invented:
    """Register tables and the true pairs, as prisoner number and immigration person."""

    tables: dict[str, pa.Table]
    truth: frozenset[tuple[str, str]]


def invent(*, seed: int, shared: int, alone: int, noise: float = 0.1) -> Invented:
    """Invent registers: ``shared`` people in both, ``alone`` more in each."""
    rng = np.random.default_rng(seed)
    everybody = _people(rng, shared + 2 * alone)
    left = everybody.iloc[: shared + alone]
    right = pd.concat([everybody.iloc[:shared], everybody.iloc[shared + alone :]])
    prison = _prison(rng, left, noise)
    immigration = _immigration(rng, right, noise)
    truth = zip(prison["prisoner_number"][:shared], immigration["cid_person_id"][:shared],
                strict=True)  # fmt: skip
    return Invented(tables=as_tables(prison, immigration), truth=frozenset(truth))


def as_tables(
    prison: pd.DataFrame,
    immigration: pd.DataFrame,
    prison_aliases: pd.DataFrame | None = None,
) -> dict[str, pa.Table]:
    """Contract tables out of frames that may lack columns."""
    frames = {
        "prison.persons": prison,
        "immigration.persons": immigration,
        "prison.aliases": prison_aliases,
        "prison.identifiers": None,
        "immigration.aliases": None,
    }
    return {name: _contract(name, frame) for name, frame in frames.items()}


def shuffled(tables: dict[str, pa.Table], seed: int) -> dict[str, pa.Table]:
    """The same tables with their rows in another order."""
    rng = np.random.default_rng(seed)
    return {name: table.take(rng.permutation(len(table))) for name, table in tables.items()}


def no_decisions() -> pd.DataFrame:
    """No reviewer has decided anything."""
    return decisions([])


def decisions(entries: list[tuple[str, str, str]]) -> pd.DataFrame:
    """Reviewers' judgements: prisoner number, immigration person, judgement."""
    frame = pd.DataFrame(entries, columns=["prisoner_number", "cid_person_id", "judgement"])
    frame = frame.assign(
        reviewer="R01", reason="seen", decided_at=pd.Timestamp(0, tz="UTC"), signed=None
    )
    return DECISIONS.frame(DECISIONS.arrow(frame))


def no_identities() -> pd.DataFrame:
    """Nobody had an identity on an earlier night."""
    return IDENTITIES.empty()


def _contract(name: str, frame: pd.DataFrame | None) -> pa.Table:
    table = TABLES[name]
    if frame is None:
        return table.arrow(table.empty())
    full = frame.reindex(columns=table.columns)
    return table.arrow(full)


def _people(rng: np.random.Generator, count: int) -> pd.DataFrame:
    syllables = np.array(SYLLABLES.split())

    def pool(size: int) -> np.ndarray:
        parts = rng.choice(syllables, (size, 3))
        keep_third = rng.random(size) < 0.6
        third = np.where(keep_third, parts[:, 2], "")
        joined = np.char.add(np.char.add(parts[:, 0], parts[:, 1]), third)
        return np.char.capitalize(joined)

    def drawn(size: int) -> np.ndarray:
        weight = 1 / np.arange(1, size + 1) ** 0.8
        return rng.choice(pool(size), count, p=weight / weight.sum())

    born = np.datetime64("1945-01-01") + rng.integers(0, 43 * 365, count).astype("timedelta64[D]")
    year, serial = rng.integers(70, 100, count), rng.integers(1, 10**6, count)
    pnc = [
        f"{y:02d}/{s}{check_letter(year=y, serial=s, width=7)}"
        for y, s in zip(year.tolist(), serial.tolist(), strict=True)
    ]
    cro = [
        f"{s}/{y:02d}{check_letter(year=y, serial=s, width=6)}"
        for y, s in zip(year.tolist(), serial[::-1].tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "first_name": drawn(max(count // 20, 200)),
            "last_name": drawn(max(count // 6, 600)),
            "date_of_birth": born.astype("datetime64[us]"),
            "gender": rng.choice(["M", "F"], count, p=[0.9, 0.1]),
            "nationality": rng.choice(NATIONS, count),
            "birth_place": drawn(300),
            "pnc_number": pnc,
            "cro_number": cro,
            "number": rng.permutation(count),
        }
    )


def _prison(rng: np.random.Generator, people: pd.DataFrame, noise: float) -> pd.DataFrame:
    number = people["number"].to_numpy()
    letter = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
    key = [f"{letter[n // 9999 % 24]}{n % 9999 + 1:04d}{letter[n % 24]}A" for n in number.tolist()]
    seen = _noisy(rng, people, noise)
    seen["prisoner_number"] = key
    return seen.assign(true_number=key)


def _immigration(rng: np.random.Generator, people: pd.DataFrame, noise: float) -> pd.DataFrame:
    number = people["number"].to_numpy()
    letter = np.array(list("ABCDEFGHJKLMNPQRSTUVWXYZ"))
    seen = _noisy(rng, people, noise)
    seen["cid_person_id"] = [f"C{n:07d}" for n in number.tolist()]
    told = [f"{letter[n // 9999 % 24]}{n % 9999 + 1:04d}{letter[n % 24]}A" for n in number.tolist()]
    seen["noms_number"] = pd.Series(told, dtype="str").where(rng.random(len(seen)) < 0.3)
    for column in ("pnc_number", "cro_number"):
        seen[column] = seen[column].where(rng.random(len(seen)) < 0.4, None)
    return seen


def _noisy(rng: np.random.Generator, people: pd.DataFrame, noise: float) -> pd.DataFrame:
    seen = people.reset_index(drop=True).copy()
    count = len(seen)
    for column in ("first_name", "last_name", "birth_place"):
        hit = rng.random(count) < noise
        place = rng.integers(1, 4, count)
        letter = rng.choice(list("aeiourst"), count)
        typed = [n[:p] + c + n[p + 1 :] for n, p, c in
                 zip(seen[column], place, letter, strict=True)]  # fmt: skip
        seen[column] = np.where(hit, typed, seen[column])
    turned = rng.random(count) < noise / 4
    first = seen["first_name"].copy()
    seen["first_name"] = seen["first_name"].where(~turned, seen["last_name"])
    seen["last_name"] = seen["last_name"].where(~turned, first)
    moved = pd.to_timedelta(rng.choice([1, 10, -1, 365], count), unit="D")
    wrong = pd.Series(rng.random(count) < noise / 2)
    seen["date_of_birth"] = seen["date_of_birth"].where(~wrong, seen["date_of_birth"] + moved)
    for column in ("nationality", "gender", "birth_place", "first_name"):
        seen[column] = seen[column].astype(object).where(rng.random(count) > noise / 3, None)
    return seen
