"""The one outcome of each person who was released unconsidered (rules ``outcome.*``)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import Flags, Whole
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read.considerations import FINDING
from jobs.assess.read.criminal_cases import NOT_PURSUE
from jobs.assess.read.immigration_custody import is_detained
from jobs.contract import immigration
from jobs.contract.codes import TERMINAL_STAGES

PREFIX = "outcome."


@dataclass(frozen=True, kw_only=True)
class Outcome(AppliedRule):
    """An outcome, and when it holds of those of whom none before it holds."""

    holds: Callable[["_Released"], Flags]

    @property
    def name(self) -> str:
        """The outcome as published."""
        return self.id.removeprefix(PREFIX).upper().replace("-", "_")


@dataclass(frozen=True, kw_only=True)
class _Released:
    """Every episode, as if it had been missed, with what happened to the person since.

    Only certain links are read; a case counts for an episode if it is the one relied on.
    """

    found: Findings
    standing: Standing
    tables: Mapping[str, pa.Table]

    def case_is(self, name: str, *codes: str) -> Flags:
        """Whether the case relied on holds one of these codes."""
        cases = self.found.cases.table
        hit: Flags = col.at(col.is_one_of(cases, name, codes), self.standing.case, False)
        return hit

    def person_is(self, hit: Flags) -> Flags:
        """Whether any certain immigration person of each episode is a hit."""
        identified = self.found.identified
        by_identity = col.any_of(identified.certain, hit, len(identified.identity_ids))
        answer: Flags = by_identity[identified.identity]
        return answer

    def has_died(self) -> Flags:
        """Whether the immigration register has them as dead by the night."""
        died = col.days(self.found.identified.persons, "died_date")
        return self.person_is(~np.isnat(died) & (died <= self.found.as_of))

    def is_lost(self) -> Flags:
        """Whether the immigration service has looked and not found them."""
        persons = self.found.identified.persons
        return self.person_is(col.is_one_of(persons, "located_status", {"NOT_LOCATED"}))

    def is_linked(self) -> Flags:
        """Whether the immigration register holds them for certain."""
        linked: Flags = self.found.identified.outcome == "linked"
        return linked

    def has_case(self) -> Flags:
        """Whether a criminal case for this sentence is relied on."""
        has: Flags = self.standing.case >= 0
        return has

    def is_case_open(self) -> Flags:
        """Whether that case is open: not closed by the night, nor in a stage that closes it."""
        cases = self.found.cases
        ended = ~np.isnat(cases.closed) | col.is_one_of(cases.table, "stage", TERMINAL_STAGES)
        is_open: Flags = col.at(~ended, self.standing.case, False)
        return is_open

    def is_declined(self) -> Flags:
        """Whether the decision relied on was not to pursue."""
        kind = col.at(self.found.considerations.kind, self.standing.decision, -1)
        declined: Flags = np.isin(kind, (NOT_PURSUE, FINDING))
        return declined

    def is_back_inside(self) -> Flags:
        """Whether they are in prison or in immigration detention again."""
        identified, detentions = (
            self.found.identified,
            self.tables[immigration.DETENTIONS.full_name],
        )
        persons = identified.persons
        owner = col.positions(detentions.column("cid_person_id"), persons.column("cid_person_id"))
        open_ = is_detained(detentions, self.found.as_of)
        detained = self.person_is(col.any_of(owner, open_, len(persons)))
        identity = identified.identity
        held = col.any_of(identity, self.found.custody.is_on_roll, len(identified.identity_ids))
        answer: Flags = detained | held[identity]
        return answer


FOUND_BRITISH = Outcome(
    id="outcome.british",
    holds=lambda each: each.case_is("stage", "BRITISH") | each.case_is("outcome", "BRITISH"),
)
OUTCOMES: tuple[Outcome, ...] = (
    FOUND_BRITISH,
    Outcome(
        id="outcome.died",
        holds=lambda each: each.has_died() | each.case_is("outcome", "DIED"),
    ),
    Outcome(
        id="outcome.deported",
        holds=lambda each: (
            ~np.isnat(each.found.handled.removed)
            | each.case_is("stage", "REMOVED")
            | each.case_is("outcome", "DEPORTED")
        ),
    ),
    Outcome(
        id="outcome.allowed-to-stay",
        holds=lambda each: (
            each.is_declined()
            | each.case_is("outcome", "NOT_PURSUE", "ALLOWED_TO_STAY")
            | each.case_is("stage", "LEAVE_GRANTED", "EXEMPT", "NO_ACTION")
        ),
    ),
    Outcome(id="outcome.in-custody", holds=lambda each: each.is_back_inside()),
    Outcome(id="outcome.not-located", holds=lambda each: each.is_lost()),
    Outcome(id="outcome.no-release-date", holds=lambda each: each.found.custody.is_undated),
    Outcome(id="outcome.not-sought", holds=lambda each: ~each.is_linked()),
    Outcome(id="outcome.no-case", holds=lambda each: each.is_linked() & ~each.has_case()),
    Outcome(id="outcome.in-process", holds=lambda each: each.is_case_open()),
    Outcome(id="outcome.closed", holds=lambda each: each.has_case() & ~each.is_case_open()),
)
"""In the order in which they are asked. The last four leave nobody over: linked or not, with a case
or without, open or closed.
"""
RULES: tuple[AppliedRule, ...] = OUTCOMES
"""The rules that are applied here."""
NAMES = tuple(outcome.name for outcome in OUTCOMES)


def decide_outcomes(
    found: Findings, standing: Standing, *, tables: Mapping[str, pa.Table]
) -> Whole:
    """The outcome of every episode as a position in `OUTCOMES`, as if it had been missed.

    Args:
        found: the findings of the night.
        standing: what was decided upon them.
        tables: both registers, of which ``immigration.detentions``.
    """
    released = _Released(found=found, standing=standing, tables=tables)
    outcome = np.select([each.holds(released) for each in OUTCOMES], list(range(len(OUTCOMES))), -1)
    if (outcome < 0).any():
        raise ArithmeticError("an episode has none of the outcomes")
    return outcome
