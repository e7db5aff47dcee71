"""The few lines with which a run ends: the headline, the quarantine, where to look next."""

from datetime import date

from jobs.commands.publications.publication_reader import PublicationReader
from jobs.contract import results
from jobs.contract.case_lists import MISSED
from jobs.report import headline
from jobs.runtime.settings import Settings


def summary_lines(*, as_of: date, settings: Settings) -> list[str]:
    """Lines for the terminal about the current publication of ``as_of``.

    Raises:
        BadInput: nothing is published for that date.
    """
    with PublicationReader.of(as_of, settings) as reader:
        top = headline(reader.table(results.FIGURES))
        rows = reader.table(results.ROW_COUNTS)
        missed = reader.cases(MISSED.name)
        publication = reader.publication
    quarantined = rows[rows["quarantined"] > 0]
    kept_aside = ", ".join(
        f"{row.register}.{row.table_name} {row.quarantined:,}"
        for row in quarantined.itertuples(index=False)
    )
    example = missed["episode_id"].iloc[0] if len(missed) else "EPISODE_ID"
    pages = settings.data_dir / "pages" / as_of.isoformat() / "index.html"
    return [
        "",
        f"Publication {publication.publication_id[:12]} for {as_of:%-d %B %Y}",
        "",
        top.first_line,
        *(f"  {line}" for line in top.lines),
        "",
        f"Rows read {int(rows['rows_in'].sum()):,}; in quarantine "
        f"{int(rows['quarantined'].sum()):,}" + (f" ({kept_aside})" if kept_aside else ""),
        f"Pages: {pages}",
        f"Emails: {settings.data_dir / 'mail'}",
        "",
        "Try next:",
        f"  .venv/bin/python -m jobs figures --as-of {as_of}",
        f"  .venv/bin/python -m jobs cases --as-of {as_of} --list {MISSED.name}",
        f"  .venv/bin/python -m jobs explain {example} --as-of {as_of}",
    ]
