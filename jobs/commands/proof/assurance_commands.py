"""Commands of the assurance sample: whom a publication drew, what was found, what that bounds."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv
from jobs.runtime.errors import BadInput

if TYPE_CHECKING:
    import pandas as pd

    from jobs.commands.publications.publication_reader import PublicationReader

assurance = typer.Typer(
    help="The sample of those cleared: who is checked, and how many may be wrong."
)
By = Annotated[str, typer.Option("--by", help="Your name.")]
Book = Annotated[Path, typer.Argument(help="The workbook, .xlsx.")]


@assurance.command("sample")
def assurance_sample(as_of: AsOf) -> None:
    """Print whom the current publication of a date drew to be checked: by reference, no names."""
    with _publication(as_of) as reader:
        print_csv(_drawn(reader))


@assurance.command("export")
def assurance_export(path: Book, as_of: AsOf) -> None:
    """Write the sample as a workbook to note in what the files say; readable by its owner only."""
    from jobs.commands.proof.assurance_workbook import write_sample

    with _publication(as_of) as reader:
        drawn = _drawn(reader)
        write_sample(drawn, path, publication_id=reader.publication.publication_id)
    typer.echo(f"{path}: {len(drawn)} to check")


@assurance.command("import")
def assurance_import(path: Book, as_of: AsOf) -> None:
    """Record the checks noted in a workbook that export wrote: all of them or none."""
    from jobs.commands.proof.assurance_workbook import checks_in

    with _publication(as_of) as reader:
        found = checks_in(path, publication_id=reader.publication.publication_id)
        for check in found:
            _stratum(reader, check.episode_id)
        for check in found:
            _record(reader, check.episode_id, result=check.result, by=check.by, note=check.note)
    typer.echo(f"{len(found)} recorded")


@assurance.command("record")
def assurance_record(
    episode_id: str,
    as_of: AsOf,
    result: Annotated[str, typer.Option(help="right, wrong or cannot_tell.")],
    by: By,
    why: Annotated[str, typer.Option("--why", help="What the files say.")],
) -> None:
    """Record what the files say of one who was drawn."""
    with _publication(as_of) as reader:
        number = _record(reader, episode_id, result=result, by=by, note=why)
    typer.echo(f"check [{number}] recorded; it counts from the next night on")


@assurance.command("withdraw")
def assurance_withdraw(
    check_id: int, by: By, why: Annotated[str, typer.Option("--why", help="Why.")]
) -> None:
    """Withdraw a check that was recorded wrongly."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import withdraw_check

    with warehouse(load_settings()) as engine:
        withdraw_check(engine, check_id=check_id, by=by, reason=why)
    typer.echo(f"check [{check_id}] withdrawn")


@assurance.command("checks")
def assurance_ledger() -> None:
    """Print every check that holds, with who was logged in when it was recorded."""
    from jobs.operate.databases import warehouse
    from jobs.runtime.settings import load_settings
    from jobs.warehouse import assurance_checks

    with warehouse(load_settings()) as engine:
        print_csv(assurance_checks(engine))


@assurance.command("show")
def assurance_show(as_of: AsOf) -> None:
    """Print what the checks bound, as the current publication of a date says it, and before."""
    from jobs.contract import results
    from jobs.report import ALL, assurance_history, assurance_lines
    from jobs.warehouse import figures_before

    with _publication(as_of) as reader:
        before = figures_before(reader.engine, as_of=as_of.date(), group=ALL)
        lines = assurance_lines(reader.table(results.FIGURES))
    for line in (*lines, *assurance_history(before)):
        typer.echo(line)


def _publication(as_of: datetime) -> AbstractContextManager["PublicationReader"]:
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.runtime.settings import load_settings

    return PublicationReader.of(as_of.date(), load_settings())


def _drawn(reader: "PublicationReader") -> "pd.DataFrame":
    """Whom a publication drew, with what a reader may see of each by reference."""
    from jobs.contract import results
    from jobs.report import draw_sample

    drawn = draw_sample(
        reader.table(results.ASSESSMENTS), publication_id=reader.publication.publication_id
    )
    personal = {field.name for field in results.ASSESSMENTS.fields if field.personal}
    return drawn[[name for name in drawn.columns if name not in personal]]


def _stratum(reader: "PublicationReader", episode_id: str) -> str:
    """The stratum of one who was drawn.

    Raises:
        BadInput: the publication did not draw it: whoever chooses whom to check proves nothing.
    """
    drawn = _drawn(reader).set_index("episode_id")["stratum"]
    if episode_id not in drawn.index:
        raise BadInput(
            f"episode [{episode_id}]",
            "was not drawn by the current publication of this date",
            "check those whom it drew: python -m jobs assurance sample",
        )
    return str(drawn[episode_id])


def _record(
    reader: "PublicationReader", episode_id: str, *, result: str, by: str, note: str
) -> int:
    from jobs.warehouse import record_check

    return record_check(
        reader.engine,
        of=reader.publication,
        episode_id=episode_id,
        stratum=_stratum(reader, episode_id),
        result=result,
        by=by,
        note=note,
    )
