"""A figure's definition changes only under a new version and with a line in the changelog.

The reference is the committed ``docs/figure-versions.csv``; `definition_versions` says why.
"""

from dataclasses import replace

import pytest

from jobs.report import FIGURES
from jobs.report.figures.definition_versions import definition_digest, figure_versions
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import ROOT

REFERENCE = ROOT / "docs" / "figure-versions.csv"
MISSED = next(figure for figure in FIGURES if figure.id == "missed.total")
CHANGED = replace(MISSED, definition="Something else.")
TOLD = "- `missed.total`, version 2: 1,023 before, 1,019 after.\n"


def known() -> str:
    return figure_versions(known="", figures=[MISSED], changelog="")


def test_every_definition_is_the_one_on_record() -> None:
    """Where this fails: bump ``since``, write the CHANGELOG line, run ``make docs``."""
    recorded = REFERENCE.read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert figure_versions(known=recorded, figures=FIGURES, changelog=changelog) == recorded


def test_a_definition_changed_under_its_version_fails() -> None:
    with pytest.raises(BadInput, match=r"figure \[missed.total\]: its definition is not that of"):
        figure_versions(known=known(), figures=[CHANGED], changelog=TOLD)


def test_a_new_version_without_a_line_in_the_changelog_fails() -> None:
    newer = replace(CHANGED, since="2")
    for silent in ("", "- `missed.people`, version 2\n", "- `missed.total`, version 21\n"):
        with pytest.raises(BadInput, match="does not tell of version"):
            figure_versions(known=known(), figures=[newer], changelog=silent)


def test_a_new_version_is_added_and_the_old_one_stays() -> None:
    newer = replace(CHANGED, since="2")
    lines = figure_versions(known=known(), figures=[newer], changelog=TOLD).splitlines()
    assert lines == [
        "figure_id,since,digest",
        f"missed.total,1,{definition_digest(MISSED)}",
        f"missed.total,2,{definition_digest(newer)}",
    ]


@pytest.mark.parametrize("field", ["definition", "population", "unit", "groups"])
def test_whatever_changes_the_count_changes_the_digest(field: str) -> None:
    other = replace(MISSED, **{field: "another"})  # type: ignore[arg-type]
    assert definition_digest(other) != definition_digest(MISSED)


def test_a_better_title_needs_no_version() -> None:
    retitled = replace(MISSED, title="Another title", owner="Another owner")
    assert figure_versions(known=known(), figures=[retitled], changelog="") == known()
