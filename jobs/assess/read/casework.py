"""What the immigration service did about each episode: cases, orders, restrictions, removals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.read.criminal_cases import Cases, Events, by_night
from jobs.assess.read.custody import REMOVED, Custody
from jobs.assess.read.episode_identity import Identified
from jobs.contract import immigration, prison
from jobs.contract.codes import RESTRICTION_EVENTS


@dataclass(frozen=True, kw_only=True)
class Window:
    """From when to when what belongs to each episode may lie.

    From the conviction (``anchor``) to the day before the person's next conviction (``before``).
    ``limit`` is the last day that still precedes the release.
    """

    anchor: Days
    before: Days
    limit: Days
    reception: Days


@dataclass(frozen=True, kw_only=True)
class Handled:
    """What the immigration service did about each episode, over certain links unless it says so.

    ``episode`` and ``case`` pair episodes with the criminal cases of their person that were open in
    the time of the episode, ``possible_episode`` and ``possible_case`` with those of a possible
    match. ``restricted`` is the first decision on detention, electronic monitoring, restriction or
    bail between conviction and release.
    """

    episode: Whole
    case: Whole
    possible_episode: Whole
    possible_case: Whole
    window: Window
    is_exempt: Flags
    started: Days
    allocated: Days
    questionnaire_sent: Days
    questionnaire_returned: Days
    order_signed: Days
    restricted: Days
    removed: Days
    removed_under_order: Flags


def handle(
    *,
    tables: Mapping[str, pa.Table],
    identified: Identified,
    cases: Cases,
    events: Events,
    custody: Custody,
    window: Window,
    as_of: np.datetime64,
) -> Handled:
    """Bring cases, orders, restrictions and removals to the episodes they belong to."""
    count = len(window.anchor)
    every_episode, every_case, certain = _episode_cases(identified, cases)
    spans = _spans(every_episode, every_case, cases, window)
    episode, case = every_episode[certain & spans], every_case[certain & spans]
    possible = ~certain & spans
    sure_episode, sure_case = every_episode[certain], every_case[certain]
    order = _first_event(events, "DEPORTATION_ORDER_SIGNED", sure_episode, sure_case, window)
    removed = _first_event(events, "REMOVED", sure_episode, sure_case, window)
    served = _order_served(tables[prison.ALERTS.full_name], identified, window, as_of)
    ordered = np.fmin(order, served)

    def first_of(days: Days) -> Days:
        """The first such day in the certain cases of each episode."""
        return col.earliest(episode, days[case], count)

    return Handled(
        episode=episode,
        case=case,
        possible_episode=every_episode[possible],
        possible_case=every_case[possible],
        window=window,
        is_exempt=col.any_of(episode, cases.is_exempt[case], count),
        started=first_of(cases.started),
        allocated=first_of(cases.allocated),
        questionnaire_sent=first_of(cases.questionnaire_sent),
        questionnaire_returned=first_of(cases.questionnaire_returned),
        order_signed=order,
        restricted=np.fmin(
            _restrictions_ordered(events, sure_episode, sure_case, window),
            _restrictions(tables, identified, window),
        ),
        removed=np.fmin(removed, _removals(tables, identified, custody, window, as_of)),
        removed_under_order=(custody.kind == REMOVED)
        & ~np.isnat(ordered)
        & ~(ordered > custody.exit_date),
    )


def _episode_cases(identified: Identified, cases: Cases) -> tuple[Whole, Whole, Flags]:
    """Episodes with the criminal cases of their person: certain ones, then possible ones."""
    owner = np.where(cases.is_criminal, cases.person, -1)
    episode, case = col.pairs(identified.identity, col.at(identified.certain, owner, -1))
    of_episode, pair = col.pairs(identified.prisoner, identified.possible_prisoner)
    via, case_there = col.pairs(identified.possible_person[pair], owner)
    return (
        np.concatenate([episode, of_episode[via]]),
        np.concatenate([case, case_there]),
        np.r_[np.ones(len(episode), dtype=bool), np.zeros(len(via), dtype=bool)],
    )


def _belongs(day: Days, episode: Whole, window: Window) -> Flags:
    answer: Flags = (day >= window.anchor[episode]) & ~(day >= window.before[episode])
    return answer


def _spans(episode: Whole, case: Whole, cases: Cases, window: Window) -> Flags:
    """Whether a case was open in the time of an episode."""
    start = col.first_day(window.reception, window.anchor)[episode]
    ended = cases.closed[case] < start
    answer: Flags = ~ended & ~(cases.referred[case] >= window.before[episode])
    return answer


def _first_event(
    events: Events, event_type: str, episode: Whole, case: Whole, window: Window
) -> Days:
    """The first day of such an event in the certain cases of each episode, in its window."""
    of, day = _events_of(events, {event_type}, episode, case)
    mine = np.where(_belongs(day, of, window), of, -1)
    return col.earliest(mine, day, len(window.anchor))


def _events_of(
    events: Events, types: Iterable[str], episode: Whole, case: Whole
) -> tuple[Whole, Days]:
    """The events of these types in the cases of each episode: the episode and the day of each."""
    hit = col.is_one_of(events.table, "event_type", types)
    pair, event = col.pairs(case, np.where(hit, events.case, -1))
    return episode[pair], events.day[event]


def _order_served(
    alerts: pa.Table, identified: Identified, window: Window, as_of: np.datetime64
) -> Days:
    owner = col.positions(alerts.column("prisoner_number"), identified.prisoners)
    served = col.is_one_of(alerts, "alert_code", {"XSDEPORT"})
    day = by_night(col.days(alerts, "start_date"), as_of)
    episode, alert = col.pairs(identified.prisoner, np.where(served, owner, -1))
    hit = _belongs(day[alert], episode, window)
    return col.earliest(np.where(hit, episode, -1), day[alert], len(window.anchor))


def _restrictions_ordered(events: Events, episode: Whole, case: Whole, window: Window) -> Days:
    """The first order of detention, monitoring or restriction between conviction and release."""
    of, day = _events_of(events, RESTRICTION_EVENTS, episode, case)
    inside = (day >= window.anchor[of]) & (day <= window.limit[of])
    return col.earliest(np.where(inside, of, -1), day, len(window.anchor))


def _restrictions(tables: Mapping[str, pa.Table], identified: Identified, window: Window) -> Days:
    """The first detention or bail of the linked person between conviction and release."""
    found = np.full(len(window.anchor), NO_DAY)
    for name, field in (
        (immigration.DETENTIONS.full_name, "start_date"),
        (immigration.BAILS.full_name, "granted_date"),
    ):
        day, episode, row = _own(tables[name], field, identified)
        inside = (day[row] >= window.anchor[episode]) & (day[row] <= window.limit[episode])
        mine = np.where(inside, episode, -1)
        found = np.fmin(found, col.earliest(mine, day[row], len(found)))
    return found


def _own(table: pa.Table, field: str, identified: Identified) -> tuple[Days, Whole, Whole]:
    """Days of a table of immigration persons, and the pairs of episode and row that belong."""
    owner = col.positions(table.column("cid_person_id"), identified.persons.column("cid_person_id"))
    episode, row = col.pairs(identified.identity, col.at(identified.certain, owner, -1))
    return col.days(table, field), episode, row


def _removals(
    tables: Mapping[str, pa.Table],
    identified: Identified,
    custody: Custody,
    window: Window,
    as_of: np.datetime64,
) -> Days:
    day, episode, removal = _own(tables[immigration.REMOVALS.full_name], "removed_date", identified)
    day = by_night(day, as_of)
    hit = _belongs(day[removal], episode, window)
    there = col.earliest(np.where(hit, episode, -1), day[removal], len(window.anchor))
    return np.fmin(there, np.where(custody.kind == REMOVED, custody.exit_date, NO_DAY))
