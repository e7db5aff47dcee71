"""Stories in which several things happen to one person, each with its answer: status and releases.

The answers were written down before the stories were run, from law and plain sense: recalls with
deferrals, additions and activations, second bookings, withdrawals and late records, orders,
hospital, bail.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from benchmarks.samples.stories import (
    HELD,
    REFERRED,
    RELEASED,
    SENTENCED,
    Story,
    decision,
    gather,
    tell,
)
from tests.assess.decide.test_told_stories import (
    APR,
    AUG,
    DECIDED,
    DUE,
    INSIDE,
    JULY,
    JUNE,
    LATE,
    LATER,
    NEXT_JAN,
    NEXT_JUNE,
    NEXT_MAR,
    NEXT_OCT,
    NOV,
    OCT,
    OUTSIDE,
    RECALLED,
    SEPT,
    TWICE,
    C,
    N,
    O,
    booking,
    deferred,
    into,
    known,
    out,
    signed,
    statuses,
    term,
    withdrawn,
)

MID_MARCH, MID_APRIL_05 = date(2004, 3, 15), date(2005, 4, 15)
BEFORE_NIGHT, NIGHT = date(2006, 4, 24), date(2006, 4, 25)
JAN_06 = date(2006, 1, 10)
THEFT = {"offence_code": "THEFT"}


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def held(*events: dict[str, object]) -> Story:
    return HELD.but(cases=(REFERRED,), events=events)


DEFERRALS = [
    pytest.param(known(deferred(AUG, date(2004, 11, 30)), decision(NEXT_JUNE), movements=TWICE),
                 LATE, [O, C], id="ran out the day before the release, decided in the recall"),
    pytest.param(held(deferred(OCT, BEFORE_NIGHT)), DUE, [], id="ran out yesterday, inside"),
    pytest.param(held(deferred(OCT, NIGHT)), C, [], id="until tonight, inside"),
    pytest.param(known(deferred(AUG, OCT),
                       {**deferred(OCT, NEXT_JAN), "recorded_at": at(date(2005, 1, 10))}),
                 C, [C], id="renewed, and the renewal written down after the release"),
    pytest.param(known(deferred(JUNE, JULY), deferred(SEPT, NOV)), O, [O],
                 id="two deferrals with a gap, the last over before the release"),
    pytest.param(known(deferred(OCT, SEPT)), O, [O], id="deferred to a day before its own"),
    pytest.param(known(deferred(OCT, OCT)), O, [O], id="deferred to its own day"),
    pytest.param(known(deferred(RELEASED, RELEASED)), C, [C],
                 id="deferred on the day of release, to that day"),
    pytest.param(known(deferred(AUG, NEXT_JAN), signed(NOV), movements=TWICE), C, [C, C],
                 id="deferred, an order signed meanwhile, recalled, released"),
    pytest.param(known(deferred(NEXT_JUNE, BEFORE_NIGHT), episode=RECALLED,
                       movements=(out(RELEASED), into(NEXT_MAR))), O, [O],
                 id="recalled, deferred since, and that ran out yesterday"),
    pytest.param(known(deferred(NEXT_JUNE, NIGHT), episode=RECALLED,
                       movements=(out(RELEASED), into(NEXT_MAR))), LATE, [O],
                 id="recalled, deferred since, until tonight"),
    pytest.param(known(deferred(APR, NEXT_JAN), episode=INSIDE,
                       movements=(out(JUNE, "HP"),)), DUE, [],
                 id="in hospital, and the deferral ran out there"),
    pytest.param(known(decision(AUG, event_type="DECISION_DEFERRED", reason=" ",
                                deferred_until_date=NEXT_JAN)), O, [O],
                 id="deferred for a blank reason"),
]  # fmt: skip
gather(DEFERRALS)

ADDITIONS = [
    pytest.param(known(decision(APR), sentences=(
                     term(12), term(6, APR, consecutive_to_sequence=1, **THEFT))), C, [C],
                 id="decided on the day of the addition"),
    pytest.param(known(DECIDED, movements=TWICE, sentences=(
                     term(18), term(6, MID_APRIL_05, consecutive_to_sequence=1, **THEFT))),
                 N, [C, N], id="an addition in the recall: nobody was told of it"),
    pytest.param(known({"event_type": "REFERRED", "occurred_date": NEXT_JUNE}, DECIDED,
                       movements=TWICE, sentences=(term(18), term(
                           6, MID_APRIL_05, consecutive_to_sequence=1, **THEFT))),
                 O, [C, O], id="an addition in the recall, referred anew"),
    pytest.param(known(DECIDED, decision(NEXT_JUNE), movements=TWICE, sentences=(
                     term(18), term(6, MID_APRIL_05, consecutive_to_sequence=1, **THEFT))),
                 C, [C, C], id="an addition in the recall, decided anew"),
    pytest.param(known(decision(MID_MARCH), sentences=(
                     term(10, **THEFT), term(4, APR, consecutive_to_sequence=1, **THEFT))),
                 O, [O], id="too short until the addition, decided before it"),
    pytest.param(known(decision(APR), sentences=(
                     term(10, **THEFT), term(4, APR, consecutive_to_sequence=1, **THEFT))),
                 C, [C], id="too short until the addition, decided on its day"),
    pytest.param(known(decision(MID_MARCH), sentences=(term(8, **THEFT), term(8, APR, **THEFT))),
                 O, [O], id="two of eight months, decided between them"),
    pytest.param(known(decision(date(2004, 4, 2)),
                       sentences=(term(8, **THEFT), term(8, APR, **THEFT))),
                 C, [C], id="two of eight months, decided after both"),
    pytest.param(Story(sentences=(term(8, **THEFT), term(3, APR, **THEFT))), OUTSIDE, [],
                 id="eight months and three are eleven"),
    pytest.param(known(decision(SEPT), sentences=(
                     term(3, **THEFT), term(18, calculation_type="SUSP", activated_date=SEPT))),
                 C, [C], id="decided on the day of the activation"),
    pytest.param(known(DECIDED, movements=TWICE, sentences=(
                     term(18), term(12, calculation_type="SUSP", activated_date=MID_APRIL_05))),
                 N, [C, N], id="a suspended sentence activated in the recall"),
    pytest.param(Story(sentences=(term(3, **THEFT), term(
                     18, calculation_type="SUSP", activated_date=date(2006, 5, 1)))), OUTSIDE, [],
                 id="a suspended sentence to be activated after tonight"),
    pytest.param(known(DECIDED, movements=TWICE, sentences=(
                     term(18), term(1, MID_APRIL_05, **THEFT))), C, [C, C],
                 id="a short month in the recall needs nothing of its own"),
    pytest.param(known(DECIDED, movements=TWICE, sentences=(
                     term(18), term(36, MID_APRIL_05, offence_code="ROBBERY"))), N, [C, N],
                 id="three years passed in the recall"),
    pytest.param(Story(born=date(1988, 5, 17), sentences=(term(18, calculation_type="DTO"),)),
                 N, [N], id="a detention and training order of 18 months"),
    pytest.param(Story(born=date(1988, 5, 17), sentences=(
                     term(8, calculation_type="DTO", **THEFT),)), OUTSIDE, [],
                 id="a detention and training order of 8 months"),
    pytest.param(known(DECIDED, born=date(1988, 5, 17), sentences=(
                     term(None, calculation_type="HMPL"),), movements=(out(RELEASED, "PX"),)),
                 C, [C], id="detained at pleasure, decided, paroled"),
]  # fmt: skip
gather(ADDITIONS)

WITHDRAWN = [
    pytest.param(known(DECIDED, withdrawn(RELEASED)), O, [O], id="on the day of the release"),
    pytest.param(known(DECIDED, withdrawn(date(2004, 12, 2))), C, [C], id="the day after"),
    pytest.param(known(decision(AUG), withdrawn(SEPT), decision(
                     OCT, recorded_at=at(date(2005, 2, 1)))), C, [C],
                 id="withdrawn, decided anew, and that written down after the release"),
    pytest.param(known(DECIDED, {**withdrawn(NOV), "recorded_at": at(date(2006, 4, 27))}), C, [C],
                 id="a withdrawal that nobody knows of tonight"),
    pytest.param(known(DECIDED, {**withdrawn(NOV), "recorded_at": at(NEXT_MAR)}), O, [O],
                 id="withdrawn before the release, written down after it"),
    pytest.param(known(decision(SEPT), signed(OCT), withdrawn(NOV)), O, [O],
                 id="the order fell with the decision"),
    pytest.param(known(DECIDED, withdrawn(NEXT_OCT), movements=TWICE), O, [C, O],
                 id="on the day of the second release"),
    pytest.param(known(DECIDED, withdrawn(date(2005, 10, 2)), movements=TWICE), C, [C, C],
                 id="the day after the second release"),
    pytest.param(known(decision(OCT, recorded_at=at(NEXT_JUNE)), movements=TWICE), C, [C, C],
                 id="decided in time, written down in the recall"),
    pytest.param(known(decision(OCT, caseworker=None), signed(NOV)), C, [C],
                 id="decided by nobody, and the order signed"),
    pytest.param(known(decision(OCT, recorded_at=at(date(2006, 4, 27)))), O, [O],
                 id="a decision that nobody knows of tonight"),
    pytest.param(HELD.but(episode=INSIDE, movements=(
                     out(RELEASED, recorded_at=at(date(2006, 4, 27))),)), DUE, [],
                 id="a release that nobody knows of tonight"),
]  # fmt: skip
gather(WITHDRAWN)

MOVES = [
    pytest.param(known(decision(JULY), movements=(out(JUNE, "BL"), into(AUG, "I"),
                                                  out(RELEASED))),
                 LATE, [O, C], id="on bail pending appeal, decided meanwhile, back, released"),
    pytest.param(known(decision(NEXT_OCT), movements=TWICE), LATE, [O, C],
                 id="decided on the day of the second release"),
    pytest.param(known(decision(RELEASED), movements=(out(RELEASED), into(RELEASED),
                                                      out(RELEASED))), C, [C, C],
                 id="out, in and out on one day, and decided on it"),
    pytest.param(known(decision(NEXT_JUNE), movements=(out(RELEASED, "BD"), into(NEXT_MAR, "I"),
                                                       out(NEXT_OCT, "DD"))),
                 LATE, [O], id="bailed from detention, detained again, decided, deported"),
    pytest.param(Story(movements=(out(JUNE, "BL"), out(NOV, "DEC"))), N, [N],
                 id="died on bail: released unconsidered before"),
    pytest.param(Story(movements=(out(RELEASED), into(NEXT_MAR), out(NEXT_JUNE, "UAL")),
                       episode=INSIDE), N, [N], id="recalled, and at large since"),
    pytest.param(known(DECIDED, movements=(out(RELEASED), into(NEXT_MAR),
                                           out(NEXT_JUNE, "UAL"), into(date(2005, 7, 1), "I"),
                                           LATER)), C, [C, C],
                 id="decided, recalled, at large, back, released"),
    pytest.param(known(signed(OCT), movements=(out(RELEASED, "TERS"),),
                       sentences=(term(None, calculation_type="LIFE"),)), C, [],
                 id="removed at the end of the tariff under an order"),
    pytest.param(Story(movements=(out(RELEASED, "ET"), out(NEXT_MAR, "DE"))), OUTSIDE, [],
                 id="from the removal centre abroad, and no decision on record"),
    pytest.param(known(decision(NEXT_JAN), movements=(out(RELEASED, "ET"),
                                                      out(NEXT_MAR, "DE"))), C, [],
                 id="from the removal centre abroad, decided there"),
    pytest.param(known(decision(NEXT_JAN), movements=(out(RELEASED, "ET"), out(NEXT_MAR))),
                 C, [C], id="decided in the removal centre, released from it"),
    pytest.param(known(decision(NEXT_JUNE), movements=(out(RELEASED), LATER),
                       sentences=(term(18), term(24, NEXT_MAR))), LATE, [O, C],
                 id="sentenced between two releases, the return not recorded"),
    pytest.param(known(DECIDED, movements=(out(RELEASED), LATER),
                       sentences=(term(18), term(24, NEXT_MAR))), N, [C, N],
                 id="the same, decided before the first release only: nobody was told"),
    pytest.param(known(decision(NEXT_JUNE), movements=(
                     out(RELEASED), {"movement_type": "CRT", "movement_date": NEXT_MAR}, LATER)),
                 LATE, [O, C], id="seen at court between two releases"),
    pytest.param(known(decision(NEXT_JUNE), movements=(
                     out(RELEASED), {"movement_type": "TRN", "movement_date": NEXT_MAR}, LATER)),
                 LATE, [O, C], id="moved between prisons between two releases"),
    pytest.param(known(decision(NEXT_JUNE), movements=(out(RELEASED), out(NEXT_MAR, "HP"), LATER)),
                 LATE, [O, C], id="transferred to hospital between two releases"),
    pytest.param(known(decision(NEXT_JUNE), movements=(out(RELEASED), out(NEXT_MAR, "ESCP"),
                                                       LATER)),
                 LATE, [O, C], id="escaped between two releases: had been back"),
    pytest.param(known(decision(date(2004, 12, 10)), movements=(out(RELEASED, "HR"), LATER)),
                 LATE, [O], id="nothing between two releases: one, on the first day"),
    pytest.param(Story(movements=(out(RELEASED), {"movement_type": "CRT",
                                                  "movement_date": NEXT_MAR}),
                       episode=INSIDE), N, [N], id="seen at court after the release"),
    pytest.param(known(DECIDED, movements=(out(JUNE, "HP"), into(AUG, "I"), out(SEPT, "HR"),
                                           into(NOV), out(RELEASED))), LATE, [O, C],
                 id="hospital, back, curfew before the decision, recalled, released"),
]  # fmt: skip
gather(MOVES)


def closed_as(stage: str, day: date, **more: object) -> dict[str, object]:
    opened = {"referral_received_date": date(2004, 3, 5), "opened_date": date(2004, 3, 5)}
    return {**opened, "stage": stage, "closed_date": day, "caseworker": "CW01", **more}


SECOND = date(2004, 5, 4)
FINDINGS = [
    pytest.param(Story(cases=(closed_as("EXEMPT", MID_MARCH),), sentences=(
                     term(12), term(60, SECOND, offence_code="RAPE"))), N, [N],
                 id="found exempt, then sentenced for rape: nobody was told of that"),
    pytest.param(Story(cases=(closed_as("EXEMPT", SECOND),), sentences=(
                     term(12), term(60, SECOND, offence_code="RAPE"))), C, [C],
                 id="found exempt on the day of the second sentence"),
    pytest.param(Story(cases=(closed_as("LEAVE_GRANTED", RELEASED),)), C, [C],
                 id="leave granted on the day of release"),
    pytest.param(Story(cases=(closed_as("LEAVE_GRANTED", date(2004, 12, 2)),)), LATE, [O],
                 id="leave granted the day after"),
    pytest.param(Story(cases=(closed_as("NO_ACTION", OCT),)), O, [O],
                 id="no action, and nobody said why"),
    pytest.param(Story(cases=(closed_as("EXEMPT", OCT, case_type="ASYLUM"),)), N, [N],
                 id="exempt in a case that is not about deportation"),
    pytest.param(Story(cases=(closed_as("EXEMPT", OCT),), movements=TWICE), C, [C, C],
                 id="found exempt, recalled, released again"),
    pytest.param(Story(cases=(closed_as("EXEMPT", NEXT_JUNE),), movements=TWICE), LATE, [O, C],
                 id="found exempt in the recall"),
]  # fmt: skip
gather(FINDINGS)

EXPECTED = date(2004, 11, 15)


def referred_on(day: date, *moves: dict[str, object], **changes: object) -> Story:
    """Referred on a day, nothing decided, out on a day that nobody recorded."""
    case = {"referral_received_date": day, "opened_date": day}
    return known(case=case, movements=moves or (out(None),), **changes)


LIFE = {"sentences": (term(None, calculation_type="LIFE"),)}
UNDATED = [
    pytest.param(referred_on(date(2004, 11, 30)), O, [O],
                 id="referred on the last day that the sentence allows"),
    pytest.param(referred_on(RELEASED), N, [N], id="referred after it"),
    pytest.param(referred_on(BEFORE_NIGHT), N, [N], id="referred when the failure was found"),
    pytest.param(referred_on(EXPECTED, episode={"conditional_release_date": EXPECTED}), O, [O],
                 id="referred on the day on which the prison expected the release"),
    pytest.param(referred_on(date(2004, 11, 16), episode={"conditional_release_date": EXPECTED}),
                 N, [N], id="referred the day after"),
    pytest.param(referred_on(SENTENCED, **LIFE), O, [O],
                 id="life: referred when last seen inside"),
    pytest.param(referred_on(date(2004, 3, 2), **LIFE), N, [N], id="life: referred after that"),
    pytest.param(referred_on(NOV, out(None, recorded_at=at(NOV)), **LIFE), O, [O],
                 id="life: referred on the day on which the release was written down"),
    pytest.param(referred_on(date(2004, 11, 2), out(None, recorded_at=at(NOV)), **LIFE), N, [N],
                 id="life: referred the day after"),
    pytest.param(referred_on(date(2004, 11, 2), out(None, recorded_at=at(NOV))), N, [N],
                 id="written down before the prison expected it, referred after that"),
    pytest.param(referred_on(NEXT_JUNE, out(None), into(NEXT_MAR), LATER), N, [N, O],
                 id="referred in the recall: the second release alone"),
    pytest.param(referred_on(SEPT, out(None), into(SEPT), LATER), O, [O, O],
                 id="referred on the day of the return"),
    pytest.param(referred_on(date(2004, 9, 2), out(None), into(SEPT), LATER), N, [N, O],
                 id="referred the day after the return"),
]  # fmt: skip
gather(UNDATED)


def served(day: date) -> dict[str, object]:
    return {"alert_code": "XSDEPORT", "start_date": day}


ALIAS = {
    "prison.persons": [{"prisoner_number": "A0002AA", "nationality": "NIGERIA"}],
    "prison.alerts": [{"prisoner_number": "A0002AA", "alert_sequence": 1, **served(OCT)}],
}
OTHERS = [
    pytest.param(Story(alerts=(served(RELEASED),)), C, [C], id="an order served on the day out"),
    pytest.param(Story(also=ALIAS), C, [C], id="an order served under another number"),
    pytest.param(known(DECIDED, case={"case_type": "ASYLUM"}), N, [N],
                 id="decided in a case that is not about deportation"),
    pytest.param(known(DECIDED, {**withdrawn(NOV), "case_id": "C2"}).but(
                     cases=(REFERRED, REFERRED)), C, [C], id="withdrawn in another case"),
    pytest.param(known(decision(AUG), withdrawn(SEPT), signed(OCT)), C, [C],
                 id="withdrawn, and an order signed after that"),
    pytest.param(known(removals=({"removed_date": RELEASED},)), O, [O],
                 id="released, and removed on that day, and nobody decided"),
    pytest.param(known(decision(MID_MARCH), movements=(out(NEXT_JUNE, "PX"),), sentences=(
                     term(12), term(None, APR, calculation_type="LIFE"))), O, [O],
                 id="a life sentence passed after the decision"),
    pytest.param(known(DECIDED, movements=TWICE, sentences=(term(18), term(
                     None, MID_APRIL_05, calculation_type="FINE", term_days=30))), C, [C, C],
                 id="a fine in the recall"),
    pytest.param(known(decision(MID_MARCH), nationality="FRANCE", sentences=(
                     term(18, **THEFT), term(6, APR, consecutive_to_sequence=1, **THEFT))),
                 O, [O], id="EEA, 24 months by an addition after the decision"),
    pytest.param(known(nationality="FRANCE", sentences=(term(18, **THEFT), term(
                     18, APR, **THEFT))), OUTSIDE, [], id="EEA, 18 months and 18 beside them"),
]  # fmt: skip
gather(OTHERS)

BOOKINGS = [
    pytest.param(known(DECIDED, also=booking("E2", NEXT_JUNE, 1, out(date(2005, 6, 20)))),
                 C, [C], [O], id="a later month reaches a year with the earlier sentence"),
    pytest.param(known(DECIDED, decision(date(2005, 6, 10)),
                       also=booking("E2", NEXT_JUNE, 1, out(date(2005, 6, 20)))),
                 C, [C], [C], id="and was weighed"),
    pytest.param(Story(nationality="FRANCE", sentences=(term(24),),
                       also=booking("E2", NEXT_JUNE, 1, out(date(2005, 6, 20)))),
                 N, [N], [], id="of the EEA nothing is added"),
    pytest.param(known(decision(date(2005, 6, 10)),
                       also=booking("E2", NEXT_JUNE, 24, out(JAN_06))),
                 LATE, [O], [C], id="decided in the second stay: late for the first"),
    pytest.param(known(deferred(OCT, NEXT_OCT), also=booking("E2", NEXT_JUNE, 24, out(JAN_06))),
                 C, [C], [O], id="a deferral does not weigh what came after it"),
    pytest.param(known(DECIDED, also=booking("E2", NEXT_JUNE, 24)), C, [C], [],
                 id="inside again on another sentence: due there, the first release stands"),
]  # fmt: skip
gather(BOOKINGS)


@pytest.mark.parametrize(
    ("told", "status", "released"),
    [*DEFERRALS, *ADDITIONS, *WITHDRAWN, *MOVES, *FINDINGS, *UNDATED, *OTHERS],
)
def test_entangled_story(told: Story, status: str, released: Sequence[str]) -> None:
    assert (tell(told)[0]["status"], statuses(told)) == (status, list(released))


@pytest.mark.parametrize(("told", "status", "first", "second"), BOOKINGS)
def test_two_bookings_of_one_person(
    told: Story, status: str, first: Sequence[str], second: Sequence[str]
) -> None:
    assert (tell(told)[0]["status"], statuses(told)) == (status, list(first))
    assert statuses(told, "E2") == list(second)
