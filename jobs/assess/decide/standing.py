"""Where each episode stands on the night: what is due, its one status, and the rank of the work."""

from dataclasses import dataclass

from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.decide.due_date import due_dates
from jobs.assess.decide.ranking import rank
from jobs.assess.decide.status import decide_status
from jobs.assess.findings import Findings
from jobs.assess.policy.dated_rules import Policy


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One entry for each episode, in the order of the findings.

    ``due`` is the day on which consideration is due, ``status`` a position in
    `jobs.assess.decide.status.STATUSES`, ``in_scope`` the scope after an exit from custody was
    looked at, ``rank`` the rank of the work, 1 first, 0 where nothing is to be done.
    """

    due: Days
    status: Whole
    in_scope: Flags
    rank: Whole


def decide_standing(found: Findings, *, policy: Policy) -> Standing:
    """Decide the due date, the status and the rank of every episode."""
    due = due_dates(found, policy=policy)
    status, in_scope = decide_status(found, due=due)
    return Standing(
        due=due,
        status=status,
        in_scope=in_scope,
        rank=rank(found, status=status, policy=policy),
    )
