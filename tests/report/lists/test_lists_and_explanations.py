"""Lists lead from a figure to its cases, and explanations from a case to its rules."""

import pandas as pd
import pytest

from benchmarks.samples.report_nights import invent
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.schema import Table
from jobs.report import explain, key_figure, list_named, rows_of
from jobs.report.lists.explanation import reason_lines
from jobs.runtime.errors import BadInput

WORLD = invent(episodes=500)
PERSONAL = {
    field.name for table in results.NIGHTLY.values() for field in table.fields if field.personal
}


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("missed", "missed.undecided"),
        ("decided_since", "missed.decided_since"),
        ("unconsidered", "missed.total"),
        ("due", "due.total"),
        ("verify", "scope.verify_nationality"),
        ("backlog", "backlog.open"),
    ],
)
def test_a_list_has_as_many_rows_as_its_figure(name: str, figure: str) -> None:
    counted = key_figure(WORLD.reported.figures, figure).value
    assert len(rows_of(CASE_LISTS[name], WORLD.facts)) == counted


@pytest.mark.parametrize("name", CASE_LISTS)
def test_lists_hold_no_personal_field(name: str) -> None:
    assert not set(rows_of(CASE_LISTS[name], WORLD.facts).columns) & PERSONAL


@pytest.mark.parametrize("name", ["missed", "due"])
def test_the_most_urgent_come_first(name: str) -> None:
    assert rows_of(CASE_LISTS[name], WORLD.facts)["priority"].is_monotonic_increasing


def test_the_oldest_cases_come_first_and_unknown_age_last() -> None:
    ages = rows_of(CASE_LISTS["backlog"], WORLD.facts)["age_days"]
    known = ages.dropna()
    assert known.is_monotonic_decreasing
    assert ages.tail(len(ages) - len(known)).isna().all()


def test_a_list_that_does_not_exist_is_named() -> None:
    with pytest.raises(BadInput, match=r"list \[nobody\].*missed, decided_since"):
        list_named("nobody")


def test_an_explanation_gives_status_rule_dates_and_source_rows() -> None:
    row = WORLD.facts["nightly.assessments"].query("status == 'DUE'").iloc[0]
    text = explain(row["episode_id"], WORLD.facts)
    assert f"Custody episode {row['episode_id']}: Due: not released" in text
    assert "Rule: status.due." in text
    assert "1. The sentence reaches the length of the criterion. (rule scope.sentence;" in text
    assert f"source prison.sentences {row['episode_id']}" in text
    assert row["prisoner_number"] not in text


def test_an_explanation_says_that_a_possible_match_clears_nobody() -> None:
    frame = WORLD.facts["nightly.assessments"]
    row = frame[frame["possible_case_id"].notna()].iloc[0]
    text = explain(row["episode_id"], WORLD.facts)
    assert f"Case {row['possible_case_id']} may be about this person" in text
    assert "clears nobody" in text


def test_every_status_can_be_explained() -> None:
    frame = WORLD.facts["nightly.assessments"]
    for episode in frame.drop_duplicates("status")["episode_id"]:
        text = explain(episode, WORLD.facts)
        assert "nan" not in text.lower().replace("nothing", "")
        assert "NaT" not in text


@pytest.mark.parametrize(
    ("finding", "said"),
    [
        pytest.param("NOT_REFERRED: released.", "Never referred: released.", id="a status"),
        pytest.param("NOT_YET_DUE: not due.", "Not due yet: not due.", id="begins like another"),
        pytest.param("Held: DUE: no.", "Held: DUE: no.", id="within the sentence"),
        pytest.param("DUELLING: a word.", "DUELLING: a word.", id="no status"),
    ],
)
def test_the_finding_on_the_status_is_said_in_words(finding: str, said: str) -> None:
    steps = pd.DataFrame(
        {"finding": [finding], "rule_id": ["r"], "source_table": [None], "source_key": [None]}
    )
    assert reason_lines(steps.astype("str")).tolist() == [f"{said} (rule r)"]


def test_an_unknown_episode_is_named() -> None:
    with pytest.raises(BadInput, match=r"episode \[E9\]: not assessed"):
        explain("E9", WORLD.facts)


