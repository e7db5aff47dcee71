"""Why a figure moved since the publication before: its causes, in order, in words and as a chart.

The bridges and the cases come from the publication (`results.BRIDGES`, `results.MOVEMENT`); here
they are only said. Opening, redefinition, causes and closing sum exactly, because the causes are
counts of the cases listed.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.view_models import day_text, number_text, plural
from jobs.report.charts.charts import BAR, FAINT, Chart, shortened
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.movement.open_cases import OpenCasesMoved
from jobs.report.published import Frames

_MEANING: Final = results.CAUSE.meanings


@dataclass(frozen=True, kw_only=True)
class Step:
    """One cause and direction: ``change`` is the number of cases, negative for those gone."""

    cause: str
    change: int

    @property
    def words(self) -> str:
        """What happened."""
        return _MEANING.get(self.cause, self.cause)


@dataclass(frozen=True, kw_only=True)
class Bridge:
    """A figure from the publication before to tonight."""

    figure_id: str
    before: date
    opening: int
    redefined: int
    steps: tuple[Step, ...]
    closing: int

    @property
    def title(self) -> str:
        """The figure's title."""
        return FIGURE_BY_ID[self.figure_id].title

    @property
    def sentence(self) -> str:
        """The causes in a line: ``5 came in: a date was reached; 2 went out: recorded late``."""
        parts = [
            f"{abs(s.change):,} {'came in' if s.change > 0 else 'went out'}: {s.words}"
            for s in self.steps
        ]
        if self.redefined:
            parts.insert(0, f"{step_text(self.redefined)} by a new definition")
        return "; ".join(parts)


def bridges(facts: Frames) -> tuple[Bridge, ...]:
    """Every bridge of a publication, in the order of the registry; none on the first one."""
    table = facts.get(results.BRIDGES.full_name)
    if table is None or table.empty:
        return ()
    moved = results.MOVEMENT.of(facts)
    order = {id_: place for place, id_ in enumerate(FIGURE_BY_ID)}
    rows = sorted(table.to_dict("records"), key=lambda r: order.get(str(r["figure_id"]), 10**6))
    return tuple(_bridge(row, moved) for row in rows if row["figure_id"] in FIGURE_BY_ID)


def open_cases_bridge(moved: OpenCasesMoved) -> Bridge:
    """The bridge of the open cases, whose causes are already words."""
    sums = moved.cases.groupby(["cause", "change"], as_index=False).size()
    steps = [
        Step(cause=str(cause), change=int(change) * int(size))
        for cause, change, size in sums.itertuples(index=False)
    ]
    return Bridge(
        figure_id=moved.figure_id,
        before=moved.before,
        opening=moved.opening,
        redefined=0,
        steps=tuple(sorted(steps, key=lambda step: (-step.change, step.cause))),
        closing=moved.closing,
    )


def bridge_chart(bridge: Bridge) -> Chart:
    """A waterfall: opening, each cause, closing."""
    steps = [(step.words, step.change) for step in bridge.steps]
    if bridge.redefined:
        steps.insert(0, ("defined anew", bridge.redefined))
    labels = [f"On {day_text(bridge.before)}", *(words for words, _ in steps), "Tonight"]
    rows = [
        (labels[0], number_text(bridge.opening)),
        *((words, step_text(change)) for words, change in steps),
        ("Tonight", number_text(bridge.closing)),
    ]
    step = bridge.closing - bridge.opening
    return Chart(
        name=f"bridge-{bridge.figure_id.replace('.', '-').replace('_', '-')}",
        finding=f"{bridge.title}: {_grew(step)} since {day_text(bridge.before)}, "
        f"to {number_text(bridge.closing)}",
        description="One under the other: the number before, what each cause added or took away, "
        "and the number tonight; as bars from nought, or as points where the steps are small.",
        draw=_waterfall(labels, bridge.opening, [change for _, change in steps], bridge.closing),
        headers=("Cause", "Number"),
        rows=tuple(rows),
        note=_sentence_of(bridge),
        height=0.4 + 0.1 * len(labels),
    )


