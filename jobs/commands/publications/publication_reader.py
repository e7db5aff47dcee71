"""What is read back from a publication: figures, case lists, explanations, the review queue."""

import json
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime

import pandas as pd
import rich.console
import rich.table
import sqlalchemy as sa

from jobs.assess import rules_cited
from jobs.contract import results
from jobs.contract.codes.offences import scale_text
from jobs.contract.schema import Table
from jobs.contract.view_models import number_text
from jobs.operate.databases import warehouse
from jobs.operate.site_rules.rules_of_night import SiteRules
from jobs.report import (
    FIGURES,
    action_lists,
    ending,
    explain,
    flags_of,
    forecast,
    list_named,
    next_actions,
    rows_of,
    with_listing,
)
from jobs.report.lists.group_words import group_texts
from jobs.runtime.errors import BadInput
from jobs.runtime.outgoing import FOR_TERMINALS, csv_text
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    Publication,
    acknowledgements,
    current_publication,
    publication_on,
    publications,
    read_table,
)


class PublicationReader:
    """The current publication of one date."""

    def __init__(self, engine: sa.Engine, publication: Publication) -> None:
        self.engine, self.publication = engine, publication

    @classmethod
    @contextmanager
    def of(
        cls, as_of: date, settings: Settings, *, at: datetime | None = None
    ) -> Iterator["PublicationReader"]:
        """Open the current publication of ``as_of``, or the one that was current ``at`` a moment.

        Raises:
            BadInput: nothing is published for that date, or was not yet.
        """
        with warehouse(settings) as engine:
            publication = (
                current_publication(engine, as_of=as_of)
                if at is None
                else publication_on(engine, as_of=as_of, at=at)
            )
            if publication is None and at is not None:
                raise BadInput(
                    f"as-of date [{as_of}]",
                    f"nothing was published for it by {at:%Y-%m-%d %H:%M:%S %Z}",
                    "give a later moment: python -m jobs publications list",
                )
            if publication is None:
                dates = sorted({p.as_of for p in publications(engine)})
                known = ", ".join(map(str, dates[-5:])) or "none yet"
                raise BadInput(
                    f"as-of date [{as_of}]",
                    "no publication",
                    f"run: python -m jobs night --as-of {as_of} (published: {known})",
                )
            yield cls(engine, publication)

    def table(self, table: Table) -> pd.DataFrame:
        """One table of the publication."""
        return read_table(self.engine, self.publication.publication_id, table.full_name)

    def figures(self) -> pd.DataFrame:
        """Every figure with its title, definition, value and range."""
        frame = self.table(results.FIGURES)
        titles = frame["figure_id"].map({f.id: f.title for f in FIGURES})
        frame.insert(1, "title", titles.fillna(frame["figure_id"]))
        return frame

    def figures_json(self) -> str:
        """The figures as JSON, with the publication they belong to."""
        rows = json.loads(self.figures().to_json(orient="records"))
        return json.dumps(
            {
                "as_of": self.publication.as_of.isoformat(),
                "publication_id": self.publication.publication_id,
                "figures": rows,
            },
            indent=1,
        )

    def figures_table(self) -> str:
        """The figures as a table for a terminal, ranges only where they say more."""
        table = rich.table.Table(title=f"Figures for {self.publication.as_of}", title_style="")
        table.add_column("figure", overflow="fold")
        table.add_column("group", overflow="fold")
        table.add_column("value", justify="right", no_wrap=True)
        table.add_column("range", justify="right", no_wrap=True)
        frame = self.figures()
        named = (results.CENSUS, results.CHECK_RESULTS)
        texts = group_texts(frame, {table.full_name: self.table(table) for table in named})
        frame = frame.assign(group=texts.fillna("")).astype(object)
        for row in frame.where(frame.notna(), None).to_dict("records"):
            low, high = row["low"], row["high"]
            span = "" if low == high else f"{number_text(low)} to {number_text(high)}"
            table.add_row(row["title"], row["group"], number_text(row["value"]), span)
        console = rich.console.Console(width=None if sys.stdout.isatty() else 140)
        with console.capture() as printed:
            console.print(table)
        return printed.get()

    def cases(self, name: str) -> pd.DataFrame:
        """The rows of a case list: since when each is listed, on how many nights, taken on by whom.

        Raises:
            BadInput: there is no such list.
        """
        listed, as_of = list_named(name), self.publication.as_of
        rows = rows_of(listed, {table.full_name: self.table(table) for table in listed.tables})
        nights = [each.as_of for each in publications(self.engine) if each.as_of <= as_of]
        rows = with_listing(listed, rows, self.table(results.LISTED), nights=nights)
        if "episode_id" not in rows:
            return rows
        taken = acknowledgements(self.engine, as_of=as_of).set_index("episode_id")
        taken = taken.rename(columns={"until_date": "acknowledged_until_date"})
        return rows.join(taken[["acknowledged_by", "acknowledged_until_date"]], on="episode_id")

    def actions(self, *, prisons: Collection[str], teams: Collection[str]) -> list[str]:
        """The next actions as lines for a terminal, in the order of the emails; all of them."""
        tables = (results.ASSESSMENTS, results.BACKLOG, results.CENSUS)
        facts = {table.full_name: self.table(table) for table in tables}
        found = next_actions(facts, prisons=prisons, teams=teams)
        lists = action_lists(found, facts, shown=len(found.every))
        return [
            line
            for listed in lists
            for line in (listed.heading, *(action.line for action in listed.actions), "")
        ] + [scale_text()]

    def explain(self, episode_id: str) -> str:
        """Plain English for one episode.

        Raises:
            BadInput: the publication has no such episode.
        """
        tables = (
            results.ASSESSMENTS,
            results.RELEASES,
            results.CASEWORK,
            results.REASONS,
            results.FLAGS,
            results.OVERRIDES,
            results.OVERRIDDEN,
        )
        facts = {table.full_name: self.table(table) for table in tables}
        explained = explain(episode_id, facts)
        reasons, episodes = results.REASONS.of(facts), results.ASSESSMENTS.of(facts)
        fired = reasons[reasons["episode_id"].eq(episode_id)].sort_values("position")["rule_id"]
        flagged = [rule for _, rule in flags_of(episode_id, facts)]
        mine = episodes.loc[episodes["episode_id"].eq(episode_id)].iloc[0]
        passed, left = mine["sentence_date"], mine["release_date"]
        flags = results.FLAGS.of(facts)
        opens = flags.loc[flags["episode_id"].eq(episode_id), "early_removal_date"].dropna()
        cited = rules_cited(
            policy=SiteRules.of(self.publication.manifest["decisions"]).policy,
            rule_ids=[*fired, *flagged],
            sentenced=None if pd.isna(passed) else passed.date(),
            left=None if pd.isna(left) else left.date(),
            night=self.publication.as_of,
            applied={} if opens.empty else {"removal.early": opens.iloc[0].date()},
        )
        listed = "".join(f"  {line}\n" for line in cited)
        return (
            f"{explained}\nThe rules and their sources (house: a rule of this project):\n{listed}"
        )

    def capacity(self, *, staff: float | None, weeks: int) -> list[str]:
        """What happens to the queue with a number of staff, as lines for a terminal."""
        tables = (results.ASSESSMENTS, results.FIGURES)
        ahead = forecast(
            facts={table.full_name: self.table(table) for table in tables},
            as_of=self.publication.as_of,
            staff=staff,
            weeks=weeks,
        )
        low, high = ahead.late_low, ahead.late_high
        span = "" if low == high else f" ({low:,} to {high:,})"
        line = (
            f"With {number_text(ahead.staff)} staff at work, {len(ahead.late):,} people{span} will "
            f"be released before their turn within {weeks} weeks in the order of the work, "
            f"{ahead.held_left:,} of {ahead.held:,} held past their date wait on, and "
            f"{ending(ahead, self.publication.as_of)}."
        )
        return [line, "", *csv_text(ahead.late, line_end=FOR_TERMINALS).splitlines()]
