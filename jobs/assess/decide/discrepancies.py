"""On what the two registers disagree about one person, and who should mend it.

Only people linked for certain are compared, on their latest custody episode. A discrepancy keeps
its id and the night on which it was first seen for as long as it lasts (rules ``discrepancy.*``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.decide.missed_outcomes import is_detained
from jobs.assess.explain.wording import TEXT, chosen, in_words, plain, say
from jobs.assess.frames import frame_of
from jobs.assess.read import nationality as na
from jobs.assess.read.criminal_cases import by_night
from jobs.assess.read.custody import RELEASED, REMOVED
from jobs.contract.results import DISCREPANCIES

if TYPE_CHECKING:
    from jobs.assess.assessment import Findings
    from jobs.assess.policy.dated_rules import Policy

PRISON, IMMIGRATION = "prison", "immigration"
_NOT_INSIDE = ("LOCATED", "NOT_LOCATED", "ABROAD")


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """People linked for certain: the latest episode and the immigration person of each pair."""

    found: "Findings"
    tables: Mapping[str, pa.Table]
    policy: "Policy"
    episode: Whole
    person: Whole
    held: Flags
    located: pa.Array
    is_detained: Flags
    is_bailed: Flags
    bailed_since: Days
    has_absconded: Flags
    absconded_since: Days

    def text(self, name: str) -> pa.Array:
        """A text column of the immigration persons, pair by pair."""
        column = self.found.identified.persons.column(name)
        return column.take(pa.array(self.person)).combine_chunks()


@dataclass(frozen=True, kw_only=True)
class _Finding:
    """Pairs that disagree under one rule."""

    rule: str
    hit: Flags
    prison: pa.Array
    immigration: pa.Array
    since: Days
    prison_errs: Flags


def compare_registers(
    found: "Findings",
    *,
    tables: Mapping[str, pa.Table],
    policy: "Policy",
    previous: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every discrepancy of the night, one row of `results.DISCREPANCIES` each.

    Args:
        found: the findings of the night.
        tables: both registers.
        policy: the rules.
        previous: the discrepancies of the publication before, whose first-seen dates last.
    """
    pairs = _compare(found, tables, policy)
    columns = [_rows(pairs, rule(pairs)) for rule in _RULES]
    merged = {name: pa.concat_arrays([part[name] for part in columns]) for name in columns[0]}
    merged["discrepancy_id"] = _ids(
        merged["rule_id"], merged["episode_id"], merged["cid_person_id"]
    )
    order = pc.sort_indices(merged["discrepancy_id"])
    merged = {name: values.take(order) for name, values in merged.items()}
    first = _first_seen(merged["discrepancy_id"], previous, found.as_of)
    age = (found.as_of - first).astype(np.int64)
    return frame_of(DISCREPANCIES, {**merged, "first_seen_date": first, "age_days": age})


def _first_seen(ids: pa.Array, previous: pd.DataFrame | None, as_of: np.datetime64) -> Days:
    tonight = np.full(len(ids), as_of)
    if previous is None or previous.empty:
        return tonight
    earlier = DISCREPANCIES.arrow(previous)
    row = col.positions(ids, earlier.column("discrepancy_id"))
    known = col.at(col.days(earlier, "first_seen_date"), row, NO_DAY)
    first: Days = np.fmin(tonight, known)
    return first


def _compare(found: "Findings", tables: Mapping[str, pa.Table], policy: "Policy") -> _Compared:
    identity, certain = found.identified.identity, found.identified.certain
    came = col.first_day(col.days(found.episodes, "reception_date"), found.sentenced.first_sentence)
    newest = np.where(np.isnat(came), np.datetime64("0001-01-01"), came)
    order = -newest.astype(np.int64)
    everyone = np.ones(len(identity), dtype=bool)
    latest = col.pick(
        identity, [~found.custody.is_on_roll, order], everyone, len(found.identified.identity_ids)
    )
    person = np.flatnonzero(certain >= 0)
    person = person[latest[certain[person]] >= 0]
    episode = latest[certain[person]]

    bails = tables["immigration.bails"]

    def bail(status: str, name: str) -> tuple[Flags, Days]:
        """Whether somebody has such a bail by the night, dated or not, and since when."""
        day = col.days(bails, name)
        hit = col.is_one_of(bails, "bail_status", {status}) & ~(day > found.as_of)
        owner = _owner(found, bails)
        first = col.earliest(np.where(hit, owner, -1), day, len(certain))
        return col.any_of(owner, hit, len(certain))[person], first[person]

    detentions = tables["immigration.detentions"]
    is_open = is_detained(detentions, found.as_of)
    is_bailed, bailed_since = bail("ACTIVE", "granted_date")
    has_absconded, absconded_since = bail("ABSCONDED", "ended_date")
    return _Compared(
        found=found,
        tables=tables,
        policy=policy,
        episode=episode,
        person=person,
        held=found.custody.is_on_roll[episode],
        located=found.identified.persons.column("located_status")
        .take(pa.array(person))
        .combine_chunks(),
        is_detained=col.any_of(_owner(found, detentions), is_open, len(certain))[person],
        is_bailed=is_bailed,
        bailed_since=bailed_since,
        has_absconded=has_absconded,
        absconded_since=absconded_since,
    )


