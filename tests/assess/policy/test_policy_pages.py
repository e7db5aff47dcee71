"""The rules as people read them: the page, and what the command line prints."""

import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks.samples.stories import policy
from jobs.assess import (
    Policy,
    rules_changed,
    rules_cited,
    rules_in_force,
    rules_markdown,
)
from jobs.assess.policy.dated_rules import Period, Rule

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"


def period(**given: object) -> Period:
    return Period.model_validate({"citation": "Act 1", "confidence": "verified", **given})


def rule(name: str, *periods: Period, by: str = "sentence") -> Rule:
    says = f"{name} says so."
    return Rule.model_validate(
        {"id": name, "title": f"Title of {name}", "says": says, "selected_by": by,
         "period": periods}
    )  # fmt: skip


CHANGE = date(2004, 5, 1)
SMALL = Policy(
    version="7",
    digest="",
    rules={
        each.id: each
        for each in (
            rule("two.numbers", period(numbers={"months": 12, "earlier_sentences": 2})),
            rule(
                "changed.once",
                period(to=CHANGE, numbers={"months": 24}),
                period(**{"from": CHANGE}, numbers={"months": 12}, confidence="inferred"),
            ),
            rule("ended.rule", period(to=CHANGE)),
            rule("always.there", period(), by="night"),
            rule("off.rule", period(**{"from": CHANGE}, switched_off=True), by="release"),
            rule(
                "also.off",
                period(to=date(1990, 1, 1)),
                period(switched_off=True, numbers={"months": 3}),
            ),
        )
    },
)


def test_the_page_is_the_one_that_is_published() -> None:
    assert rules_markdown() == PAGE.read_text(encoding="utf-8")


def test_the_rules_of_a_day_in_order_of_id_and_those_switched_off_last() -> None:
    assert rules_in_force(policy=SMALL, day=CHANGE).splitlines() == [
        "3 rules in force on 2004-05-01",
        "",
        "always.there: Title of always.there",
        "    always.there says so.",
        "    at all times; verified: Act 1",
        "changed.once: Title of changed.once (months 12)",
        "    changed.once says so.",
        "    since 2004-05-01; inferred: Act 1",
        "two.numbers: Title of two.numbers (months 12, earlier sentences 2)",
        "    two.numbers says so.",
        "    at all times; verified: Act 1",
        "",
        "0 rules of this project, whatever the day",
        "",
        "",
        "0 rules of later days that are read back to 2004-05-01",
        "",
        "",
        "also.off: switched off, not verified: Title of also.off (months 3)",
        "    also.off says so.",
        "    from a day that is not known; verified: Act 1",
        "off.rule: switched off, not verified: Title of off.rule",
        "    off.rule says so.",
        "    since 2004-05-01; verified: Act 1",
    ]


def test_a_rule_that_ends_is_told_with_its_end() -> None:
    told = rules_in_force(policy=SMALL, day=date(2004, 4, 30)).splitlines()
    assert told[0] == "4 rules in force on 2004-04-30"
    assert "    at all times, until 2004-05-01; verified: Act 1" in told
    assert told[-2:] == ["    off.rule says so.", "    since 2004-05-01; verified: Act 1"]
    assert rules_in_force(policy=SMALL, day=CHANGE).endswith("Act 1\n")


def test_what_changes_between_two_days() -> None:
    told = rules_changed(policy=SMALL, before=date(2004, 4, 30), after=CHANGE)
    assert told.splitlines() == [
        "2 rules differ between 2004-04-30 and 2004-05-01",
        "",
        "changed.once: Title of changed.once",
        "    before: months 24; at all times, until 2004-05-01; verified: Act 1",
        "    after: months 12; since 2004-05-01; inferred: Act 1",
        "ended.rule: Title of ended.rule",
        "    before: in force; at all times, until 2004-05-01; verified: Act 1",
        "    after: not in force",
    ]
    assert told.endswith("in force\n")
    back = rules_changed(policy=SMALL, before=CHANGE, after=date(2004, 4, 30)).splitlines()
    assert back[-2:] == [
        "    before: not in force",
        "    after: in force; at all times, until 2004-05-01; verified: Act 1",
    ]


