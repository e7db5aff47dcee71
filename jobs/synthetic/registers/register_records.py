"""People as each register holds them: records with their own errors, each labelled.

A record is one row of a register's persons table. Errors are drawn once for the whole period, so
that a record is as wrong on one night as on the next.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.error_labels import ErrorLabels
from jobs.synthetic.base.noise import Noise
from jobs.synthetic.base.random_draws import Flags, Ints, Texts, sample, some, stream
from jobs.synthetic.custody import cohort
from jobs.synthetic.errors import record_errors
from jobs.synthetic.people import nationalities, person_numbers, world_size

_GENDERS: Final = ("M", "F")


@dataclass(frozen=True, kw_only=True)
class RegisterRecords:
    """The records of both registers, and which stays, cases and aliases belong to which.

    ``stay_record``, ``case_record`` and ``other_record`` give the record (by position) that holds
    each stay, criminal case and other case.
    """

    prison: pd.DataFrame
    immigration: pd.DataFrame
    prison_aliases: pd.DataFrame
    immigration_aliases: pd.DataFrame
    stay_record: Ints
    case_record: Ints
    other_record: Ints
    errors: pd.DataFrame


def record_everybody(
    everybody: pd.DataFrame,
    *,
    stays: pd.DataFrame,
    cases: pd.DataFrame,
    others: pd.DataFrame,
    seed: int,
    noise: Noise,
    labels: ErrorLabels,
) -> RegisterRecords:
    """Write down everybody in the registers that know them, and label every error."""
    corrected = _corrections(stays, everybody)
    prison = _prison_records(everybody, corrected, seed, noise, labels)
    immigration = _immigration_records(everybody, corrected, seed, noise, labels)
    aliases = []
    for register, records in (("prison", prison), ("immigration", immigration)):
        rng = stream(seed, register, "errors")
        aliases.append(
            record_errors.add_name_errors(records, everybody, register, rng, noise, labels)
        )
        record_errors.add_birth_errors(records, register, rng, noise, labels)
        record_errors.add_nationality_errors(records, register, rng, noise, labels)
        record_errors.add_number_errors(records, register, rng, noise, labels)
    size = len(everybody)
    first, second = _first_records(prison, size), _second_records(prison, size)
    later = (stays["order"].to_numpy() >= 1) & (second[stays["person"]] >= 0)
    stay_record = np.where(later, second[stays["person"]], first[stays["person"]])
    _appear_by(prison, stay_record, stays["reception"].to_numpy())
    firsts = {"prison": first, "immigration": _first_records(immigration, size)}
    first, second = firsts["immigration"], _second_records(immigration, size)
    split = second[cases["person"]] >= 0
    case_record = np.where(split, second[cases["person"]], first[cases["person"]])
    _appear_by(immigration, case_record, cases["received"].to_numpy())
    return RegisterRecords(
        prison=prison,
        immigration=immigration,
        prison_aliases=aliases[0],
        immigration_aliases=aliases[1],
        stay_record=stay_record,
        case_record=case_record,
        other_record=first[others["person"]],
        errors=labels.frame(firsts),
    )


def _appear_by(records: pd.DataFrame, record: Ints, day: Ints) -> None:
    """A record stands from the first thing that it holds, at the latest."""
    since = records["since"].to_numpy().copy()
    np.minimum.at(since, record, day)
    records["since"] = since


def _corrections(stays: pd.DataFrame, everybody: pd.DataFrame) -> Ints:
    """Day on which each person was found to be British; `days.NEVER` for the others."""
    steps = np.array([days.number(day) for day in published.RESTATED])
    restated = stays["restatement"].to_numpy()
    british = restated % 10 == cohort.BRITISH_FOUND
    found = np.full(len(everybody), days.NEVER, dtype=np.int64)
    found[stays["person"].to_numpy()[british]] = steps[restated[british] // 10] - 3
    return found


def _prison_records(
    everybody: pd.DataFrame, corrected: Ints, seed: int, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    rng = stream(seed, "prison", "records")
    person = np.flatnonzero(everybody["in_prison"])
    records = _records(everybody, person, everybody["first_reception"], rng, noise)
    extra = np.arange(len(records)) >= len(person)
    own = records["person"].to_numpy()
    index = everybody["number_index"].to_numpy()[own] + np.where(extra, len(everybody), 0)
    records["key"] = person_numbers.prisoner_numbers(index)
    nationality = everybody["nationality"].to_numpy()[own]
    unclear = everybody["is_unknown"].to_numpy()[own]
    how = rng.permutation(len(everybody))[own] % 10
    unknown = np.select(
        [how == 0, how == 1],
        [nationalities.REFUSED, nationalities.STATELESS],
        nationalities.UNKNOWN,
    )
    records["nationality"] = np.where(unclear, unknown, nationality)
    records["second_nationality"] = _second_nationality(records, rng)
    records["corrected_day"] = corrected[own]
    for column in ("pnc", "cro", "insurance", "passport"):
        records[column] = everybody[column].to_numpy()[own]
    shared = _shared(len(everybody), seed, noise)
    records["ho_reference"] = np.where(shared, everybody["ho_reference"], "")[own]
    merged = extra & some(rng, noise.merged, len(records))
    after = records["since"].to_numpy() + 30 + rng.exponential(400, len(records)).astype(np.int64)
    records["merged_day"] = np.where(merged, after, days.NEVER)
    labels.add("prison", records, extra, "duplicated")
    labels.add("prison", records, merged, "merged")
    return records


def _shared(people: int, seed: int, noise: Noise) -> Flags:
    """Whose numbers one service ever passed on to the other."""
    return ~some(stream(seed, "shared"), noise.identifiers_unshared, people)


def _second_nationality(records: pd.DataFrame, rng: np.random.Generator) -> Ints:
    """Second nationality of a few, a neighbour of no account for any rule; -1 for none."""
    foreign = (records["nationality"] != nationalities.BRITISH).to_numpy()
    dual = foreign & some(rng, 0.01, len(records))
    return np.where(dual, nationalities.CODES.index("OTHER"), -1)


def _immigration_records(
    everybody: pd.DataFrame, corrected: Ints, seed: int, noise: Noise, labels: ErrorLabels
) -> pd.DataFrame:
    rng = stream(seed, "immigration", "records")
    person = np.flatnonzero(everybody["in_immigration"])
    records = _records(everybody, person, everybody["known_day"], rng, noise)
    extra = np.arange(len(records)) >= len(person)
    own = records["person"].to_numpy()
    index = rng.permutation(len(everybody))[own] + np.where(extra, len(everybody), 0)
    records["key"] = person_numbers.numbered("P", index, 8)
    records["nationality"] = everybody["nationality"].to_numpy()[own]
    records["corrected_day"] = corrected[own]
    records["ho_reference"] = everybody["ho_reference"].to_numpy()[own]
    records.loc[extra, "ho_reference"] = person_numbers.home_office_references(
        index[extra], index[extra], days.years(records["since"].to_numpy()[extra])
    )
    naturalised = everybody["is_naturalised"].to_numpy()[own]
    records["nationality"] = np.where(naturalised, nationalities.BRITISH, records["nationality"])
    shared = _shared(len(everybody), seed, noise)
    in_prison = everybody["in_prison"].to_numpy()
    passed_on = np.where(in_prison, shared, True)[own]
    for column, source in (("noms", "prisoner_number"), ("pnc", "pnc"), ("cro", "cro")):
        missing = some(rng, noise.identifiers_missing, len(records))
        records[column] = np.where(passed_on & ~missing, everybody[source].to_numpy()[own], "")
    records["numbers_day"] = np.where(in_prison, everybody["first_reception"], 0)[own]
    records["merged_day"] = days.NEVER
    labels.add("immigration", records, extra, "duplicated")
    labels.add("immigration", records, naturalised, "naturalised")
    nothing = in_prison[own] & (records[["noms", "pnc", "cro"]] == "").all(axis=1).to_numpy()
    labels.add("immigration", records, nothing, "identifiers_missing")
    return records


def _records(
    everybody: pd.DataFrame,
    person: Ints,
    since: pd.Series,
    rng: np.random.Generator,
    noise: Noise,
) -> pd.DataFrame:
    """One record for each person and, below, the second records of those held twice."""
    plain = person[(everybody["group"].to_numpy()[person] != world_size.COHORT)]
    doubled = sample(rng, plain, round(noise.duplicated * len(person)))
    own = np.concatenate([person, doubled])
    people = everybody.iloc[own]
    start = since.to_numpy()[own].copy()
    start[len(person) :] += 20 + rng.exponential(300, len(doubled)).astype(np.int64)
    return pd.DataFrame(
        {
            "person": own,
            "since": start,
            "culture": people["culture"].to_numpy(),
            "first_name": people["first"].to_numpy(),
            "middle_names": people["middle"].to_numpy(),
            "last_name": people["last"].to_numpy(),
            "birth_day": people["birth_day"].to_numpy(),
            "gender": np.array(_GENDERS, dtype=object)[people["is_female"].to_numpy().astype(int)],
            "birth_place": people["birth_place"].to_numpy(),
            "postcode": people["postcode"].to_numpy(),
        }
    )


def _first_records(records: pd.DataFrame, people: int) -> Ints:
    """Position of each person's first record; -1 for people whom the register does not hold."""
    found = np.full(people, -1, dtype=np.int64)
    own = records["person"].to_numpy()
    found[own[::-1]] = np.arange(len(records))[::-1]
    return found


def _second_records(records: pd.DataFrame, people: int) -> Ints:
    """Position of each person's second record; -1 for people held once or not at all."""
    second = np.full(people, -1, dtype=np.int64)
    second[records["person"].to_numpy()] = np.arange(len(records))
    return np.where(second == _first_records(records, people), -1, second)


def visible(records: pd.DataFrame, as_of: int) -> Flags:
    """Records that stand on a night: written by then, and not merged away."""
    standing: Flags = (records["since"] <= as_of).to_numpy()
    return standing & (records["merged_day"] > as_of).to_numpy()


def keys_on(registers: RegisterRecords, as_of: int) -> Texts:
    """The key under which each stay stands on a night, after the merges made by then."""
    records = registers.prison
    first = _first_records(records, int(records["person"].max()) + 1)
    merged = (records["merged_day"] <= as_of).to_numpy()[registers.stay_record]
    own = records["person"].to_numpy()[registers.stay_record]
    now = np.where(merged, first[own], registers.stay_record)
    return records["key"].to_numpy()[now]
