"""The exceptions from checks that a night grants, and those that it does not, each with its reason.

The file says what is wanted. What holds stands in the ledger of the site's changes, registered by
one person and confirmed by another, in the very words of the file: a word that is changed waits
anew. Otherwise the check is asked as if there were no exception.
"""

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from jobs.check import ExceptedRule, Suite, asks_for_any, exceptions_of
from jobs.runtime.files import canonical_json
from jobs.runtime.outgoing import clean
from jobs.warehouse.ledgers.override_ledger import (
    OverrideState,
    RegisteredOverride,
    registered_overrides,
    wrong_end,
)

log = logging.getLogger(__name__)
EXCEPTED: Final = "exceptions"
"""Key in a manifest's ``decisions``: every exception from a check that the night knew of."""
KIND: Final = "exception from a check"
APPLIED: Final = "APPLIED"
_LEFT_OUT: Final = {
    "NOT_REGISTERED": "nobody has registered it: python -m jobs policy propose-exceptions",
    "WAITS": "it waits for a second person: python -m jobs policy confirm {number}",
    "OUT_OF_REACH": "it ends more than a year after this night",
}


@dataclass(frozen=True, kw_only=True)
class SiteException:
    """An exception of the file as a night finds it; ``number`` is that in the ledger."""

    rule: str
    words: str
    state: str
    number: int | None = None
    registered_by: str | None = None
    confirmed_by: str | None = None

    @property
    def told(self) -> str:
        """Why the failure is let pass, and who stands for that."""
        return (
            f"{self.words}; registered by {self.registered_by}, confirmed by {self.confirmed_by} "
            f"(change {self.number})"
        )

    @property
    def notice(self) -> str:
        """A line on one that is not granted; empty for one that is."""
        if self.state == APPLIED:
            return ""
        why = _LEFT_OUT[self.state].format(number=self.number)
        return clean(
            f"Not granted: an exception of the check {self.rule} ({self.words}); {why}. The check "
            "is asked as if there were none."
        )


@dataclass(frozen=True, kw_only=True)
class SiteExceptions:
    """Every exception that a night knows of, granted or not."""

    exceptions: tuple[SiteException, ...] = ()

    @classmethod
    def of(cls, decisions: Mapping[str, Any]) -> "SiteExceptions":
        """Those that a manifest names among what the warehouse gave to the night."""
        text = decisions.get(EXCEPTED)
        told = [] if text is None else json.loads(text)
        return cls(exceptions=tuple(SiteException(**each) for each in told))

    @property
    def named(self) -> dict[str, str]:
        """What the manifest names of it: nothing where there is none."""
        if not self.exceptions:
            return {}
        return {EXCEPTED: canonical_json([asdict(each) for each in self.exceptions])}

    def on(self, suite: Suite) -> Suite:
        """The suite with what is granted, and nothing else."""
        granted = {each.rule: each.told for each in self.exceptions if each.state == APPLIED}
        return replace(suite, granted=granted)

    @property
    def notices(self) -> tuple[str, ...]:
        """A line on each that is not granted."""
        return tuple(each.notice for each in self.exceptions if each.notice)


def exceptions_of_file(
    engine: sa.Engine, file: Path, *, suite: Callable[[], Suite], as_of: date
) -> SiteExceptions:
    """See `site_exceptions`; of a ``file`` that asks for nothing, without asking for the suite."""
    if not asks_for_any(file):
        return SiteExceptions()
    return site_exceptions(engine, suite=suite(), as_of=as_of)


def site_exceptions(engine: sa.Engine, *, suite: Suite, as_of: date) -> SiteExceptions:
    """The exceptions of the file, each with where it stands; what is not granted is logged.

    Args:
        engine: the warehouse, with the ledger.
        suite: the checks, and the file of exceptions.
        as_of: the night.

    Raises:
        BadInput: the file cannot be read, or says what nobody may let pass.
    """
    wanted = exceptions_of(suite, as_of=as_of)
    known = {each.entry: each for each in registered_overrides(engine)} if wanted else {}
    found = SiteExceptions(
        exceptions=tuple(
            _found(each, known.get(exception_entry(each)), as_of)
            for _, each in sorted(wanted.items())
        )
    )
    for line in found.notices:
        log.warning(line)
    return found


def exception_entry(excepted: ExceptedRule) -> str:
    """All that an exception says, as the ledger keeps it: the same words give the same text.

    The ledger's day of expiry is the first night on which a change no longer holds.
    """
    over = excepted.expires + timedelta(days=1)
    said = {"kind": KIND, "rule": excepted.rule, "expires": over.isoformat()}
    return canonical_json({**said, "owner": excepted.owner, "reason": excepted.reason})


def is_exception(entry: str) -> bool:
    """Whether an entry of the ledger is an exception from a check, and no change of a rule."""
    return bool(json.loads(entry).get("kind") == KIND)


def _found(
    excepted: ExceptedRule, registered: RegisteredOverride | None, as_of: date
) -> SiteException:
    return SiteException(
        rule=excepted.rule,
        words=excepted.words,
        state=_state(registered, as_of),
        number=registered.number if registered else None,
        registered_by=registered.registered_by if registered else None,
        confirmed_by=registered.confirmed_by if registered else None,
    )


def _state(registered: RegisteredOverride | None, as_of: date) -> str:
    if registered is None:
        return "NOT_REGISTERED"
    if wrong_end(registered.expires, night=as_of):
        return "OUT_OF_REACH"
    if registered.state.is_in_force:
        return APPLIED
    return "WAITS" if registered.state is OverrideState.WAITS else "NOT_REGISTERED"
