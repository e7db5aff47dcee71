"""An invented world: what really happened, and two registers that hold it badly.

The world runs from 1996 to the end of 2007 and depends on the seed, the size and the noise only.
A night shows what had been recorded by then, so any series of nights can be replayed.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract.registers import TABLES
from jobs.runtime.errors import BadInput
from jobs.runtime.process_memory import release_memory
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise, noise_named
from jobs.synthetic.base.random_draws import Flags, some, stream
from jobs.synthetic.casework import (
    case_events,
    case_histories,
    enforcement,
    residents,
    second_looks,
)
from jobs.synthetic.custody import (
    cohort,
    invented_prisons,
    prisoners,
    recorded_release_dates,
    recording,
    unusual_events,
)
from jobs.synthetic.errors import invalid_rows
from jobs.synthetic.people import nationalities, person_details, world_size
from jobs.synthetic.people.world_size import Size
from jobs.synthetic.registers import (
    enforcement_tables,
    immigration_register,
    prison_register,
    truth,
)
from jobs.synthetic.registers.register_records import RegisterRecords, record_everybody

FIRST_NIGHT: Final = date(1996, 1, 1)
LAST_NIGHT: Final = date(2007, 12, 31)


@dataclass(frozen=True, kw_only=True)
class World:
    """Both registers as they stood on a night, and the truth about them.

    ``tables`` holds every table of the contract by full name; ``truth`` holds ``people``,
    ``episodes``, ``releases`` and ``errors`` (see `jobs.synthetic.registers.truth`).
    """

    seed: int
    size: Size
    as_of: date
    noise: Noise
    tables: dict[str, pa.Table] = field(repr=False)
    truth: dict[str, pa.Table] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that happens from 1996 to 2007, from which any night can be drawn."""

    seed: int
    size: Size
    noise: Noise
    everybody: pd.DataFrame = field(repr=False)
    stays: pd.DataFrame = field(repr=False)
    cases: pd.DataFrame = field(repr=False)
    others: pd.DataFrame = field(repr=False)
    events: pd.DataFrame = field(repr=False)
    movements: pd.DataFrame = field(repr=False)
    places: pd.DataFrame = field(repr=False)
    detentions: pd.DataFrame = field(repr=False)
    bails: pd.DataFrame = field(repr=False)
    barriers: pd.DataFrame = field(repr=False)
    lost: pd.DataFrame = field(repr=False)
    registers: RegisterRecords = field(repr=False)


def build_world(
    *, seed: int, people: int | Size, as_of: date, noise: str | Noise = "default"
) -> World:
    """Invent a world and show it as recorded by the end of ``as_of``.

    Args:
        seed: the same seed gives the same world, byte for byte.
        people: persons in each register on 25 April 2006, or a `Size` with its rates.
        as_of: the night, from 1996 to 2007.
        noise: ``none``, ``default``, ``harsh``, a TOML file of rates, or the rates themselves.

    Raises:
        BadInput: a size that cannot hold the cohort, a night outside the world, unknown rates.
    """
    check_night(as_of)
    return on_night(build_history(seed=seed, people=people, noise=noise), as_of=as_of)


def check_night(as_of: date) -> None:
    """Refuse a night outside the world.

    Raises:
        BadInput: ``as_of`` lies before 1996 or after 2007.
    """
    if not FIRST_NIGHT <= as_of <= LAST_NIGHT:
        raise BadInput(
            "as-of date",
            f"[{as_of}] is outside the invented world",
            f"give a date from {FIRST_NIGHT} to {LAST_NIGHT}",
        )


