"""What was published and when, how two publications differ, and why their figures differ."""

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

import pandas as pd
import rich.console
import rich.table
import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.view_models import day_text, number_text
from jobs.operate.model_registry import model_in_use
from jobs.operate.monitoring.stale_nights import stale_dates, stale_nights
from jobs.operate.monitoring.timetable import LONDON
from jobs.operate.rebase import read_position, rebase, versions_of
from jobs.operate.run.night_manifest import result_settings
from jobs.operate.site_rules.rules_of_night import SiteRules
from jobs.operate.software_versions import software
from jobs.report.charts.waterfall import Bridge, bridges
from jobs.report.figures.registry import FIGURE_BY_ID
from jobs.report.movement import Moved, explain_movement
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import Publication, current_publication, publications, read_table

SHORT: Final = 12
"""Characters of an id that people read; any unique beginning names a publication."""


def moment(text: str) -> datetime:
    """Read a moment: a date and time, or a date, which means the end of that day, in London.

    Raises:
        BadInput: it is neither.
    """
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"moment [{text}]", "not a date or time", "write YYYY-MM-DD or YYYY-MM-DDTHH:MM"
        ) from None
    if len(text) <= len("YYYY-MM-DD"):
        given = datetime.combine(given.date(), time.max)
    return given if given.tzinfo else given.replace(tzinfo=LONDON)


def find_publication(engine: sa.Engine, name: str) -> Publication:
    """The publication of this id, or beginning of an id, or the current one of this date.

    Raises:
        BadInput: there is none, or more than one.
    """
    try:
        as_of = date.fromisoformat(name)
    except ValueError:
        found = [p for p in publications(engine) if name and p.publication_id.startswith(name)]
    else:
        current = current_publication(engine, as_of=as_of)
        found = [] if current is None else [current]
    if len(found) != 1:
        raise BadInput(
            f"publication [{name}]",
            f"[{len(found)}] publications have an id that begins so" if found else "there is none",
            "take a date or an id of: python -m jobs publications list",
        )
    return found[0]


def list_text(engine: sa.Engine, *, as_of: date | None) -> str:
    """Every publication, of one date where given, in order of publishing."""
    table = _table(
        "Publications", "night", "publication", "state", "published", "supersedes", "passed by"
    )
    out_of_date = stale_dates(engine)
    for found in publications(engine, as_of=as_of):
        table.add_row(
            str(found.as_of),
            found.publication_id[:SHORT],
            _state(found, out_of_date),
            _moment_text(found.published_at),
            (found.supersedes or "")[:SHORT],
            found.override.by if found.override else "",
        )
    return _printed(table)


def _state(publication: Publication, out_of_date: Collection[date]) -> str:
    if not publication.is_current:
        return "superseded"
    return "out of date" if publication.as_of in out_of_date else "current"


def show_text(engine: sa.Engine, publication: Publication) -> str:
    """A publication's manifest, and its key figures as they were published."""
    lines = [
        f"Publication {publication.publication_id}",
        f"  night        {publication.as_of}",
        f"  published    {_moment_text(publication.published_at)}",
        f"  state        {'current' if publication.is_current else 'superseded'}",
        f"  supersedes   {publication.supersedes or 'nothing'}",
        f"  content      {publication.content_digest}",
    ]
    if publication.override:
        override = publication.override
        lines.append(f"  passed by    {override.who}: {override.reason}")
    figures = read_table(engine, publication.publication_id, results.FIGURES.full_name)
    table = _table("Figures", "figure", "value")
    for row in figures[figures["group_value"].eq("(all)")].to_dict("records"):
        table.add_row(str(row["figure_id"]), _number(row["value"]))
    manifest = json.dumps(publication.manifest, indent=1, sort_keys=True, ensure_ascii=False)
    return "\n".join([*lines, "", "Manifest", manifest, "", _printed(table)])


def diff_text(
    engine: sa.Engine, *, before: Publication, after: Publication, settings: Settings
) -> str:
    """What went into two publications that differs, which figures differ, and why."""
    # What came of it is told by its figures.
    given = [{k: v for k, v in p.manifest.items() if k != "results"} for p in (before, after)]
    inputs = _table("Inputs that differ", "input", *(_name(p) for p in (before, after)))
    old, new = (_flat(manifest) for manifest in given)
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            inputs.add_row(key, *(_short(side.get(key, "")) for side in (old, new)))
    figures = _table("Figures that differ", "figure", "group", "before", "after", "change")
    sides = [
        read_table(engine, side.publication_id, results.FIGURES.full_name)
        for side in (before, after)
    ]
    for row in _changed_figures(*sides).to_dict("records"):
        change = row["value_after"] - row["value_before"]
        figures.add_row(
            str(row["figure_id"]),
            str(row["group_value"]),
            _number(row["value_before"]),
            _number(row["value_after"]),
            "" if pd.isna(change) else f"{change:+,.4g}",
        )
    moved = moved_between(engine, before=before, after=after, settings=settings)
    return _printed(inputs) + _printed(figures) + movement_text(moved)


