"""A definition of a figure never changes unsaid.

``docs/figure-versions.csv`` keeps the digest of every definition that ever was, by figure and
version. Lines are added and never changed. A definition that differs from the line of its version
fails the check of the documents, which `make lint` runs: it needs a new ``since`` in the registry,
and a line in ``CHANGELOG.md`` that names figure and version, because the numbers before and after
do not compare. A committed file is the reference, and not the history of the repository, so that
the check needs no clone and a reviewer sees the change as one new line.
"""

import csv
import io
import re
from collections.abc import Iterable
from typing import Final

from jobs.report.figures.figure import Figure
from jobs.runtime.errors import BadInput
from jobs.runtime.files import text_digest

HEADINGS: Final = ("figure_id", "since", "digest")
FIRST: Final = "1"
DIGITS: Final = 16


def definition_digest(figure: Figure) -> str:
    """Digest of what a figure counts; its title and owner may change freely."""
    parts = (figure.definition, figure.population, figure.unit, figure.groups)
    return text_digest(*parts, *figure.series_breaks)[:DIGITS]


def figure_versions(*, known: str, figures: Iterable[Figure], changelog: str) -> str:
    """The reference with the definitions of today.

    Args:
        known: the reference as it stands; empty before the first.
        figures: the registry.
        changelog: the text of ``CHANGELOG.md``.

    Returns:
        The lines of ``known`` and one for each new figure or version, by figure and version.

    Raises:
        BadInput: a definition changed under its version, or a version has no line in the
            changelog.
    """
    lines = {(row["figure_id"], row["since"]): row["digest"] for row in _rows(known)}
    for figure in figures:
        key, digest = (figure.id, figure.since), definition_digest(figure)
        if lines.setdefault(key, digest) != digest:
            raise BadInput(
                f"figure [{figure.id}]",
                f"its definition is not that of version [{figure.since}]",
                "give it a new version and a line in CHANGELOG.md",
            )
        if figure.since != FIRST and not _is_told(figure, changelog):
            raise BadInput(
                f"figure [{figure.id}]",
                f"CHANGELOG.md does not tell of version [{figure.since}]",
                f"write a line with `{figure.id}` and 'version {figure.since}', before and after",
            )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows([*key, lines[key]] for key in sorted(lines))
    return out.getvalue()


def _rows(known: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(known)))


def _is_told(figure: Figure, changelog: str) -> bool:
    said = re.compile(rf"\bversion {re.escape(figure.since)}(?![\w.])")
    return any(f"`{figure.id}`" in line and said.search(line) for line in changelog.splitlines())
