"""Invented nights for the warehouse: every table, with rows that look like nothing real."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from jobs.contract import results
from jobs.contract.schema import Field, Kind, Table
from jobs.warehouse import Manifest

AS_OF = date(2006, 4, 25)
Facts = dict[str, pd.DataFrame]


def manifest(*, as_of: date = AS_OF, landing: str = "a", policy: str = "1") -> Manifest:
    """A manifest; another ``landing`` or ``policy`` is another publication."""
    return Manifest(
        as_of=as_of,
        inputs={"prison": {"persons": landing}, "immigration": {"persons": landing}},
        decisions={"decisions": "none"},
        contract_version="1",
        code_version="1",
        policy_version=policy,
        model_version="1",
        settings={"link_engine": "duckdb"},
    )


def facts(*, people: int = 20, seed: int = 1) -> Facts:
    """Every nightly table of an invented night of ``people`` in each register."""
    sizes = {
        results.ASSESSMENTS.full_name: people,
        results.RELEASES.full_name: people,
        results.REASONS.full_name: people * 4,
        results.IDENTITIES.full_name: people * 2,
        results.LINKS.full_name: people,
    }
    return {
        name: rows(table, sizes.get(name, min(people, 12)), seed)
        for name, table in results.NIGHTLY.items()
    }


def members(*, prison: Iterable[str], immigration: Iterable[str]) -> pd.DataFrame:
    """The identities of these people, each alone."""
    people = {"prison": prison, "immigration": immigration}
    found = [
        {"register": register, "person_id": person, "identity_id": f"ID {person}"}
        for register, persons in people.items()
        for person in persons
    ]
    return pd.DataFrame(found).astype(results.IDENTITIES.empty().dtypes)


def rows(table: Table, count: int, seed: int = 1) -> pd.DataFrame:
    """``count`` invented rows with different keys; what may be empty sometimes is."""
    chance = np.random.default_rng([seed, count, len(table.fields)])
    columns: dict[str, Any] = {field.name: _values(field, count, chance) for field in table.fields}
    numbers = np.arange(count)
    for name in table.key:
        if table.field(name).kind is Kind.TEXT and not table.field(name).codes:
            columns[name] = [f"{name}-{number:07d}" for number in numbers]
        elif table.field(name).kind is Kind.INTEGER:
            columns[name] = numbers
    return table.empty().reindex(range(count)).assign(**columns).astype(table.empty().dtypes)


def _values(field: Field, count: int, chance: np.random.Generator) -> list[object]:
    if field.codes is not None:
        known: list[object] = [str(v) for v in chance.choice(sorted(field.codes.values), count)]
    elif field.kind is Kind.TEXT:
        texts = ['a "quoted", text', "two\nlines", "", "\\N", "Zoë Ā", "plain", "\\."]
        known = [str(v) for v in chance.choice(texts, count)]
    elif field.kind is Kind.NUMBER:
        known = list(chance.normal(size=count) / 3)
    elif field.kind is Kind.BOOLEAN:
        known = [bool(v) for v in chance.integers(0, 2, count)]
    elif field.kind is Kind.INTEGER:
        known = [int(v) for v in chance.integers(0, 1000, count)]
    else:
        known = list(
            pd.Timestamp(1999, 2, 1) + pd.to_timedelta(chance.integers(0, 3000, count), "D")
        )
    if not field.nullable:
        return known
    empty = chance.random(count) < 0.2
    return [None if is_empty else value for value, is_empty in zip(known, empty, strict=True)]
