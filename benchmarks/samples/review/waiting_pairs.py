"""A published night with pairs that wait for a reviewer, and both registers' landings beside it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq
import sqlalchemy as sa

from benchmarks.samples import nights
from benchmarks.samples.minimal_registers import AS_OF, RECORDED, register_tables
from benchmarks.samples.positions import episode, frame
from jobs.contract import results
from jobs.extract import land
from jobs.warehouse import Publication, publish

EVIDENCE: Final = {
    "before evidence": -9.5,
    "given name: same": 6.25,
    "family name: a slip": 7.5,
    "date of birth: different": -5.25,
    "gender: same": 0.125,
    "held: possible twins": 0.0,
}
FAMILIES: Final = ("Okafor", "Nowak", "Brahimi", "Nguyen", "Williams", "Hussein")
GIVEN: Final = ("Amos", "Piotr", "Agron", "Thanh", "Delroy", "Yusuf")


def keys(number: int) -> tuple[str, str]:
    """The pair of this number, from 1: the order in which the pairs wait."""
    return f"A{number:05d}AA", f"P{number:05d}"


def review_night(
    engine: sa.Engine, *, data_dir: Path, pairs: int, as_of: date = AS_OF, landing: str = "a"
) -> Publication:
    """Publish a night on which pair 1 to ``pairs`` wait in this order, and land its registers.

    The first three quarters are of prisoners to be released, the first of them serious offenders;
    the others have nothing that hangs on them. In each pair one letter of the name and the day of
    birth differ.
    """
    numbers = range(1, pairs + 1)
    landings = _landings(data_dir, numbers, as_of)
    hanging = [number for number in numbers if number <= pairs * 3 / 4 or number <= 1]
    people = [
        {
            **episode(
                f"E{number}",
                "DUE",
                seriousness=1 if number <= pairs / 4 or number <= 1 else 4,
                days_to_release=number,
                offence_code="DRUGS",
            ),
            "prisoner_number": keys(number)[0],
        }
        for number in hanging
    ]
    facts = nights.facts() | {
        "nightly.links": frame(results.LINKS, [_link(number, pairs) for number in numbers]),
        "nightly.assessments": frame(results.ASSESSMENTS, people),
        "nightly.identities": nights.members(
            prison=[keys(number)[0] for number in numbers],
            immigration=[keys(number)[1] for number in numbers],
        ),
    }
    manifest = nights.manifest(as_of=as_of, landing=landing)
    return publish(engine, manifest=replace(manifest, inputs=landings), tables=facts)


def _link(number: int, pairs: int) -> dict[str, Any]:
    one, other = keys(number)
    return {
        "prisoner_number": one,
        "cid_person_id": other,
        "probability": 0.9 - 0.8 * number / (pairs + 1),
        "match_weight": 1.5,
        "outcome": "review",
        "evidence": json.dumps(EVIDENCE),
    }


def _landings(data_dir: Path, numbers: range, as_of: date) -> dict[str, Any]:
    """Both registers, landed; what the night's manifest says of them."""
    prison, immigration = [], []
    for number in numbers:
        one, other = keys(number)
        family = FAMILIES[number % len(FAMILIES)]
        born = date(1960, 1, 1) + timedelta(days=number)
        person = {
            "first_name": GIVEN[number % len(GIVEN)],
            "gender": "M",
            "nationality": "NIGERIA",
            "recorded_at": RECORDED,
        }
        prison.append(
            {**person, "prisoner_number": one, "last_name": family, "date_of_birth": born}
        )
        immigration.append(
            {
                **person,
                "cid_person_id": other,
                "last_name": f"{family[:-1]}x",
                "date_of_birth": born + timedelta(days=1),
            }
        )
    feeds = {
        f"{name}_feed": [{"as_of_date": as_of, "generated_at": RECORDED}]
        for name in ("prison", "immigration")
    }
    empty: dict[str, list[Any]] = {"prison_identifiers": [], "immigration_identifiers": []}
    tables = register_tables(
        prison_persons=prison, immigration_persons=immigration, **feeds, **empty
    )
    site = data_dir / "site" / as_of.isoformat()
    for name, table in tables.items():
        path = (site / name.replace(".", "/")).with_suffix(".parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, path)
    return {
        register: land(
            register=register,
            source=str(site / register),
            mapping=None,
            as_of=as_of,
            folder=data_dir / "landing",
        ).summary()
        for register in ("prison", "immigration")
    }
