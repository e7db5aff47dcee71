"""The reviewer's desk: what a person may do with the queue, one meaning for page and command line.

Whatever is done is done in the name of a `Reviewer`, whom Airflow or the operating system vouches
for, in one transaction with its entry in the audit log.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.contract import codes, results
from jobs.contract.results.list_words import STATUS_WORDS
from jobs.extract import Landing
from jobs.report.summary.review_gain import FIRST, gain_line
from jobs.review.consequences import CONSEQUENCES, PAIR, queue_of
from jobs.review.differences import Line, lines
from jobs.review.evidence import Piece, in_words
from jobs.review.records import open_landings, with_records
from jobs.runtime.errors import BadInput
from jobs.warehouse import (
    Decision,
    Publication,
    Reviewer,
    latest_publication,
    read_table,
)
from jobs.warehouse.ledgers import review_queue as waiting_pairs
from jobs.warehouse.ledgers.audit_log import enter
from jobs.warehouse.ledgers.review_ledgers import enter_decisions
from jobs.warehouse.ledgers.review_queue import Queue
from jobs.warehouse.ledgers.second_person import (
    enter_withdrawal,
)
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction
from jobs.warehouse.store.review_tables import DECISIONS

LEASE_MINUTES: Final = 15
"""How long a pair is kept for whoever looks at it."""
PAGE: Final = 50
"""Pairs of the queue that are listed at once."""
LONGEST_REASON: Final = 500
"""Characters."""


class Taken(BadInput):
    """Somebody else was quicker: the pair was handed on or decided meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Hanging:
    """A pair without its persons: what hangs on it, and where it stands."""

    pair: int
    consequence: str
    status: str | None
    """In words, as the offence is."""
    offence: str | None
    days_to_release: int | None
    release_date: date | None
    probability: float
    narrows: float
    """By how many the range of those released without consideration narrows once it is decided."""
    unsure: int
    """How many could not tell."""
    assigned_to: str | None


