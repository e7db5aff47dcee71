"""Missed: released in scope with no decision by a named caseworker before; the unit is the release.

A decision that comes later does not undo a release: it is told beside the number.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from jobs.contract.case_lists import DECIDED_SINCE, MISSED, UNCONSIDERED
from jobs.contract.results.case_list import CaseList
from jobs.report.figures.conditions import (
    OFFENCE_CATEGORIES,
    Condition,
    Grouping,
    HasStatus,
    court_recommended,
    decided_since,
    every_month,
    everything,
    nationality_unknown,
    no_release_date,
    offence_category,
    possibly_considered,
    prison,
    release_month,
    serious,
)
from jobs.report.figures.figure import CASEWORK, EVERY_RELEASE, PEOPLE, RELEASES, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows, false_link_probability

NEVER_REFERRED: Final = HasStatus("NOT_REFERRED")
NOT_CONSIDERED: Final = HasStatus("REFERRED_NOT_CONSIDERED")


Shown = Sequence[str] | Callable[[pd.Series], Sequence[str]]
"""Groups that are told of even when empty: these, or what the groups of the counted rows say."""


def _possible(frame: pd.DataFrame) -> pd.Series:
    return frame["possible_case_id"].notna()


@dataclass(frozen=True, kw_only=True)
class _Moves:
    """What may take releases off the missed, or add some, as in `RowUncertainty`."""

    named_out: pd.Series
    named_in: pd.Series
    out: pd.Series
    into: pd.Series
    persons: pd.Series
    unread_out: int
    unread_in: int

    def uncertainty(self) -> RowUncertainty:
        """The same for counting."""
        return RowUncertainty(
            may_leave=self.named_out,
            may_enter=self.named_in,
            leave_probability=self.out,
            enter_probability=self.into,
            persons=self.persons,
            unread_out=self.unread_out,
            unread_in=self.unread_in,
        )


@dataclass(frozen=True, kw_only=True)
class _UncertainRows:
    """What may move releases, whatever figure counts them; see `_Moves`."""

    aside: pd.Series
    named_out: pd.Series
    out: pd.Series
    entering: pd.Series
    referred: pd.Series


def _uncertain_rows(inputs: FigureInputs) -> _UncertainRows:
    frame, uncertainty = inputs.releases, inputs.uncertainty
    uncertain = uncertainty.beside(frame)
    false_link = false_link_probability(frame).where(frame["status"].eq("CONSIDERED"), 0.0)
    unlisted = frame["release_number"].isna()
    return _UncertainRows(
        aside=uncertainty.is_set_aside(frame["prisoner_number"]),
        named_out=uncertainty.may_leave(frame),
        out=uncertain["decided"] + uncertain["wrongly_in"],
        entering=false_link + uncertain["wrongly_out"].where(unlisted, 0.0),
        referred=uncertain["referred"],
    )


def _moves(inputs: FigureInputs, inside: pd.Series) -> _Moves:
    """Moves of the releases; only those ``inside`` may come in, and whoever has a row aside.

    What lies in quarantine of the prison register may change whatever a condition rests on.
    """
    frame, uncertain_rows = inputs.releases, inputs.once(_uncertain_rows)
    return _Moves(
        named_out=uncertain_rows.named_out,
        named_in=(frame["may_be_missed"] & inside) | uncertain_rows.aside,
        out=uncertain_rows.out,
        into=uncertain_rows.entering.where(inside, 0.0),
        persons=frame["identity_id"],
        unread_out=inputs.uncertainty.casework.decisions,
        unread_in=inputs.uncertainty.casework.reversals,
    )


def missed(
    rows: Condition = everything, *, by: Grouping | None = None, groups: Shown = ()
) -> Compute:
    """Missed releases for which a condition holds; where nothing can be read, it may hold."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.releases
        inside = rows(frame)
        counted = frame["is_missed"] & inside
        moves = _moves(inputs, inside | frame["is_unread"])
        aside = inputs.once(_uncertain_rows).aside | frame["is_unread"]
        other_group = aside & (counted | moves.named_in)
        group = (by or everything)(frame)
        return count_rows(
            counted=counted,
            uncertainty=replace(moves.uncertainty(), other_group=other_group),
            by=None if by is None else group,
            groups=groups(group[counted]) if callable(groups) else groups,
        )

    return compute


