"""What a night computes, declared in the same words as what the registers deliver.

The steps hand these tables on as Parquet in the run's folder; the warehouse builds its
``nightly`` tables from the same declarations, adding the publication to each key. Each module
declares what one step leaves.
"""

from typing import Final

from jobs.contract.results.assessed import (
    ASSESSMENTS,
    CASEWORK,
    DISCREPANCIES,
    FLAGS,
    FLAW,
    MISSED_STATUSES,
    OUTCOME,
    REASONS,
    RELEASE_STATUS,
    RELEASES,
    STATUS,
    STATUS_ORDER,
    STEP,
    TRACED,
    UNCONSIDERED_STATUSES,
)
from jobs.contract.results.checked import (
    CHECK_RESULTS,
    FAULTS,
    FAULTY_ROWS,
    PROFILE,
    QUARANTINE,
    ROW_COUNTS,
    SEVERITY,
)
from jobs.contract.results.linked import (
    DECISIONS,
    IDENTITIES,
    IDENTITY_CHANGE,
    IDENTITY_CHANGES,
    IDENTITY_REASON,
    LINK_OUTCOME,
    LINKS,
)
from jobs.contract.results.listed import CLOSED, CLOSED_BY, LISTED
from jobs.contract.results.overridden import OVERRIDDEN, OVERRIDE_STATE, OVERRIDES
from jobs.contract.results.reported import (
    BACKLOG,
    BASIS,
    BRIDGES,
    CAUSE,
    CENSUS,
    FIGURES,
    MOVEMENT,
    NOTICE_END,
    NOTICES,
    TEAMS,
)
from jobs.contract.results.shared import (
    REGISTER,
)
from jobs.contract.schema import Table, by_name

__all__ = [
    "ASSESSMENTS",
    "BACKLOG",
    "BASIS",
    "BRIDGES",
    "CASEWORK",
    "CAUSE",
    "CENSUS",
    "CHECK_RESULTS",
    "CLOSED",
    "CLOSED_BY",
    "DECISIONS",
    "DISCREPANCIES",
    "FAULTS",
    "FAULTY_ROWS",
    "FIGURES",
    "FLAGS",
    "FLAW",
    "IDENTITIES",
    "IDENTITY_CHANGE",
    "IDENTITY_CHANGES",
    "IDENTITY_REASON",
    "LINKS",
    "LINK_OUTCOME",
    "LISTED",
    "MISSED_STATUSES",
    "MOVEMENT",
    "NIGHTLY",
    "NOTICES",
    "NOTICE_END",
    "OUTCOME",
    "OVERRIDDEN",
    "OVERRIDES",
    "OVERRIDE_STATE",
    "PROFILE",
    "QUARANTINE",
    "REASONS",
    "REGISTER",
    "RELEASES",
    "RELEASE_STATUS",
    "ROW_COUNTS",
    "SEVERITY",
    "STATUS",
    "STATUS_ORDER",
    "STEP",
    "TEAMS",
    "TRACED",
    "UNCONSIDERED_STATUSES",
]

NIGHTLY: Final[dict[str, Table]] = by_name(
    (
        ROW_COUNTS,
        QUARANTINE,
        CHECK_RESULTS,
        PROFILE,
        FAULTS,
        FAULTY_ROWS,
        LINKS,
        IDENTITIES,
        IDENTITY_CHANGES,
        ASSESSMENTS,
        RELEASES,
        CASEWORK,
        REASONS,
        FLAGS,
        DISCREPANCIES,
        OVERRIDES,
        OVERRIDDEN,
        BACKLOG,
        TEAMS,
        CENSUS,
        NOTICES,
        FIGURES,
        MOVEMENT,
        BRIDGES,
        LISTED,
        CLOSED,
    )
)
"""Every table of a publication by full name."""
