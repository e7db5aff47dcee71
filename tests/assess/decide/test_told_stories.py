"""Whole stories of custody, each with its answer from law and plain sense: status and releases.

The answers were written down before the stories were run. Each is of a kind that has hidden people:
several ways out of one booking, days that coincide, records out of order, people held twice.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from benchmarks.samples.stories import (
    HELD,
    REFERRED,
    RELEASED,
    SENTENCED,
    Story,
    assess_all,
    decision,
    gather,
    tell,
)

N, O, C = "NOT_REFERRED", "REFERRED_NOT_CONSIDERED", "CONSIDERED"  # noqa: E741
LATE, DUE, OUTSIDE = "CONSIDERED_LATE", "DUE", "OUT_OF_SCOPE"
INSIDE = {"status": "ACTIVE IN"}
RECALLED = {"status": "ACTIVE IN", "legal_status": "RECALL"}


def out(day: date | None, reason: str | None = "CR", **more: Any) -> dict[str, Any]:
    return {"movement_type": "REL", "movement_reason": reason, "movement_date": day, **more}


def into(day: date | None, reason: str | None = "24") -> dict[str, Any]:
    return {"movement_type": "ADM", "movement_reason": reason, "movement_date": day}


def known(*events: dict[str, Any], case: dict[str, Any] | None = None, **changes: Any) -> Story:
    return Story(cases=({**REFERRED, **(case or {})},), events=events, **changes)


def deferred(day: date, until: date) -> dict[str, Any]:
    return decision(day, event_type="DECISION_DEFERRED", reason="appeal", deferred_until_date=until)


def withdrawn(day: date | None) -> dict[str, Any]:
    return {"event_type": "DECISION_WITHDRAWN", "occurred_date": day}


def signed(day: date) -> dict[str, Any]:
    return {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": day}


def term(months: int | None = None, day: date | None = SENTENCED, **more: Any) -> dict[str, Any]:
    return {"term_months": months, "sentence_date": day, **more}


JAN, FEB, APR, JUNE, JULY, AUG, SEPT, OCT, NOV = (
    date(2004, month, 1) for month in (1, 2, 4, 6, 7, 8, 9, 10, 11)
)
NEXT_JAN, NEXT_FEB, NEXT_MAR, NEXT_JUNE, NEXT_OCT = (
    date(2005, month, 1) for month in (1, 2, 3, 6, 10)
)
LATER = out(NEXT_OCT)
DECIDED = decision(OCT)
TWICE = (out(RELEASED), into(NEXT_MAR), LATER)

WAYS_OUT = [
    pytest.param(known(DECIDED, is_admitted=False,
                       movements=(into(JAN, "N"), out(FEB, "BL"), into(SENTENCED, "I"),
                                  out(RELEASED))),
                 C, [C], id="bail before conviction is nobody's release from a sentence"),
    pytest.param(Story(is_admitted=False,
                       movements=(into(JAN, "N"), out(FEB, "BL"), into(SENTENCED, "I"),
                                  out(RELEASED))),
                 N, [N], id="bail before conviction, then nobody looked"),
    pytest.param(known(DECIDED, movements=(out(SEPT, "HR"), into(date(2004, 9, 15)),
                                           out(RELEASED))),
                 LATE, [O, C], id="curfew before the decision, recalled, released after it"),
    pytest.param(known(decision(AUG), movements=(out(SEPT, "HR"), into(OCT), out(RELEASED))),
                 C, [C, C], id="decided before the curfew"),
    pytest.param(known(DECIDED, movements=(out(JUNE, "ESCP"), into(JULY, "I"), out(RELEASED))),
                 C, [C], id="escaped, brought back, decided, released"),
    pytest.param(Story(movements=(out(JUNE, "ESCP"), into(JULY, "I"), out(RELEASED))),
                 N, [N], id="escaped, brought back, released, and nobody looked"),
    pytest.param(Story(movements=(out(JUNE, "UAL"),)), DUE, [], id="at large ever since"),
    pytest.param(known(DECIDED, movements=(out(JUNE, "UAL"),)), C, [],
                 id="decided while at large"),
    pytest.param(Story(movements=(out(JUNE, "HP"), out(RELEASED))), N, [N],
                 id="released from hospital"),
    pytest.param(known(DECIDED, movements=(out(JUNE, "HP"), into(AUG, "I"), out(RELEASED))),
                 C, [C], id="back from hospital, decided, released"),
    pytest.param(known(decision(NEXT_FEB), movements=(out(RELEASED, "ET"), out(NEXT_MAR, "BD"))),
                 C, [C], id="decided in the removal centre, before bail from it"),
    pytest.param(known(decision(date(2005, 3, 15)),
                       movements=(out(RELEASED, "ET"), out(NEXT_MAR, "BD"))),
                 LATE, [O], id="decided after bail from the removal centre"),
    pytest.param(Story(movements=({"movement_type": "TAP", "movement_date": SEPT},),
                       episode={"status": "ACTIVE OUT"}), DUE, [],
                 id="out for a day is not out"),
    pytest.param(Story(movements=({"movement_type": "CRT", "movement_date": SEPT},
                                  {"movement_type": "TRN", "movement_date": OCT}),
                       episode={"status": "INACTIVE TRN"}), DUE, [],
                 id="at court and between prisons is inside"),
    pytest.param(Story(movements=(out(RELEASED), into(NEXT_MAR)), episode=RECALLED), N, [N],
                 id="recalled, inside, and nobody looked"),
    pytest.param(known(decision(NEXT_MAR), movements=(out(RELEASED), into(NEXT_MAR)),
                       episode=RECALLED), LATE, [O], id="decided on the day of the recall"),
    pytest.param(known(decision(NEXT_JUNE), movements=(*TWICE, into(date(2005, 11, 1)),
                                                       out(date(2006, 1, 10)))),
                 LATE, [O, C, C], id="three releases, decided between the first and the second"),
    pytest.param(known(DECIDED, withdrawn(NEXT_FEB), movements=TWICE), O, [C, O],
                 id="withdrawn between two releases: the second was not considered"),
    pytest.param(known(DECIDED, withdrawn(NEXT_FEB), decision(NEXT_JUNE), movements=TWICE),
                 C, [C, C], id="withdrawn between two releases and decided anew"),
    pytest.param(known(deferred(OCT, NEXT_FEB), movements=TWICE), O, [C, O],
                 id="a deferral that covers the first release only"),
    pytest.param(known(deferred(OCT, NEXT_OCT), movements=TWICE), C, [C, C],
                 id="a deferral to the day of the second release"),
    pytest.param(Story(movements=(out(RELEASED), out(RELEASED))), N, [N],
                 id="the same release typed twice"),
    pytest.param(known(decision(date(2004, 12, 5)),
                       movements=(out(RELEASED, "HR"), out(date(2004, 12, 20)))),
                 LATE, [O], id="nobody leaves twice: out on curfew, the licence typed later"),
    pytest.param(known(decision(date(2004, 12, 5)),
                       movements=(out(RELEASED, "BL"), out(date(2004, 12, 20)))),
                 LATE, [O], id="out on bail, never back, the release typed later"),
    pytest.param(known(decision(date(2004, 12, 5)),
                       movements=(out(RELEASED, "HR"), out(date(2004, 12, 20)), into(NEXT_MAR),
                                  LATER)),
                 LATE, [O, C], id="the same, and recalled later"),
    pytest.param(known(decision(date(2004, 12, 5)),
                       movements=(out(RELEASED, "HR"), {"movement_type": "CRT",
                                                        "movement_date": date(2004, 12, 3)},
                                  out(date(2004, 12, 20)))),
                 LATE, [O, C], id="brought to court between two releases: back inside"),
    pytest.param(known(DECIDED, is_admitted=False,
                       movements=(into(JAN, "N"), out(FEB, "BL"), out(RELEASED))),
                 C, [C], id="on bail, sentenced, and the return not recorded"),
    pytest.param(known(DECIDED, movements=(out(RELEASED), out(date(2004, 9, 15)))), LATE, [O],
                 id="released twice in a row, the earlier day typed last"),
    pytest.param(Story(movements=(out(RELEASED), out(NEXT_MAR, " ")),
                       sentences=(term(18), term(18, NEXT_JAN)),
                       episode={**INSIDE, "last_movement_type": "REL",
                                "last_movement_reason": "HP"}), N, [N],
                 id="a release, and then to hospital as the booking alone says"),
    pytest.param(known(DECIDED, movements=(out(None), out(RELEASED))), C, [C],
                 id="a release without a day, typed again with it"),
    pytest.param(Story(movements=(out(RELEASED), out(NEXT_MAR, "DEC"))), N, [N],
                 id="died after the release"),
    pytest.param(Story(movements=(out(RELEASED), into(NEXT_MAR), out(NEXT_OCT, "DEC"))), N, [N],
                 id="died after the recall: the first release stays missed"),
    pytest.param(Story(movements=(out(RELEASED), into(NEXT_MAR), out(NEXT_OCT, "DL"))), N, [N],
                 id="deported after the recall: the first release stays missed"),
    pytest.param(known(DECIDED, signed(NOV), movements=(out(RELEASED, "DE"), into(NEXT_MAR, "I"),
                                                        LATER)),
                 C, [C], id="deported under an order, back, released: one release, weighed"),
    pytest.param(Story(movements=(out(RELEASED, "DL"), into(NEXT_MAR, "I"), LATER)), N, [N],
                 id="deported without a decision, back in the same booking, released"),
    pytest.param(Story(movements=(out(RELEASED, "RP"),)), OUTSIDE, [],
                 id="repatriated to serve the sentence abroad"),
    pytest.param(Story(movements=(out(RELEASED, "SCOTLAND"),)), N, [N],
                 id="gone by a code that nobody knows"),
    pytest.param(Story(movements=({"movement_type": "TRN", "movement_date": RELEASED},),
                       episode={"status": "INACTIVE OUT"}), N, [N],
                 id="moved out of the service's prisons, whereabouts not said"),
    pytest.param(Story(movements=(out(RELEASED, "TERS"),), sentences=(term(None,
                       calculation_type="LIFE"),)), OUTSIDE, [],
                 id="removed at the end of the tariff without a decision on record"),
]  # fmt: skip
gather(WAYS_OUT)

DAYS = [
    pytest.param(known(decision(RELEASED, recorded_at=datetime(2004, 12, 2, tzinfo=UTC))), C, [C],
                 id="decided on the day, written down the day after"),
    pytest.param(known(decision(SENTENCED), movements=(out(SENTENCED),)), C, [C],
                 id="sentenced, decided and released on one day"),
    pytest.param(Story(movements=(out(SENTENCED),), sentences=(term(12, remand_days=183),)),
                 N, [N], id="the time on remand was enough: out on the day of the sentence"),
    pytest.param(known(deferred(OCT, RELEASED)), C, [C], id="deferred to the day of release"),
    pytest.param(known(deferred(OCT, date(2004, 11, 30))), O, [O],
                 id="the deferral ran out the day before"),
    pytest.param(known(deferred(AUG, OCT), deferred(OCT, NEXT_JAN)), C, [C],
                 id="a deferral renewed on its last day"),
    pytest.param(known(deferred(AUG, OCT), decision(NOV, event_type="DECISION_NOT_PURSUE")),
                 C, [C], id="deferred, run out, then decided not to pursue"),
    pytest.param(known(deferred(OCT, NEXT_JAN), withdrawn(NOV)), O, [O],
                 id="a deferral withdrawn before it ran out"),
    pytest.param(known(signed(RELEASED)), C, [C], id="the order signed on the day of release"),
    pytest.param(known(signed(date(2004, 12, 2))), LATE, [O],
                 id="the order signed the day after"),
    pytest.param(known(signed(date(2004, 2, 1))), O, [O],
                 id="an order older than the conviction"),
    pytest.param(Story(alerts=({"alert_code": "XLDEPORT", "start_date": OCT},)), N, [N],
                 id="told of liability is no decision"),
    pytest.param(Story(alerts=({"alert_code": "XSDEPORT", "start_date": OCT},)), C, [C],
                 id="an order served in prison"),
    pytest.param(known(decision(OCT, recorded_at=datetime(2004, 9, 1, tzinfo=UTC))), C, [C],
                 id="written down before its own day"),
    pytest.param(HELD.but(cases=(REFERRED,), events=(decision(date(2006, 5, 1)),)), DUE, [],
                 id="a decision that lies in the future"),
    pytest.param(HELD.but(movements=(out(date(2006, 5, 1)),), episode=INSIDE), DUE, [],
                 id="a release that lies in the future"),
    pytest.param(known(decision(OCT), case={"referral_received_date": None, "opened_date": None}),
                 C, [C], id="decided without a referral on record"),
    pytest.param(known(DECIDED, sentences=(term(18, None),),
                       episode={"sentence_start_date": None}), C, [C],
                 id="no day of sentence: the reception stands for it"),
    pytest.param(Story(sentences=(term(18, None),), is_admitted=False,
                       episode={"sentence_start_date": None, "reception_date": None}), N, [N],
                 id="no day at all but that of the release"),
    pytest.param(Story(sentences=(term(18, date(2005, 3, 1)),)), N, [N],
                 id="a sentence typed with a day after the release"),
    pytest.param(Story(movements=(out(None), into(NEXT_MAR), LATER)), N, [N, N],
                 id="the first of two releases without a day"),
    pytest.param(known(decision(NEXT_JUNE), movements=(out(None), into(NEXT_MAR), LATER)),
                 LATE, [O, C], id="decided after the undated release, before the second"),
]  # fmt: skip
gather(DAYS)

SENTENCES = [
    pytest.param(Story(sentences=()), N, [N], id="sentenced, and no sentence on record"),
    pytest.param(Story(sentences=(), episode={"legal_status": "REMAND"},
                       movements=(out(RELEASED, "RE"),)), OUTSIDE, [],
                 id="the conviction quashed, the sentence struck off"),
    pytest.param(Story(sentences=(term(10, offence_code="THEFT"),)), OUTSIDE, [],
                 id="varied on appeal to ten months"),
    pytest.param(Story(sentences=(term(8, offence_code="THEFT"),
                                  term(6, offence_code="THEFT", consecutive_to_sequence=1))),
                 N, [N], id="8 months and 6 that follow"),
    pytest.param(Story(sentences=(term(8, offence_code="THEFT"), term(6, offence_code="THEFT"))),
                 OUTSIDE, [], id="8 months and 6 beside them, of one day"),
    pytest.param(Story(sentences=(term(8, offence_code="THEFT"),
                                  term(6, APR, offence_code="THEFT"))), N, [N],
                 id="8 months and 6 of another day"),
    pytest.param(known(decision(date(2004, 3, 15)),
                       sentences=(term(12), term(6, APR, consecutive_to_sequence=1,
                                                 offence_code="THEFT"))), O, [O],
                 id="a consecutive addition after the decision"),
    pytest.param(known(decision(date(2004, 3, 15)),
                       sentences=(term(12), term(3, APR, offence_code="THEFT"))), C, [C],
                 id="a short sentence beside it after the decision"),
    pytest.param(Story(sentences=(term(18, calculation_type="SUSP"),)), OUTSIDE, [],
                 id="suspended, never activated"),
    pytest.param(known(decision(AUG), sentences=(
                     term(3, offence_code="THEFT"),
                     term(18, calculation_type="SUSP", activated_date=SEPT))), N, [N],
                 id="activated after the referral and the decision: neither was about it"),
    pytest.param(known(DECIDED, sentences=(
                     term(3, offence_code="THEFT"),
                     term(18, calculation_type="SUSP", activated_date=SEPT))), C, [C],
                 id="a suspended sentence activated before the decision"),
    pytest.param(Story(sentences=(term(18, calculation_type="SUSP", activated_date=NEXT_MAR),),
                       movements=(out(RELEASED),)), N, [N],
                 id="activated after the last exit on record: a return that nobody recorded"),
    pytest.param(Story(sentences=(term(None, calculation_type="IPP"),),
                       movements=(out(NEXT_JUNE, "PX"),)), N, [N], id="public protection, paroled"),
    pytest.param(known(decision(NEXT_MAR), sentences=(term(None, calculation_type="LIFE"),),
                       movements=(out(NEXT_JUNE, "PX"),)), C, [C], id="life, decided, paroled"),
    pytest.param(Story(sentences=(term(None, calculation_type="FINE", term_days=30),)),
                 OUTSIDE, [], id="in default of a fine"),
    pytest.param(Story(sentences=(term(None, calculation_type="FINE", term_days=30), term(12))),
                 N, [N], id="a fine beside twelve months"),
    pytest.param(Story(sentences=(term(3, offence_code="THEFT"),),
                       episode={"imprisonment_status": "REC_DEP"}), N, [N],
                 id="three months, recommended"),
    pytest.param(Story(nationality="IRELAND", sentences=(term(60),)), OUTSIDE, [],
                 id="Irish, five years in 2004"),
    pytest.param(Story(nationality="POLAND", sentences=(term(18),)), N, [N],
                 id="Polish, sentenced two months before the accession"),
    pytest.param(Story(nationality="POLAND", sentences=(term(18, date(2004, 5, 1)),)), OUTSIDE, [],
                 id="Polish, sentenced on the day of the accession"),
    pytest.param(Story(nationality="BRIT", there={"nationality": "NIGERIA",
                                                  "nationality_verified": True}),
                 "VERIFY_NATIONALITY", [], id="British since, foreign by a document there"),
    pytest.param(Story(nationality=None), N, [N], id="nobody asked where they are from"),
    pytest.param(Story(has_person_row=False), N, [N], id="the person's row is missing"),
]  # fmt: skip
gather(SENTENCES)


def booking(
    name: str,
    day: date,
    months: int,
    *moves: dict[str, Any],
    prisoner: str = "A0001AA",
    **sentence: Any,
) -> dict[str, list[dict[str, Any]]]:
    """Rows of another booking, received on the day of its sentence."""
    gone = bool(moves) and moves[-1]["movement_type"] == "REL"
    return {
        "prison.episodes": [{"episode_id": name, "prisoner_number": prisoner,
                             "reception_date": day, "sentence_start_date": day,
                             "status": "INACTIVE OUT" if gone else "ACTIVE IN",
                             "legal_status": "SENTENCED", "imprisonment_status": "SENT"}],
        "prison.sentences": [{"episode_id": name, "sentence_sequence": 1, "sentence_date": day,
                              "calculation_type": "ADIMP_1991", "term_months": months,
                              "offence_code": "THEFT", **sentence}],
        "prison.movements": [{"episode_id": name, "movement_sequence": n, **row}
                             for n, row in enumerate((into(day, "I"), *moves), start=1)],
    }  # fmt: skip


ALIAS = {"prison.persons": [{"prisoner_number": "A0002AA", "nationality": "NIGERIA"}]}
THERE = {
    "immigration.persons": [{"cid_person_id": "P2"}],
    "immigration.cases": [{"case_id": "C9", "cid_person_id": "P2", "case_type": "CRIMINAL",
                           **REFERRED}],
    "immigration.events": [{"event_id": "V9", "case_id": "C9", **decision(OCT)}],
}  # fmt: skip
PEOPLE = [
    pytest.param(Story(also=THERE, there={}), C, [C],
                 id="decided under a second record of the immigration service"),
    pytest.param(known(DECIDED, also=booking("E2", JULY, 1, out(date(2004, 7, 20)))), C, [C],
                 id="a month in another booking takes nothing over"),
    pytest.param(known(decision(JUNE), also=booking("E2", JULY, 36, out(date(2006, 1, 10)))),
                 C, [C], id="the earlier of two bookings that overlap"),
    pytest.param(known(DECIDED, also={**ALIAS, **booking("E2", NEXT_JUNE, 18, LATER,
                                                         prisoner="A0002AA")}), C, [C],
                 id="received again under another number: the first stay"),
    pytest.param(known(decision(NEXT_JUNE), also=booking("E2", NEXT_MAR, 18, LATER)), LATE, [O],
                 id="decided in the next stay: the first release was missed"),
]  # fmt: skip
gather(PEOPLE)


def statuses(told: Story, episode: str = "E1") -> list[str]:
    found = assess_all(told).releases
    return list(found.loc[found["episode_id"].eq(episode), "status"])


@pytest.mark.parametrize(("told", "status", "released"), [*WAYS_OUT, *DAYS, *SENTENCES, *PEOPLE])
def test_told_story(told: Story, status: str, released: Sequence[str]) -> None:
    assert (tell(told)[0]["status"], statuses(told)) == (status, list(released))


SECOND = [
    pytest.param(known(decision(JUNE), also=booking("E2", JULY, 36, out(date(2006, 1, 10)))),
                 [O], id="a decision before the second booking's sentence did not weigh it"),
    pytest.param(known(decision(AUG), also=booking("E2", JULY, 36, out(date(2006, 1, 10)))),
                 [C], id="a decision after it did"),
    pytest.param(known(DECIDED, also={**ALIAS, **booking("E2", NEXT_JUNE, 18, LATER,
                                                         prisoner="A0002AA")}),
                 [O], id="under another number: the earlier decision did not weigh it"),
    pytest.param(known(decision(date(2005, 7, 1)),
                       also={**ALIAS, **booking("E2", NEXT_JUNE, 18, LATER,
                                                prisoner="A0002AA")}),
                 [C], id="under another number: decided in time"),
    pytest.param(known(signed(NOV), movements=(out(RELEASED, "DE"),),
                       also=booking("E2", NEXT_JUNE, 18, LATER)), [O],
                 id="deported, returned, sentenced: the old order weighed nothing of it"),
]  # fmt: skip
gather(SECOND)


@pytest.mark.parametrize(("told", "released"), SECOND)
def test_the_other_booking_of_the_story(told: Story, released: Sequence[str]) -> None:
    assert statuses(told, "E2") == list(released)


def test_a_sentence_without_any_day_is_not_said_to_run_from_the_night() -> None:
    undated = {"sentence_start_date": None, "reception_date": None}
    told = Story(sentences=(term(18, None),), is_admitted=False, episode=undated)
    said = tell(told)[1].set_index("rule_id").loc["sentence.length", "finding"]
    assert said == "The sentences come to 18 months; no day is recorded from which they run."
