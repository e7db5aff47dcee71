"""The criteria by which the Prison Service refers somebody, in the order in which they are asked.

Whoever is recommended by a court comes first, then those who are left out whatever their sentence,
then the lengths; who reaches none falls short of the length of their group.
"""

import numpy as np

from jobs.assess.columns import Flags, Whole
from jobs.assess.criteria.criterion import Answer, Candidates, Condition, Criterion, OneSentence
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read import nationality as na
from jobs.assess.read import offence_kinds as of
from jobs.assess.read.sentences import has_sentence_for, meets


def _is_of(group: int) -> Condition:
    """Of this nationality group."""
    return lambda asked, _: asked.group == group


def _reaches_length(must: OneSentence) -> Condition:
    """Of these nationality groups, and sentenced to the months of the rule or without an end."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        sentenced = asked.sentenced
        long = meets(sentenced, months=rule.number("months", asked.selects))
        long = (sentenced.indeterminate | long) & sentenced.is_sentenced
        reaches: Flags = _concerns(asked, rule, must) & long
        return reaches

    return holds


def _is_sentenced_for(must: OneSentence) -> Condition:
    """Of these nationality groups, and given custody of any length for one of these offences."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        return _concerns(asked, rule, must) & _given(asked, must, months=0 * asked.group)

    return holds


