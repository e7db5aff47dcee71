"""Scope: what the rules in force cover, who was considered, and the status of every episode."""

from dataclasses import replace
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import (
    RECORDED_AFTER_RELEASE,
    VERIFY,
    WITHDRAWN_AFTER_RELEASE,
)
from jobs.contract.results.case_list import CaseList
from jobs.contract.results.lists_by_hand import MOVED_BY_SITE
from jobs.report.figures.conditions import Condition, HasStatus, column, everything
from jobs.report.figures.figure import (
    CASEWORK,
    EPISODES,
    EVERY_RELEASE,
    IN_SCOPE,
    RELEASED,
    RELEASES,
    Figure,
)
from jobs.report.figures.inputs import Compute, FigureInputs, quarantine_of_episodes
from jobs.report.figures.ranges import (
    RowUncertainty,
    count_rows,
    false_link_probability,
    nothing,
)
from jobs.report.published import if_held

ALL_EPISODES: Final = "all custody episodes"


def considered_in_time(inputs: FigureInputs) -> pd.DataFrame:
    """CONSIDERED: false links may take out, possible matches with a timely decision put in.

    What is in quarantine may do both.
    """
    frame = inputs.of(results.ASSESSMENTS)
    open_ = frame["status"].isin(results.MISSED_STATUSES | {"DUE"})
    casework, person = inputs.uncertainty.casework, frame["prisoner_number"]
    may_decide = frame["is_possibly_considered"] | casework.may_decide(person)
    uncertainty = RowUncertainty(
        may_leave=inputs.uncertainty.may_come(person),
        may_enter=(may_decide & open_) | inputs.uncertainty.is_set_aside(person),
        leave_probability=false_link_probability(frame),
        enter_probability=inputs.uncertainty.beside(frame)["decided"].where(open_, 0.0),
        persons=frame["identity_id"],
        unread_out=casework.reversals,
        unread_in=casework.decisions,
    )
    return count_rows(counted=frame["status"].eq("CONSIDERED"), uncertainty=uncertainty)


def _of_releases(inputs: FigureInputs) -> RowUncertainty:
    return inputs.of_quarantine(inputs.releases["prisoner_number"])


def with_status(status: str) -> Compute:
    """Episodes of one status that a false link may take out, and quarantine in or out."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.of(results.ASSESSMENTS)
        return count_rows(
            counted=frame["status"].eq(status),
            uncertainty=replace(
                inputs.once(quarantine_of_episodes),
                leave_probability=false_link_probability(frame),
                persons=frame["identity_id"],
            ),
        )

    return compute


def listed_releases(listed: CaseList) -> Compute:
    """The releases of a list: certain but for what lies in quarantine."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = inputs.releases
        return count_rows(counted=listed.selects(frame), uncertainty=inputs.once(_of_releases))

    return compute


def moved_by_site(condition: Condition) -> Compute:
    """Episodes that the site's changes of the rules moved; both ways of assessing are certain."""

    def compute(inputs: FigureInputs) -> pd.DataFrame:
        frame = if_held(results.OVERRIDDEN, inputs.frames)
        if frame is None:
            return nothing()
        return count_rows(counted=MOVED_BY_SITE.selects(frame) & condition(frame))

    return compute


def in_scope(inputs: FigureInputs) -> pd.DataFrame:
    """Episodes in scope; scope rests on the prison record, and on what of it could be read."""
    frame = inputs.of(results.ASSESSMENTS)
    aside = inputs.uncertainty.is_set_aside(frame["prisoner_number"])
    uncertainty = RowUncertainty(
        may_leave=aside,
        may_enter=aside,
        unread_out=inputs.uncertainty.unread,
        unread_in=inputs.uncertainty.unread,
    )
    return count_rows(counted=frame["is_in_scope"], uncertainty=uncertainty)


def by_status(inputs: FigureInputs) -> pd.DataFrame:
    """Every episode has one status: the groups sum to all episodes."""
    frame = inputs.of(results.ASSESSMENTS)
    order = [entry.code for entry in results.STATUS.codes]
    return count_rows(
        counted=everything(frame),
        uncertainty=inputs.once(quarantine_of_episodes),
        by=frame["status"],
        groups=order,
    )


def _figure(
    id_: str,
    title: str,
    definition: str,
    population: str,
    compute: Compute,
    *,
    groups: str = "",
    on: str = "",
    rows: Condition = everything,
    unit: str = EPISODES,
    since: str = "1",
) -> Figure:
    return Figure(
        id=id_,
        title=title,
        definition=definition,
        population=population,
        unit=unit,
        owner=CASEWORK,
        compute=compute,
        groups=groups,
        on=on,
        rows=rows,
        since=since,
    )


FIGURES: Final = (
    _figure(
        "considered.in_time",
        "Considered",
        "Episodes in scope of which every conviction was considered before each release, or by "
        "tonight.",
        IN_SCOPE,
        considered_in_time,
        rows=HasStatus("CONSIDERED"),
        since="3",
    ),
    _figure(
        "considered.late",
        "Considered late",
        "Episodes of which a release was missed, every such release has been decided on since, "
        "and nothing is due.",
        RELEASED,
        with_status("CONSIDERED_LATE"),
        rows=HasStatus("CONSIDERED_LATE"),
        since="4",
    ),
    _figure(
        "considered.recorded_after_release",
        "Decided before release, recorded after it",
        "Releases that count as considered by a decision dated before the release and recorded "
        "after it; they are in the high end of the missed.",
        EVERY_RELEASE,
        listed_releases(RECORDED_AFTER_RELEASE),
        on=RECORDED_AFTER_RELEASE.name,
        unit=RELEASES,
        since="3",
    ),
    _figure(
        "considered.withdrawn_after_release",
        "Considered, withdrawn after release",
        "Releases considered in time whose decision was withdrawn after the release.",
        EVERY_RELEASE,
        listed_releases(WITHDRAWN_AFTER_RELEASE),
        on=WITHDRAWN_AFTER_RELEASE.name,
        unit=RELEASES,
        since="3",
    ),
    _figure(
        "scope.in_scope",
        "In scope",
        "Episodes for which the rules in force require that deportation be considered.",
        ALL_EPISODES,
        in_scope,
    ),
    _figure(
        "scope.verify_nationality",
        "Nationality to verify",
        "Episodes with evidence of British nationality that conflicts with the record, and of "
        "which a conviction was not decided not to be pursued; never an action against the person.",
        ALL_EPISODES,
        with_status("VERIFY_NATIONALITY"),
        on=VERIFY.name,
        since="3",
    ),
    _figure(
        "scope.by_status",
        "Episodes by status",
        "All custody episodes by status, the worst that holds; each has exactly one.",
        ALL_EPISODES,
        by_status,
        groups="status",
        since="3",
    ),
    *(
        _figure(
            f"scope.{name}",
            title,
            definition,
            ALL_EPISODES,
            moved_by_site(rows),
            on=MOVED_BY_SITE.name,
            rows=rows,
        )
        for name, title, definition, rows in (
            (
                "moved_by_site",
                "Moved by the site's own rules",
                "Episodes that the site's changes of the rules have off a list or on another.",
                everything,
            ),
            (
                "taken_off_by_site",
                "Taken off a list by the site's own rules",
                "Of these, the episodes off a list on which the shipped rules have them.",
                column("is_taken_off"),
            ),
            (
                "put_on_by_site",
                "Put on a list by the site's own rules",
                "Of these, the episodes on a list on which the shipped rules do not have them.",
                column("is_put_on"),
            ),
        )
    ),
)
