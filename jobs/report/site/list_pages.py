"""The pages of the case lists, each with what stands around its rows."""

from collections.abc import Callable, Mapping
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import SHOWN_DAYS
from jobs.contract.case_lists import (
    DECIDED_SINCE,
    DECISIONS,
    DEPORTATIONS,
    DISCREPANCY_LIST,
    DUE,
    LOCATED,
    MISSED,
    NOT_FOUND,
    NOT_SOUGHT,
    OPEN_CASES,
    OUTCOMES,
    QUESTIONED,
    RECORDED_AFTER_RELEASE,
    TRACINGS,
    UNCONSIDERED,
    VERIFY,
    WITHDRAWN_AFTER_RELEASE,
)
from jobs.contract.results.case_list import CaseList
from jobs.contract.view_models import KeyFigure, number_text, plural
from jobs.report import sheets
from jobs.report.charts.history import outcomes_over_time
from jobs.report.charts.night_charts import backlog_by_age, due_by_week
from jobs.report.charts.pace_charts import notice_before_release
from jobs.report.published import groups_of, value_of
from jobs.report.site.page_parts import (
    age_sheet,
    figure_sheet,
    group_sheet,
    prison_sheet,
    team_sheet,
    tiles,
    time_sheet,
)
from jobs.report.site.site import ListFrame, Site
from jobs.report.summary.caveats import backlog_sentence
from jobs.report.summary.headline import key_figure

_MISSED_TILES: Final = ("missed.total", "missed.undecided", "missed.decided_since")
_SINCE: Final = (
    *(listed.total for listed in TRACINGS),
    "missed.started",
    "missed.decided_since",
    "missed.left_country",
    "missed.came_back",
    "missed.supervised",
    "missed.lifers",
)
_WARNED: Final = (
    "missed.after_warning",
    "missed.after_warning_started",
    "missed.after_warning_decided",
    "missed.after_warning_left",
)
_SEXUAL: Final = ("missed.against_children", "missed.indecent_assault", "missed.other_sexual")


def _missed(site: Site) -> ListFrame:
    """Who was released without consideration and is still undecided."""
    missed, undecided, _ = (key_figure(site.figures, id_) for id_ in _MISSED_TILES)
    return ListFrame(
        lead=f"{plural(undecided.value, 'release', 'releases')} of {missed.text} without "
        f"consideration {'has' if undecided.value == 1 else 'have'} not been decided on since.",
        range_line=_range_line(undecided),
        tiles=tiles((key_figure(site.figures, id_) for id_ in _MISSED_TILES), site.opens),
        charts=[site.history_chart("missed.undecided")],
        tables=[team_sheet(site.facts)],
    )


def _decided_since(site: Site) -> ListFrame:
    """Who was released without consideration and decided on afterwards."""
    missed, _, since = (key_figure(site.figures, id_) for id_ in _MISSED_TILES)
    return ListFrame(
        lead=f"{plural(since.value, 'release', 'releases')} of {missed.text} without "
        f"consideration {'has' if since.value == 1 else 'have'} been decided on since. Each "
        "counts among the missed: the decision came after the release.",
        range_line=_range_line(since),
    )


def _unconsidered(site: Site) -> ListFrame:
    """Every release without consideration."""
    missed = key_figure(site.figures, "missed.total")
    return ListFrame(
        lead=f"{plural(missed.value, 'release', 'releases')} went ahead with no decision by a "
        "named caseworker before.",
        range_line=_range_line(missed),
        tiles=tiles((key_figure(site.figures, id_) for id_ in _MISSED_TILES), site.opens),
        charts=[site.missed_chart, site.history_chart("missed.total")],
        tables=[
            figure_sheet("since", "What became of them", site.figures, _SINCE, site.opens),
            figure_sheet("warned", "After the warning of 2005", site.figures, _WARNED, site.opens),
            group_sheet("offences", "By offence", site.figures, "missed.by_offence", site.opens),
            figure_sheet("sexual", "Sexual offences told apart", site.figures, _SEXUAL, site.opens),
            time_sheet(site.facts, site.about.as_of),
            prison_sheet(site.facts, site.opens),
        ],
    )


