"""``notices``: the referral notices, what became of each, and where its file is."""

from typing import Annotated

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv

notices = typer.Typer(help="Referral notices: people due and never referred. List and show.")


@notices.command("list")
def notices_list(
    as_of: AsOf,
    everything: Annotated[bool, typer.Option("--all", help="Those that ended, too.")] = False,
) -> None:
    """Print the notices without an answer as CSV, the first to be answered on top."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.contract import results
    from jobs.contract.case_lists import REFERRAL_NOTICES
    from jobs.runtime.settings import load_settings

    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        if everything:
            print_csv(reader.table(results.NOTICES))
        else:
            print_csv(reader.cases(REFERRAL_NOTICES.name))


@notices.command("show")
def notices_show(
    number: Annotated[str, typer.Argument(help="The number of the notice.")], as_of: AsOf
) -> None:
    """Print what a night knows of one notice; nothing of the person but references."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.contract import results
    from jobs.contract.view_models import day_text
    from jobs.operate.notices.intake_files import FOLDER
    from jobs.runtime.errors import BadInput
    from jobs.runtime.settings import load_settings

    settings = load_settings()
    with PublicationReader.of(as_of.date(), settings) as reader:
        every = reader.table(results.NOTICES)
    found = every[every["notice_number"].eq(number.strip().upper())]
    if found.empty:
        raise BadInput(
            "referral notice", "there is none of that number", "take one of: notices list --all"
        )
    (row,) = found.astype("object").where(found.notna(), None).to_dict("records")
    ends = results.NOTICE_END.meanings
    written = row["written_date"].date()
    state = (
        f"without an answer, which is due by {day_text(row['answer_due_date'].date())}"
        if row["is_open"]
        else f"ended on {day_text(row['ended_date'].date())}: {ends[row['ended_by']]}"
    )
    case = f", case {row['case_id']}" if row["case_id"] else ""
    typer.echo(f"{row['notice_number']}: {state}{case}")
    typer.echo(f"Custody episode {row['episode_id']}, prison {row['prison_id'] or 'not recorded'}")
    typer.echo(f"Written on {day_text(written)}, notice {row['occurrence']} of the episode")
    typer.echo(f"Files: {settings.data_dir / FOLDER / written.isoformat()}")
