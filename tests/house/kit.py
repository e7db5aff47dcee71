"""The deployment kit as an engine reads it: its files, and a configuration with values put in."""

import re
from collections.abc import Mapping
from typing import Any

import yaml

from jobs.runtime.settings import ROOT

KIT = ROOT / "docs" / "deployment"
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?:(?P<kind>:-|:\?)(?P<text>[^}]*))?\}")
"""``${NAME}``, ``${NAME:-what holds without it}`` and ``${NAME:?what is said without it}``."""


def example_values() -> dict[str, str]:
    """The variables of the example of an environment file; secrets have no value there."""
    lines = (KIT / "environment.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def compose_as_written() -> dict[str, Any]:
    """The configuration with anchors and merges resolved, its variables as they are written."""
    content: dict[str, Any] = yaml.safe_load((KIT / "compose.yaml").read_text())
    return content


def compose_with(values: Mapping[str, str]) -> dict[str, Any]:
    """The configuration with values put in for its variables, as an engine does.

    Raises:
        KeyError: a variable that must be given is empty; its message is what an engine says.
    """

    def value_of(found: re.Match[str]) -> str:
        value = values.get(found["name"], "")
        if not value and found["kind"] == ":?":
            raise KeyError(found["name"], found["text"])
        return value or (found["text"] or "")

    def put_in(part: Any) -> Any:
        if isinstance(part, str):
            return VARIABLE.sub(value_of, part)
        if isinstance(part, list):
            return [put_in(each) for each in part]
        if isinstance(part, dict):
            return {name: put_in(each) for name, each in part.items()}
        return part

    content: dict[str, Any] = put_in(compose_as_written())
    return content