def _owner(found: "Findings", rows: pa.Table) -> Whole:
    """Position among the immigration persons of the person of each row."""
    return col.positions(
        rows.column("cid_person_id"), found.identified.persons.column("cid_person_id")
    )


def _nationality(pairs: _Compared) -> _Finding:
    found = pairs.found
    persons = found.identified.persons
    here = found.nationality.code[pairs.episode]
    second = found.nationality.second[pairs.episode]
    there = col.code_numbers(persons, "nationality", na.CODES)[pairs.person]
    known = (here >= 0) & (there >= 0) & ~na.is_unknown(here) & ~na.is_unknown(there)
    return _Finding(
        rule="discrepancy.nationality",
        hit=known & (here != there) & (second != there),
        prison=chosen(na.CODES, here),
        immigration=chosen(na.CODES, there),
        since=np.full(len(here), NO_DAY),
        prison_errs=col.flags(persons, "nationality_verified")[pairs.person],
    )


def _identity(pairs: _Compared) -> _Finding:
    """The prison number that the immigration register holds, against those of the identity."""
    identified = pairs.found.identified
    told = pc.utf8_upper(pc.utf8_trim_whitespace(pairs.text("noms_number")))
    owner = col.positions(told, identified.prisoners)
    own = identified.of_prisoner
    has = pc.fill_null(pc.greater(pc.utf8_length(told), 0), False).to_numpy(zero_copy_only=False)
    mine = col.at(own, owner, -1) == identified.identity[pairs.episode]
    return _Finding(
        rule="discrepancy.identity",
        hit=has & ~mine,
        prison=_same("this person's number", pairs),
        immigration=chosen(["a number of nobody", "another person's number"], 1 * (owner >= 0)),
        since=np.full(len(pairs.person), NO_DAY),
        prison_errs=_nobody(pairs),
    )


def _custody(pairs: _Compared) -> _Finding:
    located = pairs.located
    away = _in(located, _NOT_INSIDE)
    inside = _in(located, ("IN_CUSTODY",))
    released = pairs.found.custody.kind[pairs.episode] == RELEASED
    gone = released & inside & ~pairs.is_detained
    return _Finding(
        rule="discrepancy.custody",
        hit=(pairs.held & away) | gone,
        prison=chosen(["released", "held"], 1 * pairs.held),
        immigration=pc.fill_null(located, "").cast(TEXT),
        since=np.where(gone, pairs.found.custody.release_date[pairs.episode], NO_DAY),
        prison_errs=_nobody(pairs),
    )


def _release_date(pairs: _Compared) -> _Finding:
    """The release that the casework team was told of, against the one that the prison goes by."""
    found, episode = pairs.found, pairs.episode
    days = pairs.policy["discrepancy.release-date"].number_on(
        "tolerance_days", found.as_of.astype(date)
    )
    tolerance = np.timedelta64(days, "D")
    case = found.handled.case[episode]
    is_open = np.isnat(col.at(found.cases.closed, case, NO_DAY))
    is_own = col.at(found.cases.person, case, -1) == pairs.person
    told = np.where(is_open & is_own, col.at(found.cases.expected_release, case, NO_DAY), NO_DAY)
    here = found.recomputed.on_record[episode]
    differs = pairs.held & (np.abs(told - here) > tolerance)
    released = found.custody.kind[episode] == RELEASED
    left = found.custody.release_date[episode]
    early = found.recomputed.earliest[episode] - tolerance
    late = found.recomputed.latest[episode] + tolerance
    is_disputed = found.recomputed.is_disputed[episode]
    said = say("release on {day}", len(told), day=in_words(here))
    gone = say("released on {day}", len(told), day=in_words(left))
    return _Finding(
        rule="discrepancy.release-date",
        hit=differs | (released & (told > found.as_of)),
        prison=pc.if_else(pa.array(released), gone, said),
        immigration=say("release expected on {day}", len(told), day=in_words(told)),
        since=np.where(released, left, NO_DAY),
        prison_errs=differs & is_disputed & (told >= early) & (told <= late),
    )


def _deported_in_prison(pairs: _Compared) -> _Finding:
    removed = _removed(pairs)
    since = col.days(pairs.found.episodes, "reception_date")[pairs.episode]
    return _Finding(
        rule="discrepancy.deported-in-prison",
        hit=pairs.held & (removed >= since),
        prison=_same("held", pairs),
        immigration=say("removed on {day}", len(removed), day=in_words(removed)),
        since=removed,
        prison_errs=_nobody(pairs),
    )


def _removal_date(pairs: _Compared) -> _Finding:
    custody = pairs.found.custody
    left = custody.exit_date[pairs.episode]
    removed = _removed(pairs)
    differs = (removed != left) & ~np.isnat(left)
    return _Finding(
        rule="discrepancy.removal-date",
        hit=(custody.kind[pairs.episode] == REMOVED) & differs,
        prison=say("removed on {day}", len(left), day=in_words(left)),
        immigration=say("removed on {day}", len(left), day=in_words(removed)),
        since=left,
        prison_errs=~np.isnat(removed) & (removed < left),
    )


