"""A night that a check stopped: what a person must know to publish it all the same.

The evidence is counts and the checks' own words, and what stands if nobody does anything: no path,
no command and no person's value.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import sqlalchemy as sa

from jobs.check import Suite, refuse_override_of
from jobs.contract import results
from jobs.contract.view_models import day_text
from jobs.operate.databases import warehouse
from jobs.operate.monitoring.failure_notes import failure_notes
from jobs.operate.run.run_folder import RunFolder
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    CheckOverride,
    Publication,
    current_publication,
    latest_before,
    read_table,
)
from jobs.warehouse.store.publishing import DESPITE

PARTS: Final = ("audit", "check")
"""Parts of a run's folder that say which checks failed: of what was computed, of the registers."""
COUNTED: Final = ["register", "table_name"]


def checks_to_ask_about(*, dag: str, run: str, night: RunFolder, suite: Suite) -> tuple[str, ...]:
    """The failed checks that a person may answer for, where these alone stopped a run.

    Those that the run was to let pass already are among them: who answers, answers for all.

    Raises:
        BadInput: nobody may let one of them pass.
    """
    notes = failure_notes(dag=dag, run=run, settings=night.settings)
    stopped = {check for note in notes if note.is_gate for check in note.checks}
    if not stopped:
        return ()
    refuse_override_of(sorted(stopped), suite=suite)
    word = night.inputs("check").get(DESPITE)
    passed = CheckOverride.from_json(word).rules if word else ()
    return tuple(sorted(stopped | set(passed)))


def night_evidence(*, night: RunFolder, checks: Collection[str], suite: Suite) -> tuple[str, ...]:
    """What is known of the failed checks and of the registers, in blocks of Markdown.

    Raises:
        BadInput: the run has left nothing to show of one of them: its folder is gone, or it was
            not stopped by it.
    """
    found = _check_results(night)
    failed = found[found["check_id"].isin(list(checks)) & ~found["passed"].astype("bool")]
    idle = sorted(set(checks) - set(failed["check_id"]))
    if idle or failed.empty:
        raise BadInput(
            f"night [{night.as_of}]",
            f"its run left no failure of {f'check [{idle[0]}]' if idle else 'a check'} to show",
            "run the night again; where a check stops it, the question comes by itself",
        )
    reasons = {check.id: check.reason for check in suite.checks}
    lines = [_line(row, reasons, night.as_of) for row in failed.to_dict("records")]
    return (*lines, _rows_delivered(night), _consequence(failed["check_id"]))


def standing(as_of: date, *, settings: Settings) -> str:
    """What readers see until somebody decides."""
    with warehouse(settings) as engine:
        current = _stands(engine, as_of)
    if current is None:
        return "Nothing was published before; without an answer there are no figures."
    return (
        f"Pages and emails show the figures of {day_text(current.as_of)}, and go on to do so "
        "without an answer."
    )


def _stands(engine: sa.Engine, as_of: date) -> Publication | None:
    """The publication that the stopped night would replace, or follow."""
    return current_publication(engine, as_of=as_of) or latest_before(engine, as_of=as_of)


def _check_results(night: RunFolder) -> pd.DataFrame:
    """Those that the last part left: a task that was cleared leaves its part anew."""
    parts = [night.folder / part for part in PARTS if (night.folder / part).exists()]
    if not parts:
        return results.CHECK_RESULTS.empty()
    last = max(parts, key=lambda part: part.stat().st_mtime)
    return night.facts(last.name)[results.CHECK_RESULTS.full_name]


def _line(row: Mapping[Any, Any], reasons: dict[str, str], as_of: date) -> str:
    numbers = []
    if not pd.isna(row["observed"]):
        numbers.append(f"found {row['observed']:.4g}")
    if not pd.isna(row["rows_failed"]):
        numbers.append(f"{row['rows_failed']:,.0f} of {row['rows_checked']:,.0f} rows failed")
    since = row["failing_since_date"]
    is_new = pd.isna(since) or pd.Timestamp(since).date() == as_of
    numbers.append("tonight for the first time" if is_new else f"since {day_text(since)}")
    return (
        f"Table {row['table_name']}, check {row['check_id']}: must hold, and does not: "
        f"{row['meaning']} ({', '.join(numbers)}). Why it is asked: {reasons[row['check_id']]}"
    )


def _rows_delivered(night: RunFolder) -> str:
    """Rows of each table tonight, beside those of what stands, as a Markdown table."""
    tonight = night.facts("check")[results.ROW_COUNTS.full_name]
    with warehouse(night.settings) as engine:
        before = _stands(engine, night.as_of)
        known = (
            results.ROW_COUNTS.empty()
            if before is None
            else read_table(engine, before.publication_id, results.ROW_COUNTS.full_name)
        )
    both = tonight.merge(known, how="left", on=COUNTED, suffixes=("", "_before"))
    stands = "before" if before is None else f"in the figures of {day_text(before.as_of)}"
    lines = [f"| table | delivered | quarantined | {stands} |", "|---|--:|--:|--:|"]
    for row in both.to_dict("records"):
        earlier = row["rows_in_before"]
        beside = "not known" if pd.isna(earlier) else f"{earlier:,.0f}"
        lines.append(
            f"| {row['register']}.{row['table_name']} | {row['rows_in']:,} "
            f"| {row['quarantined']:,} | {beside} |"
        )
    return "\n".join(lines)


def _consequence(checks: Collection[str]) -> str:
    some = "this check" if len(checks) == 1 else f"these {len(checks)} checks"
    return (
        f"If it is published, every page and email names you, {some} and your reason, and the "
        "figures count what the registers delivered, right or wrong."
    )
