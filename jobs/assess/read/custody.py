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
_USED = ["movement_sequence", "movement_date", "movement_type", "movement_reason", "recorded_at"]
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Where the person of each episode is on the night.

    ``kind`` is one of the constants above. ``exit_date`` is the day of the exit, whatever its
    kind; ``release_date`` that of a release; both ``NaT`` where not recorded. ``last_seen`` is the
    last day on which the person is known to have been in custody. ``exit_sequence`` is the
    number of the movement that decided, -1 if the episode row did; ``exit_written`` is the day on
    which that movement was written down.
    """

    kind: Whole
    exit_date: Days
    release_date: Days
    last_seen: Days
    exit_sequence: Whole
    exit_written: Days
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
        exit_written=col.at(col.recorded_days(table), exit_row, NO_DAY),
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
    known to have been inside, as far as movements tell. ``written`` is the day on which the exit
    was written down. ``reason`` is a position in `REASONS`, -1
    for none. ``returned`` is the day of the next admission in the same booking; ``is_final`` marks
    a release that none has followed.
    """

    episode: Whole
    is_final: Flags
    day: Days
    limit: Days
    written: Days
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

    Releases in a row with nothing between are one. Another movement between them, or the day of a
    sentence, shows that the person was back: they are two.
    """
    table, episode, sequence = _visible(episodes, movements, as_of)
    moved, count = col.days(table, "movement_date"), len(episodes)
    is_exit = col.is_one_of(table, "movement_type", {"REL"})
    decides = is_exit & (sequence == custody.exit_sequence[episode])
    own_row = col.pick(episode, [sequence], decides, count)
    leaves = _leaves(table, np.flatnonzero(decides & ~custody.is_released[episode]))
    parts = _departures(table, episode, sequence, leaves, sentences)
    final = np.flatnonzero(custody.is_released)
    told_last = col.at(parts.group, np.where(custody.is_released, own_row, -1), -1)
    earlier = np.setdiff1d(np.arange(len(parts.tells)), told_last)
    rows = parts.tells[earlier]
    seen = np.fmax(
        _seen_before(table, episode, sequence, rows),
        col.days(episodes, "reception_date")[episode[rows]],
    )
    reason = col.code_numbers(table, "movement_reason", REASONS)
    owner = np.r_[episode[rows], final]
    day = np.r_[moved[rows], custody.release_date[final]]
    back = _back(table, episode, sequence, parts, sentences)
    found = Releases(
        episode=owner,
        is_final=np.arange(len(owner)) >= len(rows),
        day=day,
        limit=col.first_day(day, np.r_[seen, custody.last_seen[final]]),
        written=np.r_[col.recorded_days(table)[rows], custody.exit_written[final]],
        reason=np.r_[reason[rows], col.at(reason, own_row[final], -1)],
        returned=np.r_[back[earlier], np.full(len(final), NO_DAY)],
    )
    # Movements come in order of sequence, the final release last: a stable sort keeps that.
    order = np.argsort(owner, kind="stable")
    return Releases(**{name: values[order] for name, values in vars(found).items()})


def _leaves(table: pa.Table, others: Whole) -> Flags:
    """Which movements are releases; ``others`` are exits that the episode's row says were none."""
    leaves: Flags = col.is_one_of(table, "movement_type", {"REL"}) & (_kind_of(table) == RELEASED)
    leaves[others] = False
    return leaves


@dataclass(frozen=True, kw_only=True)
class _Departures:
    """Movements that are releases, put together where nothing shows a return between them.

    ``group`` is the departure of each movement, -1 for none, in order of episode and sequence.
    ``tells`` is the movement that tells when each departure was: the first of its days. ``block``
    numbers the releases in a row: its departures are told apart by the day of a sentence.
    """

    group: Whole
    tells: Whole
    block: Whole


