"""How fast the assessment is: invented rows, assessed in a process of its own.

::

    python -m benchmarks.assessment [--episodes 1000000] [--links 0.5]

Prints the time and the most memory that it held. That its answers are right is held by
``tests/assess``; ``make test-long`` asks there about worlds by the thousand.
"""

import argparse
import resource
import time
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import assess, load_policy
from jobs.contract import codes as c
from jobs.contract.registers import TABLES
from jobs.contract.results import IDENTITIES, LINKS

NIGHT: Final = date(2006, 4, 25)
SEED: Final = 2006


def speed(*, episodes: int, linked: float) -> None:
    """Assess so many episodes and print how long it took and how much memory."""
    tables, links, identities = invented_rows(episodes=episodes, linked=linked)
    before = _peak()
    wall, cpu = time.perf_counter(), time.process_time()
    assessed = assess(
        tables=tables, links=links, identities=identities, as_of=NIGHT, policy=load_policy()
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    sentences = tables["prison.sentences"].num_rows
    _say(f"{episodes} episodes, {sentences} sentences, {len(assessed.reasons)} reasons")
    _say(f"{wall:.1f} s, {cpu:.1f} CPU seconds")
    _say(f"most memory {_peak():.1f} GB, of which the registers as given {before:.1f} GB")
    _say(assessed.assessments["status"].value_counts().to_string())


def invented_rows(
    *, episodes: int, linked: float
) -> tuple[dict[str, pa.Table], pd.DataFrame, pd.DataFrame]:
    """Registers of so many episodes, drawn column by column, with their links and identities."""
    draw = np.random.default_rng(SEED)
    people = int(episodes * 0.8)
    prisoner = _numbered("A", np.arange(people))
    reception = np.datetime64("1999-01-01") + draw.integers(0, 2600, episodes)
    served = draw.integers(60, 1500, episodes)
    release = reception + served
    left = (release <= np.datetime64(NIGHT)) & (draw.random(episodes) < 0.97)
    of = draw.integers(0, people, episodes)
    episode = _numbered("E", np.arange(episodes))
    nationalities = [nationality.code for nationality in c.NATIONALITY.codes]
    tables = {name: declared.arrow_schema.empty_table() for name, declared in TABLES.items()}
    tables["prison.persons"] = _table(
        "prison.persons",
        people,
        prisoner_number=prisoner,
        nationality=_some(draw, [*nationalities, *["BRIT"] * 40, None], people),
        date_of_birth=np.datetime64("1950-01-01") + draw.integers(0, 13000, people),
    )
    tables["prison.episodes"] = _table(
        "prison.episodes",
        episodes,
        episode_id=episode,
        prisoner_number=prisoner.take(of),
        prison_id=_some(draw, [f"P{n:02}" for n in range(80)], episodes),
        reception_date=reception,
        status=_chosen(["ACTIVE IN", "INACTIVE OUT"], left),
        legal_status=_some(draw, ["SENTENCED"] * 9 + ["REMAND"], episodes),
        imprisonment_status=_some(draw, ["SENT"] * 30 + ["REC_DEP"], episodes),
        sentence_start_date=reception,
        conditional_release_date=release,
        additional_days_awarded=draw.integers(0, 15, episodes),
    )
    tables["prison.sentences"] = _sentences(draw, episode, reception)
    tables["prison.movements"] = _movements(episode, reception, release, left)
    known = np.flatnonzero(draw.random(people) < linked)
    there = _numbered("P", known)
    tables["immigration.persons"] = _table(
        "immigration.persons",
        len(known),
        cid_person_id=there,
        nationality=_some(draw, nationalities, len(known)),
        nationality_verified=draw.random(len(known)) < 0.3,
        noms_number=prisoner.take(known),
        located_status=_some(draw, ["IN_CUSTODY", "LOCATED", None], len(known)),
    )
    _casework(tables, draw, there)
    return tables, *_people(prisoner, known, there)


def _sentences(draw: np.random.Generator, episode: pa.Array, passed: np.ndarray) -> pa.Table:
    each = 1 + (draw.random(len(episode)) < 0.4) + (draw.random(len(episode)) < 0.1)
    of = np.repeat(np.arange(len(episode)), each)
    sequence = np.arange(len(of)) - np.repeat(np.cumsum(each) - each, each) + 1
    follows = (sequence > 1) & (draw.random(len(of)) < 0.4)
    return _table(
        "prison.sentences",
        len(of),
        episode_id=episode.take(of),
        sentence_sequence=sequence,
        consecutive_to_sequence=pa.array(sequence - 1, mask=~follows),
        calculation_type=_some(draw, ["ADIMP_1991"] * 8 + ["ADIMP", "LIFE"], len(of)),
        sentence_date=passed[of],
        offence_date=passed[of] - draw.integers(10, 400, len(of)),
        offence_code=_some(draw, [offence.code for offence in c.OFFENCE.codes], len(of)),
        term_months=draw.integers(1, 60, len(of)),
        remand_days=draw.integers(0, 60, len(of)),
    )


def _movements(
    episode: pa.Array, reception: np.ndarray, release: np.ndarray, left: np.ndarray
) -> pa.Table:
    gone = np.flatnonzero(left)
    count = len(episode) + len(gone)
    of = np.r_[np.arange(len(episode)), gone]
    exits = np.arange(count) >= len(episode)
    return _table(
        "prison.movements",
        count,
        episode_id=episode.take(of),
        movement_sequence=1 + exits,
        movement_type=_chosen(["ADM", "REL"], exits),
        movement_reason=_chosen(["N", "CR"], exits),
        movement_date=np.r_[reception, release[gone]],
    )


def _casework(tables: dict[str, pa.Table], draw: np.random.Generator, there: pa.Array) -> None:
    """A case for most linked people, and a decision in half of those."""
    count = len(there) * 3 // 4
    case = _numbered("C", np.arange(count))
    referred = np.datetime64("2000-01-01") + draw.integers(0, 2300, count)
    tables["immigration.cases"] = _table(
        "immigration.cases",
        count,
        case_id=case,
        cid_person_id=there.slice(0, count),
        case_type=_some(draw, ["CRIMINAL"] * 9 + ["ASYLUM"], count),
        stage=_some(draw, ["REFERRED", "ACCEPTED", "STAGE2_DECISION"], count),
        caseworker=_some(draw, ["CW01", "CW02", None], count),
        referral_received_date=referred,
        opened_date=referred,
    )
    tables["immigration.events"] = _table(
        "immigration.events",
        count,
        event_id=_numbered("V", np.arange(count)),
        case_id=case,
        event_type=_some(draw, ["DECISION_PURSUE", "STARTED", "REFERRED", "ALLOCATED"], count),
        occurred_date=referred + draw.integers(0, 300, count),
        caseworker=_some(draw, ["CW01", "CW02", None], count),
    )


def _people(
    prisoner: pa.Array, known: np.ndarray, there: pa.Array
) -> tuple[pd.DataFrame, pd.DataFrame]:
    linked = len(known)
    links = pa.table(
        {
            "prisoner_number": prisoner.take(known),
            "cid_person_id": there,
            "probability": np.full(linked, 0.99),
            "match_weight": np.full(linked, 9.0),
            "outcome": _chosen(["linked", "review"], np.arange(linked) % 20 == 0),
            "evidence": pa.repeat("{}", linked),
            "decided_by": pa.nulls(linked, pa.string()),
        },
        schema=LINKS.arrow_schema,
    )
    register = np.arange(len(prisoner) + linked) >= len(prisoner)
    identities = pa.table(
        {
            "register": _chosen(["prison", "immigration"], register),
            "person_id": pa.concat_arrays([prisoner, there]),
            "identity_id": _numbered("ID", np.r_[np.arange(len(prisoner)), known]),
        },
        schema=IDENTITIES.arrow_schema,
    )
    return LINKS.frame(links), IDENTITIES.frame(identities)


def _table(full_name: str, rows: int, **given: object) -> pa.Table:
    schema = TABLES[full_name].arrow_schema
    columns = [
        _column(given[field.name], field.type)
        if field.name in given
        else pa.nulls(rows, field.type)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: object, kind: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array) else pa.array(values)
    return array.cast(kind)


def _numbered(letter: str, numbers: np.ndarray) -> pa.Array:
    text = pa.array(numbers + 10_000_000).cast(pa.string())
    return pc.binary_join_element_wise(letter, text, "")


def _some(draw: np.random.Generator, values: list[str | None], count: int) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(draw.integers(0, len(values), count)))


def _chosen(values: list[str], which: np.ndarray) -> pa.Array:
    return pa.array(values, pa.string()).take(pa.array(which.astype(np.int64)))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a command


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--episodes", type=int, default=1_000_000)
    parser.add_argument("--links", type=float, default=0.5)
    given = parser.parse_args()
    speed(episodes=given.episodes, linked=given.links)


if __name__ == "__main__":
    main()
