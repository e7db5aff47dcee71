"""What had been considered by a day: conviction by conviction, by whom, and after which referral.

A conviction is cleared by a consideration on a day not before the conviction was entered and not
after the day asked about, which stood on that day. A closed case counts by its own day as a
decision does, whichever conviction it was opened for: who ends the matter has the person before
them. Nothing of a possible match clears anybody.
"""

from dataclasses import dataclass

import numpy as np

from jobs.assess import columns as col
from jobs.assess.columns import Days, Flags, Whole
from jobs.assess.findings import Findings
from jobs.assess.read.considerations import Considerations


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """Episodes on a day (a release, another exit, or tonight), with the convictions until then.

    ``ask`` and ``conviction`` pair the two; ``hit`` and ``by`` pair those pairs with the
    considerations that could clear the conviction in time, ``stands`` says whether they stood, and
    ``sure`` whether they are of a person linked for certain. ``limit`` is the last day in time,
    ``until`` the day on which it had to stand, ``NaT`` where nobody recorded it.
    """

    episode: Whole
    limit: Days
    until: Days
    ask: Whole
    conviction: Whole
    entered: Days
    hit: Whole
    by: Whole
    stands: Flags
    sure: Flags

    def is_cleared(self, keep: Flags) -> Flags:
        """Whether each pair is cleared by a consideration that stood, among those to keep."""
        return col.any_of(self.hit, self.stands & keep, len(self.ask))

    def is_considered(self, keep: Flags) -> Flags:
        """Whether every conviction of each was cleared, and there was one."""
        answer: Flags = self.has_conviction & ~col.any_of(
            self.ask, ~self.is_cleared(keep), len(self.episode)
        )
        return answer

    @property
    def has_conviction(self) -> Flags:
        """Whether any conviction came before the day."""
        return col.any_of(self.ask, np.ones(len(self.ask), dtype=bool), len(self.episode))

    @property
    def considered(self) -> Flags:
        """Whether each was considered, over certain links."""
        return self.is_considered(self.sure)

    @property
    def is_possibly_considered(self) -> Flags:
        """Whether each would be considered if its possible matches were certain, and is not."""
        answer: Flags = self.is_considered(np.ones(len(self.hit), dtype=bool)) & ~self.considered
        return answer

    def relied_on(self, made: Considerations) -> Whole:
        """The consideration that each is considered by, -1 without one.

        That of the last conviction: in the first place one recorded in time, then the earliest.
        """
        count = len(self.episode)
        last = col.latest(self.ask, self.entered, count)
        of_last = (self.entered == last[self.ask]) | np.isnat(last[self.ask])
        late = made.recorded[self.by] > self.limit[self.ask[self.hit]]
        keys = [late, made.day[self.by], self.by]
        hit = self.stands & self.sure & of_last[self.hit]
        row = col.pick(self.ask[self.hit], keys, hit, count)
        return np.where(self.considered, col.at(self.by, row, -1), -1)


def clear_by(
    found: Findings, *, episode: Whole, limit: Days, until: Days, latest: Days
) -> Clearance:
    """Ask of some episodes what had been considered by a day.

    Args:
        found: the findings of the night.
        episode: the episodes, each as often as a day of it is asked about.
        limit: the last day on which a consideration is in time.
        until: the day on which it has to stand.
        latest: the last day of the convictions asked about, ``NaT`` to ask about every one.
    """
    convictions, made, identified = found.convictions, found.considerations, found.identified
    ask, conviction = col.pairs(episode, convictions.episode)
    stood = ~(convictions.passed[conviction] > latest[ask])
    ask, conviction = ask[stood], conviction[stood]
    hit, by = col.pairs(identified.identity[episode[ask]], made.identity)
    pair, link = col.pairs(identified.prisoner[episode[ask]], identified.possible_prisoner)
    via, maybe = col.pairs(identified.possible_person[link], made.person)
    sure = np.arange(len(hit) + len(maybe)) < len(hit)
    hit, by = np.r_[hit, pair[via]], np.r_[by, maybe]
    in_time = (made.day[by] <= limit[ask[hit]]) & ~(
        made.day[by] < convictions.entered[conviction[hit]]
    )
    hit, by, sure = hit[in_time], by[in_time], sure[in_time]
    return Clearance(
        episode=episode,
        limit=limit,
        until=until,
        ask=ask,
        conviction=conviction,
        entered=convictions.entered[conviction],
        hit=hit,
        by=by,
        stands=made.stands(by, until[ask[hit]]),
        sure=sure,
    )


@dataclass(frozen=True, kw_only=True)
class Referred:
    """The first referral of each pair of `Clearance`: whether it is in time, its day, its case."""

    is_in_time: Flags
    day: Days
    case: Whole


def gone_by(
    found: Findings, *, episode: Whole, day: Days, seen: Days, written: Days, returned: Days
) -> Days:
    """The last day by which a referral precedes each exit: its own, where somebody recorded it.

    One without a day is taken to have come when the prison expected it, or at the latest that the
    sentences allow; by the day on which it was ``written`` down, and before the return. Failing all
    of these, when the person was last ``seen``.
    """
    expected = col.first_day(found.recomputed.on_record, found.recomputed.latest)[episode]
    for bound in (written, returned):
        expected = np.fmin(expected, bound)
    return col.first_day(day, np.fmax(expected, seen))


def first_referrals(found: Findings, asked: Clearance, *, gone: Days) -> Referred:
    """Bring referrals to the convictions of each, those in time first.

    A case counts for a later conviction only if it was referred since; for the first, also one
    that was open when the person was received. None counts that came with the next conviction.

    Args:
        found: the findings of the night.
        asked: the episodes, with their convictions.
        gone: the day by which a referral is in time, ``NaT`` where every one is.
    """
    cases, events, window = found.cases, found.events, found.handled.window
    told = col.is_one_of(events.table, "event_type", {"REFERRED"}) & ~np.isnat(events.day)
    case = np.r_[np.arange(len(cases.table)), events.case[told]]
    day = np.r_[cases.referred, events.day[told]]
    owner = col.at(found.identified.certain, cases.person[case], -1)
    owner = np.where(cases.is_criminal[case], owner, -1)
    episode = asked.episode[asked.ask]
    pair, row = col.pairs(found.identified.identity[episode], owner)
    of, entered = episode[pair], asked.entered[pair]
    start = col.first_day(window.reception, window.anchor, found.sentenced.selects)[of]
    is_first = ~(entered > window.anchor[of])
    own = ((day[row] >= entered) | is_first) & ~(cases.closed[case[row]] < start)
    own &= ~(day[row] >= window.before[of])
    late = day[row] > gone[asked.ask[pair]]
    first = col.pick(pair, [late, day[row], case[row]], own, len(asked.ask))
    return Referred(
        is_in_time=col.any_of(pair, own & ~late, len(asked.ask)),
        day=col.at(day, col.at(row, first, -1), np.datetime64("NaT", "D")),
        case=col.at(case, col.at(row, first, -1), -1),
    )
