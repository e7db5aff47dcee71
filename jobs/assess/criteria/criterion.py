"""What a criterion is: one object that says when it applies and what is then said.

From the criteria follow the order in which they are asked, the list of rule ids, the numbers that
the policy must give, and the reasons. A criterion without words cannot be written.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.criteria.added_sentences import Aggregated
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy, Rule
from jobs.assess.read.sentences import Sentenced, SentenceRows

NOBODY = -1
"""The place of an answer that nothing has given."""


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """Whom the criteria are asked about, one entry for each, and the rules they are asked under.

    A candidate is a custody episode with its sentences. ``group`` is the nationality group of
    `jobs.assess.read.nationality`, ``added_up`` the sentences of those of whom none is long enough
    alone, ``born`` the date of birth. ``is_exempt_on_record``: the linked case ended as exempt.
    ``is_in_hospital``: transferred from prison to a hospital, and not back.
    ``is_held_over``: in custody when the duty to deport began, and not decided upon by then.
    """

    sentenced: Sentenced
    sentence_rows: SentenceRows
    group: Whole
    added_up: Aggregated
    born: Days
    is_court_recommended: Flags
    is_exempt_on_record: Flags
    is_extradited: Flags
    is_in_hospital: Flags
    is_held_over: Flags
    policy: Policy

    @property
    def selects(self) -> Days:
        """The day of the sentence, which selects the rules."""
        return self.sentenced.selects


Condition = Callable[[Candidates, Rule], Flags]
"""Whether something holds of each candidate, under the dated rule of its criterion."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of a criterion: when it is given, and in which words.

    ``finding`` may name the numbers of the rule in braces. It is ``None`` only where the record
    itself is the reason and has been given under the same rule already.
    """

    in_scope: bool
    holds: Condition
    finding: str | None


@dataclass(frozen=True, kw_only=True)
class OneSentence:
    """What brings somebody into scope by one sentence, with those that it follows.

    ``groups`` are the nationality groups whom it concerns, ``offences`` those that it must be for
    (by code of offence); any offence if absent. The rule's ``months``, where it has them, are the
    length that it must reach.
    """

    groups: tuple[int, ...]
    offences: Flags | None = None


@dataclass(frozen=True, kw_only=True)
class Criterion(AppliedRule):
    """A rule that brings a candidate into scope or keeps it out.

    ``answer`` is given in the criterion's turn, ``otherwise`` after every criterion had its turn.
    ``one_sentence``: what a sentence must be to meet it alone, which makes it a conviction that has
    to be considered by itself; absent where the criterion is met by something else.
    """

    answer: Answer
    otherwise: Answer | None = None
    one_sentence: OneSentence | None = None

    def __post_init__(self) -> None:
        for answer in self.answers:
            refuse_flawed_words(self, answer.finding)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What the criterion may answer."""
        return (self.answer,) if self.otherwise is None else (self.answer, self.otherwise)


def refuse_flawed_words(rule: AppliedRule, finding: str | None) -> None:
    """Stop where a rule says nothing, or names a number that it does not have.

    Raises:
        ValueError: naming the rule.
    """
    if finding is not None and not finding.strip():
        raise ValueError(f"rule [{rule.id}] says nothing of those to whom it applies")
    unknown = set(re.findall(r"\{(\w+)\}", finding or "")) - set(rule.numbers)
    if unknown:
        raise ValueError(f"rule [{rule.id}] has no number [{min(unknown)}] to speak of")


def ask(criteria: Sequence[Criterion], asked: Candidates) -> tuple[Flags, Whole]:
    """The first answer that holds of each candidate: in scope or not, and whose answer it is.

    Returns:
        Whether each is in scope, and positions in ``criteria``, `NOBODY` where none answers.
    """
    turns = [(place, each, each.answer) for place, each in enumerate(criteria)]
    turns += [
        (place, each, each.otherwise)
        for place, each in enumerate(criteria)
        if each.otherwise is not None
    ]
    holds = [answer.holds(asked, asked.policy[each]) for _, each, answer in turns]
    met = np.select(holds, [np.bool_(answer.in_scope) for _, _, answer in turns], np.False_)
    return met, np.select(holds, [place for place, _, _ in turns], NOBODY)
