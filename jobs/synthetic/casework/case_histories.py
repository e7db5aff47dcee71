"""Criminal cases of the immigration service, as days of what happened in each.

One row for each stay that was referred. A day that never comes is `days.NEVER`. The cohort's
cases follow the published story: some started by April 2006, none decided, then every one decided
by December 2006.
"""

from datetime import date
from typing import Final

import numpy as np
import pandas as pd

from jobs.contract import codes
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.base.random_draws import Flags, Ints, between, choose, sample, some
from jobs.synthetic.custody import cohort, custody_stays
from jobs.synthetic.people import nationalities

DAYS: Final = (
    "sent", "received", "allocated", "started", "questionnaire_sent", "questionnaire_returned",
    "notice", "representations", "pursue", "not_pursue", "deferred", "lodged", "determined",
    "order", "directions", "removed", "closed", "withdrawn",
)  # fmt: skip
"""The days of a case; a case decided twice has more than one of the three decisions."""

CLOSED_REMOVED, CLOSED_LEAVE, CLOSED_EXEMPT, CLOSED_NO_ACTION, CLOSED_BRITISH = range(5)
CLOSINGS: Final = ("REMOVED", "LEAVE_GRANTED", "EXEMPT", "NO_ACTION", "BRITISH")
"""Stages in which a case ends, by position."""
APPEALS: Final = ("ALLOWED", "DISMISSED", "WITHDRAWN", "STRUCK_OUT", "ABANDONED")
SOURCES: Final = tuple(entry.code for entry in codes.REFERRAL_SOURCE.codes)
_PRISON, _INTERNAL = SOURCES.index("PRISON"), SOURCES.index("INTERNAL")

NOT_LOCATED: Final = cohort.OUTCOMES.index("not_located")

_REFERRED_THOUGH_OUTSIDE: Final = 0.13
_NOT_LOOKED_AT_DAYS: Final = 900
_DEFERRED_BEYOND_DAYS: Final = 28


