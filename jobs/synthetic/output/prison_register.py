"""The prison register as it stood on a night, derived from what was recorded by then."""

from datetime import timedelta
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.synthetic.base import days
from jobs.synthetic.base import register_columns as columns
from jobs.synthetic.base.random_draws import Flags, Floats, Ints, Texts
from jobs.synthetic.custody import custody_stays as stays
from jobs.synthetic.custody import passed_sentences as sentences
from jobs.synthetic.custody import recorded_release_dates as release_dates
from jobs.synthetic.custody import recording
from jobs.synthetic.custody import unusual_events as unusual
from jobs.synthetic.output.register_records import Held, keys_on, visible
from jobs.synthetic.people import nationalities as nat
from jobs.synthetic.people.person_numbers import numbered

_CORRECTED_MONTHS: Final = 9
_ALERTS: Final = ("XLDEPORT", "XSDEPORT", "XRF", "XCH", "HA")
_FEMALE_RISK: Final = ("RAPE", "INDECENT_ASSAULT", "SEX_OTHER")
# The columns of stays from which each table is written: frames of a million rows are copied lean.
_OF_EPISODES: Final = (
    "kind", "reception", "reception_recorded", "conviction_day", "sentence_day",
    "sentence_recorded", "calculation", "is_recommended", "scheduled", "end", "end_reason",
    "end_recorded", "recalled", "released_again", "is_dated", "corrected_day", "restatement",
    "conditional_recorded", "automatic_recorded", "expiry", "licence_expiry", "curfew", "parole",
    "tariff", "early_removal", "added_days",
)  # fmt: skip
_OF_SENTENCES: Final = (
    "offence", "offence_day", "conviction_day", "sentence_day", "sentence_recorded",
    "suspended_day", "calculation", "structure", "term_months", "term_days", "extra_months",
    "first_months", "term_corrected", "beside", "beside_months", "beside_days", "remand_days",
    "is_out_of_order", "corrected_day", "restatement",
)  # fmt: skip


def tables(
    *,
    as_of: int,
    held: Held,
    lived: pd.DataFrame,
    moved: pd.DataFrame,
    cases: pd.DataFrame,
    places: pd.DataFrame,
    seed: int,
) -> dict[str, pa.Table]:
    """Every table of the prison register, by full name, as recorded by the end of ``as_of``."""
    keys = keys_on(held, as_of)
    moved = recording.as_known(moved, as_of)
    shown = (lived["reception_recorded"] <= as_of).to_numpy()
    return {
        "prison.feed": feed("prison", as_of),
        "prison.prisons": _prisons(places),
        "prison.persons": _persons(held, as_of),
        "prison.aliases": _aliases(held, as_of),
        "prison.identifiers": _identifiers(held, as_of),
        "prison.episodes": _episodes(lived, moved, places, keys, shown, as_of, seed),
        "prison.sentences": _sentences(lived, as_of),
        "prison.movements": _movements(moved, places),
        "prison.alerts": _alerts(lived, cases, keys, as_of),
    }


def feed(register: str, as_of: int) -> pa.Table:
    """What a register says of its delivery: written at 22:00 UTC on the night."""
    moment = pd.Timestamp(days.calendar(as_of), tz="UTC") + timedelta(hours=22)
    return columns.table(
        f"{register}.feed",
        {"as_of_date": [days.calendar(as_of)], "generated_at": [moment.to_pydatetime()]},
    )


def episode_ids(stay: Ints) -> Texts:
    """The ids of custody episodes, by position of the stay."""
    return numbered("B", stay, 8)


