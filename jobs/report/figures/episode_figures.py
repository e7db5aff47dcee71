"""Figures on custody episodes: missed, due, considered, in scope, and the pace of the work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.report.facts import NONE, Facts
from jobs.report.figures.counting import Compute, Moves, count_rows, false_link_chance, single

NO_DATE: Final = "(no date)"
NOT_RECORDED: Final = "(not recorded)"
SERIOUS: Final = 2
"""Seriousness 1 and 2: killing, sexual and serious violent offences, robbery, arson, kidnapping."""
RELEASE_BANDS: Final = (
    (7, "within 7 days"),
    (30, "8 to 30 days"),
    (90, "31 to 90 days"),
    (365, "91 to 365 days"),
)
DATE_PASSED: Final = "earliest date has passed"
LATER: Final = "later"
RELEASE_BAND_ORDER: Final = (DATE_PASSED, *(name for _, name in RELEASE_BANDS), LATER, NO_DATE)
OFFENCE_CATEGORIES: Final = (
    *dict.fromkeys(entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)),
    NOT_RECORDED,
)
_CATEGORY_OF: Final = {
    entry.code: entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)
}

Mask = Callable[[pd.DataFrame], pd.Series]
Group = Callable[[pd.DataFrame], pd.Series]


def everything(frame: pd.DataFrame) -> pd.Series:
    """Every episode."""
    return pd.Series(True, index=frame.index)


def released_unconsidered(frame: pd.DataFrame) -> pd.Series:
    """Missed: in scope, released, no decision before release."""
    return frame["status"].isin(results.MISSED_STATUSES)


def _cleared_by_link(frame: pd.DataFrame) -> pd.Series:
    """Released episodes that would be missed if their link were false."""
    return frame["status"].isin({"CONSIDERED", "CONSIDERED_LATE"}) & frame["is_released"]


def _unsettled(frame: pd.DataFrame) -> pd.Series:
    """Undecided episodes whose nationality must be verified first: they may come into the count."""
    return frame["status"].eq("VERIFY_NATIONALITY") & frame["considered_date"].isna()


def _possible(frame: pd.DataFrame) -> pd.Series:
    return frame["possible_case_id"].notna()


def _moves_of_missed(facts: Facts, inside: pd.Series) -> Moves:
    """What may take episodes off the missed list, or put them on it."""
    frame = facts.of("assessments")
    doubts = facts.doubts.beside(frame)
    false_link = false_link_chance(frame).where(_cleared_by_link(frame), 0.0)
    wrongly_out = doubts["wrongly_out"].where(frame["is_released"], 0.0)
    return Moves(
        may_leave=frame["is_possibly_considered"] | doubts["nationality_in_doubt"],
        may_enter=_unsettled(frame) & frame["is_released"] & inside,
        leave_chance=doubts["decided"] + doubts["wrongly_in"],
        enter_chance=(false_link + wrongly_out).where(inside, 0.0),
        persons=frame["identity_id"],
    )


def missed(
    subset: Mask = everything, *, by: Group | None = None, groups: Sequence[str] = ()
) -> Compute:
    """Missed episodes of a subset."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        inside = subset(frame)
        return count_rows(
            counted=released_unconsidered(frame) & inside,
            moves=_moves_of_missed(facts, inside),
            by=None if by is None else by(frame),
            groups=groups,
        )

    return compute


def never_referred(facts: Facts) -> pd.DataFrame:
    """NOT_REFERRED: any possible case may take an episode out, any false link may put one in."""
    frame = facts.of("assessments")
    doubts = facts.doubts.beside(frame)
    moves = _moves_of_missed(facts, everything(frame))
    named = frame["is_possibly_considered"] | doubts["nationality_in_doubt"]
    by_link = _cleared_by_link(frame) | frame["status"].eq("REFERRED_NOT_CONSIDERED")
    entering = false_link_chance(frame).where(by_link, 0.0)
    entering += doubts["wrongly_out"].where(frame["is_released"], 0.0)
    moves = replace(
        moves,
        may_leave=named | _possible(frame),
        may_enter=_unsettled(frame) & frame["is_released"],
        leave_chance=doubts["decided"] + doubts["wrongly_in"] + doubts["referred"],
        enter_chance=entering,
    )
    return count_rows(counted=frame["status"].eq("NOT_REFERRED"), moves=moves)