def criminal_cases(
    stays: pd.DataFrame, persons: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """All criminal cases of the world, in the order of the stays they are for.

    Args:
        stays: stays as `prisoners.populate` gives them.
        persons: people, by position.
        rng: random draws.

    Returns:
        ``person``, ``stay`` (position in ``stays``), the days of `DAYS`, ``source``, ``closing``,
        ``appeal`` (positions; -1 without), ``deferred_until``, ``removal``.
    """
    nationality = persons["nationality"].to_numpy()[stays["person"]]
    foreign = nationality != nationalities.BRITISH
    sentenced = (stays["kind"] == custody_stays.SENTENCED).to_numpy()
    decided = stays["is_decided"].to_numpy()
    in_cohort = persons["group"].to_numpy()[stays["person"]] == 0
    outside = foreign & sentenced & ~decided & ~in_cohort & (nationality != nationalities.IRISH)
    outside &= stays["total_days"].to_numpy() > 50
    outside &= some(rng, _REFERRED_THOUGH_OUTSIDE, len(stays))
    missed = stays["is_missed"].to_numpy()
    parts = [
        _decided_cases(stays, decided, rng),
        _outside_cases(stays, outside, rng),
        _cohort_cases(stays, missed, rng),
    ]
    cases = pd.concat(parts, ignore_index=True)
    return cases.sort_values("stay", kind="stable", ignore_index=True)


def _empty_cases(stays: pd.DataFrame, where: Flags) -> pd.DataFrame:
    stay = np.flatnonzero(where)
    cases = pd.DataFrame({"person": stays["person"].to_numpy()[stay], "stay": stay})
    for name in (*DAYS, "deferred_until"):
        cases[name] = days.NEVER
    return cases.assign(
        source=_PRISON,
        closing=-1,
        appeal=-1,
        removal=0,
        outcome_2007=-1,
        found_day=days.NEVER,
    )


def _decided_cases(stays: pd.DataFrame, where: Flags, rng: np.random.Generator) -> pd.DataFrame:
    """Cases decided before release, and what came of them."""
    cases = _empty_cases(stays, where)
    own = stays[where]
    size = len(own)
    received, decision = own["referred_day"].to_numpy(), own["decision_day"].to_numpy()
    chosen = own["decision"].to_numpy()
    end = own["end"].to_numpy()
    cases["received"] = received
    cases["sent"] = received - np.minimum(
        between(rng, np.zeros(size), 6), received - own["sentence_day"].to_numpy()
    )
    _add_work(cases, decision, rng)
    pursue = chosen == custody_stays.PURSUE
    _set(cases, "pursue", pursue, decision)
    _set(cases, "not_pursue", chosen == custody_stays.NOT_PURSUE, decision)
    _set(cases, "deferred", chosen == custody_stays.DEFERRED, decision)
    # A deferral that ran out before release would be no consideration.
    until = np.maximum(decision + 120, end + _DEFERRED_BEYOND_DAYS)
    _set(cases, "deferred_until", chosen == custody_stays.DEFERRED, until)
    removal = own["removal"].to_numpy()
    gone = pursue & np.isin(removal, [custody_stays.DEPORTATION, custody_stays.EARLY])
    cases["removal"] = np.where(pursue, removal, 0)
    _add_order(cases, gone, decision, end, rng)
    _add_appeals(cases, pursue & some(rng, 0.3, size), decision, end, rng)
    _add_closings(cases, own, rng)
    return cases


def _add_work(cases: pd.DataFrame, decision: Ints, rng: np.random.Generator) -> None:
    """Allocation, start, questionnaire and notice between referral and decision."""
    received = cases["received"].to_numpy()
    room = decision - received
    steps = np.sort(rng.random((len(cases), 5)), axis=1)
    marks = received[:, None] + (steps * room[:, None]).astype(np.int64)
    for position, name in enumerate(("allocated", "started", "questionnaire_sent")):
        cases[name] = marks[:, position]
    answered = some(rng, 0.55, len(cases))
    _set(cases, "questionnaire_returned", answered, marks[:, 3])
    _set(cases, "notice", room > 5, marks[:, 4])
    replied = (room > 5) & some(rng, 0.4, len(cases))
    _set(cases, "representations", replied, np.minimum(marks[:, 4] + 10, decision))


def _add_order(
    cases: pd.DataFrame, gone: Flags, decision: Ints, end: Ints, rng: np.random.Generator
) -> None:
    order = between(rng, decision, np.maximum(end - 1, decision))
    _set(cases, "order", gone, order)
    _set(cases, "directions", gone, between(rng, order, np.maximum(end - 1, order)))
    _set(cases, "removed", gone, end)


def _add_appeals(
    cases: pd.DataFrame, where: Flags, decision: Ints, end: Ints, rng: np.random.Generator
) -> None:
    """Appeals; one against a removal that took place was lost before the order was signed."""
    size = len(cases)
    order = cases["order"].to_numpy()
    ordered = days.known(order)
    lodged = decision + 1 + between(rng, np.zeros(size), 14)
    determined = lodged + 20 + rng.exponential(140, size).astype(np.int64)
    fits = ~ordered | (lodged + 5 < order)
    determined = np.where(ordered, np.minimum(determined, order), determined)
    appealed = where & fits
    _set(cases, "lodged", appealed, lodged)
    _set(cases, "determined", appealed, determined)
    outcome = choose(rng, [0.22, 0.62, 0.08, 0.04, 0.04], size)
    lost = np.where(outcome == 0, 1, outcome)
    cases["appeal"] = np.where(appealed, np.where(ordered, lost, outcome), -1)
    del end


def _add_closings(cases: pd.DataFrame, own: pd.DataFrame, rng: np.random.Generator) -> None:
    """When each decided case is closed, and as what; some stay open for years."""
    size = len(cases)
    end = own["end"].to_numpy()
    removed = cases["removed"].to_numpy()
    soon = rng.exponential(60, size).astype(np.int64)
    slow = rng.exponential(800, size).astype(np.int64)
    allowed = (cases["appeal"] == 0).to_numpy()
    let_go = days.known(cases["not_pursue"]) | days.known(cases["deferred"])
    day = np.select(
        [days.known(removed), allowed, let_go],
        [removed + 3 + soon // 3, cases["determined"].to_numpy() + 10 + soon, end + 5 + soon],
        end + 60 + slow,
    )
    cases["closed"] = day
    kind = choose(rng, [0.62, 0.12, 0.26], size) + CLOSED_LEAVE
    cases["closing"] = np.where(days.known(removed), CLOSED_REMOVED, kind)
    left = np.isin(
        own["end_reason"].to_numpy(), [custody_stays.REASON["RP"], custody_stays.REASON["EX"]]
    )
    cases["closing"] = np.where(left, CLOSED_REMOVED, cases["closing"])


def _outside_cases(stays: pd.DataFrame, where: Flags, rng: np.random.Generator) -> pd.DataFrame:
    """Referrals of people outside the criteria: nobody has to decide, and hardly anybody does."""
    cases = _empty_cases(stays, where)
    own = stays[where]
    size = len(own)
    start, end = own["sentence_day"].to_numpy(), own["end"].to_numpy()
    cases["received"] = between(rng, start + 1, np.maximum(end - 1, start + 1))
    cases["sent"] = np.maximum(cases["received"].to_numpy() - 3, start)
    looked_at = some(rng, 0.3, size)
    allocated = cases["received"].to_numpy() + 10 + rng.exponential(90, size).astype(np.int64)
    _set(cases, "allocated", looked_at, allocated)
    _set(cases, "started", looked_at & some(rng, 0.6, size), allocated + 20)
    wait = 30 + rng.exponential(_NOT_LOOKED_AT_DAYS, size).astype(np.int64)
    cases["closed"] = np.maximum(cases["received"].to_numpy(), allocated) + wait
    cases["closing"] = CLOSED_NO_ACTION
    return cases


def _cohort_cases(stays: pd.DataFrame, where: Flags, rng: np.random.Generator) -> pd.DataFrame:
    """Cases of the 1,023: referred in time or found in April 2006, all decided too late."""
    cases = _empty_cases(stays, where)
    own = stays[where]
    size = len(own)
    referred = own["is_referred"].to_numpy()
    start, end = own["sentence_day"].to_numpy(), own["end"].to_numpy()
    in_time = between(rng, start + 1, np.maximum(end - 2, start + 1))
    found = between(rng, np.full(size, days.FOUND + 1), days.FOUND + 40)
    cases["received"] = np.where(referred, in_time, found)
    cases["sent"] = np.where(referred, np.maximum(in_time - 4, start), days.NEVER)
    cases["source"] = np.where(referred, _PRISON, _INTERNAL)
    began, completed, deported = _worked_on(own, rng)
    latest = days.FOUND - np.select([deported, completed], [50, 8], 1)
    late = between(rng, np.maximum(end, days.number(date(2005, 6, 1))), latest)
    allocated = np.where(began, late, cases["received"].to_numpy() + 5)
    allocated = np.where(began | ~referred, allocated, days.FOUND + 20)
    cases["allocated"] = allocated
    cases["started"] = np.where(
        began, np.minimum(allocated + 2, days.FOUND - 1), np.maximum(allocated + 4, days.FOUND + 5)
    )
    _decide_late(cases, own, completed, deported, rng)
    return cases


def _worked_on(own: pd.DataFrame, rng: np.random.Generator) -> tuple[Flags, Flags, Flags]:
    """Who was started, completed and deported by 26 April 2006, after the warning and before it.

    Each is a part of the one before. Those completed were located, so none of them is lost later;
    a deportation takes a while, so nobody goes within the month of release.
    """
    size = len(own)
    end, outcome = own["end"].to_numpy(), own["outcome"].to_numpy()
    first, last = (days.number(day) for day in published.WARNED)
    warned = (end >= first) & (end <= last) & own["is_dated"].to_numpy()
    referred = own["is_referred"].to_numpy()
    plain = referred & own["is_dated"].to_numpy() & (own["restatement"].to_numpy() == 0)
    found = plain & ~np.isin(outcome, [NOT_LOCATED, cohort.OUTCOMES.index("in_prison")])
    gone = found & (outcome == cohort.OUTCOMES.index("deported")) & (end < days.FOUND - 60)
    flags = [np.zeros(size, dtype=bool) for _ in range(3)]
    late = (
        published.STARTED_AFTER_WARNING,
        published.COMPLETED_AFTER_WARNING,
        published.DEPORTED_AFTER_WARNING,
    )
    whole = (published.STARTED, published.COMPLETED, published.DEPORTED)
    for group, counts in (
        (warned, late),
        (~warned, tuple(a - b for a, b in zip(whole, late, strict=True))),
    ):
        # From the innermost part outwards, each drawn around the one before.
        chosen = np.zeros(size, dtype=bool)
        for position, allowed in ((2, gone), (1, found), (0, referred)):
            free = np.flatnonzero(group & allowed & ~chosen)
            chosen[sample(rng, free, counts[position] - int(chosen.sum()))] = True
            flags[position] |= chosen
    return flags[0], flags[1], flags[2]


def _decide_late(
    cases: pd.DataFrame,
    own: pd.DataFrame,
    completed: Flags,
    early: Flags,
    rng: np.random.Generator,
) -> None:
    """The decisions of 2006 and what had become of the 1,013 in 2007, as published.

    What was ``completed`` by 26 April 2006 came on record that day; ``early`` are those of them who
    had been deported by then.
    """
    size = len(own)
    restated = own["restatement"].to_numpy()
    outcome = own["outcome"].to_numpy()
    deported, stayed, inside = (
        outcome == cohort.OUTCOMES.index(name)
        for name in ("deported", "right_to_stay", "in_prison")
    )
    wanted = published.decisions()
    not_pursued = np.zeros(size, dtype=bool)
    not_pursued[sample(rng, np.flatnonzero(stayed), wanted["not_pursue"])] = True
    deferred = np.zeros(size, dtype=bool)
    deferred[sample(rng, np.flatnonzero(inside), wanted["deferred_in_custody"])] = True
    pursued = (outcome >= 0) & ~not_pursued & ~deferred
    completed_day = days.number(published.COMPLETED_ON)
    first = np.maximum(cases["started"].to_numpy() + 3, completed_day + 6)
    first = np.where(inside, days.number(date(2006, 8, 1)), first)
    decision = between(rng, first, days.number(date(2006, 12, 8)))
    decision = np.where(completed, completed_day, decision)
    end = own["end"].to_numpy()
    soon = between(rng, np.maximum(end + 10, days.FOUND - 45), days.FOUND - 30)
    decision = np.where(early, soon, decision)
    # Everybody else is asked nothing before the decision: the 107 are those who answered.
    asked = np.minimum(cases["started"].to_numpy(), days.FOUND - 3)
    _set(cases, "questionnaire_sent", completed, np.maximum(asked, end + 1))
    answered = between(rng, np.maximum(asked, end + 1), np.minimum(decision, days.FOUND - 1))
    _set(cases, "questionnaire_returned", completed, answered)
    for name, flag in (("pursue", pursued), ("not_pursue", not_pursued), ("deferred", deferred)):
        _set(cases, name, flag, decision)
    _set(cases, "deferred_until", deferred, np.full(size, days.number(date(2008, 6, 30))))
    _set(cases, "order", deported, decision + 10)
    last = np.where(early, days.FOUND, days.number(date(2007, 9, 30)))
    removed = between(rng, decision + 15, last)
    _set(cases, "removed", deported, removed)
    cases["found_day"] = np.where(early, completed_day, cases["found_day"])
    cases["removal"] = np.where(deported, custody_stays.DEPORTATION, 0)
    won = stayed & pursued
    _set(cases, "lodged", won, decision + 8)
    _set(cases, "determined", won, decision + 90)
    cases["appeal"] = np.where(won, 0, -1)
    _set(cases, "closed", deported, removed + 5)
    _set(cases, "closed", not_pursued, decision + 20)
    _set(cases, "closed", won, decision + 110)
    cases["closing"] = np.select([deported, not_pursued | won], [CLOSED_REMOVED, CLOSED_LEAVE], -1)
    cases["outcome_2007"] = outcome
    _restate(cases, own, restated)


def _restate(cases: pd.DataFrame, own: pd.DataFrame, restated: Ints) -> None:
    """Decisions that were found later in a file: dated before release, recorded long after."""
    steps = [days.number(day) for day in published.RESTATED]
    recorded = np.array(steps)[restated // 10] - 3
    is_found = restated % 10 == cohort.DECISION_FOUND
    end = own["end"].to_numpy()
    decision = np.maximum((cases["received"].to_numpy() + end) // 2, cases["received"].to_numpy())
    _set(cases, "not_pursue", is_found, np.minimum(decision, end - 1))
    cases["found_day"] = np.where(is_found, recorded, cases["found_day"])
    for cause in (cohort.BRITISH_FOUND, cohort.TERM_CORRECTED, cohort.DECISION_FOUND):
        _set(cases, "closed", restated % 10 == cause, recorded)
        closing = CLOSED_BRITISH if cause == cohort.BRITISH_FOUND else CLOSED_NO_ACTION
        cases["closing"] = np.where(restated % 10 == cause, closing, cases["closing"])


def _set(cases: pd.DataFrame, name: str, where: Flags, day: Ints) -> None:
    cases[name] = np.where(where, day, cases[name].to_numpy())