def _prisons(places: pd.DataFrame) -> pa.Table:
    return columns.table(
        "prison.prisons",
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
    now = np.where(corrected, nat.BRITISH, records["nationality"])
    return columns.coded(nat.CODES, now)


def _persons(held: Held, as_of: int) -> pa.Table:
    records = held.prison[visible(held.prison, as_of)]
    return columns.table(
        "prison.persons",
        {
            "prisoner_number": columns.texts(records["key"]),
            "first_name": columns.texts(records["first_name"]),
            "middle_names": columns.texts(records["middle_names"]),
            "last_name": columns.texts(records["last_name"]),
            "date_of_birth": days.dates(records["birth_day"]),
            "gender": columns.texts(records["gender"]),
            "nationality": nationality_on(records, as_of),
            "second_nationality": columns.coded(nat.CODES, records["second_nationality"]),
            "birth_place": columns.texts(records["birth_place"]),
            "postcode": columns.texts(records["postcode"]),
            "pnc_number": columns.texts(records["pnc"]),
            "cro_number": columns.texts(records["cro"]),
            "recorded_at": days.moments(records["since"], by=records["person"]),
        },
    )


def _aliases(held: Held, as_of: int) -> pa.Table:
    records, aliases = held.prison, held.prison_aliases
    return aliases_table("prison.aliases", "prisoner_number", records, aliases, as_of)


def aliases_table(
    name: str, owner: str, records: pd.DataFrame, aliases: pd.DataFrame, as_of: int
) -> pa.Table:
    """The aliases of the records that stand on a night."""
    shown = aliases[visible(records, as_of)[aliases["record"]]]
    return columns.table(
        name,
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


def _identifiers(held: Held, as_of: int) -> pa.Table:
    """Numbers beside those on the person row; a merge leaves the old prison number here."""
    records = held.prison
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
        "prison.identifiers",
        {
            "prisoner_number": columns.texts(keys[found["owner"]]),
            "identifier_sequence": columns.positions(found["owner"].to_numpy()),
            "identifier_type": columns.texts(found["kind"]),
            "identifier_value": columns.texts(found["value"]),
            "recorded_at": days.moments(found["day"], by=found["owner"]),
        },
    )


def _episodes(
    lived: pd.DataFrame,
    moved: pd.DataFrame,
    places: pd.DataFrame,
    keys: Texts,
    shown: Flags,
    as_of: int,
    seed: int,
) -> pa.Table:
    chance = release_dates.luck(len(lived), seed)
    last = _last_movements(moved, len(lived))
    rows = np.flatnonzero(shown)
    own, chance, last = lived[list(_OF_EPISODES)].iloc[rows], chance[rows], last.iloc[rows]
    sentenced = release_dates.is_sentenced(own, as_of)
    recalled = unusual.back_inside(own, as_of)
    ended = release_dates.has_ended(own, as_of)
    status, in_out = _status(ended, chance)
    legal, order = _legal_status(own, sentenced, ended, recalled, as_of)
    dates = {
        "sentence_start_date": "sentence_day",
        "conditional_release_date": "conditional_recorded",
        "automatic_release_date": "automatic_recorded",
        "sentence_expiry_date": "expiry",
        "licence_expiry_date": "licence_expiry",
        "home_detention_curfew_eligibility_date": "curfew",
        "parole_eligibility_date": "parole",
        "tariff_date": "tariff",
        "early_removal_scheme_eligibility_date": "early_removal",
    }
    dated = {
        name: days.dates(release_dates.recorded(own, column, as_of))
        for name, column in dates.items()
    }
    changed = np.where(ended, own["end_recorded"], own["reception_recorded"])
    changed = np.where(sentenced & ~ended, own["sentence_recorded"], changed)
    changed = np.where(recalled, own["recalled"], changed)
    last_end = unusual.last_end(own, as_of)
    changed = np.where(ended & (last_end > own["end"]), last_end, changed)
    return columns.table(
        "prison.episodes",
        {
            "episode_id": columns.texts(episode_ids(rows)),
            "prisoner_number": columns.texts(keys[rows]),
            "prison_id": columns.coded(tuple(places["prison_id"]), last["prison"]),
            "reception_date": days.dates(own["reception"]),
            "status": columns.texts(status),
            "in_out_status": columns.texts(in_out),
            "legal_status": columns.texts(legal),
            "imprisonment_status": columns.texts(order),
            "confirmed_release_date": days.dates(release_dates.confirmed(own, chance, as_of)),
            **dated,
            "additional_days_awarded": columns.wholes(
                own["added_days"], where=sentenced & (own["added_days"] > 0).to_numpy()
            ),
            "last_movement_type": columns.coded(recording.TYPES, last["type"]),
            "last_movement_reason": columns.coded(recording.REASONS, last["reason"]),
            "last_movement_date": days.dates(last["day"]),
            "recorded_at": days.moments(changed, by=rows),
        },
    )


def _last_movements(moved: pd.DataFrame, size: int) -> pd.DataFrame:
    """The last movement recorded for each stay by a night, and where it left the person."""
    last = columns.latest(moved["stay"].to_numpy(), np.arange(len(moved)), size, missing=0)
    row = moved.iloc[last].reset_index(drop=True)
    inside = row["to_prison"].to_numpy()
    return row.assign(prison=np.where(inside >= 0, inside, row["from_prison"]))


def _status(ended: Flags, chance: Floats) -> tuple[Texts, Texts]:
    """Custody status; of those held, a few are out at court or on the road between prisons."""
    out, moving = ~ended & (chance > 0.985), ~ended & (chance < 0.003)
    status = np.select(
        [ended, out, moving],
        ["INACTIVE OUT", "ACTIVE OUT", "INACTIVE TRN"],
        "ACTIVE IN",
    )
    in_out = np.select([ended | out, moving], ["OUT", "TRN"], "IN")
    return status.astype(object), in_out.astype(object)


def _legal_status(
    own: pd.DataFrame, sentenced: Flags, ended: Flags, recalled: Flags, as_of: int
) -> tuple[Texts, Texts]:
    kind = own["kind"].to_numpy()
    convicted = (kind == stays.SENTENCED) & (own["conviction_day"] <= as_of).to_numpy()
    endless = np.isin(own["calculation"], sentences.ENDLESS) & sentenced
    died = ended & (own["end_reason"] == stays.REASON["DEC"]).to_numpy()
    kept = sentenced & ~ended & (own["scheduled"] < as_of).to_numpy() & ~endless
    cases: list[tuple[Flags, str, str]] = [
        (died, "DEAD", "SENT"),
        (recalled, "RECALL", "LR"),
        (kind == stays.CIVIL, "CIVIL_PRISONER", "CIVIL"),
        (kind == stays.DETAINED, "IMMIGRATION_DETAINEE", "DET"),
        (kept, "IMMIGRATION_DETAINEE", "SENT"),
        (endless, "INDETERMINATE_SENTENCE", "LIFE"),
        (sentenced, "SENTENCED", "SENT"),
        (convicted, "CONVICTED_UNSENTENCED", "JR"),
    ]
    wheres = [where for where, _, _ in cases]
    legal = np.select(wheres, [name for _, name, _ in cases], "REMAND")
    order = np.select(wheres, [name for _, _, name in cases], "RX")
    recommended = sentenced & own["is_recommended"].to_numpy()
    return legal.astype(object), np.where(recommended, "REC_DEP", order).astype(object)


def _sentences(lived: pd.DataFrame, as_of: int) -> pa.Table:
    rows = np.flatnonzero(lived["sentence_recorded"] <= as_of)
    own = lived[list(_OF_SENTENCES)].iloc[rows]
    second = (own["structure"] != sentences.SINGLE).to_numpy()
    beside = (own["beside"] != unusual.NOTHING).to_numpy()
    parts = (np.ones(len(own), dtype=bool), second, beside)
    both = pd.concat([own[part] for part in parts], ignore_index=True)
    stay = np.concatenate([rows[part] for part in parts])
    sequence = np.repeat([1, 2, 3], [int(part.sum()) for part in parts])
    main, extra, other = (sequence == number for number in (1, 2, 3))
    never_ends = np.isin(both["calculation"], sentences.ENDLESS)
    endless = never_ends & main
    written = np.where(both["term_corrected"] > as_of, both["first_months"], both["term_months"])
    months = np.select([main, extra], [written, both["extra_months"]], both["beside_months"])
    months = np.where(main & release_dates.is_corrected(both, as_of), _CORRECTED_MONTHS, months)
    long = months >= 24
    in_years, in_months = np.where(long, months // 12, 0), np.where(long, months % 12, months)
    term_days = np.select([main, other], [both["term_days"], both["beside_days"]], 0)
    after = extra & (both["structure"] == sentences.CONSECUTIVE).to_numpy()
    wrong = both["is_out_of_order"].to_numpy()
    suspended = days.known(both["suspended_day"]) & main
    passed = np.where(suspended, both["suspended_day"], both["sentence_day"])
    conviction = np.where(suspended, passed, both["conviction_day"])
    conviction = np.where(wrong, both["sentence_day"] + 40, conviction)
    remand = np.where(main, both["remand_days"], 0)
    # What runs beside or after an unusual sentence is an ordinary one of its time.
    is_new = (both["calculation"] == sentences.EXTENDED).to_numpy()
    is_new = is_new & (both["offence_day"] >= sentences.ACT_2003_FROM).to_numpy()
    ordinary = np.where(is_new, sentences.ACT_2003, sentences.ACT_1991)
    unlike = np.isin(both["calculation"], (*sentences.ENDLESS, sentences.EXTENDED))
    kind = np.where(extra & unlike, ordinary, both["calculation"])
    is_fine = (both["beside"] == unusual.FINED).to_numpy()
    kind = np.where(other, np.where(is_fine, sentences.FINED, sentences.SUSPENDED), kind)
    return columns.table(
        "prison.sentences",
        {
            "episode_id": columns.texts(episode_ids(stay)),
            "sentence_sequence": sequence,
            "consecutive_to_sequence": columns.wholes(np.ones(len(both)), where=after),
            "calculation_type": columns.coded(sentences.CALCULATIONS, kind),
            "sentence_date": days.dates(passed),
            "conviction_date": days.dates(conviction),
            "offence_date": days.dates(both["offence_day"]),
            "offence_code": columns.coded(sentences.OFFENCES, both["offence"]),
            "term_years": columns.wholes(in_years, where=~endless & (in_years > 0)),
            "term_months": columns.wholes(in_months, where=~endless & (in_months > 0)),
            "term_days": columns.wholes(term_days, where=~endless & (term_days > 0)),
            "remand_days": columns.wholes(remand, where=remand > 0),
            "activated_date": days.dates(both["sentence_day"], where=suspended),
            "recorded_at": days.moments(both["sentence_recorded"], by=stay, salt=17),
        },
    )


def _movements(shown: pd.DataFrame, places: pd.DataFrame) -> pa.Table:
    codes = tuple(places["prison_id"])
    return columns.table(
        "prison.movements",
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


def _alerts(lived: pd.DataFrame, cases: pd.DataFrame, keys: Texts, as_of: int) -> pa.Table:
    """Deportation alerts follow the case; the others follow the offence."""
    offence = lived["offence"].to_numpy()
    female = np.isin(offence, [sentences.OFFENCES.index(code) for code in _FEMALE_RISK])
    child = offence == sentences.OFFENCES.index("SEX_CHILD")
    harm = (np.arange(len(lived)) * 7919) % 97 == 0
    told = lived["sentence_recorded"].to_numpy()
    none = np.full(len(lived), days.NEVER)
    stay = cases["stay"].to_numpy()
    end = lived["end"].to_numpy()
    parts = []
    sources: list[tuple[int, Ints, Ints, Ints]] = [
        (0, stay, cases["notice"].to_numpy(), none),
        (1, stay, cases["order"].to_numpy(), none),
        (2, np.flatnonzero(female), told[female], none),
        (3, np.flatnonzero(child), told[child], none),
        (4, np.flatnonzero(harm), lived["reception_recorded"].to_numpy()[harm], end),
    ]
    for code, own, day, until in sources:
        part = pd.DataFrame({"stay": own, "code": code, "day": day, "until": until[own]})
        parts.append(part[(day <= as_of) & (lived["reception_recorded"].to_numpy()[own] <= as_of)])
    found = pd.concat(parts, ignore_index=True)
    owner, _ = pd.factorize(pd.Series(keys[found["stay"]], dtype="str"))
    found = found.assign(owner=owner).sort_values(["owner", "day", "code"], kind="stable")
    until = found["until"].to_numpy()
    return columns.table(
        "prison.alerts",
        {
            "prisoner_number": columns.texts(keys[found["stay"]]),
            "alert_sequence": columns.positions(found["owner"].to_numpy()),
            "alert_code": columns.coded(_ALERTS, found["code"]),
            "start_date": days.dates(found["day"]),
            "end_date": days.dates(until, where=until <= as_of),
        },
    )
