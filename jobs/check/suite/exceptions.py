"""Exceptions from the checks: `expectations/overrides.toml`, each with a reason, owner and expiry.

The file says what is wanted; it holds once two people stand for it (`site_exceptions` in
`jobs.operate`). A check that is excepted is still asked and its failure still shown with the reason
and those who stand for it, but it neither stops the night nor weakens it. An exception that has run
out stops the night: it is renewed by a person or it goes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jobs.runtime.errors import BadInput
from jobs.runtime.toml_files import parse_toml, read_toml_text

HEADING: Final = "[[override]]"
_FIELDS: Final = ("rule", "reason", "owner", "expires")
_FORM: Final = "give rule, reason, owner and expires (a date) in each [[override]]"


@dataclass(frozen=True, kw_only=True)
class ExceptedRule:
    """One exception: the rule's failure is let pass until ``expires``, that day included."""

    rule: str
    reason: str
    owner: str
    expires: date

    @property
    def words(self) -> str:
        """The exception as pages show it."""
        return f"{self.reason} ({self.owner}, until {self.expires})"


def asks_for_any(file: Path) -> bool:
    """Whether a file of exceptions says anything: without a word there is nothing to ask a suite.

    To know a suite's checks is to import Great Expectations, which takes seconds.
    """
    if not file.is_file():
        return False
    lines = (line.strip() for line in file.read_bytes().splitlines())
    return any(line and not line.startswith(b"#") for line in lines)


def exceptions_on(
    *,
    as_of: date,
    known: Collection[str],
    file: Path,
    laws: Collection[str] = (),
    answered: Collection[str] = (),
) -> dict[str, ExceptedRule]:
    """The exceptions of a night by rule.

    Args:
        as_of: the night.
        known: ids of every rule and check.
        file: the TOML file; none there is no exception.
        laws: those of them that nobody may let pass.
        answered: those that only a person who is logged in may let pass, for one night.

    Raises:
        BadInput: naming file and line: not TOML, an unknown rule, a field that is missing or
            unknown, a rule excepted twice, or an exception that has run out.
    """
    if not file.is_file():
        return {}
    name = f"{file.parent.name}/{file.name}"
    text = read_toml_text(file, where=f"file [{name}]")
    given = parse_toml(text, where=f"file [{name}]")
    lines = [n for n, line in enumerate(text.splitlines(), 1) if line.strip() == HEADING]
    unknown = sorted(set(given) - {"override"})
    if unknown or len(lines) != len(given.get("override", [])):
        what = f"[{unknown[0]}] is not known" if unknown else "an override under another heading"
        raise BadInput(f"file [{name}]", what, f"put each under a line {HEADING}")
    found: dict[str, ExceptedRule] = {}
    for line, entry in zip(lines, given.get("override", []), strict=True):
        where = f"file [{name}] line {line}"
        excepted = _read(entry, where)
        if excepted.rule not in known:
            raise BadInput(where, f"no rule [{excepted.rule}]", "take an id of the quality rules")
        if excepted.rule in laws:
            raise BadInput(
                where, f"rule [{excepted.rule}] has no exception", "remove it; mend the software"
            )
        if excepted.rule in answered:
            raise BadInput(
                where,
                f"rule [{excepted.rule}] has no exception: it guards who leaves a list",
                "remove it; whoever answers for a night does so with --publish-despite",
            )
        if excepted.rule in found:
            raise BadInput(where, f"rule [{excepted.rule}] is excepted twice", "keep one")
        if excepted.expires < as_of:
            raise BadInput(
                where,
                f"the exception of [{excepted.rule}] ran out on {excepted.expires}",
                "remove it, or have its owner renew it with a reason",
            )
        found[excepted.rule] = excepted
    return found


def _read(entry: Mapping[str, Any], where: str) -> ExceptedRule:
    for name in (*_FIELDS, *entry):
        if name not in _FIELDS:
            raise BadInput(where, f"[{name}] is not known", _FORM)
        value = entry.get(name)
        wanted = date if name == "expires" else str
        if not isinstance(value, wanted) or not str(value).strip():
            raise BadInput(where, f"[{name}] is missing or of another kind", _FORM)
    return ExceptedRule(**{name: entry[name] for name in _FIELDS})