def test_reasons_are_read_in_their_order() -> None:
    backwards = {
        **WORLD.facts,
        "nightly.reasons": WORLD.facts["nightly.reasons"].iloc[::-1].reset_index(drop=True),
    }
    episode = str(rows_of(CASE_LISTS["due"], WORLD.facts)["episode_id"].iloc[0])
    assert explain(episode, backwards) == explain(episode, WORLD.facts)
    assert isinstance(backwards["nightly.reasons"], pd.DataFrame)


EPISODE = {
    "episode_id": "E1",
    "status": "REFERRED_NOT_CONSIDERED",
    "status_rule_id": "status.referred-not-considered",
    "scope_rule_id": "referral.non-eea-length",
    "sentence_date": pd.Timestamp(2004, 3, 1),
    "sentence_days": 1826,
    "offence_code": "RAPE",
    "is_court_recommended": False,
    "is_released": True,
    "is_in_custody": False,
    "release_date": pd.Timestamp(2005, 1, 10),
    "case_id": "C1",
    "referred_date": pd.Timestamp(2004, 5, 1),
    "priority": 3,
}
RELEASE = {
    "episode_id": "E1",
    "release_number": 1,
    "release_date": pd.Timestamp(2005, 1, 10),
    "release_reason": "CR",
    "is_missed": True,
    "status": "REFERRED_NOT_CONSIDERED",
    "referred_date": pd.Timestamp(2004, 5, 1),
    "due_date": pd.Timestamp(2004, 3, 1),
    "days_late": 315,
    "unweighed_sentence": 2,
    "is_deferral_expired": False,
    "is_recorded_after_release": False,
    "is_withdrawn_after_release": False,
}
MISSED = (
    "Release 1, 10 January 2005 (conditional release): missed, referred on 1 May 2004 and not "
    "considered. No decision in time weighed sentence 2. Consideration was due on 1 March 2004, "
    "315 days before the release."
)
KEPT = {
    "is_missed": False,
    "status": "CONSIDERED",
    "considered_date": pd.Timestamp(2004, 6, 1),
    "decision": "DECISION_NOT_PURSUE",
    "considered_recorded_date": pd.Timestamp(2004, 6, 2),
    "unweighed_sentence": None,
    "days_late": None,
}
CONSIDERED = (
    "Release 1, 10 January 2005 (conditional release): considered, decided not to pursue "
    "deportation on 1 June 2004, recorded on 2 June 2004. Consideration was due on 1 March 2004."
)
TOLD = [
    pytest.param({}, f"{MISSED} Nobody has decided since.", id="missed and undecided"),
    pytest.param({"decided_since_date": pd.Timestamp(2006, 5, 5), "decided_since":
                  "DECISION_PURSUE"}, f"{MISSED} Since then: decided to pursue deportation on "
                 "5 May 2006.", id="decided since"),
    pytest.param({"returned_date": pd.Timestamp(2005, 9, 1)}, f"{MISSED} Nobody has decided since. "
                 "Back in the same booking on 1 September 2005.", id="recalled"),
    pytest.param({"release_date": None, "release_reason": None, "days_late": None,
                  "due_date": None, "unweighed_sentence": None, "is_deferral_expired": True,
                  "status": "NOT_REFERRED"},
                 "Release 1, day not recorded: missed, never referred to the immigration service. "
                 "A deferral had run out before. Nobody has decided since.", id="little known"),
    pytest.param(KEPT, CONSIDERED, id="considered"),
    pytest.param({**KEPT, "is_recorded_after_release": True, "considered_recorded_date":
                  pd.Timestamp(2005, 1, 11)}, CONSIDERED.replace("2 June 2004", "11 January 2005, "
                  "1 day after the release"), id="recorded the day after"),
    pytest.param({**KEPT, "considered_recorded_date": None}, CONSIDERED.replace(
                  "recorded on 2 June 2004", "without a day of recording"), id="no recording"),
    pytest.param({**KEPT, "is_withdrawn_after_release": True}, CONSIDERED.replace(
                  "2 June 2004. ", "2 June 2004. Withdrawn after the release. "), id="withdrawn"),
]  # fmt: skip


