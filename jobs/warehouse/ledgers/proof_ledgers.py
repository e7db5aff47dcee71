"""The ledgers of the proofs: what came of planted cases, and who checked whom of those cleared.

What came of planted cases is never changed. A check is withdrawn with a reason, never changed; who
was logged in and when, the database writes.
"""

from datetime import date, timedelta
from typing import Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract.proof.assurance_strata import CHECK_RESULTS, DAYS, SampleChecks
from jobs.contract.proof.failure_kinds import PlantedCases
from jobs.contract.schema import Kind
from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.review_ledgers import entries, refuse_blank, withdraw
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import Publication, publication
from jobs.warehouse.store.review_tables import ASSURANCE_CHECKS
from jobs.warehouse.store.tables import PUBLICATIONS, SELF_TESTS

SHOWN: Final = {
    "check_id": Kind.INTEGER,
    "as_of_date": Kind.DATE,
    "publication_id": Kind.TEXT,
    "episode_id": Kind.TEXT,
    "stratum": Kind.TEXT,
    "result": Kind.TEXT,
    "checked_by": Kind.TEXT,
    "recorded_by": Kind.TEXT,
    "checked_at": Kind.TIMESTAMP,
    "note": Kind.TEXT,
}


def record_check(
    engine: sa.Engine,
    *,
    of: Publication,
    episode_id: str,
    stratum: str,
    result: str,
    by: str,
    note: str,
) -> int:
    """Record what somebody found on one who was drawn; give the entry's number.

    An earlier check of the same draw is withdrawn as replaced.

    Raises:
        BadInput: the result is none that there is, or the name or the note is missing.
    """
    refuse_blank("a check", by=by, note=note)
    if result not in CHECK_RESULTS:
        known = ", ".join(CHECK_RESULTS)
        raise BadInput(f"result [{result}]", "no such result", f"use one of: {known}")
    same = (
        ASSURANCE_CHECKS.c.publication_number == of.number,
        ASSURANCE_CHECKS.c.episode_id == episode_id,
    )
    with transaction(engine) as connection:
        withdraw(connection, ASSURANCE_CHECKS, same, by=by, reason="replaced by a later one")
        number = connection.scalar(
            sa.insert(ASSURANCE_CHECKS)
            .values(
                publication_number=of.number,
                episode_id=episode_id,
                stratum=stratum,
                result=result,
                checked_by=by,
                note=note,
            )
            .returning(ASSURANCE_CHECKS.c.check_id)
        )
    return int(number or 0)


def withdraw_check(engine: sa.Engine, *, check_id: int, by: str, reason: str) -> None:
    """Withdraw a check.

    Raises:
        BadInput: no such check holds, or the name or the reason is missing.
    """
    refuse_blank("a withdrawal", by=by, reason=reason)
    with transaction(engine) as connection:
        chosen = (ASSURANCE_CHECKS.c.check_id == check_id,)
        if not withdraw(connection, ASSURANCE_CHECKS, chosen, by=by, reason=reason):
            raise BadInput(
                f"check [{check_id}]", "does not hold", "see: python -m jobs assurance checks"
            )


def assurance_checks(
    engine: sa.Engine, *, after: date | None = None, until: date | None = None
) -> pd.DataFrame:
    """The checks that hold, the newest first, of publications of nights in ``(after, until]``.

    Returns:
        The columns `SHOWN`.
    """
    columns = [
        PUBLICATIONS.c[name] if name in PUBLICATIONS.c else ASSURANCE_CHECKS.c[name]
        for name in SHOWN
    ]
    query = (
        sa.select(*columns)
        .join(
            PUBLICATIONS,
            PUBLICATIONS.c.publication_number == ASSURANCE_CHECKS.c.publication_number,
        )
        .where(ASSURANCE_CHECKS.c.deleted_at.is_(None))
        .order_by(ASSURANCE_CHECKS.c.check_id.desc())
    )
    if after is not None:
        query = query.where(PUBLICATIONS.c.as_of_date > after)
    if until is not None:
        query = query.where(PUBLICATIONS.c.as_of_date <= until)
    return entries(engine, query, SHOWN)


def sample_checks(engine: sa.Engine, *, as_of: date) -> SampleChecks:
    """The checks that count on a night: of each episode the last, of publications of a year."""
    held = assurance_checks(engine, after=as_of - timedelta(days=DAYS), until=as_of)
    last = held.drop_duplicates("episode_id")
    bad = last[last["result"].ne("right")]

    return SampleChecks(
        checked={str(k): int(v) for k, v in last["stratum"].value_counts().sort_index().items()},
        bad={str(k): int(v) for k, v in bad["stratum"].value_counts().sort_index().items()},
        people=int(last["recorded_by"].nunique()),
    )


def record_planted(engine: sa.Engine, *, publication_id: str, cases: PlantedCases) -> None:
    """Write down what came of the planted cases of a publication.

    Raises:
        BadInput: there is no such publication.
    """
    with transaction(engine) as connection:
        of = publication(connection, publication_id)
        connection.execute(
            sa.insert(SELF_TESTS)
            .inline()
            .values(
                publication_number=of.number,
                planted=dict(cases.planted),
                found=dict(cases.found),
                blamed=cases.blamed,
                sampled=cases.sampled,
                seconds=cases.seconds,
                failure=cases.failure or None,
            )
        )


def planted_cases(engine: sa.Engine, *, publication_id: str) -> PlantedCases | None:
    """What came of the planted cases last tried on a publication; None where none were."""
    query = (
        sa.select(SELF_TESTS)
        .join(PUBLICATIONS, PUBLICATIONS.c.publication_number == SELF_TESTS.c.publication_number)
        .where(PUBLICATIONS.c.publication_id == publication_id)
        .order_by(SELF_TESTS.c.test_number.desc())
        .limit(1)
    )
    with transaction(engine) as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return PlantedCases(
        planted=row.planted,
        found=row.found,
        blamed=row.blamed,
        sampled=row.sampled,
        seconds=row.seconds,
        failure=row.failure or "",
    )
