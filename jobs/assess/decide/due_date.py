"""When consideration is due."""

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days
from jobs.assess.findings import Findings
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy

DUE_BEFORE_RELEASE = AppliedRule(id="consideration.due", numbers=("months_before_release",))
RULES: tuple[AppliedRule, ...] = (DUE_BEFORE_RELEASE,)
"""The rules that are applied here."""


def due_dates(found: Findings, *, policy: Policy) -> Days:
    """The due dates: some months before the earliest release, at the earliest on sentence."""
    night = np.full(len(found.episodes), found.as_of)
    months = policy[DUE_BEFORE_RELEASE].number("months_before_release", night)
    due: Days = np.fmax(col.add_months(found.earliest.day, -months), found.sentenced.selects)
    return due
