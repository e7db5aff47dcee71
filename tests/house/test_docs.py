"""What the pages name is there: files, modules, commands with their options, targets, settings."""

import importlib.util
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from jobs.__main__ import app
from jobs.runtime.settings import ROOT, Settings

TOPS = ("jobs", "expectations", "dags", "benchmarks", "tests", "docs")
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in (ROOT / "README.md", ROOT / "SECURITY.md", *sorted((ROOT / "docs").rglob("*.md")))
}
COMMANDS = typer.main.get_command(app)


def spans(text: str) -> Iterator[str]:
    """What stands in a page as code: lines of blocks, comments left out, and words in backticks."""
    for number, part in enumerate(text.split("```")):
        if number % 2:
            yield from part.replace("\\\n", " ").splitlines()[1:]
        else:
            yield from (" ".join(span.split()) for span in re.findall(r"`([^`]+)`", part))


def missing_paths(text: str) -> list[str]:
    """Paths of the repository that a page names as code and that are not there."""
    named = re.compile(rf"(?:{'|'.join(TOPS)})/[\w./-]+")
    found = [span for span in spans(text) if named.fullmatch(span)]
    return [path for path in found if not (ROOT / path).exists()]


def missing_tests(text: str) -> list[str]:
    """Tests that a page names and that are not there."""
    named = re.compile(r"(tests/[\w/]+\.py)::(test_\w+)")
    found = [match for span in spans(text) if (match := named.fullmatch(span))]
    return [
        f"{path}::{test}"
        for path, test in (match.groups() for match in found)
        if not (ROOT / path).exists()
        or not re.search(rf"^def {test}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
    ]


def missing_modules(text: str) -> list[str]:
    """Modules that a page names by their dotted name and that are not there."""
    named = re.compile(rf"(?:{'|'.join(TOPS)})(?:\.\w+)+")
    found = [span for span in spans(text) if named.fullmatch(span) and not span.endswith(".md")]
    return [name for name in found if not _is_module(name)]


def missing_commands(text: str) -> list[str]:
    """Calls of ``python -m`` whose module, command or option is not there."""
    called = [re.search(r"python -m ([\w.]+)(.*)", span) for span in spans(text)]
    return [call[0] for call in called if call and not _can_be_called(call[1], call[2])]


def missing_targets(text: str) -> list[str]:
    """Calls of ``make`` whose target the Makefile lacks."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    called = [re.match(r"make ([a-z-]+)", span) for span in spans(text)]
    return [call[0] for call in called if call and call[1] not in targets]


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _can_be_called(module: str, words: str) -> bool:
    if module != "jobs":
        return _is_module(module) and (
            importlib.util.find_spec(f"{module}.__main__") is not None
            if (ROOT / module.replace(".", "/")).is_dir()
            else True
        )
    command: Any = COMMANDS
    rest = shlex.split(words, comments=True)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    if command.context_settings.get("ignore_unknown_options"):
        return True
    if hasattr(command, "commands") and not command.invoke_without_command:
        return not rest
    known = {option for given in command.params for option in (*given.opts, *given.secondary_opts)}
    return {word.split("=")[0] for word in rest if word.startswith("--")} <= known


@pytest.mark.parametrize(
    "missing", [missing_paths, missing_modules, missing_tests, missing_commands, missing_targets]
)
def test_what_a_page_names_is_there(missing) -> None:  # type: ignore[no-untyped-def]
    assert {page: found for page, text in PAGES.items() if (found := missing(text))} == {}


def test_pages_name_enough_to_be_checked() -> None:
    text = "\n".join(PAGES.values())
    assert sum("python -m jobs " in span for span in spans(text)) > 20
    assert sum(span.startswith(TOPS) for span in spans(text)) > 20
    assert sum(span.startswith("make ") for span in spans(text)) > 2


@pytest.mark.parametrize(
    ("text", "missing", "found"),
    [
        ("`jobs/gone.py` and `jobs/night.py`", missing_paths, ["jobs/gone.py"]),
        ("`jobs.night` and `jobs.gone.room`", missing_modules, ["jobs.gone.room"]),
        ("`python -m jobs gone`", missing_commands, ["python -m jobs gone"]),
        ("`python -m jobs fresh --gone`", missing_commands, ["python -m jobs fresh --gone"]),
        ("```\npython -m jobs review gone\n```", missing_commands, ["python -m jobs review gone"]),
        ("```\npython -m jobs fresh --by 06:00  # --gone\n```", missing_commands, []),
        ("`python -m benchmarks.gone`", missing_commands, ["python -m benchmarks.gone"]),
        ("`python -m benchmarks.samples`", missing_commands, ["python -m benchmarks.samples"]),
        (
            "`tests/house/test_docs.py::test_gone`",
            missing_tests,
            ["tests/house/test_docs.py::test_gone"],
        ),
        ("`tests/house/test_docs.py::test_what_is_not_there_is_found`", missing_tests, []),
        ("`make gone` or `make lint`", missing_targets, ["make gone"]),
    ],
)  # fmt: skip
def test_what_is_not_there_is_found(text, missing, found) -> None:  # type: ignore[no-untyped-def]
    assert missing(text) == found


def test_the_guide_names_every_setting_and_no_other() -> None:
    table = PAGES["docs/operating.md"].partition("## Settings")[2].partition("\n## ")[0]
    rows = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named == set(Settings.model_fields)


def test_every_variable_that_a_page_names_is_a_setting() -> None:
    named = {
        name.lower()
        for text in PAGES.values()
        for name in re.findall(r"RECONCILIATION_([A-Z_]+)", text)
    }
    assert named - {"settings", "fail_at"} <= set(Settings.model_fields)
