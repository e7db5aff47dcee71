"""The reasons: complete, in order, told in plain English, with the rows they rest on."""

import re
from datetime import date

from jobs.records import TABLES
from jobs.results import REASONS
from tests.assess.stories import HELD, REFERRED, Story, assess_all, decision, policy, tell
from tests.assess.test_agreement import fast, invented
from tests.assess.worlds import side_by_side


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
        ["No decision on detention or bail is on record before release either.", "", ""],
        ["CONSIDERED_LATE: released, and not shown to be considered before.", "", ""],
    ]


def test_a_due_case_tells_its_dates() -> None:
    _, reasons = tell(HELD.but(sentences=({"term_months": 120},)))
    findings = reasons.set_index("rule_id")["finding"]
    assert findings["release.earliest"] == (
        "Earliest plausible release 1 September 2006 (conditional release date)."
    )
    assert findings["consideration.due"] == (
        "Consideration is due on 1 September 2005: 12 months before release, or the sentence if "
        "later."
    )


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