def still_undecided(inputs: FigureInputs) -> pd.DataFrame:
    """Missed and undecided: a decision whose link is false has not been taken."""
    frame = inputs.releases
    since = frame["is_missed"] & decided_since(frame)
    # A decision that was recorded after the release is on record now.
    moves = _moves(inputs, ~frame["is_recorded_after_release"])
    revoked = since & inputs.uncertainty.casework.may_revoke(frame["prisoner_number"])
    moves = replace(
        moves,
        named_in=moves.named_in | revoked,
        into=moves.into + false_link_probability(frame).where(since, 0.0),
    )
    return count_rows(counted=frame["is_missed"] & ~since, uncertainty=moves.uncertainty())


def since_decided(inputs: FigureInputs) -> pd.DataFrame:
    """Missed and decided on since: a false link takes the decision away, an unread row adds one."""
    frame = inputs.releases
    moves = _moves(inputs, frame["is_recorded_after_release"])
    casework = inputs.uncertainty.casework
    since = frame["is_missed"] & casework.may_decide(frame["prisoner_number"])
    moves = replace(
        moves,
        named_in=moves.named_in | since,
        out=moves.out + false_link_probability(frame),
        unread_in=casework.decisions,
    )
    counted = frame["is_missed"] & decided_since(frame)
    return count_rows(counted=counted, uncertainty=moves.uncertainty())


def never_referred(inputs: FigureInputs) -> pd.DataFrame:
    """NOT_REFERRED: any possible case may take a release out, any false link may put one in."""
    frame = inputs.releases
    by_link = false_link_probability(frame).where(NOT_CONSIDERED(frame), 0.0)
    moves = _moves(inputs, everything(frame))
    moves = replace(
        moves,
        named_out=moves.named_out | _possible(frame),
        out=moves.out + inputs.once(_uncertain_rows).referred,
        into=moves.into + by_link,
    )
    counted = frame["is_missed"] & NEVER_REFERRED(frame)
    return count_rows(counted=counted, uncertainty=moves.uncertainty())


def referred_not_considered(inputs: FigureInputs) -> pd.DataFrame:
    """REFERRED_NOT_CONSIDERED: possible cases of the never referred may come in."""
    frame = inputs.releases
    never = frame["is_missed"] & NEVER_REFERRED(frame)
    possible = never & _possible(frame) & ~frame["is_possibly_considered"]
    casework = inputs.uncertainty.casework
    unread = never & casework.may_decide(frame["prisoner_number"])
    moves = _moves(inputs, everything(frame))
    moves = replace(
        moves,
        named_in=moves.named_in | possible | unread,
        out=moves.out + false_link_probability(frame),
        into=inputs.once(_uncertain_rows).referred,
        unread_in=casework.decisions,
    )
    counted = frame["is_missed"] & NOT_CONSIDERED(frame)
    return count_rows(counted=counted, uncertainty=moves.uncertainty())


def missed_people(inputs: FigureInputs) -> pd.DataFrame:
    """Different identities among the missed releases: who may leave with all of them."""
    frame = inputs.releases
    moves = _moves(inputs, everything(frame))
    counted = frame["is_missed"]
    rows = pd.DataFrame(
        {
            "counted": counted,
            "may_stay": counted & ~moves.named_out,
            "may_enter": moves.named_in,
            "leave": moves.out,
            "enter": moves.into,
        }
    )
    unread = "unread " + frame.index.astype("str").to_series(index=frame.index)
    people = rows.groupby(frame["identity_id"].fillna(unread).to_numpy()).max()
    return count_rows(
        counted=people["counted"],
        uncertainty=RowUncertainty(
            may_leave=people["counted"] & ~people["may_stay"],
            may_enter=people["may_enter"],
            leave_probability=people["leave"],
            enter_probability=people["enter"],
            unread_out=moves.unread_out,
            unread_in=moves.unread_in,
        ),
    )


