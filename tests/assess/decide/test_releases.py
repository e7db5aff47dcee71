"""Each release is a release, and a decision clears only the convictions that it could weigh."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import REFERRED, RELEASED, Story, assess_all, decision
from jobs.contract.results import RELEASES

OUT = {"movement_type": "REL", "movement_reason": "CR"}
BACK = {"movement_type": "ADM", "movement_reason": "24"}
DAY, LATE = date(2004, 10, 1), date(2005, 2, 1)
RECALLED = (
    {**OUT, "movement_date": RELEASED},
    {**BACK, "movement_date": date(2005, 9, 1)},
)
INSIDE = {"status": "ACTIVE IN", "legal_status": "RECALL"}
AND_OUT = (*RECALLED, {**OUT, "movement_date": date(2006, 1, 10)})
THEFT = {"sentence_date": date(2004, 3, 1), "term_months": 12, "offence_code": "THEFT"}
RAPE = {"sentence_date": date(2004, 4, 1), "term_months": 60, "offence_code": "RAPE"}
MONTH = {"sentence_date": date(2004, 4, 1), "term_months": 1, "offence_code": "THEFT"}
DEFERRAL = {"event_type": "DECISION_DEFERRED", "reason": "appeal"}


def releases(told: Story) -> list[dict[str, Any]]:
    found = assess_all(told).releases
    RELEASES.arrow(found)
    return [{str(k): v for k, v in row.items()} for row in found.to_dict("records")]


def gone(*events: dict[str, Any], **changes: Any) -> Story:
    return Story(cases=(changes.pop("case", REFERRED),), events=events, **changes)


def closed(stage: str, day: date | None, **row: Any) -> dict[str, Any]:
    return {**REFERRED, "stage": stage, "closed_date": day, "caseworker": "CW01", **row}


NEVER, OPEN, DONE = "NOT_REFERRED", "REFERRED_NOT_CONSIDERED", "CONSIDERED"
KINDS = [
    pytest.param(Story(), [NEVER], id="released, nobody knew"),
    pytest.param(Story(movements=RECALLED, episode=INSIDE), [NEVER],
                 id="a recall undoes no release"),
    pytest.param(Story(movements=AND_OUT), [NEVER, NEVER], id="two releases, two misses"),
    pytest.param(gone(decision(date(2005, 10, 1)), movements=AND_OUT), [OPEN, DONE],
                 id="decided during the recall clears the next release alone"),
    pytest.param(gone(decision(DAY), movements=AND_OUT), [DONE, DONE],
                 id="a further release needs no new decision"),
    pytest.param(gone(decision(RELEASED)), [DONE], id="decided on the day of release"),
    pytest.param(gone(decision(date(2004, 12, 2))), [OPEN], id="decided the day after"),
    pytest.param(gone(decision(date(2004, 3, 20)), sentences=(THEFT, RAPE)), [OPEN],
                 id="a decision on a theft does not clear a later rape"),
    pytest.param(gone(decision(date(2004, 4, 1)), sentences=(THEFT, RAPE)), [DONE],
                 id="decided on the day of the second sentence"),
    pytest.param(gone(decision(date(2004, 3, 20)), sentences=(THEFT, MONTH)), [DONE],
                 id="a short concurrent month needs no decision of its own"),
    pytest.param(gone(decision(date(2004, 3, 20)),
                      sentences=(THEFT, {**MONTH, "consecutive_to_sequence": 1})), [OPEN],
                 id="a consecutive addition was not weighed"),
    pytest.param(gone(decision(DAY, **DEFERRAL, deferred_until_date=RELEASED)), [DONE],
                 id="deferred to the day of release"),
    pytest.param(gone(decision(DAY, **DEFERRAL, deferred_until_date=date(2004, 11, 30))), [OPEN],
                 id="a deferral that ran out the day before"),
    pytest.param(gone({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": DAY}), [DONE],
                 id="an order signed before release"),
    pytest.param(gone({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": LATE}), [OPEN],
                 id="an order signed after release"),
    *(
        pytest.param(gone(case=closed(stage, day)), [status], id=f"closed as {stage}: {status}")
        for stage in ("EXEMPT", "LEAVE_GRANTED")
        for day, status in ((DAY, DONE), (LATE, OPEN), (None, OPEN))
    ),
    pytest.param(gone(case=closed("EXEMPT", DAY, caseworker=None)), [OPEN],
                 id="closed by nobody named"),
    pytest.param(gone(case=closed("NO_ACTION", DAY)), [OPEN], id="closed without an outcome"),
    pytest.param(gone(case=closed("NO_ACTION", DAY, outcome="NOT_PURSUE")), [DONE],
                 id="no action, with an outcome"),
    pytest.param(gone(decision(DAY), {"event_type": "DECISION_WITHDRAWN",
                                      "occurred_date": date(2004, 11, 1)}), [OPEN],
                 id="withdrawn before release"),
    pytest.param(gone(decision(DAY), {"event_type": "DECISION_WITHDRAWN",
                                      "occurred_date": LATE}), [DONE],
                 id="withdrawn after release"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "statuses"), KINDS)
def test_status_of_each_release(told: Story, statuses: list[str]) -> None:
    found = releases(told)
    assert [row["status"] for row in found] == statuses
    assert [row["release_number"] for row in found] == list(range(1, len(found) + 1))
    assert [row["is_missed"] for row in found] == [status != DONE for status in statuses]


def test_a_conviction_entered_before_its_sentence_is_weighed_from_then() -> None:
    entered = {**RAPE, "conviction_date": date(2004, 3, 15)}
    (row,) = releases(gone(decision(date(2004, 3, 20)), sentences=(THEFT, entered)))
    assert row["status"] == DONE


def test_the_sentence_that_no_decision_weighed_is_named() -> None:
    (row,) = releases(gone(decision(date(2004, 3, 20)), sentences=(THEFT, RAPE)))
    assert row["unweighed_sentence"] == 2


def test_a_decision_recorded_after_release_counts_and_is_never_silent() -> None:
    late = datetime(2005, 2, 2, 10, tzinfo=UTC)
    (row,) = releases(gone(decision(DAY, recorded_at=late)))
    assert row["status"] == DONE
    assert row["is_recorded_after_release"]
    assert row["considered_recorded_date"] == pd.Timestamp(2005, 2, 2)
    (row,) = releases(gone(decision(DAY, recorded_at=late), decision(RELEASED, recorded_at=None)))
    assert not row["is_recorded_after_release"]


def test_withdrawn_after_release_is_flagged() -> None:
    undone = {"event_type": "DECISION_WITHDRAWN", "occurred_date": LATE}
    (row,) = releases(gone(decision(DAY), undone))
    assert row["is_withdrawn_after_release"]
    (row,) = releases(gone(decision(DAY)))
    assert not row["is_withdrawn_after_release"]


def test_decided_since_and_how_late_it_was() -> None:
    (row,) = releases(gone(decision(LATE)))
    assert row["is_missed"]
    assert row["decided_since_date"] == pd.Timestamp(LATE)
    assert row["due_date"] == pd.Timestamp(2004, 3, 1)
    assert row["days_late"] == 275
    (row,) = releases(gone(decision(LATE, **DEFERRAL, deferred_until_date=date(2005, 6, 1))))
    assert pd.isna(row["decided_since_date"])


def test_somebody_back_inside_is_due_again_beside_the_release_that_was_missed() -> None:
    told = assess_all(gone(movements=RECALLED, episode=INSIDE))
    assert told.releases["is_missed"].tolist() == [True]
    assert told.assessments["is_due"].tolist() == [True]
    told = assess_all(gone(decision(date(2005, 10, 1)), movements=RECALLED, episode=INSIDE))
    assert told.releases["is_missed"].tolist() == [True]
    assert told.assessments["is_due"].tolist() == [False]
