"""The criteria by which the Prison Service refers somebody, in the order in which they are asked.

Whoever is recommended by a court comes first, then those who are left out whatever their sentence,
then the lengths; who reaches none falls short of the length of their group.
"""

import numpy as np

from jobs.assess.columns import Flags
from jobs.assess.criteria.criterion import Answer, Candidates, Condition, Criterion
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read import nationality as na
from jobs.assess.read import offence_kinds as of
from jobs.assess.read.sentences import has_sentence_for, meets


def _is_of(group: int) -> Condition:
    """Of this nationality group."""
    return lambda asked, _: asked.group == group


def _reaches_length(group: int) -> Condition:
    """Of this nationality group, and sentenced to the months of the rule or without a fixed end."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        sentenced = asked.sentenced
        long = meets(sentenced, months=rule.number("months", asked.selects))
        long = (sentenced.indeterminate | long) & sentenced.is_sentenced
        reaches: Flags = _in_force(asked, rule) & long & (asked.group == group)
        return reaches

    return holds


def _is_sentenced_for(offences: Flags) -> Condition:
    """Outside the EEA or of unclear nationality, and given custody for one of these offences."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        applies = _in_force(asked, rule) & np.isin(asked.group, (na.NON_EEA, na.UNCLEAR))
        given = has_sentence_for(asked.sentence_rows, offences, months=0 * asked.group)
        answer: Flags = applies & given
        return answer

    return holds


def _reaches_length_for(offences: Flags) -> Condition:
    """Of the EEA, and given the months of the rule or more for one of these offences."""

    def holds(asked: Candidates, rule: Rule) -> Flags:
        applies = _in_force(asked, rule) & (asked.group == na.EEA)
        months = rule.number("months", asked.selects)
        given = has_sentence_for(asked.sentence_rows, offences, months=months)
        answer: Flags = applies & given
        return answer

    return holds


def _in_force(asked: Candidates, rule: Rule) -> Flags:
    return rule.in_force(asked.selects)


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
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(na.IRISH),
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
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(na.UNCLEAR),
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
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(na.NON_EEA),
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
    answer=Answer(
        in_scope=True,
        holds=_reaches_length(na.EEA),
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
    answer=Answer(
        in_scope=True,
        holds=_is_sentenced_for(of.IS_DRUGS),
        finding="In scope: a drug offence other than possession only, whatever the sentence.",
    ),
)
GUNS = Criterion(
    id="referral.guns",
    answer=Answer(
        in_scope=True,
        holds=_is_sentenced_for(of.IS_GUNS),
        finding="In scope: a gun offence, whatever the sentence.",
    ),
)
EEA_DRUGS_GUNS = Criterion(
    id="referral.eea-drugs-guns",
    numbers=("months",),
    answer=Answer(
        in_scope=True,
        holds=_reaches_length_for(of.IS_DRUGS | of.IS_GUNS),
        finding="In scope: EEA, and a sentence for drugs or guns reaches {months} months.",
    ),
)
EEA_SERIOUS = Criterion(
    id="referral.eea-serious",
    numbers=("months",),
    answer=Answer(
        in_scope=True,
        holds=_reaches_length_for(of.IS_DRUGS | of.IS_VIOLENT | of.IS_SEXUAL),
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
