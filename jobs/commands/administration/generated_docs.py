"""The pages of ``docs/`` that are written by the code they describe."""

from pathlib import Path

from expectations import suite
from jobs.assess import rules_markdown
from jobs.check import quality_rules_markdown
from jobs.contract.dictionary import data_dictionary_markdown
from jobs.contract.versions import versions_csv
from jobs.operate.declared_versions import declared_versions
from jobs.report import figures_markdown
from jobs.runtime.settings import ROOT
from jobs.synthetic.output.invented_world_page import invented_world_markdown
from jobs.warehouse.ddl.views_page import views_markdown


def generated_pages() -> dict[Path, str]:
    """Every generated page: where it belongs and what it must say.

    Raises:
        BadInput: a declaration changed without a new version and a word about it.
    """
    folder = ROOT / "docs"
    versions = folder / "versions.csv"
    return {
        folder / "data-dictionary.md": data_dictionary_markdown(),
        folder / "figures.md": figures_markdown(),
        versions: versions_csv(
            known=versions.read_text(encoding="utf-8") if versions.is_file() else "",
            declared=declared_versions(),
            changelog=(ROOT / "CHANGELOG.md").read_text(encoding="utf-8"),
        ),
        folder / "invented-world.md": invented_world_markdown(),
        folder / "quality-rules.md": quality_rules_markdown(suite()),
        folder / "rules.md": rules_markdown(),
        folder / "views.md": views_markdown(),
    }


def out_of_date() -> list[str]:
    """Names of the pages that differ from what the code says, or are missing."""
    return [
        path.relative_to(ROOT).as_posix()
        for path, content in generated_pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != content
    ]