def _bailed_detained(pairs: _Compared) -> _Finding:
    return _Finding(
        rule="discrepancy.bailed-detained",
        hit=pairs.is_bailed & (pairs.held | pairs.is_detained),
        prison=chosen(["not held", "held"], 1 * pairs.held),
        immigration=chosen(["on bail", "on bail and detained"], 1 * pairs.is_detained),
        since=pairs.bailed_since,
        prison_errs=_nobody(pairs),
    )


def _unknown_prison(pairs: _Compared) -> _Finding:
    found = pairs.found
    detentions = pairs.tables["immigration.detentions"]
    place = detentions.column("place_id")
    unknown = col.filled(detentions, "place_id") & (
        col.positions(place, pairs.tables["prison.prisons"].column("prison_id")) < 0
    )
    odd = unknown & is_detained(detentions, found.as_of)
    began = col.days(detentions, "start_date")
    owner, count = _owner(found, detentions), len(found.identified.persons)
    return _Finding(
        rule="discrepancy.unknown-prison",
        hit=col.any_of(owner, odd, count)[pairs.person],
        prison=_same("no such prison", pairs),
        immigration=_same("detained there", pairs),
        since=col.earliest(np.where(odd, owner, -1), began, count)[pairs.person],
        prison_errs=_nobody(pairs),
    )


def _absconded(pairs: _Compared) -> _Finding:
    return _Finding(
        rule="discrepancy.absconded",
        hit=pairs.has_absconded & pairs.held,
        prison=_same("held", pairs),
        immigration=_same("absconded from bail", pairs),
        since=pairs.absconded_since,
        prison_errs=_nobody(pairs),
    )


def _died(pairs: _Compared) -> _Finding:
    died = col.days(pairs.found.identified.persons, "died_date")[pairs.person]
    return _Finding(
        rule="discrepancy.died",
        hit=pairs.held & (died <= pairs.found.as_of),
        prison=_same("held", pairs),
        immigration=say("died on {day}", len(died), day=in_words(died)),
        since=died,
        prison_errs=_nobody(pairs),
    )


_RULES: tuple[Callable[[_Compared], _Finding], ...] = (
    _nationality,
    _identity,
    _custody,
    _release_date,
    _deported_in_prison,
    _removal_date,
    _bailed_detained,
    _unknown_prison,
    _absconded,
    _died,
)


def _rows(pairs: _Compared, finding: _Finding) -> dict[str, Any]:
    """The columns of the pairs that disagree."""
    hit = np.flatnonzero(finding.hit)
    rows = pa.array(hit)
    episode = pairs.found.episodes.column("episode_id").take(pa.array(pairs.episode[hit]))
    person = pairs.text("cid_person_id").take(rows)
    episode = episode.combine_chunks()
    rule = pa.repeat(pa.scalar(finding.rule, pa.string()), len(hit))
    return {
        "rule_id": rule,
        "episode_id": episode,
        "cid_person_id": person,
        "prison_value": plain(finding.prison.take(rows)).cast(pa.string()),
        "immigration_value": plain(finding.immigration.take(rows)).cast(pa.string()),
        "likely_wrong": pa.array(
            np.where(finding.prison_errs[hit], PRISON, IMMIGRATION).astype(object), pa.string()
        ),
        "since_date": pa.array(finding.since[hit], pa.date32()),
    }


def _ids(rule: pa.Array, episode: pa.Array, person: pa.Array) -> pa.Array:
    """Ids that stay the same from night to night and tell nothing of the person."""
    if len(rule) == 0:
        return pa.array([], pa.string())
    parts = pa.table({"rule": rule, "episode": episode, "person": person})
    with duckdb.connect() as connection:
        connection.register("parts", parts)
        text = "rule || '|' || episode || '|' || person"
        query = f"SELECT 'D' || left(sha256({text}), 16) AS id FROM parts"  # noqa: S608
        ids: pa.Array = connection.execute(query).to_arrow_table().column("id")
    return pa.concat_arrays(ids.chunks)


def _removed(pairs: _Compared) -> Days:
    """The last removal that the immigration register holds of each person."""
    removals = pairs.tables["immigration.removals"]
    day = by_night(col.days(removals, "removed_date"), pairs.found.as_of)
    owner, count = _owner(pairs.found, removals), len(pairs.found.identified.persons)
    return col.latest(owner, day, count)[pairs.person]


def _in(values: pa.Array, codes: tuple[str, ...]) -> Flags:
    answer: Flags = pc.is_in(values, value_set=pa.array(codes, values.type)).to_numpy(
        zero_copy_only=False
    )
    return answer


def _nobody(pairs: _Compared) -> Flags:
    """The immigration register errs most likely, whoever it is."""
    return np.zeros(len(pairs.person), dtype=bool)


def _same(text: str, pairs: _Compared) -> pa.Array:
    return pa.repeat(pa.scalar(text, TEXT), len(pairs.person))
