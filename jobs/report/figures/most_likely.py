"""The most likely number of releases without consideration: the point estimate beside the range.

The list counts whom nobody is known to have considered: uncertain links and nationalities clear
nobody, so it counts too many by design. The estimate is the number expected: the sum over all
releases of the probability that they were missed, by the same evidence as the range
(`jobs.report.figures.uncertainty`). It takes nobody off the list.

A listed release counts by the probability that the nationality is in scope, that its possible
match is false, and that no decision lies under a link that was not found; the three are taken one
after the other, so that the parts sum. A release that is not listed counts by the probability that
its link is false, or that a wrong nationality keeps it out. What lies in quarantine says nothing:
the estimate takes what can be read, as every value does, and the range reaches as far as the rest
may. Each part is rounded to whole releases, and the estimate is their sum.
"""

from typing import Final

import pandas as pd

from jobs.report.figures.families import missed
from jobs.report.figures.figure import CASEWORK, EVERY_RELEASE, RELEASES, Figure
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.ranges import MILLION, VALUES, false_link_probability, plain
from jobs.report.published import ALL

MOST_LIKELY: Final = "missed.most_likely"
PARTS: Final = "missed.most_likely_parts"
LISTED, BY_NATIONALITY, BY_MATCH, BY_LOST_LINK, NOT_LISTED = (
    "on the list",
    "out of scope by nationality",
    "considered under a possible match",
    "considered under a link not found",
    "missed, not on the list",
)


def missed_probabilities(inputs: FigureInputs) -> pd.DataFrame:
    """What each part of the estimate takes from each release, or adds.

    Returns:
        A column for each part, in the order and under the index of ``inputs.releases``; a row's
        columns sum to the probability that the release was missed.
    """
    frame = inputs.releases
    uncertain = inputs.uncertainty.beside(frame)
    listed = frame["is_missed"].astype("float64")
    abroad = uncertain["out_of_scope"]
    matched = uncertain["matched"].where(frame["is_possibly_considered"], 0.0)
    in_scope = listed * (1.0 - abroad)
    unmatched = in_scope * (1.0 - matched)
    false_link = false_link_probability(frame).where(frame["status"].eq("CONSIDERED"), 0.0)
    kept_out = uncertain["wrongly_out"].where(frame["release_number"].isna(), 0.0)
    into = (false_link + kept_out).clip(upper=1.0)
    return pd.DataFrame(
        {
            LISTED: listed,
            BY_NATIONALITY: -listed * abroad,
            BY_MATCH: -in_scope * matched,
            BY_LOST_LINK: -unmatched * uncertain["decided"],
            NOT_LISTED: into.where(~frame["is_missed"], 0.0),
        }
    )


def _parts(inputs: FigureInputs) -> "pd.Series[float]":
    # Millionths as whole numbers: their sum does not depend on the order of the rows.
    micro = (missed_probabilities(inputs) * MILLION).round()
    return (micro.sum() / MILLION).round() + 0.0


def most_likely_parts(inputs: FigureInputs) -> pd.DataFrame:
    """What the estimate is made of, in whole releases."""
    return plain(inputs.once(_parts))


def most_likely(inputs: FigureInputs) -> pd.DataFrame:
    """The estimate, with the range of the list's count."""
    value = float(inputs.once(_parts).sum())
    ends = missed.FIGURES[0].compute(inputs).iloc[0]
    low, high = min(float(ends["low"]), value), max(float(ends["high"]), value)
    return pd.DataFrame([[ALL, value, low, high]], columns=VALUES)


FIGURES: Final = (
    Figure(
        id=MOST_LIKELY,
        title="Released without consideration, the most likely number",
        definition="The expected number of missed releases (a point estimate): each release counts "
        "by the probability that it was missed, given uncertain links, uncertain nationalities and "
        "decisions under links not found. It clears nobody: the list stays as it is.",
        population=EVERY_RELEASE,
        unit=RELEASES,
        owner=CASEWORK,
        compute=most_likely,
    ),
    Figure(
        id=PARTS,
        title="What the most likely number is made of",
        definition="The releases on the list; less those expected to be out of scope by "
        "nationality, and to be considered under a possible match or a link not found; and those "
        "expected to be missed that are not on it.",
        population=EVERY_RELEASE,
        unit=RELEASES,
        owner=CASEWORK,
        compute=most_likely_parts,
        groups="part of the estimate",
        whole=MOST_LIKELY,
    ),
)
