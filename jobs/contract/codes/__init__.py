"""Code lists of both registers.

Prison codes follow the public prison APIs; immigration codes are this project's, because no
public schema exists.
"""

from jobs.contract.codes.casework import (
    APPEAL_OUTCOME,
    BAIL_STATUS,
    BARRIER_TYPE,
    CASE_OUTCOME,
    CASE_TYPE,
    DECISION_EVENTS,
    EVENT_TYPE,
    LOCATED_STATUS,
    REFERRAL_SOURCE,
    REMOVAL_TYPE,
    RESTRICTION_EVENTS,
    STAGE,
    TERMINAL_STAGES,
)
from jobs.contract.codes.code_sources import (
    PRISON_API,
    PROJECT,
)
from jobs.contract.codes.custody import (
    ALERT,
    CALCULATION_TYPE,
    CUSTODY_STATUS,
    IDENTIFIER_TYPE,
    IMPRISONMENT_STATUS,
    IN_OUT_STATUS,
    LEGAL_STATUS,
    LICENCE_REASONS,
    MOVEMENT_REASON,
    MOVEMENT_TYPE,
    RELEASE_REASONS,
    REMOVAL_REASONS,
)
from jobs.contract.codes.offences import (
    OFFENCE,
    Offence,
    OffenceKind,
)
from jobs.contract.codes.people import (
    GENDER,
    NATIONALITY,
    NationalityCode,
)

__all__ = [
    "ALERT",
    "APPEAL_OUTCOME",
    "BAIL_STATUS",
    "BARRIER_TYPE",
    "CALCULATION_TYPE",
    "CASE_OUTCOME",
    "CASE_TYPE",
    "CUSTODY_STATUS",
    "DECISION_EVENTS",
    "EVENT_TYPE",
    "GENDER",
    "IDENTIFIER_TYPE",
    "IMPRISONMENT_STATUS",
    "IN_OUT_STATUS",
    "LEGAL_STATUS",
    "LICENCE_REASONS",
    "LOCATED_STATUS",
    "MOVEMENT_REASON",
    "MOVEMENT_TYPE",
    "NATIONALITY",
    "OFFENCE",
    "PRISON_API",
    "PROJECT",
    "REFERRAL_SOURCE",
    "RELEASE_REASONS",
    "REMOVAL_REASONS",
    "REMOVAL_TYPE",
    "RESTRICTION_EVENTS",
    "STAGE",
    "TERMINAL_STAGES",
    "NationalityCode",
    "Offence",
    "OffenceKind",
]
