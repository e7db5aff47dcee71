"""Every day on which the law changes, from both sides: the same facts a day earlier and on the day.

A change of a dated rule (it begins, it ends, its numbers change) without a row fails.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from benchmarks.samples.stories import HELD, Story, assess_all, gather, policy
from jobs.assess import Assessed
from jobs.assess.policy.dated_rules import Confidence, Rule
from tests.assess.decide.test_flags import YEAR, sentenced

REGISTERS_BEGIN = date(1999, 1, 1)
"""Nothing is told of earlier nights, so that no earlier change is seen."""


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A change of a rule: facts that differ by a day, and what is seen on both sides of it."""

    day: date
    told: Callable[[date], Story]
    seen: Callable[[Assessed, Story], Any]
    before: Any
    on: Any

    @property
    def stories(self) -> tuple[Story, Story]:
        """The facts of the day before, and those of the day."""
        return self.told(self.day - timedelta(days=1)), self.told(self.day)


def value(frame: pd.DataFrame, name: str) -> Any:
    found = frame.set_index("episode_id")[name].get("E1")
    if found is None or pd.isna(found):
        return None
    return found.date() if isinstance(found, pd.Timestamp) else found


def flag(name: str) -> Callable[[Assessed, Story], Any]:
    return lambda found, _: value(found.flags, name)


def scope(found: Assessed, _: Story) -> tuple[Any, Any]:
    return value(found.assessments, "scope_rule_id"), value(found.assessments, "is_in_scope")


def days_before_the_end(name: str) -> Callable[[Assessed, Story], int | None]:
    """How long before the release point, which the story knows, something is possible."""

    def seen(found: Assessed, told: Story) -> int | None:
        frame = found.flags if name in found.flags else found.assessments
        day, point = value(frame, name), told.episode["conditional_release_date"]
        return None if day is None else (point - day).days

    return seen


def given(months: int, nationality: str = "NIGERIA", offence: str = "THEFT") -> Any:
    """Sentenced on a day for an offence of that day, and inside since."""
    return lambda day: sentenced(
        day, {"term_months": months, "offence_code": offence}, nationality=nationality
    )


def of_kind(code: str, months: int) -> Any:
    return lambda day: sentenced(day, {"term_months": months, "calculation_type": code})


def left_on_the_day(reason: str = "CR", born: date | None = None, **term: Any) -> Any:
    def told(day: date) -> Story:
        move = {"movement_type": "REL", "movement_reason": reason, "movement_date": day}
        return sentenced(day, {**YEAR, **term}, movements=(move,), born=born)

    return told


def ends(after: int, *, serving: int, of: int, kind: str = "ADIMP_1991", **more: Any) -> Any:
    """Somebody whose release point lies so many days after the day: to serve so many of a term."""

    def told(day: date) -> Story:
        release = day + timedelta(days=after)
        start = release - timedelta(days=serving - 1)
        episode = {"reception_date": start, "sentence_start_date": start,
                   "conditional_release_date": release, **more.get("episode", {})}  # fmt: skip
        story = sentenced(start, {"term_days": of, "calculation_type": kind}, episode=episode)
        return story.but(night=more.get("night", date(2026, 3, 1)))

    return told


def on_curfew(after: int, *, serving: int, of: int, kind: str = "ADIMP_1991") -> Any:
    eligible = {"home_detention_curfew_eligibility_date": date(2030, 1, 1)}
    return ends(after, serving=serving, of=of, kind=kind, episode=eligible)


def lifer(night: date) -> Story:
    tariff = {"tariff_date": date(2005, 3, 1)}
    return HELD.but(night=night, sentences=({"calculation_type": "LIFE"},), episode=tariff)


SHORT = {"imprisonment_status": "REC_DEP"}
CURFEW = days_before_the_end("computed_release_date")
REMOVAL = days_before_the_end("early_removal_date")
BY_LENGTH, BY_EEA = ("referral.non-eea-length", False), ("referral.eea-length", False)
NOTIFIED = ("referral.every-foreign-national", True)
AUTOMATIC, RULE = date(2008, 8, 1), flag("referral_rule_id")
END_OF_TREATIES, NOTICE_OF_ALL = date(2021, 1, 1), date(2018, 1, 1)
JULY_2010, CHILD = date(2010, 7, 5), date(1992, 6, 1)


