"""Charts that answer a question: the title is the finding, the numbers stand beside it.

Each chart is drawn twice, wide and narrow, as SVG that takes its colours and type from the page
(so it follows dark mode and the reader's font), and the same on every run: no date, no random id.
The narrow drawing keeps its letters legible on a phone.
"""

import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

INK: Final = "#0b0c0c"
FAINT: Final = "#6b7276"
GRID: Final = "#d4d8da"
BAR: Final = "#1d5a8e"
STRONG: Final = "#b3300a"
PAPER: Final = "#fffffe"
_VARIABLES: Final = {
    INK: "var(--ink)",
    FAINT: "var(--muted)",
    GRID: "var(--rule)",
    BAR: "var(--bar)",
    STRONG: "var(--alert)",
    PAPER: "var(--paper)",
}
WIDE: Final = (9.4, 3.3)
NARROW: Final = (4.2, 3.6)
MAILED: Final = 4.8

_STYLE: Final = {
    "svg.hashsalt": "reconciliation",
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": FAINT,
    "axes.edgecolor": FAINT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}

Draw = Callable[[Any, bool], None]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A finding, its drawing and its numbers.

    ``headers`` and ``rows`` are the numbers drawn, as text, for readers who do not see the chart.
    """

    name: str
    finding: str
    description: str
    draw: Draw
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    height: float = 1.0

    @cached_property
    def wide(self) -> str:
        """The drawing as an SVG element for a page on a desk."""
        return self._svg(narrow=False)

    @cached_property
    def narrow(self) -> str:
        """The drawing as an SVG element for a page on a phone."""
        return self._svg(narrow=True)

    def _svg(self, *, narrow: bool) -> str:
        """An SVG element; ids are unique to chart and width."""
        width, height = NARROW if narrow else WIDE
        buffer = io.StringIO()
        with _style():
            drawing = self._drawn(width, height * self.height, narrow=narrow)
            _save(drawing, fname=buffer, format="svg", metadata={"Date": None, "Creator": None})
        suffix = "n" if narrow else "w"
        return _inline(buffer.getvalue(), prefix=f"{self.name}-{suffix}-", css=suffix)

    def png(self, width: float = MAILED) -> bytes:
        """The drawing as an image on white, for emails and documents; the width is in inches."""
        buffer = io.BytesIO()
        with _style(**{"figure.facecolor": "white"}):
            drawing = self._drawn(width, 2.4 * self.height, narrow=False)
            _save(
                drawing,
                fname=buffer,
                format="png",
                dpi=134,
                metadata={"Software": None},
                # An email has two of them, and mail servers frown on large ones.
                pil_kwargs={"optimize": True},
            )
        return buffer.getvalue()

    def _drawn(self, width: float, height: float, *, narrow: bool) -> "Drawing":
        from matplotlib.figure import Figure as Drawing

        drawing = Drawing(figsize=(width, height), layout="constrained")
        self.draw(drawing.subplots(), narrow)
        return drawing


def columns(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    ranges: Sequence[tuple[float, float]] | None = None,
    strong: Sequence[int] = (),
    ticks: Mapping[int, str] | None = None,
    x_label: str = "",
    y_label: str = "",
) -> Draw:
    """Upright bars in the order of time; ``strong`` bars stand out and carry their number.

    ``ticks`` names the places to be labelled, where not all are.
    """

    def draw(axes: Any, narrow: bool) -> None:
        from matplotlib.ticker import MaxNLocator

        places = range(len(values))
        marked = set(strong)
        axes.bar(places, values, width=0.82, color=[STRONG if i in marked else BAR for i in places])
        _error_bars(axes, places, values, ranges)
        shown = dict(enumerate(labels)) if ticks is None else ticks
        step = 2 if narrow and len(shown) > 6 else 1
        axes.set_xticks(list(shown)[::step], list(shown.values())[::step])
        axes.tick_params(axis="both", length=0)
        # Below the nought of the other axis, which stands beside the first label.
        axes.tick_params(axis="x", pad=9 if narrow else 4)
        axes.grid(visible=False, axis="x")
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.margins(x=0.01)
        axes.set_ylim(0, max(1.0, *values, *(high for _, high in ranges or ())) * 1.15)
        axes.yaxis.set_major_formatter(_thousands)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        for i in marked:
            axes.annotate(
                f"{values[i]:,.0f}",
                (i, values[i] if ranges is None else ranges[i][1]),
                textcoords="offset points",
                xytext=(0, 4),
                ha="center",
                weight="bold",
            )

    return draw


def bars(
    labels: Sequence[str],
    values: Sequence[float],
    *,
    strong: Sequence[int] = (),
    x_label: str = "",
    y_label: str = "",
) -> Draw:
    """Level bars, first on top, each with its number."""

    def draw(axes: Any, narrow: bool) -> None:
        places = range(len(values))
        marked = set(strong)
        axes.barh(
            places, values, height=0.72, color=[STRONG if i in marked else BAR for i in places]
        )
        axes.set_yticks(list(places), [shortened(label, 22 if narrow else 40) for label in labels])
        for label in axes.get_yticklabels():
            label.set_parse_math(False)
        axes.invert_yaxis()
        axes.tick_params(axis="both", length=0)
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([])
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.set_xlim(0, max(1.0, *values) * 1.16)
        for i in places:
            axes.annotate(
                f"{values[i]:,.0f}" if float(values[i]).is_integer() else f"{values[i]:,.1f}",
                (values[i], i),
                textcoords="offset points",
                xytext=(4, 0),
                va="center",
            )

    return draw


def _style(**more: Any) -> Any:
    # Loaded when the first chart is drawn: half of the commands draw none.
    import matplotlib as mpl

    return mpl.rc_context({**_STYLE, **more})


def _save(drawing: "Drawing", **how: Any) -> None:
    with warnings.catch_warnings():
        # A register's text may hold letters that the drawing's font lacks.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        drawing.savefig(**how)


def _error_bars(
    axes: Any,
    places: range,
    values: Sequence[float],
    ranges: Sequence[tuple[float, float]] | None,
) -> None:
    if ranges is None:
        return
    moved = [i for i in places if ranges[i][0] != ranges[i][1]]
    if moved:
        below = [values[i] - ranges[i][0] for i in moved]
        above = [ranges[i][1] - values[i] for i in moved]
        axes.errorbar(
            moved,
            [values[i] for i in moved],
            yerr=[below, above],
            fmt="none",
            ecolor=INK,
            elinewidth=1.1,
        )


def _thousands(value: float, _position: int | None = None) -> str:
    return f"{value:,.0f}"


def shortened(label: str, limit: int = 60) -> str:
    """A label cut to a length that a drawing has room for."""
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"


def _inline(svg: str, *, prefix: str, css: str) -> str:
    """Fit a drawing into a page: no prolog, no fixed size, the page's colours, ids of its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    used = set(re.findall(r'(?:url\(#|href="#)([^")]+)', svg))
    svg = re.sub(
        r' id="([^"]+)"',
        lambda match: f' id="{prefix}{match[1]}"' if match[1] in used else "",
        svg,
    )
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", svg)
    svg = re.sub(r'<svg ([^>]*?)height="[^"]+" ', r"<svg \1", svg, count=1)
    svg = re.sub(r'<svg ([^>]*?)width="[^"]+" ', r"<svg \1", svg, count=1)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, variable)
    return svg.replace("<svg ", f'<svg class="chart-{css}" aria-hidden="true" ', 1).strip()
