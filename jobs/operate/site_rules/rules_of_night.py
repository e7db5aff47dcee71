"""The changes of the rules that a night applies, and those that it does not, each with its reason.

The site's file says what is wanted. What is applied stands in the warehouse, registered by one
person and confirmed by another, whatever the file says since. Nothing else stops the night: it is
published by the rules as they are shipped, and says so on every page and in every email.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.assess import (
    Lists,
    Placed,
    Policy,
    change_in_words,
    entry_of,
    load_policy,
    override_effects,
    people_moved,
    placed_entry,
    policy_with,
    read_overrides,
)
from jobs.contract import results
from jobs.operate.site_rules.exceptions_of_night import is_exception
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json
from jobs.warehouse.ledgers.override_ledger import (
    OverrideState,
    RegisteredOverride,
    registered_overrides,
    wrong_end,
)
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.publishing import publication

RULES_CHANGED: Final = "policy_overrides"
"""Key in a manifest's ``decisions``: every change of the rules that the night knew of."""
APPLIED: Final = "APPLIED"
LAST_DAY: Final = date(2200, 1, 1)
"""Stands for a day that only the database can read; dates of the contract end before."""


@dataclass(frozen=True, kw_only=True)
class SiteChange:
    """A change of a rule by the site as a night finds it; fields as in `results.OVERRIDES`."""

    override_key: str
    state: str
    entry: str
    registered_by: str | None = None
    registered_date: str | None = None
    confirmed_by: str | None = None
    confirmed_date: str | None = None
    confirmed_off: int | None = None
    is_new: bool = False

    @property
    def placed(self) -> Placed:
        """The override itself."""
        return placed_entry(self.entry, where=f"change of the rules [{self.override_key}]")


@dataclass(frozen=True, kw_only=True)
class SiteRules:
    """Every change of the rules that a night knows of, applied or not."""

    changes: tuple[SiteChange, ...] = ()

    @property
    def applied(self) -> tuple[SiteChange, ...]:
        """Those that the night applies."""
        return tuple(change for change in self.changes if change.state == APPLIED)

    @property
    def policy(self) -> Policy:
        """The rules of the night; those that are shipped where nothing is applied."""
        return policy_of(self.applied)

    @property
    def text(self) -> str:
        """All of it, as a manifest names it."""
        return canonical_json([asdict(change) for change in self.changes])

    @classmethod
    def of(cls, decisions: Any) -> "SiteRules":
        """The changes that a manifest names among what the warehouse gave to the night."""
        text = decisions.get(RULES_CHANGED)
        told = [] if text is None else json.loads(text)
        return cls(changes=tuple(SiteChange(**change) for change in told))

    @property
    def named(self) -> dict[str, str]:
        """What the manifest names of it: nothing where the site changes nothing."""
        return {RULES_CHANGED: self.text} if self.changes else {}

    def effects(self, tonight: Lists, *, under: Callable[..., Lists]) -> dict[str, pd.DataFrame]:
        """The changes and whom they moved, as result frames by full name.

        Args:
            tonight: the lists under the rules of the night.
            under: assesses the night for its lists under a ``policy``; asked where the night
                applies a change, and not otherwise.
        """
        overridden = results.OVERRIDDEN.empty()
        if self.applied:
            overridden = override_effects(
                tonight=tonight,
                under=lambda policy: under(policy=policy),
                shipped=load_policy(),
                alone={each.override_key: policy_of([each]) for each in self.applied},
            )
        return {
            results.OVERRIDES.full_name: self.rows(overridden, tonight.assessments),
            results.OVERRIDDEN.full_name: overridden,
        }

    def rows(self, overridden: pd.DataFrame, assessments: pd.DataFrame) -> pd.DataFrame:
        """The frame of `results.OVERRIDES`.

        Args:
            overridden: whom they took off and put on, as in `results.OVERRIDDEN`.
            assessments: of the night.
        """
        if not self.changes:
            return results.OVERRIDES.empty()
        moved = people_moved(overridden, assessments)
        shipped = load_policy()
        told = []
        for change in self.changes:
            did = {} if change.state != APPLIED else _did(moved, change.override_key)
            told.append(
                {
                    **{k: v for k, v in asdict(change).items() if k != "entry"},
                    **_said(change, shipped),
                    **did,
                }
            )
        frame = pd.DataFrame(told, columns=list(results.OVERRIDES.columns))
        for name in ("registered_date", "confirmed_date", "expires_date"):
            frame[name] = pd.to_datetime(frame[name])
        frame = frame.sort_values("override_key", ignore_index=True)
        return results.OVERRIDES.frame(results.OVERRIDES.arrow(frame))


