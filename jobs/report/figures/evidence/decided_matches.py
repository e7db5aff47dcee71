"""How likely a possible match that holds a decision is true.

The probability of a pair rests on how many people of the whole immigration register are in prison
too: many of its people never were. A decided criminal case is about a prisoner far oftener, and how
often is seen: most decided cases are linked for certain. So the probability that the person of a
decided case has no partner in prison is taken anew from those cases alone, by the rule for a prior
that has shifted (Saerens, Latinne and Decaestecker 2002): the odds of having none are multiplied by
a ratio, found again and again from the probabilities that it gives.
"""

from typing import Final

import numpy as np
import pandas as pd

from jobs.report.membership import is_among

ROUNDS: Final = 50
SETTLED: Final = 1e-9
LEAST: Final = 1e-6
"""No share is nought or one: a night of few people shows neither."""


def match_probability(
    *, links: pd.DataFrame, decided: pd.Series, people: int
) -> "pd.Series[float]":
    """By prisoner number, the probability that one of the possible matches is true.

    Those with a decision count; where none holds one, all do, by the probability of their pairs.

    Args:
        links: `results.LINKS`.
        decided: ``cid_person_id`` of each decided criminal case.
        people: persons of the immigration register.
    """
    pairs = links[["prisoner_number", "cid_person_id", "outcome"]].assign(
        probability=links["probability"].astype("float64"),
        is_decided=is_among(links["cid_person_id"], decided),
    )
    partner = pairs.groupby("cid_person_id")["probability"].sum().clip(upper=1.0)
    with_case = pd.Index(decided.dropna().unique())
    alone = 1.0 - float(partner.sum()) / max(people, 1)
    ratio = _ratio(partner.reindex(with_case, fill_value=0.0), alone=alone)
    own = pairs["cid_person_id"].map(partner).astype("float64")
    shifted = pairs["probability"] / (own + (1.0 - own) * ratio).clip(lower=LEAST)
    pairs["probability"] = pairs["probability"].where(~pairs["is_decided"], shifted.clip(upper=1.0))
    waiting = pairs[pairs["outcome"].eq("review")]
    has_one = waiting.groupby("prisoner_number")["is_decided"].transform("max").astype("bool")
    waiting = waiting[waiting["is_decided"] | ~has_one]
    false = np.log1p(-waiting["probability"].clip(upper=1.0 - LEAST))
    found: pd.Series[float] = 1.0 - np.exp(false.groupby(waiting["prisoner_number"]).sum())
    return found


def _ratio(partner: "pd.Series[float]", *, alone: float) -> float:
    """By what the odds of having no partner are multiplied for people of decided cases."""
    if partner.empty:
        return 1.0
    before = _odds(alone)
    none = 1.0 - partner.to_numpy()
    share = float(none.mean())
    for _ in range(ROUNDS):
        ratio = _odds(share) / before
        last, share = share, float((none * ratio / (1.0 - none + none * ratio)).mean())
        if abs(share - last) < SETTLED:
            break
    return _odds(share) / before


def _odds(share: float) -> float:
    held = float(np.clip(share, LEAST, 1.0 - LEAST))
    return held / (1.0 - held)
