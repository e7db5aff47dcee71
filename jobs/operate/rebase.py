"""The rebase of a publication: its data assessed again under tonight's code, rules and model."""

import logging
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from jobs.assess import Policy, assess
from jobs.check import accept_rows
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.registers import REGISTERS
from jobs.extract import open_landing
from jobs.link import Model, link_registers
from jobs.operate.databases import warehouse
from jobs.operate.earlier_publications import FOLLOWS
from jobs.operate.run.run_folder import Frames
from jobs.report.movement import (
    EXPLAINING,
    EarlierLines,
    Moved,
    Position,
    Versions,
    explain_movement,
    follow_lines,
    lines_of,
)
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json
from jobs.runtime.settings import Settings
from jobs.warehouse import Publication, current_publication, publications, read_table

log = logging.getLogger(__name__)

COMPARED_WITH = "compared_with"
"""Key in a manifest's ``decisions``: the publication with which the night was compared."""


def compared_with(
    engine: sa.Engine, *, manifest: Mapping[str, Any], as_of: date, follows: str
) -> str:
    """The publication with which a night is compared; empty where there is none.

    That of the night before, if there is one. On the first night it is the publication of the same
    date that this one will supersede; publishing the same night again compares it with what it was
    compared with, so it gives the same publication.

    Args:
        engine: the warehouse.
        manifest: the night's manifest as JSON, but for what it is compared with.
        as_of: the night.
        follows: the publication of the night before; empty on the first night.
    """
    if follows:
        return follows
    for same in publications(engine, as_of=as_of):
        if _inputs(same.manifest) == _inputs(manifest):
            return str(same.manifest["decisions"].get(COMPARED_WITH, ""))
    current = current_publication(engine, as_of=as_of)
    return "" if current is None else current.publication_id


def _inputs(manifest: Mapping[str, Any]) -> str:
    given = {k: v for k, v in manifest["decisions"].items() if k != COMPARED_WITH}
    return canonical_json({**manifest, "decisions": given, "results": {}})


def versions_of(manifest: Mapping[str, Any]) -> Versions:
    """What turned a publication's data into its results; the contract and settings are code."""
    software = (manifest["contract_version"], manifest["code_version"], manifest["settings"])
    return Versions(
        code=canonical_json(software),
        rules=manifest["policy_version"],
        model=manifest["model_version"],
    )


def read_position(engine: sa.Engine, publication: Publication) -> Position:
    """A publication as a movement reads it."""
    wanted = [table.full_name for table in (*EXPLAINING, results.FIGURES)]
    return Position(
        as_of=publication.as_of,
        publication_id=publication.publication_id,
        versions=versions_of(publication.manifest),
        facts={name: read_table(engine, publication.publication_id, name) for name in wanted},
    )


def moved_since(
    other: str, *, after: Position, settings: Settings, policy: Policy, model: Model
) -> Moved:
    """What moved between an earlier publication and tonight.

    Where the software differs, the earlier data are assessed again. The answer is kept nowhere:
    what is read from a folder that no seal of this run covers could say anything, and the movement
    of people is published from it.

    Args:
        other: the publication compared with; empty where there is none.
        after: tonight's results.
        settings: the installation.
        policy: tonight's rules.
        model: the linkage model of tonight's links.
    """
    if not other:
        return explain_movement(before=None, after=after)
    with warehouse(settings) as engine:
        compared = next(p for p in publications(engine) if p.publication_id == other)
        before = read_position(engine, compared)
    if before.versions == after.versions:
        return explain_movement(before=before, after=after)
    rebased = rebase(
        before=before,
        inputs=compared.manifest["inputs"],
        landings=settings.data_dir / "landing",
        policy=policy,
        model=model,
    )
    return explain_movement(before=before, after=after, rebased=rebased)


