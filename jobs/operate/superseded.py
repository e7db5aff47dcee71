"""Publications of a night that another one replaced: why, and their pages, kept and marked.

A correction is news only with its reason, and what was said before must stay readable beside it.
Reasons follow from the two manifests, which say what each publication depends on.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

from jobs.contract.registers import REGISTERS
from jobs.contract.view_models import day_text
from jobs.operate.earlier_publications import FOLLOWS
from jobs.operate.site_rules.exceptions_of_night import EXCEPTED
from jobs.report import PARTS, RUNS_PAGE
from jobs.report.about import with_notice
from jobs.warehouse import Publication
from jobs.warehouse.store.publishing import DESPITE

FOLDER: Final = "superseded"
"""Folder in the pages of a night that holds those of its earlier publications, by their ids."""
SHORT: Final = 12
"""Signs of an id that readers see."""
_SHOWN_ID: Final = re.compile(r"Publication <bdi>([^<]+)</bdi>")
_VERSIONS: Final = {
    "policy_version": "the rules changed",
    "model_version": "the linkage model changed",
    "code_version": "the software changed",
}
_DECISIONS: Final = {
    "decisions": "reviewers decided on links, or withdrew decisions",
    DESPITE: "a named person let failed checks pass, or took that back",
    "known_identities": "the people known from nights before changed",
    EXCEPTED: "an exception from a check was confirmed, changed or ended",
    FOLLOWS: "the night before was published again",
}


def reasons_of_correction(before: Publication, after: Publication) -> tuple[str, ...]:
    """Why a night was published again: what the two publications do not depend on alike.

    Args:
        before: the publication that was replaced.
        after: the one that replaced it.
    """
    was, now = before.manifest, after.manifest
    said = [
        f"the {register} register delivered other data"
        for register in REGISTERS
        if _delivered(was, register) != _delivered(now, register)
    ]
    for key, words in _VERSIONS.items():
        if was.get(key) != now.get(key):
            versions = f" from {was.get(key)} to {now.get(key)}" if key == "policy_version" else ""
            said.append(f"{words}{versions}")
    given, holding = was.get("decisions", {}), now.get("decisions", {})
    said += [words for key, words in _DECISIONS.items() if given.get(key) != holding.get(key)]
    return tuple(said) or ("something else that it depends on changed",)


def reason_line(reasons: Sequence[str]) -> str:
    """The reasons in a sentence of their own."""
    return f"Published again because {'; '.join(reasons)}."


def _delivered(manifest: Mapping[str, Any], register: str) -> Any:
    return manifest.get("inputs", {}).get(register, {}).get("content_digest")


def keep_superseded(
    *, shown: Path, made: Path, current: Publication, earlier: Sequence[Publication]
) -> None:
    """Keep the pages that stand, where the pages being made replace them, and mark both.

    Args:
        shown: the pages of the night as readers find them now; there may be none.
        made: the pages that are about to take their place.
        current: the publication of those.
        earlier: the publications of the night that are no longer current, in order.
    """
    kept = made / FOLDER
    for folder, id_ in _shown_before(shown):
        if id_ == current.publication_id[:SHORT] or (kept / id_).exists():
            continue
        # Not those for a part: who is another's by the correction was in the copy before.
        ignored = shutil.ignore_patterns(FOLDER, PARTS) if folder == shown else None
        shutil.copytree(folder, kept / id_, ignore=ignored)
        if folder == shown:
            _mark(kept / id_, current)
    known = {publication.publication_id: publication for publication in earlier}
    before = known.get(current.supersedes or "")
    if before is not None:
        link = kept / before.publication_id[:SHORT] / "index.html"
        _notice_correction(made, before, current, link if link.is_file() else None)


def _shown_before(shown: Path) -> list[tuple[Path, str]]:
    """The pages that stand and those kept beside them, with the short ids of publications."""
    found = []
    first = shown / "index.html"
    if first.is_file():
        told = _SHOWN_ID.search(first.read_text(encoding="utf-8"))
        found += [(shown, told[1])] if told else []
    return found + [(path, path.name) for path in sorted((shown / FOLDER).glob("*/"))]


def _mark(folder: Path, current: Publication) -> None:
    """Say on every page that it is superseded, and where the page of now is."""
    for path in sorted(folder.rglob("*.html")):
        up = "../" * (len(path.relative_to(folder).parts) + 1)
        page = path.read_text(encoding="utf-8").replace(f"../{RUNS_PAGE}", f"../../../{RUNS_PAGE}")
        notice = (
            f"<strong>Superseded</strong> The night of {escape(day_text(current.as_of))} was "
            f'published again: these numbers are no longer current. <a href="{up}index.html">What '
            "is current</a>"
        )
        path.write_text(with_notice(page, notice), encoding="utf-8")


def _notice_correction(
    made: Path, before: Publication, current: Publication, kept: Path | None
) -> None:
    """Say on every new page that it corrects what was published before, and why."""
    reason = escape(reason_line(reasons_of_correction(before, current)))
    for path in sorted(made.rglob("*.html")):
        inside = path.relative_to(made)
        if inside.parts[0] == FOLDER:
            continue
        up = "../" * (len(inside.parts) - 1)
        link = (
            f' <a href="{up}{kept.relative_to(made).as_posix()}">What was published before</a>'
            if kept and inside.parts[0] != PARTS
            else ""
        )
        notice = f"<strong>Correction</strong> {reason}{link}"
        path.write_text(with_notice(path.read_text(encoding="utf-8"), notice), encoding="utf-8")
