"""Whether somebody is held, released, or gone by another way, and since when.

The last release or admission of an episode decides; the status on the episode row decides where
the movements are silent. Removal, death, hospital, escape and a removal centre are exits of their
own, never releases (rules ``custody.*`` and ``exit.*``). Nobody leaves twice without coming back:
of several releases in a row, with nothing between, the first tells when the person went.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from jobs.assess import columns as col
from jobs.assess.columns import NO_DAY, Days, Flags, Whole
from jobs.assess.read.sentences import SentenceRows
from jobs.contract import codes as c

HELD, RELEASED, REMOVED, DIED, HOSPITAL, AT_LARGE, REMOVAL_CENTRE = range(7)

_KIND_OF_REASON = {
    **dict.fromkeys(sorted(c.REMOVAL_REASONS), REMOVED),
    "DEC": DIED,
    "HP": HOSPITAL,
    "UAL": AT_LARGE,
    "ESCP": AT_LARGE,
    "ET": REMOVAL_CENTRE,
}
"""Every other reason, and a missing one, is a release: a person is not lost by a bad code."""

_EXTRADITED = "EX"
_USED = ["movement_sequence", "movement_date", "movement_type", "movement_reason"]
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Where the person of each episode is on the night.

    ``kind`` is one of the constants above. ``exit_date`` is the day of the exit, whatever its
    kind; ``release_date`` that of a release; both ``NaT`` where not recorded. ``last_seen`` is the
    last day on which the person is known to have been in custody. ``exit_sequence`` is the
    number of the movement that decided, -1 if the episode row did.
    """

    kind: Whole
    exit_date: Days
    release_date: Days
    last_seen: Days
    exit_sequence: Whole
    is_on_roll: Flags
    is_recalled: Flags
    recalled_from: Days
    is_extradited: Flags

    @property
    def is_released(self) -> Flags:
        """Released into the community, dated or not."""
        released: Flags = self.kind == RELEASED
        return released

    @property
    def is_undated(self) -> Flags:
        """Released on a day that nobody recorded."""
        return self.is_released & np.isnat(self.release_date)

    @property
    def is_gone(self) -> Flags:
        """No longer in prison, hospital or detention, and not expected back."""
        gone: Flags = np.isin(self.kind, (RELEASED, REMOVED, DIED))
        return gone


def read_custody(
    *,
    episodes: pa.Table,
    movements: pa.Table,
    sentences: SentenceRows,
    as_of: np.datetime64,
) -> Custody:
    """Read the state of each episode from its movements and its own row.

    Args:
        episodes: ``prison.episodes``, in the order of the result.
        movements: ``prison.movements``, in any order; those dated or recorded after ``as_of`` are
            left out.
        sentences: the sentences: one passed between two releases shows that the person was back.
        as_of: the night.
    """
    count = len(episodes)
    table, episode, sequence = _visible(episodes, movements, as_of)
    moved = col.days(table, "movement_date")
    is_exit = col.is_one_of(table, "movement_type", {"REL"})
    is_entry = col.is_one_of(table, "movement_type", {"ADM"})
    last = col.pick(episode, [-sequence], is_exit | is_entry, count)
    last_exit = col.pick(episode, [-sequence], is_exit, count)
    left_by_movement = col.at(is_exit, last, False)
    entered = np.where(left_by_movement | (last < 0), NO_DAY, col.at(moved, last, NO_DAY))
    by_row = _left_by_row(episodes, entered, (last_exit >= 0) & ~left_by_movement, as_of)
    left = left_by_movement | by_row
    exit_row = np.where(left_by_movement, last, -1)
    kind = np.where(left, _kinds(episodes, table, exit_row), HELD)
    leaves = _leaves(table, exit_row[left_by_movement & (kind != RELEASED)])
    tells = _tells(table, episode, sequence, leaves, sentences)
    exit_row = np.where(kind == RELEASED, col.at(tells, exit_row, -1), exit_row)
    exit_date = np.where(left, _exit_days(episodes, moved, exit_row, entered, as_of), NO_DAY)
    before = sequence < col.at(sequence, exit_row, _NEVER)[episode]
    seen = col.latest(np.where(before, episode, -1), moved, count)
    seen = np.fmax(seen, col.days(episodes, "reception_date"))
    returned = ~left & (last_exit >= 0)
    reason = col.is_one_of(table, "movement_reason", {_EXTRADITED})
    named = col.filled(table, "movement_reason")
    extradited = np.where(
        col.at(named, exit_row, False),
        col.at(reason, exit_row, False),
        col.is_one_of(episodes, "last_movement_reason", {_EXTRADITED}),
    )
    return Custody(
        kind=kind,
        exit_date=exit_date,
        release_date=np.where(kind == RELEASED, exit_date, NO_DAY),
        last_seen=seen,
        exit_sequence=col.at(sequence, exit_row, -1),
        is_on_roll=~left,
        is_recalled=returned & (col.at(_kind_of(table), last_exit, HELD) == RELEASED),
        recalled_from=np.where(
            returned, col.at(moved, col.at(tells, last_exit, -1), NO_DAY), NO_DAY
        ),
        is_extradited=(kind == REMOVED) & extradited,
    )


