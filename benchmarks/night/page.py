"""``docs/performance.md``: the tables, the chart, the machine and the commands, from what is kept.

Seconds are CPU seconds, of the step's process and of the embedded server for it: on a machine that
does other work they say what a step costs, wall seconds do not.
"""

import io
import math
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pandas as pd
import psutil
from PIL import Image

from benchmarks.night import airflow_page
from benchmarks.night.parts import NIGHTS, SPLINK, STEPS
from jobs.report.charts.charts import Chart

DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
PICTURE: Final = "performance.png"
WORDS: Final = Path(__file__).with_name("notes.md")
COLOURS: Final = ("#1d70b8", "#d4351c", "#00703c", "#f47738", "#4c2c92", "#6f777b", "#28a197")
HOW: Final = (
    "Every step is a process of its own, as a task of Airflow is: its imports and connections are "
    "counted. Seconds are CPU seconds of the process and of the embedded server for it; the "
    "registers hold so many persons each, half of the people in both. *Unchanged* is the first "
    "night run again on the same landings and decisions; *next* is the night after, on which the "
    "registers have moved on by a day. The exponent is that of the growth between the last two "
    "sizes. Stock Splink trains and predicts on the persons that the first night accepted, with "
    "the same blocking keys, in the same run."
)
ALT: Final = (
    "CPU seconds of each step of the first night beside stock Splink, by the number of persons in "
    "each register"
)
Facts = Mapping[str, Mapping[str, Any]]


def cpu(facts: Facts, night: str, step: str) -> float:
    """CPU seconds of a step, those of the server included."""
    found = facts[f"{night}/{step}"]
    return float(found["cpu"] + found["server_cpu"])


def whole(facts: Facts, night: str) -> float:
    """CPU seconds of a night."""
    return sum(cpu(facts, night, step) for step in STEPS)


def nights_in(found: Mapping[int, Facts]) -> list[str]:
    """The nights of which every step was measured at some size."""
    return [night for night in NIGHTS if sizes_of(found, night)]


def sizes_of(found: Mapping[int, Facts], night: str) -> list[int]:
    """The sizes at which every step of a night was measured."""
    steps = [f"{night}/{step}" for step in STEPS]
    return [size for size in sorted(found) if all(step in found[size] for step in steps)]


def exponent(small: tuple[int, float], large: tuple[int, float]) -> float:
    """With what power of the size the seconds grow from one size to the next."""
    return math.log(large[1] / small[1]) / math.log(large[0] / small[0])


def table_of(found: Mapping[int, Facts]) -> pd.DataFrame:
    """CPU seconds of every step at every size, the ratios to stock Splink, and the growth.

    A night that was not measured at a size has an empty cell there.
    """
    sizes = sorted(found)
    rows: dict[str, list[str]] = {}
    for night in nights_in(found):
        of = sizes_of(found, night)
        for step in STEPS:
            rows[f"{night}: {step}"] = _grown({n: cpu(found[n], night, step) for n in of}, sizes)
        rows[f"{night} night"] = _grown({n: whole(found[n], night) for n in of}, sizes)
    stock = {n: float(found[n][SPLINK]["cpu"]) for n in sizes}
    rows["stock Splink, train and predict"] = _grown(stock, sizes)
    for night in nights_in(found):
        beside = "first night" if night == "unchanged" else "stock Splink"
        ratios = {
            n: whole(found[n], night)
            / (whole(found[n], "first") if night == "unchanged" else stock[n])
            for n in sizes_of(found, night)
        }
        rows[f"{night} night / {beside}"] = [
            f"{ratios[n]:.2f}" if n in ratios else "" for n in sizes
        ]
    columns = [f"{size:,}" for size in sizes] + (["exponent"] if len(sizes) > 1 else [])
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=range(len(columns)))
    table.columns = pd.Index(columns)
    return table.fillna("")


def _grown(seconds: Mapping[int, float], sizes: Sequence[int]) -> list[str]:
    """A cell for each size, and the exponent between the last two that were measured."""
    cells = [f"{seconds[n]:.1f}" if n in seconds else "" for n in sizes]
    last = [(n, max(seconds[n], 0.01)) for n in sorted(seconds)[-2:]]
    grown = f"{exponent(*last):.2f}" if len(last) == 2 else ""
    return [*cells, grown] if len(sizes) > 1 else cells


