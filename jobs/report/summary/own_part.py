"""The part of the night that a reader answers for: own number, own first line, own causes."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS, OPEN_CASES
from jobs.contract.view_models import (
    Detail,
    Headline,
    KeyFigure,
    Reader,
    Section,
    day_text,
    number_text,
    plural,
)
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.lists.census import prison_names
from jobs.report.lists.list_rows import rows_of
from jobs.report.lists.next_actions import NextActions, answered_for
from jobs.report.membership import is_among
from jobs.report.published import NONE, Frames, if_held
from jobs.report.summary.headline import first_line, key_figure, subject_number
from jobs.runtime.outgoing import clean

OF_CASES: Final = (
    "missed.total",
    "missed.undecided",
    "missed.decided_since",
    "missed.never_referred",
    "missed.referred_not_considered",
    "due.within_7",
    "due.overdue",
    "due.within_30",
    "due.total",
    "scope.verify_nationality",
)
"""Figures of a reader's own part; each counts rows of a list."""
PLACES_SHOWN: Final = 10


@dataclass(frozen=True, kw_only=True)
class OwnPart:
    """What a publication says of the prisons and teams of one reader."""

    facts: Frames
    reader: Reader

    @cached_property
    def name(self) -> str:
        """The part in words: ``Ashdown (AAI)``, ``Team 1``, or both."""
        names = prison_names(self.facts)
        prisons = [names.get(code, f"prison {clean(code)}") for code in self.reader.prisons]
        return _joined([*prisons, *(clean(team) for team in self.reader.teams)])

    @cached_property
    def figures(self) -> tuple[KeyFigure, ...]:
        """The key figures counted over the own cases alone; they have no range of their own."""
        found = [self._counted(id_) for id_ in OF_CASES]
        return (*found, self._counted(OPEN_CASES.total)) if self.reader.teams else tuple(found)

    @property
    def headline(self) -> Headline:
        """The answer for the own part, and its numbers."""
        value = {figure.figure_id: figure.value or 0 for figure in self.figures}
        missed, soon = value["missed.total"], value["due.within_7"]
        where = f"at {self.name}" if self.reader.prisons else f"in the cases of {self.name}"
        held = value["due.overdue"]
        return Headline(
            first_line=first_line(
                missed=missed, undecided=value["missed.undecided"], soon=soon, where=where
            ),
            range_line=f"{plural(held, 'is', 'are')} held past the earliest release date and may "
            "leave on any day."
            if held
            else "Nobody is held past the earliest release date.",
            subject_number=subject_number(missed=missed, soon=soon),
            missed=self.figures[0],
            figures=self.figures,
        )

    @property
    def nation(self) -> str:
        """The whole country in one line."""
        figures = results.FIGURES.of(self.facts)
        soon, missed, undecided = (
            key_figure(figures, id_) for id_ in ("due.within_7", "missed.total", "missed.undecided")
        )
        return (
            f"Everywhere: {plural(soon.value, 'person', 'people')} to be decided on within 7 days; "
            f"{plural(missed.value, 'release', 'releases')} without consideration, "
            f"{undecided.text} still undecided."
        )

    def changes(self) -> tuple[str, ...]:
        """Who of the own cases came into a key figure or went out of it, and why."""
        moved = results.MOVEMENT.of(self.facts)
        assessed = results.ASSESSMENTS.of(self.facts)
        mine = set(assessed.loc[self._is_mine(assessed), "episode_id"])
        moved = moved[is_among(moved["episode_id"], mine) & moved["figure_id"].isin(OF_CASES)]
        sentences = []
        for id_ in OF_CASES:
            rows = moved[moved["figure_id"].eq(id_)]
            if len(rows):
                now = self._counted(id_)
                causes: Counter[tuple[bool, str]] = Counter()
                for cause, change in rows.groupby("cause")["change"].apply(list).items():
                    for step in change:
                        causes[step > 0, str(cause)] += abs(int(step))
                step = int(rows["change"].sum())
                sentences.append(f"{now.label}: {now.text}, {moved_by(step)}. {said(causes)}")
        return tuple(sentences)

    def change_of(self, figure: str) -> int:
        """By how much a figure of the own part moved since the publication compared with."""
        moved = results.MOVEMENT.of(self.facts)
        assessed = results.ASSESSMENTS.of(self.facts)
        mine = assessed.loc[self._is_mine(assessed), "episode_id"]
        rows = moved["figure_id"].eq(figure) & is_among(moved["episode_id"], mine)
        return int(moved.loc[rows, "change"].sum())

    def _counted(self, id_: str) -> KeyFigure:
        figure = FIGURE_BY_ID[id_]
        rows = rows_of(CASE_LISTS[figure.on], self.facts)
        mine = rows[self._is_mine(rows)]
        value = float(figure.rows(mine).fillna(False).astype("bool").sum())
        return KeyFigure(
            figure_id=id_, label=figure.title, value=value, low=None, high=None, unit=figure.unit
        )

    def _is_mine(self, rows: pd.DataFrame) -> pd.Series:
        if "team" in rows:
            return rows["team"].isin(self.reader.teams)
        return answered_for(rows, self.facts, prisons=self.reader.prisons, teams=self.reader.teams)


