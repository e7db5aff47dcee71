"""When consideration is due: of somebody inside, and before a release that has happened."""

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy

DUE_BEFORE_RELEASE = AppliedRule(id="consideration.due", numbers=("months_before_release",))
RULES: tuple[AppliedRule, ...] = (DUE_BEFORE_RELEASE,)
"""The rules that are applied here."""


def due_dates(release: Days, *, sentenced: Days, on: Days, policy: Policy) -> Days:
    """The due dates: some months before the release, at the earliest on sentence.

    Args:
        release: the release, ``NaT`` where no day is known.
        sentenced: the day of the sentence that asks for consideration.
        on: the day whose rule holds.
        policy: the rules.
    """
    months = policy[DUE_BEFORE_RELEASE].number("months_before_release", on)
    due: Days = np.fmax(col.add_months(release, -months), sentenced)
    return due