def referred_not_considered(facts: Facts) -> pd.DataFrame:
    """REFERRED_NOT_CONSIDERED: possible cases of the never referred may come in."""
    frame = facts.of("assessments")
    doubts = facts.doubts.beside(frame)
    counted = frame["status"].eq("REFERRED_NOT_CONSIDERED")
    moves = _moves_of_missed(facts, everything(frame))
    possible = frame["status"].eq("NOT_REFERRED") & _possible(frame)
    moves = replace(
        moves,
        may_enter=(_unsettled(frame) & frame["is_released"])
        | (possible & ~frame["is_possibly_considered"]),
        leave_chance=doubts["decided"] + doubts["wrongly_in"] + false_link_chance(frame),
        enter_chance=doubts["referred"],
    )
    return count_rows(counted=counted, moves=moves)


def missed_people(facts: Facts) -> pd.DataFrame:
    """Different identities among the missed episodes: who may leave with all of them."""
    frame = facts.of("assessments")
    moves = _moves_of_missed(facts, everything(frame))
    identity = frame["identity_id"].to_numpy()
    counted = released_unconsidered(frame)
    may_stay = counted & ~(moves.may_leave if moves.may_leave is not None else counted)
    rows = pd.DataFrame(
        {
            "counted": counted,
            "may_stay": may_stay,
            "may_enter": moves.may_enter,
            "leave": moves.leave_chance,
            "enter": moves.enter_chance,
        }
    )
    people = rows.groupby(identity).max()
    return count_rows(
        counted=people["counted"],
        moves=Moves(
            may_leave=people["counted"] & ~people["may_stay"],
            may_enter=people["may_enter"],
            leave_chance=people["leave"],
            enter_chance=people["enter"],
        ),
    )


def due(
    subset: Mask = everything, *, by: Group | None = None, groups: Sequence[str] = ()
) -> Compute:
    """DUE episodes of a subset; those considered by a link come back if the link is false."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        doubts = facts.doubts.beside(frame)
        already_due = frame["due_date"].isna() | frame["due_date"].le(facts.today)
        inside = subset(frame) & ~frame["is_released"] & already_due
        by_link = false_link_chance(frame).where(frame["status"].eq("CONSIDERED"), 0.0)
        return count_rows(
            counted=frame["status"].eq("DUE") & subset(frame),
            moves=Moves(
                may_leave=frame["is_possibly_considered"] | doubts["nationality_in_doubt"],
                may_enter=_unsettled(frame) & inside,
                leave_chance=doubts["decided"] + doubts["wrongly_in"],
                enter_chance=(by_link + doubts["wrongly_out"]).where(inside, 0.0),
                persons=frame["identity_id"],
            ),
            by=None if by is None else by(frame),
            groups=groups,
        )

    return compute


def within(days: int) -> Mask:
    """Earliest release within so many days, or already past."""
    return lambda frame: frame["days_to_release"].le(days).fillna(False).astype("bool")


def overdue(frame: pd.DataFrame) -> pd.Series:
    """The earliest release date has passed and no release is recorded."""
    return frame["days_to_release"].lt(0).fillna(False).astype("bool")


def considered_in_time(facts: Facts) -> pd.DataFrame:
    """CONSIDERED: false links may take out, possible matches with a timely decision put in."""
    frame = facts.of("assessments")
    open_ = released_unconsidered(frame) | frame["status"].eq("DUE")
    moves = Moves(
        may_enter=frame["is_possibly_considered"] & open_,
        leave_chance=false_link_chance(frame),
        enter_chance=facts.doubts.beside(frame)["decided"].where(open_, 0.0),
        persons=frame["identity_id"],
    )
    return count_rows(counted=frame["status"].eq("CONSIDERED"), moves=moves)


def with_status(status: str) -> Compute:
    """Episodes of one status that a false link may take out."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        return count_rows(
            counted=frame["status"].eq(status),
            moves=Moves(leave_chance=false_link_chance(frame), persons=frame["identity_id"]),
        )

    return compute