def moved_between(
    engine: sa.Engine, *, before: Publication, after: Publication, settings: Settings
) -> Moved:
    """The movement from any publication to any other.

    Where their versions differ, the data of the first are assessed again if this code, its rules
    and its model are those of the second; other software is not at hand.
    """
    was, now = read_position(engine, before), read_position(engine, after)
    rebased = None
    model = model_in_use(engine)
    policy = SiteRules.of(after.manifest["decisions"]).policy
    here = versions_of({**software(policy, model), "settings": result_settings(settings)})
    if was.versions != now.versions and now.versions == here:
        rebased = rebase(
            before=was,
            inputs=before.manifest["inputs"],
            landings=settings.data_dir / "landing",
            policy=policy,
            model=model,
        )
    return explain_movement(before=was, after=now, rebased=rebased)


def published_movement(engine: sa.Engine, publication: Publication) -> Moved:
    """The movement that was published with a publication."""
    movement, crossed = (
        read_table(engine, publication.publication_id, table.full_name)
        for table in (results.MOVEMENT, results.BRIDGES)
    )
    return Moved(movement=movement, bridges=crossed)


def movement_text(moved: Moved) -> str:
    """Each figure's opening, causes and closing, for a terminal."""
    found = bridges(
        {results.MOVEMENT.full_name: moved.movement, results.BRIDGES.full_name: moved.bridges}
    )
    if not found:
        return "There is no earlier publication to compare with.\n"
    table = _table("Movement", "figure", "cause", "number")
    for bridge in found:
        _add_bridge(table, bridge)
    basis = str(moved.bridges["basis"].iloc[0])
    meaning = next(entry.meaning for entry in results.BASIS.codes if entry.code == basis)
    return f"{_printed(table)}Basis: {meaning}.\n"


def movement_json(moved: Moved) -> str:
    """Bridges and cases as JSON."""
    parts = {"bridges": moved.bridges, "cases": moved.movement}
    return json.dumps(
        {
            name: json.loads(frame.to_json(orient="records", date_format="iso"))
            for name, frame in parts.items()
        },
        indent=1,
    )


def _add_bridge(table: rich.table.Table, bridge: Bridge) -> None:
    table.add_section()
    table.add_row(bridge.title, f"on {day_text(bridge.before)}", number_text(bridge.opening))
    if bridge.redefined:
        table.add_row("", "defined anew", f"{bridge.redefined:+,}")
    for step in bridge.steps:
        table.add_row("", step.words, f"{step.change:+,}")
    table.add_row("", "now", number_text(bridge.closing))


def change_lines(before: pd.DataFrame, after: pd.DataFrame) -> Iterator[str]:
    """Each figure that differs between two tables of figures, in a line."""
    for row in _changed_figures(before, after).to_dict("records"):
        values = f"{_number(row['value_before'])} -> {_number(row['value_after'])}"
        yield f"  {row['figure_id']} [{row['group_value']}]: {values}"


def stale_text(engine: sa.Engine) -> str:
    """The publications that are out of date, why, and the command that runs them again."""
    stale = stale_nights(engine)
    if not stale:
        return "Every night follows the publication that is current for the night before it.\n"
    table = _table("Out of date", "night", "publication", "why")
    for night in stale:
        table.add_row(
            str(night.publication.as_of), night.publication.publication_id[:SHORT], night.reason
        )
    return f"{_printed(table)}Run them again, in order: python -m jobs backfill --stale\n"


def _changed_figures(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    key = ["figure_id", "group_value"]
    sides = {
        "value_before": before.set_index(key)["value"],
        "value_after": after.set_index(key)["value"],
    }
    both = pd.concat(sides, axis=1)
    same = both["value_before"].eq(both["value_after"])
    same |= both["value_before"].isna() & both["value_after"].isna()
    changed = both[~same].reset_index()
    order = {figure: place for place, figure in enumerate(FIGURE_BY_ID)}
    place = changed["figure_id"].map(order).fillna(len(order))
    return changed.assign(place=place).sort_values(["place", "group_value"], ignore_index=True)


def _flat(manifest: Mapping[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in manifest.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{before}{key}.")
        else:
            found[f"{before}{key}"] = str(value)
    return found


def _short(text: str) -> str:
    return text if len(text) <= 2 * SHORT else f"{text[:SHORT]}..."


def _name(publication: Publication) -> str:
    return f"{publication.as_of} {publication.publication_id[:SHORT]}"


def _number(value: float) -> str:
    return number_text(None if pd.isna(value) else float(value))


def _moment_text(moment_: datetime) -> str:
    return moment_.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S %Z")


def _table(title: str, *columns: str) -> rich.table.Table:
    table = rich.table.Table(title=title, title_style="", title_justify="left")
    for name in columns:
        is_number = name in {"value", "number", "before", "after", "change"}
        table.add_column(name, justify="right" if is_number else "left", overflow="fold")
    return table


def _printed(table: rich.table.Table) -> str:
    console = rich.console.Console(width=None if sys.stdout.isatty() else 140)
    with console.capture() as printed:
        console.print(table)
    return printed.get() + "\n"
