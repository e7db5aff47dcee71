"""The world keeps every published figure to the person, on the default seed and size."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from jobs.contract import codes, registers
from jobs.synthetic import DEFAULT_PEOPLE, History, World, build_history, on_night
from jobs.synthetic.base import days
from jobs.synthetic.base import published_figures as published
from jobs.synthetic.custody import unusual_events
from jobs.synthetic.people import nationalities
from jobs.synthetic.replay.papers import papers
from tests.synthetic.conftest import FOUND, frame, truth

pytestmark = pytest.mark.slow

DEFAULT_SEED = 2006
CATEGORY = {
    entry.code: entry.category for entry in codes.OFFENCE.codes if isinstance(entry, codes.Offence)
}


@pytest.fixture(scope="module")
def history() -> History:
    return build_history(seed=DEFAULT_SEED, people=DEFAULT_PEOPLE, noise="none")


Night = Callable[[date], World]


@pytest.fixture(scope="module")
def world(history: History) -> World:
    return on_night(history, as_of=FOUND)


@pytest.fixture(scope="module")
def night_of(history: History, world: World) -> Night:
    """The registers of a night; the last few are kept for the next test."""

    @lru_cache(maxsize=2)
    def of(as_of: date) -> World:
        return world if as_of == FOUND else on_night(history, as_of=as_of)

    return of


@pytest.fixture(scope="module")
def missed(world: World) -> pd.DataFrame:
    episodes = _with_first_release(world)
    return episodes[episodes["is_missed"]]


def _with_first_release(world: World) -> pd.DataFrame:
    """Episodes with the day of their first release, of those who are inside again too."""
    first = truth(world, "releases").query("release_number == 1").set_index("episode_id")
    episodes, day = truth(world, "episodes"), first["release_date"]
    dated = episodes["is_dated"] & episodes["episode_id"].isin(first.index)
    known = episodes["episode_id"].map(day).where(dated)
    return episodes.assign(release_date=known.fillna(episodes["release_date"]))


def test_1023_were_released_without_consideration(missed: pd.DataFrame) -> None:
    assert len(missed) == 1023
    assert missed["person"].is_unique
    assert missed["is_cohort"].all()


def test_their_offences_are_those_of_the_published_list(missed: pd.DataFrame) -> None:
    found = missed["offence_code"].map(CATEGORY).fillna("Not available").value_counts()
    assert found.to_dict() == published.offences()


def test_three_murderers_nine_rapists_and_39_other_sex_offenders(missed: pd.DataFrame) -> None:
    found = missed["offence_code"].value_counts()
    assert found[["MURDER", "RAPE"]].tolist() == [3, 9]
    assert found[["SEX_CHILD", "SEX_OTHER", "INDECENT_ASSAULT"]].tolist() == [5, 7, 27]


def test_their_release_months_are_those_of_the_published_table(missed: pd.DataFrame) -> None:
    table = {bucket.name: bucket.people for bucket in published.releases()}
    assert missed["bucket"].value_counts().to_dict() == table


def test_each_was_released_within_their_line_of_the_table(missed: pd.DataFrame) -> None:
    for bucket in published.releases():
        days_of = missed.loc[missed["bucket"] == bucket.name, "release_date"]
        assert days_of.between(pd.Timestamp(bucket.first), pd.Timestamp(bucket.last)).all()


def test_the_register_shows_the_release_month_and_123_without_a_date(
    world: World, missed: pd.DataFrame
) -> None:
    movements = frame(world, "prison.movements")
    released = movements[movements["movement_type"] == "REL"]
    released = released[released["episode_id"].isin(missed["episode_id"])]
    assert len(released) == 1023
    assert released["movement_date"].isna().sum() == 123
    months = released["movement_date"].dt.strftime("%Y-%m").value_counts()
    table = published.table("releases_by_month")
    for month, people in table.items():
        if month[:2] == "20" and "-" in month:
            assert months[month] == people, month


def test_288_were_released_after_the_warning(missed: pd.DataFrame) -> None:
    dated = missed[missed["is_dated"]]
    after = dated["release_date"].between("2005-09-01", "2006-03-31")
    assert after.sum() == published.RELEASED_AFTER_WARNING == 288


def test_160_had_a_court_recommendation(world: World, missed: pd.DataFrame) -> None:
    episodes = frame(world, "prison.episodes").set_index("episode_id")
    found = episodes.loc[missed["episode_id"], "imprisonment_status"] == "REC_DEP"
    assert found.sum() == missed["is_recommended"].sum() == 160


def test_both_populations_of_the_failure_are_there(missed: pd.DataFrame) -> None:
    found = missed["population"].value_counts()
    assert found["never_referred"] == published.NOT_REFERRED
    assert found["not_considered"] == 1023 - published.NOT_REFERRED


def test_355_were_started_107_completed_and_20_deported_by_26_april(night_of: Night) -> None:
    found = _worked_on(night_of(published.COMPLETED_ON))
    assert found["started"].sum() == published.STARTED == 355
    assert found["completed"].sum() == published.COMPLETED == 107
    assert found["deported"].sum() == published.DEPORTED == 20
    assert not (found["completed"] & ~found["started"]).any()
    assert not (found["deported"] & ~found["completed"]).any()


def test_of_the_288_83_were_started_53_completed_and_14_deported(night_of: Night) -> None:
    found = _worked_on(night_of(published.COMPLETED_ON))
    first, last = (pd.Timestamp(day) for day in published.WARNED)
    late = found[found["is_dated"] & found["release_date"].between(first, last)]
    assert len(late) == 288
    assert late[["started", "completed", "deported"]].sum().tolist() == [83, 53, 14]


def _worked_on(world: World) -> pd.DataFrame:
    """The 1,023 as the register shows them: started, completed and deported or not."""
    own = _with_first_release(world).query("is_cohort")
    events, removals = frame(world, "immigration.events"), frame(world, "immigration.removals")
    cases = frame(world, "immigration.cases")
    decided = events["event_type"].isin(codes.DECISION_EVENTS)
    return own.assign(
        started=own["case_id"].isin(cases.loc[cases["started_date"].notna(), "case_id"]),
        completed=own["case_id"].isin(events.loc[decided, "case_id"]),
        deported=own["case_id"].isin(removals["case_id"].dropna()),
    )


def test_107_were_located_and_questioned_by_25_april(world: World) -> None:
    own = truth(world, "episodes").query("is_cohort")
    events = frame(world, "immigration.events")
    answers = events[events["event_type"] == "QUESTIONNAIRE_RETURNED"].merge(own, on="case_id")
    people = truth(world, "people").drop_duplicates("person").set_index("person")
    key = people.loc[answers["person"], "cid_person_id"]
    persons = frame(world, "immigration.persons").set_index("cid_person_id")
    assert len(answers) == published.COMPLETED == 107
    assert (answers["occurred_date"] > answers["release_date"]).all()
    assert (persons.loc[key, "located_status"] == "LOCATED").all()


@pytest.mark.parametrize(("day", "people"), list(published.CENSUS.items()), ids=str)
def test_the_census_of_foreign_nationals_is_exact(night_of: Night, day: date, people: int) -> None:
    world = night_of(day)
    episodes, persons = frame(world, "prison.episodes"), frame(world, "prison.persons")
    inside = episodes[episodes["status"] != "INACTIVE OUT"]
    nationality = persons.set_index("prisoner_number")["nationality"].loc[inside["prisoner_number"]]
    assert (~nationality.isin(["BRIT", "UNKNOWN", "REF", "STATE"])).sum() == people


def test_the_census_counts_the_three_removal_centres(world: World) -> None:
    prisons = frame(world, "prison.prisons")
    centres = prisons[prisons["is_removal_centre"]]
    episodes = frame(world, "prison.episodes")
    inside = episodes[episodes["status"] != "INACTIVE OUT"]
    held = inside["prison_id"].value_counts()
    assert len(centres) == 3
    assert (held[centres["prison_id"]] > 50).all()


def test_32_prisons_have_no_work_on_foreign_nationals(world: World) -> None:
    prisons = frame(world, "prison.prisons")
    assert (~prisons["has_foreign_national_work"]).sum() == 32


def test_5500_were_considered_over_2004_and_2005(world: World) -> None:
    events = frame(world, "immigration.events")
    decided = events[events["event_type"].isin(codes.DECISION_EVENTS)]
    decided = decided.sort_values("occurred_date").drop_duplicates("case_id")
    first, last = (pd.Timestamp(day) for day in published.TWO_YEARS)
    found = decided["occurred_date"].between(first, last).sum()
    assert found == published.CONSIDERED_2004_2005 == 5500


def test_3000_were_deported_over_2004_and_2005(world: World) -> None:
    table = frame(world, "immigration.removals")
    deported = table[table["removal_type"].isin(["DEPORTATION", "EARLY_REMOVAL"])]
    first, last = (pd.Timestamp(day) for day in published.TWO_YEARS)
    assert deported["removed_date"].between(first, last).sum() == 3000
    assert published.REMOVED_2004_2005 == 3000


def test_foreign_nationals_received_under_sentence_follow_the_published_years(
    history: History,
) -> None:
    stays = history.stays
    foreign = history.everybody["nationality"].to_numpy()[stays["person"]] != nationalities.BRITISH
    sentenced = foreign & (stays["kind"] == 0).to_numpy()
    years = pd.Series(days.years(stays["sentence_day"].to_numpy()[sentenced])).value_counts()
    for year, people in published.RECEPTIONS.items():
        assert years[year] == pytest.approx(people, rel=0.02), year


def test_85_staff_stood_against_9000_open_cases(world: World) -> None:
    staff = frame(world, "immigration.staffing")
    latest = staff[staff["staffing_date"] == staff["staffing_date"].max()]
    assert latest["fte"].sum() == published.STAFF == 85
    assert latest["fte_diverted"].sum() > 0
    cases = frame(world, "immigration.cases")
    still = cases[(cases["case_type"] == "CRIMINAL") & cases["closed_date"].isna()]
    assert len(still) == pytest.approx(published.OPEN_CASES, rel=0.02)


def test_the_decisions_of_december_2006_are_the_published_ones(night_of: Night) -> None:
    world = night_of(date(2006, 12, 31))
    episodes = truth(world, "episodes")
    own = episodes[episodes["is_cohort"] & episodes["outcome_2007"].notna()]
    events = frame(world, "immigration.events")
    events = events[events["case_id"].isin(own["case_id"])]
    found = events.loc[events["event_type"].isin(codes.DECISION_EVENTS), "event_type"]
    wanted = published.decisions()
    assert found.value_counts().to_dict() == {
        "DECISION_PURSUE": wanted["pursue"],
        "DECISION_NOT_PURSUE": wanted["not_pursue"],
        "DECISION_DEFERRED": wanted["deferred_in_custody"],
    }


def test_six_of_them_are_in_prison_again_and_stay_missed(
    history: History, night_of: Night, world: World
) -> None:
    own = truth(world, "releases").query("is_cohort")
    back = own[own["returned_date"].notna()]
    assert len(back) == unusual_events.COHORT_RECALLED == 6
    assert not back["is_decided_since"].any()
    episodes = frame(world, "prison.episodes").set_index("episode_id").loc[back["episode_id"]]
    assert (episodes["legal_status"] == "RECALL").all()
    assert (episodes["status"] != "INACTIVE OUT").all()
    found = papers(history).set_index("figure")["truth"]
    assert found["of the 1,023, in prison again since"] == 6
    later = truth(night_of(date(2006, 12, 31)), "releases")
    again = later[later["episode_id"].isin(back["episode_id"])].set_index("release_number")
    assert len(again.loc[2]) == 6
    assert not again.loc[2, "is_missed"].any()
    assert again.loc[1, "is_decided_since"].equals(again.loc[1, "is_missed"])


def test_the_outcomes_of_2007_are_the_published_ones(night_of: Night) -> None:
    world = night_of(date(2007, 12, 31))
    episodes = truth(world, "episodes")
    own = episodes[episodes["is_cohort"] & episodes["outcome_2007"].notna()]
    cases = frame(world, "immigration.cases").set_index("case_id").loc[own["case_id"]]
    persons = frame(world, "immigration.persons").set_index("cid_person_id")
    where = persons.loc[cases["cid_person_id"], "located_status"].to_numpy()
    outcome = np.select(
        [
            (cases["outcome"] == "DEPORTED").to_numpy(),
            where == "NOT_LOCATED",
            (cases["stage"] == "LEAVE_GRANTED").to_numpy(),
            where == "IN_CUSTODY",
        ],
        ["deported", "not_located", "right_to_stay", "in_prison"],
        "in_process",
    )
    assert pd.Series(outcome).value_counts().to_dict() == published.outcomes()


def test_25_absconded_from_bail_of_whom_four_were_serious_offenders(night_of: Night) -> None:
    world = night_of(date(2006, 12, 31))
    bails = frame(world, "immigration.bails")
    gone = bails.loc[bails["bail_status"] == "ABSCONDED", "cid_person_id"]
    people = truth(world, "people").drop_duplicates("cid_person_id")
    persons = people.set_index("cid_person_id").loc[gone, "person"]
    episodes = truth(world, "episodes").query("is_cohort").set_index("person").loc[persons]
    serious = {
        entry.code
        for entry in codes.OFFENCE.codes
        if isinstance(entry, codes.Offence) and entry.seriousness <= 2
    }
    assert len(gone) == 25
    assert episodes["offence_code"].isin(serious).sum() == 4


@pytest.mark.parametrize(
    ("night", "figure"),
    [(FOUND, 1023), *((day, figure) for day, figure in published.RESTATED.items())],
    ids=str,
)
def test_the_figure_is_restated_from_1023_to_1019_to_1013(
    night_of: Night, night: date, figure: int
) -> None:
    world = night_of(night)
    releases, episodes = truth(world, "releases"), truth(world, "episodes")
    missed = releases[releases["is_missed"]]
    assert len(missed) == missed["person"].nunique() == missed["is_cohort"].sum() == figure
    assert episodes["is_missed"].sum() == figure


def test_every_restatement_has_an_invented_cause(world: World) -> None:
    episodes = truth(world, "episodes").query("is_cohort")
    causes = episodes.loc[episodes["outcome_2007"].isna(), "restatement"]
    assert len(causes) == 10 or episodes["outcome_2007"].isna().all()
    assert episodes["restatement"].ne("").sum() == 10


def test_the_world_holds_what_the_papers_say_of_the_work(history: History) -> None:
    told = papers(history)
    known = told.dropna(subset=["published"])
    assert (known["expected"] == known["published"]).all()
    assert (known["truth"] == known["published"]).all(), known.to_string()
    assert len(known) == 12
    assert told.set_index("figure").loc["of the 1,023, serving life", "truth"] == 3
    assert (told.loc[told["figure"] == "of these in removal centres", "truth"] > 50).all()


def test_every_published_table_sums_to_its_total() -> None:
    totals = {
        "offences": 1023,
        "releases_by_month": 1023,
        "outcomes_2007": 1013,
        "decisions_2006": 1013,
        "community_age_2016": 5895,
    }
    for name, total in totals.items():
        assert sum(published.table(name).values()) == total, name


def test_no_real_prison_is_named(world: World) -> None:
    names = set(frame(world, "prison.prisons")["prison_name"])
    assert len(names) == world.tables["prison.prisons"].num_rows
    assert not names & {"HMP Brixton", "HMP Pentonville", "HMP Wormwood Scrubs", "HMP Leeds"}


def test_the_contract_is_the_one_the_figures_are_read_from() -> None:
    assert set(registers.REGISTERS) == {"prison", "immigration"}
