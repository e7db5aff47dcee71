"""How good a model is: accuracy over worlds whose truth is known, calibration, pairs compared.

Numbers only. Two models measured on the same worlds can be laid side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from jobs.link.block.blocking import RuleUse
from jobs.link.model.linkage_model import Model
from jobs.link.model.thresholds import LINKED_FROM, REVIEW_FROM

PAIR: Final = ("prisoner_number", "cid_person_id")
BANDS: Final = (REVIEW_FROM, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, LINKED_FROM, 0.999, 1.0)
"""Deciles of probability, with finer ones where it matters: at the bars and near certainty."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """One world linked with a model.

    ``truth`` holds the true pairs, ``links`` what the night says of pairs, ``persons`` counts both
    registers together.
    """

    world: str
    persons: int
    truth: pd.DataFrame = field(repr=False)
    links: pd.DataFrame = field(repr=False)
    blocking: tuple[RuleUse, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Quality:
    """What was measured of one model, as tables with plain column names."""

    model: Model
    accuracy: pd.DataFrame
    calibration: pd.DataFrame
    blocking: pd.DataFrame
    weights: pd.DataFrame

    def as_json(self) -> dict[str, Any]:
        """Everything but the parameters, as plain values."""
        tables: Mapping[str, pd.DataFrame] = {
            "accuracy": self.accuracy, "calibration": self.calibration, "blocking": self.blocking,
        }  # fmt: skip
        return {
            "version": self.model.version,
            "digest": self.model.digest,
            **{name: table.to_dict("records") for name, table in tables.items()},
        }


def quality(model: Model, trials: Sequence[Trial]) -> Quality:
    """Measure a model by what it made of worlds whose truth is known."""
    marked = [_marked(trial) for trial in trials]
    return Quality(
        model=model,
        accuracy=pd.DataFrame(
            [_scores(trial, links) for trial, links in zip(trials, marked, strict=True)]
        ),
        calibration=calibration(pd.concat(marked)),
        blocking=_blocking(trials),
        weights=weights(model),
    )


def weights(model: Model) -> pd.DataFrame:
    """The match weight of each comparison level in bits: ``comparison``, ``level``, ``weight``.

    Term frequencies are left aside.
    """
    rows = [
        (comparison, level, round(float(np.log2(same / others)), 4))
        for comparison, levels in model.parameters.items()
        for level, (same, others) in levels.items()
    ]
    return pd.DataFrame(rows, columns=["comparison", "level", "weight"])


def _marked(trial: Trial) -> pd.DataFrame:
    true = trial.truth[list(PAIR)].drop_duplicates().assign(is_true=True)
    links = trial.links[trial.links["decided_by"].isna()].merge(true, how="left", on=list(PAIR))
    return links.assign(is_true=links["is_true"].notna())


def _scores(trial: Trial, links: pd.DataFrame) -> dict[str, Any]:
    linked = links[links["outcome"] == "linked"]
    true = max(len(trial.truth), 1)
    return {
        "world": trial.world,
        "precision": round(float(linked["is_true"].mean()), 5) if len(linked) else 1.0,
        "recall": round(float(linked["is_true"].sum()) / true, 5),
        "recall with review": round(float(links["is_true"].sum()) / true, 5),
        "in review, share of persons": round(
            float((links["outcome"] == "review").sum()) / max(trial.persons, 1), 5
        ),
    }


def calibration(links: pd.DataFrame) -> pd.DataFrame:
    """Share of true pairs by band of probability, as the model says and as it is.

    Args:
        links: ``probability`` and ``is_true`` of each pair that no reviewer decided.

    Returns:
        ``from``, ``to``, ``pairs``, ``expected`` and ``observed`` of each band that holds a pair.
    """
    edges = [0.0, *BANDS[1:]]
    band = pd.cut(links["probability"], edges, include_lowest=True, labels=False)
    table = links.groupby(band).agg(
        pairs=("is_true", "size"), expected=("probability", "mean"), observed=("is_true", "mean")
    )
    low = [BANDS[int(place)] for place in table.index]
    table.insert(0, "to", [BANDS[int(place) + 1] for place in table.index])
    table.insert(0, "from", low)
    return table.round(4).reset_index(drop=True)


def _blocking(trials: Sequence[Trial]) -> pd.DataFrame:
    """Pairs that each rule formed and left out, over all worlds."""
    uses = pd.DataFrame(
        [(use.rule, use.pairs, use.left_out_pairs) for trial in trials for use in trial.blocking],
        columns=["rule", "pairs", "left out"],
    )
    return uses.groupby("rule", as_index=False, sort=False).sum()
