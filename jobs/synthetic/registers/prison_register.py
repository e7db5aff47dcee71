"""The prison register as it stood on a night, derived from what was recorded by then."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.contract import prison
from jobs.contract.schema import Table
from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Ints, Texts
from jobs.synthetic.custody import (
    recorded_release_dates,
    recording,
    sentencing,
    unusual_events,
)
from jobs.synthetic.people import nationalities
from jobs.synthetic.registers.prison_episodes import episode_ids, episodes
from jobs.synthetic.registers.register_records import RegisterRecords, keys_on, visible

_CORRECTED_MONTHS: Final = 9
_ALERTS: Final = ("XLDEPORT", "XSDEPORT", "XRF", "XCH", "HA")
_FEMALE_RISK: Final = ("RAPE", "INDECENT_ASSAULT", "SEX_OTHER")
# The columns of stays from which the table is written: frames of a million rows are copied lean.
_OF_SENTENCES: Final = (
    "offence", "offence_day", "conviction_day", "sentence_day", "sentence_recorded",
    "suspended_day", "calculation", "structure", "term_months", "term_days", "extra_months",
    "first_months", "term_corrected", "beside", "beside_months", "beside_days", "remand_days",
    "is_out_of_order", "corrected_day", "restatement", "later_day", "later_months", "reception",
)  # fmt: skip

_LATER_OFFENCE: Final = sentencing.OFFENCES.index("THEFT")
"""Of what people in prison are convicted again: an older and lesser offence."""


def tables(
    *,
    as_of: int,
    registers: RegisterRecords,
    stays: pd.DataFrame,
    movements: pd.DataFrame,
    cases: pd.DataFrame,
    places: pd.DataFrame,
    seed: int,
) -> dict[str, pa.Table]:
    """Every table of the prison register, by full name, as recorded by the end of ``as_of``."""
    keys = keys_on(registers, as_of)
    movements = recording.as_known(movements, as_of)
    shown = (stays["reception_recorded"] <= as_of).to_numpy()
    return {
        prison.FEED.full_name: feed(prison.FEED, as_of),
        prison.PRISONS.full_name: _prisons(places),
        prison.PERSONS.full_name: _persons(registers, as_of),
        prison.ALIASES.full_name: _aliases(registers, as_of),
        prison.IDENTIFIERS.full_name: _identifiers(registers, as_of),
        prison.EPISODES.full_name: episodes(stays, movements, places, keys, shown, as_of, seed),
        prison.SENTENCES.full_name: _sentences(stays, as_of),
        prison.MOVEMENTS.full_name: _movements(movements, places),
        prison.ALERTS.full_name: _alerts(stays, cases, keys, as_of),
    }


def feed(declared: Table, as_of: int) -> pa.Table:
    """What a register says of its delivery: written at 22:00 UTC on the night."""
    moment = pd.Timestamp(days.calendar(as_of), tz="UTC") + timedelta(hours=22)
    return columns.table(
        declared,
        {"as_of_date": [days.calendar(as_of)], "generated_at": [moment.to_pydatetime()]},
    )


def _prisons(places: pd.DataFrame) -> pa.Table:
    return columns.table(
        prison.PRISONS,
        {
            "prison_id": columns.texts(places["prison_id"]),
            "prison_name": columns.texts(places["prison_name"]),
            "is_removal_centre": pa.array(places["is_removal_centre"]),
            "has_foreign_national_work": pa.array(places["has_work"]),
        },
    )


def nationality_on(records: pd.DataFrame, as_of: int) -> pa.Array:
    """Nationality of each record on a night, after the corrections made by then."""
    corrected = (records["corrected_day"] <= as_of).to_numpy()
    now = np.where(corrected, nationalities.BRITISH, records["nationality"])
    return columns.coded(nationalities.CODES, now)


def _persons(registers: RegisterRecords, as_of: int) -> pa.Table:
    records = registers.prison[visible(registers.prison, as_of)]
    return columns.table(
        prison.PERSONS,
        {
            "prisoner_number": columns.texts(records["key"]),
            "first_name": columns.texts(records["first_name"]),
            "middle_names": columns.texts(records["middle_names"]),
            "last_name": columns.texts(records["last_name"]),
            "date_of_birth": days.dates(records["birth_day"]),
            "gender": columns.texts(records["gender"]),
            "nationality": nationality_on(records, as_of),
            "second_nationality": columns.coded(nationalities.CODES, records["second_nationality"]),
            "birth_place": columns.texts(records["birth_place"]),
            "postcode": columns.texts(records["postcode"]),
            "pnc_number": columns.texts(records["pnc"]),
            "cro_number": columns.texts(records["cro"]),
            "recorded_at": days.moments(records["since"], by=records["person"]),
        },
    )


def _aliases(registers: RegisterRecords, as_of: int) -> pa.Table:
    records, aliases = registers.prison, registers.prison_aliases
    return aliases_table(prison.ALIASES, "prisoner_number", records, aliases, as_of)


def aliases_table(
    declared: Table, owner: str, records: pd.DataFrame, aliases: pd.DataFrame, as_of: int
) -> pa.Table:
    """The aliases of the records that stand on a night."""
    shown = aliases[visible(records, as_of)[aliases["record"]]]
    return columns.table(
        declared,
        {
            owner: columns.texts(records["key"].to_numpy()[shown["record"]]),
            "alias_sequence": columns.positions(shown["record"].to_numpy()),
            "first_name": columns.texts(shown["first_name"]),
            "middle_names": columns.texts(shown["middle_names"]),
            "last_name": columns.texts(shown["last_name"]),
            "date_of_birth": days.dates(shown["birth_day"]),
            "gender": columns.texts(shown["gender"]),
        },
    )


def _identifiers(registers: RegisterRecords, as_of: int) -> pa.Table:
    """Numbers beside those on the person row; a merge leaves the old prison number here."""
    records = registers.prison
    standing = visible(records, as_of)
    keys = records["key"].to_numpy(dtype=object)
    parts = []
    sources = (("HOREF", "ho_reference"), ("NINO", "insurance"), ("PASS", "passport"))
    for kind, column in sources:
        values = records[column].to_numpy(dtype=object)
        rows = np.flatnonzero(standing & (values != ""))
        parts.append(
            pd.DataFrame({"owner": rows, "kind": kind, "value": values[rows]}).assign(
                day=records["since"].to_numpy()[rows]
            )
        )
    merged = np.flatnonzero((records["merged_day"] <= as_of).to_numpy())
    own = records["person"].to_numpy()
    first = np.unique(own, return_index=True)
    owner = first[1][np.searchsorted(first[0], own[merged])]
    parts.append(
        pd.DataFrame({"owner": owner, "kind": "MERGED", "value": keys[merged]}).assign(
            day=records["merged_day"].to_numpy()[merged]
        )
    )
    found = pd.concat(parts, ignore_index=True)
    return columns.table(
        prison.IDENTIFIERS,
        {
            "prisoner_number": columns.texts(keys[found["owner"]]),
            "identifier_sequence": columns.positions(found["owner"].to_numpy()),
            "identifier_type": columns.texts(found["kind"]),
            "identifier_value": columns.texts(found["value"]),
            "recorded_at": days.moments(found["day"], by=found["owner"]),
        },
    )


def _sentences(stays: pd.DataFrame, as_of: int) -> pa.Table:
    rows = np.flatnonzero(stays["sentence_recorded"] <= as_of)
    own = stays[list(_OF_SENTENCES)].iloc[rows]
    second = (own["structure"] != sentencing.SINGLE).to_numpy()
    beside = (own["beside"] != unusual_events.NOTHING).to_numpy()
    later = (own["later_day"] <= as_of).to_numpy()
    parts = (np.ones(len(own), dtype=bool), second, beside, later)
    both = pd.concat([own[part] for part in parts], ignore_index=True)
    stay = np.concatenate([rows[part] for part in parts])
    sequence = np.repeat([1, 2, 3, 4], [int(part.sum()) for part in parts])
    main, extra, other, again = (sequence == number for number in (1, 2, 3, 4))
    never_ends = np.isin(both["calculation"], sentencing.ENDLESS)
    endless = never_ends & main
    written = np.where(both["term_corrected"] > as_of, both["first_months"], both["term_months"])
    months = np.select(
        [main, extra, again],
        [written, both["extra_months"], both["later_months"]],
        both["beside_months"],
    )
    months = np.where(
        main & recorded_release_dates.is_corrected(both, as_of), _CORRECTED_MONTHS, months
    )
    long = months >= 24
    in_years, in_months = np.where(long, months // 12, 0), np.where(long, months % 12, months)
    term_days = np.select([main, other], [both["term_days"], both["beside_days"]], 0)
    after = extra & (both["structure"] == sentencing.CONSECUTIVE).to_numpy()
    wrong = both["is_out_of_order"].to_numpy()
    suspended = days.known(both["suspended_day"]) & main
    passed = np.where(suspended, both["suspended_day"], both["sentence_day"])
    passed = np.where(again, both["later_day"], passed)
    conviction = np.where(suspended | again, passed, both["conviction_day"])
    conviction = np.where(wrong & ~again, both["sentence_day"] + 40, conviction)
    remand = np.where(main, both["remand_days"], 0)
    # What runs beside or after an unusual sentence is an ordinary one of its time.
    is_new = (both["calculation"] == sentencing.EXTENDED).to_numpy()
    is_new = is_new & (both["offence_day"] >= sentencing.ACT_2003_FROM).to_numpy()
    ordinary = np.where(is_new, sentencing.ACT_2003, sentencing.ACT_1991)
    unlike = np.isin(both["calculation"], (*sentencing.ENDLESS, sentencing.EXTENDED))
    kind = np.where((extra | again) & unlike, ordinary, both["calculation"])
    is_fine = (both["beside"] == unusual_events.FINED).to_numpy()
    kind = np.where(other, np.where(is_fine, sentencing.FINED, sentencing.SUSPENDED), kind)
    return columns.table(
        prison.SENTENCES,
        {
            "episode_id": columns.texts(episode_ids(stay)),
            "sentence_sequence": sequence,
            "consecutive_to_sequence": columns.wholes(np.ones(len(both)), where=after),
            "calculation_type": columns.coded(sentencing.CALCULATIONS, kind),
            "sentence_date": days.dates(passed),
            "conviction_date": days.dates(conviction),
            "offence_date": days.dates(both["offence_day"]),
            "offence_code": columns.coded(
                sentencing.OFFENCES, np.where(again, _LATER_OFFENCE, both["offence"])
            ),
            "term_years": columns.wholes(in_years, where=~endless & (in_years > 0)),
            "term_months": columns.wholes(in_months, where=~endless & (in_months > 0)),
            "term_days": columns.wholes(term_days, where=~endless & (term_days > 0)),
            "remand_days": columns.wholes(remand, where=remand > 0),
            "activated_date": days.dates(both["sentence_day"], where=suspended),
            "recorded_at": days.moments(
                np.where(again, passed, both["sentence_recorded"]), by=stay, salt=17
            ),
        },
    )


def _movements(shown: pd.DataFrame, places: pd.DataFrame) -> pa.Table:
    codes = tuple(places["prison_id"])
    return columns.table(
        prison.MOVEMENTS,
        {
            "episode_id": columns.texts(episode_ids(shown["stay"].to_numpy())),
            "movement_sequence": shown["sequence"],
            "movement_date": days.dates(shown["day"]),
            "movement_type": columns.coded(recording.TYPES, shown["type"]),
            "movement_reason": columns.coded(recording.REASONS, shown["reason"]),
            "from_prison_id": columns.coded(codes, shown["from_prison"]),
            "to_prison_id": columns.coded(codes, shown["to_prison"]),
            "recorded_at": days.moments(shown["recorded"], by=shown["stay"], salt=29),
        },
    )


def _alerts(stays: pd.DataFrame, cases: pd.DataFrame, keys: Texts, as_of: int) -> pa.Table:
    """Deportation alerts follow the case; the others follow the offence."""
    offence = stays["offence"].to_numpy()
    female = np.isin(offence, [sentencing.OFFENCES.index(code) for code in _FEMALE_RISK])
    child = offence == sentencing.OFFENCES.index("SEX_CHILD")
    harm = (np.arange(len(stays)) * 7919) % 97 == 0
    sentence_recorded = stays["sentence_recorded"].to_numpy()
    none = np.full(len(stays), days.NEVER)
    stay = cases["stay"].to_numpy()
    end = stays["end"].to_numpy()
    # The prison learns of an order no sooner than the case has it on record.
    order, found_day = cases["order"].to_numpy(), cases["found_day"].to_numpy()
    order = np.where(days.known(found_day), np.maximum(order, found_day), order)
    parts = []
    sources: list[tuple[int, Ints, Ints, Ints]] = [
        (0, stay, cases["notice"].to_numpy(), none),
        (1, stay, order, none),
        (2, np.flatnonzero(female), sentence_recorded[female], none),
        (3, np.flatnonzero(child), sentence_recorded[child], none),
        (4, np.flatnonzero(harm), stays["reception_recorded"].to_numpy()[harm], end),
    ]
    for code, own, day, until in sources:
        part = pd.DataFrame({"stay": own, "code": code, "day": day, "until": until[own]})
        parts.append(part[(day <= as_of) & (stays["reception_recorded"].to_numpy()[own] <= as_of)])
    found = pd.concat(parts, ignore_index=True)
    owner, _ = pd.factorize(pd.Series(keys[found["stay"]], dtype="str"))
    found = found.assign(owner=owner).sort_values(["owner", "day", "code"], kind="stable")
    until = found["until"].to_numpy()
    return columns.table(
        prison.ALERTS,
        {
            "prisoner_number": columns.texts(keys[found["stay"]]),
            "alert_sequence": columns.positions(found["owner"].to_numpy()),
            "alert_code": columns.coded(_ALERTS, found["code"]),
            "start_date": days.dates(found["day"]),
            "end_date": days.dates(until, where=until <= as_of),
        },
    )