def told(release: dict[str, object], **episode: object) -> str:
    """The explanation of one episode with one release, one decision and one appeal."""
    decision = {
        "step_key": "V1", "step": "DECISION", "source_table": "immigration.events",
        "case_id": "C1", "step_date": pd.Timestamp(2006, 5, 5), "decision": "DECISION_DEFERRED",
        "recorded_date": pd.Timestamp(2006, 5, 6), "until_date": pd.Timestamp(2006, 9, 1),
        "caseworker": "CW0007", "typed_reason": "appeal pending", "flaw": "WITHDRAWN",
    }  # fmt: skip
    appeal = {
        "step_key": "A1", "step": "APPEAL", "source_table": "immigration.appeals",
        "case_id": "C1", "step_date": pd.Timestamp(2006, 6, 1), "appeal_outcome": "DISMISSED",
        "until_date": pd.Timestamp(2006, 8, 1),
    }  # fmt: skip
    other = {**appeal, "step_key": "A2", "case_id": "C2"}
    facts = {
        "nightly.assessments": bare(results.ASSESSMENTS, EPISODE | episode),
        "nightly.releases": bare(results.RELEASES, RELEASE | release),
        "nightly.casework": bare(results.CASEWORK, decision, appeal, other),
        "nightly.reasons": results.REASONS.empty(),
        "nightly.flags": results.FLAGS.empty(),
    }
    return explain("E1", facts)


@pytest.mark.parametrize(
    ("days", "passed"),
    [(0, ""), (-1, ", which has passed: may leave on any day")],
    ids=["today", "yesterday"],
)
def test_a_release_date_that_has_passed_says_so(days: int, passed: str) -> None:
    inside = {"is_in_custody": True, "is_released": False, "release_date": None, "status": "DUE"}
    near = {"earliest_release_date": pd.Timestamp(2006, 4, 25), "days_to_release": days}
    text = told({}, **inside, **near, due_date=pd.Timestamp(2006, 3, 1))
    line = f"In custody; earliest release 25 April 2006{passed}; consideration due by 1 March 2006."
    assert line in text.splitlines()


def bare(table: Table, *rows: dict[str, object]) -> pd.DataFrame:
    """Rows of a table; what is not told of is empty, required or not."""
    columns = {f.name: [row.get(f.name) for row in rows] for f in table.fields}
    frame = pd.DataFrame(columns).astype({f.name: f.kind.pandas for f in table.fields})
    return frame.assign(
        **{f.name: frame[f.name].fillna(False) for f in table.fields if f.kind.pandas == "boolean"}
    )


@pytest.mark.parametrize(("release", "line"), TOLD)
def test_each_release_is_told_with_what_came_before_and_since(
    release: dict[str, object], line: str
) -> None:
    assert line in told(release).splitlines()


def test_the_casework_is_told_with_who_why_when_and_how_appeals_ended() -> None:
    text = told({})
    assert (
        "  Case C1, 5 May 2006: decision deferred to a date, with a reason (caseworker CW0007; "
        "recorded on 6 May 2006; deferred until 1 September 2006; reason given: appeal pending; "
        "withdrawn since)." in text.splitlines()
    )
    assert (
        "  Case C1, 1 June 2006: an appeal was lodged; dismissed on 1 August 2006."
        in text.splitlines()
    )
    assert "C2" not in text


def test_day_length_and_offence_stand_apart() -> None:
    lines = told({}).splitlines()
    assert "First sentenced: 1 March 2004." in lines
    assert "Longest term that the rules count: 1,826 days." in lines
    assert "Most serious offence: rape." in lines


LEFT = {"status": "OUT_OF_SCOPE", "scope_rule_id": "exit.removed", "is_released": False,
        "removed_date": pd.Timestamp(2005, 2, 3), "case_id": None}  # fmt: skip


@pytest.mark.parametrize(
    ("episode", "said"),
    [
        (LEFT, "left the country on 3 February 2005, no decision on record."),
        (LEFT | {"removed_date": None}, "left the country, no decision on record."),
        (LEFT | {"considered_date": pd.Timestamp(2005, 3, 1)},
         "left the country on 3 February 2005, decided on only afterwards."),
        (LEFT | {"scope_rule_id": "exit.died"}, "died in custody, no decision on record."),
        (LEFT | {"scope_rule_id": "referral.eea-length"},
         "Out of scope: nobody has to consider deportation."),
    ],
)  # fmt: skip
def test_who_left_in_scope_without_a_decision_is_told_of_so(
    episode: dict[str, object], said: str
) -> None:
    assert told({}, **episode).splitlines()[0] == f"Custody episode E1: {said}"
