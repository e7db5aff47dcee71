"""The self-test of a night: who of the planted people stands on the list that they belong on."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from jobs.assess import Policy, assess
from jobs.check import accept_rows
from jobs.contract import prison, results
from jobs.contract.case_lists import CASE_LISTS, UNCONSIDERED
from jobs.contract.proof.failure_kinds import PlantedCases
from jobs.contract.registers import TABLES
from jobs.contract.schema import Kind, Table
from jobs.link import Model, link_registers
from jobs.planted.failures import CONSIDERED, KINDS, Failure
from jobs.planted.people import EACH, Invented, Rows, free_numbers, together
from jobs.planted.sample import sample_of
from jobs.report import rows_of


def try_planted(
    *,
    files: Mapping[str, Path],
    links: pd.DataFrame,
    as_of: date,
    seed: str,
    model: Model,
    policy: Policy,
) -> PlantedCases:
    """Plant people into a sample of landings, run the steps of a night, count who is found.

    Everything stays in memory: nothing is left in the run's folder, the landing or the warehouse.

    Args:
        files: the Parquet file of each landed table, by full name.
        links: the night's pairs of persons, so that the sample has people of both registers.
        as_of: the night.
        seed: what the sample is drawn from: the publication's id.
        model: the night's linkage model.
        policy: the night's rules.
    """
    began = time.monotonic()
    sample = sample_of(files, links=links, seed=seed)
    planted = plant(sample, as_of=as_of)
    facts = _assessed(planted.tables, as_of=as_of, model=model, policy=policy)
    return replace(
        count_found(planted.people, facts),
        sampled=sample[prison.PERSONS.full_name].num_rows,
        seconds=round(time.monotonic() - began, 3),
    )


@dataclass(frozen=True, kw_only=True)
class Planted:
    """Landed tables with the planted people in them, and the people by kind."""

    tables: dict[str, pa.Table]
    people: tuple[tuple[Failure, Invented], ...]


def plant(tables: Mapping[str, pa.Table], *, as_of: date) -> Planted:
    """Add people of every kind, and the controls, to landed tables, in the types of each column."""
    taken = pd.Series(tables[prison.PERSONS.full_name].column("prisoner_number").to_pylist())
    numbers = free_numbers(frozenset(taken.dropna().astype("str").str.strip()))
    prison_id = _prison(tables[prison.PRISONS.full_name])
    kinds = chain.from_iterable([kind] * EACH for kind in (*KINDS, CONSIDERED))
    people = tuple(
        (
            kind,
            Invented(
                number=number,
                prisoner_number=next(numbers),
                prison_id=prison_id,
                night=as_of,
            ),
        )
        for number, kind in enumerate(kinds)
    )
    rows = together(*(kind.rows(one) for kind, one in people))
    return Planted(
        tables={
            name: _with_rows(arrow, TABLES[name], rows) if rows.get(name) else arrow
            for name, arrow in tables.items()
        },
        people=people,
    )


def count_found(
    people: tuple[tuple[Failure, Invented], ...], facts: Mapping[str, pd.DataFrame]
) -> PlantedCases:
    """Count by kind who stands on their list with one of their statuses."""
    listed = {
        name: rows_of(CASE_LISTS[name], facts)
        for name in {kind.found_on.name for kind in KINDS} | {UNCONSIDERED.name}
    }
    standing = {
        name: set(zip(frame["episode_id"], frame["status"], strict=True))
        for name, frame in listed.items()
    }
    blamed = set(listed[UNCONSIDERED.name]["episode_id"])
    planted = {kind.id: EACH for kind in KINDS}
    found = dict.fromkeys(planted, 0)
    for kind, one in people:
        if kind is not CONSIDERED:
            places = {(one.episode_id, status) for status in kind.statuses}
            found[kind.id] += not places.isdisjoint(standing[kind.found_on.name])
    controls = (one for kind, one in people if kind is CONSIDERED)
    return PlantedCases(
        planted=planted, found=found, blamed=sum(one.episode_id in blamed for one in controls)
    )


def _assessed(
    tables: Mapping[str, pa.Table], *, as_of: date, model: Model, policy: Policy
) -> dict[str, pd.DataFrame]:
    """The steps of a night, of which nothing is left anywhere."""
    checked = accept_rows(tables=tables, as_of=as_of, with_planted=True)
    linked = link_registers(
        tables=checked.accepted,
        decisions=results.DECISIONS.empty(),
        previous_identities=results.IDENTITIES.empty(),
        model=model,
    )
    assessed = assess(
        tables=checked.accepted,
        links=linked.links,
        identities=linked.identities,
        as_of=as_of,
        policy=policy,
        quarantine=checked.quarantine,
    )
    return {
        results.ASSESSMENTS.full_name: assessed.assessments,
        results.RELEASES.full_name: assessed.releases,
    }


def _prison(prisons: pa.Table) -> str:
    """A prison of the night."""
    names = [str(name).strip() for name in prisons.column("prison_id").to_pylist() if name]
    return min(names, default="PLT")


def _with_rows(arrow: pa.Table, table: Table, rows: Rows) -> pa.Table:
    """A landed table with rows added; a column of another type than the contract's as text."""
    told = rows[table.full_name]
    columns: dict[str, pa.ChunkedArray] = {}
    for field_ in table.fields:
        landed = arrow.column(field_.name)
        more = pa.array([row.get(field_.name) for row in told], field_.kind.arrow)
        if landed.type != field_.kind.arrow:
            landed = landed.cast(pa.string())
            more = pa.array([_text(value, field_.kind) for value in more.to_pylist()], pa.string())
        columns[field_.name] = pa.chunked_array([*landed.chunks, more])
    return pa.table(columns)


def _text(value: Any, kind: Kind) -> str | None:
    """A value as a CSV file delivers it."""
    if value is None:
        return None
    if kind is Kind.TIMESTAMP:
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return str(value).lower() if kind is Kind.BOOLEAN else str(value)
