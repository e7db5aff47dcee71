"""What is told of the immigration service's work, the due date and the status, word for word.

Lines are written as in ``test_findings.py``.
"""

from datetime import date

import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, decision, gather
from tests.assess.decide.test_flags import YEAR
from tests.assess.explain.test_findings import told_of
from tests.assess.test_rule_tables import CASE, DAY, DEFERRED, LONG, ahead, decided, months


def dated(name: str) -> Story:
    return HELD.but(sentences=(LONG,), episode={name: date(2006, 9, 1)})


AFTER = date(2004, 12, 2)
ON_ROW = {**REFERRED, "considered_date": DAY, "caseworker": "CW01", "outcome": "NOT_PURSUE"}
WITHDRAWN = {"event_type": "DECISION_WITHDRAWN", "occurred_date": DAY}
FOR_LIFE = HELD.but(episode={}, sentences=({"calculation_type": "LIFE"},))

FINDINGS = [
    pytest.param(Story(**CASE), "link.certain",
                 "Linked for certain to the immigration register. [nightly.links]", id="linked"),
    pytest.param(Story(link="review", **CASE), "link.possible",
                 "A possible match waits for a reviewer; nothing in it counts until then. "
                 "[nightly.links]", id="a possible match"),
    pytest.param(Story(), "link.none",
                 "Nobody in the immigration register is linked to this person.",
                 id="linked to nobody"),
    pytest.param(Story(cases=({"opened_date": RELEASED},)), "consideration.referral",
                 "Referred to the immigration service on 1 December 2004. [immigration.cases C1]",
                 id="referred in time"),
    pytest.param(Story(cases=({"opened_date": AFTER},)), "consideration.referral",
                 "Referred to the immigration service on 2 December 2004, after the release. "
                 "[immigration.cases C1]", id="referred after release"),
    pytest.param(Story(), "consideration.referral",
                 "No criminal case is found for this sentence: not referred.", id="not referred"),
    pytest.param(Story(cases=({**REFERRED, "started_date": DAY},)), "consideration.decision",
                 "Work started on 1 October 2004; a start is not a consideration. "
                 "[immigration.cases C1]", id="started"),
    pytest.param(decided(decision(DAY), cases=({**REFERRED, "started_date": DAY},)),
                 "consideration.decision",
                 "A named caseworker decided to pursue deportation on 1 October 2004, in time. "
                 "[immigration.events V1]", id="started and decided"),
    pytest.param(decided(decision(DAY)), "consideration.decision",
                 "A named caseworker decided to pursue deportation on 1 October 2004, in time. "
                 "[immigration.events V1]", id="decided to pursue"),
    pytest.param(decided(decision(DAY, event_type="DECISION_NOT_PURSUE")), "consideration.decision",
                 "A named caseworker decided not to pursue deportation on 1 October 2004, in time. "
                 "[immigration.events V1]", id="decided not to pursue"),
    pytest.param(decided(decision(DAY, **DEFERRED, deferred_until_date=date(2005, 1, 1))),
                 "consideration.decision",
                 "A named caseworker decided to defer to a later day on 1 October 2004, in time. "
                 "[immigration.events V1]", id="deferred"),
    pytest.param(Story(cases=(ON_ROW,)), "consideration.decision",
                 "A named caseworker decided not to pursue deportation on 1 October 2004, in time. "
                 "[immigration.cases C1]", id="decided on the case row"),
    pytest.param(decided(decision(DAY), decision(AFTER)), "consideration.after-release",
                 "", id="decided in time and again later"),
    pytest.param(decided(decision(AFTER)), "consideration.after-release",
                 "A named caseworker decided to pursue deportation on 2 December 2004: not shown "
                 "to be before release. [immigration.events V1]", id="decided after release"),
    pytest.param(Story(cases=({**ON_ROW, "considered_date": AFTER},)),
                 "consideration.after-release",
                 "A named caseworker decided not to pursue deportation on 2 December 2004: not "
                 "shown to be before release. [immigration.cases C1]",
                 id="decided after release on the case row"),
    pytest.param(decided(decision(DAY, caseworker=" ")), "consideration.caseworker",
                 "A decision to pursue deportation on 1 October 2004 does not count: no caseworker "
                 "is named. [immigration.events V1]", id="nobody named"),
    pytest.param(Story(cases=({**ON_ROW, "caseworker": None},)), "consideration.caseworker",
                 "A decision not to pursue deportation on 1 October 2004 does not count: no "
                 "caseworker is named. [immigration.cases C1]", id="nobody named on the case row"),
    pytest.param(decided(decision(DAY, **DEFERRED)), "consideration.deferral",
                 "A decision to defer to a later day on 1 October 2004 does not count: a deferral "
                 "needs a day and a reason. [immigration.events V1]", id="an open deferral"),
    pytest.param(Story(cases=({**ON_ROW, "outcome": "DEFERRED"},)), "consideration.deferral",
                 "A decision to defer to a later day on 1 October 2004 does not count: a deferral "
                 "needs a day and a reason. [immigration.cases C1]",
                 id="a deferral on the case row"),
    pytest.param(decided(decision(DAY), WITHDRAWN), "consideration.withdrawn",
                 "A decision to pursue deportation on 1 October 2004 does not count: it was "
                 "withdrawn. [immigration.events V1]", id="withdrawn"),
    pytest.param(decided(decision(None)), "consideration.undated",
                 "A decision to pursue deportation on a day that is not recorded does not count: "
                 "no day of it is known. [immigration.events V1]", id="undated"),
    pytest.param(decided(decision(date(2004, 2, 29))), "consideration.own-sentence",
                 "A decision to pursue deportation on 29 February 2004 does not count: it came "
                 "before the conviction. [immigration.events V1]",
                 id="before the sentence"),
    pytest.param(decided(decision(date(2004, 2, 29), caseworker=None)),
                 "consideration.own-sentence",
                 "", id="before the sentence, and nobody named"),
    pytest.param(Story(detentions=({"start_date": RELEASED},), **CASE), "consideration.restriction",
                 "Detention, monitoring, restriction or bail was decided on 1 December 2004, "
                 "before release.", id="a restriction"),
    pytest.param(Story(**CASE), "consideration.restriction",
                 "No decision on detention, monitoring, restriction or bail before release either.",
                 id="no restriction"),
    pytest.param(HELD, "consideration.restriction",
                 "", id="no restriction is looked for while held"),
    pytest.param(decided(decision(DAY), link="review"), "consideration.possible",
                 "A possible match holds a decision that would be in time; it does not count. "
                 "[immigration.cases C1]", id="a possible match with a decision"),
    pytest.param(Story(link="review", **CASE), "consideration.possible",
                 "A possible match holds a criminal case; it does not count. [immigration.cases "
                 "C1]", id="a possible match with a case"),
    pytest.param(decided(decision(AFTER), link="review"), "consideration.possible",
                 "A possible match holds a criminal case; it does not count. [immigration.cases "
                 "C1]", id="a possible match with a decision after release"),
    pytest.param(HELD.but(sentences=(LONG,), episode={"confirmed_release_date": date(2006, 9, 1),
                                                      "tariff_date": date(2006, 9, 1)}),
                 "release.earliest",
                 "Earliest plausible release 1 September 2006 (confirmed release date). "
                 "[prison.episodes E1]", id="two on one day: the first of the list"),
    pytest.param(HELD.but(episode={"conditional_release_date": date(2006, 8, 30)}),
                 "release.earliest",
                 "Earliest plausible release 30 August 2006 (conditional release date). "
                 "[prison.episodes E1]", id="the day that is worked out too"),
    pytest.param(dated("confirmed_release_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (confirmed release date). "
                 "[prison.episodes E1]", id="a confirmed date"),
    pytest.param(dated("conditional_release_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (conditional release date). "
                 "[prison.episodes E1]", id="a conditional date"),
    pytest.param(dated("conditional_release_override_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (conditional release date entered by "
                 "hand). [prison.episodes E1]", id="a conditional date by hand"),
    pytest.param(dated("automatic_release_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (automatic release date). "
                 "[prison.episodes E1]", id="an automatic date"),
    pytest.param(dated("automatic_release_override_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (automatic release date entered by "
                 "hand). [prison.episodes E1]", id="an automatic date by hand"),
    pytest.param(dated("parole_eligibility_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (parole eligibility). "
                 "[prison.episodes E1]", id="parole"),
    pytest.param(dated("home_detention_curfew_eligibility_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (home detention curfew eligibility). "
                 "[prison.episodes E1]", id="curfew"),
    pytest.param(dated("tariff_date"), "release.earliest",
                 "Earliest plausible release 1 September 2006 (end of the tariff). "
                 "[prison.episodes E1]", id="the tariff"),
    pytest.param(FOR_LIFE, "release.earliest", "", id="no release to tell of"),
    pytest.param(dated("tariff_date").but(movements=None), "release.earliest", "",
                 id="no release is ahead of those who left"),
    pytest.param(dated("tariff_date").but(sentences=({"term_months": 3},)), "release.earliest", "",
                 id="the release of those out of scope"),
    pytest.param(HELD.but(episode={}), "release.recomputed",
                 "Earliest plausible release 30 August 2006, worked out from the sentences. "
                 "[prison.sentences E1|1]", id="worked out"),
    pytest.param(HELD.but(episode={}, sentences=(YEAR, {"term_months": 60})), "release.recomputed",
                 "Earliest plausible release 30 August 2006, worked out from the sentences. "
                 "[prison.sentences E1|2]", id="worked out from the longer one"),
    pytest.param(HELD.but(episode={}, sentences=({"term_months": 60}, YEAR)), "release.recomputed",
                 "Earliest plausible release 30 August 2006, worked out from the sentences. "
                 "[prison.sentences E1|1]", id="the longer one first"),
    pytest.param(Story(), "release.recomputed", "", id="not of those who left"),
    pytest.param(FOR_LIFE, "release.unknown",
                 "No plausible release date is recorded. [prison.episodes E1]", id="nothing known"),
    pytest.param(HELD, "release.disputed", "", id="within the range, not disputed"),
    pytest.param(HELD.but(episode={"conditional_release_date": date(2007, 8, 1)}),
                 "release.disputed",
                 "RELEASE_DATE_DISPUTED: 1 August 2007 is recorded; the sentences give 30 August "
                 "2006 to 1 July 2007. [prison.episodes E1]", id="disputed"),
    pytest.param(ahead(400), "consideration.due",
                 "Consideration is due on 30 May 2006, 12 months before release.",
                 id="a year before"),
    pytest.param(HELD.but(sentences=(YEAR,), episode={}), "consideration.due",
                 "Consideration is due on 1 March 2004, the day of the sentence: 12 months or less "
                 "left.", id="on the day of the sentence"),
    pytest.param(FOR_LIFE, "consideration.due",
                 "Consideration is due on 1 March 2004, the day of the sentence: no release is "
                 "known.", id="no release known"),
    pytest.param(months(11), "status.out-of-scope",
                 "OUT_OF_SCOPE: nobody has to consider deportation.", id="out of scope"),
    pytest.param(decided(decision(DAY)), "status.considered",
                 "CONSIDERED: considered in time.", id="considered"),
    pytest.param(ahead(366), "status.not-yet-due",
                 "NOT_YET_DUE: consideration is not due yet.", id="not yet due"),
    pytest.param(ahead(365), "status.due", "DUE: consideration is due and not recorded.", id="due"),
    pytest.param(decided(decision(AFTER)), "status.considered-late",
                 "CONSIDERED_LATE: released without a decision, and decided on since.", id="late"),
    pytest.param(Story(), "status.not-referred",
                 "NOT_REFERRED: released without a referral and without a decision, and undecided "
                 "since.",
                 id="not referred"),
    pytest.param(Story(**CASE), "status.referred-not-considered",
                 "REFERRED_NOT_CONSIDERED: released after a referral, without a decision, and "
                 "undecided since.",
                 id="referred"),
    pytest.param(Story(second_nationality="BRIT"), "status.verify-nationality",
                 "VERIFY_NATIONALITY: a person must verify whether this is a British citizen.",
                 id="perhaps British"),
]  # fmt: skip
gather(FINDINGS)


@pytest.mark.parametrize(("told", "rule", "lines"), FINDINGS)
def test_a_finding_about_the_work_is_told_word_for_word(told: Story, rule: str, lines: str) -> None:
    assert told_of(told, rule) == lines
