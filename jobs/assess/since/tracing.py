"""Whether it is known where somebody released is: four words, and exactly one for each release.

*Cannot be found* and *nobody has looked* are not one thing: the first is the result of work, the
second the lack of it (rules ``traced.*``).
"""

from typing import Final

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule

PREFIX: Final = "traced."
QUESTIONED = AppliedRule(id="traced.questioned")
LOCATED = AppliedRule(id="traced.located")
NOT_FOUND = AppliedRule(id="traced.not-found")
NOT_SOUGHT = AppliedRule(id="traced.not-sought")
RULES: tuple[AppliedRule, ...] = (QUESTIONED, LOCATED, NOT_FOUND, NOT_SOUGHT)
"""In the order in which they are asked."""
TRACED: Final = [rule.id.removeprefix(PREFIX).upper().replace("-", "_") for rule in RULES]

_KNOWN: Final = frozenset({"LOCATED", "IN_CUSTODY", "ABROAD"})
_UNFOUND: Final = frozenset({"NOT_LOCATED"})


def trace(found: Findings, *, left: Days, back: Days) -> Whole:
    """The word for each release as a position in `TRACED`.

    Args:
        found: the findings of the night.
        left: when the person left the country after the release, where they did.
        back: when they were received into prison again.
    """
    persons, episode = found.identified.persons, found.releases.episode
    lost = _of_person(found, col.is_one_of(persons, "located_status", _UNFOUND))[episode]
    died = ~np.isnat(col.days(persons, "died_date")) & (
        col.days(persons, "died_date") <= found.as_of
    )
    known = _of_person(found, col.is_one_of(persons, "located_status", _KNOWN) | died)[episode]
    # What the prison holds, and a removal, say more than a record that nobody has mended.
    sure = ~np.isnat(left) | (~np.isnat(back) & is_inside(found)[episode])
    known = sure | (known & ~lost)
    hits = [known & _has_answered(found), known, lost, ~known & ~lost]
    # The last two parts are what is not known: nobody is left over.
    return np.select(hits, list(range(len(RULES))), -1)


def _of_person(found: Findings, hit: Flags) -> Flags:
    """Whether any immigration person linked for certain to each episode is a hit."""
    identified = found.identified
    by_identity = col.any_of(identified.certain, hit, len(identified.identity_ids))
    answer: Flags = by_identity[identified.identity]
    return answer


def is_inside(found: Findings) -> Flags:
    """Episodes whose person is on the roll of a prison tonight, in whichever episode."""
    identity = found.identified.identity
    inside = col.any_of(identity, found.custody.is_on_roll, len(found.identified.identity_ids))
    answer: Flags = inside[identity]
    return answer


def _has_answered(found: Findings) -> Flags:
    """Whether the person sent a questionnaire back after each release, in a criminal case."""
    events, cases, releases = found.events, found.cases, found.releases
    answered = col.is_one_of(events.table, "event_type", {"QUESTIONNAIRE_RETURNED"})
    owner = col.at(found.identified.certain, col.at(cases.person, events.case, -1), -1)
    owner = np.where(answered & col.at(cases.is_criminal, events.case, False), owner, -1)
    release, event = col.pairs(found.identified.identity[releases.episode], owner)
    after = events.day[event] > releases.limit[release]
    return col.any_of(release, after, len(releases.episode))
