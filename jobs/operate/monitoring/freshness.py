"""Is the publication there that should be? For a monitor outside, which a dead scheduler needs."""

from datetime import datetime, time

from jobs.contract.view_models import day_text
from jobs.operate.databases import warehouse
from jobs.operate.monitoring.timetable import night_due
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings
from jobs.warehouse import current_publication, latest_before


def fresh_line(*, now: datetime, by: time, settings: Settings) -> str:
    """One line that the night which is due at ``now`` is published.

    Args:
        now: the moment, with its time zone.
        by: London time by which each night must be published.
        settings: the installation; the schedule says which nights there are.

    Raises:
        BadInput: it is not published; the line says since when, and what stands instead.
        Unreachable: the warehouse cannot be asked.
    """
    night = night_due(now, by=by, settings=settings)
    with warehouse(settings) as engine:
        publication = current_publication(engine, as_of=night)
        before = latest_before(engine, as_of=night)
    if publication is not None:
        return (
            f"fresh: the night of {day_text(night)} was published on "
            f"{publication.published_at:%Y-%m-%d %H:%M %Z}"
        )
    standing = f"the figures stand as of [{before.as_of}]" if before else "nothing was published"
    raise BadInput(
        f"night [{night}]",
        f"is not published, and was due by {by:%H:%M}; {standing}",
        "see Airflow's page, or whether its scheduler runs; then run the night",
    )
