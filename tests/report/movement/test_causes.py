"""Each cause, by the story that brings it about."""

from typing import Any

import pytest

from benchmarks.samples.positions import BEFORE, day, episode, position
from jobs.assess.decide.status import NAMES as STATUSES
from jobs.contract import results
from jobs.report.movement import Versions, explain_movement

Story = dict[str, Any]

CUSTODY = {"due_date": day("2006-01-01"), "earliest_release_date": day("2006-09-01")}
SENTENCED = {"sentence_date": day("2005-01-01"), "sentence_days": 900}
DECIDED = {"considered_date": day("2006-02-01"), "decision": "DECISION_PURSUE", "case_id": "C1"}
TODAY_DECIDED = {**DECIDED, "considered_date": day("2006-04-25")}
LINKED = {"link_outcome": "linked", "case_id": "C1"}
GONE = {"release_date": day("2006-03-01")}


def link(person: str, outcome: str = "linked", by: str | None = None, own: str = "A-E1") -> Story:
    return {"prisoner_number": own, "cid_person_id": person, "outcome": outcome, "decided_by": by}


def aside(table: str, key: str, row: str = "{}", rule: str = "a.rule") -> Story:
    register, name = table.split(".")
    return {
        "register": register, "table_name": name, "row_key": key, "row": row, "rule_id": rule,
        "row_number": 1,
    }  # fmt: skip


def cause(was: Story, now: Story, episodes: tuple[Any, Any]) -> set[str]:
    before = position([episodes[0]] if episodes[0] else [], as_of=BEFORE, **was)
    after = position([episodes[1]] if episodes[1] else [], **now)
    moved = explain_movement(before=before, after=after)
    return set(moved.movement["cause"])


