"""A court recommendation is kept from whichever record, or earlier delivery, said it."""

from datetime import date
from typing import Any

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
