"""Persons of one side, made ready to be compared.

A side is a set of *rows*, one for each name and date of birth that a person goes by:

- ``own``: as the register holds the person;
- ``alias``: another name or date of birth on record, with everything else of the person;
- ``turned``: the own row with given and family name changed over, made for the right side only,
  since clerks fill the two fields the wrong way round.

The columns of a row are nullable text, except the lists and ``is_alone``, which says that nothing
else stands for the person: on turned rows, and where there is one own row and no alias. Identifiers
are lists, because a person may have several of one system.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract.registers import TABLES
from jobs.link.standardise import identifiers, names

OWN, ALIAS, TURNED = "own", "alias", "turned"

NO_BIRTH_DATES: Final = frozenset({"19000101", "19700101"})
"""Dates of birth that mean "not known" in both registers."""
NO_NATIONALITY: Final = frozenset({"UNKNOWN", "REF"})
NO_GENDER: Final = frozenset({"NK", "NS", "U", "X", "UNKNOWN", ""})

AT_ONCE: Final = 250_000
"""Persons whose rows are made together: what is on the way to a row is many times its size."""
COMMON_IDENTIFIER: Final = 5
"""An identifier that more persons of one side share than this is a filler, not a number."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One side of a linkage.

    ``rows`` is sorted by person and variant. ``row`` numbers rows from 0, ``person`` numbers the
    entries of ``persons``, which holds the persons' keys in ascending order.
    """

    persons: pd.Index
    rows: pa.Table

    def __len__(self) -> int:
        return len(self.persons)

    @property
    def systems(self) -> frozenset[str]:
        """Identifier systems that at least one row has a value of, as ``id_<system>``."""
        return frozenset(name for name in self.rows.column_names if name.startswith("id_"))


Numbers = dict[str, pd.DataFrame]
"""For each identifier system, frames of ``id`` and ``value``."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """The tables of a register that linkage reads: persons by ``key``, and what hangs on them."""

    persons: str
    key: str
    aliases: str
    identifiers: str | None
    turned: bool

    @property
    def tables(self) -> tuple[str, ...]:
        """All of them, persons first."""
        names = (self.persons, self.aliases, self.identifiers)
        return tuple(name for name in names if name)

    def side(self, tables: Mapping[str, pa.Table]) -> Side:
        """The register's persons with their aliases and identifiers; see `make_side`."""
        persons = self._frame(tables, self.persons)
        return make_side(
            persons=_nationality(persons),
            aliases=self._frame(tables, self.aliases),
            numbers=self._numbers(tables, persons),
            turned=self.turned,
        )

    def _frame(self, tables: Mapping[str, pa.Table], name: str) -> pd.DataFrame:
        return TABLES[name].frame(tables[name]).rename(columns={self.key: "id"})

    def _numbers(self, tables: Mapping[str, pa.Table], persons: pd.DataFrame) -> Numbers:
        columns = {"pnc": "pnc_number", "cro": "cro_number", "noms": "id"}
        if self.identifiers is None:
            columns |= {"noms": "noms_number", "ho": "ho_reference"}
        numbers = {
            system: persons[["id", column]].set_axis(["id", "value"], axis=1)
            for system, column in columns.items()
        }
        if self.identifiers is None:
            return numbers
        more = self._frame(tables, self.identifiers)
        for kind, system in (("PNC", "pnc"), ("CRO", "cro"), ("MERGED", "noms"), ("HOREF", "ho")):
            found = more.loc[more["identifier_type"] == kind, ["id", "identifier_value"]]
            found = found.set_axis(["id", "value"], axis=1)
            numbers[system] = pd.concat([numbers[system], found]) if system in numbers else found
        return numbers


PRISON: Final = Register(
    persons="prison.persons",
    key="prisoner_number",
    aliases="prison.aliases",
    identifiers="prison.identifiers",
    turned=False,
)
IMMIGRATION: Final = Register(
    persons="immigration.persons",
    key="cid_person_id",
    aliases="immigration.aliases",
    identifiers=None,
    turned=True,
)


def prison_side(tables: Mapping[str, pa.Table]) -> Side:
    """The prison register's persons with their aliases and identifiers."""
    return PRISON.side(tables)


def immigration_side(tables: Mapping[str, pa.Table]) -> Side:
    """The immigration register's persons with their aliases and identifiers."""
    return IMMIGRATION.side(tables)


_CANONICAL = {
    "pnc": identifiers.pnc,
    "cro": identifiers.cro,
    "noms": identifiers.noms,
    "ho": identifiers.home_office,
}


