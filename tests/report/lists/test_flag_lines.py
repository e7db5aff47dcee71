"""The flags of an episode as a caseworker reads them, each with its rule."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from jobs.contract.results import ASSESSMENTS, FLAGS
from jobs.report import flags_of

PLAIN: dict[str, Any] = {
    "episode_id": "E1",
    "is_duty_to_deport": False,
    "is_liable": True,
    "is_referral_met": True,
    "referral_rule_id": "referral.eea-length",
    "is_exempt": False,
    "is_release_disputed": False,
    "is_restriction_missing": False,
}
MET = ("The referral criterion is met.", "referral.eea-length")
DAY, LATER = date(2006, 6, 1), date(2006, 12, 1)


def told(priority: int | None = None, **flags: Any) -> list[tuple[str, str]]:
    row = {**dict.fromkeys(FLAGS.columns), **PLAIN, **flags}
    row = {name: pd.Timestamp(v) if isinstance(v, date) else v for name, v in row.items()}
    episode = pd.DataFrame([{"episode_id": "E1", "priority": priority}])
    facts = {"nightly.flags": pd.DataFrame([row]), "nightly.assessments": episode}
    return flags_of("E1", facts)


LINES = [
    pytest.param({"is_referral_met": False},
                 ("The referral criterion is not met.", "referral.eea-length"), id="not met"),
    pytest.param({"is_duty_to_deport": True, "duty_rule_id": "duty.condition-1"},
                 ("The duty to deport applies.", "duty.condition-1"), id="duty"),
    pytest.param({"is_exempt": True, "exemption_rule_id": "exemption.under-18"},
                 ("Exempt from the duty to deport, still to be considered.", "exemption.under-18"),
                 id="exempt"),
    pytest.param({"computed_release_date": DAY, "computed_release_latest_date": DAY},
                 ("By the sentences, release on 1 June 2006.", "release.recomputed"),
                 id="one day of release"),
    pytest.param({"computed_release_date": DAY, "computed_release_latest_date": LATER},
                 ("By the sentences, release on 1 June 2006, at the latest on 1 December 2006.",
                  "release.recomputed"), id="a range of release"),
    pytest.param({"is_release_disputed": True, "disputed_release_date": LATER},
                 ("RELEASE_DATE_DISPUTED: 1 December 2006 is recorded.", "release.disputed"),
                 id="disputed"),
    pytest.param({"early_removal_date": DAY, "computed_release_latest_date": LATER},
                 ("Early removal from 1 June 2006 on.", "removal.early"), id="early removal"),
    pytest.param({"early_removal_date": DAY},
                 ("Early removal from 1 June 2006 on.", "removal.tariff"),
                 id="early removal of one whose sentence has no fixed end"),
    pytest.param({"referral_due_date": DAY, "is_referred_late": False},
                 ("The referral was due on 1 June 2006.", "referral.deadline"), id="in time"),
    pytest.param({"referral_due_date": DAY, "is_referred_late": True},
                 ("The referral was due on 1 June 2006, and was late.", "referral.deadline"),
                 id="late"),
    pytest.param({"alert_days": 30},
                 ("Alert: 30 days or less to the earliest release.", "consideration.alerts"),
                 id="alert"),
    pytest.param({"outcome": "DIED", "outcome_rule_id": "outcome.died"},
                 ("Outcome: DIED, died.", "outcome.died"), id="outcome"),
    pytest.param({"priority": 1200},
                 ("Priority: number 1,200 of the work to do.", "priority.ranking"), id="priority"),
]  # fmt: skip


@pytest.mark.parametrize(("flags", "line"), LINES)
def test_each_flag_is_a_line_with_its_rule(flags: dict[str, Any], line: tuple[str, str]) -> None:
    found = told(**flags)
    assert line in found
    assert set(found) <= {line, MET}


def test_an_episode_without_flags_has_no_lines() -> None:
    assert told() == [MET]
    facts = {"nightly.assessments": ASSESSMENTS.empty(), "nightly.flags": FLAGS.empty()}
    episode = pd.DataFrame([{"episode_id": "E1", "priority": None}])
    assert flags_of("E1", {**facts, "nightly.assessments": episode}) == []
    assert flags_of("E1", {"nightly.assessments": episode}) == []
