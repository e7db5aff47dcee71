"""What a night is made of, as a page: ``docs/dependencies.md``.

``python -m benchmarks.dependencies --sbom FILE --audit FILE`` reads the bill of materials that
``cyclonedx-py`` wrote of the environment and the answer of ``pip-audit`` (``make audit`` runs
both), and lists each pinned distribution with its release, its licence and who asked for it. Exits
with 1 where a known fault is named, after the page is written.
"""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", re.MULTILINE)
_HEAD = """# What a night is made of

Written by `make audit`. Each distribution of `requirements.txt`: its release, the licence that it
declares, and what asked for it. The bill of materials in CycloneDX's format, with everything that
is installed, is `var/sbom.cdx.json` after the same command; every pin bears its hashes.

{audited}

| distribution | release | licence | asked for by |
|---|---|---|---|
"""


def main(
    sbom: Annotated[Path, typer.Option(help="Bill of materials of the environment.")],
    audit: Annotated[Path, typer.Option(help="What pip-audit answered, as JSON.")],
) -> None:
    """Write the page of dependencies."""
    components = json.loads(sbom.read_text(encoding="utf-8"))["components"]
    licences = {_key(each["name"]): _licence(each) for each in components}
    answers = json.loads(audit.read_text(encoding="utf-8"))["dependencies"]
    faults = [
        f"{each['name']} {each['version']}: {fault['id']}"
        for each in answers
        for fault in each.get("vulns", ())
    ]
    asked = [each for each in answers if "skip_reason" not in each]
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    rows = [
        f"| {name} | {release} | {licences.get(_key(name), 'not installed here')} | {askers} |"
        for name, release, askers in _pins(text)
    ]
    head = _HEAD.format(audited=_audited(len(asked), len(answers), faults))
    PAGE.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
    print(f"{len(rows)} distributions, {len(asked)} looked up, {len(faults)} known faults")  # noqa: T201
    sys.exit(1 if faults else 0)


def _audited(asked: int, total: int, faults: list[str]) -> str:
    """What is known of known faults; the page of a run that reached no database stays as it is."""
    if not asked:
        before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
        kept = re.search(r"^\*\*Known faults\*\*.*$", before, re.MULTILINE)
        if kept:
            return kept.group(0)
    day = f"{datetime.now(UTC).date():%-d %B %Y}"
    found = ", ".join(faults) if faults else "none found"
    if not asked:
        found = "not known, the advisories could not be reached from where this was written"
    return f"**Known faults** on {day}, {asked} of {total} looked up: {found}."


def _pins(text: str) -> list[tuple[str, str, str]]:
    """Name, release and askers of each pin."""
    found = []
    places = [*_PIN.finditer(text)]
    for place, following in zip(places, [*places[1:], None], strict=True):
        block = text[place.end() : following.start() if following else len(text)]
        askers = re.findall(r"^    #   +(\S+)|# via (\S+)", block, re.MULTILINE)
        names = [first or second for first, second in askers]
        ours = "deportation-reconciliation"
        found.append((
            place.group(1),
            place.group(2),
            ", ".join("this project" if name == ours else name for name in names),
        ))  # fmt: skip
    return found


def _licence(component: dict[str, Any]) -> str:
    said = []
    for each in component.get("licenses", ()):
        licence = each.get("license", {})
        text = each.get("expression") or licence.get("id") or licence.get("name") or ""
        said.append(text.rpartition("::")[2].strip().splitlines()[0] if text else "")
    spdx = [text for text in said if text and " License" not in text]
    return " / ".join(dict.fromkeys(spdx or said)) or "none declared"


def _key(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    typer.run(main)
