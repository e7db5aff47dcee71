"""Outcomes: what has become of the unconsidered, and disputed release dates.

Those of ``FIGURES`` rest on a table that a publication lacks when it was made before the table
existed; then they are left out rather than shown as zero.
"""

from collections.abc import Sequence
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import OUTCOMES as OUTCOME_LIST
from jobs.contract.case_lists import TRACINGS, UNCONSIDERED
from jobs.contract.results.case_list import CaseList
from jobs.report.figures.conditions import Condition, Grouping, column, decided_since, everything
from jobs.report.figures.families.missed import missed
from jobs.report.figures.figure import (
    CASEWORK,
    EPISODES,
    EVERY_RELEASE,
    RELEASED,
    RELEASES,
    Figure,
)
from jobs.report.figures.inputs import Compute, FigureInputs
from jobs.report.figures.ranges import RowUncertainty, count_rows, nothing
from jobs.report.published import NONE, if_held

SERIES_BREAK: Final = (
    "from version 2 nobody is counted as not to be found whom nobody has looked for, and nobody as "
    "in process without an open case"
)
OUTCOMES: Final = tuple(entry.code for entry in results.OUTCOME.codes)


def _flags(inputs: FigureInputs) -> tuple[pd.DataFrame, RowUncertainty] | None:
    """The flags beside the episodes, of which they leave out the British, and what may move them.

    None where the publication has no flags.
    """
    flags = if_held(results.FLAGS, inputs.frames)
    if flags is None:
        return None
    people = inputs.of(results.ASSESSMENTS)[["episode_id", "prisoner_number"]]
    beside = people.merge(flags, on="episode_id", how="left")
    return beside, inputs.of_quarantine(beside["prisoner_number"])


def _counted(
    inputs: FigureInputs,
    rows: Condition,
    *,
    by: Grouping | None = None,
    groups: Sequence[str] = (),
) -> pd.DataFrame:
    """Count flagged episodes; whoever has a row in quarantine may be another one, of any group."""
    held = inputs.once(_flags)
    if held is None:
        return nothing()
    flags, uncertainty = held
    return count_rows(
        counted=rows(flags),
        uncertainty=uncertainty,
        by=None if by is None else by(flags).fillna(NONE),
        groups=groups,
    )


def outcomes(by: Grouping | None = None) -> Compute:
    """Episodes of the cohort, by outcome where asked; the groups sum to the cohort."""
    return lambda inputs: _counted(
        inputs, OUTCOME_LIST.selects, by=by, groups=OUTCOMES if by else ()
    )


outcome: Final = column("outcome")


def flagged(column: str) -> Compute:
    """Episodes with a flag."""
    return lambda inputs: _counted(inputs, _holds(column))


def _holds(name: str) -> Condition:
    return lambda frame: frame[name].fillna(False).astype("bool")


def _known(name: str) -> Condition:
    return lambda frame: frame[name].notna()


FIGURES: Final = (
    Figure(
        id="outcome.total",
        title="Custody episodes with a missed release",
        definition="Custody episodes with a missed release, decided on since or not; an episode "
        "with two missed releases counts once.",
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=outcomes(),
        on=OUTCOME_LIST.name,
    ),
    Figure(
        id="outcome.by_outcome",
        title="Where the unconsidered are now",
        definition="Episodes with a missed release, decided on since or not, by what has become of "
        "the person; each has exactly one outcome.",
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=outcomes(outcome),
        groups="outcome",
        on=OUTCOME_LIST.name,
        by=outcome,
        since="3",
        series_breaks=(SERIES_BREAK,),
    ),
    Figure(
        id="release.disputed",
        title="Release date disputed",
        definition="Episodes whose recorded release date lies outside the range worked out from "
        "the sentences.",
        population="custody episodes assessed",
        unit=EPISODES,
        owner=CASEWORK,
        compute=flagged("is_release_disputed"),
    ),
    Figure(
        id="outcome.restriction_missing",
        title="Released without any restriction",
        definition="Episodes with a missed release before which there was no decision on "
        "detention, electronic monitoring, restriction or bail since the conviction either.",
        population=RELEASED,
        unit=EPISODES,
        owner=CASEWORK,
        compute=flagged("is_restriction_missing"),
        since="3",
    ),
)

WARNED: Final = (pd.Timestamp(2005, 9, 1), pd.Timestamp(2006, 3, 31))
"""First and last day of the releases that followed the warning of August 2005 (HC 1079)."""
SERIES: Final = "4"


