"""What a reader is told, before it becomes a page, an email or lines on a terminal.

The report room fills these shapes; notify and the command line render them. They hold counts,
references and dates, and no personal value: at detail full the people stand in an attachment.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Detail(StrEnum):
    """How much a reader may see."""

    COUNTS = "counts"
    REFERENCES = "references"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Reader:
    """The part of the work that a reader answers for; empty means all of it."""

    prisons: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    detail: Detail = Detail.REFERENCES


@dataclass(frozen=True, kw_only=True)
class KeyFigure:
    """A published figure with its words: the same object on page, email and terminal.

    ``likely`` is the most likely number beside a count that is too high by design.
    """

    figure_id: str
    label: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    likely: float | None = None

    @property
    def text(self) -> str:
        """The number as read: ``1,023``, ``12.5``, ``7.1%`` or ``not known``."""
        percent = "%" if self.unit == "per cent" and self.value is not None else ""
        return number_text(self.value) + percent

    @property
    def range_text(self) -> str:
        """``between 1,010 and 1,031``, or nothing where no doubt can move the number."""
        if self.low is None or self.high is None or self.low == self.high:
            return ""
        return f"between {number_text(self.low)} and {number_text(self.high)}"

    @property
    def note(self) -> str:
        """What stands beside the number: ``most likely 1,019, between 1,010 and 1,031``."""
        is_certain = not self.range_text and self.likely == self.value
        says = self.likely is not None and not is_certain
        likely = f"most likely {number_text(self.likely)}" if says else ""
        return ", ".join(filter(None, [likely, self.range_text]))


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The answer to the first question, and the few figures that stand beside it."""

    first_line: str
    range_line: str
    subject_number: str
    missed: KeyFigure
    figures: tuple[KeyFigure, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The figures for a terminal or a plain text, numbers in one column."""
        width = max((len(figure.text) for figure in self.figures), default=0)
        return tuple(
            f"{figure.text:>{width}}  {figure.label}" + (f" ({figure.note})" if figure.note else "")
            for figure in self.figures
        )


@dataclass(frozen=True, kw_only=True)
class Action:
    """One custody episode that somebody must act on, by reference; ``rank`` from 1 on its list."""

    rank: int
    episode_id: str
    prison: str
    release_date: date | None
    days_to_release: int | None
    why: str

    @property
    def release(self) -> str:
        """When the person may leave, without minus signs."""
        days = self.days_to_release
        if days is None:
            return "no release date known"
        if days < 0:
            held = plural(-days, "day", "days")
            return f"held {held} past the earliest release date, {day_text(self.release_date)}"
        left = "today" if days == 0 else f"in {plural(days, 'day', 'days')}"
        return f"release {left}, {day_text(self.release_date)}"

    @property
    def line(self) -> str:
        """All of it, as a terminal and a plain text print it."""
        return f"{self.rank:>2}. {self.episode_id}, {self.prison}, {self.release}: {self.why}"


@dataclass(frozen=True, kw_only=True)
class ActionList:
    """The first of ``total`` custody episodes that need a decision, in the order of the work."""

    title: str
    actions: tuple[Action, ...]
    total: int

    @property
    def heading(self) -> str:
        """The title, and how many of how many are shown."""
        shown, many = len(self.actions), number_text(self.total)
        return f"{self.title}: {many if shown == self.total else f'the first {shown} of {many}'}"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart as an image, with the words that say the same."""

    name: str
    finding: str
    numbers: tuple[tuple[str, str], ...]
    png: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled list of label and value pairs, for the part of the work a reader answers for."""

    title: str
    sentence: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class ReaderSummary:
    """Everything that one reader's email says.

    ``part`` names the prisons and teams that the reader answers for, whose headline, changes,
    actions and sections these are; ``nation`` says the whole in one line then. Both are empty for
    a reader who answers for all of it. ``unusual`` comes before anything else; ``headed`` is the
    same in the few words of a subject.
    ``changes`` say what moved since ``since``, the last night reported; ``moved`` how the missed
    did, in the few words of a subject. ``actions`` are two lists:
    who may be released within 7 days, and who is held past the earliest release date;
    ``acknowledged`` has a line for each other that somebody has taken on: who, and until when.
    ``planted`` says what came of the planted cases.
    """

    as_of: date
    publication_id: str
    headline: Headline
    since: date | None
    changes: tuple[str, ...]
    moved: str
    actions: tuple[ActionList, ...]
    acknowledged: tuple[str, ...]
    part: str
    nation: str
    unusual: tuple[str, ...]
    headed: str
    sections: tuple[Section, ...]
    capacity: str
    caveats: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    pages_url: str = ""
    pages_path: str = ""
    planted: str = ""


def number_text(value: float | None) -> str:
    """A number for readers: thousands separated, at most one decimal."""
    if value is None:
        return "not known"
    if float(value).is_integer():
        return f"{int(value):,}"
    return f"{value:,.1f}"


def day_text(day: date | None) -> str:
    """A date for readers: ``25 April 2006``."""
    return "not recorded" if day is None else f"{day.day} {day:%B %Y}"


def plural(number: float | None, one: str, many: str) -> str:
    """``1 case`` or ``1,023 cases``."""
    return f"{number_text(number)} {one if number == 1 else many}"
