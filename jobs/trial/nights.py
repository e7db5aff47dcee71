"""The nights on which rules are tried: the data of publications, assessed again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from jobs.assess import Policy, assess
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.registers import REGISTERS
from jobs.extract import open_landing
from jobs.operate.earlier_publications import FOLLOWS
from jobs.report import NOTICE_DAYS, build_report
from jobs.runtime.errors import BadInput
from jobs.warehouse import Publication, publications, read_table

Facts = dict[str, pd.DataFrame]
_KEPT = (results.LINKS, results.IDENTITIES, results.CHECK_RESULTS)


@dataclass(frozen=True, kw_only=True)
class TrialNight:
    """What a publication was made from: accepted rows, links, and what came before it."""

    publication: Publication
    tables: Mapping[str, pa.Table]
    kept: Facts
    previous: Facts

    @classmethod
    def of(cls, publication: Publication, *, engine: sa.Engine, landings: Path) -> "TrialNight":
        """Read what a publication was made from.

        Raises:
            BadInput: a landing is gone or damaged.
        """
        landed: dict[str, pa.Table] = {}
        for register in REGISTERS:
            landing = open_landing(
                register=register,
                as_of=publication.as_of,
                folder=landings,
                content_digest=publication.manifest["inputs"][register]["content_digest"],
            )
            landed |= landing.tables()
        checked = accept_rows(tables=landed, as_of=publication.as_of)
        kept = {
            table.full_name: read_table(engine, publication.publication_id, table.full_name)
            for table in _KEPT
        }
        kept |= {
            results.QUARANTINE.full_name: checked.quarantine,
            results.ROW_COUNTS.full_name: checked.row_counts,
        }
        follows = publication.manifest["decisions"].get(FOLLOWS)
        before = (
            {
                table.full_name: read_table(engine, follows, table.full_name)
                for table in (results.ASSESSMENTS, results.DISCREPANCIES, results.NOTICES)
            }
            if follows
            else {}
        )
        return cls(publication=publication, tables=checked.accepted, kept=kept, previous=before)

    def under(self, policy: Policy) -> Facts:
        """The results of the night under some rules: everything that figures and lists read."""
        assessed = assess(
            tables=self.tables,
            links=self.kept[results.LINKS.full_name],
            identities=self.kept[results.IDENTITIES.full_name],
            as_of=self.publication.as_of,
            policy=policy,
            quarantine=self.kept[results.QUARANTINE.full_name],
            previous_discrepancies=self.previous.get(results.DISCREPANCIES.full_name),
            previous_assessments=self.previous.get(results.ASSESSMENTS.full_name),
        )
        facts = self.kept | {
            table.full_name: getattr(assessed, table.name)
            for table in (
                results.ASSESSMENTS,
                results.RELEASES,
                results.CASEWORK,
                results.REASONS,
                results.FLAGS,
                results.DISCREPANCIES,
            )
        }
        given = self.publication.manifest.get("settings", {})
        reported = build_report(
            tables=self.tables,
            facts=facts,
            as_of=self.publication.as_of,
            notices=self.previous.get(results.NOTICES.full_name),
            notice_days=given.get("notice_days", NOTICE_DAYS),
        )
        return facts | reported.tables


def nights_to_try(engine: sa.Engine, *, as_of: date, since: date | None) -> list[Publication]:
    """The current publications of the nights from ``since`` to ``as_of``, in order.

    Raises:
        BadInput: nothing is published for ``as_of``.
    """
    current: dict[date, Publication] = {}
    for publication in publications(engine):
        if (since or as_of) <= publication.as_of <= as_of and publication.is_current:
            current[publication.as_of] = publication
    if as_of not in current:
        raise BadInput(f"as-of date [{as_of}]", "nothing is published for it", "run the night")
    return [current[day] for day in sorted(current)]
