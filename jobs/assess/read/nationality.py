"""Which nationality each episode is assessed by, and where evidence conflicts.

The prison record is relied on. A record of the immigration service counts only over a certain
link. Nothing is ever inferred from a name (rules ``nationality.*``).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.policy.applied_rules import AppliedRule
from jobs.assess.policy.dated_rules import Policy
from jobs.contract import codes as c

BRITISH, IRISH, EEA, NON_EEA, UNCLEAR = range(5)
NO_EVIDENCE, SECOND_BRITISH, THERE_BRITISH, THERE_FOREIGN, COURT = range(5)
"""What speaks against the prison record, strongest first after none."""

EEA_TREATMENT = AppliedRule(id="nationality.eea")

CODES = [nationality.code for nationality in c.NATIONALITY.codes]
_IS_BRITISH = np.array([getattr(n, "is_british", False) for n in c.NATIONALITY.codes])
_IS_IRISH = np.array([getattr(n, "is_irish", False) for n in c.NATIONALITY.codes])
_IS_UNKNOWN = np.array([getattr(n, "is_unknown", False) for n in c.NATIONALITY.codes])
_EEA_FROM = np.array(
    [getattr(n, "eea_from", None) or np.datetime64("NaT") for n in c.NATIONALITY.codes],
    dtype="datetime64[D]",
)


@dataclass(frozen=True, kw_only=True)
class OtherRecord:
    """What the immigration service holds for certain on the person of each episode.

    ``foreign`` is a foreign nationality in ``CODES``, -1 for none. ``is_firm`` marks one that was
    verified by a document or on which a deportation case was opened.
    """

    says_british: Flags
    foreign: Whole
    is_firm: Flags


@dataclass(frozen=True, kw_only=True)
class Nationality:
    """The nationality relied on, and the group that the criteria are asked about.

    ``code`` is the prison record's, -1 where missing or not in the list; ``second`` that of a dual
    national. ``group`` is one of the
    constants above; where a British record is contradicted it is the group of the other record,
    so that the criteria tell whether anything hangs on the answer.
    """

    code: Whole
    second: Whole
    is_british: Flags
    is_unclear: Flags
    is_conflict: Flags
    evidence: Whole
    group: Whole

    @property
    def must_be_verified(self) -> Flags:
        """Whether evidence of British nationality conflicts with another source."""
        conflicts: Flags = self.evidence != NO_EVIDENCE
        return conflicts


def read_nationality(
    *,
    person: Whole,
    persons: pa.Table,
    other: OtherRecord,
    is_court_recommended: Flags,
    selects: Days,
    conduct: Days,
    policy: Policy,
) -> Nationality:
    """Weigh the records of each episode's person.

    Args:
        person: row of each episode's person; one who is missing has no known nationality.
        persons: ``prison.persons``.
        other: the immigration service's record, over certain links only.
        is_court_recommended: a recommendation on a British record contradicts it.
        selects: the day on which EEA membership is asked.
        conduct: the day of the conduct, which ends EEA treatment.
        policy: the rules.
    """
    first = col.at(col.code_numbers(persons, "nationality", CODES), person, -1)
    second = col.at(col.code_numbers(persons, "second_nationality", CODES), person, -1)
    british = col.at(_IS_BRITISH, first, False)
    unclear = col.at(_IS_UNKNOWN, first, True)
    foreign = ~british & ~unclear
    differs = (other.foreign != first) & (other.foreign != second)
    conflict = foreign & (other.foreign >= 0) & differs
    evidence = np.select(
        [
            ~british & col.at(_IS_BRITISH, second, False),
            ~british & other.says_british,
            british & (other.foreign >= 0) & other.is_firm & ~other.says_british,
            british & is_court_recommended,
        ],
        [SECOND_BRITISH, THERE_BRITISH, THERE_FOREIGN, COURT],
        NO_EVIDENCE,
    )
    eea_holds = policy[EEA_TREATMENT].in_force(conduct)
    own = _group(first, second, selects, eea_holds)
    own[conflict] = UNCLEAR
    there = _group(other.foreign, np.full(len(first), -1), selects, eea_holds)
    group = np.where(evidence == THERE_FOREIGN, there, own)
    return Nationality(
        code=first,
        second=second,
        is_british=british,
        is_unclear=unclear,
        is_conflict=conflict,
        evidence=evidence,
        group=group,
    )


def _group(first: Whole, second: Whole, selects: Days, eea_holds: Flags) -> Whole:
    """The group of a first and second nationality; Irish and EEA treatment by either of them."""
    unclear = col.at(_IS_UNKNOWN, first, True)
    irish = col.at(_IS_IRISH, first, False) | col.at(_IS_IRISH, second, False)
    member = _is_member(first, selects) | _is_member(second, selects)
    return np.select(
        [col.at(_IS_BRITISH, first, False), unclear, irish, member & eea_holds],
        [BRITISH, UNCLEAR, IRISH, EEA],
        NON_EEA,
    )


def _is_member(nationality: Whole, on: Days) -> Flags:
    answer: Flags = col.at(_EEA_FROM, nationality, col.NO_DAY) <= on
    return answer


def read_other_record(
    *,
    identity: Whole,
    count: int,
    certain: Whole,
    persons: pa.Table,
    owner: Whole,
    firm: Flags,
    found_british: Flags,
) -> OtherRecord:
    """Gather what the certain immigration persons of each identity say of nationality.

    Args:
        identity: identity of each episode.
        count: number of identities.
        certain: identity of each immigration person, -1 if not certain.
        persons: ``immigration.persons``, in the order of ``certain``.
        owner: position in ``persons`` of each case known by the night.
        firm: for each case, whether it is a deportation case that did not end as British.
        found_british: for each case, whether it found the person to be British.
    """
    held = col.code_numbers(persons, "nationality", CODES)
    british = col.any_of(certain, col.at(_IS_BRITISH, held, False), count)
    british |= col.any_of(col.at(certain, owner, -1), found_british, count)
    is_foreign = (held >= 0) & ~col.at(_IS_BRITISH, held, True) & ~col.at(_IS_UNKNOWN, held, True)
    verified = col.flags(persons, "nationality_verified")
    has_case = col.any_of(owner, firm, len(persons))
    rank = np.where(verified, 0, 1)
    best = col.pick(certain, [rank], is_foreign, count)
    firmly = col.any_of(certain, is_foreign & (verified | has_case), count)
    return OtherRecord(
        says_british=british[identity],
        foreign=col.at(held, best, -1)[identity],
        is_firm=firmly[identity],
    )


def is_unknown(codes: Whole) -> Flags:
    """Whether a nationality is one of the codes for not known; missing is."""
    answer: Flags = col.at(_IS_UNKNOWN, codes, True)
    return answer


def output(nationality: Nationality) -> pa.Array:
    """The nationality relied on as its code; empty where missing or not in the list."""
    return pc.take(
        pa.array(CODES, pa.string()),
        pa.array(nationality.code, mask=nationality.code < 0),
    )
