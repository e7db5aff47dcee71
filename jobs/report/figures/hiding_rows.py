"""Rows in quarantine that may hide something, and what can be read in them."""

from collections.abc import Mapping
from typing import Final

import pandas as pd
import pyarrow as pa

from jobs.contract import results
from jobs.contract.registers import TABLES
from jobs.contract.schema import Kind, Table, joined_keys
from jobs.report.membership import is_among
from jobs.report.published import Frames

_DOUBLET: Final = ".duplicate"
_CONFLICTING: Final = ".duplicate_conflicting"
_SAY_NOTHING: Final = frozenset({"recorded_at", "postcode", "birth_place", "last_contact_date"})
"""Fields on which no scope, release, decision or certain link rests."""
_EMPTY_TELLS: Final = frozenset({"nationality", "second_nationality", "nationality_verified"})
"""Fields of a person whose absence says something: a nationality that is missing is unknown. A
name or number that only the row in use holds is no contradiction."""


def hiding_rows(*, register: str, tables: Mapping[str, pa.Table], facts: Frames) -> pd.DataFrame:
    """The rows of a register in quarantine that may say what the rows in use do not.

    A row that could not be used may; so may one of two that contradict each other under one key,
    where they differ in more than `_SAY_NOTHING`. A row delivered twice says nothing new.

    Args:
        register: the register.
        tables: accepted register tables by full name.
        facts: the frame of quarantine by full name.

    Returns:
        `results.QUARANTINE` with ``is_conflicting``: a row of the same key is in use. One line for
        each row, whatever the rules it broke.
    """
    quarantine = facts.get(results.QUARANTINE.full_name)
    if quarantine is None:
        quarantine = results.QUARANTINE.empty()
    rows = quarantine[quarantine["register"].eq(register)]
    is_doublet = rows["rule_id"].str.contains(_DOUBLET, regex=False)
    conflicting = rows["rule_id"].str.contains(_CONFLICTING, regex=False)
    rows = rows.assign(is_conflicting=conflicting)[~is_doublet | conflicting]
    rows = rows.drop_duplicates(["table_name", "row_number"]).reset_index(drop=True)
    tells = pd.Series(True, index=rows.index)
    for name, group in rows[rows["is_conflicting"]].groupby("table_name"):
        table = TABLES[f"{register}.{name}"]
        tells[group.index] = _says_otherwise(group, table, table.of(tables))
    return rows[tells].reset_index(drop=True)


def said(rows: pd.DataFrame, name: str) -> "pd.Series[str]":
    """What rows in quarantine say in a field; missing where they lack it or say nothing."""
    found = rows["row"].astype("str").str.extract(rf'"{name}": ?"([^"]*)"', expand=False)
    found = found.astype("str").str.strip()
    return found.mask(found.eq(""))


def _says_otherwise(rows: pd.DataFrame, table: Table, accepted: pa.Table) -> pd.Series:
    """Which rows say something that the accepted row of their key does not.

    A value in another notation counts as another value: nothing is guessed.
    """
    in_use = table.frame(accepted)
    key = joined_keys(in_use, table.key)
    is_asked = is_among(key, rows["row_key"])
    in_use = in_use[is_asked].set_index(key[is_asked])
    in_use = in_use[~in_use.index.duplicated()].reindex(rows["row_key"]).set_axis(rows.index)
    otherwise = in_use[table.key[0]].isna()
    for field in table.fields:
        if field.name in _SAY_NOTHING:
            continue
        kept, here = in_use[field.name], said(rows, field.name)
        if field.kind is Kind.DATE:
            kept = kept.dt.strftime("%Y-%m-%d")
        kept = kept.astype("str").str.casefold()
        differs = here.str.casefold().ne(kept) & ~(here.isna() & kept.isna())
        differs = differs.fillna(True).astype("bool")
        if table.name == "persons" and field.name not in _EMPTY_TELLS:
            differs &= here.notna()
        otherwise |= differs
    return otherwise
