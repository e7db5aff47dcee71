"""The desk of a second person: what waits for one, shown whole, and the word that confirms it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.contract import results
from jobs.review.desk import Desk
from jobs.review.differences import Line, lines
from jobs.review.effects import Effect, effect_of
from jobs.review.evidence import Piece, in_words
from jobs.warehouse import Decision, Reviewer, all_decisions, named, read_chosen
from jobs.warehouse.ledgers.audit_log import enter
from jobs.warehouse.ledgers.second_person import (
    confirm_decision,
    enter_withdrawal,
    second_wanted,
    waiting_decision,
)
from jobs.warehouse.store.actors import acting_as
from jobs.warehouse.store.connections import transaction


@dataclass(frozen=True, kw_only=True)
class Awaited:
    """A decision that waits for a second person, without its persons."""

    decision: int
    judgement: str
    by: str
    """Who decided: as typed, and as logged in if that is another."""
    decided_at: datetime
    reason: str
    wanted: str
    """Why a second person is wanted."""


@dataclass(frozen=True, kw_only=True)
class OpenAwaited(Awaited):
    """The same before somebody who may confirm it: both records, the evidence, what it changes."""

    lines: list[Line]
    evidence: list[Piece]
    effect: list[str]


@dataclass(frozen=True, kw_only=True)
class SecondLook:
    """What a second person may do, at a desk."""

    desk: Desk

    def confirm(self, decision_id: int, *, reason: str, by: Reviewer) -> None:
        """Confirm another's decision that waits: it holds from the next night on.

        Raises:
            BadInput: it does not wait, is one's own, or contradicts others; no reason is given.
        """
        with self.desk.at_work(by) as connection:
            chosen = confirm_decision(connection, decision_id, reason=reason)
            enter(connection, by, "confirm", [chosen.pair], decision_ids=[decision_id])

    def effect(self, decision: Decision) -> Effect:
        """What a decision would change of the last publication; see `effect_of`.

        Raises:
            BadInput: nothing is published.
        """
        return effect_of(
            self.desk.engine, self.desk.published(), decision, landings=self.desk.landings
        )

    def awaited(self, by: Reviewer) -> list[Awaited]:
        """What waits for a second person and was not decided by this one, the oldest first."""
        with self.desk.at_work(by) as connection:
            me = acting_as(connection)
        waiting = all_decisions(self.desk.engine, is_pending=True)
        others = waiting[waiting["recorded_by"].ne(me)].iloc[::-1]
        return [Awaited(**_awaited(row)) for row in others.to_dict("records")]

    def open(self, decision_id: int, by: Reviewer) -> OpenAwaited:
        """One of these whole: both records, the evidence, and what it would change.

        Raises:
            BadInput: it does not wait, or the records are gone.
        """
        chosen, effect = self.awaiting(decision_id, by)
        waiting = all_decisions(self.desk.engine, is_pending=True)
        (row,) = waiting[waiting["decision_id"].eq(decision_id)].to_dict("records")
        publication = self.desk.published()
        one, other = chosen.pair
        links = read_chosen(
            self.desk.engine, publication, results.LINKS, column="prisoner_number", values=[one]
        )
        proofs = links.loc[links["cid_person_id"].eq(other), "evidence"].to_list()
        return OpenAwaited(
            **_awaited(row),
            lines=lines(self.desk.records_of(chosen.pair, publication)),
            evidence=in_words(proofs[0]) if proofs else [],
            effect=effect.lines,
        )

    def awaiting(self, decision_id: int, by: Reviewer) -> tuple[Decision, Effect]:
        """A decision that waits for a second person, and what it would change.

        Raises:
            BadInput: none of this number waits.
        """
        with self.desk.at_work(by) as connection:
            chosen = waiting_decision(connection, decision_id)
            enter(connection, by, "look", [chosen.pair], decision_ids=[decision_id])
        return chosen, self.effect(chosen)

    def refuse(self, decision_id: int, *, reason: str, by: Reviewer) -> None:
        """Withdraw a decision that waits: what held before goes on to hold.

        Raises:
            BadInput: it does not wait, or no reason is given.
        """
        with self.desk.at_work(by) as connection:
            chosen = waiting_decision(connection, decision_id)
            enter_withdrawal(connection, decision_id, named=by.name, reason=reason)
            enter(connection, by, "withdraw", [chosen.pair], decision_ids=[decision_id])

    def seconds(self, numbers: list[int]) -> dict[int, str]:
        """Those of some decisions that wait for a second person, and why one is wanted."""
        with transaction(self.desk.engine) as connection:
            return second_wanted(connection, numbers)


def _awaited(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        "decision": int(row["decision_id"]),
        "judgement": row["judgement"],
        "by": named(row["reviewer"], row["recorded_by"]),
        "decided_at": row["decided_at"].to_pydatetime(),
        "reason": row["reason"],
        "wanted": row["second_wanted"],
    }
