"""The assessment of every custody episode: what was found, what follows, and why.

The findings (`jobs.assess.findings`), then the one status, the due date and the rank of the work,
the flags, the discrepancies between the registers; and the reasons of it all as rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd
import pyarrow as pa

from jobs.assess.decide.assessment_rows import assessments_of
from jobs.assess.decide.discrepancies import compare_registers
from jobs.assess.decide.flags import raise_flags
from jobs.assess.decide.releases import release_rows
from jobs.assess.decide.standing import decide_standing
from jobs.assess.explain.casework_record import casework_on_record
from jobs.assess.explain.reasons import give_reasons
from jobs.assess.findings import find
from jobs.assess.frames import one_heap
from jobs.assess.override_effects import Lists
from jobs.assess.policy.dated_rules import Policy


@dataclass(frozen=True, kw_only=True)
class Assessed:
    """The results, as frames of the tables of the same names in `jobs.contract.results`."""

    assessments: pd.DataFrame
    releases: pd.DataFrame
    casework: pd.DataFrame
    reasons: pd.DataFrame
    flags: pd.DataFrame
    discrepancies: pd.DataFrame

    @property
    def lists(self) -> Lists:
        """Who stands on which list."""
        return Lists(assessments=self.assessments, releases=self.releases)


@one_heap()
def assess(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
    quarantine: pd.DataFrame | None = None,
    previous_discrepancies: pd.DataFrame | None = None,
    previous_assessments: pd.DataFrame | None = None,
) -> Assessed:
    """Assess every accepted custody episode against the rules in force.

    Args:
        tables: both registers after the check, by full name, in the contract's schema.
        links: pairs of persons as in `results.LINKS`; only ``linked`` ones count.
        identities: persons and identities as in `results.IDENTITIES`.
        as_of: the night; nothing recorded or happening later is looked at.
        policy: the rules, from `load_policy`.
        quarantine: the rows kept aside, as in `results.QUARANTINE`: a sentence among them leaves
            the length of its episode undetermined.
        previous_discrepancies: those of the publication before, whose first-seen dates last.
        previous_assessments: those of the publication before, whose court recommendations last.

    Returns:
        One assessment for each row of ``prison.episodes``, and the reasons of each in order of
        reading. The same input in any row order gives the same output.

    Raises:
        BadInput: an override of the rules has expired by the night.
    """
    policy.refuse_expired(as_of=as_of)
    found = find(
        tables=tables,
        links=links,
        identities=identities,
        as_of=as_of,
        policy=policy,
        quarantine=quarantine,
        previous=previous_assessments,
    )
    standing = decide_standing(found, policy=policy)
    discrepancies = compare_registers(
        found, standing, tables=tables, policy=policy, previous=previous_discrepancies
    )
    flags = raise_flags(found, standing, tables=tables, policy=policy)
    releases = release_rows(found, standing.releases, tables=tables, policy=policy)
    assessments = assessments_of(found, standing)
    casework = casework_on_record(found, tables=tables)
    reasons = give_reasons(found, standing, policy=policy)
    # The text of the reasons is the largest result: the findings go before it is written out.
    del found
    return Assessed(
        assessments=assessments,
        releases=releases,
        casework=casework,
        reasons=reasons.frame(),
        flags=flags,
        discrepancies=discrepancies,
    )


@one_heap()
def assess_lists(
    *,
    tables: Mapping[str, pa.Table],
    links: pd.DataFrame,
    identities: pd.DataFrame,
    as_of: date,
    policy: Policy,
    quarantine: pd.DataFrame | None = None,
    previous_assessments: pd.DataFrame | None = None,
) -> Lists:
    """Assess like `assess`, and give only who stands on which list: no reason, no flag."""
    found = find(
        tables=tables,
        links=links,
        identities=identities,
        as_of=as_of,
        policy=policy,
        quarantine=quarantine,
        previous=previous_assessments,
    )
    standing = decide_standing(found, policy=policy)
    releases = release_rows(found, standing.releases, tables=tables, policy=policy)
    return Lists(assessments=assessments_of(found, standing), releases=releases)