def explained_since(
    decisions: Mapping[str, Any],
    *,
    after: Position,
    settings: Settings,
    policy: Policy,
    model: Model,
    cases: Collection[str],
) -> Frames:
    """Why tonight's figures and lists are not those of the night before, by full name of table.

    Args:
        decisions: those of tonight's manifest: which publication it follows and is compared with.
        after: tonight, with all its results.
        settings: the installation.
        policy: tonight's rules.
        model: the linkage model of tonight's links.
        cases: the cases that the immigration register holds.
    """
    other = decisions[COMPARED_WITH]
    moved = moved_since(other, after=after, settings=settings, policy=policy, model=model)
    facts = {
        **after.facts,
        results.MOVEMENT.full_name: moved.movement,
        results.BRIDGES.full_name: moved.bridges,
    }
    before = _earlier_lines(decisions[FOLLOWS], after=after, settings=settings)
    lines = follow_lines(facts=facts, as_of=after.as_of, before=before, cases=cases)
    return {
        results.MOVEMENT.full_name: moved.movement,
        results.BRIDGES.full_name: moved.bridges,
        results.LISTED.full_name: lines.listed,
        results.CLOSED.full_name: lines.closed,
    }


def _earlier_lines(follows: str, *, after: Position, settings: Settings) -> EarlierLines | None:
    """The lines of the night before; None on the first night.

    A publication from before lines were kept has listed its own since its night, as far as anybody
    can tell.
    """
    if not follows:
        return None
    with warehouse(settings) as engine:
        (earlier,) = (p for p in publications(engine) if p.publication_id == follows)
        lines = read_table(engine, follows, results.LISTED.full_name)
        if lines.empty:
            needed = {t.full_name for listed in CASE_LISTS.values() for t in listed.tables}
            needed |= {results.BACKLOG.full_name, results.ASSESSMENTS.full_name}
            held = {name: read_table(engine, follows, name) for name in sorted(needed)}
            lines = lines_of(held, as_of=earlier.as_of)
    return EarlierLines(
        day=earlier.as_of,
        lines=lines,
        same_versions=versions_of(earlier.manifest) == after.versions,
    )


def rebase(
    *,
    before: Position,
    inputs: Mapping[str, Any],
    landings: Path,
    policy: Policy,
    model: Model,
) -> Frames | None:
    """Check, link and assess the data of a publication with tonight's code, rules and model.

    Reviewers' decisions are those that its links bear, and its identities keep their ids, so that
    nothing but the software differs.

    Args:
        before: the publication.
        inputs: the landings that its manifest names.
        landings: the folder of all landings.
        policy: tonight's rules.
        model: tonight's linkage model.

    Returns:
        `EXPLAINING` by full name; None where a landing is gone, damaged or of another contract.
    """
    landed: dict[str, pa.Table] = {}
    try:
        for register in REGISTERS:
            landing = open_landing(
                register=register,
                as_of=before.as_of,
                folder=landings,
                content_digest=inputs[register]["content_digest"],
            )
            landed |= landing.tables()
        checked = accept_rows(tables=landed, as_of=before.as_of)
    except BadInput as error:
        log.warning("the night of %s cannot be assessed again: %s", before.as_of, error)
        return None
    linked = link_registers(
        tables=checked.accepted,
        decisions=_decisions(before.facts[results.LINKS.full_name]),
        previous_identities=before.facts[results.IDENTITIES.full_name],
        model=model,
    )
    assessed = assess(
        tables=checked.accepted,
        links=linked.links,
        identities=linked.identities,
        as_of=before.as_of,
        policy=policy,
        quarantine=checked.quarantine,
        previous_assessments=before.facts[results.ASSESSMENTS.full_name],
    )
    return {
        results.ASSESSMENTS.full_name: assessed.assessments,
        results.RELEASES.full_name: assessed.releases,
        results.LINKS.full_name: linked.links,
        results.IDENTITIES.full_name: linked.identities,
        results.QUARANTINE.full_name: checked.quarantine,
    }


def _decisions(links: pd.DataFrame) -> pd.DataFrame:
    """The reviewers' decisions that a publication's links bear."""
    decided = links[links["decided_by"].notna()]
    words = {"linked": "must_link", "not_linked": "must_not_link"}
    frame = pd.DataFrame(
        {
            "prisoner_number": decided["prisoner_number"],
            "cid_person_id": decided["cid_person_id"],
            "judgement": decided["outcome"].map(words),
            "reviewer": decided["decided_by"],
            "reason": "decided before",
            "decided_at": pd.Timestamp(0, tz="UTC"),
            "signed": decided["decided_by"],
        }
    )
    return results.DECISIONS.frame(results.DECISIONS.arrow(frame))
