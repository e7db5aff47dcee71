"""What follows for an episode in scope: released, referred, considered, due; and who it was."""

from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, decision, gather, tell


def exit_by(reason: str | None, day: date | None = RELEASED) -> dict[str, Any]:
    return {"movements": ({"movement_type": "REL", "movement_reason": reason,
                           "movement_date": day},)}  # fmt: skip


def considered(*events: dict[str, Any], **changes: Any) -> Story:
    return Story(cases=(REFERRED,), events=events, **changes)


DEFERRED = {"event_type": "DECISION_DEFERRED"}
DAY = date(2004, 10, 1)
LATE = date(2005, 2, 1)
WITHDRAWN = {"event_type": "DECISION_WITHDRAWN"}

RELEASED_STORIES = [
    pytest.param(Story(), "NOT_REFERRED", id="released, nobody knew"),
    pytest.param(considered(), "REFERRED_NOT_CONSIDERED", id="released after a referral only"),
    pytest.param(considered(decision(RELEASED)), "CONSIDERED", id="decided on the day of release"),
    pytest.param(considered(decision(date(2004, 12, 2))), "CONSIDERED_LATE",
                 id="decided the day after release"),
    pytest.param(considered(decision(DAY, event_type="DECISION_NOT_PURSUE")), "CONSIDERED",
                 id="decided not to pursue"),
    pytest.param(considered(decision(DAY, **DEFERRED, reason="appeal",
                                     deferred_until_date=date(2005, 1, 1))), "CONSIDERED",
                 id="deferred to a day for a reason"),
    pytest.param(considered(decision(DAY, **DEFERRED, reason="appeal")),
                 "REFERRED_NOT_CONSIDERED", id="deferred without a day"),
    pytest.param(considered(decision(DAY, **DEFERRED, deferred_until_date=date(2005, 1, 1))),
                 "REFERRED_NOT_CONSIDERED", id="deferred without a reason"),
    pytest.param(considered(decision(DAY, caseworker=None)), "REFERRED_NOT_CONSIDERED",
                 id="decided by nobody named"),
    pytest.param(considered(decision(DAY, caseworker=" ")), "REFERRED_NOT_CONSIDERED",
                 id="decided by a blank name"),
    *(
        pytest.param(considered(decision(DAY, event_type=event)), "REFERRED_NOT_CONSIDERED",
                     id=f"{event} is no consideration")
        for event in ("REFERRED", "ALLOCATED", "STARTED", "QUESTIONNAIRE_SENT",
                      "QUESTIONNAIRE_RETURNED", "STAGE1_NOTICE_SERVED", "DETENTION_AUTHORISED")
    ),
    pytest.param(considered(decision(DAY), {**WITHDRAWN, "occurred_date": date(2004, 11, 1)}),
                 "REFERRED_NOT_CONSIDERED", id="decided, then withdrawn"),
    pytest.param(considered(decision(DAY), {**WITHDRAWN, "occurred_date": LATE}),
                 "CONSIDERED", id="withdrawn after the release: considered when it happened"),
    pytest.param(considered(decision(DAY), {**WITHDRAWN, "occurred_date": date(2004, 9, 1)}),
                 "CONSIDERED", id="withdrawn first, decided anew"),
    pytest.param(considered(decision(DAY), {**WITHDRAWN, "occurred_date": None}),
                 "REFERRED_NOT_CONSIDERED", id="withdrawn on a day that nobody recorded"),
    pytest.param(considered(decision(DAY, recorded_at=datetime(2006, 4, 26, tzinfo=UTC))),
                 "REFERRED_NOT_CONSIDERED", id="recorded after the night"),
    pytest.param(considered(decision(DAY, recorded_at=datetime(2006, 4, 25, 22, 59, tzinfo=UTC))),
                 "CONSIDERED", id="recorded in the last minute of the night, London time"),
    pytest.param(considered(decision(DAY, recorded_at=datetime(2006, 4, 25, 23, 0, tzinfo=UTC))),
                 "REFERRED_NOT_CONSIDERED", id="recorded after midnight, London time"),
    pytest.param(considered(decision(date(2006, 4, 26))), "REFERRED_NOT_CONSIDERED",
                 id="a decision that lies after the night"),
    pytest.param(considered(decision(None, recorded_at=datetime(2004, 11, 1, tzinfo=UTC))),
                 "CONSIDERED", id="an undated decision recorded before release"),
    pytest.param(considered(decision(None)), "REFERRED_NOT_CONSIDERED",
                 id="an undated decision recorded nobody knows when"),
    pytest.param(considered(decision(date(2004, 2, 29))), "REFERRED_NOT_CONSIDERED",
                 id="decided the day before the sentence"),
    pytest.param(considered(decision(date(2004, 3, 1))), "CONSIDERED",
                 id="decided on the day of the sentence"),
    pytest.param(considered(decision(date(2004, 2, 20)),
                            sentences=({"term_months": 18,
                                        "conviction_date": date(2004, 2, 20)},)),
                 "CONSIDERED", id="decided between conviction and sentence"),
    pytest.param(considered(decision(DAY), link="review"), "NOT_REFERRED",
                 id="decided, for a possible match"),
    pytest.param(considered(decision(DAY), link=None), "NOT_REFERRED",
                 id="decided, for somebody who is not linked"),
    pytest.param(Story(cases=({**REFERRED, "case_type": "ASYLUM"},), events=(decision(DAY),)),
                 "NOT_REFERRED", id="an asylum case is no referral"),
    pytest.param(Story(cases=({"referral_received_date": date(2004, 12, 2)},)), "NOT_REFERRED",
                 id="referred the day after release"),
    pytest.param(Story(cases=({"referral_received_date": RELEASED},)),
                 "REFERRED_NOT_CONSIDERED", id="referred on the day of release"),
    pytest.param(Story(cases=({**REFERRED, "closed_date": date(2004, 2, 29)},)), "NOT_REFERRED",
                 id="the case was closed before the reception"),
    pytest.param(Story(cases=({},), events=({"event_type": "REFERRED", "occurred_date": DAY},)),
                 "REFERRED_NOT_CONSIDERED", id="referred by an event only"),
    pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "caseworker": "CW01",
                               "outcome": "PURSUE"},)), "CONSIDERED",
                 id="decided on the case row, which has no decision event"),
    *(
        pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "caseworker": "CW01",
                                   "outcome": outcome},)), "CONSIDERED",
                     id=f"decided on the case row, which ended as {outcome}")
        for outcome in ("NOT_PURSUE", "DEPORTED", "ALLOWED_TO_STAY")
    ),
    pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "outcome": "PURSUE"},)),
                 "REFERRED_NOT_CONSIDERED", id="a case row without a caseworker"),
    pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "caseworker": "CW01"},)),
                 "REFERRED_NOT_CONSIDERED", id="a case row without an outcome"),
    pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "caseworker": "CW01",
                               "outcome": "DEFERRED", "outcome_reason": "appeal"},)),
                 "REFERRED_NOT_CONSIDERED", id="a case row cannot say until when it is deferred"),
    pytest.param(Story(cases=({**REFERRED, "considered_date": DAY, "caseworker": "CW01",
                               "outcome": "PURSUE"},), events=(decision(DAY, caseworker=None),)),
                 "REFERRED_NOT_CONSIDERED", id="events outweigh the case row"),
    pytest.param(Story(cases=({**REFERRED, "started_date": DAY},)), "REFERRED_NOT_CONSIDERED",
                 id="a start is no consideration"),
]  # fmt: skip
gather(RELEASED_STORIES)