def _departures(
    table: pa.Table, episode: Whole, sequence: Whole, leaves: Flags, sentences: SentenceRows
) -> _Departures:
    """Put releases together that are one; any other movement and a sentence tell them apart."""
    moved = col.days(table, "movement_date")
    order = np.lexsort((sequence, episode))
    of, in_row = episode[order], leaves[order]
    goes_on = np.zeros(len(order), dtype=bool)
    goes_on[1:] = in_row[1:] & in_row[:-1] & (of[1:] == of[:-1])
    block = np.empty(len(order), dtype=np.int64)
    block[order] = np.cumsum(~goes_on) - 1
    part = np.zeros(len(order), dtype=np.int64)
    repeated = leaves & (np.bincount(block, minlength=1)[block] > 1)
    dated = repeated & ~np.isnat(moved)
    row, passed = col.pairs(
        np.where(dated, episode, -1), np.where(sentences.counts, sentences.episode, -1)
    )
    np.add.at(part, row, sentences.passed[passed] <= moved[row])
    part[order] = _with_the_next(part[order], block[order], dated[order])
    keys = np.where(leaves, block * (part.max(initial=0) + 1) + part, -1)
    groups, group = np.unique(keys, return_inverse=True)
    is_none = int(np.count_nonzero(groups < 0))
    group = np.where(leaves, group - is_none, -1)
    undated = np.isnat(moved)
    first = [undated, moved, np.where(undated, -sequence, sequence)]
    tells = col.pick(group, first, leaves, len(groups) - is_none)
    return _Departures(group=group, tells=tells, block=block[tells])


def _with_the_next(part: Whole, block: Whole, dated: Flags) -> Whole:
    """The part of each row, that of one without a day being the next one's in its block."""
    rows = np.flatnonzero(dated)
    if not len(rows):
        return part
    at = np.searchsorted(rows, np.arange(len(part)))
    after, before = rows[np.minimum(at, len(rows) - 1)], rows[np.maximum(at - 1, 0)]
    near = np.where(block[after] == block, after, before)
    answer: Whole = np.where(block[near] == block, part[near], part)
    return answer


def _tells(
    table: pa.Table, episode: Whole, sequence: Whole, leaves: Flags, sentences: SentenceRows
) -> Whole:
    """Of each movement, the one that tells when the person went: of releases in a row the last."""
    parts = _departures(table, episode, sequence, leaves, sentences)
    tells = np.arange(len(table))
    # Departures come in order, so that of each block the last stands.
    last = np.full(int(parts.block.max(initial=-1)) + 1, -1)
    last[parts.block] = parts.tells
    mine = parts.group >= 0
    tells[mine] = last[parts.block[parts.group[mine]]]
    return tells


def _back(
    table: pa.Table, episode: Whole, sequence: Whole, parts: _Departures, sentences: SentenceRows
) -> Days:
    """When each departure was followed by a return: an admission, or what else shows one."""
    order = np.lexsort((sequence, episode))
    group, of, count = parts.group[order], episode[order], len(parts.tells)
    began = np.maximum.accumulate(np.where(group >= 0, np.arange(len(order)), -1))
    since = np.where(of[began] == of, col.at(group, began, -1), -1) if len(order) else group
    other = ~col.is_one_of(table, "movement_type", {"REL"})[order]
    is_entry = col.is_one_of(table, "movement_type", {"ADM"})[order]
    shows = col.pick(since, [~is_entry, np.arange(len(order))], other, count)
    moved = col.days(table, "movement_date")
    back = col.at(moved[order], shows, NO_DAY)
    is_followed = np.r_[parts.block[1:] == parts.block[:-1], False] if count else shows >= 0
    asked = is_followed & (shows < 0)
    end = col.latest(parts.group, moved, count)
    departure, row = col.pairs(
        np.where(asked, episode[parts.tells], -1), np.where(sentences.counts, sentences.episode, -1)
    )
    passed = sentences.passed[row]
    later = np.where(passed > end[departure], departure, -1)
    sentenced = col.earliest(later, passed, count)
    answer: Days = np.where(asked, sentenced, back)
    return answer


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