def _outcomes(site: Site) -> ListFrame:
    """What has become of everybody of whom a release was missed."""
    total = key_figure(site.figures, OUTCOMES.total)
    lost, unsought = (
        value_of(site.figures, "outcome.by_outcome", code) or 0
        for code in ("NOT_LOCATED", "NOT_SOUGHT")
    )
    return ListFrame(
        lead=f"Of {plural(total.value, 'custody episode', 'custody episodes')} with a missed "
        f"release, {plural(lost, 'is', 'are')} of people who cannot be found after a search, and "
        f"{plural(unsought, 'is', 'are')} of people for whom nobody has looked.",
        range_line="Each has exactly one outcome, so the outcomes sum to all. Releases considered "
        "late are among them.",
        tiles=tiles([key_figure(site.figures, "outcome.restriction_missing")]),
        charts=[outcomes_over_time(site.past, site.figures, site.about.as_of)],
        tables=[
            group_sheet("by-outcome", "By outcome", site.figures, "outcome.by_outcome", site.opens),
            figure_sheet(
                "tracings",
                "Each missed release, by whether it is known where they are",
                site.figures,
                [listed.total for listed in TRACINGS],
                site.opens,
            ),
        ],
    )


def _recorded_after_release(site: Site) -> ListFrame:
    """Decisions that were entered once the person had left."""
    late = key_figure(site.figures, "considered.recorded_after_release")
    return ListFrame(
        lead=f"{plural(late.value, 'release', 'releases')} went ahead with no decision on record; "
        "one was recorded afterwards, dated before the release.",
        range_line="They count as considered, and in the high end of the missed: nothing but its "
        "own date shows that the decision was there.",
    )


def _withdrawn_after_release(site: Site) -> ListFrame:
    """Decisions that were taken back once the person had left."""
    undone = key_figure(site.figures, "considered.withdrawn_after_release")
    return ListFrame(
        lead=f"{plural(undone.value, 'release was', 'releases were')} considered in time, and the "
        "decision was withdrawn afterwards.",
        range_line="They were considered when they happened, and count as considered.",
    )


_WHEREABOUTS: Final = {
    NOT_FOUND.name: "somebody who was looked for and cannot be found",
    NOT_SOUGHT.name: "somebody for whom, as far as is recorded, nobody has looked",
    LOCATED.name: "somebody of whom it is known where they are, or that they died or left",
    QUESTIONED.name: "somebody who was located, and answered a questionnaire",
}


def _traced(listed: CaseList) -> Callable[[Site], ListFrame]:
    """Where those are whose release nobody had considered."""

    def around(site: Site) -> ListFrame:
        missed, found = (key_figure(site.figures, id_) for id_ in ("missed.total", listed.total))
        return ListFrame(
            lead=f"{plural(found.value, 'release', 'releases')} of {missed.text} without "
            f"consideration {'is' if found.value == 1 else 'are each'} of "
            f"{_WHEREABOUTS[listed.name]}.",
            range_line=_range_line(found),
        )

    return around


def _range_line(figure: KeyFigure) -> str:
    """How far uncertainty could move a number; nothing where it cannot."""
    if not figure.range_text:
        return ""
    likely = (
        f"; most likely it is {number_text(figure.likely)}" if figure.likely is not None else ""
    )
    return (
        "Until uncertain links and nationalities are settled and unread rows mended, the number "
        f"may be {figure.range_text}{likely}."
    )


def _due(site: Site) -> ListFrame:
    """Everybody whose consideration is due."""
    due = key_figure(site.figures, "due.total")
    return ListFrame(
        lead=f"{plural(due.value, 'person', 'people')} not yet released must be considered, "
        "and nobody has decided yet.",
        range_line=_range_line(due),
        tiles=tiles(
            (
                key_figure(site.figures, id_)
                for id_ in (
                    "due.overdue",
                    *(f"due.within_{days}" for days in SHOWN_DAYS),
                    "due.no_date",
                    "due.serious",
                )
            ),
            site.opens,
        ),
        charts=[
            due_by_week(site.facts, site.about.as_of),
            notice_before_release(results.ASSESSMENTS.of(site.facts), site.about.as_of),
            site.history_chart("due.total"),
        ],
        tables=[
            group_sheet("bands", "By time to release", site.figures, "due.by_release", site.opens)
        ],
    )


def _verify(site: Site) -> ListFrame:
    """Everybody whose nationality is to be verified."""
    verify = key_figure(site.figures, "scope.verify_nationality")
    return ListFrame(
        lead=f"In {plural(verify.value, 'custody episode', 'custody episodes')} there is "
        "evidence of British nationality that conflicts with the record.",
        range_line="Nothing is done to a person on this list but to settle their nationality.",
    )


def _backlog(site: Site) -> ListFrame:
    """Every open case, the teams and their staff."""
    return ListFrame(
        lead=backlog_sentence(site.figures),
        tiles=tiles(
            (
                key_figure(site.figures, id_)
                for id_ in (
                    "backlog.open",
                    "backlog.unallocated",
                    "backlog.idle_30",
                    "backlog.idle_76",
                    "staff.working",
                    "staff.diverted",
                    "staff.cases_per_fte",
                    "pace.referral_to_decision",
                )
            ),
            site.opens,
        ),
        charts=[backlog_by_age(site.figures), site.history_chart("backlog.open")],
        tables=[
            sheets.sheet(
                name="teams",
                caption="Teams and their staff, in full-time equivalents",
                frame=results.TEAMS.of(site.facts),
                columns=sheets.TEAM_COLUMNS,
            ),
            age_sheet(site.facts),
            group_sheet("stages", "By stage", site.figures, "backlog.by_stage", site.opens),
        ],
    )


