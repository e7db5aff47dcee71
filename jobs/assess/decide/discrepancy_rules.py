"""On what two registers can disagree about one person: each rule one object."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags
from jobs.assess.decide.compared_people import Compared, owner_of, removed_day
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read import nationality as na
from jobs.assess.read.custody import RELEASED, REMOVED
from jobs.assess.read.immigration_custody import is_detained
from jobs.assess.wording import TEXT, chosen, fill, in_words
from jobs.contract import immigration, prison

_NOT_INSIDE = ("LOCATED", "NOT_LOCATED", "ABROAD")


@dataclass(frozen=True, kw_only=True)
class Disagreement:
    """Which pairs disagree, what either register says, since when, and which of them errs."""

    hit: Flags
    prison: pa.Array
    immigration: pa.Array
    since: Days
    prison_errs: Flags


@dataclass(frozen=True, kw_only=True)
class Discrepancy(AppliedRule):
    """A rule under which the registers are compared."""

    compare: Callable[[Compared, Rule], Disagreement]


def _nationality(pairs: Compared, _: Rule) -> Disagreement:
    found = pairs.found
    persons = found.identified.persons
    here = found.nationality.code[pairs.episode]
    second = found.nationality.second[pairs.episode]
    there = col.code_numbers(persons, "nationality", na.CODES)[pairs.person]
    known = (here >= 0) & (there >= 0) & ~na.is_unknown(here) & ~na.is_unknown(there)
    return Disagreement(
        hit=known & (here != there) & (second != there),
        prison=chosen(na.CODES, here),
        immigration=chosen(na.CODES, there),
        since=np.full(len(here), NO_DAY),
        prison_errs=col.flags(persons, "nationality_verified")[pairs.person],
    )


def _identity(pairs: Compared, _: Rule) -> Disagreement:
    """The prison number that the immigration register holds, against those of the identity."""
    identified = pairs.found.identified
    number = pc.utf8_upper(pc.utf8_trim_whitespace(pairs.text("noms_number")))
    owner = col.positions(number, identified.prisoners)
    own = identified.of_prisoner
    has = pc.fill_null(pc.greater(pc.utf8_length(number), 0), False).to_numpy(zero_copy_only=False)
    mine = col.at(own, owner, -1) == identified.identity[pairs.episode]
    return Disagreement(
        hit=has & ~mine,
        prison=_same("this person's number", pairs),
        immigration=chosen(["a number of nobody", "another person's number"], 1 * (owner >= 0)),
        since=np.full(len(pairs.person), NO_DAY),
        prison_errs=_nobody(pairs),
    )


def _custody(pairs: Compared, _: Rule) -> Disagreement:
    located = pairs.located
    away = _in(located, _NOT_INSIDE)
    inside = _in(located, ("IN_CUSTODY",))
    released = pairs.found.custody.kind[pairs.episode] == RELEASED
    gone = released & inside & ~pairs.is_detained
    return Disagreement(
        hit=(pairs.held & away) | gone,
        prison=chosen(["released", "held"], 1 * pairs.held),
        immigration=pc.fill_null(located, "").cast(TEXT),
        since=np.where(gone, pairs.found.custody.release_date[pairs.episode], NO_DAY),
        prison_errs=_nobody(pairs),
    )


def _release_date(pairs: Compared, rule: Rule) -> Disagreement:
    """The release that the casework team goes by, against the one that the prison goes by."""
    found, episode = pairs.found, pairs.episode
    days = rule.number_on("tolerance_days", found.as_of.astype(date))
    tolerance = np.timedelta64(days, "D")
    case = pairs.standing.case[episode]
    is_open = np.isnat(col.at(found.cases.closed, case, NO_DAY))
    is_own = col.at(found.cases.person, case, -1) == pairs.person
    expected = np.where(
        is_open & is_own, col.at(found.cases.expected_release, case, NO_DAY), NO_DAY
    )
    here = found.recomputed.on_record[episode]
    differs = pairs.held & (np.abs(expected - here) > tolerance)
    released = found.custody.kind[episode] == RELEASED
    left = found.custody.release_date[episode]
    early = found.recomputed.earliest[episode] - tolerance
    late = found.recomputed.latest[episode] + tolerance
    is_disputed = found.recomputed.is_disputed[episode]
    due = fill("release on {day}", len(expected), day=in_words(here))
    gone = fill("released on {day}", len(expected), day=in_words(left))
    return Disagreement(
        hit=differs | (released & (expected > found.as_of)),
        prison=pc.if_else(pa.array(released), gone, due),
        immigration=fill("release expected on {day}", len(expected), day=in_words(expected)),
        since=np.where(released, left, NO_DAY),
        prison_errs=differs & is_disputed & (expected >= early) & (expected <= late),
    )


def _deported_in_prison(pairs: Compared, _: Rule) -> Disagreement:
    removed = removed_day(pairs)
    since = col.days(pairs.found.episodes, "reception_date")[pairs.episode]
    return Disagreement(
        hit=pairs.held & (removed >= since),
        prison=_same("held", pairs),
        immigration=fill("removed on {day}", len(removed), day=in_words(removed)),
        since=removed,
        prison_errs=_nobody(pairs),
    )


def _removal_date(pairs: Compared, _: Rule) -> Disagreement:
    custody = pairs.found.custody
    left = custody.exit_date[pairs.episode]
    removed = removed_day(pairs)
    differs = (removed != left) & ~np.isnat(left)
    return Disagreement(
        hit=(custody.kind[pairs.episode] == REMOVED) & differs,
        prison=fill("removed on {day}", len(left), day=in_words(left)),
        immigration=fill("removed on {day}", len(left), day=in_words(removed)),
        since=left,
        prison_errs=~np.isnat(removed) & (removed < left),
    )


def _bailed_detained(pairs: Compared, _: Rule) -> Disagreement:
    return Disagreement(
        hit=pairs.is_bailed & (pairs.held | pairs.is_detained),
        prison=chosen(["not held", "held"], 1 * pairs.held),
        immigration=chosen(["on bail", "on bail and detained"], 1 * pairs.is_detained),
        since=pairs.bailed_since,
        prison_errs=_nobody(pairs),
    )


def _unknown_prison(pairs: Compared, _: Rule) -> Disagreement:
    found = pairs.found
    detentions = pairs.tables[immigration.DETENTIONS.full_name]
    place = detentions.column("place_id")
    unknown = col.filled(detentions, "place_id") & (
        col.positions(place, pairs.tables[prison.PRISONS.full_name].column("prison_id")) < 0
    )
    odd = unknown & is_detained(detentions, found.as_of)
    began = col.days(detentions, "start_date")
    owner, count = owner_of(found, detentions), len(found.identified.persons)
    return Disagreement(
        hit=col.any_of(owner, odd, count)[pairs.person],
        prison=_same("no such prison", pairs),
        immigration=_same("detained there", pairs),
        since=col.earliest(np.where(odd, owner, -1), began, count)[pairs.person],
        prison_errs=_nobody(pairs),
    )


def _absconded(pairs: Compared, _: Rule) -> Disagreement:
    return Disagreement(
        hit=pairs.has_absconded & pairs.held,
        prison=_same("held", pairs),
        immigration=_same("absconded from bail", pairs),
        since=pairs.absconded_since,
        prison_errs=_nobody(pairs),
    )


def _died(pairs: Compared, _: Rule) -> Disagreement:
    died = col.days(pairs.found.identified.persons, "died_date")[pairs.person]
    return Disagreement(
        hit=pairs.held & (died <= pairs.found.as_of),
        prison=_same("held", pairs),
        immigration=fill("died on {day}", len(died), day=in_words(died)),
        since=died,
        prison_errs=_nobody(pairs),
    )


def _in(values: pa.Array, codes: tuple[str, ...]) -> Flags:
    answer: Flags = pc.is_in(values, value_set=pa.array(codes, values.type)).to_numpy(
        zero_copy_only=False
    )
    return answer


def _nobody(pairs: Compared) -> Flags:
    """The immigration register errs most likely, whoever it is."""
    return np.zeros(len(pairs.person), dtype=bool)


def _same(text: str, pairs: Compared) -> pa.Array:
    return pa.repeat(pa.scalar(text, TEXT), len(pairs.person))


DISCREPANCIES: tuple[Discrepancy, ...] = (
    Discrepancy(id="discrepancy.nationality", compare=_nationality),
    Discrepancy(id="discrepancy.identity", compare=_identity),
    Discrepancy(id="discrepancy.custody", compare=_custody),
    Discrepancy(id="discrepancy.release-date", numbers=("tolerance_days",), compare=_release_date),
    Discrepancy(id="discrepancy.deported-in-prison", compare=_deported_in_prison),
    Discrepancy(id="discrepancy.removal-date", compare=_removal_date),
    Discrepancy(id="discrepancy.bailed-detained", compare=_bailed_detained),
    Discrepancy(id="discrepancy.unknown-prison", compare=_unknown_prison),
    Discrepancy(id="discrepancy.absconded", compare=_absconded),
    Discrepancy(id="discrepancy.died", compare=_died),
)
RULES: tuple[AppliedRule, ...] = DISCREPANCIES
"""The rules that are applied here."""
