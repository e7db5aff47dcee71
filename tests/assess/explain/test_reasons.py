"""The reasons: complete, in order, told in plain English, with the rows they rest on."""

import re
from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.odd_worlds import side_by_side
from benchmarks.samples.stories import HELD, REFERRED, Story, assess_all, decision, policy, tell
from jobs.assess import rules_cited
from jobs.contract.registers import TABLES
from jobs.contract.results import REASONS
from tests.assess.test_agreement import fast, invented


def test_a_missed_release_is_told_from_the_record_to_the_status() -> None:
    told = Story(
        cases=({**REFERRED, "started_date": date(2004, 5, 3)},),
        events=(decision(date(2004, 10, 1), caseworker=None), decision(date(2005, 3, 1))),
    )
    _, reasons = tell(told)
    assert reasons[["finding", "source_table", "source_key"]].fillna("").to_numpy().tolist() == [
        ["The prison record says Nigeria.", "prison.persons", ""],
        [
            "The sentences come to 18 months, counted from 1 March 2004.",
            "prison.sentences",
            "E1|1",
        ],
        ["In scope: outside the EEA, and the length reaches 12 months.", "", ""],
        ["Released on 1 December 2004.", "prison.movements", "E1|2"],
        ["Linked for certain to the immigration register.", "nightly.links", ""],
        ["Referred to the immigration service on 1 April 2004.", "immigration.cases", "C1"],
        [
            "Work started on 3 May 2004; a start is not a consideration.",
            "immigration.cases",
            "C1",
        ],
        [
            (
                "A named caseworker decided to pursue deportation on 1 March 2005: not shown to be "
                "before release."
            ),
            "immigration.events",
            "V2",
        ],
        [
            (
                "A decision to pursue deportation on 1 October 2004 does not count: "
                "no caseworker is named."
            ),
            "immigration.events",
            "V1",
        ],
        [
            "Nobody had decided on sentence 1 before the release on 1 December 2004.",
            "prison.sentences",
            "E1|1",
        ],
        [
            "No decision on detention, monitoring, restriction or bail before release either.",
            "",
            "",
        ],
        ["CONSIDERED_LATE: released without a decision, and decided on since.", "", ""],
    ]


def test_a_due_case_tells_its_dates() -> None:
    _, reasons = tell(HELD.but(sentences=({"term_months": 120},)))
    findings = reasons.set_index("rule_id")["finding"]
    assert findings["release.earliest"] == (
        "Earliest plausible release 1 September 2006 (conditional release date)."
    )
    assert findings["consideration.due"] == (
        "Consideration is due on 1 September 2005, 12 months before release."
    )


STEPS = [
    pytest.param("ALLOCATED", "Given to a caseworker on 3 May 2004; that is not a consideration.",
                 id="allocated"),
    pytest.param("STARTED", "Work started on 3 May 2004; a start is not a consideration.",
                 id="started"),
    pytest.param("QUESTIONNAIRE_SENT",
                 "A questionnaire was sent on 3 May 2004; that is not a consideration.",
                 id="questionnaire sent"),
    pytest.param("QUESTIONNAIRE_RETURNED",
                 "A questionnaire came back on 3 May 2004; that is not a consideration.",
                 id="questionnaire returned"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "line"), STEPS)
def test_a_step_that_is_no_consideration_is_shown_apart(step: str, line: str) -> None:
    event = {"event_type": step, "occurred_date": date(2004, 5, 3), "caseworker": "CW01"}
    found, reasons = tell(Story(cases=(REFERRED,), events=(event,)))
    assert found["status"] == "REFERRED_NOT_CONSIDERED"
    assert line in set(reasons["finding"])
    _, reasons = tell(Story(cases=(REFERRED,), events=(event, decision(date(2004, 6, 1)))))
    assert line not in set(reasons["finding"])


DISCOUNTED = [
    pytest.param(decision(None), "a day that is not recorded", "no day of it is known",
                 id="undated"),
    pytest.param(decision(date(2004, 10, 1), caseworker=None), "1 October 2004",
                 "no caseworker is named", id="nobody named"),
    pytest.param(decision(date(2004, 2, 1)), "1 February 2004",
                 "it came before the conviction", id="before the sentence"),
]  # fmt: skip


