"""Whether probabilities are right: the share of true pairs they expect beside the one observed."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from jobs.link.train.model_quality import BANDS, calibration
from jobs.report.charts.charts import BAR, FAINT, INK, STRONG, Chart, Draw

PICTURE: Final = "calibration.png"
WIDTH: Final = 8.6
HEIGHT: Final = 1.9
CERTAINTY: Final = 1.96
"""Standard errors on either side of a share that hold it 95 times in 100."""
COLOURS: Final = (BAR, STRONG)


def by_band(links: pd.DataFrame) -> pd.DataFrame:
    """``pairs``, ``expected`` and ``observed`` of each band of probability.

    Args:
        links: of a night, with ``is_true``; pairs that a reviewer decided are left out.
    """
    table = calibration(links[links["decided_by"].isna()])
    names = [f"{low:g} to {high:g}" for low, high in zip(table["from"], table["to"], strict=True)]
    table = table.drop(columns=["from", "to"]).set_axis(names)
    table = table.reindex([f"{low:g} to {high:g}" for low, high in pairwise(BANDS)])
    return table.assign(pairs=table["pairs"].fillna(0).astype(int))


def beside(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of `by_band` side by side, for people to read."""
    shown = {
        f"{name}: {column}": table[column].map(f"{{:{'d' if column == 'pairs' else '.4f'}}}".format)
        for name, table in tables.items()
        for column in table.columns
    }
    return pd.DataFrame(shown).replace("nan", "")


def write_picture(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Draw tables of `by_band`, one colour each, into `PICTURE` in a folder."""
    chart = Chart(
        name="calibration",
        finding="",
        description="Share of true pairs by band of probability, as expected and as observed.",
        draw=_drawn(tables),
        headers=(),
        rows=(),
        height=HEIGHT,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / PICTURE).write_bytes(chart.png(width=WIDTH))


def _drawn(tables: Mapping[str, pd.DataFrame]) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:  # noqa: ARG001 - one drawing for both widths
        first = next(iter(tables.values()))
        places = np.arange(len(first))
        step = 0.62 / len(tables)
        for turn, ((name, table), colour) in enumerate(zip(tables.items(), COLOURS, strict=True)):
            at = places + (turn - (len(tables) - 1) / 2) * step
            axes.hlines(
                table["expected"], at - step * 0.45, at + step * 0.45, color=INK, linewidth=1.6,
                label="expected" if turn == 0 else None,
            )  # fmt: skip
            axes.errorbar(
                at, table["observed"], yerr=_error(table), fmt="o", color=colour, markersize=5,
                elinewidth=1.1, label=f"observed, {name} noise",
            )  # fmt: skip
        bands = first.index.str.replace(" to ", " to\n")
        counts = (table["pairs"].map("{:,}".format) for table in tables.values())
        labels = ["\n".join(lines) for lines in zip(bands, *counts, strict=True)]
        axes.set_xticks(places, labels, fontsize=7.5)
        names = " and of ".join(f"{name} noise" for name in tables)
        axes.set_xlabel(f"probability; below it the number of pairs of {names}", color=FAINT)
        axes.set_ylabel("share of true pairs")
        axes.set_ylim(0, 1.03)
        axes.grid(visible=False, axis="x")
        axes.tick_params(axis="both", length=0)
        axes.legend(frameon=False, loc="lower right")

    return draw


def _error(table: pd.DataFrame) -> np.ndarray:
    """How far the observed parameters may be off below and above, by Wilson's interval."""
    pairs, share = table["pairs"].to_numpy(np.float64), table["observed"].to_numpy(np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = CERTAINTY**2 / pairs
        middle = (share + spread / 2) / (1 + spread)
        half = np.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return np.maximum([share - middle + half, middle + half - share], 0.0)
