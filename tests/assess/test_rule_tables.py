"""Every rule once: the facts just inside its limits, and those just outside.

A rule without a row fails; so does a row that tells the same on both sides.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import (
    HELD,
    NIGHT,
    REFERRED,
    RELEASED,
    Story,
    assess_all,
    decision,
    gather,
    policy,
)
from jobs.assess import Assessed
from tests.assess.decide.test_flags import sentenced

DAY = date(2004, 10, 1)
NEW = date(2010, 6, 1)
YEAR = {"term_months": 12}
LONG = {"term_months": 120}
CASE: dict[str, Any] = {"cases": (REFERRED,)}
ORDER = {"event_type": "DEPORTATION_ORDER_SIGNED", "occurred_date": DAY}
DEFERRED = {"event_type": "DECISION_DEFERRED", "reason": "appeal"}
BRITISH_CASE = {**REFERRED, "outcome": "BRITISH"}


def left(reason: str | None, day: date | None = RELEASED, **changes: Any) -> Story:
    move = {"movement_type": "REL", "movement_reason": reason, "movement_date": day}
    return Story(movements=(move,), **changes)


def decided(*events: dict[str, Any], **changes: Any) -> Story:
    return Story(events=events, **{**CASE, **changes})


def months(number: int, nationality: str | None = "NIGERIA", **changes: Any) -> Story:
    return Story(nationality=nationality, sentences=({"term_months": number},), **changes)


def kind(code: str, day: date, number: int = 36, **changes: Any) -> Story:
    return sentenced(day, {"term_months": number, "calculation_type": code}, **changes)


def given(offence: str, day: date, nationality: str = "NIGERIA", number: int = 1) -> Story:
    """So many months for an offence."""
    return sentenced(day, {"term_months": number, "offence_code": offence}, nationality=nationality)


def lifer(night: date) -> Story:
    """Somebody whose tariff has ended."""
    return HELD.but(
        night=night,
        sentences=({"calculation_type": "LIFE"},),
        episode={"tariff_date": date(2005, 3, 1)},
    )


def on_curfew(number: int) -> Story:
    """So many months from 1 June 2006, with a day of eligibility for curfew on record."""
    day = date(2006, 6, 1)
    episode = {
        "reception_date": day,
        "sentence_start_date": day,
        "home_detention_curfew_eligibility_date": date(2008, 1, 2),
    }
    return kind("ADIMP", day, number, episode=episode)


def ahead(days: int) -> Story:
    release = NIGHT + timedelta(days=days)
    return HELD.but(sentences=(LONG,), episode={"confirmed_release_date": release})


def expects(release: date) -> Story:
    """Somebody to be released on 1 September 2006, whose case expects another day."""
    return HELD.but(there={}, cases=({**REFERRED, "expected_release_date": release},))


def there(story: Story = HELD, **held: Any) -> Story:
    return story.but(there={"nationality": "NIGERIA", **held})


def answered(on: date) -> Story:
    """Somebody located who sent a questionnaire back on a day."""
    event = {"event_type": "QUESTIONNAIRE_RETURNED", "occurred_date": on}
    return there(Story(**CASE, events=(event,)), located_status="LOCATED")


ON_BAIL = {"granted_date": DAY, "bail_status": "ACTIVE"}
INSIDE_AND_OUTSIDE: dict[str, tuple[Story, Story]] = {
    # Referral criteria.
    "referral.court-recommendation": (
        months(1, episode={"imprisonment_status": "REC_DEP"}), months(1)),
    "referral.non-eea-length": (months(12), months(24, "FRANCE")),
    "referral.eea-length": (months(24, "FRANCE"), months(24)),
    "referral.drugs": (
        given("DRUGS", date(2008, 12, 26)), given("DRUGS", date(2008, 12, 25))),
    "referral.guns": (
        given("FIREARMS", date(2008, 12, 26)), given("FIREARMS", date(2018, 1, 1))),
    "referral.eea-drugs-guns": (
        given("FIREARMS", date(2010, 2, 23), "FRANCE", 12),
        given("FIREARMS", date(2010, 2, 22), "FRANCE", 12)),
    "referral.eea-serious": (
        given("ROBBERY", date(2010, 7, 5), "FRANCE", 12),
        given("BURGLARY", date(2010, 7, 5), "FRANCE", 12)),
    "referral.irish-length": (
        given("THEFT", date(2006, 4, 26), "IRELAND", 24),
        given("THEFT", date(2007, 2, 19), "IRELAND", 24)),
    "referral.irish": (months(60, "IRELAND"), months(60)),
    "referral.unclear-length": (months(12, "UNKNOWN"), months(12)),
    "referral.aggregate": (
        months(6, earlier=[(date(1999, 3, 1), {"term_months": 6})]),
        months(6, earlier=[(date(1999, 2, 28), {"term_months": 6})])),
    "referral.undetermined": (Story(sentences=({},)), months(12)),
    "referral.every-foreign-national": (
        sentenced(date(2018, 1, 1), {"term_months": 6}),
        sentenced(date(2017, 12, 31), {"term_months": 6})),
    "referral.not-sentenced": (
        Story(sentences=(), episode={"legal_status": "REMAND"}), months(12)),
    "referral.deadline": (sentenced(date(2015, 10, 15), YEAR), sentenced(date(2015, 10, 14), YEAR)),
    # The duty and its exceptions.
    "duty.condition-1": (
        sentenced(date(2008, 8, 1), YEAR), sentenced(date(2008, 8, 1), {"term_months": 11})),
    "duty.transitional": (
        sentenced(date(2008, 7, 31), YEAR),
        sentenced(date(2008, 7, 31), YEAR, night=date(2008, 7, 31))),
    "duty.irish": (
        sentenced(date(2021, 1, 1), YEAR, nationality="IRELAND"),
        sentenced(date(2020, 12, 31), YEAR, nationality="IRELAND")),
    "exemption.treaty-rights": (
        sentenced(date(2020, 12, 31), YEAR, nationality="FRANCE"),
        sentenced(date(2021, 1, 1), YEAR, nationality="FRANCE")),
    "exemption.under-18": (
        sentenced(NEW, YEAR, born=date(1992, 6, 2)), sentenced(NEW, YEAR, born=date(1992, 6, 1))),
    "exemption.mental-health": (
        sentenced(NEW, {"calculation_type": "HOSP"}), sentenced(NEW, {"calculation_type": "LIFE"})),
    "exemption.extradition": (
        sentenced(NEW, YEAR, movements=left("EX", date(2011, 1, 1)).movements),
        sentenced(NEW, YEAR, movements=left("DD", date(2011, 1, 1)).movements)),
    "exemption.recorded": (
        sentenced(NEW, YEAR, cases=({**REFERRED, "stage": "EXEMPT"},)),
        sentenced(NEW, YEAR, cases=(REFERRED,))),
    # Length of the sentence.
    "sentence.length": (months(12), Story(sentences=({"calculation_type": "LIFE"},))),
    "sentence.each": (
        Story(sentences=({"term_months": 12}, {"term_months": 6})), months(12)),
    "sentence.indeterminate": (Story(sentences=({"calculation_type": "IPP"},)), months(12)),
    # Nationality.
    "nationality.british": (Story(nationality="BRIT"), Story()),
    "nationality.foreign": (Story(), Story(nationality="BRIT")),
    "nationality.unclear": (Story(nationality="STATE"), Story()),
    "nationality.conflict": (there(Story(), nationality="GHANA"), there(Story())),
    "nationality.verify": (Story(second_nationality="BRIT"), Story(second_nationality="FRANCE")),
    "nationality.eea": (
        sentenced(date(2004, 5, 1), YEAR, nationality="POLAND"),
        sentenced(date(2004, 4, 30), YEAR, nationality="POLAND")),
    # Custody and exits.
    "custody.held": (HELD, Story()),
    "custody.released": (left("CR"), left("HP")),
    "custody.released-undated": (left("CR", None), left("CR")),
    "custody.recalled": (
        Story(movements=(*(left("CR").movements or ()),
                         {"movement_type": "ADM", "movement_date": date(2005, 2, 1)}),
              episode={"status": "ACTIVE IN"}), Story()),
    "custody.hospital": (left("HP"), left("CR")),
    "custody.at-large": (left("UAL"), left("CR")),
    "custody.removal-centre": (left("ET"), left("CR")),
    "exit.removed-under-order": (left("DD", events=(ORDER,), **CASE), left("DD", **CASE)),
    "exit.removed": (left("DD", **CASE), left("DD", events=(ORDER,), **CASE)),
    "exit.died": (left("DEC"), left("CR")),
    # Consideration.
    "consideration.order": (
        decided(ORDER), decided({**ORDER, "occurred_date": date(2004, 12, 2)})),
    "consideration.finding": (
        Story(cases=({**REFERRED, "stage": "EXEMPT", "closed_date": DAY, "caseworker": "CW01"},)),
        Story(cases=({**REFERRED, "stage": "EXEMPT", "closed_date": DAY},))),
    "consideration.each-release": (Story(**CASE), decided(decision(RELEASED))),
    "consideration.recorded-late": (
        decided(decision(DAY, recorded_at=datetime(2004, 12, 2, 9, tzinfo=UTC))),
        decided(decision(DAY, recorded_at=datetime(2004, 12, 1, 9, tzinfo=UTC)))),
    "consideration.decision": (decided(decision(RELEASED)), decided(decision(date(2004, 12, 2)))),
    "consideration.after-release": (
        decided(decision(date(2004, 12, 2))), decided(decision(RELEASED))),
    "consideration.caseworker": (decided(decision(DAY, caseworker=" ")), decided(decision(DAY))),
    "consideration.deferral": (
        decided(decision(DAY, **DEFERRED)),
        decided(decision(DAY, **DEFERRED, deferred_until_date=date(2005, 1, 1)))),
    "consideration.withdrawn": (
        decided(decision(DAY), {"event_type": "DECISION_WITHDRAWN", "occurred_date": DAY}),
        decided(decision(DAY), {"event_type": "DECISION_WITHDRAWN",
                                "occurred_date": date(2004, 9, 30)})),
    "consideration.own-sentence": (
        decided(decision(date(2004, 2, 29))), decided(decision(date(2004, 3, 1)))),
    "consideration.undated": (decided(decision(None)), decided(decision(DAY))),
    "consideration.possible": (
        decided(decision(DAY), link="review"), decided(decision(DAY))),
    "consideration.referral": (
        Story(cases=({"opened_date": RELEASED},)),
        Story(cases=({"opened_date": date(2004, 12, 2)},))),
    "consideration.due": (ahead(365), ahead(366)),
    "consideration.alerts": (ahead(365), ahead(366)),
    "consideration.restriction": (
        Story(detentions=({"start_date": RELEASED},), **CASE),
        Story(detentions=({"start_date": date(2004, 12, 2)},), **CASE)),
    "link.certain": (Story(**CASE), Story(link="review", **CASE)),
    "link.decided": (
        Story(link_decided_by="decision 7 of A. Reviewer on 2006-04-20", **CASE), Story(**CASE)),
    "link.possible": (Story(link="review", **CASE), Story(**CASE)),
    "link.none": (Story(), Story(**CASE)),
    # Release dates.
    "release.earliest": (
        HELD.but(episode={"confirmed_release_date": date(2006, 8, 30)}),
        HELD.but(episode={"confirmed_release_date": date(2006, 9, 1)})),
    "release.unknown": (
        HELD.but(episode={}, sentences=({"calculation_type": "LIFE"},)), HELD),
    "release.recomputed": (
        HELD.but(episode={"confirmed_release_date": date(2006, 9, 1)}),
        HELD.but(episode={"confirmed_release_date": date(2006, 8, 30)})),
    "release.disputed": (
        kind("ADIMP", NEW, 24, episode={"sentence_start_date": NEW, "reception_date": NEW,
                                        "conditional_release_date": date(2011, 6, 4)}),
        kind("ADIMP", NEW, 24, episode={"sentence_start_date": NEW, "reception_date": NEW,
                                        "conditional_release_date": date(2011, 6, 3)})),
    "release.act-1991": (kind("ADIMP_1991", NEW, 48), kind("ADIMP_1991", NEW, 47)),
    "release.act-2003": (
        kind("", date(2005, 4, 4), 48), kind("", date(2005, 4, 3), 48)),
    "release.two-thirds": (
        kind("SDS_PLUS", date(2020, 4, 1)), kind("SDS_PLUS", date(2020, 3, 31))),
    "release.extended": (kind("EDS", date(2012, 12, 3)), kind("EDS", date(2012, 12, 2))),
    "release.curfew": (on_curfew(47), on_curfew(48)),
    "release.forty-percent-short": (
        kind("ADIMP", date(2022, 5, 1), 59), kind("ADIMP", date(2022, 5, 1), 60)),
    "release.forty-percent-long": (
        kind("ADIMP", date(2022, 5, 1), 60), kind("ADIMP", date(2022, 5, 1), 59)),
    "removal.early": (
        HELD.but(night=date(2004, 6, 14)), HELD.but(night=date(2004, 6, 13))),
    "removal.tariff": (lifer(date(2012, 5, 1)), lifer(date(2012, 4, 30))),
    # Status, outcome, priority.
    "status.out-of-scope": (months(11), months(12)),
    "status.not-yet-due": (ahead(366), ahead(365)),
    "status.due": (ahead(365), ahead(366)),
    "status.considered": (decided(decision(RELEASED)), decided(decision(date(2004, 12, 2)))),
    "status.considered-late": (decided(decision(date(2004, 12, 2))), decided(decision(RELEASED))),
    "status.not-referred": (Story(cases=({"opened_date": date(2004, 12, 2)},)), Story(**CASE)),
    "status.referred-not-considered": (
        Story(cases=({"opened_date": RELEASED},)),
        Story(cases=({"opened_date": date(2004, 12, 2)},))),
    "status.verify-nationality": (Story(second_nationality="BRIT"), Story()),
    "outcome.british": (
        Story(cases=(BRITISH_CASE,)), Story(cases=(BRITISH_CASE,), movements=HELD.movements)),
    "outcome.died": (there(Story(**CASE), died_date=NIGHT),
                     there(Story(**CASE), died_date=date(2006, 4, 26))),
    "outcome.deported": (Story(removals=({"removed_date": date(2004, 3, 1)},), **CASE),
                         Story(removals=({"removed_date": date(2004, 2, 29)},), **CASE)),
    "outcome.allowed-to-stay": (Story(cases=({**REFERRED, "stage": "NO_ACTION"},)), Story(**CASE)),
    "outcome.in-custody": (
        Story(detentions=({"start_date": NIGHT},), **CASE),
        Story(detentions=({"start_date": date(2006, 4, 26)},), **CASE)),
    "outcome.not-located": (
        there(Story(**CASE), located_status="NOT_LOCATED"), there(Story(**CASE))),
    "outcome.no-release-date": (left("CR", None), left("CR")),
    "outcome.not-sought": (Story(), Story(**CASE)),
    "outcome.no-case": (there(Story()), there(Story(**CASE))),
    "outcome.in-process": (
        Story(cases=({**REFERRED, "closed_date": date(2006, 4, 26)},)),
        Story(cases=({**REFERRED, "closed_date": NIGHT},))),
    "outcome.closed": (
        Story(cases=({**REFERRED, "closed_date": NIGHT},)),
        Story(cases=({**REFERRED, "closed_date": date(2006, 4, 26)},))),
    # Where the missed are.
    "traced.questioned": (answered(date(2004, 12, 2)), answered(RELEASED)),
    "traced.located": (
        there(Story(), located_status="ABROAD"), there(Story(), located_status="UNKNOWN")),
    "traced.not-found": (
        there(Story(), located_status="NOT_LOCATED"), there(Story(), located_status="LOCATED")),
    "traced.not-sought": (there(Story()), there(Story(), located_status="LOCATED")),
    "priority.ranking": (ahead(365), ahead(366)),
    # Discrepancies.
    "discrepancy.nationality": (there(nationality="GHANA"), there()),
    "discrepancy.identity": (there(noms_number="A9999ZZ"), there()),
    "discrepancy.custody": (there(located_status="LOCATED"), there(located_status="IN_CUSTODY")),
    "discrepancy.release-date": (expects(date(2006, 9, 6)), expects(date(2006, 9, 5))),
    "discrepancy.deported-in-prison": (
        there().but(removals=({"removed_date": date(2004, 3, 1)},)),
        there().but(removals=({"removed_date": date(2004, 2, 29)},))),
    "discrepancy.removal-date": (
        there(left("DD", removals=({"removed_date": date(2004, 12, 2)},))),
        there(left("DD", removals=({"removed_date": RELEASED},)))),
    "discrepancy.bailed-detained": (
        there().but(bails=(ON_BAIL,)), there().but(bails=({**ON_BAIL, "bail_status": "ENDED"},))),
    "discrepancy.unknown-prison": (
        there().but(detentions=({"start_date": DAY, "place_id": "ZZI"},)),
        there().but(detentions=({"start_date": DAY, "place_id": "AAI"},))),
    "discrepancy.absconded": (
        there().but(bails=({"granted_date": DAY, "ended_date": NIGHT,
                            "bail_status": "ABSCONDED"},)),
        there().but(bails=({"granted_date": DAY, "ended_date": date(2006, 4, 26),
                            "bail_status": "ABSCONDED"},))),
    "discrepancy.died": (there(died_date=NIGHT), there(died_date=date(2006, 4, 26))),
}  # fmt: skip


def of(frame: pd.DataFrame, column: str) -> Any:
    """The value of the main episode."""
    value = frame.set_index("episode_id")[column]["E1"]
    return None if pd.isna(value) else value


def known(column: str) -> Callable[[Assessed], bool]:
    return lambda found: of(found.flags, column) is not None


def computed(earliest: date, latest: date) -> Callable[[Assessed], bool]:
    wanted = [pd.Timestamp(earliest), pd.Timestamp(latest)]
    names = ("computed_release_date", "computed_release_latest_date")
    return lambda found: [of(found.flags, name) for name in names] == wanted


SEEN_OTHERWISE: dict[str, Callable[[Assessed], bool]] = {
    "referral.deadline": known("referral_due_date"),
    "duty.irish": lambda found: not of(found.assessments, "is_in_scope"),
    "consideration.decision": lambda found: of(found.assessments, "status") == "CONSIDERED",
    "consideration.due": lambda found: of(found.assessments, "status") == "DUE",
    "consideration.alerts": known("alert_days"),
    "consideration.referral": lambda found: (
        of(found.assessments, "status") == "REFERRED_NOT_CONSIDERED"
    ),
    "consideration.restriction": known("restriction_date"),
    "priority.ranking": lambda found: of(found.assessments, "priority") is not None,
    "removal.early": known("early_removal_date"),
    "removal.tariff": known("early_removal_date"),
    "release.act-1991": computed(date(2012, 5, 31), date(2013, 1, 29)),
    "release.act-2003": computed(date(2007, 4, 4), date(2007, 4, 4)),
    "release.two-thirds": computed(date(2022, 3, 31), date(2022, 3, 31)),
    "release.extended": computed(date(2014, 12, 2), date(2015, 12, 2)),
    "release.curfew": computed(date(2008, 1, 2), date(2008, 5, 15)),
    "release.forty-percent-short": computed(date(2024, 9, 10), date(2024, 10, 14)),
    "release.forty-percent-long": computed(date(2024, 10, 22), date(2024, 10, 29)),
}
"""Rules that are not named by a row of their own: what shows that they were applied."""


TRACED = "traced."


def fired(rule_id: str, found: Assessed) -> bool:
    if rule_id in SEEN_OTHERWISE:
        return SEEN_OTHERWISE[rule_id](found)
    if rule_id.startswith(TRACED):
        word = rule_id.removeprefix(TRACED).upper().replace("-", "_")
        return set(found.releases["traced"]) == {word}
    named = set(found.reasons.loc[found.reasons["episode_id"] == "E1", "rule_id"])
    named |= set(found.discrepancies["rule_id"])
    for frame in (found.assessments, found.flags):
        mine = frame[frame["episode_id"] == "E1"]
        for column in mine.columns[mine.columns.str.endswith("rule_id")]:
            named |= set(mine[column].dropna())
    return rule_id in named


ROWS = [
    pytest.param(rule_id, inside, outside, id=rule_id)
    for rule_id, (inside, outside) in INSIDE_AND_OUTSIDE.items()
]
gather(ROWS)


@pytest.mark.parametrize(("rule_id", "inside", "outside"), ROWS)
def test_a_rule_holds_inside_its_limits_and_not_outside(
    rule_id: str, inside: Story, outside: Story
) -> None:
    assert fired(rule_id, assess_all(inside))
    assert not fired(rule_id, assess_all(outside))


def test_every_rule_that_is_switched_on_has_a_row() -> None:
    switched_on = {rule_id for rule_id, rule in policy().rules.items() if rule.periods}
    assert set(INSIDE_AND_OUTSIDE) == switched_on