@pytest.mark.parametrize(("event", "day", "why"), DISCOUNTED)
def test_why_a_decision_does_not_count(event: dict[str, Any], day: str, why: str) -> None:
    _, reasons = tell(Story(cases=(REFERRED,), events=(event,)))
    finding = f"A decision to pursue deportation on {day} does not count: {why}."
    assert finding in set(reasons["finding"])


DUE_LINES = [
    pytest.param(HELD.but(episode={"conditional_release_date": date(2004, 12, 1)}),
                 "Consideration is due on 1 March 2004, the day of the sentence: 12 months or "
                 "less left.", id="less than a year to release"),
    pytest.param(HELD.but(episode={}, sentences=({"calculation_type": "LIFE"},)),
                 "Consideration is due on 1 March 2004, the day of the sentence: no release is "
                 "known.", id="no release known"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "line"), DUE_LINES)
def test_why_consideration_is_due_on_its_day(told: Story, line: str) -> None:
    _, reasons = tell(told)
    assert reasons.set_index("rule_id").loc["consideration.due", "finding"] == line


def test_earlier_sentences_that_were_added_are_named() -> None:
    told = Story(sentences=({"term_months": 5},),
                 earlier=[(date(2003, 1, 1), {"term_months": 4}),
                          (date(2002, 1, 1), {"term_months": 3})])  # fmt: skip
    _, reasons = tell(told)
    added = reasons[reasons["rule_id"] == "referral.aggregate"]
    assert added[["finding", "source_key"]].fillna("").to_numpy().tolist() == [
        ["A sentence of 3 months, passed on 1 January 2002, is added up.", "E01|1"],
        ["A sentence of 4 months, passed on 1 January 2003, is added up.", "E00|1"],
        ["A sentence of 5 months, passed on 1 March 2004, is added up.", "E1|1"],
        [
            (
                "In scope: together with the longest sentences of the 5 years before, 2 at most, "
                "the length reaches 12 months."
            ),
            "",
        ],
    ]


def test_rules_are_cited_as_they_stood_on_the_day_that_selects_them() -> None:
    fired = ["referral.non-eea-length", "status.due", "referral.non-eea-length", "no.rule"]
    cited = rules_cited(
        policy=policy(),
        rule_ids=fired,
        sentenced=date(2007, 1, 1),
        left=None,
        night=date(2009, 1, 1),
    )
    assert cited == [
        (
            "referral.non-eea-length: Length of sentence, outside the EEA. PSO 4630 (first issue, "
            "17 July 2006; its text was not seen); Immigration Rules as changed on 20 July 2006 "
            "and reported at the time (inferred)."
        ),
        "status.due: DUE. This project (house).",
        f"no.rule: not a rule of version {policy().version}",
    ]


def test_british_needs_two_lines() -> None:
    _, reasons = tell(Story(nationality="BRIT"))
    assert reasons["rule_id"].tolist() == ["nationality.british", "status.out-of-scope"]


def test_every_episode_has_reasons_that_name_rules_and_rows_that_exist() -> None:
    world = side_by_side(invented())
    assessed = fast(world)
    reasons = assessed.reasons
    REASONS.arrow(reasons)
    ends = reasons.groupby("episode_id").last()["rule_id"]
    statuses = assessed.assessments.set_index("episode_id")["status_rule_id"]
    assert ends.to_dict() == statuses.to_dict()
    assert set(reasons["rule_id"]) <= set(policy().rules)
    assert not reasons["finding"].str.contains(r"[{}]|nan|None|NaT", regex=True).any()
    keys = {
        name: {
            "|".join(str(row[part]) for part in TABLES[name].key)
            for row in world.registers.get(name, [])
        }
        for name in TABLES
    }
    named = reasons.dropna(subset=["source_key"])
    for source, key in zip(named["source_table"], named["source_key"], strict=True):
        assert key in keys[source]


def test_reasons_hold_no_personal_value() -> None:
    told = Story(
        there={"nationality": "GHANA", "noms_number": "A9999ZZ"},
        cases=(REFERRED,),
        events=(decision(date(2004, 10, 1)),),
    )
    text = assess_all(told).reasons.astype(str).to_csv()
    assert not re.search(r"A0001AA|A9999ZZ|1970|CW01", text)


def test_reasons_written_out_in_pieces_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = side_by_side(invented()[:50])
    whole = fast(world).reasons
    monkeypatch.setattr("jobs.assess.explain.reason_rows.EPISODES_AT_ONCE", 7)
    pd.testing.assert_frame_equal(fast(world).reasons, whole)
    assert whole["episode_id"].nunique() > 50
