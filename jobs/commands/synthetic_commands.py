"""Commands on the invented world: make it, replay 2005 and 2006 over it, score a publication."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from jobs.commands.options import AsOf
from jobs.commands.terminal_csv import print_csv
from jobs.runtime.errors import BadInput

DEFAULT_PEOPLE = 150_000
"""As `jobs.synthetic.DEFAULT_PEOPLE`, which is not imported here so that help comes at once."""

Seed = Annotated[int, typer.Option(help="Same seed, same world.")]
People = Annotated[
    int,
    typer.Option(help="Persons in each register; from 100,000 every foreign prisoner there was."),
]
BritishRate = Annotated[
    float | None,
    typer.Option(help="Sample of British prisoners, 0 to 1, instead of filling up to --people."),
]
OthersRate = Annotated[
    float | None,
    typer.Option(help="Sample of the immigration register's other people, 0 to 1, likewise."),
]
SharedRate = Annotated[
    float | None,
    typer.Option(
        help="Share of the prison register known to the other one, 0 to 1, instead of as many as "
        "can be, up to half."
    ),
]
Rates = Annotated[str, typer.Option(help="none, default, harsh, or a TOML file of rates.")]


class FileFormat(StrEnum):
    """How `world` writes tables."""

    PARQUET = "parquet"
    CSV = "csv"


def world(
    as_of: AsOf,
    seed: Seed = 2006,
    people: People = DEFAULT_PEOPLE,
    british_rate: BritishRate = None,
    others_rate: OthersRate = None,
    shared_rate: SharedRate = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write both registers to.")] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Folder to write the truth to; nothing else reads it.")
    ] = None,
    load: Annotated[
        bool, typer.Option("--load", help="Load the registers into their databases.")
    ] = False,
    noise: Rates = "default",
    file_format: Annotated[
        FileFormat, typer.Option("--format", help="How --out writes tables.")
    ] = FileFormat.PARQUET,
) -> None:
    """Invent the world of 1999 to 2007 and write or load both registers as of a date."""
    from jobs.operate.databases import databases
    from jobs.runtime.progress import steps
    from jobs.runtime.settings import load_settings
    from jobs.synthetic import Size, build_world, load_world, write_world

    if out is None and not load:
        raise BadInput("world", "nowhere to put it", "give --out FOLDER, --load, or both")
    settings = load_settings()
    if load and (settings.prison or settings.immigration):
        raise BadInput(
            "world --load",
            "the settings name registers of their own, which are never written to",
            "unset RECONCILIATION_PRISON and RECONCILIATION_IMMIGRATION",
        )
    with steps("world", 1 + (out is not None) + load) as progress:
        progress.start("invent")
        size = Size(
            people=people,
            british_rate=british_rate,
            others_rate=others_rate,
            shared_rate=shared_rate,
        )
        invented = build_world(seed=seed, people=size, as_of=as_of.date(), noise=noise)
        if out is not None:
            progress.start("write")
            write_world(invented, out, truth=truth, format=file_format.value)
        if load:
            progress.start("load")
            with databases(settings, embedded=True) as opened:
                load_world(
                    invented,
                    prison_url=opened.embedded("prison"),
                    immigration_url=opened.embedded("immigration"),
                )


def replay(
    seed: Seed = 2006,
    people: People = DEFAULT_PEOPLE,
    noise: Rates = "default",
    months: Annotated[
        int, typer.Option(help="Months from one replayed month-end to the next; 1 is slowest.")
    ] = 1,
    page: Annotated[Path, typer.Option(help="Where the table goes.")] = Path("docs/replay.md"),
    picture: Annotated[Path, typer.Option(help="Where the picture goes.")] = Path(
        "docs/replay.svg"
    ),
) -> None:
    """Run the nights of 2005 and 2006: published figure, truth and reported figure side by side.

    A replay that was stopped goes on with the nights it has published.
    """
    from jobs.runtime.settings import load_settings
    from jobs.synthetic import Size, build_history
    from jobs.synthetic.replay.replay import nights_of
    from jobs.synthetic.replay.replay import replay as replay_nights
    from jobs.synthetic.replay.replay_nights import night_runner, replay_folder
    from jobs.synthetic.replay.replay_page import replay_markdown, replay_picture

    settings = load_settings()
    size, nights = Size(people=people), nights_of(months=months)
    history = build_history(seed=seed, people=size, noise=noise)
    own = settings.model_copy(
        update={"data_dir": replay_folder(settings, history), "warehouse": ""}
    )
    found = replay_nights(history=history, nights=nights, run_night=night_runner(own))
    text = replay_markdown(found, seed=seed, size=size, noise=noise, months=months)
    page.write_text(text, encoding="utf-8")
    replay_picture(found, picture)
    typer.echo(text, nl=False)


def score(
    as_of: AsOf,
    truth: Annotated[Path, typer.Option(help="Folder that `world --truth` wrote.")],
) -> None:
    """Compare a date's current publication with the truth of its invented world."""
    from jobs.commands.publications.publication_reader import PublicationReader
    from jobs.contract import results
    from jobs.runtime.settings import load_settings
    from jobs.synthetic.output.score import read_truth
    from jobs.synthetic.output.score import score as score_publication

    known = read_truth(truth)
    with PublicationReader.of(as_of.date(), load_settings()) as reader:
        published = {
            table.full_name: reader.table(table)
            for table in (results.LINKS, results.ASSESSMENTS, results.RELEASES)
        }
    print_csv(score_publication(published=published, truth=known))