def detail_of(facts: Facts) -> pd.DataFrame:
    """Wall, CPU, memory and rows of each step at one size."""
    parts = [f"{night}/{step}" for night in nights_in({0: facts}) for step in STEPS]
    rows = {
        part.replace("/", ": "): [
            f"{facts[part]['wall']:.1f}",
            f"{facts[part]['cpu']:.1f}",
            f"{facts[part]['server_cpu']:.1f}",
            f"{facts[part]['peak']:.2f}",
            f"{facts[part]['peak_with_server']:.2f}",
            f"{facts[part]['rows']:,}",
        ]
        for part in [*parts, SPLINK]
    }
    columns = ["wall s", "CPU s", "server CPU s", "peak GB", "peak GB with server", "counted"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def write(found: Mapping[int, Facts], *, keep: Path) -> None:
    """Write the document and its chart; ``keep`` holds what was measured under Airflow."""
    largest = max(found)
    sizes = ",".join(str(size) for size in sorted(found))
    drawn = Image.open(io.BytesIO(_chart(found).png(width=WIDTH))).convert("RGB")
    drawn.quantize(FEW_COLOURS).save(DOCUMENT.parent / "pictures" / PICTURE, optimize=True)
    sections = [
        "# How long a night takes",
        f"Written by `python -m benchmarks.night --sizes {sizes}`; do not edit by hand.",
        HOW,
        _markdown(table_of(found), "CPU seconds"),
        f"![{ALT}](pictures/{PICTURE})",
        f"## Each step at {largest:,}",
        _markdown(detail_of(found[largest]), "step"),
        *filter(None, [airflow_page.section(keep)]),
        "## The machine",
        _machine(),
    ]
    if WORDS.exists():
        sections.append(WORDS.read_text(encoding="utf-8").strip())
    DOCUMENT.write_text("\n\n".join(sections) + "\n", encoding="utf-8")


WIDTH: Final = 7.0
"""Inches."""
FEW_COLOURS: Final = 32


def _chart(found: Mapping[int, Facts]) -> Chart:
    sizes = sorted(found)

    def draw(axes: Any, narrow: bool) -> None:  # noqa: ARG001 - one drawing for both widths
        lines: list[tuple[str, Sequence[float]]] = [
            (step, [cpu(found[n], "first", step) for n in sizes]) for step in STEPS
        ]
        for (name, seconds), colour in zip(lines, COLOURS, strict=True):
            axes.plot(sizes, seconds, marker="o", color=colour, label=name)
        stock = [found[n][SPLINK]["cpu"] for n in sizes]
        axes.plot(sizes, stock, marker="s", color="#0b0c0c", linestyle="--", label="stock Splink")
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.yaxis.set_major_formatter("{x:g}")
        axes.minorticks_off()
        axes.set_xlabel("persons in each register")
        axes.set_ylabel("CPU seconds")
        axes.legend(frameon=False, ncols=2)

    return Chart(
        name="performance",
        finding="",
        description="CPU seconds of each step of the first night, by size.",
        draw=draw,
        headers=(),
        rows=(),
        height=2.2,
    )


def _machine() -> str:
    names = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next((n.split(": ")[1] for n in names if n.startswith("model name")), "unknown")
    memory = psutil.virtual_memory().total / 1e9
    parts = ", ".join(
        f"{name} {version(name)}" for name in ("duckdb", "pandas", "pyarrow", "splink")
    )
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GB, Python {platform.python_version()}, "
        f"{parts}. Load of the machine when this was written: {os.getloadavg()[0]:.1f}; other work "
        "ran beside it, so wall seconds say little."
    )


def _markdown(table: pd.DataFrame, corner: str) -> str:
    lines = [
        f"| {corner} | {' | '.join(table.columns)} |",
        "|---" + "|---:" * len(table.columns) + "|",
        *(f"| {name} | {' | '.join(row)} |" for name, row in zip(table.index, table.to_numpy(),
                                                               strict=True)),
    ]  # fmt: skip
    return "\n".join(lines)
