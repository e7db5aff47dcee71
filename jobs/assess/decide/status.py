"""The one status of each episode: the first in order that holds.

Each status is one object: its rule, when it holds and what it means. The list of them, their
order and the reasons follow from the objects.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read.custody import DIED, REMOVED
from jobs.contract.results import MISSED_STATUSES, UNCONSIDERED_STATUSES

PREFIX = "status."


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the status of each episode depends on."""

    in_scope: Flags
    must_be_verified: Flags
    is_considered: Flags
    is_released: Flags
    is_due: Flags
    is_decided_late: Flags
    is_referred_in_time: Flags


@dataclass(frozen=True, kw_only=True)
class Status(AppliedRule):
    """A status: when it holds of those of whom none before it holds, and what it means."""

    meaning: str
    holds: Callable[[Situation], Flags]

    @property
    def name(self) -> str:
        """The status as published."""
        return self.id.removeprefix(PREFIX).upper().replace("-", "_")


STATUSES: tuple[Status, ...] = (
    Status(
        id="status.out-of-scope",
        meaning="nobody has to consider deportation",
        holds=lambda case: ~case.in_scope,
    ),
    Status(
        id="status.verify-nationality",
        meaning="a person must verify whether this is a British citizen",
        holds=lambda case: case.must_be_verified,
    ),
    Status(
        id="status.considered",
        meaning="considered in time",
        holds=lambda case: case.is_considered,
    ),
    Status(
        id="status.not-yet-due",
        meaning="consideration is not due yet",
        holds=lambda case: ~case.is_released & ~case.is_due,
    ),
    Status(
        id="status.due",
        meaning="consideration is due and not recorded",
        holds=lambda case: ~case.is_released,
    ),
    Status(
        id="status.considered-late",
        meaning="released, and not shown to be considered before",
        holds=lambda case: case.is_decided_late,
    ),
    Status(
        id="status.referred-not-considered",
        meaning="released after a referral, without a decision",
        holds=lambda case: case.is_referred_in_time,
    ),
    Status(
        id="status.not-referred",
        meaning="released without a referral and without a decision",
        holds=lambda case: ~case.is_referred_in_time,
    ),
)
"""In the order in which they are asked. A removal of somebody who may be British is verified
although nobody is left to consider: it may have been unlawful.
"""
RULES: tuple[AppliedRule, ...] = STATUSES
"""The rules that are applied here."""
NAMES = tuple(status.name for status in STATUSES)
TO_DO = MISSED_STATUSES | {"DUE"}
"""The statuses that are ranked work."""


def places(names: Iterable[str]) -> list[int]:
    """Positions in `STATUSES` of the statuses of these names."""
    return sorted(NAMES.index(name) for name in names)


def is_one_of(status: Whole, *names: str) -> Flags:
    """Whether each status is one of these."""
    hit: Flags = np.isin(status, places(names))
    return hit


def is_unconsidered(status: Whole) -> Flags:
    """Whether each was released and not shown to be considered before."""
    return is_one_of(status, *UNCONSIDERED_STATUSES)


def decide_status(found: Findings, *, due: Days) -> tuple[Whole, Flags]:
    """The status of each episode as a position in `STATUSES`, and whether it is in scope.

    Args:
        found: the findings of the night.
        due: when consideration of each is due.
    """
    custody, handled = found.custody, found.handled
    considered = (handled.timely >= 0) | handled.removed_under_order
    died = custody.kind == DIED
    verify = found.nationality.must_be_verified & ~handled.chose_not_to_pursue & ~died
    no_more = ~considered & (died | ((custody.kind == REMOVED) & ~verify))
    case = Situation(
        in_scope=found.scope.in_scope & ~no_more,
        must_be_verified=verify,
        is_considered=considered,
        is_released=custody.is_released,
        is_due=~(due > found.as_of),
        is_decided_late=handled.late >= 0,
        is_referred_in_time=handled.is_referred_in_time,
    )
    holds = [status.holds(case) for status in STATUSES]
    return np.select(holds, list(range(len(STATUSES)))), case.in_scope
