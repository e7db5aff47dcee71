"""The flags of each episode: duty, liability, exemption, dates, deadlines, and the outcome.

Status says what is to be done tonight; flags say why in law, and what became of those for whom it
is too late. Every flag names its rule.
"""

from collections.abc import Mapping
from typing import Any

import holidays
import numpy as np
import pandas as pd
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.criteria.referral import BRITISH, EVERY_FOREIGN_NATIONAL
from jobs.assess.criteria.scope import EXEMPTION_RULES, SCOPE_RULES
from jobs.assess.decide import status as st
from jobs.assess.decide.outcomes import FOUND_BRITISH, NAMES, OUTCOMES, decide_outcomes
from jobs.assess.decide.standing import Standing
from jobs.assess.findings import Findings
from jobs.assess.frames import coded, frame_of, whole_numbers
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.contract.results import FLAGS

_ALERTS = AppliedRule(
    id="consideration.alerts", numbers=("last", "fifth", "fourth", "third", "second", "first")
)
_DEADLINE = AppliedRule(id="referral.deadline", numbers=("working_days",))
RULES: tuple[AppliedRule, ...] = (_ALERTS, _DEADLINE)
"""The rules that are applied here."""


def raise_flags(
    found: Findings, standing: Standing, *, tables: Mapping[str, pa.Table], policy: Policy
) -> pd.DataFrame:
    """One row of `results.FLAGS` for each episode whose person is not simply British.

    Args:
        found: the findings of the night.
        standing: what was decided upon them.
        tables: both registers.
        policy: the rules.
    """
    scope, recomputed = found.scope, found.recomputed
    rows = np.flatnonzero(~scope.is_by(BRITISH))
    referral_due, late = _referral_deadline(found, standing, policy)
    restriction = found.handled.restricted
    outcome = decide_outcomes(found, standing, tables=tables)
    outcome = np.where(standing.is_missed | _found_british(found, standing, outcome), outcome, -1)
    alert = _alert(found, standing, policy)
    columns: dict[str, Any] = {
        "episode_id": found.episodes.column("episode_id").take(rows),
        "is_duty_to_deport": scope.duty[rows],
        "duty_rule_id": coded(np.where(scope.duty, scope.duty_rule, -1)[rows], SCOPE_RULES),
        "is_liable": scope.in_scope[rows],
        "liability_rule_id": coded(scope.scope_rule[rows], SCOPE_RULES),
        "is_referral_met": scope.referral[rows],
        "referral_rule_id": coded(scope.referral_rule[rows], SCOPE_RULES),
        "is_exempt": scope.exempt[rows],
        "exemption_rule_id": coded(
            np.where(scope.exempt, scope.exempt_rule, -1)[rows], EXEMPTION_RULES
        ),
        "computed_release_date": recomputed.earliest[rows],
        "computed_release_latest_date": recomputed.latest[rows],
        "is_release_disputed": recomputed.is_disputed[rows],
        "disputed_release_date": np.where(recomputed.is_disputed, recomputed.recorded, NO_DAY)[
            rows
        ],
        "early_removal_date": np.where(scope.in_scope, recomputed.removal, NO_DAY)[rows],
        "referral_due_date": referral_due[rows],
        "is_referred_late": pa.array(late[rows], mask=np.isnat(referral_due[rows])),
        "alert_days": whole_numbers(alert[rows], alert[rows] >= 0),
        "restriction_date": restriction[rows],
        "is_restriction_missing": is_unrestricted(found, standing)[rows],
        "outcome": coded(outcome[rows], NAMES),
        "outcome_rule_id": coded(outcome[rows], [each.id for each in OUTCOMES]),
    }
    return frame_of(FLAGS, columns)


def is_unrestricted(found: Findings, standing: Standing) -> Flags:
    """Whether a missed release of each had no restriction since the conviction either."""
    of, clearance = found.releases.episode, standing.releases.clearance
    free = standing.releases.is_missed & ~(found.handled.restricted[of] <= clearance.limit)
    return col.any_of(of, free, len(found.episodes))


def _found_british(found: Findings, standing: Standing, outcome: Whole) -> Flags:
    """Released unconsidered, and found to be British since: they wait to be verified in prison."""
    waits = st.is_one_of(standing.status, "VERIFY_NATIONALITY") & found.custody.is_released
    waits &= standing.decision < 0
    british: Flags = waits & (outcome == OUTCOMES.index(FOUND_BRITISH))
    return british


def _alert(found: Findings, standing: Standing, policy: Policy) -> Whole:
    """The nearest alert that an episode has reached whose consideration is due, -1 for none."""
    rule, night = policy[_ALERTS], np.full(len(standing.status), found.as_of)
    ahead = (found.earliest.day - found.as_of).astype(np.int64)
    waiting = standing.is_due & ~np.isnat(found.earliest.day)
    steps = [rule.number(name, night) for name in _ALERTS.numbers]
    return np.select([waiting & (ahead <= step) for step in steps], steps, -1)


def _referral_deadline(found: Findings, standing: Standing, policy: Policy) -> tuple[Days, Flags]:
    """The last working day to refer, and whether it was missed.

    The day of the sentence where release is so near that the notice is due at once.
    """
    rule = policy[_DEADLINE]
    on = found.sentenced.selects
    asked = rule.in_force(on) & found.scope.in_scope & found.sentenced.is_sentenced
    due = np.full(len(on), NO_DAY)
    if not asked.any():
        return due, np.zeros(len(on), dtype=bool)
    years = range(int(str(on[asked].min())[:4]), int(str(on[asked].max())[:4]) + 2)
    closed = holidays.country_holidays("GB", subdiv="ENG", years=years)
    days = rule.number("working_days", on)[asked]
    due[asked] = np.busday_offset(
        on[asked], days, roll="backward", holidays=np.array(sorted(closed), dtype="datetime64[D]")
    )
    everybody = policy[EVERY_FOREIGN_NATIONAL]
    soon = on + everybody.number("at_once_within_days", on).astype("timedelta64[D]")
    at_once = asked & everybody.in_force(on) & (found.earliest.day <= soon)
    due = np.where(at_once, on, due)
    referred = standing.referred
    late = np.where(np.isnat(referred), due < found.as_of, referred > due)
    return due, late & ~np.isnat(due)
