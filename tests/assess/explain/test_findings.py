"""What is told of a person, the sentence, the scope and custody: each finding word for word.

A line is the finding and, in brackets, the source row that it names. Two lines of one rule are
parted by a stroke; none means that the rule is not named.
"""

from datetime import date
from typing import Any

import pytest

from benchmarks.samples.stories import HELD, REFERRED, RELEASED, Story, assess_all, gather
from tests.assess.decide.test_flags import NEW, YEAR, sentenced
from tests.assess.test_rule_tables import CASE, ORDER, left, months, there


def told_of(story: Story, rule: str) -> str:
    """What the main episode's reasons say under a rule."""
    reasons = assess_all(story).reasons.fillna("")
    mine = reasons[(reasons["episode_id"] == "E1") & (reasons["rule_id"] == rule)]
    lines = []
    for row in mine.itertuples():
        source = f"{row.source_table} {row.source_key}".strip()
        lines.append(f"{row.finding} [{source}]" if source else str(row.finding))
    return " / ".join(lines)


def terms(*sentences: dict[str, Any]) -> Story:
    return Story(sentences=sentences)


def before(number: int) -> list[tuple[date, dict[str, Any]]]:
    return [(date(2003, 1, 1), {"term_months": number})]


COURT = {"imprisonment_status": "REC_DEP"}
OLD = date(2008, 7, 31)
EXTRADITED = sentenced(NEW, YEAR, movements=left("EX", date(2011, 1, 1)).movements)
GONE = {"status": "INACTIVE OUT", "last_movement_type": "REL", "last_movement_reason": "CR",
        "last_movement_date": RELEASED}  # fmt: skip
BACK = {"movement_type": "ADM", "movement_reason": "24", "movement_date": date(2005, 2, 1)}
RECALLED = Story(movements=(*(left("CR").movements or ()), BACK), episode={"status": "ACTIVE IN"})

