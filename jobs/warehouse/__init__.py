"""The warehouse: publications, identities, decisions and outbox in one PostgreSQL database."""

from jobs.warehouse.attempts import record_attempt
from jobs.warehouse.contradictions import Contradiction, Decision
from jobs.warehouse.embedded import EmbeddedServer
from jobs.warehouse.embedded import start as start_embedded
from jobs.warehouse.embedded import stop as stop_embedded
from jobs.warehouse.engine import open_warehouse
from jobs.warehouse.ledger import (
    acknowledge,
    acknowledgements,
    decisions,
    record_decision,
    record_decisions,
    withdraw_acknowledgement,
    withdraw_decision,
)
from jobs.warehouse.migrate import upgrade
from jobs.warehouse.models import (
    approve_model,
    approved_model,
    model_approvals,
    withdraw_model,
)
from jobs.warehouse.publishing import Manifest, Override, Publication, override_of, publish
from jobs.warehouse.reading import (
    current_publication,
    figures_before,
    latest_before,
    latest_identities,
    nights_before,
    publication_on,
    publications,
    read_nights,
    read_rows,
    read_table,
)
from jobs.warehouse.retention import remove_old
from jobs.warehouse.roles import create_roles

__all__ = [
    "Contradiction",
    "Decision",
    "EmbeddedServer",
    "Manifest",
    "Override",
    "Publication",
    "acknowledge",
    "acknowledgements",
    "approve_model",
    "approved_model",
    "create_roles",
    "current_publication",
    "decisions",
    "figures_before",
    "latest_before",
    "latest_identities",
    "model_approvals",
    "nights_before",
    "open_warehouse",
    "override_of",
    "publication_on",
    "publications",
    "publish",
    "read_nights",
    "read_rows",
    "read_table",
    "record_attempt",
    "record_decision",
    "record_decisions",
    "remove_old",
    "start_embedded",
    "stop_embedded",
    "upgrade",
    "withdraw_acknowledgement",
    "withdraw_decision",
    "withdraw_model",
]
