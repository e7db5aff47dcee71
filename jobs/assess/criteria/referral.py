"""The criteria by which the Prison Service refers somebody, in the order in which they are asked.

Whoever is recommended by a court comes first, then those who are left out whatever their sentence,
then the lengths; who reaches none falls short of the length of their group.
"""

from jobs.assess.columns import Flags
from jobs.assess.criteria.criterion import Answer, Candidates, Condition, Criterion
from jobs.assess.policy.dated_rules import Rule
from jobs.assess.read import nationality as na
from jobs.assess.read.sentences import meets


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
        "alone or with earlier sentences.",
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
        finding="Not in scope: the length does not reach {months} months, alone or with earlier "
        "sentences.",
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
        holds=lambda asked, _: asked.earlier.reaches,
        finding="In scope: together with the longest earlier sentences of the last {years} years, "
        "{earlier_sentences} at most, the length reaches {months} months.",
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
    IRISH,
    UNCLEAR_LENGTH,
    NON_EEA_LENGTH,
    EEA_LENGTH,
    AGGREGATE,
    EVERY_FOREIGN_NATIONAL,
    UNDETERMINED,
)
"""The order in which they are asked."""
