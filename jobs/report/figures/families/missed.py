"""Missed: in scope, released, and no decision by a named caseworker."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pandas as pd

from jobs.contract import codes as c
from jobs.contract import results
from jobs.contract.case_lists import MISSED
from jobs.report.figures.conditions import (
    Condition,
    Grouping,
    HasStatus,
    everything,
    possibly_considered,
    prison,
    serious,
    unsettled,
)
from jobs.report.figures.figure import CASEWORK, EPISODES, RELEASED, Figure
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows, false_link_chance

NO_DATE: Final = "(no date)"
NOT_RECORDED: Final = "(not recorded)"
OFFENCE_CATEGORIES: Final = (
    *dict.fromkeys(entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)),
    NOT_RECORDED,
)
_CATEGORY_OF: Final = {
    entry.code: entry.category for entry in c.OFFENCE.codes if isinstance(entry, c.Offence)
}
NEVER_REFERRED: Final = HasStatus("NOT_REFERRED")
NOT_CONSIDERED: Final = HasStatus("REFERRED_NOT_CONSIDERED")


def no_release_date(frame: pd.DataFrame) -> pd.Series:
    """Released on a day that nobody recorded."""
    return frame["release_date"].isna()


def court_recommended(frame: pd.DataFrame) -> pd.Series:
    """The court recommended deportation."""
    return frame["is_court_recommended"]


def nationality_unknown(frame: pd.DataFrame) -> pd.Series:
    """Nationality unknown, refused, stateless or missing."""
    return frame["is_nationality_unknown"]


def release_month(frame: pd.DataFrame) -> pd.Series:
    """Group: the month of release as ``2005-09``."""
    month: pd.Series = frame["release_date"].dt.strftime("%Y-%m").astype("str")
    return month.fillna(NO_DATE)


def offence_category(frame: pd.DataFrame) -> pd.Series:
    """Group: the category of the most serious offence, as in the published list of 2006."""
    return frame["offence_code"].map(_CATEGORY_OF).astype("str").fillna(NOT_RECORDED)


def _cleared_by_link(frame: pd.DataFrame) -> pd.Series:
    """Released episodes that would be missed if their link were false."""
    return frame["status"].isin({"CONSIDERED", "CONSIDERED_LATE"}) & frame["is_released"]


def _possible(frame: pd.DataFrame) -> pd.Series:
    return frame["possible_case_id"].notna()


def _uncertainty(inputs: FigureInputs, inside: pd.Series) -> RowUncertainty:
    """What may take episodes off the missed list, or put them on it."""
    frame = inputs.of(results.ASSESSMENTS)
    uncertain = inputs.uncertainty.beside(frame)
    false_link = false_link_chance(frame).where(_cleared_by_link(frame), 0.0)
    wrongly_out = uncertain["wrongly_out"].where(frame["is_released"], 0.0)
    return RowUncertainty(
        may_leave=frame["is_possibly_considered"] | uncertain["is_nationality_uncertain"],
        may_enter=unsettled(frame) & frame["is_released"] & inside,
        leave_chance=uncertain["decided"] + uncertain["wrongly_in"],
        enter_chance=(false_link + wrongly_out).where(inside, 0.0),
        persons=frame["identity_id"],
    )


def missed(
    rows: Condition = everything, *, by: Grouping | None = None, groups: Sequence[str] = ()
) -> Compute:
    """Missed episodes for which a condition holds."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.of(results.ASSESSMENTS)
        inside = rows(frame)
        return count_rows(
            counted=MISSED.selects(frame) & inside,
            uncertainty=_uncertainty(inputs, inside),
            by=None if by is None else by(frame),
            groups=groups,
        )

    return compute


def never_referred(inputs: FigureInputs) -> pd.DataFrame:
    """NOT_REFERRED: any possible case may take an episode out, any false link may put one in."""
    frame = inputs.of(results.ASSESSMENTS)
    uncertain = inputs.uncertainty.beside(frame)
    named = frame["is_possibly_considered"] | uncertain["is_nationality_uncertain"]
    by_link = _cleared_by_link(frame) | NOT_CONSIDERED(frame)
    entering = false_link_chance(frame).where(by_link, 0.0)
    entering += uncertain["wrongly_out"].where(frame["is_released"], 0.0)
    uncertainty = replace(
        _uncertainty(inputs, everything(frame)),
        may_leave=named | _possible(frame),
        may_enter=unsettled(frame) & frame["is_released"],
        leave_chance=uncertain["decided"] + uncertain["wrongly_in"] + uncertain["referred"],
        enter_chance=entering,
    )
    return count_rows(counted=NEVER_REFERRED(frame), uncertainty=uncertainty)


