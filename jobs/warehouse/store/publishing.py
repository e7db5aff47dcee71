"""Publishing: everything that a night computed becomes current in one transaction, or nothing does.

Copy into staging, have the database take it into a publication and flip the pointer, audit, commit.
Publications are written one at a time, whatever their date; a second run waits. Until the commit
readers see the publication before, and a process that is killed at any point leaves nothing: the
database undoes what it had begun.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from jobs.contract import results
from jobs.runtime.errors import BadInput
from jobs.runtime.fail_points import reached
from jobs.runtime.files import canonical_json, text_digest
from jobs.warehouse.store.actors import named
from jobs.warehouse.store.bulk import Content, copy_in
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.manifest import MANIFEST_VERSION, Manifest
from jobs.warehouse.store.tables import (
    CONTENTS,
    CURRENT,
    INTERVALS,
    PUBLICATIONS,
    STAGING,
)

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('reconciliation publish', 0))"
DESPITE: Final = "published_despite"
"""Key in a manifest's ``decisions``: the failed checks, who passed them, and why."""
Audit = Callable[[sa.Connection], None]


@dataclass(frozen=True, kw_only=True)
class CheckOverride:
    """A named person's word that a night is published in spite of failed checks (``rules``).

    ``by`` is the name as it was typed, ``recorded_by`` who was logged in by the database's word,
    once `record_answer` has recorded it.
    """

    by: str
    reason: str
    rules: tuple[str, ...] = ()
    recorded_by: str | None = None

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.reason.strip():
            raise BadInput("override", "lacks a name or a reason", "give both")

    def as_json(self) -> str:
        """The override as a manifest names it, under `DESPITE`."""
        return canonical_json(
            {
                "by": self.by,
                "reason": self.reason,
                "rules": sorted(self.rules),
                "recorded_by": self.recorded_by,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "CheckOverride":
        """The override that a manifest names."""
        given = json.loads(text)
        return cls(
            by=given["by"],
            reason=given["reason"],
            rules=tuple(given["rules"]),
            recorded_by=given.get("recorded_by"),
        )

    def refuse_idle(self, failed: Iterable[str]) -> None:
        """Refuse a word on checks that hold: nobody answers for what did not happen.

        Raises:
            BadInput: one of the rules is not among the ``failed``.
        """
        idle = sorted(set(self.rules) - set(failed))
        if idle:
            raise BadInput(
                f"publish despite [{idle[0]}]", "the check holds", "run the night without it"
            )

    @property
    def who(self) -> str:
        """Who answers for it, as typed and as logged in."""
        return named(self.by, self.recorded_by)

    @property
    def notice(self) -> str:
        """The override as every page and email says it."""
        listed = f" [{', '.join(self.rules)}]" if self.rules else ""
        checks = "checks" if len(self.rules) > 1 else "a check"
        return f"Published by {self.who} in spite of {checks} that failed{listed}: {self.reason}."


def override_of(*, rules: Sequence[str], by: str, reason: str) -> CheckOverride | None:
    """The word of a person as a command line or a DAG gives it; None where none is given.

    Raises:
        BadInput: rules without a name or a reason, or a name or reason without rules.
    """
    if not rules and not by.strip() and not reason.strip():
        return None
    if not rules:
        raise BadInput("override", "names no check", "give the id of the failed check too")
    return CheckOverride(by=by, reason=reason, rules=tuple(rules))


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A published result of one as-of date.

    ``number`` is its place in the order of publishing, ``supersedes`` the id of the publication
    that was current for the date before it, ``chain_digest`` a digest of it and of the publication
    before, ``is_current`` whether it is the one now.
    """

    publication_id: str
    number: int
    as_of: date
    published_at: datetime
    content_digest: str
    chain_digest: str
    manifest: Mapping[str, Any]
    supersedes: str | None = None
    override: CheckOverride | None = None
    is_current: bool = True


def publish(
    engine: sa.Engine,
    *,
    manifest: Manifest,
    tables: Mapping[str, pd.DataFrame | pa.Table],
    audit: Audit | None = None,
    override: CheckOverride | None = None,
) -> Publication:
    """Write a publication, audit it and make it current, all in one transaction.

    Publishing the same manifest again changes nothing; where another publication has become
    current since, the pointer goes back to this one and that is recorded.

    Args:
        engine: the warehouse, up to date.
        manifest: what the result depends on.
        tables: every table of `results.NIGHTLY` by full name.
        audit: looks at the new rows through the transaction's connection, before anybody else can
            see them, and raises to stop it all.
        override: who publishes in spite of a failed check, and why.

    Raises:
        ValueError: a table is missing or unknown, or its rows do not fit.
        RuntimeError: the same inputs have given other results before: the code is not
            deterministic, or was changed without a new version; or these are not the results that
            the manifest attests.
        Unreachable: the warehouse cannot be reached or went away; nothing is published, unless it
            went during the commit: publishing again tells.
        BadInput: the disk is full, or a right is missing; nothing is published.
    """
    contents = _contents(tables)
    _refuse_unattested(manifest, contents)
    publication_id = manifest.publication_id
    with transaction(engine) as connection:
        connection.execute(sa.text("SELECT run.make_room(:as_of)"), {"as_of": manifest.as_of})
    with transaction(engine) as connection:
        connection.execute(sa.text(LOCK))
        if _is_there(connection, manifest, contents):
            connection.execute(sa.text("SELECT run.make_current(:id)"), {"id": publication_id})
        else:
            _write(connection, manifest, contents, override)
            reached("publication.written")
            if audit is not None:
                audit(connection)
        return publication(connection, publication_id)


def publication(connection: sa.Connection, publication_id: str) -> Publication:
    """The publication of this id.

    Raises:
        BadInput: there is none.
    """
    found = select_publications(connection, PUBLICATIONS.c.publication_id == publication_id)
    if not found:
        raise BadInput(
            f"publication [{publication_id}]", "there is none", "take an id of publications list"
        )
    return found[0]


def select_publications(
    connection: sa.Connection, *conditions: sa.ColumnElement[bool]
) -> list[Publication]:
    """The publications that meet every condition, in order of publishing."""
    earlier = PUBLICATIONS.alias("earlier")
    query = (
        sa.select(
            PUBLICATIONS,
            earlier.c.publication_id.label("earlier_id"),
            CURRENT.c.publication_number.is_not(None).label("is_current"),
        )
        .outerjoin(earlier, earlier.c.publication_number == PUBLICATIONS.c.supersedes)
        .outerjoin(CURRENT, CURRENT.c.publication_number == PUBLICATIONS.c.publication_number)
        .where(*conditions)
        .order_by(PUBLICATIONS.c.publication_number)
    )
    return [
        Publication(
            publication_id=row.publication_id,
            number=row.publication_number,
            as_of=row.as_of_date,
            published_at=row.published_at,
            content_digest=row.content_digest,
            chain_digest=row.chain_digest,
            manifest=_readable(row.manifest),
            supersedes=row.earlier_id,
            override=CheckOverride(
                by=row.override_by,
                reason=row.override_reason,
                **_word_on_checks(row.manifest),
            )
            if row.override_by
            else None,
            is_current=row.is_current,
        )
        for row in connection.execute(query)
    ]


def _word_on_checks(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Which checks were let pass, and who was logged in, as the manifest names them."""
    word = manifest["decisions"].get(DESPITE)
    if word is None:
        return {}
    told = CheckOverride.from_json(word)
    return {"rules": told.rules, "recorded_by": told.recorded_by}


def _readable(manifest: Mapping[str, Any]) -> Mapping[str, Any]:
    found = manifest["manifest_version"]
    if found > MANIFEST_VERSION:
        raise BadInput(
            "table [run.publications]",
            f"a manifest of version [{found}] is newer than this code",
            "run the newer code",
        )
    return manifest


def _contents(tables: Mapping[str, pd.DataFrame | pa.Table]) -> list[Content]:
    if set(tables) != set(results.NIGHTLY):
        wrong = sorted(set(tables) ^ set(results.NIGHTLY))
        raise ValueError(f"a publication holds every nightly table and no other, not {wrong}")

    def digested(name: str) -> Content:
        content = Content.of(results.NIGHTLY[name], tables[name])
        # Kept with the content: here, where every core takes a table.
        _ = content.digest
        return content

    with ThreadPoolExecutor() as side_by_side:
        return list(side_by_side.map(digested, sorted(tables)))


def content_digest(contents: list[Content]) -> str:
    """Digest of all tables of a publication; no clock and no row order is in it."""
    return publication_digest({name: c.digest for name, c in _by_name(contents).items()})


def publication_digest(digests: Mapping[str, str]) -> str:
    """Digest of all tables of a publication from the digest of each, by full name."""
    return text_digest(*(part for name in sorted(digests) for part in (name, digests[name])))


def _refuse_unattested(manifest: Manifest, contents: list[Content]) -> None:
    held = _by_name(contents)
    wrong = [name for name, digest in manifest.results.items() if held[name].digest != digest]
    if wrong:
        raise RuntimeError(f"the manifest attests other results in {wrong}")


def _is_there(connection: sa.Connection, manifest: Manifest, contents: list[Content]) -> bool:
    """Whether the publication is there; the same inputs must have given the same results."""
    inputs = {name: value for name, value in manifest.as_json().items() if name != "results"}
    row = connection.execute(
        sa.select(
            PUBLICATIONS.c.publication_number,
            PUBLICATIONS.c.publication_id,
            PUBLICATIONS.c.content_digest,
        )
        .where(
            PUBLICATIONS.c.as_of_date == manifest.as_of,
            PUBLICATIONS.c.manifest.op("-", return_type=JSONB)("results") == sa.cast(inputs, JSONB),
        )
        .order_by(PUBLICATIONS.c.publication_number.desc())
        .limit(1)
    ).one_or_none()
    if row is not None and row.content_digest != content_digest(contents):
        publication_id = row.publication_id
        known = _digests(connection, PUBLICATIONS.c.publication_id == publication_id)
        names = [c.table.full_name for c in contents]
        differing = [
            c for c, name in zip(contents, names, strict=True) if known.get(name) != c.digest
        ]
        raise RuntimeError(
            f"publication [{publication_id}] was published with other results in "
            f"{[c.table.full_name for c in differing]}"
        )
    return row is not None


def _by_name(contents: list[Content]) -> dict[str, Content]:
    return {content.table.full_name: content for content in contents}


def _digests(connection: sa.Connection, chosen: sa.ColumnElement[bool]) -> dict[str, str]:
    """The digest that each table of a publication has."""
    digest = sa.func.run.digest_of(CONTENTS.c.publication_number, CONTENTS.c.table_name)
    query = sa.select(CONTENTS.c.table_name, digest.label("digest"))
    query = query.join(PUBLICATIONS).where(chosen)
    return {row.table_name: row.digest for row in connection.execute(query)}


def _write(
    connection: sa.Connection,
    manifest: Manifest,
    contents: list[Content],
    override: CheckOverride | None,
) -> None:
    """Copy every table into staging and have the database take them into a publication."""
    last = sa.select(sa.func.max(PUBLICATIONS.c.publication_number)).scalar_subquery()
    before = _digests(connection, PUBLICATIONS.c.publication_number == last)
    staged = ", ".join(f"{STAGING}.{c.table.name}" for c in contents)
    connection.execute(sa.text(f"TRUNCATE {staged}"))
    for name, content in _by_name(contents).items():
        if name not in INTERVALS or before.get(name) != content.digest:
            copy_in(connection, content, into=(STAGING, content.table.name))
            reached("table.copied")
    told = {
        name: {"rows": c.rows.num_rows, "digest": c.digest}
        for name, c in _by_name(contents).items()
    }
    connection.execute(
        sa.select(
            sa.func.run.publish(
                manifest.publication_id,
                manifest.as_of,
                sa.cast(manifest.as_json(), JSONB),
                content_digest(contents),
                sa.cast(told, JSONB),
                sa.cast(override.by if override else None, sa.Text),
                sa.cast(override.reason if override else None, sa.Text),
            )
        )
    )
