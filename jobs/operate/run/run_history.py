"""Tonight beside the last thirty runs: what took twice as long, grew to twice, or fell to half."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from jobs.contract.view_models import number_text
from jobs.operate.run.step_records import in_order, link_rate
from jobs.warehouse.ledgers.run_log import PUBLISHING

COMPARED_RUNS: Final = 30
"""Runs that tonight is compared with."""
LOOKED_AT: Final = 200
"""Runs read from the log: those that failed are between them, and are not compared."""
FEWEST: Final = 3
"""Runs below which a median says nothing."""
TWICE: Final = 2.0
UNITS: Final = {"seconds": "s", "memory": "MB", "rows": "rows", "share": "%"}
LEAST_CHANGE: Final = {"seconds": 1.0, "memory": 50.0, "rows": 1.0, "share": 1.0}
"""Changes below this are noise, whatever their ratio, in the unit of each kind."""
BOTH_WAYS: Final = frozenset({"rows in", "link rate"})
"""What is as bad at half of the median as at twice: a register or a model that fell silent."""

COMPARED_COLUMNS: Final = ("measure", "kind", "tonight", "median", "ratio", "warning")


@dataclass(frozen=True, kw_only=True)
class RunHistory:
    """One run beside those before it.

    Args:
        tonight: its line of the run log; None where no run has published.
        compared: a row for each measure: ``measure``, ``kind``, ``tonight``, ``median``,
            ``ratio`` and ``warning`` (empty where nothing is to be said).
        against: how many runs the medians are of.
        runs: the runs that are shown, newest first, one row each, those that failed too.
    """

    tonight: "pd.Series[Any] | None"
    compared: pd.DataFrame
    against: int
    runs: pd.DataFrame

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is to be looked at, a line each."""
        said = self.compared["warning"]
        return tuple(said[said.ne("")])


def history_of(log: pd.DataFrame, *, as_of: date | None = None) -> RunHistory:
    """Compare the last run that published, or the last of a night, with those before it.

    Args:
        log: lines of the run log, newest first, as `jobs.warehouse.ledgers.run_log` reads them.
        as_of: the night; None for the last that was published.
    """
    published = log[log["outcome"].isin(PUBLISHING) & log["steps"].map(len).gt(0)]
    chosen = published if as_of is None else published[published["as_of_date"].eq(as_of)]
    shown = log if as_of is None or chosen.empty else log.loc[chosen.index[0] :]
    runs = _shown(shown.head(COMPARED_RUNS + 1))
    if chosen.empty:
        nothing = pd.DataFrame(columns=list(COMPARED_COLUMNS))
        return RunHistory(tonight=None, compared=nothing, against=0, runs=runs)
    tonight = chosen.iloc[0]
    number = tonight["attempt_number"]
    before = published[published["attempt_number"].lt(number)].head(COMPARED_RUNS)
    compared = _compared(
        tonight=_measures(tonight["steps"]),
        others=pd.concat([_measures({}), *map(_measures, before["steps"])]),
        against=len(before),
    )
    return RunHistory(
        tonight=tonight,
        compared=compared,
        against=len(before),
        runs=runs,
    )


def table_lines(history: RunHistory) -> tuple[str, ...]:
    """The comparison and the runs for a terminal: numbers in columns, warnings last."""
    lines: list[str] = []
    if history.tonight is None:
        lines.append("No run has published yet.")
    else:
        lines.append(
            f"night {history.tonight['as_of_date']}, run [{history.tonight['label']}], beside "
            f"{history.against} before it"
        )
        lines.append(f"{'':34}{'this run':>12}{'median':>12}{'times':>8}")
        lines += [
            f"{row['measure']:34}{_number(row['tonight']):>12}{_number(row['median']):>12}"
            f"{_number(row['ratio']):>8}"
            for row in history.compared.to_dict("records")
        ]
    lines.append("")
    lines += [
        f"{row['recorded_at']:%Y-%m-%d %H:%M}  {row['as_of_date'] or '':10}  {row['outcome']:9}  "
        f"{_number(row['seconds']):>8} s  {row['label']}  {row['failure'] or ''}".rstrip()
        for row in history.runs.to_dict("records")
    ]
    lines += [f"warning: {warning}" for warning in history.warnings]
    return tuple(lines)