def moved_by(step: int) -> str:
    """How far a number moved: ``3 more than before``, ``as before``."""
    if not step:
        return "as before"
    return f"{number_text(abs(step))} {'more' if step > 0 else 'fewer'} than before"


def said(causes: Counter[tuple[bool, str]]) -> str:
    """Causes as sentences, those who came first: ``3 left because a decision was found``."""
    meaning = results.CAUSE.meanings
    order = sorted(causes.items(), key=lambda item: (not item[0][0], -item[1], item[0][1]))
    return " ".join(
        f"{number_text(many)} {'came onto' if came else 'left'} the list: "
        f"{meaning.get(cause, cause)}."
        for (came, cause), many in order
    )


def who_must_act(actions: NextActions, facts: Frames) -> tuple[Section, ...]:
    """The next actions of everybody by prison and by team, so that it is seen who must act."""
    every = actions.every
    if every.empty:
        return ()
    held = every["days_to_release"].lt(0)
    names = prison_names(facts)
    prisons = every["prison_id"].map(lambda code: names.get(code, code), na_action="ignore")
    backlog = results.BACKLOG.of(facts).drop_duplicates("case_id").set_index("case_id")["team"]
    teams = every["case_id"].map(backlog).replace(NONE, pd.NA)
    return (
        _section("By prison", prisons.fillna("Prison not recorded"), held),
        _section("By team", teams.fillna("No case with a team"), held),
    )


def unanswered_notices(facts: Frames, reader: Reader) -> tuple[Section, ...]:
    """The referral notices past the day for an answer; none where there are none.

    A reader of a part sees each of the own, the longest past that day first; who answers for all
    of it sees how many each prison has.
    """
    notices = if_held(results.NOTICES, facts)
    if notices is None:
        return ()
    late = notices[notices["is_open"] & notices["is_unanswered"]]
    is_part = bool(reader.prisons or reader.teams)
    if is_part:
        mine = late["prison_id"].isin(reader.prisons) | late["team"].isin(reader.teams)
        late = late[mine]
    if late.empty:
        return ()
    late = late.sort_values(["answer_due_date", "notice_number"])
    names = prison_names(facts)
    prisons = late["prison_id"].map(lambda code: names.get(code, code), na_action="ignore")
    late = late.assign(place=prisons.fillna("Prison not recorded"))
    many = plural(len(late), "notice", "notices")
    if is_part and reader.detail is not Detail.COUNTS:
        rows = [
            (f"{number}, {clean(str(episode))}", f"answer was due on {day_text(day.date())}")
            for number, episode, day in late[["notice_number", "episode_id", "answer_due_date"]]
            .head(PLACES_SHOWN)
            .itertuples(index=False)
        ]
    else:
        counts = late.groupby("place").size().rename("many").reset_index()
        counts = counts.sort_values(["many", "place"], ascending=[False, True])
        rows = [
            (clean(str(place)), number_text(count))
            for place, count in counts.head(PLACES_SHOWN).itertuples(index=False)
        ]
    first = day_text(late["answer_due_date"].iloc[0].date())
    return (
        Section(
            title="Referral notices without an answer",
            sentence=f"{many} to the immigration service {'is' if len(late) == 1 else 'are'} past "
            f"the day for an answer; the first was due on {first}.",
            rows=tuple(rows),
        ),
    )


def _section(title: str, places: pd.Series, held: pd.Series) -> Section:
    counts = pd.DataFrame({"place": places.astype("str"), "ahead": ~held, "held": held})
    sums = counts.groupby("place")[["ahead", "held"]].sum().reset_index()
    sums = sums.sort_values(["ahead", "held", "place"], ascending=[False, False, True])
    rows = [
        (clean(str(place)), _both(int(ahead), int(past)))
        for place, ahead, past in sums.head(PLACES_SHOWN).itertuples(index=False)
    ]
    rest = sums.iloc[PLACES_SHOWN:]
    if len(rest):
        both = _both(int(rest["ahead"].sum()), int(rest["held"].sum()))
        rows.append((plural(len(rest), "other", "others"), both))
    return Section(
        title=f"Who must act: {title.lower()}",
        sentence="To be decided on within 7 days.",
        rows=tuple(rows),
    )


def _both(ahead: int, held: int) -> str:
    return f"{number_text(ahead)} to leave, {number_text(held)} held"


def _joined(names: Iterable[str]) -> str:
    *first, last = list(names)
    return f"{', '.join(first)} and {last}" if first else last