STORIES = [
    pytest.param(
        "newly_released",
        episode("E1", "DUE", **CUSTODY),
        episode("E1", "NOT_REFERRED", release_date=day("2006-04-25")),
        id="a person who was due walks out unconsidered",
    ),
    pytest.param(
        "newly_released",
        episode("E1", "NOT_YET_DUE", **CUSTODY),
        episode("E1", "NOT_REFERRED"),
        id="a release on an unknown day, early",
    ),
    pytest.param(
        "release_recorded_late",
        episode("E1", "DUE", **CUSTODY),
        episode("E1", "NOT_REFERRED", **GONE),
        id="a release of last month is recorded tonight",
    ),
    pytest.param(
        "returned_to_custody",
        episode("E1", "NOT_REFERRED", **GONE),
        episode("E1", "DUE", **CUSTODY),
        id="the release turns out to be an error",
    ),
    pytest.param(
        "newly_sentenced",
        episode("E1", "OUT_OF_SCOPE"),
        episode("E1", "DUE", **CUSTODY, sentence_date=day("2006-04-25"), sentence_days=400),
        id="a prisoner on remand is sentenced",
    ),
    pytest.param(
        "newly_sentenced",
        None,
        episode("E1", "DUE", **CUSTODY, sentence_date=day("2006-04-25"), sentence_days=400),
        id="somebody comes to prison by tonight's sentence",
    ),
    pytest.param(
        "newly_found",
        None,
        episode("E1", "NOT_REFERRED", **GONE, **SENTENCED),
        id="an old release that no register held",
    ),
    pytest.param(
        "left_register",
        episode("E1", "NOT_REFERRED", **GONE),
        None,
        id="an episode is deleted",
    ),
    pytest.param(
        "consideration_recorded",
        episode("E1", "DUE", **CUSTODY, **LINKED),
        episode("E1", "CONSIDERED", **CUSTODY, **{**LINKED, **TODAY_DECIDED}),
        id="a caseworker decides today",
    ),
    pytest.param(
        "consideration_recorded_late",
        episode("E1", "DUE", **CUSTODY, **LINKED),
        episode("E1", "CONSIDERED", **CUSTODY, **{**LINKED, **DECIDED}),
        id="a decision of February is entered today",
    ),
    pytest.param(
        "consideration_withdrawn",
        episode("E1", "CONSIDERED", **CUSTODY, **{**LINKED, **DECIDED}),
        episode("E1", "DUE", **CUSTODY, **LINKED),
        id="a decision is withdrawn",
    ),
    pytest.param(
        "consideration_recorded",
        episode("E1", "REFERRED_NOT_CONSIDERED", **GONE, **LINKED),
        episode("E1", "CONSIDERED_LATE", **GONE, **{**LINKED, **TODAY_DECIDED}),
        id="a caseworker decides after the release",
    ),
    pytest.param(
        "referral_recorded",
        episode("E1", "NOT_REFERRED", **GONE, **LINKED),
        episode("E1", "REFERRED_NOT_CONSIDERED", **GONE, **LINKED, referred_date=day("2006-02-01")),
        id="a referral comes to light",
    ),
    pytest.param(
        "referral_withdrawn",
        episode("E1", "REFERRED_NOT_CONSIDERED", **GONE, **LINKED, referred_date=day("2006-02-01")),
        episode("E1", "NOT_REFERRED", **GONE, **LINKED),
        id="a referral is taken back",
    ),
    pytest.param(
        "court_recommendation_corrected",
        episode("E1", "OUT_OF_SCOPE", **SENTENCED),
        episode("E1", "DUE", **CUSTODY, **SENTENCED, is_court_recommended=True),
        id="the court's recommendation is found in the file",
    ),
    pytest.param(
        "nationality_corrected",
        episode("E1", "NOT_REFERRED", **GONE, nationality="UNKNOWN"),
        episode("E1", "OUT_OF_SCOPE", **GONE, nationality="BRIT"),
        id="an unknown nationality turns out to be British",
    ),
    pytest.param(
        "nationality_corrected",
        episode("E1", "DUE", **CUSTODY, nationality="NIGERIA"),
        episode("E1", "VERIFY_NATIONALITY", **CUSTODY, nationality="NIGERIA"),
        id="new evidence of British nationality",
    ),
    pytest.param(
        "sentence_corrected",
        episode("E1", "NOT_REFERRED", **GONE, **SENTENCED),
        episode("E1", "OUT_OF_SCOPE", **GONE, **{**SENTENCED, "sentence_days": 300}),
        id="a term was shorter than recorded",
    ),
    pytest.param(
        "release_date_corrected",
        episode("E1", "CONSIDERED", is_released=True, release_date=day("2006-02-10"), **DECIDED),
        episode("E1", "CONSIDERED_LATE", release_date=day("2006-01-10"), **DECIDED),
        id="the release was before the decision after all",
    ),
    pytest.param(
        "release_date_corrected",
        episode("E1", "NOT_YET_DUE", due_date=day("2006-08-01"),
                earliest_release_date=day("2007-08-01")),
        episode("E1", "DUE", due_date=day("2005-08-01"), earliest_release_date=day("2006-08-01")),
        id="the release is a year nearer than recorded",
    ),
    pytest.param(
        "died_or_removed",
        episode("E1", "DUE", **CUSTODY, scope_rule_id="referral.non-eea-length"),
        episode("E1", "OUT_OF_SCOPE", scope_rule_id="exit.died"),
        id="a person who was due dies",
    ),
    pytest.param(
        "time_passed",
        episode("E1", "NOT_YET_DUE", due_date=day("2006-04-25")),
        episode("E1", "DUE", due_date=day("2006-04-25")),
        id="the due date is reached",
    ),
    pytest.param(
        "time_passed",
        episode("E1", "DUE", earliest_release_date=day("2006-05-02"), days_to_release=8),
        episode("E1", "DUE", earliest_release_date=day("2006-05-02"), days_to_release=7),
        id="the release is a week away",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "was", "now"), STORIES)
def test_the_facts_name_the_cause(expected: str, was: Story | None, now: Story | None) -> None:
    known = {"immigration": {"P1": "ID-E1"}}
    assert cause(known, known, (was, now)) == {expected}


MISSED = episode("E1", "NOT_REFERRED", **GONE)
CLEARED = episode("E1", "CONSIDERED_LATE", **GONE, **LINKED, considered_date=day("2006-03-20"))
APART = {"immigration": {"P1": "ID-P1"}}
TOGETHER = {"immigration": {"P1": "ID-E1"}}
TWO_APART = {"immigration": {"P1": "ID-E1", "P2": "ID-P2"}}
TWO_TOGETHER = {"immigration": {"P1": "ID-E1", "P2": "ID-E1"}}