@dataclass(frozen=True, kw_only=True)
class OpenPair(Hanging):
    """A pair on somebody's desk: both records and the evidence."""

    until: datetime
    lines: list[Line]
    evidence: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Tier:
    """How far the pairs are on which the same hangs."""

    tier: int
    consequence: str
    waiting: int
    done: int
    others: int
    unsure: int
    yours: int


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the queue of a night is."""

    as_of: date
    tiers: list[Tier]
    gain: str
    """What deciding the pairs that matter most makes of that range; empty where none matters."""


@dataclass(kw_only=True)
class Desk:
    """The queue of the last publication, for as many reviewers as there are.

    ``engine`` should have the rights of a reviewer and no more; ``landings`` is where the records
    are.
    """

    engine: sa.Engine
    landings: Path
    _lock: Lock = field(default_factory=Lock, repr=False)
    _opened: tuple[str, dict[str, Landing]] | None = field(default=None, repr=False)
    _figures: tuple[str, pd.DataFrame] | None = field(default=None, repr=False)

    def next_pair(self, by: Reviewer) -> OpenPair | None:
        """Hand a reviewer the pair on which most hangs; the one he has, if he has one.

        None where nothing is free for him.

        Raises:
            BadInput: nothing is published, or the records are gone.
        """
        publication, queue = self._queue()
        with self.at_work(by) as connection:
            row = waiting_pairs.take_next(connection, queue, by=by.name, minutes=LEASE_MINUTES)
            if row is not None:
                enter(connection, by, "look", [_keys(row)])
        return None if row is None else self._whole(row, publication)

    def open_pair(self, pair: int, by: Reviewer) -> OpenPair:
        """Hand a reviewer one pair of the queue.

        Raises:
            Taken: another has it, or it no longer waits.
        """
        publication, queue = self._queue()
        with self.at_work(by) as connection:
            row = waiting_pairs.take(
                connection, queue, pair_id=pair, by=by.name, minutes=LEASE_MINUTES
            )
            if row is None:
                raise _taken(pair)
            enter(connection, by, "look", [_keys(row)])
        return self._whole(row, publication)

    def put_back(self, by: Reviewer) -> None:
        """Free the pair that a reviewer has, undecided, for whoever comes next."""
        with self.at_work(by) as connection:
            given = waiting_pairs.give_back(connection, by=by.name)
            enter(connection, by, "put back", given)

    def decide(self, pair: int, *, judgement: str, reason: str, by: Reviewer) -> int:
        """Record a reviewer's word on the pair that he has; give the decision's number.

        It may wait for a second person: see `SecondLook`.

        Raises:
            Taken: the pair is no longer his.
            BadInput: no such judgement, no reason, or a contradiction with other decisions
                (`Contradiction`); the pair stays his.
        """
        if len(reason) > LONGEST_REASON:
            raise BadInput(
                "the reason", f"has {len(reason)} characters", f"use {LONGEST_REASON} at most"
            )
        _, queue = self._queue()
        with self.at_work(by) as connection:
            keys = waiting_pairs.held_by(connection, queue, pair_id=pair, by=by.name)
            if keys is None:
                raise _taken(pair)
            word = Decision(
                prisoner_number=keys.prisoner_number,
                cid_person_id=keys.cid_person_id,
                judgement=judgement,
                reviewer=by.name,
                reason=reason.strip(),
            )
            (number,) = enter_decisions(connection, {"the decision": word})
            enter(connection, by, "decide", [word.pair], decision_ids=[number])
            waiting_pairs.give_back(connection, by=by.name)
        return number

    def undo(self, by: Reviewer) -> OpenPair | None:
        """Withdraw a reviewer's last word that no night has used yet; give the pair back to him.

        None where another has the pair by now: the word is withdrawn all the same.

        Raises:
            BadInput: there is no such word.
        """
        publication, queue = self._queue()
        with self.at_work(by) as connection:
            last = waiting_pairs.last_entry_of(
                connection, queue, by=by.name, since=publication.published_at
            )
            if last is None:
                raise BadInput(
                    "undo",
                    "you have decided nothing since the last night",
                    "withdraw an older decision by its number, with a reason",
                )
            enter_withdrawal(connection, last.decision_id, named=by.name, reason="undone at once")
            keys = [(last.prisoner_number, last.cid_person_id)]
            enter(connection, by, "withdraw", keys, decision_ids=[last.decision_id])
            row = waiting_pairs.take(
                connection, queue, pair_id=last.pair_id, by=by.name, minutes=LEASE_MINUTES
            )
            if row is not None:
                enter(connection, by, "look", keys)
        return None if row is None else self._whole(row, publication)

    def progress(self, by: Reviewer) -> Progress:
        """How far the queue is, tier by tier."""
        publication, queue = self._queue()
        with transaction(self.engine) as connection:
            rows = waiting_pairs.progress(connection, queue, by=by.name)
            pairs, steps = waiting_pairs.gain(connection, queue, first=FIRST)
        tiers = [Tier(consequence=CONSEQUENCES[row["tier"]], **row) for row in rows]
        gain = gain_line(self._figures_of(publication), pairs=pairs, steps=steps)
        return Progress(as_of=publication.as_of, tiers=tiers, gain=gain)

    def waiting(self, *, tier: int | None = None, page: int = 1) -> list[Hanging]:
        """One page of the queue in its order, without a word on who the persons are."""
        _, queue = self._queue()
        with transaction(self.engine) as connection:
            rows = waiting_pairs.waiting(
                connection, queue, tier=tier, skip=(page - 1) * PAGE, most=PAGE
            )
        return [Hanging(**_hanging(row)) for row in rows]

    def looked(self, pairs: list[tuple[str, str]], by: Reviewer) -> None:
        """Enter in the audit log that somebody is shown these pairs."""
        with self.at_work(by) as connection:
            enter(connection, by, "look", pairs)

    def record(self, decisions: Mapping[str, Decision], by: Reviewer) -> list[int]:
        """Record decisions on any pairs, all or none, whoever has them; give their numbers.

        Raises:
            BadInput: see `record_decisions`.
        """
        with self.at_work(by) as connection:
            numbers = enter_decisions(connection, decisions)
            pairs = [decision.pair for decision in decisions.values()]
            enter(connection, by, "decide", pairs, decision_ids=numbers)
        return numbers

    def withdraw(self, decision_id: int, *, named: str, reason: str, by: Reviewer) -> int | None:
        """Withdraw a decision: the model decides on the pair again from the next night on.

        None where it is withdrawn; the number of the decision to do so, where a second person must
        see it first.

        Args:
            decision_id: its number.
            named: who withdraws it, as the ledger shall say.
            reason: why.
            by: who is at the keyboard.

        Raises:
            BadInput: no such decision holds, or the name or the reason is missing.
        """
        chosen = (DECISIONS.c.decision_id == decision_id,)
        with self.at_work(by) as connection:
            asked = enter_withdrawal(connection, decision_id, named=named, reason=reason)
            keys = sa.select(DECISIONS.c.prisoner_number, DECISIONS.c.cid_person_id).where(*chosen)
            pairs = [(row.prisoner_number, row.cid_person_id) for row in connection.execute(keys)]
            if asked is None:
                enter(connection, by, "withdraw", pairs, decision_ids=[decision_id])
            else:
                enter(connection, by, "decide", pairs, decision_ids=[asked])
        return asked

    @contextmanager
    def at_work(self, by: Reviewer) -> Iterator[sa.Connection]:
        """A transaction in a reviewer's name."""
        with transaction(self.engine) as connection:
            acting_as(connection, by.vouched)
            yield connection

    def _queue(self) -> tuple[Publication, Queue]:
        """The last publication and its queue, laid out by whoever comes first."""
        publication = self.published()
        with transaction(self.engine) as connection:
            last = waiting_pairs.last_queue(connection)
        if last is not None and last.publication_number == publication.number:
            return publication, last
        pairs = queue_of(self.engine, publication)
        tiers = {text: tier for tier, text in CONSEQUENCES.items()}
        pairs = pairs.assign(tier=pairs["consequence"].map(tiers), position=pairs["rank"])
        with transaction(self.engine) as connection:
            queue = waiting_pairs.lay_queue(
                connection, publication_number=publication.number, pairs=pairs
            )
        return publication, queue

    def published(self) -> Publication:
        """The last publication.

        Raises:
            BadInput: there is none.
        """
        publication = latest_publication(self.engine)
        if publication is None:
            raise BadInput("the queue", "nothing is published yet", "run a night first")
        return publication

    def _whole(self, row: sa.RowMapping, publication: Publication) -> OpenPair:
        return OpenPair(
            **_hanging(row),
            until=row["assigned_until"],
            lines=lines(self.records_of(_keys(row), publication)),
            evidence=in_words(row["evidence"]),
        )

    def records_of(self, pair: tuple[str, str], publication: Publication) -> "pd.Series[Any]":
        """Both records of a pair."""
        alone = pd.DataFrame([dict(zip(PAIR, pair, strict=True))]).astype("str")
        return with_records(alone, self._landings_of(publication)).iloc[0]

    def _landings_of(self, publication: Publication) -> dict[str, Landing]:
        """The publication's landings, verified once for each publication."""
        with self._lock:
            if self._opened is None or self._opened[0] != publication.publication_id:
                opened = open_landings(publication, folder=self.landings)
                self._opened = publication.publication_id, opened
            return self._opened[1]

    def _figures_of(self, publication: Publication) -> pd.DataFrame:
        """The publication's figures, read once for each publication."""
        with self._lock:
            if self._figures is None or self._figures[0] != publication.publication_id:
                name = results.FIGURES.full_name
                read = read_table(self.engine, publication.publication_id, name)
                self._figures = publication.publication_id, read
            return self._figures[1]


def _keys(row: sa.RowMapping) -> tuple[str, str]:
    return row["prisoner_number"], row["cid_person_id"]


def _hanging(row: sa.RowMapping) -> dict[str, Any]:
    same = ("days_to_release", "release_date", "probability", "narrows", "unsure", "assigned_to")
    status, offence = row["status"], row["offence_code"]
    return {
        "pair": row["pair_id"],
        "consequence": CONSEQUENCES[row["tier"]],
        "status": None if status is None else STATUS_WORDS[status],
        "offence": None if offence is None else codes.OFFENCE.meaning_of(offence),
        **{name: row[name] for name in same},
    }


def _taken(pair: int) -> Taken:
    return Taken(
        f"pair [{pair}]", "was handed on, or decided, by somebody else meanwhile", "take the next"
    )
