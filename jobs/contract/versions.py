"""A declaration never changes unsaid: figures, rules and the contract have versions, one guard.

``docs/versions.csv`` keeps a digest of every version that ever was. Lines are added and never
changed. A declaration that differs from the line of its version fails the check of the documents,
which `make lint` runs: it needs a new version, and a line in ``CHANGELOG.md`` that names both,
because results before and after do not compare. A committed file is the reference, and not the
history of the repository, so that the check needs no clone and a reviewer sees the change as one
new line.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from jobs.contract.registers import CONTRACT_VERSION, TABLES, delivered_digest
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest

HEADINGS: Final = ("name", "version", "digest")
DIGITS: Final = 16


@dataclass(frozen=True, kw_only=True)
class Declared:
    """Something declared under a version: the id of a figure, ``policy`` or ``contract``.

    ``digest`` is of what it means; wording may change freely. ``raised_in`` says where its version
    is written.
    """

    name: str
    version: str
    digest: str
    raised_in: str


def contract() -> Declared:
    """The contract: what is delivered, and the codes that it may hold."""
    lists = {
        f"{name}.{field.name}": sorted(field.codes.values)
        for name, table in TABLES.items()
        for field in table.fields
        if field.codes is not None
    }
    return Declared(
        name="contract",
        version=CONTRACT_VERSION,
        digest=text_digest(delivered_digest(), canonical_json(lists)),
        raised_in="CONTRACT_VERSION of jobs/contract/registers.py",
    )


def versions_csv(*, known: str, declared: Iterable[Declared], changelog: str) -> str:
    """The reference with the declarations of today.

    Args:
        known: the reference as it stands; empty before the first.
        declared: everything that has a version.
        changelog: the text of ``CHANGELOG.md``.

    Returns:
        The lines of ``known`` and one for each new name or version, by name and version.

    Raises:
        BadInput: a declaration changed under its version, or a version that is not the first has
            no line in the changelog.
    """
    lines = {(row["name"], row["version"]): row["digest"] for row in _rows(known)}
    for each in declared:
        digest = each.digest[:DIGITS]
        if lines.setdefault((each.name, each.version), digest) != digest:
            raise BadInput(
                f"declaration [{each.name}]",
                f"it is not that of version [{each.version}]",
                f"raise {each.raised_in} and write a line in CHANGELOG.md",
            )
        is_first = not any(name == each.name and v != each.version for name, v in lines)
        if not is_first and not _is_told(each, changelog):
            raise BadInput(
                f"declaration [{each.name}]",
                f"CHANGELOG.md does not tell of version [{each.version}]",
                f"write a line with `{each.name}` and 'version {each.version}', before and after",
            )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows([*key, lines[key]] for key in sorted(lines))
    return out.getvalue()


def _rows(known: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(known)))


def _is_told(each: Declared, changelog: str) -> bool:
    said = re.compile(rf"\bversion {re.escape(each.version)}(?![\w.])")
    return any(f"`{each.name}`" in line and said.search(line) for line in changelog.splitlines())
