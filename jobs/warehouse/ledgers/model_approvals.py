"""The ledger of linkage models: which one a named person approved, when and why.

Rows are withdrawn, never deleted. The model in use is the last that was approved and not
withdrawn; where there is none, it is the one that comes with the code.
"""

from typing import Any

import pandas as pd
import sqlalchemy as sa

from jobs.contract.schema import Kind
from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.review_ledgers import entries, refuse_blank, withdraw
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import MODEL_APPROVALS


def approved_model(engine: sa.Engine) -> str | None:
    """The model in use as JSON text, as it was approved; None where none is."""
    with transaction(engine) as connection:
        found = connection.scalar(_last_holding(MODEL_APPROVALS.c.model))
    return None if found is None else str(found)


def approve_model(
    engine: sa.Engine,
    *,
    version: str,
    digest: str,
    model: str,
    quality: str,
    by: str,
    reason: str,
    actor: str | None = None,
) -> int:
    """Record that a named person approved a model; give the approval's number.

    It is in use from the next night on. Approving the model that is in use changes nothing.

    Args:
        engine: the warehouse.
        version: its version.
        digest: SHA-256 over everything that it says.
        model: the model as JSON.
        quality: what was measured of it, as JSON.
        by: who approves, as it was typed.
        reason: why.
        actor: whom Airflow's login vouches for; None where the database knows who it is.

    Raises:
        BadInput: the name or the reason is missing.
    """
    refuse_blank("an approval", by=by, reason=reason)
    with transaction(engine) as connection:
        acting_as(connection, actor)
        query = _last_holding(MODEL_APPROVALS.c.approval_id, MODEL_APPROVALS.c.model_digest)
        last = connection.execute(query).first()
        if last is not None and last.model_digest == digest:
            return int(last.approval_id)
        number = connection.scalar(
            sa.insert(MODEL_APPROVALS)
            .values(
                model_version=version,
                model_digest=digest,
                model=model,
                quality=quality,
                approved_by=by,
                reason=reason,
            )
            .returning(MODEL_APPROVALS.c.approval_id)
        )
    return int(number or 0)


def withdraw_model(engine: sa.Engine, *, version: str, by: str, reason: str) -> None:
    """Withdraw every approval of a model: the one approved before is in use again.

    Raises:
        BadInput: no such approval holds, or the name or the reason is missing.
    """
    refuse_blank("a withdrawal", by=by, reason=reason)
    with transaction(engine) as connection:
        chosen = (MODEL_APPROVALS.c.model_version == version,)
        if not withdraw(connection, MODEL_APPROVALS, chosen, by=by, reason=reason):
            raise BadInput(
                f"model [{version}]", "no approval of it holds", "see: python -m jobs train list"
            )


def model_approvals(engine: sa.Engine) -> pd.DataFrame:
    """Every approval, withdrawn ones too, in order: who, when and why."""
    shown = {
        "model_version": Kind.TEXT,
        "model_digest": Kind.TEXT,
        "approved_by": Kind.TEXT,
        "recorded_by": Kind.TEXT,
        "reason": Kind.TEXT,
        "approved_at": Kind.TIMESTAMP,
        "deleted_at": Kind.TIMESTAMP,
        "deleted_by": Kind.TEXT,
        "deletion_recorded_by": Kind.TEXT,
    }
    query = sa.select(*(MODEL_APPROVALS.c[name] for name in shown)).order_by(
        MODEL_APPROVALS.c.approval_id
    )
    return entries(engine, query, shown)


def _last_holding(*columns: sa.Column[Any]) -> sa.Select[Any]:
    """The last approval that was not withdrawn."""
    query = sa.select(*columns).where(MODEL_APPROVALS.c.deleted_at.is_(None))
    return query.order_by(MODEL_APPROVALS.c.approval_id.desc()).limit(1)
