"""The findings of a night as the table that everybody reads."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY
from jobs.assess.criteria.scope import SCOPE_RULES
from jobs.assess.decide import status as st
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.frames import coded, frame_of, taken, whole_numbers
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.read.considerations import KINDS
from jobs.assess.read.custody import DIED
from jobs.assess.read.nationality import output
from jobs.contract import codes as c
from jobs.contract.results import ASSESSMENTS

DIED_IN_CUSTODY = AppliedRule(id="exit.died")
LEFT_THE_COUNTRY = AppliedRule(id="exit.removed")
_CLEARED = [
    place for place, status in enumerate(st.STATUSES)
    if status.name in {"CONSIDERED", "CONSIDERED_LATE"}
]  # fmt: skip
RULES: tuple[AppliedRule, ...] = (DIED_IN_CUSTODY, LEFT_THE_COUNTRY)
"""The rules that are applied here."""


def assessments_of(found: Findings, standing: Standing) -> pd.DataFrame:
    """One row of `results.ASSESSMENTS` for each episode, in order of id."""
    episodes, sentenced, custody = found.episodes, found.sentenced, found.custody
    handled, made, cases = found.handled, found.considerations, found.cases
    to_release = (found.earliest.day - found.as_of).astype(np.int64)
    is_expected = ~custody.is_gone & ~np.isnat(found.earliest.day)
    offence = coded(sentenced.offence, [offence.code for offence in c.OFFENCE.codes])
    columns: dict[str, Any] = {
        "episode_id": episodes.column("episode_id"),
        "identity_id": found.identified.identity_ids.take(pa.array(found.identified.identity)),
        "prisoner_number": episodes.column("prisoner_number"),
        "prison_id": episodes.column("prison_id"),
        "nationality": output(found.nationality),
        "status": coded(standing.status, st.NAMES),
        "status_rule_id": coded(standing.status, [status.id for status in st.STATUSES]),
        "is_foreign_national": ~found.nationality.is_british,
        "is_nationality_unknown": found.nationality.is_unclear,
        "is_in_custody": custody.is_on_roll,
        "is_released": custody.is_released,
        "is_due": standing.is_due,
        "is_court_recommended": found.is_court_recommended,
        "is_in_scope": standing.in_scope,
        "scope_rule_id": _scope_rules(found, standing),
        "offence_code": offence,
        "seriousness": whole_numbers(sentenced.seriousness, sentenced.seriousness <= 5),
        "sentence_date": sentenced.first_sentence,
        "sentence_days": whole_numbers(sentenced.length_days, sentenced.length_days >= 0),
        "release_date": custody.release_date,
        "earliest_release_date": np.where(custody.is_gone, NO_DAY, found.earliest.day),
        "due_date": np.where(standing.in_scope & ~custody.is_gone, standing.due, NO_DAY),
        "days_to_release": whole_numbers(to_release, is_expected),
        "referred_date": standing.referred,
        "started_date": handled.started,
        "considered_date": col.at(made.day, standing.decision, NO_DAY),
        "decision": coded(col.at(made.kind, standing.decision, -1), KINDS),
        "order_signed_date": handled.order_signed,
        "removed_date": handled.removed,
        "case_id": taken(cases.table.column("case_id"), standing.case),
        "link_outcome": pa.array(found.identified.outcome, pa.string()),
        "link_probability": found.identified.probability,
        "possible_case_id": taken(cases.table.column("case_id"), standing.possible_case),
        "is_possibly_considered": standing.now.is_possibly_considered,
        "priority": whole_numbers(standing.rank, standing.rank > 0),
        "cleared_by": _cleared_by(found, standing),
    }
    return frame_of(ASSESSMENTS, columns)


def _cleared_by(found: Findings, standing: Standing) -> pa.Array:
    """By whose decision on a link nobody asks about an episode any more.

    The link leads to the decision that considered it, before the release or since, or to the
    record that the person left the country.
    """
    decision = found.identified.decision
    decided = pc.is_valid(decision).to_numpy(zero_copy_only=False)
    considered = np.isin(standing.status, _CLEARED) & (standing.decision >= 0)
    gone = found.scope.in_scope & ~standing.in_scope & ~np.isnat(found.handled.removed)
    return taken(decision, np.where(decided & (considered | gone), np.arange(len(decided)), -1))


def _scope_rules(found: Findings, standing: Standing) -> pa.Array:
    """The rule of the scope; that of the exit where somebody in scope died or was removed."""
    names = [*SCOPE_RULES, DIED_IN_CUSTODY.id, LEFT_THE_COUNTRY.id]
    gone = found.scope.in_scope & ~standing.in_scope
    exit_rule = np.where(found.custody.kind == DIED, len(names) - 2, len(names) - 1)
    return coded(np.where(gone, exit_rule, found.scope.scope_rule), names)