def build_history(*, seed: int, people: int | Size, noise: str | Noise = "default") -> History:
    """Invent everything that happens; a series of nights shares one history.

    Raises:
        BadInput: a size that cannot hold the cohort, or unknown rates.
    """
    size = people if isinstance(people, Size) else Size(people=people)
    rates = noise if isinstance(noise, Noise) else noise_named(noise)
    persons, stays = prisoners.populate(seed=seed, size=size)
    persons, stays = unusual_events.add_youth(persons, stays, stream(seed, "youth"))
    stays = unusual_events.add_sentences(stays, persons, stream(seed, "unusual sentences"))
    cases = case_histories.criminal_cases(stays, persons, stream(seed, "cases"))
    looked = second_looks.add_second_looks(cases, stays, stream(seed, "second looks"))
    stays, cases = looked.stays, case_events.close_last(looked.cases, looked.stays)
    everybody = residents.add_residents(
        seed=seed, size=size, persons=persons, stays=stays, cases=cases
    )
    labels = ErrorLabels()
    release_memory()
    everybody = person_details.describe(everybody, seed=seed, noise=rates, labels=labels)
    everybody = everybody.assign(is_naturalised=_naturalised(everybody, stays, seed, rates))
    release_memory()
    others = residents.other_cases(everybody, stream(seed, "other cases"), rates, labels)
    stays = recording.add_recorded(stays, stream(seed, "recording"), rates, labels)
    stays = unusual_events.add_recalls(stays, persons, stream(seed, "recalls"))
    stays = unusual_events.recall_cohort(stays, cases, stream(seed, "cohort", "recalls"))
    stays = _with_corrections(stays)
    places = invented_prisons.prisons(seed)
    detained = enforcement.detentions(stays, cases, stream(seed, "detentions"))
    barriers = enforcement.barriers(cases, stream(seed, "barriers"))
    waiting = np.zeros(len(cases), dtype=bool)
    waiting[barriers.loc[barriers["kind"] == enforcement.TRAVEL, "case"]] = True
    cases = cases.assign(needs_document=waiting)
    cases = recording.add_told(cases, stream(seed, "release dates told"), rates, labels)
    events = case_events.draw_events(cases, stream(seed, "events"), rates, labels)
    movements = _compact(recording.movements(stays, persons, places, stream(seed, "movements")))
    bails = enforcement.bails(detained, stream(seed, "bails"))
    release_memory()
    written = record_everybody(
        everybody, stays=stays, cases=cases, others=others, seed=seed, noise=rates, labels=labels
    )
    release_memory()
    return History(
        seed=seed,
        size=size,
        noise=rates,
        # What the registers hold of names and numbers stands in their records from here on.
        everybody=_compact(everybody.select_dtypes(exclude="str")),
        stays=_compact(stays),
        cases=cases,
        others=others,
        events=events,
        movements=movements,
        places=places,
        detentions=detained,
        bails=bails,
        barriers=barriers,
        lost=unusual_events.whereabouts(stays, stream(seed, "lost")),
        registers=written,
    )


def _compact(frame: pd.DataFrame) -> pd.DataFrame:
    """Whole numbers in half the space: days and positions fit in 32 bits."""
    wide = frame.select_dtypes("int64").columns
    return frame.astype(dict.fromkeys(wide, "int32"))


def _naturalised(everybody: pd.DataFrame, stays: pd.DataFrame, seed: int, rates: Noise) -> Flags:
    """People who became British, as the prison never learnt.

    They are drawn from those whom no rule ever asks to be considered, so that nobody's true status
    hangs on it.
    """
    asked = np.zeros(len(everybody), dtype=bool)
    asked[stays.loc[stays["is_decided"] | stays["is_missed"], "person"]] = True
    may: Flags = everybody["in_prison"].to_numpy() & days.known(everybody["other_day"]) & ~asked
    may &= (everybody["nationality"] != nationalities.BRITISH).to_numpy()
    may &= (everybody["group"] != world_size.COHORT).to_numpy()
    return may & some(stream(seed, "naturalised"), rates.naturalised, len(everybody))


def _with_corrections(stays: pd.DataFrame) -> pd.DataFrame:
    """The day on which the record of a restated member of the cohort was put right."""
    steps = np.array([days.number(day) for day in published.RESTATED])
    restated = stays["restatement"].to_numpy()
    corrected = np.isin(restated % 10, [cohort.BRITISH_FOUND, cohort.TERM_CORRECTED])
    return stays.assign(corrected_day=np.where(corrected, steps[restated // 10] - 3, days.NEVER))


def on_night(history: History, *, as_of: date) -> World:
    """Both registers and the truth as they stood at the end of a night.

    Raises:
        BadInput: the night lies outside the world.
    """
    check_night(as_of)
    day = days.number(as_of)
    h = history
    release_memory()
    night = immigration_register.case_night(h.cases, h.events, day)
    # The truth first: working it out takes room that the registers fill later.
    true = {
        "people": truth.people(h.registers, h.everybody, day),
        **truth.custody(
            registers=h.registers,
            everybody=h.everybody,
            stays=h.stays,
            cases=h.cases,
            night=night,
            as_of=day,
        ),
        "errors": truth.errors(h.registers, day),
    }
    release_memory()
    found = prison_register.tables(
        as_of=day,
        registers=h.registers,
        stays=h.stays,
        movements=h.movements,
        cases=h.cases,
        places=h.places,
        seed=h.seed,
    )
    release_memory()
    found |= immigration_register.tables(
        as_of=day,
        registers=h.registers,
        everybody=h.everybody,
        stays=h.stays,
        cases=h.cases,
        others=h.others,
        events=h.events,
        detentions=h.detentions,
        lost=h.lost,
        release_on_record=recorded_release_dates.on_record(h.stays, as_of=day, seed=h.seed),
    )
    found |= enforcement_tables.tables(
        as_of=day,
        registers=h.registers,
        everybody=h.everybody,
        stays=h.stays,
        cases=h.cases,
        night=night,
        places=h.places,
        barriers=h.barriers,
        detentions=h.detentions,
        bails=h.bails,
    )
    found = invalid_rows.break_rows(found, seed=h.seed, noise=h.noise)
    return World(
        seed=h.seed,
        size=h.size,
        as_of=as_of,
        noise=h.noise,
        tables={name: found[name] for name in TABLES},
        truth=true,
    )