@dataclass(frozen=True, kw_only=True)
class Releases:
    """Releases into the community, in order of episode and time, each a row of its own.

    ``day`` is ``NaT`` where not recorded; ``limit`` is then the last day on which the person is
    known to have been inside, as far as movements tell. ``reason`` is a position in `REASONS`, -1
    for none. ``returned`` is the day of the next admission in the same booking; ``is_final`` marks
    a release that none has followed.
    """

    episode: Whole
    is_final: Flags
    day: Days
    limit: Days
    reason: Whole
    returned: Days


REASONS = [code.code for code in c.MOVEMENT_REASON.codes]


def read_releases(
    *,
    episodes: pa.Table,
    movements: pa.Table,
    sentences: SentenceRows,
    custody: Custody,
    as_of: np.datetime64,
) -> Releases:
    """Every release of each episode, whatever happened since: no later movement undoes one.

    Exits to the community without an admission between are one, told by the first of the last of
    them in a row; another exit that follows takes nothing away.
    """
    table, episode, sequence = _visible(episodes, movements, as_of)
    moved, kind = col.days(table, "movement_date"), _kind_of(table)
    is_exit = col.is_one_of(table, "movement_type", {"REL"})
    is_entry = col.is_one_of(table, "movement_type", {"ADM"})
    turns = np.flatnonzero(is_exit | is_entry)
    turns = turns[np.lexsort((sequence[turns], episode[turns]))]
    of = episode[turns]
    is_new = np.r_[True, of[1:] != of[:-1]] if len(of) else np.zeros(0, dtype=bool)
    run = np.cumsum(is_new | is_entry[turns]) - 1
    count = int(run.max(initial=-1)) + 1
    decides = sequence[turns] == custody.exit_sequence[of]
    leaving = is_exit[turns] & (kind[turns] == RELEASED) & ~decides
    own_row = np.full(len(episodes), -1)
    own_row[of[decides]] = turns[decides]
    is_told = col.any_of(run, decides & custody.is_released[of], count)
    last = col.pick(run, [-np.arange(len(turns))], leaving, count)
    runs = np.flatnonzero((last >= 0) & ~is_told)
    first = np.searchsorted(run, np.arange(count))
    follows = np.r_[of[first][1:] == of[first][:-1], False] if count else np.zeros(0, dtype=bool)
    back = np.where(follows, np.r_[moved[turns[first]][1:], NO_DAY], NO_DAY)
    leaves = _leaves(table, turns[decides & ~custody.is_released[of]])
    rows = _tells(table, episode, sequence, leaves, sentences)[turns[last[runs]]]
    final = np.flatnonzero(custody.is_released)
    seen = np.fmax(
        _seen_before(table, episode, sequence, rows),
        col.days(episodes, "reception_date")[episode[rows]],
    )
    owner = np.r_[episode[rows], final]
    day = np.r_[moved[rows], custody.release_date[final]]
    by_movement = np.where(custody.exit_sequence[final] >= 0, own_row[final], -1)
    found = Releases(
        episode=owner,
        is_final=np.arange(len(owner)) >= len(rows),
        day=day,
        limit=col.first_day(day, np.r_[seen, custody.last_seen[final]]),
        reason=np.r_[
            col.code_numbers(table, "movement_reason", REASONS)[rows],
            col.at(col.code_numbers(table, "movement_reason", REASONS), by_movement, -1),
        ],
        returned=np.r_[back[runs], np.full(len(final), NO_DAY)],
    )
    # Movements come in order of sequence, the final release last: a stable sort keeps that.
    order = np.argsort(owner, kind="stable")
    return Releases(**{name: values[order] for name, values in vars(found).items()})


def _leaves(table: pa.Table, others: Whole) -> Flags:
    """Which movements are releases; ``others`` are exits that the episode's row says were none."""
    leaves: Flags = col.is_one_of(table, "movement_type", {"REL"}) & (_kind_of(table) == RELEASED)
    leaves[others] = False
    return leaves


