"""A pair for a terminal: both records side by side, then the evidence."""

from typing import Any

import pandas as pd

from jobs.review.evidence import evidence_lines
from jobs.review.records import ALSO, RECORD, shown
from jobs.warehouse import Decision, named


def side_by_side(pair: "pd.Series[Any]") -> list[str]:
    """A pair of `with_records` for a terminal: both records, then the evidence."""
    lines = [f"{'':24}{'prison':32}immigration"]
    lines += [
        f"{label:24}{_text(pair, f'prison: {label}'):32}{_text(pair, f'immigration: {label}')}"
        for label in [*(line[0] for line in RECORD), ALSO]
    ]
    lines += ["", f"probability {pair['probability']:.4f}; {pair['consequence']}", ""]
    lines += [
        f"{weight:+9.2f}  {comparison}{': ' if level else ''}{level}"
        for comparison, level, weight in evidence_lines(pair["evidence"])
    ]
    return lines


def decided_line(decision: Decision) -> str:
    """A decision that waits, for whoever is to confirm it."""
    who = named(decision.reviewer, decision.recorded_by)
    return (
        f"Decision {decision.decision_id}: {decision.prisoner_number} and "
        f"{decision.cid_person_id}, {decision.judgement}, by {who}: {decision.reason}"
    )


def _text(pair: "pd.Series[Any]", name: str) -> str:
    return shown(pair, name) or "-"