def _offence(code: str) -> Condition:
    return lambda frame: frame["offence_code"].eq(code).fillna(False).astype("bool")


def after_warning(frame: pd.DataFrame) -> pd.Series:
    """Released from September 2005 to March 2006."""
    return frame["release_date"].between(*WARNED)


started = _known("started_date")
deported = _known("left_country_date")


def _both(one: Condition, other: Condition) -> Condition:
    return lambda frame: one(frame) & other(frame)


def traced(listed: CaseList) -> Compute:
    """The missed of one word; which word holds rests on what is recorded of the person."""
    word = listed.rows.equals["traced"]

    def rows(frame: pd.DataFrame) -> pd.Series:
        return frame["traced"].eq(word).fillna(False).astype("bool")

    return missed(rows)


def _since(
    id_: str,
    title: str,
    definition: str,
    rows: Condition,
    *,
    compute: Compute | None = None,
    on: CaseList = UNCONSIDERED,
) -> Figure:
    return Figure(
        id=f"missed.{id_}",
        title=title,
        definition=definition,
        population=EVERY_RELEASE,
        unit=RELEASES,
        owner=CASEWORK,
        compute=compute or missed(rows),
        on=on.name,
        rows=rows,
        since=SERIES,
    )


_TRACED: Final = {
    "not_found": (
        "Missed, cannot be found",
        "Missed releases of people whom the immigration service has looked for and cannot find.",
    ),
    "not_sought": (
        "Missed, nobody has looked",
        "Missed releases of people of whom no record says that anybody looked for them.",
    ),
    "located": (
        "Missed, located",
        "Missed releases of people at an address, in custody, abroad or dead, not questioned.",
    ),
    "questioned": (
        "Missed, located and questioned",
        "Missed releases of people who are located and have answered a questionnaire since.",
    ),
}

AFTERMATH: Final = (
    *(
        _since(listed.name, *_TRACED[listed.name], everything, compute=traced(listed), on=listed)
        for listed in TRACINGS
    ),
    _since(
        "started",
        "Missed, work started",
        "Missed releases of people on whose case work has started by the night; a start is no "
        "consideration.",
        started,
    ),
    _since(
        "left_country",
        "Missed, left the country since",
        "Missed releases of people who left the country after the release.",
        deported,
    ),
    _since(
        "after_warning",
        "Missed after the warning",
        "Missed releases from 1 September 2005 to 31 March 2006, after the warning of August 2005.",
        after_warning,
    ),
    _since(
        "after_warning_started",
        "Missed after the warning, work started",
        "Missed releases from September 2005 to March 2006 of people on whose case work has "
        "started by the night.",
        _both(after_warning, started),
    ),
    _since(
        "after_warning_decided",
        "Missed after the warning, decided since",
        "Missed releases from September 2005 to March 2006 on which a named caseworker has decided "
        "since.",
        _both(after_warning, decided_since),
    ),
    _since(
        "after_warning_left",
        "Missed after the warning, left the country since",
        "Missed releases from September 2005 to March 2006 of people who left the country after "
        "the release.",
        _both(after_warning, deported),
    ),
    _since(
        "lifers",
        "Missed, serving life",
        "Missed releases of people who were serving a life sentence.",
        _holds("is_for_life"),
    ),
    _since(
        "came_back",
        "Missed, in prison again since",
        "Missed releases of people received into prison again after the release, in the same "
        "booking or in another, whether inside tonight or not.",
        _known("came_back_date"),
    ),
    _since(
        "supervised",
        "Missed, on licence",
        "Missed releases of people who are on licence tonight, and so under supervision: the "
        "licence has not expired, or is for life, and they are neither in prison nor abroad.",
        _holds("is_supervised"),
    ),
    _since(
        "against_children",
        "Missed, sexual offences against children",
        "Missed releases after a most serious offence that is a sexual offence against a child.",
        _offence("SEX_CHILD"),
    ),
    _since(
        "indecent_assault",
        "Missed, indecent assault",
        "Missed releases after a most serious offence of indecent assault.",
        _offence("INDECENT_ASSAULT"),
    ),
    _since(
        "other_sexual",
        "Missed, other sexual offences",
        "Missed releases after a most serious offence that is sexual and neither rape, indecent "
        "assault nor against a child.",
        _offence("SEX_OTHER"),
    ),
)
"""What became of the missed releases, and which of them the papers of 2006 told apart. Each is a
part of `missed.total`, counted with its range, and opens its rows."""
