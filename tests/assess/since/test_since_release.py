"""What is told of each release tonight: licence, return to prison, and whether it is traced."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import REFERRED, RELEASED, Story, assess_all, gather

OUT = {"movement_type": "REL", "movement_reason": "CR", "movement_date": RELEASED}
BACK = {"movement_type": "ADM", "movement_reason": "24"}
ANSWERED = {"event_type": "QUESTIONNAIRE_RETURNED"}
NIGHT = date(2006, 4, 25)


def released(told: Story) -> dict[str, Any]:
    """The first release of the main episode."""
    found = assess_all(told).releases
    row = found[found["episode_id"].eq("E1")].iloc[0]
    return {str(name): None if pd.isna(value) else value for name, value in row.items()}


def known(status: str | None, **changes: Any) -> Story:
    return Story(there={"located_status": status}, **changes)


def answered(on: date, status: str = "LOCATED") -> Story:
    return known(status, cases=(REFERRED,), events=({**ANSWERED, "occurred_date": on},))


TRACED = [
    pytest.param(Story(), "NOT_SOUGHT", id="nobody is linked"),
    pytest.param(Story(cases=(REFERRED,), link="review"), "NOT_SOUGHT", id="a possible match"),
    pytest.param(known(None), "NOT_SOUGHT", id="linked, nothing said"),
    pytest.param(known("UNKNOWN"), "NOT_SOUGHT", id="linked, not recorded"),
    pytest.param(known("NOT_LOCATED"), "NOT_FOUND", id="looked for in vain"),
    pytest.param(known("LOCATED"), "LOCATED", id="an address"),
    pytest.param(known("IN_CUSTODY"), "LOCATED", id="in custody there"),
    pytest.param(known("ABROAD"), "LOCATED", id="abroad"),
    pytest.param(Story(there={"died_date": NIGHT}), "LOCATED", id="dead on the night"),
    pytest.param(Story(there={"died_date": date(2006, 4, 26)}), "NOT_SOUGHT", id="dead later"),
    pytest.param(answered(date(2004, 12, 2)), "QUESTIONED", id="answered after the release"),
    pytest.param(answered(RELEASED), "LOCATED", id="answered by the day of release"),
    pytest.param(answered(date(2005, 1, 1), "NOT_LOCATED"), "NOT_FOUND",
                 id="answered, and lost since"),
    pytest.param(answered(date(2005, 1, 1), "UNKNOWN"), "NOT_SOUGHT",
                 id="answered, and nothing said of where"),
    pytest.param(known("NOT_LOCATED", movements=(OUT, {**BACK, "movement_date": NIGHT}),
                       episode={"status": "ACTIVE IN"}), "LOCATED",
                 id="lost, and in prison again"),
    pytest.param(known("NOT_LOCATED", removals=({"removed_date": date(2005, 5, 1)},)), "LOCATED",
                 id="lost, and left the country since"),
]  # fmt: skip

LIFER = {"calculation_type": "LIFE"}
UNTIL = date(2006, 4, 25)
SUPERVISED = [
    pytest.param(Story(episode={"licence_expiry_date": UNTIL}), True, id="to the night"),
    pytest.param(Story(episode={"licence_expiry_date": date(2006, 4, 24)}), False, id="expired"),
    pytest.param(Story(), False, id="no licence"),
    pytest.param(Story(sentences=(LIFER,)), True, id="for life"),
    pytest.param(Story(episode={"licence_expiry_date": UNTIL},
                       movements=({**OUT, "movement_reason": "BL"},)), False, id="on bail"),
    pytest.param(Story(episode={"licence_expiry_date": UNTIL, "status": "ACTIVE IN"},
                       movements=(OUT, {**BACK, "movement_date": date(2005, 9, 1)})), False,
                 id="back inside"),
    pytest.param(Story(episode={"licence_expiry_date": UNTIL}, there={}, cases=(REFERRED,),
                       removals=({"removed_date": date(2005, 5, 1)},)), False, id="abroad"),
]  # fmt: skip

AGAIN = date(2005, 9, 1)
CAME_BACK = [
    pytest.param(Story(), None, id="never"),
    pytest.param(Story(episode={"status": "ACTIVE IN"},
                       movements=(OUT, {**BACK, "movement_date": AGAIN})), AGAIN,
                 id="in the same booking"),
    pytest.param(Story(earlier=((AGAIN, {"term_months": 3}),)), AGAIN, id="in another booking"),
    pytest.param(Story(earlier=((date(2003, 1, 1), {"term_months": 3}),)), None,
                 id="an earlier booking"),
]  # fmt: skip
gather(TRACED, SUPERVISED, CAME_BACK)


@pytest.mark.parametrize(("told", "word"), TRACED)
def test_each_release_has_one_word_of_whereabouts(told: Story, word: str) -> None:
    assert released(told)["traced"] == word


@pytest.mark.parametrize(("told", "is_supervised"), SUPERVISED)
def test_who_is_on_licence_is_under_supervision(told: Story, is_supervised: bool) -> None:
    assert bool(released(told)["is_supervised"]) is is_supervised


@pytest.mark.parametrize(("told", "day"), CAME_BACK)
def test_the_first_return_to_prison_is_told(told: Story, day: date | None) -> None:
    found = released(told)["came_back_date"]
    assert (found.date() if found else None) == day
