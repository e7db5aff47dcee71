"""The people whom both registers hold, each with what either register says of them tonight.

Only people linked for certain are compared, on their latest custody episode.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.read.criminal_cases import by_night
from jobs.assess.read.immigration_custody import is_detained
from jobs.contract import immigration


@dataclass(frozen=True, kw_only=True)
class Compared:
    """People linked for certain: the latest episode and the immigration person of each pair."""

    found: Findings
    standing: Standing
    tables: Mapping[str, pa.Table]
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


def compare_people(found: Findings, standing: Standing, tables: Mapping[str, pa.Table]) -> Compared:
    """Pair the latest custody episode of each person with their immigration person."""
    certain = found.identified.certain
    latest = latest_episodes(found)
    person = np.flatnonzero(certain >= 0)
    person = person[latest[certain[person]] >= 0]
    episode = latest[certain[person]]

    bails = tables[immigration.BAILS.full_name]

    def bail(status: str, name: str) -> tuple[Flags, Days]:
        """Whether somebody has such a bail by the night, dated or not, and since when."""
        day = col.days(bails, name)
        hit = col.is_one_of(bails, "bail_status", {status}) & ~(day > found.as_of)
        owner = owner_of(found, bails)
        first = col.earliest(np.where(hit, owner, -1), day, len(certain))
        return col.any_of(owner, hit, len(certain))[person], first[person]

    detentions = tables[immigration.DETENTIONS.full_name]
    is_open = is_detained(detentions, found.as_of)
    is_bailed, bailed_since = bail("ACTIVE", "granted_date")
    has_absconded, absconded_since = bail("ABSCONDED", "ended_date")
    return Compared(
        found=found,
        standing=standing,
        tables=tables,
        episode=episode,
        person=person,
        held=found.custody.is_on_roll[episode],
        located=found.identified.persons.column("located_status")
        .take(pa.array(person))
        .combine_chunks(),
        is_detained=col.any_of(owner_of(found, detentions), is_open, len(certain))[person],
        is_bailed=is_bailed,
        bailed_since=bailed_since,
        has_absconded=has_absconded,
        absconded_since=absconded_since,
    )


def latest_episodes(found: Findings) -> Whole:
    """Position of the latest custody episode of each identity, the one in custody first."""
    identity = found.identified.identity
    came = col.first_day(col.days(found.episodes, "reception_date"), found.sentenced.first_sentence)
    newest = np.where(np.isnat(came), np.datetime64("0001-01-01"), came)
    order = -newest.astype(np.int64)
    everyone = np.ones(len(identity), dtype=bool)
    return col.pick(
        identity, [~found.custody.is_on_roll, order], everyone, len(found.identified.identity_ids)
    )


def owner_of(found: Findings, rows: pa.Table) -> Whole:
    """Position among the immigration persons of the person of each row."""
    return col.positions(
        rows.column("cid_person_id"), found.identified.persons.column("cid_person_id")
    )


def removed_day(pairs: Compared) -> Days:
    """The last removal that the immigration register holds of each person."""
    removals = pairs.tables[immigration.REMOVALS.full_name]
    day = by_night(col.days(removals, "removed_date"), pairs.found.as_of)
    owner, count = owner_of(pairs.found, removals), len(pairs.found.identified.persons)
    return col.latest(owner, day, count)[pairs.person]
