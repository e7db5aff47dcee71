"""A publication is another one if the code that computes it changed, and for no other code."""

import shutil
from pathlib import Path

import grimp
import pytest

from jobs.assess import load_policy
from jobs.link import current_model
from jobs.operate.rebase import versions_of
from jobs.operate.software_versions import CHANGES_NO_RESULT, code_digest, software
from jobs.runtime.settings import ROOT

ROOMS = ("jobs", "expectations")
COMPUTES = (
    "expectations",
    "jobs.extract.landing",
    "jobs.check.gate",
    "jobs.link.linking",
    "jobs.assess.assessment",
    "jobs.report.build",
    "jobs.report.movement",
)
"""What the night calls for its results, behind the faces of the steps."""


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, which every test leaves as it was."""
    root = tmp_path_factory.mktemp("code")
    for room in ROOMS:
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__"))
    assert code_digest(root) == code_digest()
    return root


@pytest.fixture(scope="module")
def before(code: Path) -> str:
    return code_digest(code)


def digest_with(root: Path, name: str) -> str:
    """The digest with a file of this name, or the first of the folder of this name, changed."""
    path = root / name
    changed = path if path.is_file() else next(p for p in sorted(path.rglob("*")) if p.is_file())
    content = changed.read_bytes()
    changed.write_bytes(content + b"\n# changed")
    try:
        return code_digest(root)
    finally:
        changed.write_bytes(content)


@pytest.mark.parametrize(
    "name",
    [
        "jobs/assess/assessment.py",
        "jobs/check/rules.py",
        "jobs/contract/prison.py",
        "jobs/extract/landing.py",
        "jobs/link/linking.py",
        "jobs/night.py",
        "jobs/operate/rebase.py",
        "jobs/report/build.py",
        "jobs/report/figures",
        "jobs/report/movement",
        "expectations/results/result_facts.py",
        "expectations/results/result_releases.py",
        "expectations/overrides.toml",
    ],
)
def test_code_that_computes_results_makes_a_new_publication(
    code: Path, before: str, name: str
) -> None:
    assert digest_with(code, name) != before


def test_a_room_that_is_new_makes_a_new_publication(code: Path, before: str) -> None:
    (code / "jobs" / "a_new_room").mkdir()
    (code / "jobs" / "a_new_room" / "__init__.py").write_text("")
    found = code_digest(code)
    shutil.rmtree(code / "jobs" / "a_new_room")
    assert found != before


@pytest.mark.parametrize("name", CHANGES_NO_RESULT)
def test_code_that_shows_or_sends_results_makes_no_new_publication(
    code: Path, before: str, name: str
) -> None:
    assert digest_with(code, name) == before


def test_no_code_that_computes_results_leans_on_code_that_is_left_out() -> None:
    graph = grimp.build_graph(*ROOMS)
    used = set(COMPUTES) | graph.find_descendants("expectations")
    for module in tuple(used):
        used |= graph.find_upstream_modules(module)
    left_out = {
        module
        for module in used
        if f"{module.replace('.', '/')}.py".startswith(CHANGES_NO_RESULT)
        or f"{module.replace('.', '/')}/".startswith(CHANGES_NO_RESULT)
    }
    assert left_out == set()


def test_a_changed_rule_or_model_is_told_from_changed_code() -> None:
    versions = software(load_policy(), current_model())
    assert versions["policy_version"].endswith(load_policy().digest[:12])
    assert versions["model_version"] == current_model().name
    manifest = {**versions, "settings": {}}
    other = {**manifest, "policy_version": "another", "model_version": "another"}
    assert versions_of(manifest).code == versions_of(other).code
    assert versions_of(manifest) != versions_of(other)
