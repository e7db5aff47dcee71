"""Whole rows: every column of the assessment and of the flags for a few people."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, assess_all, decision
from jobs.contract.results import ASSESSMENTS, FLAGS
from tests.assess.decide.test_flags import NEW, YEAR, sentenced

NOBODY = {field.name: None for field in ASSESSMENTS.fields}
PLAIN: dict[str, Any] = {
    **NOBODY,
    "episode_id": "E1",
    "identity_id": "ID1",
    "prisoner_number": "A0001AA",
    "prison_id": "AAI",
    "nationality": "NIGERIA",
    "is_foreign_national": True,
    "is_nationality_unknown": False,
    "is_in_custody": False,
    "is_released": False,
    "is_due": False,
    "is_court_recommended": False,
    "is_in_scope": True,
    "scope_rule_id": "referral.non-eea-length",
    "offence_code": "DRUGS",
    "seriousness": 3,
    "sentence_date": date(2004, 3, 1),
    "sentence_days": 549,
    "link_outcome": "not_linked",
    "is_possibly_considered": False,
}
"""What is common to the stories below."""
HELD_TEN_YEARS = HELD.but(sentences=({"term_months": 120},))

ROWS = [
    pytest.param(
        Story(
            cases=({**REFERRED, "started_date": date(2004, 5, 1)},),
            events=(decision(date(2004, 6, 1)),),
            removals=({"removed_date": date(2005, 1, 5)},),
        ),
        {
            "status": "CONSIDERED",
            "status_rule_id": "status.considered",
            "is_released": True,
            "release_date": RELEASED,
            "referred_date": date(2004, 4, 1),
            "started_date": date(2004, 5, 1),
            "considered_date": date(2004, 6, 1),
            "decision": "DECISION_PURSUE",
            "removed_date": date(2005, 1, 5),
            "case_id": "C1",
            "link_outcome": "linked",
            "link_probability": 0.99,
        },
        id="considered, released, removed",
    ),
    pytest.param(
        HELD_TEN_YEARS.but(nationality="UNKNOWN"),
        {
            "nationality": "UNKNOWN",
            "is_nationality_unknown": True,
            "scope_rule_id": "referral.unclear-length",
            "status": "DUE",
            "is_due": True,
            "status_rule_id": "status.due",
            "is_in_custody": True,
            "sentence_days": 3652,
            "earliest_release_date": date(2006, 9, 1),
            "due_date": date(2005, 9, 1),
            "days_to_release": 129,
            "priority": 1,
        },
        id="held, nationality unknown",
    ),
    pytest.param(
        Story(
            cases=(REFERRED,),
            events=(decision(date(2004, 6, 1), event_type="DECISION_NOT_PURSUE"),),
            link="review",
        ),
        {
            "status": "NOT_REFERRED",
            "status_rule_id": "status.not-referred",
            "is_released": True,
            "release_date": RELEASED,
            "link_outcome": "review",
            "link_probability": 0.6,
            "possible_case_id": "C1",
            "is_possibly_considered": True,
            "priority": 1,
        },
        id="released, a possible match decided",
    ),
    pytest.param(
        HELD_TEN_YEARS.but(nationality="BRIT"),
        {
            "nationality": "BRIT",
            "is_foreign_national": False,
            "is_in_scope": False,
            "scope_rule_id": "nationality.british",
            "status": "OUT_OF_SCOPE",
            "status_rule_id": "status.out-of-scope",
            "is_in_custody": True,
            "sentence_days": 3652,
            "earliest_release_date": date(2006, 9, 1),
            "days_to_release": 129,
        },
        id="held, British",
    ),
    pytest.param(
        Story(
            nationality="NO SUCH CODE",
            movements=(
                {"movement_type": "REL", "movement_reason": "DEC", "movement_date": RELEASED},
            ),
        ),
        {
            "nationality": None,
            "is_nationality_unknown": True,
            "is_in_scope": False,
            "scope_rule_id": "exit.died",
            "status": "OUT_OF_SCOPE",
            "status_rule_id": "status.out-of-scope",
        },
        id="died, nationality not in the list",
    ),
    pytest.param(
        Story(
            movements=(
                {"movement_type": "REL", "movement_reason": "DL", "movement_date": RELEASED},
            ),
            episode={"imprisonment_status": "REC_DEP"},
            sentences=({"calculation_type": "LIFE", "offence_code": None},),
        ),
        {
            "is_court_recommended": True,
            "is_in_scope": False,
            "scope_rule_id": "exit.removed",
            "offence_code": None,
            "seriousness": None,
            "sentence_days": None,
            "status": "OUT_OF_SCOPE",
            "status_rule_id": "status.out-of-scope",
            "removed_date": RELEASED,
        },
        id="removed, recommended, for life",
    ),
    pytest.param(
        HELD_TEN_YEARS.but(
            cases=(REFERRED,),
            events=(
                {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": date(2005, 1, 1)},
                decision(date(2004, 6, 1), event_type="DECISION_DEFERRED", reason="appeal",
                         deferred_until_date=date(2007, 1, 1)),
            ),
        ),
        {
            "status": "CONSIDERED",
            "status_rule_id": "status.considered",
            "is_in_custody": True,
            "sentence_days": 3652,
            "earliest_release_date": date(2006, 9, 1),
            "due_date": date(2005, 9, 1),
            "days_to_release": 129,
            "referred_date": date(2004, 4, 1),
            "considered_date": date(2004, 6, 1),
            "decision": "DECISION_DEFERRED",
            "order_signed_date": date(2005, 1, 1),
            "case_id": "C1",
            "link_outcome": "linked",
            "link_probability": 0.99,
        },
        id="held, deferred, an order signed",
    ),
]  # fmt: skip


def plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


@pytest.mark.parametrize(("told", "differs"), ROWS)
def test_every_column_of_an_assessment(told: Story, differs: dict[str, Any]) -> None:
    found = assess_all(told).assessments
    assert list(found.columns) == list(NOBODY)
    row = {name: plain(value) for name, value in found.iloc[0].to_dict().items()}
    assert row == {**PLAIN, **differs}


QUIET = {
    **{field.name: None for field in FLAGS.fields},
    **{field.name: False for field in FLAGS.fields if field.name.startswith("is_")},
    "episode_id": "E1",
    "is_referred_late": None,
}
FLAG_ROWS = [
    pytest.param(
        sentenced(NEW, YEAR),
        {
            "is_duty_to_deport": True,
            "duty_rule_id": "duty.condition-1",
            "is_liable": True,
            "liability_rule_id": "referral.non-eea-length",
            "is_referral_met": True,
            "referral_rule_id": "referral.non-eea-length",
            "computed_release_date": date(2010, 11, 30),
            "computed_release_latest_date": date(2010, 11, 30),
            "early_removal_date": date(2010, 8, 31),
            "alert_days": 0,
        },
        id="due, under the duty",
    ),
    pytest.param(
        Story(sentences=({"term_months": 3},)),
        {
            "liability_rule_id": "referral.non-eea-length",
            "referral_rule_id": "referral.non-eea-length",
            "computed_release_date": date(2004, 4, 15),
            "computed_release_latest_date": date(2004, 4, 15),
        },
        id="released, not in scope",
    ),
    pytest.param(
        Story(cases=({**REFERRED, "stage": "EXEMPT"},)),
        {
            "is_liable": True,
            "liability_rule_id": "referral.non-eea-length",
            "is_referral_met": True,
            "referral_rule_id": "referral.non-eea-length",
            "is_exempt": True,
            "exemption_rule_id": "exemption.recorded",
            "computed_release_date": date(2004, 11, 30),
            "computed_release_latest_date": date(2004, 11, 30),
            "early_removal_date": date(2004, 7, 18),
            "is_restriction_missing": True,
            "outcome": "ALLOWED_TO_STAY",
            "outcome_rule_id": "outcome.allowed-to-stay",
        },
        id="released unconsidered, exempt on record",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("told", "differs"), FLAG_ROWS)
def test_every_column_of_the_flags(told: Story, differs: dict[str, Any]) -> None:
    found = assess_all(told).flags
    assert list(found.columns) == list(QUIET)
    row = {name: plain(value) for name, value in found.iloc[0].to_dict().items()}
    assert row == {**QUIET, **differs}
