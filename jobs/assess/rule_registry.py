"""Every rule that the assessment applies, and the policy that states them all."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from jobs.assess.criteria import scope
from jobs.assess.decide import (
    assessment_rows,
    discrepancy_rules,
    due_date,
    flags,
    outcomes,
    ranking,
    status,
)
from jobs.assess.explain import (
    casework_reasons,
    record_reasons,
    release_reasons,
)
from jobs.assess.policy.applied_rules import by_id
from jobs.assess.policy.dated_rules import FOLDER, Policy, read_policy, with_overrides
from jobs.assess.policy.proposed_rules import propose
from jobs.assess.policy.rule_overrides import Placed
from jobs.assess.policy.rules_page import rules_page
from jobs.assess.read import early_removal, release_dates
from jobs.assess.since import tracing

APPLIED: Final = by_id(
    rule
    for module in (
        release_dates,
        early_removal,
        scope,
        due_date,
        status,
        ranking,
        flags,
        outcomes,
        tracing,
        discrepancy_rules,
        assessment_rows,
        record_reasons,
        release_reasons,
        casework_reasons,
    )
    for rule in module.RULES
)
"""The rules by id. One that is left out here is refused where its file is read."""


def load_policy(*, folder: Path = FOLDER, overrides: Path | None = None) -> Policy:
    """The dated rules that the assessment applies, with a site's overrides.

    Args:
        folder: the rule files.
        overrides: a TOML file of a site's own numbers (`read_policy` says what it may hold).

    Raises:
        BadInput: a flawed file, a rule that is missing or that no code reads, or a flawed override;
            the message names file and line.
    """
    return read_policy(applied=APPLIED, folder=folder, overrides=overrides)


def policy_with(overrides: Sequence[Placed], *, text: str) -> Policy:
    """The dated rules with a site's changes, wherever those were written down.

    Args:
        overrides: the changes.
        text: all that they say.

    Raises:
        BadInput: a change fits no rule, or a number is out of its rule's bounds.
    """
    return with_overrides(load_policy(), overrides, text=text, applied=APPLIED)


def load_proposed(policy: Policy, path: Path) -> Policy:
    """The policy with the changes that a file proposes (`propose` says what it may hold)."""
    return propose(policy, path=path, applied=APPLIED)


def rules_markdown() -> str:
    """The text of ``docs/rules.md``: every rule, its periods, numbers and sources."""
    return rules_page(policy=load_policy())