def _reaches_length_for(must: OneSentence) -> Condition:
    """Of these nationality groups, and given the rule's months for one of these offences."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        months = rule.number("months", asked.selects)
        return _concerns(asked, rule, must) & _given(asked, must, months=months)

    return holds


def _given(asked: Candidates, must: OneSentence, *, months: Whole) -> Flags:
    if must.offences is None:
        raise ValueError("a sentence for what? this criterion names no offences")
    return has_sentence_for(asked.sentence_rows, must.offences, months=months)


def _concerns(asked: Candidates, rule: Rule, must: OneSentence) -> Flags:
    concerned: Flags = _in_force(asked, rule) & np.isin(asked.group, must.groups)
    return concerned


def _in_force(asked: Candidates, rule: Rule) -> Flags:
    return rule.in_force(asked.selects)


_STRICT = (na.NON_EEA, na.UNCLEAR)
_IRISH_SENTENCE = OneSentence(groups=(na.IRISH,))
_UNCLEAR_SENTENCE = OneSentence(groups=(na.UNCLEAR,))
_NON_EEA_SENTENCE = OneSentence(groups=(na.NON_EEA,))
_EEA_SENTENCE = OneSentence(groups=(na.EEA,))
_FOR_DRUGS = OneSentence(groups=_STRICT, offences=of.IS_DRUGS)
_FOR_GUNS = OneSentence(groups=_STRICT, offences=of.IS_GUNS)
_EEA_FOR_DRUGS_GUNS = OneSentence(groups=(na.EEA,), offences=of.IS_DRUGS | of.IS_GUNS)
_EEA_FOR_SERIOUS = OneSentence(
    groups=(na.EEA,), offences=of.IS_DRUGS | of.IS_VIOLENT | of.IS_SEXUAL
)

COURT_RECOMMENDATION = Criterion(
    id="referral.court-recommendation",
    answer=Answer(
        in_scope=True,
        holds=lambda asked, rule: asked.is_court_recommended & _in_force(asked, rule),
        finding="In scope: a recommendation suffices whatever the sentence.",
    ),
)
BRITISH = Criterion(
    id="nationality.british",
    answer=Answer(
        in_scope=False,
        holds=_is_of(na.BRITISH),
        finding=None,  # "The prison record says British." stands first among the reasons.
    ),
)
NOT_SENTENCED = Criterion(
    id="referral.not-sentenced",
    answer=Answer(
        in_scope=False,
        holds=lambda asked, _: ~asked.sentenced.is_sentenced,
        finding="Not in scope: no sentence is being served that counts.",
    ),
)
IRISH_LENGTH = Criterion(
    id="referral.irish-length",
    numbers=("months",),
    one_sentence=_IRISH_SENTENCE,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(_IRISH_SENTENCE),
        finding="In scope: an Irish citizen, and the length reaches {months} months.",
    ),
)
IRISH = Criterion(
    id="referral.irish",
    answer=Answer(
        in_scope=False,
        holds=_is_of(na.IRISH),
        finding="Not in scope: an Irish citizen without a court recommendation.",
    ),
)
UNCLEAR_LENGTH = Criterion(
    id="referral.unclear-length",
    numbers=("months",),
    one_sentence=_UNCLEAR_SENTENCE,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(_UNCLEAR_SENTENCE),
        finding="In scope: nationality unclear, and the length reaches {months} months.",
    ),
    otherwise=Answer(
        in_scope=False,
        holds=_is_of(na.UNCLEAR),
        finding="Not in scope: nationality unclear, but the length does not reach {months} months, "
        "alone or with others.",
    ),
)
NON_EEA_LENGTH = Criterion(
    id="referral.non-eea-length",
    numbers=("months",),
    one_sentence=_NON_EEA_SENTENCE,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(_NON_EEA_SENTENCE),
        finding="In scope: outside the EEA, and the length reaches {months} months.",
    ),
    otherwise=Answer(
        in_scope=False,
        holds=_is_of(na.NON_EEA),
        finding="Not in scope: the length does not reach {months} months, alone or with others.",
    ),
)
EEA_LENGTH = Criterion(
    id="referral.eea-length",
    numbers=("months",),
    one_sentence=_EEA_SENTENCE,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(_EEA_SENTENCE),
        finding="In scope: EEA, and the length reaches {months} months.",
    ),
    otherwise=Answer(
        in_scope=False,
        holds=_is_of(na.EEA),
        finding="Not in scope: EEA, and the length does not reach {months} months.",
    ),
)
AGGREGATE = Criterion(
    id="referral.aggregate",
    numbers=("months", "years", "earlier_sentences"),
    answer=Answer(
        in_scope=True,
        holds=lambda asked, _: asked.added_up.reaches,
        finding="In scope: together with the longest sentences of the {years} years before, "
        "{earlier_sentences} at most, the length reaches {months} months.",
    ),
)
DRUGS = Criterion(
    id="referral.drugs",
    one_sentence=_FOR_DRUGS,
    answer=Answer(
        in_scope=True,
        holds=_is_sentenced_for(_FOR_DRUGS),
        finding="In scope: a drug offence other than possession only, whatever the sentence.",
    ),
)
GUNS = Criterion(
    id="referral.guns",
    one_sentence=_FOR_GUNS,
    answer=Answer(
        in_scope=True,
        holds=_is_sentenced_for(_FOR_GUNS),
        finding="In scope: a gun offence, whatever the sentence.",
    ),
)
EEA_DRUGS_GUNS = Criterion(
    id="referral.eea-drugs-guns",
    numbers=("months",),
    one_sentence=_EEA_FOR_DRUGS_GUNS,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length_for(_EEA_FOR_DRUGS_GUNS),
        finding="In scope: EEA, and a sentence for drugs or guns reaches {months} months.",
    ),
)
EEA_SERIOUS = Criterion(
    id="referral.eea-serious",
    numbers=("months",),
    one_sentence=_EEA_FOR_SERIOUS,
    answer=Answer(
        in_scope=True,
        holds=_reaches_length_for(_EEA_FOR_SERIOUS),
        finding="In scope: EEA, and a sentence for a drug, violent or sexual offence reaches "
        "{months} months.",
    ),
)
EVERY_FOREIGN_NATIONAL = Criterion(
    id="referral.every-foreign-national",
    numbers=("at_once_within_days",),
    answer=Answer(
        in_scope=True,
        holds=lambda asked, rule: _in_force(asked, rule) & asked.sentenced.is_sentenced,
        finding="In scope: every sentenced foreign national is notified.",
    ),
)
UNDETERMINED = Criterion(
    id="referral.undetermined",
    answer=Answer(
        in_scope=True,
        holds=lambda asked, _: asked.sentenced.undetermined,
        finding="In scope: the length is not known, and what is not known takes nobody off the "
        "list.",
    ),
)

REFERRAL: tuple[Criterion, ...] = (
    COURT_RECOMMENDATION,
    BRITISH,
    NOT_SENTENCED,
    IRISH_LENGTH,
    IRISH,
    UNCLEAR_LENGTH,
    NON_EEA_LENGTH,
    EEA_LENGTH,
    EEA_DRUGS_GUNS,
    EEA_SERIOUS,
    AGGREGATE,
    DRUGS,
    GUNS,
    EVERY_FOREIGN_NATIONAL,
    UNDETERMINED,
)
"""The order in which they are asked."""