FINDINGS = [
    pytest.param(Story(), "nationality.foreign",
                 "The prison record says Nigeria. [prison.persons]", id="a country"),
    pytest.param(Story(nationality="BRIT"), "nationality.british",
                 "The prison record says British. [prison.persons]", id="British"),
    pytest.param(Story(nationality=None), "nationality.unclear",
                 "The prison record gives no nationality that can be relied on; it is not read as "
                 "British. [prison.persons]", id="nothing recorded"),
    pytest.param(Story(nationality="STATE"), "nationality.unclear",
                 "The prison record gives no nationality that can be relied on; it is not read as "
                 "British. [prison.persons]", id="stateless"),
    pytest.param(Story(nationality="FRANCE"), "nationality.eea",
                 "The state was in the EEA, or treated so, on 1 March 2004, the day that selects "
                 "the rules.", id="a member state"),
    pytest.param(Story(second_nationality="FRANCE"), "nationality.eea",
                 "The state was in the EEA, or treated so, on 1 March 2004, the day that selects "
                 "the rules.", id="a second one of a member state"),
    pytest.param(there(Story(), nationality="GHANA"), "nationality.conflict",
                 "The linked immigration record holds another foreign nationality: neither EEA nor "
                 "Irish treatment is given. [immigration.persons]", id="the registers disagree"),
    pytest.param(Story(second_nationality="BRIT"), "nationality.verify",
                 "The prison record holds British as a second nationality.",
                 id="British as a second one"),
    pytest.param(there(Story(), nationality="BRIT"), "nationality.verify",
                 "The linked immigration record says British.", id="British there"),
    pytest.param(there(Story(nationality="BRIT"), nationality="GHANA", nationality_verified=True),
                 "nationality.verify",
                 "The linked immigration record is of a foreigner, with proof or a deportation "
                 "case.", id="foreign there with proof"),
    pytest.param(Story(nationality="BRIT", episode=COURT), "nationality.verify",
                 "A court recommended deportation although the record says British.",
                 id="British, and recommended"),
    pytest.param(terms({"term_years": 1, "term_days": 3}), "sentence.length",
                 "The sentences come to 12 months and 3 days, counted from 1 March 2004. "
                 "[prison.sentences E1|1]", id="a year and some days"),
    pytest.param(terms({"term_days": 1}), "sentence.length",
                 "The sentences come to 1 day, counted from 1 March 2004. [prison.sentences E1|1]",
                 id="one day"),
    pytest.param(terms({"term_days": 0}), "sentence.length",
                 "The sentences come to no time at all, counted from 1 March 2004. "
                 "[prison.sentences E1|1]", id="a term of nothing"),
    pytest.param(terms({"term_months": 3}, {"term_months": 13, "sentence_date": date(2004, 4, 2)}),
                 "sentence.length",
                 "The sentences come to 13 months, counted from 2 April 2004. [prison.sentences "
                 "E1|2]", id="the longest of two, the second"),
    pytest.param(terms({"term_months": 14}, {"term_months": 3}), "sentence.length",
                 "The sentences come to 14 months, counted from 1 March 2004. [prison.sentences "
                 "E1|1]", id="the longest of two, the first"),
    pytest.param(terms({"calculation_type": "LIFE"}), "sentence.indeterminate",
                 "A sentence without a fixed end reaches every length. [prison.sentences E1|1]",
                 id="life"),
    pytest.param(terms({"term_months": 3}, {"calculation_type": "LIFE"}), "sentence.indeterminate",
                 "A sentence without a fixed end reaches every length. [prison.sentences E1|2]",
                 id="life after three months"),
    pytest.param(terms({"calculation_type": "IPP", "sentence_date": date(2004, 4, 2)},
                       {"calculation_type": "LIFE"}), "sentence.indeterminate",
                 "A sentence without a fixed end reaches every length. [prison.sentences E1|2]",
                 id="two without an end, the first passed"),
    pytest.param(terms({}), "referral.undetermined",
                 "The length of the sentence, or of a part of it, cannot be determined. "
                 "[prison.episodes E1] / In scope: the length is not known, and what is not known "
                 "takes nobody off the list.", id="no term"),
    pytest.param(terms({"calculation_type": "LIFE"}, {}), "referral.undetermined",
                 "", id="life, and one without a term"),
    pytest.param(months(1, episode=COURT), "referral.court-recommendation",
                 "The court recommended deportation. [prison.episodes E1] / In scope: a "
                 "recommendation suffices whatever the sentence.",
                 id="recommended for deportation"),
    pytest.param(months(1, "BRIT", episode=COURT), "referral.court-recommendation",
                 "The court recommended deportation. [prison.episodes E1] / In scope: a "
                 "recommendation suffices whatever the sentence.",
                 id="British, recommended for deportation"),
    pytest.param(months(12), "referral.non-eea-length",
                 "In scope: outside the EEA, and the length reaches 12 months.",
                 id="outside the EEA, long"),
    pytest.param(months(11), "referral.non-eea-length",
                 "Not in scope: the length does not reach 12 months, alone or with others.",
                 id="outside the EEA, short"),
    pytest.param(months(24, "FRANCE"), "referral.eea-length",
                 "In scope: EEA, and the length reaches 24 months.", id="EEA, long"),
    pytest.param(months(23, "FRANCE"), "referral.eea-length",
                 "Not in scope: EEA, and the length does not reach 24 months.", id="EEA, short"),
    pytest.param(months(12, "UNKNOWN"), "referral.unclear-length",
                 "In scope: nationality unclear, and the length reaches 12 months.",
                 id="unclear, long"),
    pytest.param(months(11, "UNKNOWN"), "referral.unclear-length",
                 "Not in scope: nationality unclear, but the length does not reach 12 months, "
                 "alone or with others.", id="unclear, short"),
    pytest.param(months(60, "IRELAND"), "referral.irish",
                 "Not in scope: an Irish citizen without a court recommendation.", id="Irish"),
    pytest.param(Story(sentences=(), episode={"legal_status": "REMAND"}), "referral.not-sentenced",
                 "Not in scope: no sentence is being served that counts.", id="on remand"),
    pytest.param(months(6, earlier=before(6)), "referral.aggregate",
                 "A sentence of 6 months, passed on 1 January 2003, is added up. "
                 "[prison.sentences E00|1] / A sentence of 6 months, passed on 1 March 2004, is "
                 "added up. [prison.sentences E1|1] / In scope: together with the longest "
                 "sentences of the 5 years before, 2 at most, the length reaches 12 months.",
                 id="with an earlier one"),
    pytest.param(months(6, earlier=before(5)), "referral.aggregate",
                 "", id="with an earlier one, and still short"),
    pytest.param(sentenced(date(2018, 1, 1), {"term_months": 6}), "referral.every-foreign-national",
                 "In scope: every sentenced foreign national is notified.",
                 id="everybody is notified"),
    pytest.param(sentenced(NEW, YEAR, nationality="IRELAND"), "duty.condition-1",
                 "In scope: one sentence reaches 12 months, so the duty to deport applies.",
                 id="the duty alone"),
    pytest.param(sentenced(NEW, YEAR), "duty.condition-1",
                 "The duty to deport applies: one sentence reaches the length of condition 1.",
                 id="the duty beside a criterion"),
    pytest.param(sentenced(NEW, YEAR, born=date(1992, 6, 2)), "duty.condition-1",
                 "", id="exempt from the duty"),
    pytest.param(sentenced(OLD, YEAR, nationality="FRANCE"), "duty.transitional",
                 "In scope: one sentence reaches the length of condition 1, and the person was in "
                 "custody on the day on which the duty to deport began.",
                 id="in custody when the duty began, the duty alone"),
    pytest.param(sentenced(OLD, YEAR), "duty.transitional",
                 "The duty to deport applies: one sentence reaches the length of condition 1, and "
                 "the person was in custody when it began.",
                 id="in custody when the duty began, beside a criterion"),
    pytest.param(sentenced(NEW, YEAR, born=date(1992, 6, 2)), "exemption.under-18",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="seventeen at conviction"),
    pytest.param(sentenced(NEW, {"calculation_type": "HOSP"}), "exemption.mental-health",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="a hospital order"),
    pytest.param(sentenced(NEW, YEAR, nationality="FRANCE"), "exemption.treaty-rights",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="treaty rights"),
    pytest.param(EXTRADITED, "exemption.extradition",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="extradited"),
    pytest.param(sentenced(NEW, YEAR, cases=({**REFERRED, "stage": "EXEMPT"},)),
                 "exemption.recorded",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="exempt on record"),
    pytest.param(Story(cases=({**REFERRED, "stage": "EXEMPT"},)), "exemption.recorded",
                 "Exempt from the duty to deport; the case must still be considered.",
                 id="exempt on record, where there is no duty"),
    pytest.param(HELD, "custody.held", "Held in prison. [prison.episodes E1]", id="held"),
    pytest.param(left("CR"), "custody.released",
                 "Released on 1 December 2004. [prison.movements E1|2]", id="released"),
    pytest.param(Story(movements=(), episode=GONE), "custody.released",
                 "Released on 1 December 2004. [prison.episodes E1]",
                 id="released, by the episode's own row"),
    pytest.param(left("CR", None), "custody.released-undated",
                 "Released, but no day of release is recorded. [prison.movements E1|2]",
                 id="released, nobody knows when"),
    pytest.param(left("DD", **CASE), "exit.removed",
                 "Left the country straight from custody on 1 December 2004; no signed order is on "
                 "record. [prison.movements E1|2]", id="removed"),
    pytest.param(left("DD", events=(ORDER,), **CASE), "exit.removed-under-order",
                 "Left the country straight from custody on 1 December 2004, under a signed "
                 "deportation order. [prison.movements E1|2]", id="removed under an order"),
    pytest.param(left("DEC"), "exit.died",
                 "Died in custody on 1 December 2004. [prison.movements E1|2]", id="died"),
    pytest.param(left("HP"), "custody.hospital",
                 "Transferred to hospital on 1 December 2004: no release. [prison.movements E1|2]",
                 id="in hospital"),
    pytest.param(left("UAL"), "custody.at-large",
                 "Unlawfully at large since 1 December 2004: no release. [prison.movements E1|2]",
                 id="at large"),
    pytest.param(left("ET"), "custody.removal-centre",
                 "Moved to a removal centre on 1 December 2004: no release. [prison.movements "
                 "E1|2]", id="in a removal centre"),
    pytest.param(RECALLED, "custody.recalled",
                 "Released before, on 1 December 2004, and back in custody in the same episode. "
                 "[prison.episodes E1]", id="recalled"),
    pytest.param(RECALLED, "custody.held",
                 "Held in prison. [prison.episodes E1]", id="recalled, held now"),
    pytest.param(months(11), "custody.released", "", id="not asked of somebody out of scope"),
]  # fmt: skip
gather(FINDINGS)


@pytest.mark.parametrize(("told", "rule", "lines"), FINDINGS)
def test_a_finding_is_told_word_for_word(told: Story, rule: str, lines: str) -> None:
    assert told_of(told, rule) == lines