def _tells(
    table: pa.Table, episode: Whole, sequence: Whole, leaves: Flags, sentences: SentenceRows
) -> Whole:
    """Of each movement, the one that tells when the person went: itself, or the first in a row.

    A row of releases is broken by any other movement, and by the day of a sentence.
    """
    moved, tells = col.days(table, "movement_date"), np.arange(len(table))
    order = np.lexsort((sequence, episode))
    of, in_row = episode[order], leaves[order]
    goes_on = np.zeros(len(order), dtype=bool)
    goes_on[1:] = in_row[1:] & in_row[:-1] & (of[1:] == of[:-1])
    block = np.empty(len(order), dtype=np.int64)
    block[order] = np.cumsum(~goes_on) - 1
    count = int(block.max(initial=-1)) + 1
    repeated = leaves & (np.bincount(block, minlength=count)[block] > 1)
    end = col.latest(np.where(repeated, block, -1), moved, count)
    owner = np.full(count, -1)
    owner[block[repeated]] = episode[repeated]
    row, passed = col.pairs(owner, np.where(sentences.counts, sentences.episode, -1))
    before = sentences.passed[passed] <= end[row]
    sentenced = col.latest(np.where(before, row, -1), sentences.passed[passed], count)
    dated = repeated & ~np.isnat(moved) & ~(moved < sentenced[block])
    first = col.pick(block, [moved, sequence], dated, count)
    told = first[block]
    return np.where(repeated & (told >= 0), told, tells)


def _seen_before(table: pa.Table, episode: Whole, sequence: Whole, rows: Whole) -> Days:
    """The last day of a movement of the same episode before each of some movements."""
    row, other = col.pairs(episode[rows], episode)
    earlier = sequence[other] < sequence[rows[row]]
    moved = col.days(table, "movement_date")
    return col.latest(np.where(earlier, row, -1), moved[other], len(rows))


def _visible(
    episodes: pa.Table, movements: pa.Table, as_of: np.datetime64
) -> tuple[pa.Table, Whole, Whole]:
    found = col.positions(movements.column("episode_id"), episodes.column("episode_id"))
    moved = col.days(movements, "movement_date")
    visible = (found >= 0) & col.known_by(movements, as_of) & ~(moved > as_of)
    sequence = col.whole(movements, "movement_sequence", missing=0)
    table = movements.select(_USED).filter(pa.array(visible))
    return table, found[visible], sequence[visible]


def _left_by_row(episodes: pa.Table, entered: Days, returned: Flags, as_of: np.datetime64) -> Flags:
    """Whether the episode row itself says that the person left.

    Its last movement is believed unless the movements hold a return on that day or later.
    """
    inactive = col.is_one_of(episodes, "status", {"INACTIVE OUT"})
    day = col.days(episodes, "last_movement_date")
    leaves = col.is_one_of(episodes, "last_movement_type", {"REL"}) & ~(day > as_of)
    stale = returned & ~(day > entered)
    return inactive | (leaves & ~stale)


def _kind_of(table: pa.Table, reason: str = "movement_reason") -> Whole:
    reasons = list(_KIND_OF_REASON)
    kinds = np.array(list(_KIND_OF_REASON.values()))
    answer: Whole = col.at(kinds, col.code_numbers(table, reason, reasons), RELEASED)
    return answer


def _kinds(episodes: pa.Table, table: pa.Table, exit_row: Whole) -> Whole:
    own = _kind_of(episodes, "last_movement_reason")
    own = np.where(_last_is_exit(episodes), own, RELEASED)
    known = col.is_one_of(episodes, "last_movement_reason", c.RELEASE_REASONS)
    dead = col.is_one_of(episodes, "legal_status", {"DEAD"}) & ~known
    own = np.where(dead & (own == RELEASED), DIED, own)
    named = col.filled(table, "movement_reason")
    by_movement = np.where(
        col.at(named, exit_row, False), col.at(_kind_of(table), exit_row, 0), own
    )
    return np.where(exit_row >= 0, by_movement, own)


def _exit_days(
    episodes: pa.Table, moved: Days, exit_row: Whole, entered: Days, as_of: np.datetime64
) -> Days:
    own = np.where(_last_is_exit(episodes), col.days(episodes, "last_movement_date"), NO_DAY)
    own = np.where((own > as_of) | (own < entered), NO_DAY, own)
    return col.first_day(col.at(moved, exit_row, NO_DAY), own)


def _last_is_exit(episodes: pa.Table) -> Flags:
    other = col.filled(episodes, "last_movement_type")
    return col.is_one_of(episodes, "last_movement_type", {"REL"}) | ~other