def make_side(
    *,
    persons: pd.DataFrame,
    aliases: pd.DataFrame | None,
    numbers: Mapping[str, pd.DataFrame],
    turned: bool,
) -> Side:
    """Build a side.

    Args:
        persons: one row for each person: ``id`` (unique) and any of the contract's person columns.
            ``date_of_birth`` is a date, or text of the form ``YYYYMMDD``.
        aliases: ``id`` and name columns; rows of nobody in ``persons`` are left out.
        numbers: for each identifier system, frames of ``id`` and ``value``.
        turned: also make the turned rows.
    """
    persons = persons.sort_values("id", kind="stable").reset_index(drop=True)
    keys = pd.Index(persons["id"].astype("str"), name="id")
    valid = _canonical(numbers)
    fixed = _fixed(persons, _without(valid, _fillers_of(valid)), keys)
    parts = []
    for begin in range(0, max(len(keys), 1), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        rows = _rows(persons.iloc[some], begin, keys[some], aliases, turned=turned)
        joined = _arrow(rows)
        taken = pa.array(rows["person"].to_numpy())
        for name in fixed.column_names:
            joined = joined.append_column(name, fixed[name].take(taken))
        parts.append(joined)
    together = pa.concat_tables(parts)
    return Side(
        persons=keys, rows=together.append_column("row", pa.array(np.arange(len(together))))
    )


def _rows(
    persons: pd.DataFrame, first: int, keys: pd.Index, aliases: pd.DataFrame | None, *, turned: bool
) -> pd.DataFrame:
    """The rows of some persons, of whom the first has the number ``first``: names and dates."""
    own = _named(persons, np.arange(len(keys)), OWN)
    variants = [own]
    if aliases is not None and len(aliases):
        variants.append(_alias_rows(aliases, keys, own))
    if turned:
        variants.append(_turned_rows(own))
    rows = pd.concat(variants, ignore_index=True) if len(variants) > 1 else own
    rank = rows["variant"].map({OWN: 0, ALIAS: 1, TURNED: 2})
    order = ["person", "rank", "given", "family", "birth", "middle"]
    rows = rows.assign(rank=rank).sort_values(order, kind="stable").drop(columns="rank")
    rows = rows.reset_index(drop=True)
    rows["is_alone"] = _is_alone(rows)
    rows["person"] += first
    return rows


def _nationality(persons: pd.DataFrame) -> pd.DataFrame:
    known = persons["nationality"].where(~persons["nationality"].isin(NO_NATIONALITY))
    return persons.assign(nationality=known)


def birth_text(dates: pd.Series) -> pd.Series:
    """Dates of birth as eight digits ``YYYYMMDD``; the registers' fillers are missing."""
    if pd.api.types.is_datetime64_any_dtype(dates):
        dates = dates.dt.strftime("%Y%m%d").astype("str")
    return dates.where(~dates.isin(NO_BIRTH_DATES))


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    if name in frame.columns:
        return frame[name]
    return pd.Series(None, index=frame.index, dtype="str")


def _named(frame: pd.DataFrame, person: np.ndarray, variant: str) -> pd.DataFrame:
    first = names.standard(_column(frame, "first_name"))
    middle = names.standard(_column(frame, "middle_names"))
    last = names.standard(_column(frame, "last_name"))
    rows = pd.DataFrame({"person": person, "variant": variant})
    rows["given"] = names.given_form(first).to_numpy()
    rows["family"] = names.family_form(last).to_numpy()
    rows["middle"] = middle.to_numpy()
    rows["birth"] = birth_text(_column(frame, "date_of_birth")).to_numpy()
    together = first.fillna("") + " " + middle.fillna("") + " " + last.fillna("")
    rows["all_names"] = names.words(together.str.strip().replace("", None)).to_numpy()
    rows["family_words"] = names.words(last).to_numpy()
    rows["given_sound"] = names.sound(rows["given"])
    rows["family_sound"] = names.sound(rows["family"])
    return rows


def _alias_rows(aliases: pd.DataFrame, keys: pd.Index, own: pd.DataFrame) -> pd.DataFrame:
    owner = keys.get_indexer(pd.Index(aliases["id"]))
    known = aliases[owner >= 0].reset_index(drop=True)
    rows = _named(known, owner[owner >= 0], ALIAS)
    rows = rows[rows["given"].notna() | rows["family"].notna()]
    of_own = own.iloc[rows["person"].to_numpy()]
    rows["birth"] = rows["birth"].where(rows["birth"].notna(), of_own["birth"].to_numpy())
    told_apart = ["person", "given", "family", "birth"]
    rows = rows.drop_duplicates(told_apart)
    same = rows.merge(own[told_apart], how="left", on=told_apart, indicator="found")
    return rows[(same["found"] == "left_only").to_numpy()]


def _turned_rows(own: pd.DataFrame) -> pd.DataFrame:
    worth = own["given"].notna() & own["family"].notna() & (own["given"] != own["family"])
    rows = own[worth].copy()
    rows["variant"] = TURNED
    for one, other in (("given", "family"), ("given_sound", "family_sound")):
        rows[one], rows[other] = own.loc[worth, other], own.loc[worth, one]
    rows["family_words"] = [[name] for name in rows["family"]]
    return rows


def _is_alone(rows: pd.DataFrame) -> pd.Series:
    """Whether nothing else stands for the person: a turned row, or the only own or alias row."""
    is_turned = rows["variant"] == TURNED
    count = np.bincount(rows.loc[~is_turned, "person"].to_numpy(dtype=np.int64))
    alone: pd.Series = is_turned | (count[rows["person"].to_numpy(dtype=np.int64)] == 1)
    return alone


def _fixed(persons: pd.DataFrame, numbers: Numbers, keys: pd.Index) -> pa.Table:
    fixed: dict[str, pa.Array] = {}
    gender = _column(persons, "gender").astype("str").str.strip().str.upper()
    gender = gender.str.replace(r"^([MF])[A-Z]*$", r"\1", regex=True)
    fixed["gender"] = _text(gender.where(~gender.isin(NO_GENDER)))
    nationality = _column(persons, "nationality")
    fixed["nationality"] = _text(nationality)
    second = _column(persons, "second_nationality")
    fixed["nationality_two"] = _text(second)
    fixed["birth_place"] = _text(names.given_form(names.standard(_column(persons, "birth_place"))))
    postcode = _column(persons, "postcode").astype("str").str.upper()
    postcode = postcode.str.replace(r"[^A-Z0-9]", "", regex=True).replace("", None)
    fixed["postcode"] = _text(postcode)
    for column in ("suburb", "region", "address"):
        fixed[column] = _text(names.given_form(_place(_column(persons, column))))
    house = _first_number(_column(persons, "street_number"))
    fixed["house"] = _text(house.fillna(_first_number(_column(persons, "address"))))
    for system, values in sorted(numbers.items()):
        fixed[f"id_{system}"] = _lists(values, keys)
        if system == "ho":
            files = values.assign(value=identifiers.home_office_file(values["value"]))
            fixed["id_ho_file"] = _lists(files, keys)
    return pa.table(fixed)


def _first_number(values: pd.Series) -> pd.Series:
    return values.astype("str").str.extract(r"([1-9]\d*)")[0]


def _place(values: pd.Series) -> pd.Series:
    """Places by their letters and digits; words parted by one blank."""
    return names.standard(values)


def _canonical(numbers: Mapping[str, pd.DataFrame]) -> Numbers:
    """The valid numbers in the one form of their system."""
    found = {}
    for system, values in numbers.items():
        form = _CANONICAL.get(system, identifiers.plain)
        valid = values.assign(value=form(values["value"]))
        found[system] = valid[valid["value"].notna()]
    return found


def _fillers_of(valid: Numbers) -> frozenset[tuple[str, str]]:
    """Systems and values that more than `COMMON_IDENTIFIER` persons share.

    A prison number is its register's own key, and never one.
    """
    found = set()
    for system, values in valid.items():
        if system != "noms":
            counts = values.drop_duplicates(["id", "value"])["value"].value_counts()
            found |= {(system, value) for value in counts.index[counts > COMMON_IDENTIFIER]}
    return frozenset(found)


def _without(valid: Numbers, fillers: Collection[tuple[str, str]]) -> Numbers:
    found = dict(valid)
    for system in {system for system, _ in fillers} & set(found):
        values = {value for of, value in fillers if of == system}
        found[system] = found[system][~found[system]["value"].isin(values)]
    return found


def _lists(values: pd.DataFrame, keys: pd.Index) -> pa.Array:
    """For each key its sorted distinct values as a list, or missing."""
    values = values[values["value"].notna()]
    known = pd.DataFrame(
        {"person": keys.get_indexer(pd.Index(values["id"])), "value": values["value"].to_numpy()}
    )
    known = known[known["person"] >= 0].drop_duplicates().sort_values(["person", "value"])
    counts = np.bincount(known["person"], minlength=len(keys))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    flat = pa.array(known["value"], pa.string())
    return pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(counts == 0))


def _text(values: pd.Series) -> pa.Array:
    return pa.array(values.astype("object").where(values.notna(), None), pa.string())


def _arrow(rows: pd.DataFrame) -> pa.Table:
    lists = {"all_names", "family_words"}
    return pa.table(
        {
            name: pa.array(rows[name].to_numpy())
            if name in {"person", "is_alone"}
            else pa.array(
                rows[name].astype("object").where(rows[name].notna(), None),
                pa.list_(pa.string()) if name in lists else pa.string(),
            )
            for name in rows.columns
        }
    )
