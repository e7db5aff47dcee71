"""What the pages of a run say of the publication that it is."""

import logging
from typing import Any

from jobs.notify import limited_readers, load_recipients
from jobs.operate.run.run_folder import RunFolder
from jobs.operate.site_rules.exceptions_of_night import SiteExceptions
from jobs.report import RUNS_PAGE, About, parts_of
from jobs.report.about import DESPITE, size_notices
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import CheckOverride, Manifest

log = logging.getLogger(__name__)


def described(run: RunFolder, *, manifest: Manifest, override: CheckOverride | None) -> About:
    """The versions, addresses and notices that stand on every page of the run's site."""
    return About(
        as_of=run.as_of,
        publication_id=manifest.publication_id,
        code_version=manifest.code_version,
        policy_version=manifest.policy_version,
        model_version=manifest.model_version,
        **shown_of(run.settings),
        runs_url=f"../{RUNS_PAGE}",
        notices=(
            *((override.notice,) if override else ()),
            *SiteExceptions.of(manifest.decisions).notices,
        ),
        remarks=size_notices(manifest.inputs),
        headed=DESPITE if override else "",
    )


def shown_of(settings: Settings) -> dict[str, str]:
    """What pages show of a site's settings; other pages where it changes."""
    return {"pages_url": settings.pages_url, "contact": _contact(settings)}


def read_by_pages(settings: Settings) -> dict[str, Any]:
    """All that the pages of a run read of a site's settings: what they show, and for whom."""
    parts = sorted(parts_of(limited_readers(settings.recipients)))
    return {**shown_of(settings), "parts": parts}


def _contact(settings: Settings) -> str:
    """Whom readers may ask, as the file of readers says; a fault of that file stops no night."""
    try:
        readers = load_recipients(settings.recipients)
    except BadInput as error:
        log.warning("nobody to ask is named in the workbook: %s", error)
        return ""
    return next((reader.contact.text for reader in readers if reader.contact), "")