def _number(value: Any) -> str:
    return "" if pd.isna(value) else number_text(float(value))


def _measures(steps: dict[str, Any]) -> pd.DataFrame:
    """What one run's steps say, a row for each measure; the first is of all steps together."""
    counts = {name: dict(step.get("counts") or {}) for name, step in steps.items()}
    rows: list[tuple[str, str, float]] = [
        ("all steps, seconds", "seconds", sum(float(s["seconds"]) for s in steps.values()))
    ]
    for name in in_order(steps):
        rows.append((f"{name}, seconds", "seconds", float(steps[name]["seconds"])))
        rows.append((f"{name}, peak memory", "memory", float(steps[name]["peak_mb"])))
    rows_in = sum(sum(c.values()) for name, c in counts.items() if name.startswith("extract "))
    if rows_in:
        rows.append(("rows in", "rows", rows_in))
    if "quarantined" in counts.get("check", {}):
        rows.append(("quarantined", "rows", counts["check"]["quarantined"]))
    rate = link_rate(counts.get("link", {}))
    if rate is not None:
        rows.append(("link rate", "share", 100 * rate))
    return pd.DataFrame(rows, columns=["measure", "kind", "value"])


def _compared(*, tonight: pd.DataFrame, others: pd.DataFrame, against: int) -> pd.DataFrame:
    """Tonight's measures beside the medians of the others."""
    median = others.groupby("measure")["value"].median()
    frame = tonight.rename(columns={"value": "tonight"}).assign(
        median=tonight["measure"].map(median).astype("float64")
    )
    frame["ratio"] = (frame["tonight"] / frame["median"]).where(frame["median"].gt(0))
    frame["warning"] = ""
    if against >= FEWEST:
        frame["warning"] = _warnings(frame, against)
    return frame[list(COMPARED_COLUMNS)].reset_index(drop=True)


def _warnings(frame: pd.DataFrame, against: int) -> "pd.Series[str]":
    change = (frame["tonight"] - frame["median"]).abs()
    matters = frame["median"].notna() & change.ge(frame["kind"].map(LEAST_CHANGE))
    grew = matters & frame["tonight"].ge(TWICE * frame["median"])
    fell = matters & frame["measure"].isin(BOTH_WAYS) & frame["tonight"].le(frame["median"] / TWICE)
    unit = frame["kind"].map(UNITS)
    said = (
        frame["measure"].str.replace(", seconds", "")
        + ": "
        + frame["tonight"].map(number_text)
        + " "
        + unit
        + ", "
        + fell.map({True: "half of the median or less", False: "twice the median or more"})
        + f" of {against} runs ("
        + frame["median"].map(number_text)
        + " "
        + unit
        + ")"
    )
    return said.where(grew | fell, "")


def _shown(log: pd.DataFrame) -> pd.DataFrame:
    """The runs as a table: one row each, empty where a run did not come so far."""
    measures = [
        _measures(steps).set_index("measure")["value"] if steps else pd.Series(dtype="float64")
        for steps in log["steps"]
    ]
    shown = {
        "seconds": "all steps, seconds",
        "rows_in": "rows in",
        "quarantined": "quarantined",
        "link_rate": "link rate",
    }
    return log[["as_of_date", "label", "outcome", "recorded_at", "failure"]].assign(
        **{
            column: pd.array([one.get(measure) for one in measures], dtype="Float64")
            for column, measure in shown.items()
        },
        peak_mb=pd.array(
            [max((s["peak_mb"] for s in steps.values()), default=None) for steps in log["steps"]],
            dtype="Float64",
        ),
        killed=[sum(step["killed"] for step in steps.values()) for steps in log["steps"]],
    )