def in_scope(facts: Facts) -> pd.DataFrame:
    """Episodes in scope; scope rests on the prison record."""
    return count_rows(counted=facts.of("assessments")["is_in_scope"])


def by_status(facts: Facts) -> pd.DataFrame:
    """Every episode has one status: the groups sum to all episodes."""
    frame = facts.of("assessments")
    order = [entry.code for entry in results.STATUS.codes]
    return count_rows(counted=everything(frame), by=frame["status"], groups=order)


def release_month(frame: pd.DataFrame) -> pd.Series:
    """Month of release as ``2005-09``."""
    month: pd.Series = frame["release_date"].dt.strftime("%Y-%m").astype("str")
    return month.fillna(NO_DATE)


def release_band(frame: pd.DataFrame) -> pd.Series:
    """Time to the earliest release, in the bands of the alerts."""
    edges = [-(10**9), -1, *(limit for limit, _ in RELEASE_BANDS), 10**9]
    names = list(RELEASE_BAND_ORDER[:-1])
    days = frame["days_to_release"].astype("float64")
    band = pd.cut(days, edges, labels=names).astype("object")
    return band.where(days.notna(), NO_DATE).astype("str")


def offence_category(frame: pd.DataFrame) -> pd.Series:
    """Category of the most serious offence, as in the published list of 2006."""
    return frame["offence_code"].map(_CATEGORY_OF).astype("str").fillna(NOT_RECORDED)


def prison(frame: pd.DataFrame) -> pd.Series:
    """Prison now, or the last one."""
    return frame["prison_id"].fillna(NONE)


def no_release_date(frame: pd.DataFrame) -> pd.Series:
    """Released on a day that nobody recorded."""
    return frame["release_date"].isna()


def no_earliest_release(frame: pd.DataFrame) -> pd.Series:
    """Not released, without any date of release."""
    return frame["days_to_release"].isna()


def serious(frame: pd.DataFrame) -> pd.Series:
    """Seriousness 1 or 2."""
    return frame["seriousness"].le(SERIOUS).fillna(False).astype("bool")


def court_recommended(frame: pd.DataFrame) -> pd.Series:
    """The court recommended deportation."""
    return frame["is_court_recommended"]


def nationality_unknown(frame: pd.DataFrame) -> pd.Series:
    """Nationality unknown, refused, stateless or missing."""
    return frame["is_nationality_unknown"]


def possibly_considered(frame: pd.DataFrame) -> pd.Series:
    """A possible match holds a decision in time."""
    return frame["is_possibly_considered"]


def median_days(start: str, end: str) -> Compute:
    """Median days between two dates of in-scope episodes that have both, in order."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        frame = frame[frame["is_in_scope"]]
        days = (frame[end] - frame[start]).dt.days
        return single(days[days.ge(0)].median())

    return compute


def share_decided_a_year_before(facts: Facts) -> pd.DataFrame:
    """Per cent of in-scope releases of the last 12 months decided 12 months before release."""
    frame = facts.of("assessments")
    year_ago = facts.today - pd.DateOffset(years=1)
    frame = frame[
        frame["is_in_scope"]
        & frame["release_date"].gt(year_ago)
        & frame["release_date"].le(facts.today)
    ]
    if frame.empty:
        return single(None)
    early = frame["considered_date"].le(frame["release_date"] - pd.DateOffset(years=1))
    return single(round(100.0 * float(early.mean()), 1))