@pytest.mark.parametrize(("told", "status"), RELEASED_STORIES)
def test_status_after_release(told: Story, status: str) -> None:
    found, reasons = tell(told)
    assert found["status"] == status
    assert reasons["rule_id"].iloc[-1] == found["status_rule_id"]
    assert found["is_released"]
    assert found["release_date"].date() == RELEASED


UNDATED = exit_by("CR", None)

EXITS = [
    *(
        pytest.param(Story(**exit_by(reason)), "NOT_REFERRED", True, id=f"{reason} is a release")
        for reason in ("CR", "NP", "PX", "HR", "HU", "BL", "BD", "RE", None, "UNHEARD OF")
    ),
    *(
        pytest.param(Story(**exit_by(reason)), "OUT_OF_SCOPE", False,
                     id=f"{reason} leaves the country, without a decision on record")
        for reason in ("DD", "DE", "DL", "EX", "RP")
    ),
    *(
        pytest.param(considered(decision(DAY), **exit_by(reason)), "CONSIDERED", False,
                     id=f"{reason} leaves the country after a decision")
        for reason in ("DD", "DL", "EX")
    ),
    pytest.param(considered({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": DAY},
                            **exit_by("DD")), "CONSIDERED", False,
                 id="deported under a signed order"),
    pytest.param(considered({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": LATE},
                            **exit_by("DD")), "OUT_OF_SCOPE", False,
                 id="an order signed after the deportation"),
    pytest.param(Story(alerts=({"alert_code": "XSDEPORT", "start_date": DAY},), **exit_by("DD")),
                 "CONSIDERED", False, id="deported after an order was served in prison"),
    pytest.param(considered({"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": DAY}),
                 "CONSIDERED", True, id="an order signed before any exit is a decision"),
    pytest.param(Story(**exit_by("DEC")), "OUT_OF_SCOPE", False, id="died in custody"),
    pytest.param(Story(**exit_by("HP")), "DUE", False, id="hospital is no release"),
    pytest.param(Story(**exit_by("UAL")), "DUE", False, id="unlawfully at large"),
    pytest.param(Story(**exit_by("ESCP")), "DUE", False, id="escaped"),
    pytest.param(Story(**exit_by("ET")), "DUE", False, id="moved to a removal centre"),
    pytest.param(Story(**exit_by("CR", date(2006, 4, 26)), episode={"status": "ACTIVE IN"}),
                 "DUE", False, id="a release that lies after the night"),
    pytest.param(Story(movements=(), episode={"status": "INACTIVE OUT"}), "NOT_REFERRED", True,
                 id="left by status, no movement"),
    pytest.param(Story(movements=(), episode={"last_movement_type": "REL",
                                              "last_movement_reason": "CR"}),
                 "NOT_REFERRED", True, id="left by the last movement, status active"),
    pytest.param(Story(movements=(), episode={"status": "INACTIVE OUT", "legal_status": "DEAD"}),
                 "OUT_OF_SCOPE", False, id="died, by the legal status alone"),
    pytest.param(Story(movements=(*exit_by("CR")["movements"],
                                  {"movement_type": "ADM", "movement_reason": "24",
                                   "movement_date": LATE}), episode={"status": "ACTIVE IN"}),
                 "NOT_REFERRED", False, id="a recall undoes no release"),
    pytest.param(Story(movements=(), episode={"status": None}), "DUE", False,
                 id="a missing status is no release"),
    pytest.param(Story(**UNDATED), "NOT_REFERRED", True, id="released, no date"),
    pytest.param(considered(**UNDATED), "REFERRED_NOT_CONSIDERED", True,
                 id="referred, released, no date"),
    pytest.param(considered(decision(DAY), **UNDATED), "CONSIDERED_LATE", True,
                 id="a decision that cannot be shown to precede an undated release"),
    pytest.param(considered(decision(DAY), movements=(
        {"movement_type": "TRN", "movement_reason": "NOTR", "movement_date": DAY},
        *UNDATED["movements"])), "CONSIDERED", True,
        id="a decision on a day on which the person is still seen in prison"),
]  # fmt: skip
gather(EXITS)


@pytest.mark.parametrize(("told", "status", "released"), EXITS)
def test_ways_out_of_custody(told: Story, status: str, released: bool) -> None:
    found, reasons = tell(told)
    assert (found["status"], found["is_released"]) == (status, released)
    assert not reasons["finding"].isna().any()


def test_an_undated_release_has_no_date_and_says_so() -> None:
    found, reasons = tell(Story(**UNDATED))
    assert str(found["release_date"]) == "NaT"
    assert "custody.released-undated" in set(reasons["rule_id"])


BRITISH_THERE = {"nationality": "BRIT"}
FOREIGN_THERE = {"nationality": "JAMAICA"}

CONFLICTS = [
    pytest.param(Story(second_nationality="BRIT"), "VERIFY_NATIONALITY",
                 id="British as a second nationality"),
    pytest.param(Story(nationality="BRIT", second_nationality="JAMAICA"), "OUT_OF_SCOPE",
                 id="British with a second, foreign one"),
    pytest.param(Story(there=BRITISH_THERE), "VERIFY_NATIONALITY", id="British there"),
    pytest.param(Story(there=BRITISH_THERE, link="review"), "NOT_REFERRED",
                 id="British for a possible match only"),
    pytest.param(Story(nationality="UNKNOWN", there=BRITISH_THERE), "VERIFY_NATIONALITY",
                 id="unknown here, British there"),
    pytest.param(Story(there={}, cases=({**REFERRED, "stage": "BRITISH"},)), "VERIFY_NATIONALITY",
                 id="a case that found a British citizen"),
    pytest.param(Story(cases=({"case_type": "NATIONALITY", "outcome": "BRITISH",
                               "closed_date": date(2005, 6, 1)},)), "VERIFY_NATIONALITY",
                 id="naturalised after the conviction"),
    pytest.param(Story(nationality="BRIT", there=FOREIGN_THERE), "OUT_OF_SCOPE",
                 id="British here, foreign there without proof or a deportation case"),
    pytest.param(Story(nationality="BRIT", there={**FOREIGN_THERE, "nationality_verified": True}),
                 "VERIFY_NATIONALITY", id="British here, foreign by a document there"),
    pytest.param(Story(nationality="BRIT", there=FOREIGN_THERE, cases=(REFERRED,)),
                 "VERIFY_NATIONALITY", id="British here, a deportation case there"),
    pytest.param(Story(nationality="BRIT", there=FOREIGN_THERE, cases=(REFERRED,),
                       sentences=({"term_months": 3},)), "OUT_OF_SCOPE",
                 id="the conflict does not matter below the length"),
    pytest.param(Story(nationality="BRIT", episode={"imprisonment_status": "REC_DEP"}),
                 "VERIFY_NATIONALITY", id="British, and recommended for deportation"),
    pytest.param(considered(decision(DAY), there=BRITISH_THERE), "VERIFY_NATIONALITY",
                 id="a decision to pursue somebody who may be British"),
    pytest.param(considered(decision(DAY, event_type="DECISION_NOT_PURSUE"), there=BRITISH_THERE),
                 "CONSIDERED", id="a decision in time not to pursue somebody who may be British"),
    pytest.param(Story(there=BRITISH_THERE, **exit_by("DD")), "VERIFY_NATIONALITY",
                 id="somebody who may be British was removed, and nobody decided"),
    pytest.param(considered(decision(DAY), there=BRITISH_THERE, **exit_by("DD")),
                 "VERIFY_NATIONALITY", id="somebody who may be British was removed by decision"),
    pytest.param(considered(decision(DAY), there=BRITISH_THERE, **exit_by("DEC")), "CONSIDERED",
                 id="somebody who may be British died after a decision"),
    pytest.param(Story(there=BRITISH_THERE, **exit_by("DEC")), "OUT_OF_SCOPE",
                 id="somebody who may be British died, and nobody decided"),
]  # fmt: skip
gather(CONFLICTS)


@pytest.mark.parametrize(("told", "status"), CONFLICTS)
def test_evidence_of_british_nationality(told: Story, status: str) -> None:
    assert tell(told)[0]["status"] == status


DUE_DATES = [
    pytest.param({"conditional_release_date": date(2007, 4, 25)}, "DUE", date(2006, 4, 25),
                 id="twelve months to the day before release"),
    pytest.param({"conditional_release_date": date(2007, 4, 26)}, "NOT_YET_DUE",
                 date(2006, 4, 26), id="a day more than twelve months before release"),
    pytest.param({"conditional_release_date": date(2008, 1, 1),
                  "parole_eligibility_date": date(2006, 9, 1)}, "DUE", date(2005, 9, 1),
                 id="the earliest date drives"),
    pytest.param({"conditional_release_date": date(2008, 1, 1),
                  "automatic_release_override_date": date(2006, 9, 1)}, "DUE", date(2005, 9, 1),
                 id="a date entered by hand counts"),
    pytest.param({"conditional_release_date": date(2008, 1, 1),
                  "parole_eligibility_date": date(1970, 1, 1)}, "NOT_YET_DUE", date(2007, 1, 1),
                 id="a date before the sentence is implausible"),
    pytest.param({"conditional_release_date": date(2004, 9, 1)}, "DUE", date(2004, 3, 1),
                 id="less than twelve months: due on sentence"),
    pytest.param({"conditional_release_date": None}, "NOT_YET_DUE", date(2008, 2, 28),
                 id="no recorded date: the one worked out from the sentences"),
    pytest.param({"conditional_release_date": date(2010, 1, 1)}, "NOT_YET_DUE",
                 date(2008, 2, 28), id="a recorded date later than the sentences allow"),
]  # fmt: skip


@pytest.mark.parametrize(("dates", "status", "due"), DUE_DATES)
def test_when_consideration_falls_due(dates: dict[str, date], status: str, due: date) -> None:
    found, _ = tell(HELD.but(episode=dates, sentences=({"term_months": 120},)))
    assert (found["status"], found["due_date"].date()) == (status, due)


def test_without_any_release_date_consideration_is_due_on_sentence() -> None:
    found, reasons = tell(HELD.but(episode={}, sentences=({"calculation_type": "LIFE"},)))
    assert (found["status"], found["due_date"].date()) == ("DUE", date(2004, 3, 1))
    assert "release.unknown" in set(reasons["rule_id"])


def test_somebody_in_custody_is_considered_by_a_decision() -> None:
    assert tell(HELD.but(cases=(REFERRED,), events=(decision(DAY),)))[0]["status"] == "CONSIDERED"


def test_a_decision_on_an_earlier_sentence_does_not_count_for_a_later_one() -> None:
    told = considered(decision(date(2003, 2, 1)), earlier=[(date(2003, 1, 1), {"term_months": 18})])
    found, reasons = tell(told)
    assert found["status"] == "REFERRED_NOT_CONSIDERED"
    finding = reasons.set_index("rule_id").loc["consideration.own-sentence", "finding"]
    assert finding.endswith("does not count: it came before the conviction.")


def test_somebody_who_was_deported_and_is_back_is_considered_anew() -> None:
    """The order and the removal belong to the earlier sentence."""
    told = HELD.but(
        cases=({"opened_date": date(2001, 2, 1), "closed_date": date(2001, 9, 1)},),
        events=(
            decision(date(2001, 3, 1)),
            {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": date(2001, 4, 1)},
        ),
        removals=({"removed_date": date(2001, 8, 1)},),
        earlier=[(date(2001, 1, 1), {"term_months": 18})],
    )
    found, _ = tell(told)
    assert found["status"] == "DUE"
    for name in ("considered_date", "order_signed_date", "removed_date", "referred_date"):
        assert pd.isna(found[name]), name


def test_a_possible_match_is_shown_and_clears_nobody() -> None:
    found, _ = tell(considered(decision(DAY), link="review"))
    assert found["status"] == "NOT_REFERRED"
    assert found["link_outcome"] == "review"
    assert found["is_possibly_considered"]
    assert found["possible_case_id"] == "C1"
    assert found["case_id"] is None or str(found["case_id"]) == "nan"


def test_the_dates_of_a_case_stay_apart() -> None:
    told = considered(
        {"event_type": "STARTED", "occurred_date": date(2004, 5, 1)},
        decision(date(2004, 6, 1)),
        {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": date(2004, 7, 1)},
        removals=({"removed_date": date(2005, 1, 5)},),
    )
    found, _ = tell(told)
    days = ("referred", "started", "considered", "order_signed", "removed")
    assert [found[f"{day}_date"].date().isoformat() for day in days] == [
        "2004-04-01", "2004-05-01", "2004-06-01", "2004-07-01", "2005-01-05",
    ]  # fmt: skip
    assert (found["case_id"], found["decision"]) == ("C1", "DECISION_PURSUE")
