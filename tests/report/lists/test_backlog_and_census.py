"""Open cases, teams and the census: what counts, and what must not be lost."""

from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.report_nights import AS_OF, TODAY, arrow_of, frame_of
from jobs.contract import results
from jobs.report.lists.backlog import open_cases, team_work
from jobs.report.lists.census import take_census


def backlog_of(case: dict[str, Any], events: list[dict[str, Any]] | None = None) -> pd.DataFrame:
    events = events or []
    given = {"case_type": "CRIMINAL", **case}
    tables = {
        "immigration.cases": arrow_of(
            "immigration.cases",
            {"case_id": ["C1"], "cid_person_id": ["P1"], **{k: [v] for k, v in given.items()}},
            1,
        ),
        "immigration.events": arrow_of(
            "immigration.events",
            {
                "event_id": [f"V{i}" for i in range(len(events))],
                "case_id": ["C1"] * len(events),
                "event_type": ["REFERRED"] * len(events),
                "occurred_date": pd.Series([e["on"] for e in events], dtype="datetime64[us]"),
            },
            len(events),
        ),
        "immigration.persons": arrow_of(
            "immigration.persons", {"cid_person_id": ["P1"], "nationality": ["JAMAICA"]}, 1
        ),
    }
    identities = frame_of(
        results.IDENTITIES,
        {
            "register": ["prison", "immigration"],
            "person_id": ["A1", "P1"],
            "identity_id": ["ID1", "ID1"],
        },
        2,
    )
    return open_cases(tables=tables, identities=identities, assessments=two_episodes(), as_of=AS_OF)


def two_episodes() -> pd.DataFrame:
    return frame_of(
        results.ASSESSMENTS,
        {
            "episode_id": ["E1", "E2"],
            "identity_id": ["ID1", "ID1"],
            "prisoner_number": ["A1", "A1"],
            "prison_id": ["AAI", "ZZZ"],
            "status": ["CONSIDERED", "DUE"],
            "status_rule_id": "rule",
            "is_foreign_national": True,
            "is_nationality_unknown": False,
            "is_in_custody": [False, True],
            "is_released": [True, False],
            "is_court_recommended": False,
            "is_in_scope": True,
            "offence_code": ["THEFT", "ROBBERY"],
            "sentence_date": [pd.Timestamp("2005-01-01"), None],
            "link_outcome": "linked",
            "is_possibly_considered": False,
        },
        2,
    )


def days_ago(days: int) -> pd.Timestamp:
    return TODAY - pd.Timedelta(days=days)


@pytest.mark.parametrize(
    ("case", "is_open"),
    [
        pytest.param({"opened_date": days_ago(9)}, True, id="opened and not closed"),
        pytest.param({}, True, id="no date at all"),
        pytest.param({"closed_date": days_ago(0)}, False, id="closed tonight"),
        pytest.param({"closed_date": days_ago(-1)}, True, id="closed after the night"),
        pytest.param({"stage": "REMOVED"}, False, id="in a stage that closes it"),
        pytest.param({"opened_date": days_ago(-1)}, False, id="opened after the night"),
        pytest.param({"case_type": "ASYLUM"}, False, id="not a criminal case"),
    ],
)
def test_which_cases_are_open(case: dict[str, Any], is_open: bool) -> None:
    assert (len(backlog_of(case)) == 1) is is_open


@pytest.mark.parametrize(
    ("days", "band"),
    [
        pytest.param(0, "under 6 months", id="opened tonight"),
        pytest.param(181, "under 6 months", id="a day short of six months"),
        pytest.param(182, "6 to 12 months", id="six months"),
        pytest.param(364, "6 to 12 months", id="a day short of a year"),
        pytest.param(365, "1 to 2 years", id="a year"),
        pytest.param(1826, "over 5 years", id="five years"),
    ],
)
def test_age_bands(days: int, band: str) -> None:
    row = backlog_of({"opened_date": days_ago(days)}).iloc[0]
    assert (row["age_days"], row["age_band"]) == (days, band)


def test_a_case_without_dates_is_open_with_unknown_age() -> None:
    row = backlog_of({}).iloc[0]
    assert row["age_band"] == "not recorded"
    assert pd.isna(row["age_days"])
    assert pd.isna(row["days_idle"])
    assert (row["team"], row["stage"], row["is_allocated"]) == ("(none)", "(none)", False)


def test_a_missing_opening_date_is_taken_from_the_first_event() -> None:
    row = backlog_of({}, [{"on": days_ago(40)}, {"on": days_ago(9)}, {"on": days_ago(-5)}]).iloc[0]
    assert (row["age_days"], row["days_idle"]) == (40, 9)