BEFORE, AFTER = date(2004, 4, 30), date(2006, 4, 25)
CITED = [
    pytest.param("changed.once", BEFORE, AFTER, "Act 1 (verified)",
                 id="by the day of the sentence, the day before the change"),
    pytest.param("changed.once", CHANGE, BEFORE, "Act 1 (inferred)",
                 id="by the day of the sentence, the day of the change"),
    pytest.param("changed.once", None, AFTER, "Act 1 (inferred)",
                 id="by the night, where no day of the sentence is known"),
    pytest.param("changed.once", None, BEFORE, "Act 1 (verified)", id="by an earlier night"),
    pytest.param("ended.rule", AFTER, AFTER, "Act 1 (verified)",
                 id="not in force on the day: its first period"),
    pytest.param("off.rule", AFTER, AFTER, "switched off", id="switched off"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sentenced", "night", "source"), CITED)
def test_a_rule_is_cited_as_it_stood(
    name: str, sentenced: date | None, night: date, source: str
) -> None:
    cited = rules_cited(policy=SMALL, rule_ids=[name], sentenced=sentenced, left=None, night=night)
    assert cited == [f"{name}: Title of {name}. {source}."]


BY_EVENT = [
    ("night", "of the night"),
    ("release", "of the night"),
    ("sentence", "of the sentence"),
    ("conviction", "of the sentence"),
    ("conduct", "of the sentence"),
]


@pytest.mark.parametrize(("event", "told"), BY_EVENT)
def test_the_event_of_a_rule_selects_the_period_that_is_cited(event: str, told: str) -> None:
    one = rule(
        "one.rule",
        period(to=CHANGE, citation="of the sentence"),
        period(**{"from": CHANGE}, citation="of the night"),
        by=event,
    )
    rules = Policy(version="7", digest="", rules={one.id: one})
    cited = rules_cited(
        policy=rules, rule_ids=["one.rule"], sentenced=BEFORE, left=None, night=AFTER
    )
    assert cited == [f"one.rule: Title of one.rule. {told} (verified)."]


SCHEMES = [
    pytest.param(date(2005, 4, 3), "Criminal Justice Act 1991 s46A", id="of 2004"),
    pytest.param(date(2005, 4, 4), "Criminal Justice Act 2003 s260(1) to (3)", id="of 2005"),
    pytest.param(date(2025, 9, 22), "SI 2023/1368 article 2", id="the last day of 545 days"),
    pytest.param(date(2025, 9, 23), "(Removal of Prisoners for Deportation) Order 2025",
                 id="of 2025"),
]  # fmt: skip


@pytest.mark.parametrize(("opens", "source"), SCHEMES)
def test_early_removal_cites_the_scheme_that_allows_it_and_not_that_of_the_night(
    opens: date, source: str
) -> None:
    name = "removal.early"
    (cited,) = rules_cited(policy=policy(), rule_ids=[name], sentenced=opens, left=None,
                           night=date(2026, 1, 1), applied={name: opens})  # fmt: skip
    assert source in cited


def test_conduct_under_the_treaties_cites_them_and_not_the_law_read_back_to_before_them() -> None:
    (cited,) = rules_cited(policy=policy(), rule_ids=["nationality.eea"],
                           sentenced=date(2021, 6, 1), left=None,
                           night=date(2022, 1, 1))  # fmt: skip
    assert "end of the transition period" in cited


@pytest.mark.parametrize("day", [date(1999, 6, 1), date(2006, 4, 25), date(2012, 1, 1)], ids=str)
def test_the_law_of_a_day_cites_no_treaty_of_a_later_year(day: date) -> None:
    (period,) = [each for each in policy().rules["nationality.eea"].periods if each.holds_on(day)]
    assert all(int(year) <= day.year for year in re.findall(r"\b\d{4}\b", period.citation))


def test_every_group_and_every_event_of_the_shipped_rules_has_a_name() -> None:
    page = rules_markdown()
    for name in {each.split(".")[0] for each in policy().rules}:
        assert f"\n## {name}\n" not in page
