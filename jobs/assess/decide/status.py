"""The one status of each episode: the worst of its releases and convictions.

Each status is one object: its rule, when it holds and what it means. The list of them, their
order and the reasons follow from the objects.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from jobs.assess.columns import Flags, Whole
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.contract.results import MISSED_STATUSES

PREFIX = "status."


@dataclass(frozen=True, kw_only=True)
class Situation:
    """What the status of each episode depends on.

    ``is_missed``: a release was missed, whatever happened since; ``is_undecided``: and nobody has
    decided since; ``is_unreferred``: nor had anybody referred before it. ``is_due``: not released,
    and consideration is due tonight. ``is_open``: not released, and not considered.
    """

    in_scope: Flags
    must_be_verified: Flags
    is_missed: Flags
    is_undecided: Flags
    is_unreferred: Flags
    is_due: Flags
    is_open: Flags


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
        id="status.not-referred",
        meaning="released without a referral and without a decision, and undecided since",
        holds=lambda case: case.is_unreferred,
    ),
    Status(
        id="status.referred-not-considered",
        meaning="released after a referral, without a decision, and undecided since",
        holds=lambda case: case.is_undecided,
    ),
    Status(
        id="status.due",
        meaning="consideration is due and not recorded",
        holds=lambda case: case.is_due,
    ),
    Status(
        id="status.considered-late",
        meaning="released without a decision, and decided on since",
        holds=lambda case: case.is_missed,
    ),
    Status(
        id="status.not-yet-due",
        meaning="consideration is not due yet",
        holds=lambda case: case.is_open,
    ),
    Status(
        id="status.considered",
        meaning="considered in time",
        holds=lambda case: ~case.is_open,
    ),
)
"""In the order in which they are asked: the worst that holds. A removal of somebody who may be
British is verified although nobody is left to consider: it may have been unlawful.
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


def decide_status(case: Situation) -> Whole:
    """The status of each episode as a position in `STATUSES`."""
    holds = [status.holds(case) for status in STATUSES]
    return np.select(holds, list(range(len(STATUSES))))
