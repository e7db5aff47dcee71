"""The assurance sample in words: at most how many of those cleared were cleared wrongly."""

import math

import pandas as pd

from jobs.contract.proof.assurance_strata import STRATA
from jobs.contract.view_models import number_text, plural
from jobs.report.published import groups_of, value_of


def assurance_sentence(figures: pd.DataFrame) -> str:
    """What the checks bound, in a sentence; empty in publications that have no such figure."""
    cleared = value_of(figures, "assurance.cleared")
    if cleared is None:
        return ""
    checked = value_of(figures, "assurance.checked") or 0
    share = value_of(figures, "assurance.wrong_at_most")
    if share is None:
        return (
            f"Nobody has checked any of the {number_text(cleared)} cleared: how many of them were "
            "cleared wrongly is not known."
        )
    people = plural(value_of(figures, "assurance.checkers"), "person", "people")
    return (
        f"Of {number_text(cleared)} cleared, at most {share_text(share)} wrongly "
        f"({number_text(round(share * cleared / 100))}), with 95% confidence, on "
        f"{plural(checked, 'check', 'checks')} by {people}; "
        f"{number_text(value_of(figures, 'assurance.bad') or 0)} of the checks found somebody "
        "wrongly cleared, or could not tell."
    )


def share_text(share: float) -> str:
    """A share in per cent, never rounded down: a bound stays one."""
    scale = 10 if share >= 1 else 100
    return f"{min(math.ceil(share * scale) / scale, 100):g}%"


def assurance_lines(figures: pd.DataFrame) -> tuple[str, ...]:
    """The sentence, and a line for each stratum: cleared, checked, bad, at most."""
    cleared = groups_of(figures, "assurance.cleared_by_stratum")["value"]
    checked = groups_of(figures, "assurance.checked_by_stratum")["value"]
    bad = groups_of(figures, "assurance.bad_by_stratum")["value"]
    share = groups_of(figures, "assurance.wrong_at_most_by_stratum")["value"]
    return (
        assurance_sentence(figures),
        *(
            f"{number_text(cleared[name]):>9} cleared, {number_text(checked.get(name, 0.0)):>5} "
            f"checked, {number_text(bad.get(name, 0.0)):>3} bad, "
            f"{'at most ' + share_text(share[name]) if name in share else 'not known':>15}  {words}"
            for name, words in STRATA.items()
            if name in cleared
        ),
    )


def assurance_history(before: pd.DataFrame) -> tuple[str, ...]:
    """The bound of each earlier night on which it was another, the latest first.

    Args:
        before: figures of all of earlier nights, with ``as_of_date``, as they are current now.
    """
    told = before.pivot(index="as_of_date", columns="figure_id", values="value")
    wanted = ["assurance.wrong_at_most", "assurance.checked", "assurance.cleared"]
    told = told.reindex(columns=wanted).dropna().sort_index()
    changed = told[told["assurance.wrong_at_most"].ne(told["assurance.wrong_at_most"].shift())]
    return tuple(
        f"{night}: at most {share_text(share)} of {number_text(cleared)}, on "
        f"{plural(checked, 'check', 'checks')}"
        for night, share, checked, cleared in changed[::-1].itertuples(name=None)
    )