def _said(change: SiteChange, shipped: Policy) -> dict[str, Any]:
    """What a change says of itself; one that is put in by hand may be none that is known here."""
    try:
        override = change.placed.override
        words = change_in_words(override, shipped.numbers_of(override))
    except BadInput:
        told = json.loads(change.entry)
        ends = pd.to_datetime(str(told["expires"]), errors="coerce")
        return {
            **{f"{name}_id" if name == "rule" else name: str(told[name])
               for name in ("rule", "owner", "reason")},
            "change": "nothing that this software knows",
            "expires_date": LAST_DAY if pd.isna(ends) else ends.date(),
        }  # fmt: skip
    return {
        "rule_id": override.rule,
        "change": words,
        "owner": override.owner,
        "reason": override.reason,
        "expires_date": override.expires,
    }


def site_rules(
    engine: sa.Engine, *, file: Path | None, as_of: date, follows: str = ""
) -> SiteRules:
    """The changes of the rules that a night knows of.

    Args:
        engine: the warehouse, with the ledger.
        file: the site's file of what it wants; None where it has none.
        as_of: the night.
        follows: the publication of the night before; what that did not apply is new.

    Raises:
        BadInput: the file cannot be read, or says what no rule allows.
    """
    wanted = () if file is None else wanted_overrides(file)
    known = [each for each in registered_overrides(engine) if not is_exception(each.entry)]
    before = _applied_by(engine, follows) if known else frozenset()
    changes = [
        replace(change, is_new=change.override_key not in before)
        for change in (_registered(each, as_of) for each in _open(known))
    ]
    entries = {change.entry for change in changes}
    changes += [
        SiteChange(
            override_key=f"file {place}",
            state="EXPIRED" if placed.override.expires <= as_of else "NOT_REGISTERED",
            entry=entry,
        )
        for place, placed in enumerate(wanted, start=1)
        if (entry := entry_of(placed.override)) not in entries
    ]
    return SiteRules(changes=tuple(changes))


def _open(known: list[RegisteredOverride]) -> Iterator[RegisteredOverride]:
    for each in known:
        if each.state is OverrideState.WAITS or each.state.is_in_force:
            yield each


def _applied_by(engine: sa.Engine, publication_id: str) -> frozenset[str]:
    """The changes that a publication applied, by key."""
    if not publication_id:
        return frozenset()
    with transaction(engine) as connection:
        decisions = publication(connection, publication_id).manifest["decisions"]
    return frozenset(change.override_key for change in SiteRules.of(decisions).applied)


def wanted_overrides(file: Path) -> tuple[Placed, ...]:
    """What the site's file wants, each held against the rules.

    Raises:
        BadInput: it cannot be read, or says what no rule allows; with the line.
    """
    text, placed = read_overrides(file)
    policy_with(placed, text=text)
    known: set[tuple[str, date | None]] = set()
    for each in placed:
        period = (each.override.rule, each.override.from_)
        if period in known:
            raise each.refuse(f"rule [{each.override.rule}] is changed twice in one period")
        known.add(period)
    return placed


def policy_of(changes: Iterable[SiteChange]) -> Policy:
    """The rules with some changes and no other."""
    chosen = list(changes)
    if not chosen:
        return load_policy()
    entries = [change.entry for change in chosen]
    return policy_with([change.placed for change in chosen], text=canonical_json(entries))


def _registered(each: RegisteredOverride, as_of: date) -> SiteChange:
    change = SiteChange(
        override_key=str(each.number),
        state=APPLIED,
        entry=each.entry,
        registered_by=each.registered_by,
        registered_date=each.registered_at.date().isoformat(),
        confirmed_by=each.confirmed_by,
        confirmed_date=each.confirmed_at.date().isoformat() if each.confirmed_at else None,
        confirmed_off=each.confirmed.people_off if each.confirmed else None,
    )
    return replace(change, state=_state(each, change, as_of))


def _state(each: RegisteredOverride, change: SiteChange, as_of: date) -> str:
    if each.expires <= as_of:
        return "EXPIRED"
    if wrong_end(each.expires, night=as_of):
        return "OUT_OF_REACH"
    if not each.state.is_in_force:
        return "WAITS"
    try:
        policy_of([change])
    except BadInput:
        return "UNFIT"
    return APPLIED


def _did(moved: pd.DataFrame, key: str) -> dict[str, int]:
    found = moved[moved.index == key].to_dict("records")
    return (
        {str(k): int(v) for k, v in found[0].items()} if found else dict.fromkeys(moved.columns, 0)
    )
