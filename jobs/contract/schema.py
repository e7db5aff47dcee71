"""How a table is declared, and what follows from a declaration.

`prison` and `immigration` declare what the registers deliver and `results` what a night computes,
all in these words. From one declaration come the database columns, the Arrow schema of the files,
the pandas types of the frames, the checks on columns and the data dictionary.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

T = TypeVar("T")


class Kind(StrEnum):
    """The type of a field, in words that every engine of the night has an answer to."""

    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp (UTC)"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"

    @property
    def arrow(self) -> pa.DataType:
        """The type in landing and run files."""
        return _ARROW[self]

    @property
    def sql(self) -> sa.types.TypeEngine[Any]:
        """The type in PostgreSQL."""
        return _SQL[self]

    @property
    def pandas(self) -> str:
        """The type in frames: always nullable, dates as ``datetime64[us]`` at midnight."""
        return _PANDAS[self]


_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us", tz="UTC"),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.BOOLEAN: pa.bool_(),
}
_SQL: dict[Kind, sa.types.TypeEngine[Any]] = {
    Kind.TEXT: sa.Text(),
    Kind.DATE: sa.Date(),
    Kind.TIMESTAMP: sa.DateTime(timezone=True),
    Kind.INTEGER: sa.BigInteger(),
    Kind.NUMBER: sa.Double(),
    Kind.BOOLEAN: sa.Boolean(),
}
_PANDAS = {
    Kind.TEXT: "str",
    Kind.DATE: "datetime64[us]",
    Kind.TIMESTAMP: "datetime64[us, UTC]",
    Kind.INTEGER: "Int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
}


def joined_keys(frame: pd.DataFrame, names: Iterable[str]) -> "pd.Series[str]":
    """The columns of a key as one text for each row, parts joined by ``|``."""
    first, *others = names
    keys = frame[first].astype("str")
    for name in others:
        keys = keys + "|" + frame[name].astype("str")
    return keys


@dataclass(frozen=True, kw_only=True)
class Code:
    """One value of a code list."""

    code: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class CodeList:
    """The values that a field may hold."""

    name: str
    codes: tuple[Code, ...]
    source: str

    def __contains__(self, code: object) -> bool:
        return code in self.values

    @property
    def values(self) -> frozenset[str]:
        """Every code of the list."""
        return frozenset(entry.code for entry in self.codes)

    @property
    def meanings(self) -> dict[str, str]:
        """What each code means."""
        return {entry.code: entry.meaning for entry in self.codes}

    def meaning_of(self, code: str) -> str:
        """What a code means; the code itself where the list does not have it."""
        return next((entry.meaning for entry in self.codes if entry.code == code), code)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What a text looks like that is published as a reference: no sentence and no name of a person.

    ``pattern`` is a regular expression of RE2 for the whole of it, ``longest`` in characters.
    """

    name: str
    pattern: str
    longest: int

    @property
    def unbounded(self) -> str:
        """The pattern for a text of which is known that it is no longer than `longest`.

        RE2 takes fifty times as long to count letters of all scripts as to look at them.
        """
        bound = f"{{1,{self.longest}}}"
        return f"{self.pattern.removesuffix(bound)}+" if bound in self.pattern else self.pattern


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column.

    ``personal`` marks a value that identifies a person: it stays out of logs, emails, error
    messages and check results. ``unit`` is given where the kind does not say it. A value that has
    not the ``shape`` cannot be read.
    """

    name: str
    kind: Kind
    meaning: str
    source: str = ""
    nullable: bool = True
    codes: CodeList | None = None
    personal: bool = False
    unit: str = ""
    shape: Shape | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table: its fields, its key and what a row is.

    ``space`` is the register (``prison`` or ``immigration``) or the warehouse schema. ``parents``
    maps a field to the table and key that it must be found in.
    """

    space: str
    name: str
    row: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    parents: Mapping[str, str] = ()  # type: ignore[assignment]
    may_be_empty: bool = True

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names) or not set(self.key) <= set(names):
            raise ValueError(f"table [{self.full_name}] repeats a field or lacks its key")
        object.__setattr__(self, "parents", dict(self.parents))

    @property
    def full_name(self) -> str:
        """The name in files, messages and dictionaries: ``prison.persons``."""
        return f"{self.space}.{self.name}"

    def __str__(self) -> str:
        """The full name: a declaration names its table in SQL and in messages."""
        return self.full_name

    def of(self, tables: Mapping[str, T]) -> T:
        """This table's part of ``tables``, which are by full name; `KeyError` where it is not."""
        return tables[self.full_name]

    @property
    def columns(self) -> list[str]:
        """Field names in declared order."""
        return [field.name for field in self.fields]

    def field(self, name: str) -> Field:
        """The field of this name; `KeyError` where there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"no field [{name}] in [{self.full_name}]")

    @property
    def arrow_schema(self) -> pa.Schema:
        """The schema of this table's Parquet files."""
        return pa.schema([pa.field(f.name, f.kind.arrow, nullable=f.nullable) for f in self.fields])

    def sql_columns(self) -> list[sa.Column[Any]]:
        """Fresh SQLAlchemy columns, with the meanings as comments."""
        return [
            sa.Column(f.name, f.kind.sql, nullable=f.nullable, comment=f.meaning)
            for f in self.fields
        ]

    def frame(self, arrow: pa.Table) -> pd.DataFrame:
        """Read an Arrow table of this schema as a frame with the declared pandas types."""
        return self.frame_of_some(arrow.select(self.columns))

    def frame_of_some(self, arrow: pa.Table) -> pd.DataFrame:
        """Read some columns of this schema as a frame with the declared pandas types."""
        return self._typed(arrow.to_pandas(date_as_object=False))

    def arrow(self, frame: pd.DataFrame) -> pa.Table:
        """Turn a frame into Arrow of this schema, columns in declared order, extras dropped.

        Raises:
            ValueError: a declared column is missing or a value does not fit its kind.
        """
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise ValueError(f"frame for [{self.full_name}] lacks {missing}")
        typed = self._typed(frame[self.columns])
        arrow = pa.Table.from_pandas(
            typed, schema=self.arrow_schema.remove_metadata(), preserve_index=False
        )
        return arrow.replace_schema_metadata(None)

    def _typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame in the declared pandas types; only what differs is converted."""
        held = frame.dtypes
        wanted = {f.name: f.kind.pandas for f in self.fields
                  if f.name in held and held[f.name] != f.kind.pandas}  # fmt: skip
        return frame.astype(wanted) if wanted else frame

    def empty(self) -> pd.DataFrame:
        """A frame of this table with no rows."""
        return self.frame(self.arrow_schema.empty_table())


class TablesOnDemand(Mapping[str, pa.Table]):
    """Arrow tables by name, each made when it is asked for.

    Registers are large: whoever looks at one table after the other should hold one at a time.
    """

    def __init__(self, made: Mapping[str, Callable[[], pa.Table]]) -> None:
        self._made = made

    def __getitem__(self, name: str) -> pa.Table:
        """A table, made anew."""
        return self._made[name]()

    def __contains__(self, name: object) -> bool:
        """Whether there is a table of this name; it is not made."""
        return name in self._made

    def __iter__(self) -> Iterator[str]:
        """The names, in the order in which they were given."""
        return iter(self._made)

    def __len__(self) -> int:
        """How many tables there are."""
        return len(self._made)


def codes(name: str, source: str, entries: Mapping[str, str]) -> CodeList:
    """Build a code list from ``{code: meaning}``."""
    return CodeList(
        name=name,
        source=source,
        codes=tuple(Code(code=code, meaning=meaning) for code, meaning in entries.items()),
    )


def by_name(tables: Iterable[Table]) -> dict[str, Table]:
    """Index tables by full name."""
    return {table.full_name: table for table in tables}


def day(value: date) -> pd.Timestamp:
    """A date as the midnight that frames compare with."""
    return pd.Timestamp(value)