def _decisions(site: Site) -> ListFrame:
    """Every case that was decided, by year and outcome."""
    decided = key_figure(site.figures, "casework.decisions")
    return ListFrame(
        lead=f"{plural(decided.value, 'criminal case has', 'criminal cases have')} been decided by "
        "a named caseworker.",
        tables=[
            group_sheet(
                "years",
                "By year and outcome",
                site.figures,
                "casework.decisions_by_year",
                site.opens,
            )
        ],
    )


def _deportations(site: Site) -> ListFrame:
    """Everybody who was deported, by year."""
    gone = key_figure(site.figures, "casework.deportations")
    return ListFrame(
        lead=f"{plural(gone.value, 'deportation is', 'deportations are')} on record, early ones "
        "included.",
        tables=[
            group_sheet(
                "years", "By year", site.figures, "casework.deportations_by_year", site.opens
            )
        ],
    )


def _discrepancies(site: Site) -> ListFrame:
    """What the registers say differently, and which of them should mend it."""
    total = key_figure(site.figures, DISCREPANCY_LIST.total)
    rows = site.rows(DISCREPANCY_LIST)
    files = {}
    for register in ("prison", "immigration"):
        own = rows[rows["likely_wrong"].eq(register)]
        files[register], _ = site.csv(f"to-mend-{register}", own, DISCREPANCY_LIST.table)
    return ListFrame(
        lead=f"The registers disagree on {plural(total.value, 'field', 'fields')} of people who "
        "are linked for certain.",
        range_line="Each is for the register that most likely errs to mend.",
        tables=[
            _to_mend(site, files),
            group_sheet("kinds", "By kind", site.figures, "discrepancies.by_rule", site.opens),
        ],
    )


def _to_mend(site: Site, files: Mapping[str, str]) -> sheets.Sheet:
    """Discrepancies by register, for each thousand of its rows, with a file for its owner."""
    counted = results.ROW_COUNTS.of(site.facts).groupby("register")["accepted"].sum()
    found = groups_of(site.figures, "discrepancies.by_register")["value"]
    registers = [register for register in files if register in found.index]
    rows = [float(counted.get(register, 0)) for register in registers]
    frame = pd.DataFrame(
        {
            "register": [f"The {register} register" for register in registers],
            "number": [float(found[register]) for register in registers],
            "rows": rows,
            "rate": [
                round(1000 * float(found[name]) / many, 2) if many else None
                for name, many in zip(registers, rows, strict=True)
            ],
        }
    )
    return sheets.sheet(
        name="by-register",
        caption="By the register that most likely errs",
        frame=frame.astype({"register": "str", "rate": "float64"}),
        columns=_TO_MEND_COLUMNS,
        links=tuple(site.opens("discrepancies.by_register", register) for register in registers),
    )


_TO_MEND_COLUMNS: Final = (
    sheets.Column(source="register", heading="Register"),
    sheets.Column(source="number", heading="Discrepancies", kind="whole"),
    sheets.Column(source="rows", heading="Rows accepted", kind="whole"),
    sheets.Column(source="rate", heading="For each 1,000 rows", kind="number"),
)

_FRAMES: Final[Mapping[str, Callable[[Site], ListFrame]]] = {
    MISSED.name: _missed,
    DECIDED_SINCE.name: _decided_since,
    UNCONSIDERED.name: _unconsidered,
    OUTCOMES.name: _outcomes,
    RECORDED_AFTER_RELEASE.name: _recorded_after_release,
    WITHDRAWN_AFTER_RELEASE.name: _withdrawn_after_release,
    **{listed.name: _traced(listed) for listed in TRACINGS},
    DUE.name: _due,
    VERIFY.name: _verify,
    OPEN_CASES.name: _backlog,
    DECISIONS.name: _decisions,
    DEPORTATIONS.name: _deportations,
    DISCREPANCY_LIST.name: _discrepancies,
}
"""What stands around a list; one that is not here stands alone."""


def list_page(listed: CaseList) -> Callable[[Site], None]:
    """What writes the pages of a list."""

    def write(site: Site) -> None:
        around = _FRAMES.get(listed.name)
        site.list_page(listed, around(site) if around else ListFrame())

    return write