SERIES_BREAK: Final = (
    "from version 3 a release counts for ever, whether decided on since or not; before, a custody "
    "episode counted once and only while nobody had decided"
)


def _figure(
    id_: str,
    title: str,
    definition: str,
    rows: Condition = everything,
    *,
    compute: Compute | None = None,
    by: Grouping | None = None,
    shown: Shown = (),
    groups: str = "",
    on: CaseList = UNCONSIDERED,
    unit: str = RELEASES,
    since: str = "3",
    is_new: bool = False,
) -> Figure:
    return Figure(
        id=f"missed.{id_}",
        title=title,
        definition=definition,
        population=EVERY_RELEASE,
        unit=unit,
        owner=CASEWORK,
        compute=compute or missed(rows, by=by, groups=shown),
        groups=groups,
        on=on.name,
        rows=rows,
        by=by,
        since=since,
        series_breaks=() if is_new else (SERIES_BREAK,),
    )


FIGURES: Final = (
    _figure(
        "total",
        "Released without consideration",
        "Releases of people in scope before which no named caseworker had decided, whatever has "
        "been decided since.",
    ),
    _figure(
        "undecided",
        "Missed, still undecided",
        "Missed releases on which nobody has decided since.",
        compute=still_undecided,
        on=MISSED,
        is_new=True,
    ),
    _figure(
        "decided_since",
        "Missed, decided on since",
        "Missed releases on which a named caseworker has decided after the release; with those "
        "still undecided they sum to all.",
        compute=since_decided,
        on=DECIDED_SINCE,
        is_new=True,
    ),
    _figure(
        "people",
        "People released without consideration",
        "Different people among the missed releases.",
        compute=missed_people,
        unit=PEOPLE,
        since="4",
    ),
    _figure(
        "never_referred",
        "Never referred",
        "Missed releases before which the prison service had never referred the person to the "
        "immigration service.",
        NEVER_REFERRED,
        compute=never_referred,
    ),
    _figure(
        "referred_not_considered",
        "Referred, never considered",
        "Missed releases after a referral on which nobody had decided.",
        NOT_CONSIDERED,
        compute=referred_not_considered,
    ),
    _figure(
        "no_release_date",
        "Missed, no release date recorded",
        "Missed releases whose day is not recorded.",
        no_release_date,
    ),
    _figure(
        "court_recommended",
        "Missed, recommended by a court",
        "Missed releases of people whose deportation the sentencing court had recommended.",
        court_recommended,
    ),
    _figure(
        "serious",
        "Missed, serious offences",
        "Missed releases after a most serious offence of seriousness 1 or 2: killing, sexual or "
        "serious violent offences, kidnapping, robbery, arson.",
        serious,
    ),
    _figure(
        "nationality_unknown",
        "Missed, nationality unknown",
        "Missed releases of people whose nationality is unknown, refused, stateless or missing.",
        nationality_unknown,
    ),
    _figure(
        "possible_match",
        "Missed, possible match to settle",
        "Missed releases for which a possible match, not certain enough to act on, holds a "
        "decision in time.",
        possibly_considered,
    ),
    _figure(
        "by_release_month",
        "Missed by month of release",
        "Missed releases by the month of release, from the first month with one to the last.",
        by=release_month,
        shown=every_month,
        since="4",
        groups="month of release, or (no date)",
    ),
    _figure(
        "by_offence",
        "Missed by offence",
        "Missed releases by the category of the most serious offence.",
        by=offence_category,
        shown=OFFENCE_CATEGORIES,
        groups="offence category",
    ),
    _figure(
        "by_prison",
        "Missed by prison",
        "Missed releases by the prison that released.",
        by=prison,
        groups="prison code",
    ),
)
