"""What each reader is told: the night's headline, and the part of the work they answer for."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

import pandas as pd

from jobs.contract import results
from jobs.contract.bands import AGES
from jobs.contract.codes.offences import seriousness_text
from jobs.contract.view_models import (
    Action,
    ActionList,
    Detail,
    Headline,
    KeyFigure,
    Picture,
    Reader,
    ReaderSummary,
    Section,
    number_text,
    plural,
)
from jobs.report.about import About
from jobs.report.charts.night_charts import backlog_by_age, due_by_week
from jobs.report.charts.waterfall import (
    Bridge,
    bridges,
    movement_words,
    open_cases_bridge,
    step_text,
)
from jobs.report.figures.conditions import idle
from jobs.report.lists.census import prison_names
from jobs.report.lists.next_actions import AHEAD, HELD, SHOWN, NextActions, next_actions
from jobs.report.lists.rule_changes import change_notices
from jobs.report.movement.open_cases import open_cases_moved
from jobs.report.published import NONE, Frames
from jobs.report.summary.caveats import (
    backlog_sentence,
    capacity_sentence,
    caveats,
    late_registers,
)
from jobs.report.summary.headline import HEADLINE_FIGURES, headline, key_figure
from jobs.report.summary.own_part import OwnPart, unanswered_notices, who_must_act
from jobs.runtime.outgoing import clean

SUMMARISED: Final = (
    results.FIGURES,
    results.ASSESSMENTS,
    results.RELEASES,
    results.BACKLOG,
    results.CASEWORK,
    results.TEAMS,
    results.CENSUS,
    results.CHECK_RESULTS,
    results.MOVEMENT,
    results.BRIDGES,
    results.OVERRIDES,
    results.OVERRIDDEN,
    results.NOTICES,
)
"""The tables of a publication that a summary reads."""
MISSED: Final = "missed.total"


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The figures of the night that readers were told of last, and its open cases if at hand."""

    as_of: date
    figures: pd.DataFrame
    backlog: pd.DataFrame | None = None


@dataclass(frozen=True, kw_only=True)
class SummaryWriter:
    """Writes the summary of each reader of one publication.

    ``acknowledged`` are episodes that somebody has taken on, with who, since and until when: they
    stay counted, and stand apart from the actions.
    """

    facts: Frames
    about: About
    earlier: Earlier | None = None
    acknowledged: Mapping[str, str] = field(default_factory=dict)

    def for_reader(self, reader: Reader) -> ReaderSummary:
        """The summary of one reader: of the own prisons and teams, or of everything."""
        figures = results.FIGURES.of(self.facts)
        everything = self.next_actions(reader)
        left = everything.without(self.acknowledged)
        shown = 0 if reader.detail is Detail.COUNTS else SHOWN
        own = OwnPart(facts=self.facts, reader=reader) if reader.prisons or reader.teams else None
        return ReaderSummary(
            as_of=self.about.as_of,
            publication_id=self.about.publication_id,
            headline=own.headline if own else self._headline,
            since=self.earlier.as_of if self.earlier else None,
            changes=self._own_changes(own) if own else self._changes,
            moved=self._moved(own),
            actions=action_lists(left, self.facts, shown=shown),
            acknowledged=self._taken_on(everything),
            part=own.name if own else "",
            nation=own.nation if own else "",
            unusual=(
                *late_registers(self.facts),
                *change_notices(self.facts),
                *self.about.notices,
            ),
            headed=self.about.headed,
            sections=(
                *unanswered_notices(self.facts, reader),
                *(self._prison(code) for code in reader.prisons),
                *(self._team(name) for name in reader.teams),
                *(() if own else who_must_act(left, self.facts)),
            ),
            capacity="" if own else f"{backlog_sentence(figures)} {capacity_sentence(figures)}",
            caveats=caveats(self.facts, self.about.remarks),
            pictures=() if own else self._pictures,
            pages_url=self.about.pages_url,
            pages_path=self.about.pages_path,
            planted=self.about.planted,
        )

    def _taken_on(self, actions: NextActions) -> tuple[str, ...]:
        """Which of these actions somebody has taken on, in their order, a line for each."""
        return tuple(
            f"{clean(str(episode))}, {clean(self.acknowledged[str(episode)])}"
            for episode in actions.every["episode_id"]
            if str(episode) in self.acknowledged
        )

    def _own_changes(self, own: OwnPart) -> tuple[str, ...]:
        """What moved of the own part, where this night was compared with the one told last."""
        return own.changes() if self._is_since else ()

    def next_actions(self, reader: Reader) -> NextActions:
        """Episodes to be decided on within 7 days that the reader answers for, in order."""
        return next_actions(self.facts, prisons=reader.prisons, teams=reader.teams)

    @cached_property
    def _headline(self) -> Headline:
        return headline(results.FIGURES.of(self.facts))

    @cached_property
    def _bridges(self) -> tuple[Bridge, ...]:
        """What moved since the publication compared with, open cases last."""
        found = bridges(self.facts)
        if self.earlier is None or self.earlier.backlog is None:
            return found
        moved = open_cases_moved(
            facts=self.facts, before=self.earlier.backlog, day=self.earlier.as_of
        )
        return (*found, open_cases_bridge(moved))

    def _moved(self, own: OwnPart | None) -> str:
        """How the missed moved, in the few words of a subject; empty where they did not."""
        if own:
            step = own.change_of(MISSED) if self._is_since else 0
        else:
            step = sum(
                bridge.closing - bridge.opening
                for bridge in self._bridges
                if bridge.figure_id == MISSED and self._is_since
            )
        return f"{step_text(step)} released unconsidered" if step else ""

    @cached_property
    def _is_since(self) -> bool:
        """Whether this night was compared with the one that readers were told of last."""
        compared = {bridge.before for bridge in bridges(self.facts)}
        return self.earlier is not None and compared <= {self.earlier.as_of}

    @cached_property
    def _changes(self) -> tuple[str, ...]:
        if self.earlier is None:
            return ()
        now, before = results.FIGURES.of(self.facts), self.earlier.figures
        explained = {
            bridge.figure_id: bridge
            for bridge in self._bridges
            if bridge.before == self.earlier.as_of and bridge.figure_id in HEADLINE_FIGURES
        }
        others = [id_ for id_ in HEADLINE_FIGURES if id_ not in explained]
        return (
            *(movement_words(b) for b in explained.values() if b.steps or b.redefined),
            *changes(
                now=[key_figure(now, id_) for id_ in others],
                before=[key_figure(before, id_) for id_ in others],
            ),
        )

    @cached_property
    def _pictures(self) -> tuple[Picture, ...]:
        drawn = (
            due_by_week(self.facts, self.about.as_of),
            backlog_by_age(results.FIGURES.of(self.facts)),
        )
        return tuple(
            Picture(
                name=chart.name,
                finding=chart.finding,
                numbers=tuple((row[0], row[1]) for row in chart.rows if row[1] != "0"),
                png=chart.png(),
            )
            for chart in drawn
            if chart is not None
        )

    def _prison(self, code: str) -> Section:
        census = results.CENSUS.of(self.facts)
        rows = census[census["prison_id"].eq(code)].to_dict("records")
        if not rows:
            return Section(
                title=f"Prison {code}", sentence="The census has no such prison tonight.", rows=()
            )
        row = rows[0]
        figures = results.FIGURES.of(self.facts)
        missed = key_figure(figures, "missed.by_prison", code).value or 0
        return Section(
            title=prison_names(self.facts).get(code, f"Prison {code}"),
            sentence=f"{plural(row['due'], 'person', 'people')} here must be considered before "
            f"release and {'has' if row['due'] == 1 else 'have'} not been.",
            rows=(
                ("People held", number_text(row["people"])),
                ("Foreign nationals", number_text(row["foreign_nationals"])),
                ("Nationality unknown", number_text(row["nationality_unknown"])),
                ("Consideration due", number_text(row["due"])),
                ("Released without consideration", number_text(missed)),
            ),
        )

    def _team(self, name: str) -> Section:
        teams = results.TEAMS.of(self.facts)
        rows = teams[teams["team"].eq(name)].to_dict("records")
        if not rows:
            return Section(
                title=f"Team: {name}", sentence="The register has no such team tonight.", rows=()
            )
        row = rows[0]
        cases = results.BACKLOG.of(self.facts)
        cases = cases[cases["team"].eq(name)]
        working = None if pd.isna(row["fte_working"]) else float(row["fte_working"])
        each = None if pd.isna(row["cases_per_fte"]) else float(row["cases_per_fte"])
        return Section(
            title="Cases without a team" if name == NONE else f"Team: {clean(name)}",
            sentence=f"{plural(len(cases), 'case is', 'cases are')} open.",
            rows=(
                ("Open cases", number_text(len(cases))),
                ("Without a caseworker", number_text(int((~cases["is_allocated"]).sum()))),
                ("No activity for 30 days", number_text(int(idle(30)(cases).sum()))),
                (
                    f"Open {AGES.names[-1]}",
                    number_text(int(cases["age_band"].eq(AGES.names[-1]).sum())),
                ),
                ("Staff at work, full-time equivalents", number_text(working)),
                ("Cases for each", number_text(each)),
            ),
        )