def test_the_episode_of_a_case_is_the_one_in_custody() -> None:
    row = backlog_of({"opened_date": days_ago(9)}).iloc[0]
    assert (row["episode_id"], row["offence_code"], row["is_in_custody"]) == ("E2", "ROBBERY", True)


def staffing(rows: list[tuple[str, int, float, float, float]]) -> dict[str, Any]:
    return {
        "immigration.cases": arrow_of(
            "immigration.cases",
            {
                "case_id": ["C1"],
                "cid_person_id": ["P1"],
                "case_type": ["CRIMINAL"],
                "team": ["North"],
            },
            1,
        ),
        "immigration.staffing": arrow_of(
            "immigration.staffing",
            {
                "team": [row[0] for row in rows],
                "staffing_date": [days_ago(row[1]) for row in rows],
                "fte": [row[2] for row in rows],
                "fte_absent": [row[3] for row in rows],
                "fte_diverted": [row[4] for row in rows],
            },
            len(rows),
        ),
    }


def backlog_rows(teams: list[str]) -> pd.DataFrame:
    return frame_of(
        results.BACKLOG,
        {
            "case_id": [f"C{i}" for i in range(len(teams))],
            "team": teams,
            "stage": "REFERRED",
            "is_allocated": True,
            "age_band": "1 to 2 years",
        },
        len(teams),
    )


def test_staff_are_those_of_the_latest_day_up_to_the_night() -> None:
    tables = staffing([("North", 30, 9, 0, 0), ("North", 1, 10, 2, 3), ("North", -1, 99, 0, 0)])
    teams = team_work(tables=tables, backlog=backlog_rows(["North"] * 10), as_of=AS_OF)
    row = teams.set_index("team").loc["North"]
    assert (row["fte"], row["fte_working"], row["cases_per_fte"]) == (10, 5, 2)


def test_teams_without_criminal_cases_are_left_out_and_unallocated_work_is_shown() -> None:
    tables = staffing([("North", 1, 1, 0, 0), ("Asylum", 1, 400, 0, 0)])
    teams = team_work(tables=tables, backlog=backlog_rows(["(none)"]), as_of=AS_OF)
    assert teams["team"].tolist() == ["(none)", "North"]
    assert teams["open_cases"].tolist() == [1, 0]


def test_a_team_whose_staff_all_work_elsewhere_has_no_cases_per_head() -> None:
    tables = staffing([("North", 1, 4, 1, 5)])
    row = team_work(tables=tables, backlog=backlog_rows(["North"]), as_of=AS_OF).iloc[0]
    assert row["fte_working"] == 0
    assert pd.isna(row["cases_per_fte"])


def census_of(assessments: pd.DataFrame, legal_status: list[str]) -> pd.DataFrame:
    tables = {
        "prison.prisons": arrow_of(
            "prison.prisons",
            {
                "prison_id": ["AAI", "BBI"],
                "prison_name": ["Ashdown", "Brackley"],
                "is_removal_centre": [False, False],
                "has_foreign_national_work": [True, None],
            },
            2,
        ),
        "prison.episodes": arrow_of(
            "prison.episodes",
            {
                "episode_id": assessments["episode_id"],
                "prisoner_number": assessments["prisoner_number"],
                "legal_status": legal_status,
            },
            len(assessments),
        ),
    }
    return take_census(tables=tables, assessments=assessments).set_index("prison_id")


def test_a_prison_that_holds_nobody_is_listed_and_an_unknown_code_is_kept() -> None:
    census = census_of(two_episodes(), ["SENTENCED", "REMAND"])
    assert census.index.tolist() == ["AAI", "BBI", "ZZZ"]
    assert census.loc["AAI", "people"] == 0
    assert pd.isna(census.loc["ZZZ", "prison_name"])
    row = census.loc["ZZZ"]
    assert (row["people"], row["foreign_nationals"], row["remand_foreign_nationals"]) == (1, 1, 1)
    assert row["due"] == 1


def test_a_person_with_two_open_episodes_counts_once() -> None:
    twice = two_episodes().assign(is_in_custody=True, prison_id="AAI")
    assert census_of(twice, ["SENTENCED", "SENTENCED"]).loc["AAI", "people"] == 1


def test_nationality_unknown_is_counted_apart_from_foreign_nationals() -> None:
    unknown = two_episodes().assign(is_in_custody=True, is_nationality_unknown=True)
    census = census_of(unknown, ["SENTENCED", "SENTENCED"])
    assert census["nationality_unknown"].sum() == 2
    assert census["foreign_nationals"].sum() == 0


def test_people_without_a_recorded_prison_are_counted() -> None:
    nowhere = two_episodes().assign(prison_id=pd.Series([None, None], dtype="str"))
    assert census_of(nowhere, ["SENTENCED", "SENTENCED"]).loc["(none)", "people"] == 1
