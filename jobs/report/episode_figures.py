"""Figures on custody episodes: missed, due, considered, in scope, and the pace of the work."""

from collections.abc import Callable, Sequence
from typing import Final

import pandas as pd

from jobs import codes as c
from jobs import results
from jobs.report.counting import Compute, Moves, count_rows, false_link_chance, single
from jobs.report.facts import NONE, Facts

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


def _possible(frame: pd.DataFrame) -> pd.Series:
    return frame["possible_case_id"].notna()


def missed(
    subset: Mask = everything, *, by: Group | None = None, groups: Sequence[str] = ()
) -> Compute:
    """Missed episodes of a subset; possible matches with a timely decision may leave."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        inside = subset(frame)
        counted = released_unconsidered(frame) & inside
        moves = Moves(
            may_leave=frame["is_possibly_considered"],
            false_link_enters=_cleared_by_link(frame) & inside,
        )
        return count_rows(
            counted=counted,
            moves=moves,
            chance=false_link_chance(frame),
            by=None if by is None else by(frame),
            groups=groups,
        )

    return compute


def never_referred(facts: Facts) -> pd.DataFrame:
    """NOT_REFERRED: any possible case may take an episode out, any false link may put one in."""
    frame = facts.of("assessments")
    moves = Moves(
        may_leave=_possible(frame) | frame["is_possibly_considered"],
        false_link_enters=_cleared_by_link(frame) | frame["status"].eq("REFERRED_NOT_CONSIDERED"),
    )
    return count_rows(
        counted=frame["status"].eq("NOT_REFERRED"), moves=moves, chance=false_link_chance(frame)
    )


def referred_not_considered(facts: Facts) -> pd.DataFrame:
    """REFERRED_NOT_CONSIDERED: possible cases of the never referred may come in."""
    frame = facts.of("assessments")
    counted = frame["status"].eq("REFERRED_NOT_CONSIDERED")
    moves = Moves(
        may_leave=frame["is_possibly_considered"],
        may_enter=frame["status"].eq("NOT_REFERRED")
        & _possible(frame)
        & ~frame["is_possibly_considered"],
        false_link_leaves=counted & ~frame["is_possibly_considered"],
    )
    return count_rows(counted=counted, moves=moves, chance=false_link_chance(frame))


def missed_people(facts: Facts) -> pd.DataFrame:
    """Different identities among the missed episodes; the range is not worked out for people."""
    frame = facts.of("assessments")
    return single(float(frame.loc[released_unconsidered(frame), "identity_id"].nunique()))


def due(
    subset: Mask = everything, *, by: Group | None = None, groups: Sequence[str] = ()
) -> Compute:
    """DUE episodes of a subset; those considered by a link come back if the link is false."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        inside = subset(frame)
        already_due = frame["due_date"].isna() | frame["due_date"].le(facts.today)
        cleared = frame["status"].eq("CONSIDERED") & ~frame["is_released"] & already_due
        moves = Moves(may_leave=frame["is_possibly_considered"], false_link_enters=cleared & inside)
        return count_rows(
            counted=frame["status"].eq("DUE") & inside,
            moves=moves,
            chance=false_link_chance(frame),
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
    counted = frame["status"].eq("CONSIDERED")
    moves = Moves(
        may_enter=frame["is_possibly_considered"]
        & (released_unconsidered(frame) | frame["status"].eq("DUE")),
        false_link_leaves=counted,
    )
    return count_rows(counted=counted, moves=moves, chance=false_link_chance(frame))


def with_status(status: str) -> Compute:
    """Episodes of one status that a false link may take out."""

    def compute(facts: Facts) -> pd.DataFrame:
        frame = facts.of("assessments")
        counted = frame["status"].eq(status)
        return count_rows(
            counted=counted,
            moves=Moves(false_link_leaves=counted),
            chance=false_link_chance(frame),
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