def changes(*, now: list[KeyFigure], before: list[KeyFigure]) -> tuple[str, ...]:
    """One sentence for each key figure that moved."""
    sentences = []
    for new, old in zip(now, before, strict=True):
        if new.value == old.value:
            continue
        if new.value is None or old.value is None:
            sentences.append(f"{new.label}: {new.text}, was {old.text}.")
            continue
        step = new.value - old.value
        word = "more" if step > 0 else "fewer"
        sentences.append(
            f"{new.label}: {new.text}, {number_text(round(abs(step), 1))} {word} than {old.text}."
        )
    return tuple(sentences)


def action_lists(
    actions: NextActions, facts: Frames, *, shown: int = SHOWN
) -> tuple[ActionList, ActionList]:
    """The first of each list of the next actions in words: what email and command line print."""
    names = prison_names(facts)
    lists = ((AHEAD, actions.ahead), (HELD, actions.held))
    ahead, held = (
        ActionList(
            title=title,
            actions=tuple(_action(row, names) for row in rows.head(shown).to_dict("records")),
            total=len(rows),
        )
        for title, rows in lists
    )
    return ahead, held


def _action(row: Mapping[Hashable, Any], names: Mapping[str, str]) -> Action:
    code, release = row["prison_id"], row["earliest_release_date"]
    return Action(
        rank=int(row["priority"]),
        episode_id=clean(str(row["episode_id"])),
        prison="prison not recorded" if pd.isna(code) else names.get(code, clean(str(code))),
        release_date=None if pd.isna(release) else release.date(),
        days_to_release=int(row["days_to_release"]),
        why=_why(row),
    )


def _why(row: Mapping[Hashable, Any]) -> str:
    parts = []
    if pd.notna(row["seriousness"]):
        parts.append(seriousness_text(int(row["seriousness"])))
    if row["is_court_recommended"]:
        parts.append("recommended by the court")
    referred = pd.notna(row["referred_date"])
    parts.append("referred, not decided" if referred else "not referred")
    if row["is_possibly_considered"]:
        parts.append("possible match to settle")
    return ", ".join(parts)