LINK_STORIES = [
    pytest.param("newly_linked", APART, TOGETHER, MISSED, CLEARED, id="a link is found"),
    pytest.param("unlinked", TOGETHER, APART, CLEARED, MISSED, id="a link is given up"),
    pytest.param(
        "duplicates_merged", TWO_APART, TWO_TOGETHER, {**MISSED, **LINKED}, CLEARED,
        id="two immigration records become one person",
    ),
    pytest.param(
        "identity_split", TWO_TOGETHER, TWO_APART, CLEARED, {**MISSED, **LINKED},
        id="one person becomes two",
    ),
    pytest.param(
        "reviewers_decision", APART, {**TOGETHER, "links": [link("P1", by="a reviewer")]},
        MISSED, CLEARED, id="a reviewer links",
    ),
    pytest.param(
        "reviewers_decision", TOGETHER, {**APART, "links": [link("P1", "not_linked", "somebody")]},
        CLEARED, MISSED, id="a reviewer parts",
    ),
    pytest.param(
        "newly_found", {}, TOGETHER, MISSED, CLEARED, id="the immigration record is new",
    ),
    pytest.param(
        "left_register", TOGETHER, {}, CLEARED, MISSED, id="the immigration record is gone",
    ),
    pytest.param(
        "quarantined", TOGETHER, {"quarantine": [aside("immigration.persons", "P1")]},
        CLEARED, MISSED, id="the immigration record is set aside",
    ),
    pytest.param(
        "quarantined", TOGETHER,
        {**TOGETHER, "quarantine": [aside("immigration.events", "V9", '{"case_id":"C1"}')]},
        CLEARED, {**MISSED, **LINKED}, id="the event of the decision is set aside",
    ),
    pytest.param(
        "back_from_quarantine", {"quarantine": [aside("immigration.cases", "C1")]}, TOGETHER,
        MISSED, CLEARED, id="the case is mended",
    ),
    pytest.param(
        "quarantined", {}, {"quarantine": [aside("prison.episodes", "E1")]}, MISSED, None,
        id="the episode itself is set aside",
    ),
    pytest.param(
        "back_from_quarantine", {"quarantine": [aside("prison.episodes", "E1")]}, {},
        None, MISSED, id="the episode itself is mended",
    ),
    pytest.param(
        "left_register", {},
        {"quarantine": [aside("prison.episodes", "E1", rule="a.duplicate_identical")]},
        MISSED, None, id="a doublet in quarantine explains nothing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("expected", "was", "now", "old", "new"), LINK_STORIES)
def test_who_is_who_names_the_cause(
    expected: str, was: Story, now: Story, old: Story | None, new: Story | None
) -> None:
    assert cause(was, now, (old, new)) == {expected}


def test_a_decision_that_counts_for_another_sentence_has_moved() -> None:
    person = {"prisoner_number": "A1", "identity_id": "ID1", **LINKED, **GONE}
    before = position(
        [episode("E1", "CONSIDERED_LATE", **{**person, **DECIDED}), episode("E2", "DUE", **person)],
        as_of=BEFORE,
    )
    after = position(
        [
            episode("E1", "NOT_REFERRED", **person),
            episode("E2", "CONSIDERED", **{**person, **DECIDED}),
        ]
    )
    moved = explain_movement(before=before, after=after).movement
    assert set(moved["cause"]) == {"consideration_moved"}
    assert set(moved["episode_id"]) == {"E1", "E2"}


def test_a_merged_prison_number_is_no_lost_episode() -> None:
    other = episode("E2", "OUT_OF_SCOPE", identity_id="ID-E1")
    before = position([MISSED, other], as_of=BEFORE)
    moved = explain_movement(before=before, after=position([other])).movement
    assert set(moved["cause"]) == {"duplicates_merged"}


@pytest.mark.parametrize(
    ("expected", "versions"),
    [
        pytest.param("code_changed", Versions(code="2", rules="1", model="1"), id="other code"),
        pytest.param("rule_changed", Versions(code="1", rules="2", model="1"), id="other rules"),
        pytest.param("rule_changed", Versions(code="2", rules="2", model="1"), id="rules and code"),
        pytest.param("model_changed", Versions(code="1", rules="1", model="2"), id="other model"),
    ],
)
def test_the_same_data_under_other_software_name_the_software(
    expected: str, versions: Versions
) -> None:
    before = position([MISSED], as_of=BEFORE)
    again = position([episode("E1", "OUT_OF_SCOPE", **GONE)], as_of=BEFORE)
    after = position([episode("E1", "OUT_OF_SCOPE", **GONE)], versions=versions)
    moved = explain_movement(before=before, after=after, rebased=again.facts)
    assert set(moved.movement["cause"]) == {expected}
    assert set(moved.bridges["basis"]) == {"assessed_again"}


def test_another_model_is_named_only_where_links_differ() -> None:
    versions = Versions(code="2", rules="1", model="2")
    before = position([MISSED, episode("E2", "DUE", **CUSTODY)], as_of=BEFORE, **APART)
    again = position([CLEARED, episode("E2", "OUT_OF_SCOPE")], as_of=BEFORE, **TOGETHER)
    after = position([CLEARED, episode("E2", "OUT_OF_SCOPE")], versions=versions, **TOGETHER)
    moved = explain_movement(before=before, after=after, rebased=again.facts).movement
    causes = moved.groupby("episode_id")["cause"].unique().map(list).to_dict()
    assert causes == {"E1": ["model_changed"], "E2": ["code_changed"]}


def test_what_the_data_moved_is_not_laid_on_the_software() -> None:
    versions = Versions(code="2", rules="1", model="1")
    before = position([episode("E1", "DUE", **CUSTODY)], as_of=BEFORE)
    after = position(
        [episode("E1", "NOT_REFERRED", release_date=day("2006-04-25"))], versions=versions
    )
    moved = explain_movement(before=before, after=after, rebased=before.facts)
    assert set(moved.movement["cause"]) == {"newly_released"}


def test_without_the_old_data_the_software_is_named_where_no_fact_changed() -> None:
    versions = Versions(code="1", rules="2", model="1")
    left = episode("E2", "DUE", **CUSTODY)
    before = position([MISSED, left], as_of=BEFORE)
    after = position(
        [
            episode("E1", "OUT_OF_SCOPE", is_released=True, is_in_custody=False, **GONE),
            episode("E2", "NOT_REFERRED", release_date=day("2006-04-25")),
        ],
        versions=versions,
    )
    moved = explain_movement(before=before, after=after)
    causes = moved.movement.groupby("episode_id")["cause"].unique().map(list).to_dict()
    assert causes == {"E1": ["rule_changed"], "E2": ["newly_released"]}
    assert set(moved.bridges["basis"]) == {"not_assessed_again"}


def test_what_moved_one_way_and_back_has_not_moved() -> None:
    versions = Versions(code="2", rules="1", model="1")
    before, after = position([MISSED], as_of=BEFORE), position([MISSED], versions=versions)
    again = position([episode("E1", "OUT_OF_SCOPE", **GONE)], as_of=BEFORE)
    moved = explain_movement(before=before, after=after, rebased=again.facts)
    assert moved.movement.empty


def test_a_changed_definition_stands_apart_from_every_case() -> None:
    before = position([MISSED], as_of=BEFORE, figures={"missed.total": 5.0})
    bridges = explain_movement(before=before, after=position([MISSED])).bridges
    row = bridges.set_index("figure_id").loc["missed.total"]
    assert (row["opening"], row["redefined"], row["closing"]) == (5, -4, 1)


def test_the_first_night_has_no_movement() -> None:
    moved = explain_movement(before=None, after=position([MISSED]))
    assert moved.movement.empty
    assert moved.bridges.empty


def test_the_rules_ask_for_every_status_in_the_declared_order() -> None:
    assert results.STATUS_ORDER == STATUSES
    assert sorted(STATUSES) == sorted(results.STATUS.values)


def test_there_is_no_cause_called_other() -> None:
    assert not {code for code in results.CAUSE.values if "other" in code or "unknown" in code}
