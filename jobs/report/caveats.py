"""Sentences that pages and emails share: the backlog, and what to bear in mind."""

from collections.abc import Mapping

import pandas as pd

from jobs.briefing import plural
from jobs.report.headline import key_figure


def caveats(facts: Mapping[str, pd.DataFrame], notices: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Say what weakens a night: failed warnings, rows kept aside, matches not settled.

    Notices of the publication itself (a gate passed by a named person, say) come first.
    """
    figures = facts["nightly.figures"]
    lines = [*notices, *failed_checks(facts)]
    aside = key_figure(figures, "quality.quarantined")
    if aside.value:
        lines.append(
            f"{plural(aside.value, 'row was', 'rows were')} kept aside because of an error in the "
            "row; they are counted on the data quality page and come back once mended."
        )
    review = key_figure(figures, "links.review")
    if review.value:
        lines.append(
            f"{plural(review.value, 'possible match waits', 'possible matches wait')} for a "
            "reviewer. Nobody is cleared by a possible match."
        )
    unknown = key_figure(figures, "census.nationality_unknown")
    if unknown.value:
        lines.append(
            f"The nationality of {plural(unknown.value, 'person', 'people')} in prison is not "
            "known. They are counted in scope where their sentence is long enough."
        )
    return tuple(lines) or ("Nothing: every check held and no row was kept aside.",)


def failed_checks(facts: Mapping[str, pd.DataFrame]) -> list[str]:
    """One sentence for each check that did not hold on a published night."""
    checks = facts["nightly.check_results"]
    failed = checks[~checks["passed"]].sort_values("check_id")
    sentences = []
    for row in failed.to_dict("records"):
        count = row["rows_failed"]
        many = "" if pd.isna(count) or not count else f" ({plural(int(count), 'row', 'rows')})"
        sentences.append(f"A check did not hold{many}: {row['meaning']}.")
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
