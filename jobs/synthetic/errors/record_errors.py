"""The errors of a record: names, dates of birth, nationalities and numbers.

Each function changes the records in place and labels what it did, so that a score can say which
kind of error cost which link.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import Flags, Ints, Texts, between, choose, some
from jobs.synthetic.errors import spelling
from jobs.synthetic.people import invented_names, nationalities

_NEIGHBOURS: Final = {
    "KOSOVO": "ALBANIA", "ALBANIA": "KOSOVO", "MOLDOVA": "ROMANIA", "ROMANIA": "MOLDOVA",
    "ERITREA": "ETHIOPIA", "ETHIOPIA": "ERITREA", "PAKISTAN": "AFGHAN", "AFGHAN": "PAKISTAN",
    "INDIA": "SRILANKA", "SRILANKA": "INDIA", "BANGLA": "INDIA", "SOMALIA": "KENYA",
    "KENYA": "SOMALIA", "NIGERIA": "GHANA", "GHANA": "NIGERIA", "JAMAICA": "TRINIDAD",
    "TRINIDAD": "JAMAICA", "ALGERIA": "MOROCCO", "MOROCCO": "ALGERIA", "LITHUANI": "LATVIA",
    "LATVIA": "LITHUANI", "ANGOLA": "PORTUGAL", "BRAZIL": "PORTUGAL", "PORTUGAL": "BRAZIL",
    "ZIMBABWE": "SAFRICA", "SAFRICA": "ZIMBABWE", "IRAQ": "IRAN", "IRAN": "IRAQ",
    "TURKEY": "CYPRUS", "CYPRUS": "TURKEY", "CHINA": "MALAYSIA", "CONGO": "ANGOLA",
    "RUSSIA": "UKRAINE", "UKRAINE": "RUSSIA", "GUYANA": "JAMAICA", "SIERRA": "LIBERIA",
}  # fmt: skip
_ELSEWHERE: Final = "OTHER"
_PLACEHOLDER_NAMES: Final = ("MIG_ERROR_1", "DUPLICATE_2", "NO_SHOW_3", "MIG_ERROR_7")
_PLACEHOLDER_BIRTHS: Final = (-25_567, 0)  # 1900-01-01 and 1970-01-01
_PLACEHOLDER_CRO: Final = "000000/00Z"
_NAMES: Final = ("first_name", "middle_names", "last_name")


def add_name_errors(
    records: pd.DataFrame,
    everybody: pd.DataFrame,
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> pd.DataFrame:
    """Make the errors of names, and give back the aliases the register has recorded."""
    size = len(records)
    aliases = _aliases(records, everybody, register, rng, noise, labels)
    first, middle, last = (records[column].to_numpy(dtype=object) for column in _NAMES)
    swapped = some(rng, noise.names_swapped, size)
    first, last = np.where(swapped, last, first), np.where(swapped, first, last)
    joined = some(rng, noise.names_joined, size) & (middle != "")
    rows = np.flatnonzero(joined)
    between_names = np.where(rng.random(size) < 0.5, "", " ").astype(object)[rows]
    first[rows] = first[rows] + between_names + middle[rows]
    middle = np.where(joined, "", middle)
    fathers = some(rng, noise.patronymic_last, size) & (middle != "")
    last, middle = np.where(fathers, middle, last), np.where(fathers, "", middle)
    dropped = some(rng, noise.middle_dropped, size) & (middle != "")
    middle = np.where(dropped, "", middle)
    for kind, where in (
        ("names_swapped", swapped),
        ("names_joined", joined),
        ("patronymic_last", fathers),
        ("middle_dropped", dropped),
    ):
        labels.add(register, records, where, kind)
    first, last = _respell(records, (first, last), register, rng, noise, labels)
    placeholder = some(rng, noise.placeholder_names, size)
    words = np.array(_PLACEHOLDER_NAMES, dtype=object)[choose(rng, np.ones(4), size)]
    labels.add(register, records, placeholder, "placeholder_names")
    last = np.where(placeholder, words, last)
    plain = some(rng, noise.plain_letters, size)
    upper = some(rng, noise.upper_case, size)
    for column, values in zip(_NAMES, (first, middle, last), strict=True):
        records[column] = _habits(values, plain, upper)
    return aliases


def _respell(
    records: pd.DataFrame,
    pair: tuple[Texts, Texts],
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> tuple[Texts, Texts]:
    """Other romanisations, then slips at the keyboard, in forenames and surnames."""
    size = len(records)
    culture = records["culture"].to_numpy()
    spelled = []
    for part, before in zip(("first_name", "last_name"), pair, strict=True):
        after = before.copy()
        chosen = some(rng, noise.transliterated, size)
        for position, name in enumerate(invented_names.cultures()):
            rows = np.flatnonzero(chosen & (culture == position))
            if len(rows):
                after[rows] = spelling.romanise(after[rows], name, rng)
        labels.add(register, records, after != before, f"transliterated {part}")
        slipped = np.flatnonzero(some(rng, noise.mistyped, size))
        after[slipped] = spelling.mistype(after[slipped], rng)
        labels.add(register, records, np.isin(np.arange(size), slipped), f"mistyped {part}")
        spelled.append(after)
    return spelled[0], spelled[1]


def _habits(texts: Texts, plain: Flags, upper: Flags) -> Texts:
    written = texts.copy()
    written[plain] = spelling.without_marks(written[plain])
    written[upper] = spelling.in_capitals(written[upper])
    return written


def _aliases(
    records: pd.DataFrame,
    everybody: pd.DataFrame,
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> pd.DataFrame:
    """A second name for some; where it was given first, it stands on the record itself."""
    rows = np.flatnonzero(some(rng, noise.aliases, len(records)))
    own = records.iloc[rows]
    people = everybody.iloc[own["person"]]
    invented = invented_names.draw(
        rng,
        cultures_of=own["culture"].to_numpy(),
        is_female=people["is_female"].to_numpy(),
    )
    both = some(rng, 0.35, len(rows))
    false_first = np.where(both, invented["first"], own["first_name"])
    false_last = invented["last"].to_numpy(dtype=object)
    shift = np.where(some(rng, 0.3, len(rows)), between(rng, np.full(len(rows), -900), 900), 0)
    ahead = some(rng, noise.alias_first / noise.aliases if noise.aliases else 0.0, len(rows))
    labels.add(register, records, np.isin(np.arange(len(records)), rows[ahead]), "alias_first")
    aliases = pd.DataFrame(
        {
            "record": rows,
            "first_name": np.where(ahead, own["first_name"], false_first),
            "middle_names": "",
            "last_name": np.where(ahead, own["last_name"], false_last),
            "birth_day": own["birth_day"].to_numpy() + np.where(ahead, 0, shift),
            "gender": own["gender"].to_numpy(),
        }
    )
    records.loc[rows[ahead], "first_name"] = false_first[ahead]
    records.loc[rows[ahead], "last_name"] = false_last[ahead]
    return aliases


def add_birth_errors(
    records: pd.DataFrame,
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> None:
    """Make the errors of dates of birth; each record has one at most."""
    size = len(records)
    born = records["birth_day"].to_numpy()
    swapped, can_swap = _day_month_swapped(born)
    other = born + np.where(
        some(rng, 0.5, size),
        365 * rng.choice(np.array([-10, -5, -2, -1, 1, 2, 5]), size),
        rng.choice(np.array([-30, -10, -2, -1, 1, 2, 10, 31]), size),
    )
    placeholder = np.array(_PLACEHOLDER_BIRTHS)[choose(rng, [1, 1], size)]
    kinds: list[tuple[str, float, Ints, Flags]] = [
        ("day_month_swapped", noise.day_month_swapped / 0.38, swapped, can_swap),
        ("first_january", noise.first_january, days.first_of_year(born), np.ones(size, dtype=bool)),
        ("wrong_birth", noise.wrong_birth, other, np.ones(size, dtype=bool)),
        ("placeholder_births", noise.placeholder_births, placeholder, np.ones(size, dtype=bool)),
        ("missing_births", noise.missing_births, np.full(size, days.NEVER), np.ones(size, bool)),
    ]
    draw = rng.random(size)
    reached = 0.0
    written = born.copy()
    for kind, rate, day, fits in kinds:
        where = (draw >= reached) & (draw < reached + rate) & fits & (day != born)
        reached += rate
        written = np.where(where, day, written)
        labels.add(register, records, where, kind)
    records["birth_day"] = written


def _day_month_swapped(born: Ints) -> tuple[Ints, Flags]:
    """Day and month exchanged, and where that gives another possible date."""
    month_start = born.astype("datetime64[D]").astype("datetime64[M]")
    day = born - month_start.astype("datetime64[D]").astype(np.int64) + 1
    month = month_start.astype(np.int64) % 12 + 1
    fits = (day <= 12) & (day != month)
    year = month_start.astype("datetime64[Y]").astype("datetime64[M]")
    target = year + np.where(fits, day - 1, 0).astype("timedelta64[M]")
    return target.astype("datetime64[D]").astype(np.int64) + month - 1, fits


def add_nationality_errors(
    records: pd.DataFrame,
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> None:
    """Make the errors of nationality. Nobody British is made foreign: only the reverse occurs."""
    size = len(records)
    true = records["nationality"].to_numpy()
    neighbour = np.full(len(nationalities.CODES), nationalities.CODES.index(_ELSEWHERE))
    for code, other in _NEIGHBOURS.items():
        neighbour[nationalities.CODES.index(code)] = nationalities.CODES.index(other)
    foreign = (true != nationalities.BRITISH) & (true < nationalities.UNKNOWN)
    draw = rng.random(size)
    # Most British records are checked against earlier stays, so few of them are left empty.
    missing = draw < noise.nationality_missing * np.where(true == nationalities.BRITISH, 0.1, 1.0)
    reached = noise.nationality_missing + noise.nationality_wrong
    wrong = foreign & ~missing & (draw < reached)
    british = foreign & (register == "prison") & (draw >= reached)
    british &= draw < reached + noise.british_by_mistake
    unknown = np.where(some(rng, 0.7, size), nationalities.UNKNOWN, -1)
    records["nationality"] = np.select(
        [missing, wrong, british], [unknown, neighbour[true], nationalities.BRITISH], true
    )
    labels.add(register, records, missing & (true != unknown), "nationality_missing")
    labels.add(register, records, wrong, "nationality_wrong")
    labels.add(register, records, british, "british_by_mistake")


def add_number_errors(
    records: pd.DataFrame,
    register: str,
    rng: np.random.Generator,
    noise: Noise,
    labels: ErrorLabels,
) -> None:
    """Make the errors of numbers: missing, mistyped, somebody else's, or written differently."""
    size = len(records)
    columns = ("pnc", "cro", "ho_reference") if register == "prison" else ("pnc", "cro", "noms")
    another = np.flatnonzero(some(rng, noise.identifiers_of_another, size))
    pick = choose(rng, np.ones(len(columns)), len(another))
    for position, column in enumerate(columns):
        values = records[column].to_numpy(dtype=object).copy()
        if register == "prison" and column != "ho_reference":
            values[some(rng, noise.prison_identifiers_missing, size)] = ""
        present = np.flatnonzero(values != "")
        taking = another[pick == position]
        if len(present):
            values[taking] = values[present[rng.integers(0, len(present), len(taking))]]
        slipped = np.flatnonzero(some(rng, noise.identifiers_mistyped, size) & (values != ""))
        values[slipped] = spelling.mistype(values[slipped], rng)
        labels.add(register, records, np.isin(np.arange(size), slipped), f"mistyped {column}")
        if column in {"pnc", "cro"}:
            values = _reformat(values, column, rng, noise)
        records[column] = values
    labels.add(register, records, np.isin(np.arange(size), another), "identifiers_of_another")


def _reformat(values: Texts, column: str, rng: np.random.Generator, noise: Noise) -> Texts:
    size = len(values)
    texts = pd.Series(values, dtype="str")
    if column == "pnc":
        short = texts.str.replace(r"^\d\d(\d\d)/0*", r"\1/", regex=True)
        bare = texts.str.replace("/", "", regex=False)
    else:
        short = texts.str.replace(r"^0+", "", regex=True)
        bare = texts.str.lower()
    kind = choose(rng, [1, 1], size)
    different = some(rng, noise.identifiers_reformatted, size) & (values != "")
    chosen = np.where(kind == 0, short.to_numpy(dtype=object), bare.to_numpy(dtype=object))
    written = np.where(different, chosen, values)
    if column == "cro":
        empty = some(rng, noise.placeholder_identifiers, size)
        written = np.where(empty, _PLACEHOLDER_CRO, written)
    return written
