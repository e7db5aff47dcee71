"""The persons of each register as a side of the linkage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.link.standardise.distinct import by_distinct, encoded
from jobs.link.standardise.numbers import Numbers
from jobs.link.standardise.persons import Side, make_side

NO_NATIONALITY: Final = frozenset({"UNKNOWN", "REF"})
NUMBERS_OF_KIND: Final = {"pnc": "PNC", "cro": "CRO", "noms": "MERGED", "ho": "HOREF"}
"""For each identifier system the kind under which a table of identifiers holds its numbers."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """What tells that the other register holds somebody.

    A number of that register in column ``number`` of persons, a value of theirs, or a row in a
    table: ``values`` are column and value of persons, ``rows`` the same of each table, or nothing
    where any row tells.
    """

    number: str
    values: tuple[str, str]
    rows: Mapping[str, tuple[str, str] | None]


@dataclass(frozen=True, kw_only=True)
class Register:
    """The tables of a register that linkage reads: persons by ``key``, and what hangs on them.

    ``numbers`` names for each identifier system the column of persons that holds one; ``told`` is
    what tells that the other register holds somebody, if anything does.
    """

    persons: str
    key: str
    aliases: str
    identifiers: str | None
    numbers: Mapping[str, str]
    turned: bool
    told: Told | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """All of them, persons first."""
        names = (
            self.persons,
            self.aliases,
            self.identifiers,
            *(self.told.rows if self.told else ()),
        )
        return tuple(name for name in names if name)

    def side(self, tables: Mapping[str, pa.Table]) -> Side:
        """The register's persons with their aliases and identifiers; see `make_side`."""
        persons = self._table(tables, self.persons)
        nationality = by_distinct(
            encoded(persons["nationality"]), lambda code: None if code in NO_NATIONALITY else code
        )
        place = persons.column_names.index("nationality")
        side = make_side(
            persons=persons.set_column(place, "nationality", nationality),
            aliases=self._table(tables, self.aliases),
            numbers=self._numbers(tables),
            turned=self.turned,
        )
        return replace(side, is_told=self._is_told(tables, side.persons))

    def _is_told(
        self, tables: Mapping[str, pa.Table], keys: pd.Index
    ) -> npt.NDArray[np.bool_] | None:
        if self.told is None:
            return None
        persons = self._table(tables, self.persons)
        column, value = self.told.values
        on_row = pc.or_kleene(
            pc.is_valid(persons[self.told.number]), pc.equal(persons[column], value)
        )
        found = [persons.filter(on_row)]
        for name, of in self.told.rows.items():
            if name in tables:
                rows = self._table(tables, name)
                found.append(rows if of is None else rows.filter(pc.equal(rows[of[0]], of[1])))
        told = pd.concat([rows["id"].to_pandas().astype("str") for rows in found])
        return np.asarray(keys.isin(told))

    def _table(self, tables: Mapping[str, pa.Table], name: str) -> pa.Table:
        table = tables[name]
        return table.append_column("id", table[self.key])

    def _numbers(self, tables: Mapping[str, pa.Table]) -> Numbers:
        persons = self._table(tables, self.persons)
        found = {
            system: pa.table({"id": persons["id"], "value": persons[column]})
            for system, column in self.numbers.items()
        }
        if self.identifiers is None:
            return found
        more = self._table(tables, self.identifiers)
        for system, kind in NUMBERS_OF_KIND.items():
            of_kind = more.filter(pc.equal(more["identifier_type"], kind))
            named = pa.table({"id": of_kind["id"], "value": of_kind["identifier_value"]})
            found[system] = pa.concat_tables([found[system], named]) if system in found else named
        return found


PRISON: Final = Register(
    persons="prison.persons",
    key="prisoner_number",
    aliases="prison.aliases",
    identifiers="prison.identifiers",
    numbers={"pnc": "pnc_number", "cro": "cro_number", "noms": "prisoner_number"},
    turned=False,
)
IMMIGRATION: Final = Register(
    persons="immigration.persons",
    key="cid_person_id",
    aliases="immigration.aliases",
    identifiers=None,
    numbers={
        "pnc": "pnc_number",
        "cro": "cro_number",
        "noms": "noms_number",
        "ho": "ho_reference",
    },
    turned=True,
    told=Told(
        number="noms_number",
        values=("located_status", "IN_CUSTODY"),
        rows={
            "immigration.cases": ("case_type", "CRIMINAL"),
            "immigration.detentions": None,
        },
    ),
)


def prison_side(tables: Mapping[str, pa.Table]) -> Side:
    """The prison register's persons with their aliases and identifiers."""
    return PRISON.side(tables)


def immigration_side(tables: Mapping[str, pa.Table]) -> Side:
    """The immigration register's persons with their aliases and identifiers."""
    return IMMIGRATION.side(tables)