def referred_not_considered(inputs: FigureInputs) -> pd.DataFrame:
    """REFERRED_NOT_CONSIDERED: possible cases of the never referred may come in."""
    frame = inputs.of(results.ASSESSMENTS)
    uncertain = inputs.uncertainty.beside(frame)
    possible = NEVER_REFERRED(frame) & _possible(frame)
    leaving = uncertain["decided"] + uncertain["wrongly_in"] + false_link_chance(frame)
    uncertainty = replace(
        _uncertainty(inputs, everything(frame)),
        may_enter=(unsettled(frame) & frame["is_released"])
        | (possible & ~frame["is_possibly_considered"]),
        leave_chance=leaving,
        enter_chance=uncertain["referred"],
    )
    return count_rows(counted=NOT_CONSIDERED(frame), uncertainty=uncertainty)


def missed_people(inputs: FigureInputs) -> pd.DataFrame:
    """Different identities among the missed episodes: who may leave with all of them."""
    frame = inputs.of(results.ASSESSMENTS)
    uncertainty = _uncertainty(inputs, everything(frame))
    counted = MISSED.selects(frame)
    may_leave = counted if uncertainty.may_leave is None else uncertainty.may_leave
    rows = pd.DataFrame(
        {
            "counted": counted,
            "may_stay": counted & ~may_leave,
            "may_enter": uncertainty.may_enter,
            "leave": uncertainty.leave_chance,
            "enter": uncertainty.enter_chance,
        }
    )
    people = rows.groupby(frame["identity_id"].to_numpy()).max()
    return count_rows(
        counted=people["counted"],
        uncertainty=RowUncertainty(
            may_leave=people["counted"] & ~people["may_stay"],
            may_enter=people["may_enter"],
            leave_chance=people["leave"],
            enter_chance=people["enter"],
        ),
    )


def _figure(
    id_: str,
    title: str,
    definition: str,
    rows: Condition = everything,
    *,
    compute: Compute | None = None,
    by: Grouping | None = None,
    shown: Sequence[str] = (),
    groups: str = "",
) -> Figure:
    return Figure(
        id=f"missed.{id_}",
        title=title,
        definition=definition,
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=compute or missed(rows, by=by, groups=shown),
        groups=groups,
        on=MISSED.name,
        rows=rows,
        by=by,
    )


FIGURES: Final = (
    _figure(
        "total",
        "Released without consideration",
        "Custody episodes in scope that ended in a release with no decision by a named caseworker, "
        "neither before the release nor since.",
    ),
    _figure(
        "people",
        "People released without consideration",
        "Different people among the episodes released without consideration.",
        compute=missed_people,
    ),
    _figure(
        "never_referred",
        "Never referred",
        "Missed episodes that the prison service never referred to the immigration service.",
        NEVER_REFERRED,
        compute=never_referred,
    ),
    _figure(
        "referred_not_considered",
        "Referred, never considered",
        "Missed episodes that were referred and on which nobody decided.",
        NOT_CONSIDERED,
        compute=referred_not_considered,
    ),
    _figure(
        "no_release_date",
        "Missed, no release date recorded",
        "Missed episodes whose day of release is not recorded.",
        no_release_date,
    ),
    _figure(
        "court_recommended",
        "Missed, recommended by a court",
        "Missed episodes in which the sentencing court had recommended deportation.",
        court_recommended,
    ),
    _figure(
        "serious",
        "Missed, serious offences",
        "Missed episodes whose most serious offence is of seriousness 1 or 2: killing, sexual or "
        "serious violent offences, kidnapping, robbery, arson.",
        serious,
    ),
    _figure(
        "nationality_unknown",
        "Missed, nationality unknown",
        "Missed episodes of people whose nationality is unknown, refused, stateless or missing.",
        nationality_unknown,
    ),
    _figure(
        "possible_match",
        "Missed, possible match to settle",
        "Missed episodes for which a possible match, not certain enough to act on, holds a "
        "decision in time.",
        possibly_considered,
    ),
    _figure(
        "by_release_month",
        "Missed by month of release",
        "Missed episodes by the month of release.",
        by=release_month,
        shown=(NO_DATE,),
        groups="month of release, or (no date)",
    ),
    _figure(
        "by_offence",
        "Missed by offence",
        "Missed episodes by the category of the most serious offence.",
        by=offence_category,
        shown=OFFENCE_CATEGORIES,
        groups="offence category",
    ),
    _figure(
        "by_prison",
        "Missed by prison",
        "Missed episodes by the prison that released.",
        by=prison,
        groups="prison code",
    ),
)
