"""What a publication depends on and what it holds, put together from what the steps left.

A night trusts texts that people of the site write: mappings, changes of rules, exceptions from
checks, the linkage model. The check notes them as it begins, later steps refuse a night that they
were changed in, and the manifest holds each text with its digest.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.proof.assurance_strata import SampleChecks
from jobs.contract.registers import REGISTERS
from jobs.link import Model
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.site_rules.rules_of_night import SiteRules
from jobs.operate.software_versions import software
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest
from jobs.runtime.settings import Settings
from jobs.warehouse import Manifest, sample_checks
from jobs.warehouse.store.bulk import Content

MANIFEST: Final = "manifest.json"
"""File of the report's part that says what is published."""
TRUSTED: Final = "trusted.json"
"""File of the check's part with the texts that the night trusts."""
POLICY_OVERRIDES: Final = "policy overrides"
EXCEPTIONS: Final = "exceptions from checks"
CHECKS: Final = "assurance"
"""Key in a manifest's ``decisions``: the checks of the assurance sample that the figures count, as
JSON."""
NOT_ATTESTED: Final = frozenset(
    {
        str(results.MOVEMENT),
        str(results.BRIDGES),
        str(results.LISTED),
        str(results.CLOSED),
        str(results.CHECK_RESULTS),
    }
)
"""Results that need the id of the publication, or are known only after it."""


def trusted_texts(run: RunFolder, *, exceptions: Path) -> dict[str, str]:
    """The texts of the site's people that a night goes by, as they are now.

    Args:
        run: the night, landed.
        exceptions: the file of exceptions from checks.
    """
    mappings = {f"{name} mapping": run.landing(name).manifest.mapping for name in REGISTERS}
    return {**{k: v for k, v in mappings.items() if v}, **_files(run.settings, exceptions)}


def refuse_other_texts(run: RunFolder, *, exceptions: Path) -> None:
    """Refuse to go on by other rules or exceptions than those that the night began with.

    Raises:
        BadInput: a file was changed, put there or taken away since the check.
    """
    known, now = _known(run), _files(run.settings, exceptions)
    for name in (POLICY_OVERRIDES, EXCEPTIONS):
        if known.get(name) != now.get(name):
            raise BadInput(
                f"file of {name}",
                "was changed while the night ran",
                "run the night again, from the step [check]",
            )


def night_manifest(
    run: RunFolder,
    *,
    decisions: Mapping[str, str],
    model: Model,
    facts: Mapping[str, pd.DataFrame] | None = None,
) -> Manifest:
    """What the publication of a run depends on.

    Args:
        run: the night, checked.
        decisions: what the warehouse gave to it.
        model: the linkage model of its links.
        facts: what it holds, by full name; None while that is not known yet.
    """
    texts = {**_known(run), "linkage model": model.text}
    return Manifest(
        as_of=run.as_of,
        inputs={register: run.landing(register).summary() for register in REGISTERS},
        decisions=decisions,
        **software(SiteRules.of(decisions).policy, model),
        settings=result_settings(run.settings),
        trusted={name: {"digest": text_digest(t), "text": t} for name, t in texts.items()},
        results={} if facts is None else result_digests(facts),
    )


def result_settings(settings: Settings) -> dict[str, Any]:
    """The settings that change a result."""
    return {"link_engine": settings.link_engine, "notice_days": settings.notice_days}


def checks_input(engine: sa.Engine, *, as_of: date) -> dict[str, str]:
    """The checks that count on a night, as its manifest names them; nothing without any."""
    checks = sample_checks(engine, as_of=as_of)
    return {CHECKS: checks.as_json()} if checks.checked else {}


def checks_of(run: RunFolder) -> SampleChecks:
    """The checks that a run's link step found in the warehouse."""
    return SampleChecks.from_json(run.inputs("link").get(CHECKS))


def result_digests(facts: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """The digest of each table that a publication's id attests, by full name."""
    names = sorted(set(facts) - NOT_ATTESTED)
    with ThreadPoolExecutor() as side_by_side:
        digests = side_by_side.map(
            lambda name: Content.of(results.NIGHTLY[name], facts[name]).digest, names
        )
        return dict(zip(names, digests, strict=True))


def left_manifest(run: RunFolder) -> Manifest:
    """The manifest that the report left: its pages bear the id of it."""
    return Manifest.from_json(json.loads(run.part("report").text(MANIFEST)))


def manifest_text(manifest: Manifest) -> str:
    """A manifest as the report leaves it."""
    return canonical_json(manifest.as_json())


def _known(run: RunFolder) -> dict[str, str]:
    known: dict[str, str] = json.loads(run.part("check").text(TRUSTED))
    return known


def _files(settings: Settings, exceptions: Path) -> dict[str, str]:
    files = {POLICY_OVERRIDES: settings.policy_overrides, EXCEPTIONS: exceptions}
    return {
        name: path.read_text(encoding="utf-8", errors="replace")
        for name, path in files.items()
        if path is not None and path.is_file()
    }
