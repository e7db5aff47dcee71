"""The warehouse: publications, identities, decisions and outbox in one PostgreSQL database."""

from jobs.warehouse.ddl.migrate import upgrade
from jobs.warehouse.ddl.roles import PAGE, REVIEWER, create_roles, has_role
from jobs.warehouse.embedded import EmbeddedServer
from jobs.warehouse.embedded import start as start_embedded
from jobs.warehouse.embedded import stop as stop_embedded
from jobs.warehouse.ledgers.answers import record_answer
from jobs.warehouse.ledgers.audit_log import Reviewer, audit_entries
from jobs.warehouse.ledgers.contradictions import Contradiction, Decision
from jobs.warehouse.ledgers.model_approvals import (
    approve_model,
    approved_model,
    model_approvals,
    withdraw_model,
)
from jobs.warehouse.ledgers.proof_ledgers import (
    assurance_checks,
    planted_cases,
    record_check,
    record_planted,
    sample_checks,
    withdraw_check,
)
from jobs.warehouse.ledgers.review_ledgers import (
    CANNOT_TELL,
    JUDGEMENTS,
    acknowledge,
    acknowledgements,
    decisions,
    record_decision,
    record_decisions,
    withdraw_acknowledgement,
)
from jobs.warehouse.ledgers.run_log import complete_run, read_runs, record_run
from jobs.warehouse.ledgers.second_person import all_decisions, withdraw_decision
from jobs.warehouse.store.actors import named
from jobs.warehouse.store.connections import open_warehouse
from jobs.warehouse.store.manifest import Manifest
from jobs.warehouse.store.publishing import (
    CheckOverride,
    Publication,
    override_of,
    publish,
)
from jobs.warehouse.store.reading import (
    current_publication,
    figures_before,
    known_identities_digest,
    latest_before,
    latest_identities,
    latest_publication,
    nights_before,
    publication_on,
    publications,
    read_chosen,
    read_nights,
    read_rows,
    read_table,
)
from jobs.warehouse.store.retention import remove_old
from jobs.warehouse.store.verification import audit_written

__all__ = [
    "CANNOT_TELL",
    "JUDGEMENTS",
    "PAGE",
    "REVIEWER",
    "CheckOverride",
    "Contradiction",
    "Decision",
    "EmbeddedServer",
    "Manifest",
    "Publication",
    "Reviewer",
    "acknowledge",
    "acknowledgements",
    "all_decisions",
    "approve_model",
    "approved_model",
    "assurance_checks",
    "audit_entries",
    "audit_written",
    "complete_run",
    "create_roles",
    "current_publication",
    "decisions",
    "figures_before",
    "has_role",
    "known_identities_digest",
    "latest_before",
    "latest_identities",
    "latest_publication",
    "model_approvals",
    "named",
    "nights_before",
    "open_warehouse",
    "override_of",
    "planted_cases",
    "publication_on",
    "publications",
    "publish",
    "read_chosen",
    "read_nights",
    "read_rows",
    "read_runs",
    "read_table",
    "record_answer",
    "record_check",
    "record_decision",
    "record_decisions",
    "record_planted",
    "record_run",
    "remove_old",
    "sample_checks",
    "start_embedded",
    "stop_embedded",
    "upgrade",
    "withdraw_acknowledgement",
    "withdraw_check",
    "withdraw_decision",
    "withdraw_model",
]
