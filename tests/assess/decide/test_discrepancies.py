"""Where the registers disagree about one person, who most likely errs, and since when."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import (
    HELD,
    REFERRED,
    RELEASED,
    Story,
    assess_all,
    gather,
    people,
    policy,
    registers,
)
from jobs.assess import assess
from jobs.contract.results import DISCREPANCIES


def discrepancies(told: Story) -> pd.DataFrame:
    found = assess_all(told).discrepancies
    DISCREPANCIES.arrow(found)
    return found


def kinds(told: Story) -> set[tuple[str, str]]:
    found = discrepancies(told)
    return set(zip(found["rule_id"].str.removeprefix("discrepancy."), found["likely_wrong"],
                   strict=True))  # fmt: skip


def here(**there: Any) -> Story:
    return HELD.but(there={"nationality": "NIGERIA", **there})


DAY = date(2006, 1, 10)
DEPORTED = ({"movement_type": "REL", "movement_reason": "DD", "movement_date": RELEASED},)
SPELL = {"start_date": DAY, "place_id": "AAI"}


def expecting(release: date | None, story: Story | None = None, **case: Any) -> Story:
    """Somebody to be released on 1 September 2006, and the release that their case expects."""
    undisputed = HELD.but(sentences=({"term_months": 60, "calculation_type": "ADIMP"},))
    return (story or undisputed).but(
        there={}, cases=({**REFERRED, "expected_release_date": release, **case},)
    )


WRONG = HELD.but(episode={"conditional_release_date": date(2007, 8, 1)})
"""The sentences give 30 August 2006 to 1 July 2007."""

TOMORROW = date(2006, 4, 26)
TOLD = [
    pytest.param(expecting(None), set(), id="no release told"),
    pytest.param(expecting(date(2006, 9, 1)), set(), id="the same release told"),
    pytest.param(expecting(date(2006, 9, 5)), set(), id="four days later told"),
    pytest.param(expecting(date(2006, 9, 6)), {("release-date", "immigration")},
                 id="five days later told"),
    pytest.param(expecting(date(2006, 8, 28)), set(), id="four days earlier told"),
    pytest.param(expecting(date(2006, 8, 27)), {("release-date", "immigration")},
                 id="five days earlier told"),
    pytest.param(expecting(date(2006, 9, 6), closed_date=date(2006, 4, 25)), set(),
                 id="the case is closed"),
    pytest.param(expecting(date(2006, 9, 6), closed_date=TOMORROW),
                 {("release-date", "immigration")}, id="the case is closed tomorrow"),
    pytest.param(expecting(date(2006, 9, 6)).but(link="review"), set(),
                 id="told to a possible match"),
    pytest.param(expecting(date(2006, 9, 6), case_type="ASYLUM"), set(), id="told to another case"),
    pytest.param(expecting(date(2007, 6, 1), HELD.but(episode={
        "confirmed_release_date": date(2007, 6, 1),
        "conditional_release_date": date(2006, 9, 1)})), set(),
                 id="the confirmed date stands before the conditional one"),
    pytest.param(expecting(date(2006, 9, 1), HELD.but(episode={
        "conditional_release_override_date": date(2006, 9, 1),
        "conditional_release_date": date(2007, 9, 1)})), set(),
                 id="the date entered by hand stands before the other"),
    pytest.param(expecting(date(2006, 9, 1), HELD.but(episode={})), set(),
                 id="the prison has no release date"),
    pytest.param(expecting(date(2007, 7, 1)), {("release-date", "immigration")},
                 id="another date told, the prison's agrees with the sentences"),
    pytest.param(expecting(date(2007, 7, 1), WRONG), {("release-date", "prison")},
                 id="the date told agrees with the sentences, the prison's does not"),
    pytest.param(expecting(date(2007, 7, 10), WRONG), {("release-date", "immigration")},
                 id="neither agrees with the sentences"),
    pytest.param(expecting(date(2006, 8, 26), WRONG), {("release-date", "prison")},
                 id="the date told is four days before the earliest"),
    pytest.param(expecting(date(2006, 8, 25), WRONG), {("release-date", "immigration")},
                 id="the date told is five days before the earliest"),
    pytest.param(expecting(date(2007, 7, 5), WRONG), {("release-date", "prison")},
                 id="the date told is four days after the latest"),
    pytest.param(expecting(date(2007, 7, 6), WRONG), {("release-date", "immigration")},
                 id="the date told is five days after the latest"),
    pytest.param(expecting(TOMORROW, Story()), {("release-date", "immigration")},
                 id="released, and expected tomorrow"),
    pytest.param(expecting(date(2006, 4, 25), Story()), set(), id="released, and expected tonight"),
]  # fmt: skip
gather(TOLD)


@pytest.mark.parametrize(("told", "wanted"), TOLD)
def test_the_release_that_the_casework_team_was_told_of_is_compared(
    told: Story, wanted: set[tuple[str, str]]
) -> None:
    assert kinds(told) == wanted


CASES = [
    pytest.param(here(), set(), id="nothing differs"),
    pytest.param(here(nationality="GHANA"), {("nationality", "immigration")},
                 id="nationality differs, no document"),
    pytest.param(here(nationality="GHANA", nationality_verified=True), {("nationality", "prison")},
                 id="nationality differs, a document seen"),
    pytest.param(here(nationality="GHANA").but(second_nationality="GHANA"), set(),
                 id="the second nationality of a dual national"),
    pytest.param(here(nationality="GHANA").but(second_nationality="TOGO"),
                 {("nationality", "immigration")}, id="neither nationality of a dual national"),
    pytest.param(here(nationality="UNKNOWN"), set(), id="unknown there is no disagreement"),
    pytest.param(here(nationality="GHANA").but(link="review"), set(),
                 id="a possible match is not compared"),
    pytest.param(here(noms_number="A9999ZZ"), {("identity", "immigration")},
                 id="a prison number of nobody"),
    pytest.param(here(noms_number=" a0001aa "), set(), id="this person's number, badly typed"),
    pytest.param(here(located_status="LOCATED"), {("custody", "immigration")},
                 id="held, and at an address"),
    pytest.param(here(located_status="IN_CUSTODY"), set(), id="held, and in custody"),
    pytest.param(Story(there={"located_status": "IN_CUSTODY"}), {("custody", "immigration")},
                 id="released, and in custody"),
    pytest.param(Story(there={"located_status": "IN_CUSTODY"}, detentions=(SPELL,)), set(),
                 id="released into detention"),
    pytest.param(here().but(removals=({"removed_date": DAY},)),
                 {("deported-in-prison", "immigration")}, id="deported, and in prison"),
    pytest.param(here().but(removals=({"removed_date": date(2004, 2, 1)},)), set(),
                 id="deported before, and returned to prison"),
    pytest.param(Story(there={}, movements=DEPORTED), {("removal-date", "immigration")},
                 id="deported from prison, no removal there"),
    pytest.param(Story(there={}, movements=DEPORTED, removals=({"removed_date": RELEASED},)), set(),
                 id="deported on the same day in both"),
    pytest.param(Story(there={}, movements=DEPORTED,
                       removals=({"removed_date": date(2004, 11, 20)},)),
                 {("removal-date", "prison")}, id="deported there before the prison says so"),
    pytest.param(here().but(bails=({"granted_date": DAY, "bail_status": "ACTIVE"},)),
                 {("bailed-detained", "immigration")}, id="on bail, and in prison"),
    pytest.param(Story(there={}, bails=({"granted_date": DAY, "bail_status": "ACTIVE"},),
                       detentions=(SPELL,)), {("bailed-detained", "immigration")},
                 id="on bail, and detained"),
    pytest.param(here().but(bails=({"bail_status": "ACTIVE"},)),
                 {("bailed-detained", "immigration")}, id="on bail, nobody knows since when"),
    pytest.param(here().but(bails=({"granted_date": date(2006, 4, 26), "bail_status": "ACTIVE"},)),
                 set(), id="on bail from tomorrow"),
    pytest.param(here().but(bails=({"granted_date": DAY, "bail_status": "ENDED"},)), set(),
                 id="bail that ended"),
    pytest.param(here().but(detentions=({"start_date": DAY, "place_id": "ZZI"},)),
                 {("unknown-prison", "immigration")}, id="detained in a prison that is none"),
    pytest.param(here().but(detentions=({"start_date": DAY, "place_id": "ZZI",
                                         "end_date": date(2006, 2, 1)},)), set(),
                 id="detained there once"),
    pytest.param(here().but(bails=({"granted_date": DAY, "ended_date": DAY,
                                    "bail_status": "ABSCONDED"},)),
                 {("absconded", "immigration")}, id="an absconder is in prison"),
    pytest.param(here().but(bails=({"bail_status": "ABSCONDED"},)), {("absconded", "immigration")},
                 id="an absconder is in prison, nobody knows since when"),
    pytest.param(here(died_date=DAY), {("died", "immigration")}, id="dead, and in prison"),
]  # fmt: skip
gather(CASES)


@pytest.mark.parametrize(("told", "wanted"), CASES)
def test_a_disagreement_is_told_with_the_register_that_most_likely_errs(
    told: Story, wanted: set[tuple[str, str]]
) -> None:
    assert kinds(told) == wanted


def test_a_discrepancy_that_lasts_keeps_its_id_and_its_first_night() -> None:
    told = here(nationality="GHANA")
    first = discrepancies(told)
    assert first[["first_seen_date", "age_days"]].to_numpy().tolist() == [
        [pd.Timestamp(told.night), 0]
    ]
    later = told.but(night=told.night + timedelta(days=10))
    links, identities = people(later)
    again = assess(
        tables=registers(later),
        links=links,
        identities=identities,
        as_of=later.night,
        policy=policy(),
        previous_discrepancies=first,
    ).discrepancies
    assert again["discrepancy_id"].tolist() == first["discrepancy_id"].tolist()
    assert again["first_seen_date"].tolist() == first["first_seen_date"].tolist()
    assert again["age_days"].tolist() == [10]


def test_values_are_told_in_words_without_anything_personal() -> None:
    found = discrepancies(here(noms_number="A9999ZZ", died_date=DAY)).set_index("rule_id")
    assert found.loc["discrepancy.died", "immigration_value"] == "died on 10 January 2006"
    assert not found.drop(columns="cid_person_id").astype(str).stack().str.contains("A9999").any()


def test_both_release_dates_are_told_in_words() -> None:
    found = discrepancies(expecting(date(2006, 10, 1))).iloc[0]
    assert found["prison_value"] == "release on 1 September 2006"
    assert found["immigration_value"] == "release expected on 1 October 2006"


def test_the_latest_episode_is_compared_not_an_earlier_one() -> None:
    told = here(located_status="LOCATED").but(earlier=[(date(2001, 1, 1), {"term_months": 3})])
    assert discrepancies(told)["episode_id"].tolist() == ["E1"]


def test_a_case_alone_is_no_discrepancy() -> None:
    assert kinds(HELD.but(cases=(REFERRED,))) == set()