def edge(day: date, told: Any, seen: Any, before: Any, on: Any) -> Edge:
    return Edge(day=day, told=told, seen=seen, before=before, on=on)


EDGES: dict[str, list[Edge]] = {
    "duty.condition-1": [
        edge(AUTOMATIC, left_on_the_day(), flag("duty_rule_id"), None, "duty.condition-1")],
    "duty.transitional": [
        edge(AUTOMATIC, given(12), flag("duty_rule_id"), "duty.transitional", "duty.condition-1")],
    "duty.irish": [
        edge(END_OF_TREATIES, given(12, "IRELAND"), scope, ("duty.condition-1", True),
             ("referral.irish", False))],
    "exemption.treaty-rights": [
        edge(END_OF_TREATIES, given(12, "FRANCE"), flag("exemption_rule_id"),
             "exemption.treaty-rights", None)],
    "exemption.under-18": [
        edge(AUTOMATIC, left_on_the_day(born=CHILD), flag("exemption_rule_id"), None,
             "exemption.under-18")],
    "exemption.mental-health": [
        edge(AUTOMATIC, left_on_the_day(calculation_type="HOSP"), flag("exemption_rule_id"), None,
             "exemption.mental-health")],
    "exemption.extradition": [
        edge(AUTOMATIC, left_on_the_day("EX"), flag("exemption_rule_id"), None,
             "exemption.extradition")],
    "nationality.eea": [
        edge(END_OF_TREATIES, given(12, "FRANCE"), RULE, "referral.every-foreign-national",
             "referral.non-eea-length")],
    "referral.drugs": [
        edge(date(2008, 12, 26), given(1, offence="DRUGS"), scope, BY_LENGTH,
             ("referral.drugs", True)),
        edge(NOTICE_OF_ALL, given(1, offence="DRUGS"), scope, ("referral.drugs", True), NOTIFIED)],
    "referral.guns": [
        edge(date(2008, 12, 26), given(1, offence="FIREARMS"), scope, BY_LENGTH,
             ("referral.guns", True)),
        edge(NOTICE_OF_ALL, given(1, offence="FIREARMS"), scope, ("referral.guns", True),
             NOTIFIED)],
    "referral.eea-length": [
        edge(NOTICE_OF_ALL, given(24, "FRANCE"), RULE, "referral.eea-length", NOTIFIED[0])],
    "referral.eea-drugs-guns": [
        edge(date(2010, 2, 23), given(12, "FRANCE", "DRUGS"), RULE, BY_EEA[0],
             "referral.eea-drugs-guns"),
        edge(JULY_2010, given(12, "FRANCE", "FIREARMS"), RULE, "referral.eea-drugs-guns",
             "referral.eea-serious")],
    "referral.eea-serious": [
        edge(JULY_2010, given(12, "FRANCE", "ROBBERY"), RULE, BY_EEA[0], "referral.eea-serious"),
        edge(NOTICE_OF_ALL, given(12, "FRANCE", "RAPE"), RULE, "referral.eea-serious",
             NOTIFIED[0])],
    "referral.irish-length": [
        edge(date(2006, 4, 26), given(24, "IRELAND"), RULE, "referral.irish",
             "referral.irish-length"),
        edge(date(2007, 2, 19), given(24, "IRELAND"), RULE, "referral.irish-length",
             "referral.irish")],
    "referral.every-foreign-national": [
        edge(NOTICE_OF_ALL, given(1, "FRANCE"), scope, BY_EEA, NOTIFIED)],
    "referral.deadline": [
        edge(date(2015, 10, 15), given(12), flag("referral_due_date"), None, date(2015, 10, 29))],
    "release.act-2003": [
        edge(date(2005, 4, 4), of_kind("", 48), flag("computed_release_latest_date"),
             date(2007, 12, 2), date(2007, 4, 4))],
    "release.curfew": [
        edge(date(1999, 1, 28), on_curfew(1, serving=365, of=730), CURFEW, 0, 1),
        edge(date(2002, 12, 16), on_curfew(89, serving=365, of=730), CURFEW, 88, 89),
        edge(date(2003, 7, 14), on_curfew(134, serving=365, of=730), CURFEW, 133, 134),
        edge(date(2005, 4, 4), on_curfew(1, serving=42, of=83, kind="ADIMP"), CURFEW, 0, 1),
        edge(date(2023, 6, 6), on_curfew(179, serving=365, of=730, kind="ADIMP"), CURFEW, 178, 179),
        edge(date(2025, 6, 3), on_curfew(292, serving=584, of=1458, kind="ADIMP"), CURFEW, 291,
             292)],
    "release.two-thirds": [
        edge(date(2020, 4, 1), of_kind("SDS_PLUS", 36), flag("computed_release_date"),
             date(2021, 9, 29), date(2022, 3, 31))],
    "release.extended": [
        edge(date(2012, 12, 3), of_kind("EDS", 36), flag("computed_release_date"),
             date(2014, 6, 2), date(2014, 12, 2))],
    "release.forty-percent-short": [
        edge(date(2024, 9, 10), ends(1, serving=365, of=730, kind="ADIMP"), CURFEW, 0, 1)],
    "release.forty-percent-long": [
        edge(date(2024, 10, 22), ends(1, serving=913, of=1826, kind="ADIMP"), CURFEW, 0, 1)],
    "removal.early": [
        edge(date(2004, 6, 14), lambda day: HELD.but(night=day), flag("early_removal_date"), None,
             date(2006, 4, 17)),
        edge(date(2005, 4, 4), ends(15, serving=30, of=60, night=date(2006, 4, 25), episode=SHORT),
             REMOVAL, 15, None),
        edge(date(2008, 4, 7), ends(269, serving=550, of=1100), REMOVAL, 268, 269),
        edge(date(2008, 11, 3), ends(1, serving=30, of=60, episode=SHORT), REMOVAL, None, 1),
        edge(date(2022, 6, 28), ends(365, serving=730, of=1459), REMOVAL, 364, 365),
        edge(date(2024, 1, 16), ends(545, serving=1200, of=2400), REMOVAL, 544, 545),
        edge(date(2025, 9, 23), ends(840, serving=1200, of=2400), REMOVAL, 839, 840)],
    "removal.tariff": [
        edge(date(2012, 5, 1), lifer, flag("early_removal_date"), None, date(2012, 5, 1))],
}  # fmt: skip
ROWS = [
    pytest.param(*each.stories, each, id=f"{name} {each.day}")
    for name, edges in EDGES.items()
    for each in edges
]
gather(ROWS)


@pytest.mark.parametrize(("before", "on", "edge"), ROWS)
def test_the_law_of_the_day_and_not_of_the_day_before(before: Story, on: Story, edge: Edge) -> None:
    seen = [edge.seen(assess_all(told), told) for told in (before, on)]
    assert seen == [edge.before, edge.on]
    assert edge.before != edge.on


def changes(rule: Rule) -> set[date]:
    """The days on which a rule begins, ends, or counts with other numbers."""
    found, periods = set(), rule.periods
    for period, earlier in zip(periods, [None, *periods[:-1]], strict=True):
        is_new = earlier is None or earlier.ends != period.starts
        if is_new or (earlier and earlier.numbers != period.numbers):
            found.add(period.starts)
        if earlier and is_new:
            found.add(earlier.ends)
    return {*found, periods[-1].ends} - {date.min, date.max}


def test_every_change_of_the_law_has_a_row() -> None:
    law = {
        (name, day)
        for name, rule in policy().rules.items()
        if rule.periods and rule.periods[0].confidence is not Confidence.HOUSE
        for day in changes(rule)
        if day >= REGISTERS_BEGIN
    }
    assert law == {(name, each.day) for name, edges in EDGES.items() for each in edges}
