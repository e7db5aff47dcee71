"""A court recommendation is kept from whichever record, or earlier delivery, said it."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.minimal_registers import table
from benchmarks.samples.stories import NIGHT, Story, assess_all, people, policy, registers
from jobs.assess import assess

RECALL = {"imprisonment_status": "LR", "legal_status": "RECALL"}
SHORT = ({"term_months": 3},)


def is_recommended(told: Story, **changes: Any) -> bool:
    links, identities = people(told)
    found = assess(
        tables=registers(told),
        links=links,
        identities=identities,
        as_of=NIGHT,
        policy=policy(),
        **changes,
    ).assessments
    return bool(found.set_index("episode_id")["is_court_recommended"]["E1"])


def test_a_recall_does_not_erase_what_the_publication_before_said() -> None:
    before = assess_all(Story(episode={"imprisonment_status": "REC_DEP"}, sentences=SHORT))
    told = Story(episode=RECALL, sentences=SHORT)
    assert not is_recommended(told)
    assert is_recommended(told, previous_assessments=before.assessments)
    assert not is_recommended(told, previous_assessments=before.assessments.iloc[:0])


def test_what_was_kept_once_is_kept_for_good() -> None:
    told = Story(episode=RECALL, sentences=SHORT)
    found = assess_all(Story(episode={"imprisonment_status": "REC_DEP"}, sentences=SHORT))
    for _ in range(2):
        links, identities = people(told)
        found = assess(
            tables=registers(told),
            links=links,
            identities=identities,
            as_of=NIGHT,
            policy=policy(),
            previous_assessments=found.assessments,
        )
    row = found.assessments.iloc[0]
    assert (row["is_court_recommended"], row["is_in_scope"]) == (True, True)
    said = found.reasons[found.reasons["rule_id"].eq("referral.court-recommendation")]
    assert "as an earlier delivery said" in said["finding"].iloc[0]


OTHERS = [
    pytest.param(date(2004, 3, 1), {}, True, id="another booking under the same sentence"),
    pytest.param(date(2003, 3, 1), {}, False, id="another sentence, no recall"),
    pytest.param(date(2003, 3, 1), RECALL, True, id="a recall, and a sentence before"),
    pytest.param(date(2004, 6, 1), RECALL, False, id="a recall, and a sentence that came later"),
]


@pytest.mark.parametrize(("day", "main", "kept"), OTHERS)
def test_another_booking_of_the_person_says_so_too(
    day: date, main: dict[str, Any], kept: bool
) -> None:
    told = Story(episode=main, sentences=SHORT, earlier=[(day, {"term_months": 3})])
    tables = registers(told)
    rows = tables["prison.episodes"].to_pylist()
    for row in rows:
        if row["episode_id"] != "E1":
            row["imprisonment_status"] = "REC_DEP"
    links, identities = people(told)
    found = assess(
        tables={**tables, "prison.episodes": table("prison.episodes", rows)},
        links=links,
        identities=identities,
        as_of=NIGHT,
        policy=policy(),
    ).assessments
    assert found.set_index("episode_id")["is_court_recommended"]["E1"] == kept


CORRECTED = [
    pytest.param({}, {}, False, id="sentenced, no recommendation: the row was wrong"),
    pytest.param({"episode": {"imprisonment_status": "UNKNOWN"}}, {}, True, id="not known"),
    pytest.param({"episode": {"imprisonment_status": None}}, {}, True, id="missing"),
    pytest.param({"episode": {"imprisonment_status": "LIFE"}}, {}, True, id="another order"),
    pytest.param({"episode": RECALL}, {}, True, id="recalled"),
    pytest.param({"episode": {"legal_status": "RECALL"}}, {}, True, id="recalled, by its status"),
    pytest.param({"movements": ({"movement_type": "ADM", "movement_reason": "24"},
                                {"movement_type": "REL", "movement_reason": "CR"})}, {}, True,
                 id="recalled and out again"),
    pytest.param({"sentences": ({"term_months": 3},
                                {"term_months": 1, "sentence_date": date(2004, 6, 1)})}, {}, True,
                 id="sentenced again on another day"),
    pytest.param({"sentences": ({"term_months": 3}, {"term_months": 1})}, {}, False,
                 id="two sentences of one day"),
    pytest.param({"sentences": ({"term_months": 3, "sentence_date": None},)}, {}, True,
                 id="a sentence without a day"),
    pytest.param({"sentences": ({"term_months": -3},)}, {}, True, id="a term that is none"),
    pytest.param({}, {"identity_id": "ID1", "episode_id": "E0"}, True,
                 id="another recommended stay has gone from the delivery"),
    pytest.param({}, {"identity_id": "ID7", "episode_id": "E0"}, False,
                 id="another person's has"),
]  # fmt: skip


@pytest.mark.parametrize(("tonight", "gone", "kept"), CORRECTED)
def test_a_recommendation_typed_by_mistake_is_taken_back_by_the_order_that_says_so(
    tonight: dict[str, Any], gone: dict[str, Any], kept: bool
) -> None:
    before = assess_all(Story(episode={"imprisonment_status": "REC_DEP"}, sentences=SHORT))
    earlier = before.assessments
    if gone:
        earlier = pd.concat([earlier, earlier.assign(**gone)], ignore_index=True)
    told = Story(**{"sentences": SHORT, **tonight})
    assert is_recommended(told, previous_assessments=earlier) == kept
    assert not is_recommended(told)


def test_a_recommendation_that_was_taken_back_is_told() -> None:
    before = assess_all(Story(episode={"imprisonment_status": "REC_DEP"}, sentences=SHORT))
    links, identities = people(Story())
    found = assess(
        tables=registers(Story(sentences=SHORT)),
        links=links,
        identities=identities,
        as_of=NIGHT,
        policy=policy(),
        previous_assessments=before.assessments,
    )
    said = found.reasons[found.reasons["rule_id"].eq("referral.court-recommendation")]
    assert said["finding"].str.contains("the record now says that it did not").sum() == 1
    assert found.assessments["status"].tolist() == ["OUT_OF_SCOPE"]
