"""Sentences that pages and emails share: the backlog, and what to bear in mind."""

from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import number_text, plural
from jobs.report.published import Frames
from jobs.report.summary.headline import key_figure

CHECKS_TOLD: Final = 3


def caveats(facts: Frames, notices: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Say what weakens a night: failed warnings, rows kept aside, matches not settled.

    Notices of the publication itself (a gate passed by a named person, say) come first.
    """
    figures = results.FIGURES.of(facts)
    lines = [*notices, *failed_checks(facts)]
    aside = key_figure(figures, "quality.quarantined")
    if aside.value:
        lines.append(
            f"{plural(aside.value, 'row was', 'rows were')} kept aside because of an error in the "
            "row; they are counted on the data quality page and come back once mended."
        )
    people = key_figure(figures, "quality.people_aside")
    if people.value:
        lines.append(
            f"{plural(people.value, 'person', 'people')} who may be in scope "
            f"{'has' if people.value == 1 else 'have'} a row in quarantine: count them as well "
            "until it is mended."
        )
    review = key_figure(figures, "links.review")
    if review.value:
        lines.append(
            f"{plural(review.value, 'possible match waits', 'possible matches wait')} for a "
            "reviewer. Nobody is cleared by a possible match."
        )
    decided = key_figure(figures, "links.cleared_by_decision")
    if decided.value:
        lines.append(
            f"{plural(decided.value, 'custody episode is', 'custody episodes are')} cleared "
            "because a person, and not the model, decided that two records are one person: each "
            "names who decided and who confirmed it."
        )
    unknown = key_figure(figures, "census.nationality_unknown")
    if unknown.value:
        lines.append(
            f"The nationality of {plural(unknown.value, 'person', 'people')} in prison is not "
            "known. They are counted in scope where their sentence is long enough."
        )
    return tuple(lines) or ("Nothing: every check held and no row was kept aside.",)


def caveat_line(facts: Frames) -> str:
    """The caveats of a night in one line: how many checks failed, and who is in quarantine."""
    failed = len(_failed(facts))
    people = key_figure(results.FIGURES.of(facts), "quality.people_aside").value
    parts = []
    if failed:
        parts.append(f"{plural(failed, 'check', 'checks')} failed")
    if people:
        parts.append(
            f"{plural(people, 'person', 'people')} who may be in scope "
            f"{'has' if people == 1 else 'have'} a row in quarantine"
        )
    return f"Bear in mind: {' and '.join(parts)}." if parts else ""


def _failed(facts: Frames) -> pd.DataFrame:
    """Checks that failed and that nobody has excepted."""
    checks = results.CHECK_RESULTS.of(facts)
    return checks[~checks["passed"].astype("bool") & checks["excused"].isna()]


def failed_checks(facts: Frames) -> list[str]:
    """The checks that did not hold on a published night: the widest in words, the rest counted."""
    failed = _failed(facts).sort_values(
        ["rows_failed", "check_id"], ascending=[False, True], na_position="last"
    )
    sentences = []
    for row in failed.head(CHECKS_TOLD).to_dict("records"):
        count = row["rows_failed"]
        many = "" if pd.isna(count) or not count else f" in {plural(int(count), 'row', 'rows')}"
        sentences.append(f"A check of {row['table_name']} failed{many}: {row['meaning']}.")
    rest = len(failed) - CHECKS_TOLD
    if rest > 0:
        sentences.append(
            f"{plural(rest, 'other check', 'other checks')} failed: see the data quality page."
        )
    return sentences


def backlog_sentence(figures: pd.DataFrame) -> str:
    """Work and staff in a sentence or two."""
    cases = key_figure(figures, "backlog.open")
    working = key_figure(figures, "staff.working")
    each = key_figure(figures, "staff.cases_per_fte")
    diverted = key_figure(figures, "staff.diverted")
    lead = f"{plural(cases.value, 'criminal case is', 'criminal cases are')} open"
    if each.value is None:
        return f"{lead}; the number of staff at work on them is not known."
    lead += f", {each.text} for each of the {working.text} full-time equivalents at work on them."
    if diverted.value:
        lead += f" Another {diverted.text} work elsewhere."
    return lead


def capacity_sentence(figures: pd.DataFrame) -> str:
    """Whether the pace of decisions keeps up with the releases ahead, in a sentence."""
    decided = key_figure(figures, "flow.decided_13_weeks")
    late = key_figure(figures, "flow.late_26_weeks")
    if not decided.value:
        return "No decision is recorded in the last 13 weeks: at this pace nobody gets a turn."
    weekly = number_text(round(decided.value / 13, 1))
    if not late.value:
        return (
            f"At the present pace of {weekly} decisions a week, everybody known can be decided on "
            "before release in the next 26 weeks."
        )
    between = f" ({late.range_text})" if late.range_text else ""
    return (
        f"At the present pace of {weekly} decisions a week, "
        f"{plural(late.value, 'person', 'people')}{between} will be released before their turn in "
        "the next 26 weeks."
    )
