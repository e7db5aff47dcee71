"""Whether reviewers' decisions can all be true: if A is B and B is C, nobody can say A is not C."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from jobs.runtime.errors import BadInput

Person = tuple[str, str]
"""Register and key."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A reviewer's word on a pair.

    ``reviewer`` is a name as it was typed, ``recorded_by`` who was logged in, which the database
    says; that and ``decision_id`` are empty before it is recorded.
    """

    prisoner_number: str
    cid_person_id: str
    judgement: str
    reviewer: str
    reason: str
    decision_id: int | None = None
    recorded_by: str | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The pair's key."""
        return self.prisoner_number, self.cid_person_id

    @property
    def ends(self) -> tuple[Person, Person]:
        """Both persons."""
        return ("prison", self.prisoner_number), ("immigration", self.cid_person_id)

    @property
    def name(self) -> str:
        """What to call it where no person may be named."""
        return "this one" if self.decision_id is None else f"number {self.decision_id}"


class Contradiction(BadInput):
    """A decision that cannot be true beside those that hold.

    ``chain`` holds the decisions that contradict each other: links from one person to another,
    and last the decision that these two are not one person. The message names them by number;
    whoever may see persons can be shown `chain_lines`.
    """

    chain: tuple[Decision, ...] = ()

    @classmethod
    def of(cls, chain: tuple[Decision, ...], where: str) -> "Contradiction":
        """The error for a chain."""
        links, parting = [decision.name for decision in chain[:-1]], chain[-1].name
        error = cls(
            where,
            f"contradicts the decisions that hold: by {', '.join(links)} they are one person, "
            f"by {parting} they are not",
            "withdraw the wrong one first",
        )
        error.chain = chain
        return error

    @property
    def chain_lines(self) -> list[str]:
        """The chain with its persons, one decision a line: for the reviewer's eyes only."""
        signs = {"must_link": "=", "must_not_link": "is not"}
        return [
            f"{one.prisoner_number} {signs[one.judgement]} {one.cid_person_id}   "
            f"({one.name}, {one.reviewer}: {one.reason})"
            for one in self.chain
        ]


@dataclass
class Holding:
    """Decisions that hold together."""

    by_pair: dict[tuple[str, str], Decision] = field(default_factory=dict)

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "Holding":
        """Take decisions as they are, in order."""
        return cls({decision.pair: decision for decision in decisions})

    def add(self, decision: Decision, *, where: str) -> None:
        """Take in another decision, in place of an earlier one on its pair.

        Raises:
            Contradiction: it cannot be true beside the others.
        """
        others = {pair: one for pair, one in self.by_pair.items() if pair != decision.pair}
        after = {**others, decision.pair: decision}
        chain = _contradiction(after, decision)
        if chain:
            raise Contradiction.of(chain, where)
        self.by_pair = after


def _contradiction(
    decisions: dict[tuple[str, str], Decision], newest: Decision
) -> tuple[Decision, ...]:
    links: dict[Person, list[tuple[Person, Decision]]] = defaultdict(list)
    for decision in decisions.values():
        if decision.judgement == "must_link":
            one, other = decision.ends
            links[one].append((other, decision))
            links[other].append((one, decision))
    if newest.judgement == "must_link":
        reached = _paths(links, newest.ends[0])
        partings = [
            one
            for one in decisions.values()
            if one.judgement != "must_link" and set(one.ends) <= set(reached)
        ]
    else:
        partings = [newest]
    for parting in partings:
        one, other = parting.ends
        path = _paths(links, one).get(other)
        if path is not None:
            return (*path, parting)
    return ()


def _paths(
    links: dict[Person, list[tuple[Person, Decision]]], start: Person
) -> dict[Person, tuple[Decision, ...]]:
    """The shortest chain of links to everybody that ``start`` is one person with."""
    paths: dict[Person, tuple[Decision, ...]] = {start: ()}
    waiting = deque([start])
    while waiting:
        here = waiting.popleft()
        for there, decision in links.get(here, ()):
            if there not in paths:
                paths[there] = (*paths[here], decision)
                waiting.append(there)
    return paths
