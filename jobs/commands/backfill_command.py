"""``backfill``: nights of a range, one after the other; or what they would change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.runtime.errors import BadInput

if TYPE_CHECKING:
    from jobs.runtime.settings import Settings

LABEL = "backfill"
Bound = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="YYYY-MM-DD.")]


def backfill(
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First night, YYYY-MM-DD."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Last night, YYYY-MM-DD."),
    ] = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="The nights of: publications stale.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which figures would change; publish nothing.")
    ] = False,
) -> None:
    """Run the nights of a range in order, from their landings; stop at the first that fails.

    Figures that change are named for each night, and the new publication supersedes the old one.
    Nobody is mailed. With --dry-run each night is computed on the publications as they stand, so
    what a changed night does to the next one shows only when it is run.
    """
    from jobs.runtime.files import locked
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    nights = _nights(first, last, stale=stale, settings=settings)
    with locked(settings.data_dir / "backfill.lock", "backfill"):
        for night in nights:
            for line in _run(night, dry_run=dry_run, settings=settings):
                typer.echo(line)
    done = "computed; nothing was published" if dry_run else "published, in order"
    typer.echo(f"{len(nights)} nights {done}.")


def _nights(
    first: datetime | None, last: datetime | None, *, stale: bool, settings: "Settings"
) -> tuple[date, ...]:
    from jobs.operate.databases import warehouse
    from jobs.operate.monitoring.stale_nights import stale_dates
    from jobs.operate.monitoring.timetable import LONDON

    if stale:
        if first or last:
            raise BadInput("backfill", "--stale names the nights itself", "leave out --from, --to")
        with warehouse(settings) as engine:
            return stale_dates(engine)
    if first is None or last is None:
        raise BadInput("backfill", "lacks a first or a last night", "give --from and --to")
    start, days = first.date(), (last - first).days
    if days < 0:
        raise BadInput("backfill", f"--from [{start}] is after --to [{last.date()}]", "swap them")
    if last.date() > datetime.now(UTC).astimezone(LONDON).date():
        raise BadInput("backfill", f"--to [{last.date()}] is in the future", "name a past night")
    return tuple(start + timedelta(days=n) for n in range(days + 1))


def _run(as_of: date, *, dry_run: bool, settings: "Settings") -> Iterator[str]:
    """Run one night, or only compute it; give what changes, a line for each figure."""
    from jobs.commands.publications.publication_texts import change_lines
    from jobs.contract import results
    from jobs.night import Night, run_night
    from jobs.operate.databases import warehouse
    from jobs.warehouse import current_publication, read_table

    name = results.FIGURES.full_name
    with warehouse(settings) as engine:
        current = current_publication(engine, as_of=as_of)
        before = None if current is None else read_table(engine, current.publication_id, name)
    night: Night = Night(as_of=as_of, label=LABEL, settings=settings)
    run_night(night, dry_run=dry_run)
    after = night.facts("report")[name]
    if before is None:
        yield f"{as_of}: new, {len(after)} figures"
        return
    lines = list(change_lines(before, after))
    change = "would change" if dry_run else "changed"
    yield f"{as_of}: {len(lines)} of {len(after)} figures {change}"
    yield from lines
