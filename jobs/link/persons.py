"""Persons of one side, made ready to be compared.

A side is a set of *rows*, one for each name and date of birth that a person goes by:

- ``own``: as the register holds the person;
- ``alias``: another name or date of birth on record, with everything else of the person;
- ``turned``: the own row with given and family name changed over, made for the right side only,
  since clerks fill the two fields the wrong way round.

The columns of a row are `COLUMNS`, all nullable text, except the lists. Identifiers are lists,
because a person may have several of one system.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.link import identifiers, names
from jobs.records import TABLES

OWN, ALIAS, TURNED = "own", "alias", "turned"

NO_BIRTH_DATES: Final = frozenset({"19000101", "19700101"})
"""Dates of birth that mean "not known" in both registers."""
NO_NATIONALITY: Final = frozenset({"UNKNOWN", "REF"})
NO_GENDER: Final = frozenset({"NK", "NS", "U", "X", "UNKNOWN", ""})

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


def prison_side(tables: Mapping[str, pa.Table]) -> Side:
    """The prison register's persons with their aliases and identifiers."""
    persons = TABLES["prison.persons"].frame(tables["prison.persons"])
    aliases = TABLES["prison.aliases"].frame(tables["prison.aliases"])
    more = TABLES["prison.identifiers"].frame(tables["prison.identifiers"])
    key = "prisoner_number"

    def recorded(kind: str) -> pd.DataFrame:
        found = more[more["identifier_type"] == kind]
        return found[[key, "identifier_value"]].set_axis(["id", "value"], axis=1)

    def on_row(column: str) -> pd.DataFrame:
        return persons[[key, column]].set_axis(["id", "value"], axis=1)

    return make_side(
        persons=_nationality(persons).rename(columns={key: "id"}),
        aliases=aliases.rename(columns={key: "id"}),
        numbers={
            "pnc": pd.concat([on_row("pnc_number"), recorded("PNC")]),
            "cro": pd.concat([on_row("cro_number"), recorded("CRO")]),
            "noms": pd.concat([on_row(key), recorded("MERGED")]),
            "ho": recorded("HOREF"),
        },
        turned=False,
    )


def immigration_side(tables: Mapping[str, pa.Table]) -> Side:
    """The immigration register's persons with their aliases and identifiers."""
    persons = TABLES["immigration.persons"].frame(tables["immigration.persons"])
    aliases = TABLES["immigration.aliases"].frame(tables["immigration.aliases"])
    key = "cid_person_id"
    columns = {"pnc": "pnc_number", "cro": "cro_number", "noms": "noms_number"}
    return make_side(
        persons=_nationality(persons).rename(columns={key: "id"}),
        aliases=aliases.rename(columns={key: "id"}),
        numbers={
            system: persons[[key, column]].set_axis(["id", "value"], axis=1)
            for system, column in {**columns, "ho": "ho_reference"}.items()
        },
        turned=True,
    )


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
    fixed = _fixed(persons, numbers, keys)
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
    joined = _arrow(rows)
    taken = pa.array(rows["person"].to_numpy())
    for name in fixed.column_names:
        joined = joined.append_column(name, fixed[name].take(taken))
    return Side(persons=keys, rows=joined.append_column("row", pa.array(np.arange(len(rows)))))


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


def _fixed(persons: pd.DataFrame, numbers: Mapping[str, pd.DataFrame], keys: pd.Index) -> pa.Table:
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
    for system, found in sorted(numbers.items()):
        form = _CANONICAL.get(system, identifiers.plain)
        column = f"id_{system}"
        values = found.assign(value=form(found["value"]))
        if system != "noms":
            values = _without_fillers(values)
        fixed[column] = _lists(values, keys)
        if system == "ho":
            files = values.assign(value=identifiers.home_office_file(values["value"]))
            fixed["id_ho_file"] = _lists(files, keys)
    return pa.table(fixed)


def _first_number(values: pd.Series) -> pd.Series:
    return values.astype("str").str.extract(r"([1-9]\d*)")[0]


def _place(values: pd.Series) -> pd.Series:
    """Places by their letters and digits; words parted by one blank."""
    return names.standard(values)


def _without_fillers(values: pd.DataFrame) -> pd.DataFrame:
    owners = values.drop_duplicates(["id", "value"])["value"].value_counts()
    fillers = owners.index[owners > COMMON_IDENTIFIER]
    return values[~values["value"].isin(fillers)] if len(fillers) else values


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
            if name == "person"
            else pa.array(
                rows[name].astype("object").where(rows[name].notna(), None),
                pa.list_(pa.string()) if name in lists else pa.string(),
            )
            for name in rows.columns
        }
    )