def _sentence_of(bridge: Bridge) -> str:
    said = bridge.sentence
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _bridge(row: Mapping[Any, Any], moved: pd.DataFrame) -> Bridge:
    cases = moved[moved["figure_id"].eq(row["figure_id"])]
    direction = cases["change"].gt(0).rename("is_in")
    sums = cases.groupby([cases["cause"], direction])["change"].sum().reset_index()
    steps = [Step(cause=row["cause"], change=int(row["change"])) for row in sums.to_dict("records")]
    steps.sort(key=lambda step: (-step.change, step.cause))
    return Bridge(
        figure_id=str(row["figure_id"]),
        before=row["before_as_of_date"].date(),
        opening=int(row["opening"]),
        redefined=int(row["redefined"]),
        steps=tuple(steps),
        closing=int(row["closing"]),
    )


def _grew(step: int) -> str:
    if not step:
        return "unchanged"
    return step_text(step)


def step_text(change: int) -> str:
    """A change in words, without a minus sign: ``2 fewer``."""
    return f"{number_text(abs(change))} {'more' if change > 0 else 'fewer'}"


def _waterfall(labels: list[str], opening: int, changes: list[int], closing: int) -> Any:
    starts, height = [], opening
    for change in changes:
        starts.append(min(height, height + change))
        height += change

    def draw(axes: Any, narrow: bool) -> None:
        places = range(len(labels))
        lefts = [0, *starts, 0]
        widths = [opening, *(abs(change) for change in changes), closing]
        low = min([opening, closing, *starts])
        high = max(left + width for left, width in zip(lefts, widths, strict=True))
        # Small steps on a large number: points on an axis that begins near them, and says so.
        start = 0 if high - low > high * 0.05 else max(0, low - (high - low) * 2)
        points = bool(start)
        if points:
            # Lines span what changed alone: one from the edge would look like a bar from nought.
            axes.hlines(
                list(places)[1:-1],
                starts,
                [left + abs(change) for left, change in zip(starts, changes, strict=True)],
                color=BAR,
                linewidth=2.2,
            )
            ends = [opening, *_ends(opening, changes), closing]
            axes.plot(ends, places, "o", color=BAR, markersize=7)
            end = "\n" if narrow else " "
            axes.set_xlabel(f"the axis begins{end}at {number_text(int(start))},{end}not at nought")
        else:
            colours = [FAINT, *(BAR for _ in changes), FAINT]
            axes.barh(places, widths, left=lefts, height=0.7, color=colours)
        axes.set_yticks(list(places), [shortened(s, 24 if narrow else 64) for s in labels])
        axes.invert_yaxis()
        axes.tick_params(axis="both", length=0)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        axes.set_xlim(start, high + (high - start) * 0.24)
        texts = [number_text(opening), *map(step_text, changes), number_text(closing)]
        for place, text in enumerate(texts):
            axes.annotate(
                text,
                (lefts[place] + widths[place], place),
                textcoords="offset points",
                xytext=(8 if points else 4, 0),
                va="center",
            )

    return draw


def _ends(opening: int, changes: list[int]) -> list[int]:
    """Where the number stands after each change."""
    return list(itertools.accumulate(changes, initial=opening))[1:]


def movement_words(bridge: Bridge) -> str:
    """A bridge as one sentence for an email."""
    why = f". {bridge.sentence}" if bridge.steps or bridge.redefined else ""
    step = bridge.closing - bridge.opening
    if not step:
        cases = sum(abs(s.change) for s in bridge.steps)
        return (
            f"{bridge.title}: {number_text(bridge.closing)}, as before, though "
            f"{plural(cases, 'case', 'cases')} moved{why}."
            if cases
            else f"{bridge.title}: {number_text(bridge.closing)}, as before."
        )
    return (
        f"{bridge.title}: {number_text(bridge.closing)}, {_grew(step)} than "
        f"{number_text(bridge.opening)}{why}."
    )
