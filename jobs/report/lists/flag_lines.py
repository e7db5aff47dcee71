"""The flags of an episode in plain English, each with its rule."""

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import day_text

Row = Mapping[Hashable, Any]


def flag_lines(flags: Row, *, priority: int | None) -> list[tuple[str, str]]:
    """What the law and the calendar say of an episode: each line, and the rule behind it.

    Args:
        flags: the row of `results.FLAGS`.
        priority: the rank of the work, where there is work to do.
    """
    lines = [*_law(flags), *_dates(flags)]
    if priority is not None:
        lines.append((f"Priority: number {priority:,} of the work to do.", "priority.ranking"))
    if _known(flags["outcome"]):
        meaning = results.OUTCOME.meanings
        outcome = flags["outcome"]
        lines.append((f"Outcome: {outcome}, {meaning[outcome]}.", flags["outcome_rule_id"]))
    return lines


def _law(flags: Row) -> Iterator[tuple[str, str]]:
    if _known(flags["referral_rule_id"]):
        met = "is met" if flags["is_referral_met"] else "is not met"
        yield f"The referral criterion {met}.", flags["referral_rule_id"]
    if flags["is_duty_to_deport"]:
        yield "The duty to deport applies.", flags["duty_rule_id"]
    if flags["is_exempt"]:
        yield "Exempt from the duty to deport, still to be considered.", flags["exemption_rule_id"]


def _dates(flags: Row) -> Iterator[tuple[str, str]]:
    earliest, latest = flags["computed_release_date"], flags["computed_release_latest_date"]
    if _known(earliest):
        until = (
            f", at the latest on {_day(latest)}" if _known(latest) and latest != earliest else ""
        )
        yield f"By the sentences, release on {_day(earliest)}{until}.", "release.recomputed"
    if flags["is_release_disputed"]:
        recorded = _day(flags["disputed_release_date"])
        yield f"RELEASE_DATE_DISPUTED: {recorded} is recorded.", "release.disputed"
    if _known(flags["early_removal_date"]):
        # Only a sentence with a fixed end has a latest release.
        scheme = "removal.early" if _known(latest) else "removal.tariff"
        yield f"Early removal from {_day(flags['early_removal_date'])} on.", scheme
    if _known(flags["referral_due_date"]):
        late = ", and was late" if flags["is_referred_late"] else ""
        yield (
            f"The referral was due on {_day(flags['referral_due_date'])}{late}.",
            "referral.deadline",
        )
    if _known(flags["alert_days"]):
        days = int(flags["alert_days"])
        yield f"Alert: {days} days or less to the earliest release.", "consideration.alerts"


def _known(value: Any) -> bool:
    return not pd.isna(value)


def _day(value: pd.Timestamp) -> str:
    return day_text(value.date())
