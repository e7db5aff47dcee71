"""The ledger of a site's changes of the rules: registered by one person, confirmed by another.

A change of a rule can take a thousand people off a list, on a night that nobody has seen yet, so
each waits for a second person, and so does its end. Who and when is the database's word; the owner
that the change names is a note.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.runtime.errors import BadInput
from jobs.warehouse.ledgers.review_ledgers import refuse_blank
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.override_tables import OVERRIDES, WORDS

_LIST: Final = "take a number of: python -m jobs policy list"


class OverrideState(StrEnum):
    """Where a change of a rule stands, apart from the day on which it ends."""

    WAITS = "waits"
    HOLDS = "holds"
    ENDING = "holds, its end waits"
    REFUSED = "refused"
    ENDED = "ended"

    @property
    def is_in_force(self) -> bool:
        """Two people have agreed to it, and have not agreed to its end."""
        return self in {OverrideState.HOLDS, OverrideState.ENDING}


_AFTER: Final = {
    "confirm": OverrideState.HOLDS,
    "keep": OverrideState.HOLDS,
    "ask_end": OverrideState.ENDING,
    "refuse": OverrideState.REFUSED,
    "end": OverrideState.ENDED,
}


@dataclass(frozen=True, kw_only=True)
class MeasuredEffect:
    """What a change did to the lists of a publication: people, each once.

    ``serious_off`` are those of ``people_off`` whose offence is of seriousness 1 or 2.
    """

    people_off: int
    people_on: int
    serious_off: int


@dataclass(frozen=True, kw_only=True)
class RegisteredOverride:
    """A change of a rule in the ledger, and what was said of it.

    ``confirmed`` is what its second person was shown; None where it could not be measured.
    ``last_by`` is who said the last word, ``last_reason`` why.
    """

    number: int
    entry: str
    rule_id: str
    owner: str
    reason: str
    expires: date
    registered_by: str
    registered_at: datetime
    state: OverrideState
    confirmed_by: str | None = None
    confirmed_at: datetime | None = None
    confirmed: MeasuredEffect | None = None
    last_by: str | None = None
    last_reason: str | None = None


def registered_overrides(engine: sa.Engine) -> list[RegisteredOverride]:
    """Every change that was ever registered, in order."""
    with transaction(engine) as connection:
        return _registered(connection)


def register_override(engine: sa.Engine, *, entry: str) -> int:
    """Register a change of a rule; give its number. It waits for a second person.

    Args:
        engine: the warehouse.
        entry: all that it says, as canonical JSON: the same change gives the same text.

    Raises:
        BadInput: the same change waits or holds already; the database refuses it, because it ends
            too late or too soon.
    """
    with transaction(engine) as connection:
        acting_as(connection)
        for known in _registered(connection):
            is_open = known.state is OverrideState.WAITS or known.state.is_in_force
            if known.entry == entry and is_open:
                raise BadInput(
                    f"change of rule [{known.rule_id}]",
                    f"is registered as [{known.number}] already: {known.state}",
                    f"see it: python -m jobs policy confirm {known.number}",
                )
        _refuse_wrong_end(connection, entry)
        number = connection.scalar(
            sa.insert(OVERRIDES)
            # What the entry says of itself, the database reads from it.
            .values(entry=entry, rule_id="", owner="", reason="", expires_date=date.min)
            .returning(OVERRIDES.c.override_id)
        )
    return int(number or 0)


def _refuse_wrong_end(connection: sa.Connection, entry: str) -> None:
    said = json.loads(entry)
    last: date = connection.scalar(
        sa.text("SELECT coalesce((SELECT max(as_of_date) FROM run.current), current_date)")
    )
    flaw = wrong_end(date.fromisoformat(said["expires"]), night=last)
    if flaw:
        raise BadInput(f"change of rule [{said['rule']}]", flaw, "give another expiry")


def wrong_end(expires: date, *, night: date) -> str:
    """What is wrong with the day on which a change ends, for a night; empty if nothing is.

    A change holds for nights of the year before it ends, so that nobody registers one for good.
    """
    if expires <= night:
        return f"it expired on [{expires}]"
    if expires > (pd.Timestamp(night) + pd.DateOffset(years=1)).date():
        return f"it expires on [{expires}], more than a year after the night of [{night}]"
    return ""


def confirm_override(
    engine: sa.Engine, number: int, *, reason: str, shown: MeasuredEffect | None
) -> RegisteredOverride:
    """Confirm what waits about another's change: that it holds, or that it ends.

    Args:
        engine: the warehouse.
        number: the change.
        reason: why.
        shown: the effect on the last publication, as whoever confirms has seen it.

    Raises:
        BadInput: nothing about it waits, what waits is one's own, or the reason is missing.
    """
    with transaction(engine) as connection:
        me = acting_as(connection)
        chosen = _chosen(connection, number)
        where = f"change [{number}]"
        if chosen.state is OverrideState.ENDING:
            word, first = "end", chosen.last_by
        elif chosen.state is OverrideState.WAITS:
            word, first = "confirm", chosen.registered_by
        else:
            raise BadInput(where, f"does not wait for a second person: {chosen.state}", _LIST)
        if first == me:
            raise BadInput(where, "is your own", "somebody else must confirm it, by his own login")
        return _say(connection, number, word, reason=reason, shown=shown)


def refuse_override(engine: sa.Engine, number: int, *, reason: str) -> RegisteredOverride:
    """Refuse what waits about a change: it does not come to hold, or it goes on to hold.

    Raises:
        BadInput: nothing about it waits, or the reason is missing.
    """
    with transaction(engine) as connection:
        acting_as(connection)
        chosen = _chosen(connection, number)
        words = {OverrideState.WAITS: "refuse", OverrideState.ENDING: "keep"}
        if chosen.state not in words:
            raise BadInput(f"change [{number}]", f"nothing waits: {chosen.state}", _LIST)
        return _say(connection, number, words[chosen.state], reason=reason)


def withdraw_override(engine: sa.Engine, number: int, *, reason: str) -> RegisteredOverride:
    """Ask that a change ends; one that only waits is taken back at once.

    The end of a change can take people off a list just as its beginning: a second person agrees.

    Raises:
        BadInput: it does not hold, or the reason is missing.
    """
    with transaction(engine) as connection:
        acting_as(connection)
        chosen = _chosen(connection, number)
        words = {OverrideState.WAITS: "refuse", OverrideState.HOLDS: "ask_end"}
        if chosen.state not in words:
            raise BadInput(f"change [{number}]", f"is not to be withdrawn: {chosen.state}", _LIST)
        return _say(connection, number, words[chosen.state], reason=reason)


def _say(
    connection: sa.Connection,
    number: int,
    word: str,
    *,
    reason: str,
    shown: MeasuredEffect | None = None,
) -> RegisteredOverride:
    refuse_blank(f"change [{number}]", reason=reason)
    measured = {} if shown is None else {name: getattr(shown, name) for name in _MEASURED}
    said = {"override_id": number, "word": word, "reason": reason.strip(), **measured}
    connection.execute(sa.insert(WORDS).inline(), said)
    return _chosen(connection, number)


_MEASURED: Final = tuple(MeasuredEffect.__dataclass_fields__)


def _chosen(connection: sa.Connection, number: int) -> RegisteredOverride:
    for each in _registered(connection):
        if each.number == number:
            return each
    raise BadInput(f"change [{number}]", "there is none of this number", _LIST)


def _registered(connection: sa.Connection) -> list[RegisteredOverride]:
    words: dict[int, list[Mapping[str, Any]]] = {}
    for word in connection.execute(sa.select(WORDS).order_by(WORDS.c.word_id)).mappings():
        words.setdefault(word["override_id"], []).append(dict(word))
    query = sa.select(OVERRIDES).order_by(OVERRIDES.c.override_id)
    return [
        _told(row, words.get(row["override_id"], []))
        for row in connection.execute(query).mappings()
    ]


def _told(row: Mapping[Any, Any], words: list[Mapping[str, Any]]) -> RegisteredOverride:
    confirmed = next((word for word in words if word["word"] == "confirm"), None)
    shown = None
    if confirmed is not None and confirmed["people_off"] is not None:
        shown = MeasuredEffect(**{name: int(confirmed[name]) for name in _MEASURED})
    last = words[-1] if words else None
    return RegisteredOverride(
        number=row["override_id"],
        entry=row["entry"],
        rule_id=row["rule_id"],
        owner=row["owner"],
        reason=row["reason"],
        expires=row["expires_date"],
        registered_by=row["recorded_by"],
        registered_at=row["registered_at"],
        state=OverrideState.WAITS if last is None else _AFTER[last["word"]],
        confirmed_by=confirmed["recorded_by"] if confirmed else None,
        confirmed_at=confirmed["said_at"] if confirmed else None,
        confirmed=shown,
        last_by=last["recorded_by"] if last else None,
        last_reason=last["reason"] if last else None,
    )
