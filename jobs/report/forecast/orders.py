"""Orders in which a queue can be worked, and the day on which each person's turn comes.

No order does everything: what is spent on those held past their date is not spent on the releases
ahead. `RELEASES_FIRST` loses the fewest releases that can be dated, because of those who wait the
one who leaves first is always taken (unit jobs with deadlines; Jackson 1955, Glover 1967), and it
decides on nobody held until nobody else waits. The tests work each order event by event.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

NEVER: Final = 10**6
"""A day that does not come."""
NEAR_DAYS: Final = 30
"""Releases within so many days come before those held, as in the rule ``priority.ranking``."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """An order of the work.

    Those who wait stand in lanes, and a lane is worked only once those before it are empty:
    ``near_first`` puts releases within `NEAR_DAYS` before those held and the others after them,
    ``held`` says on which side of all others the held stand (-1 before, 1 after, 0 among them).
    ``in_turn`` gives every second decision to the held as long as somebody else waits too.
    ``by_seriousness`` takes the more serious first within a lane; otherwise, and in a tie, whoever
    leaves first.
    """

    name: str
    title: str
    says: str
    held: int = 0
    near_first: bool = False
    in_turn: bool = False
    by_seriousness: bool = False


RELEASES_FIRST: Final = Order(
    name="releases_first",
    title="Releases ahead first",
    says="always the nearest release; those held past their date when nobody else waits",
    held=1,
)
HELD_FIRST: Final = Order(
    name="held_first",
    title="Held past their date first",
    says="those held past their date, then always the nearest release",
    held=-1,
)
SERIOUS_FIRST: Final = Order(
    name="serious_first",
    title="Most serious first",
    says="the most serious offence, whoever leaves first of those",
    by_seriousness=True,
)
IN_TURN: Final = Order(
    name="in_turn",
    title="One of each in turn",
    says="every second decision for somebody held past the date, the others by nearest release",
    in_turn=True,
)
WORK: Final = Order(
    name="work",
    title="The order of the work",
    says=f"releases within {NEAR_DAYS} days, then those held past their date, then later releases",
    near_first=True,
)
ORDERS: Final = (WORK, RELEASES_FIRST, HELD_FIRST, IN_TURN, SERIOUS_FIRST)
"""Every order that is compared; the first is that of emails and lists."""


def turns(
    *,
    arrives: np.ndarray,
    leaves: np.ndarray,
    is_held: np.ndarray,
    seriousness: np.ndarray,
    daily: float,
    days: int,
    order: Order,
) -> np.ndarray:
    """The day on which each person is decided on, or `NEVER`.

    Args:
        arrives: first day on which each can be decided on; ties fall to whoever stands before.
        leaves: last day on which each can be decided on; `NEVER` where it is not known.
        is_held: whether each is held past the date of release.
        seriousness: 1 to 5 of each, 1 first.
        daily: decisions in a day; the fraction is carried over while somebody waits, and nothing
            is saved up while nobody does.
        days: days ahead, the night's own day being 0.
        order: in which order they are taken.
    """
    first = np.where(is_held, -1, leaves)
    keys = (first, seriousness) if order.by_seriousness else (first,)
    ranked = np.lexsort(keys)
    turn = np.full(len(arrives), NEVER, dtype="int64")
    credit, done = 0.0, 0
    waits = ranked
    for day in range(days):
        waits = waits[(turn[waits] == NEVER) & (leaves[waits] >= day)]
        ready = waits[arrives[waits] <= day]
        credit += daily
        # A tenth of a thousandth keeps 7 x (1 / 7) from falling short of 1.
        taken = _taken(ready, int(credit + 1e-4), done, leaves - day, is_held, order)
        turn[taken] = day
        done += len(taken)
        left = ready[turn[ready] == NEVER]
        credit = credit - len(taken) if (leaves[left] > day).any() else 0.0
    return turn


def _taken(
    ready: np.ndarray,
    places: int,
    done: int,
    days_left: np.ndarray,
    is_held: np.ndarray,
    order: Order,
) -> np.ndarray:
    """Who of those ready, ranked within their lanes, is decided on this day."""
    held = is_held[ready]
    if order.in_turn:
        return _alternately(ready[~held], ready[held], places, done)
    if order.near_first:
        lanes = np.where(held, 1, np.where(days_left[ready] <= NEAR_DAYS, 0, 2))
    else:
        lanes = np.where(held, order.held, 0)
    return ready[np.argsort(lanes, kind="stable")][:places]


def _alternately(others: np.ndarray, held: np.ndarray, places: int, done: int) -> np.ndarray:
    """From two lanes in turn, the held on every second decision; all from one if one is empty."""
    of_held = (done + places) // 2 - done // 2
    from_held = min(len(held), max(of_held, places - len(others)))
    return np.concatenate([others[: places - from_held], held[:from_held]])
