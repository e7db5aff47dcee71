"""The reasons of every assessment as rows: a rule, its answer, and the fact that it used.

A caseworker reads them from the top. They hold no personal value: episodes, cases and events are
named by their own numbers.
"""

import numpy as np

from jobs.assess.criteria.referral import BRITISH
from jobs.assess.decide.standing import Standing
from jobs.assess.decide.status import STATUSES
from jobs.assess.explain.casework_reasons import give_casework_reasons
from jobs.assess.explain.reason_rows import Reasons
from jobs.assess.explain.record_reasons import give_nationality_reasons, give_sentence_reasons
from jobs.assess.explain.release_reasons import give_custody_reasons, give_due_reasons
from jobs.assess.explain.scope_reasons import give_scope_reasons
from jobs.assess.findings import Findings
from jobs.assess.policy.dated_rules import Policy
from jobs.assess.read.custody import DIED

OUT_OF_SCOPE = "OUT_OF_SCOPE"


def give_reasons(found: Findings, standing: Standing, *, policy: Policy) -> Reasons:
    """Collect, for each episode, which rule answered what, from which row.

    An episode that is out of scope because the person is British gets two rows: the record and the
    status. Every other episode shows its sentence and criterion; one that meets a criterion shows
    its custody, link, referral, decisions and due date too.
    """
    reasons = Reasons(found, sorted(policy.rules))
    asked = found.scope.in_scope
    give_nationality_reasons(reasons, found)
    give_sentence_reasons(reasons, found, ~found.scope.is_by(BRITISH))
    give_scope_reasons(reasons, found, policy)
    give_custody_reasons(reasons, found, asked)
    give_casework_reasons(reasons, found, standing, asked)
    give_due_reasons(reasons, found, standing, policy)
    for place, status in enumerate(STATUSES):
        # Who left in scope without a decision is not somebody whom nobody had to consider.
        left = found.scope.in_scope & ~standing.in_scope & (status.name == OUT_OF_SCOPE)
        died = found.custody.kind == DIED
        for hit, meaning in (
            (~left, status.meaning),
            (left & ~died, "left the country, no decision on record"),
            (left & died, "died in custody, no decision on record"),
        ):
            rows = np.flatnonzero(hit & (standing.status == place))
            reasons.add(rows, status, f"{status.name}: {meaning}.")
    return reasons
