"""The quality report of a linkage model: the candidate beside the model in use, on one page."""

from importlib import resources
from typing import Any, Final

import jinja2
import numpy as np
import pandas as pd

from jobs.link.train.model_quality import Quality
from jobs.report.charts.charts import BAR, FAINT, STRONG, Chart, Draw

ROW_HEIGHT: Final = 0.075
"""Of a comparison level on the chart of weights, in heights of an ordinary chart."""
_TEMPLATE: Final = "model.html.j2"


def quality_page(*, candidate: Quality, current: Quality) -> str:
    """One HTML page without scripts or outside files; the same models give the same bytes."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = resources.files("jobs.commands.model") / "templates" / _TEMPLATE
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        candidate=candidate.model,
        current=current.model,
        trained_on=sorted(candidate.model.trained_on.items()),
        accuracy=_beside(candidate.accuracy, current.accuracy, ["world"]),
        blocking=_rows(candidate.blocking),
        calibration=_beside(candidate.calibration, current.calibration, ["from", "to"]),
        charts=[_weights(candidate, current), _calibration(candidate, current)],
    )


def _beside(candidate: pd.DataFrame, current: pd.DataFrame, key: list[str]) -> dict[str, Any]:
    """Two tables of one shape as one: each measure of the candidate, then of the current."""
    both = candidate.merge(current, how="outer", on=key, suffixes=(" ", ""), sort=False)
    names = [name for name in candidate.columns if name not in key]
    order = [column for name in names for column in (f"{name} ", name)]
    return {"groups": names, "key": key, "rows": _texts(both[[*key, *order]])}


def _rows(table: pd.DataFrame) -> dict[str, Any]:
    return {"headers": list(table.columns), "rows": _texts(table)}


def _texts(table: pd.DataFrame) -> list[list[str]]:
    return [[_text(value) for value in row] for row in table.to_numpy(dtype=object).tolist()]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    return f"{int(value):,}" if float(value).is_integer() and abs(value) > 1 else f"{value:.4f}"


def _weights(candidate: Quality, current: Quality) -> Chart:
    both = candidate.weights.merge(
        current.weights, how="left", on=["comparison", "level"], suffixes=("", "_now")
    )
    moved = (both["weight"] - both["weight_now"]).abs()
    largest = both[moved == moved.max()].to_dict("records")
    finding = "No comparison level to hold against"
    if largest:
        level = f"{largest[0]['comparison']}: {largest[0]['level']}"
        finding = f"The largest change is {moved.max():.2f} bits, {level}"
    return Chart(
        name="weights",
        finding=finding,
        description="Match weight of each comparison level in bits, candidate and model in use.",
        draw=_weights_drawn(both),
        headers=("comparison", "comparison level", "candidate, bits", "in use, bits"),
        rows=tuple(tuple(_text(value) for value in row) for row in both.to_numpy(dtype=object)),
        height=max(1.0, ROW_HEIGHT * len(both)),
    )


def _weights_drawn(both: pd.DataFrame) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:
        places = np.arange(len(both))[::-1]
        axes.barh(places, both["weight"], height=0.7, color=BAR, label="candidate")
        axes.plot(
            both["weight_now"], places, "|", color=STRONG, markersize=9, markeredgewidth=2,
            label="in use",
        )  # fmt: skip
        labels = both["comparison"] + ": " + both["level"]
        axes.set_yticks(places, labels, fontsize=7 if narrow else 8)
        axes.set_ylim(-1, len(both))
        axes.axvline(0, color=FAINT, linewidth=0.8)
        axes.set_xlabel("bits: each one doubles the odds of being one person")
        axes.grid(visible=False, axis="y")
        axes.tick_params(axis="both", length=0)
        axes.legend(frameon=False, loc="lower right")

    return draw


def _calibration(candidate: Quality, current: Quality) -> Chart:
    table = candidate.calibration
    off = (table["observed"] - table["expected"]).abs()
    worst = f"{off.max():.2f}" if len(off) else "0"
    return Chart(
        name="calibration",
        finding=f"The probability is at most {worst} away from the share of true pairs",
        description="Share of true pairs by band of probability, as expected and as observed.",
        draw=_calibration_drawn(candidate.calibration, current.calibration),
        headers=("from", "to", "pairs", "expected", "observed"),
        rows=tuple(tuple(_text(value) for value in row) for row in table.to_numpy(dtype=object)),
        height=1.4,
    )


def _calibration_drawn(candidate: pd.DataFrame, current: pd.DataFrame) -> Draw:
    def draw(axes: Any, narrow: bool) -> None:  # noqa: ARG001 - one drawing for both widths
        axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8)
        axes.plot(candidate["expected"], candidate["observed"], "o-", color=BAR, label="candidate")
        axes.plot(current["expected"], current["observed"], "x", color=STRONG, label="in use")
        axes.set_xlabel("probability")
        axes.set_ylabel("share of true pairs")
        axes.set_xlim(0, 1.02)
        axes.set_ylim(0, 1.02)
        axes.tick_params(axis="both", length=0)
        axes.legend(frameon=False, loc="lower right")

    return draw
