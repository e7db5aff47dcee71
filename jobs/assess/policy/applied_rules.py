"""A rule as code knows it: its id and the numbers that are read of it.

The dated rules say what the law was and since when; code says which of them it applies. Each is
written once, and `read_policy` holds the two against each other: a rule that no code applies, and
an applied rule that no file states, are both refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AppliedRule:
    """A rule that code applies, and the numbers that each of its periods must give."""

    id: str
    numbers: tuple[str, ...] = ()


def by_id(rules: Iterable[AppliedRule]) -> dict[str, AppliedRule]:
    """The rules by id, each once.

    Raises:
        ValueError: two different rules have one id.
    """
    found: dict[str, AppliedRule] = {}
    for rule in rules:
        if found.setdefault(rule.id, rule) is not rule:
            raise ValueError(f"rule [{rule.id}] is applied in two places")
    return found
