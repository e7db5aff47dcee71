"""Every exception from a rule of security bears its reason, where it is made."""

import re
from pathlib import Path

import pytest

from jobs.runtime.settings import ROOT

ROOMS = ("jobs", "dags", "expectations", "benchmarks")
_EXCEPTION = re.compile(r"# (?:ruff: )?noqa: [A-Z0-9, ]*\bS\d{3}(?P<rest>.*)$")


def without_reason(text: str) -> list[int]:
    """Numbers of the lines that leave a rule of security aside and do not say why."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        exception = _EXCEPTION.search(line)
        if exception and not re.match(r"[A-Z0-9, ]* - \w", exception["rest"]):
            found.append(number)
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_an_exception_from_a_rule_of_security_says_why(room: str) -> None:
    bare = {
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / room).rglob("*.py"))
        for number in without_reason(Path(path).read_text(encoding="utf-8"))
    }
    assert not bare


@pytest.mark.parametrize(
    ("line", "is_bare"),
    [
        pytest.param("x = 1  # noqa: S608", True, id="none"),
        pytest.param("x = 1  # noqa: S608 - names of ours", False, id="one"),
        pytest.param("x = 1  # noqa: S603, S607", True, id="two rules, none"),
        pytest.param("x = 1  # noqa: S603, S607 - ours", False, id="two rules, one"),
        pytest.param("# ruff: noqa: S608", True, id="a whole file, none"),
        pytest.param("# ruff: noqa: S608 - names of ours", False, id="a whole file, one"),
        pytest.param("x = 1  # noqa: SLF001", False, id="another kind of rule"),
    ],
)
def test_an_exception_without_a_reason_is_found(line: str, is_bare: bool) -> None:
    assert bool(without_reason(line)) is is_bare
