"""A criterion cannot be written without its words, nor speak of a number that it does not have."""

from typing import Any

import pytest

from jobs.assess.criteria.criterion import Answer, Criterion
from jobs.assess.criteria.duty import DUTIES, Duty
from jobs.assess.criteria.exemptions import EXEMPTIONS, Exemption
from jobs.assess.criteria.referral import BRITISH, REFERRAL
from jobs.assess.criteria.scope import SCOPE, SCOPE_RULES


def holds(asked: Any, rule: Any) -> Any:
    return asked.is_court_recommended


def criterion(finding: str, *numbers: str) -> Criterion:
    answer = Answer(in_scope=True, holds=holds, finding=finding)
    return Criterion(id="test.rule", numbers=numbers, answer=answer)


def test_an_answer_needs_its_words() -> None:
    with pytest.raises(TypeError, match="finding"):
        Answer(in_scope=True, holds=holds)  # type: ignore[call-arg]


@pytest.mark.parametrize("finding", ["", "  "])
def test_words_that_say_nothing_are_refused(finding: str) -> None:
    with pytest.raises(ValueError, match=r"\[test.rule\] says nothing"):
        criterion(finding)
    with pytest.raises(ValueError, match=r"\[test.rule\] says nothing"):
        Duty(id="test.rule", holds=holds, finding="In scope.", beside=finding)
    with pytest.raises(ValueError, match=r"\[test.rule\] says nothing"):
        Exemption(id="test.rule", holds=holds, finding=finding)


def test_words_may_name_the_numbers_of_the_rule_and_no_others() -> None:
    assert criterion("In scope: {months} months.", "months", "years").id == "test.rule"
    with pytest.raises(ValueError, match=r"\[test.rule\] has no number \[months\]"):
        criterion("In scope: {months} months.", "years")


def test_the_words_of_the_last_answer_are_looked_at_too() -> None:
    first = Answer(in_scope=True, holds=holds, finding="In scope.")
    last = Answer(in_scope=False, holds=holds, finding="Not in scope: {months} months.")
    with pytest.raises(ValueError, match=r"has no number \[months\]"):
        Criterion(id="test.rule", answer=first, otherwise=last)


def test_only_the_record_of_a_british_citizen_speaks_for_itself() -> None:
    silent = [each for each in REFERRAL if any(a.finding is None for a in each.answers)]
    assert silent == [BRITISH]


def test_each_rule_is_asked_once() -> None:
    assert len(set(SCOPE_RULES)) == len(SCOPE) == len(REFERRAL) + len(DUTIES)
    assert len({each.id for each in EXEMPTIONS}) == len(EXEMPTIONS)
