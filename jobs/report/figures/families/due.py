"""Due: in scope, not released, and consideration is due and not recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import RELEASES, SHOWN_DAYS
from jobs.contract.case_lists import DUE, REFERRAL_NOTICES
from jobs.report.figures.conditions import (
    IN_TIME,
    NO_DATE,
    Condition,
    Grouping,
    everything,
    prison,
    serious,
    unsettled,
    within,
)
from jobs.report.figures.figure import CASEWORK, EPISODES, NOT_RELEASED, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import (
    RowUncertainty,
    count_rows,
    false_link_probability,
    nothing,
)
from jobs.report.membership import is_among
from jobs.report.published import NONE, if_held

RELEASE_ORDER: Final = (*RELEASES.names, NO_DATE)


def overdue(frame: pd.DataFrame) -> pd.Series:
    """The earliest release date has passed and no release is recorded."""
    return frame["days_to_release"].lt(0).fillna(False).astype("bool")


def no_date(frame: pd.DataFrame) -> pd.Series:
    """Not released, without any date of release."""
    return frame["days_to_release"].isna()


def release_band(frame: pd.DataFrame) -> pd.Series:
    """Group: the time to the earliest release."""
    return RELEASES.of(frame["days_to_release"]).fillna(NO_DATE).astype("str")


def _with_unread(assessments: pd.DataFrame, people: int) -> pd.DataFrame:
    """The assessments, and a row of which nothing is known for so many people in quarantine."""
    if not people:
        return assessments
    blank = pd.DataFrame(index=range(people), columns=assessments.columns)
    kinds = {field.name: field.kind.pandas for field in results.ASSESSMENTS.fields}
    every = pd.concat([assessments, blank.astype(kinds)], ignore_index=True)
    yes_no = [name for name, kind in kinds.items() if kind == "boolean"]
    return every.assign(**{name: every[name].fillna(False) for name in yes_no})


@dataclass(frozen=True, kw_only=True)
class _UncertainRows:
    """The episodes, and what may move them, whatever figure counts them."""

    frame: pd.DataFrame
    is_due: pd.Series
    unread: pd.Series
    may_be_due: pd.Series
    aside: pd.Series
    coming: pd.Series
    may_leave: pd.Series
    out: pd.Series
    entering: pd.Series


def _uncertain_rows(inputs: FigureInputs) -> _UncertainRows:
    uncertainty = inputs.uncertainty
    frame = _with_unread(inputs.of(results.ASSESSMENTS), uncertainty.unread)
    uncertain, person = uncertainty.beside(frame), frame["prisoner_number"]
    unread = frame["episode_id"].isna()
    by_link = false_link_probability(frame).where(frame["status"].eq("CONSIDERED"), 0.0)
    aside = uncertainty.is_set_aside(person) & ~frame["is_released"]
    return _UncertainRows(
        frame=frame,
        is_due=DUE.selects(frame),
        unread=unread,
        may_be_due=~frame["is_released"]
        & (frame["due_date"].isna() | frame["due_date"].le(inputs.today)),
        aside=aside | uncertainty.may_be_elsewhere(person),
        coming=unsettled(frame) | uncertainty.casework.may_revoke(person) | unread,
        may_leave=uncertainty.may_leave(frame),
        out=uncertain["decided"] + uncertain["wrongly_in"],
        entering=by_link + uncertain["wrongly_out"],
    )


def due(
    rows: Condition = everything, *, by: Grouping | None = None, groups: Sequence[str] = ()
) -> Compute:
    """Episodes due for which a condition holds; considered ones come back if a link is false.

    Whoever has a row in quarantine may be due, and where nothing of them can be read the condition
    may hold.
    """

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        uncertain_rows, casework = inputs.once(_uncertain_rows), inputs.uncertainty.casework
        frame = uncertain_rows.frame
        holds = rows(frame)
        inside = (holds | uncertain_rows.unread) & uncertain_rows.may_be_due
        counted = uncertain_rows.is_due & holds
        may_enter = (uncertain_rows.coming & inside) | uncertain_rows.aside
        moving = uncertain_rows.aside | uncertain_rows.unread
        return count_rows(
            counted=counted,
            uncertainty=RowUncertainty(
                may_leave=uncertain_rows.may_leave,
                may_enter=may_enter,
                other_group=moving & (counted | may_enter),
                leave_probability=uncertain_rows.out,
                enter_probability=uncertain_rows.entering.where(inside, 0.0),
                persons=frame["identity_id"],
                unread_out=casework.decisions,
                unread_in=casework.reversals,
            ),
            by=None if by is None else by(frame),
            groups=groups,
        )

    return compute


SERIES_BREAK: Final = (
    "from version 3 somebody back in prison after a missed release is due as well, and the range "
    "holds people with a row in quarantine"
)


def _figure(
    id_: str,
    title: str,
    definition: str,
    rows: Condition = everything,
    *,
    by: Grouping | None = None,
    shown: Sequence[str] = (),
    groups: str = "",
) -> Figure:
    return Figure(
        id=f"due.{id_}",
        title=title,
        definition=definition,
        population=NOT_RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=due(rows, by=by, groups=shown),
        groups=groups,
        on=DUE.name,
        rows=rows,
        by=by,
        since="3",
        series_breaks=(SERIES_BREAK,),
    )


FIGURES: Final = (
    _figure(
        "total",
        "Consideration due",
        "Episodes in scope and not released whose consideration is due and not recorded.",
    ),
    _figure(
        "overdue",
        "Due, earliest release date passed",
        "Episodes due whose earliest release date has passed though no release is recorded.",
        overdue,
    ),
    *(
        _figure(
            f"within_{days}",
            f"Release within {days} days, not considered",
            f"Episodes due whose earliest release is within {days} days of the night, dates that "
            "have passed included.",
            within(days),
        )
        for days in SHOWN_DAYS
    ),
    _figure(
        "no_date",
        "Due, no release date known",
        "Episodes due for which no date of release can be found.",
        no_date,
    ),
    _figure(
        "serious",
        "Due, serious offences",
        "Episodes due whose most serious offence is of seriousness 1 or 2.",
        serious,
    ),
    _figure(
        "by_release",
        "Due by time to release",
        "Episodes due by the time to the earliest release; each is in one band.",
        by=release_band,
        shown=RELEASE_ORDER,
        groups="time to release",
    ),
    _figure(
        "by_prison",
        "Due by prison",
        "Episodes due by the prison that holds the person, or held them last.",
        by=prison,
        groups="prison code",
    ),
)


def unanswered(frame: pd.DataFrame) -> pd.Series:
    """The last day for an answer has passed."""
    return frame["is_unanswered"]


def late_at(name: str) -> Grouping:
    """Group of a notice past the day for an answer: its prison, or its team."""
    return lambda frame: frame[name].fillna(NONE).where(unanswered(frame), IN_TIME)


def _beside(group: pd.Series, listed: pd.DataFrame, frame: pd.DataFrame) -> pd.Series:
    """The group of the notice of each episode; without one, that of a notice of tonight."""
    by_episode = pd.Series(group.to_numpy(), index=listed["episode_id"].to_numpy(), dtype="str")
    return by_episode.reindex(frame["episode_id"]).fillna(IN_TIME).set_axis(frame.index)


def _notices(
    id_: str,
    title: str,
    definition: str,
    rows: Condition = everything,
    *,
    by: Grouping | None = None,
    groups: str = "",
) -> Figure:
    """A figure of the referral notices; left out where a publication holds none of before.

    A row in quarantine or a link that was not found may hold the answer, and whoever may be due may
    have to be told of.
    """

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        table = if_held(results.NOTICES, inputs.frames)
        if table is None:
            return nothing()
        uncertain_rows, casework = inputs.once(_uncertain_rows), inputs.uncertainty.casework
        frame = uncertain_rows.frame
        listed = table[REFERRAL_NOTICES.selects(table)]
        counted = is_among(
            frame["episode_id"], listed.loc[rows(listed).astype("bool"), "episode_id"]
        )
        told = is_among(frame["episode_id"], listed["episode_id"])
        uncertain = inputs.uncertainty.beside(frame)
        may_enter = (uncertain_rows.coming & uncertain_rows.may_be_due) | uncertain_rows.aside
        return count_rows(
            counted=counted,
            uncertainty=RowUncertainty(
                may_leave=uncertain_rows.may_leave | (told & frame["possible_case_id"].notna()),
                may_enter=may_enter & ~told,
                other_group=uncertain_rows.aside & (counted | may_enter),
                leave_probability=uncertain_rows.out + uncertain["referred"],
                enter_probability=uncertain_rows.entering.where(uncertain_rows.may_be_due, 0.0),
                persons=frame["identity_id"],
                unread_out=casework.decisions,
                unread_in=casework.reversals,
            ),
            by=None if by is None else _beside(by(listed), listed, frame),
        )

    return Figure(
        id=f"notices.{id_}",
        title=title,
        definition=definition,
        population="custody episodes due and never referred",
        unit="notices",
        owner=CASEWORK,
        compute=compute,
        groups=groups,
        on=REFERRAL_NOTICES.name,
        rows=rows,
        by=by,
    )


OF_NOTICES: Final = (
    _notices(
        "open",
        "Referral notices without an answer",
        "Notices to the immigration service of people due and never referred that nothing has "
        "ended.",
    ),
    _notices(
        "unanswered",
        "Referral notices past the day for an answer",
        "Open referral notices whose last working day for an answer has passed.",
        unanswered,
    ),
    _notices(
        "unanswered_by_prison",
        "Referral notices past the day for an answer, by prison",
        "Open referral notices past the day for an answer by the prison that holds the person; the "
        "others are in time.",
        by=late_at("prison_id"),
        groups="prison code",
    ),
    _notices(
        "unanswered_by_team",
        "Referral notices past the day for an answer, by team",
        "Open referral notices past the day for an answer by the team that holds a case of the "
        "person; the others are in time.",
        by=late_at("team"),
        groups="team",
    ),
)
