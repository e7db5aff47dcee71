"""``link``: any two person files, without the registers and without a night."""

from pathlib import Path
from typing import Annotated

import typer


def link(
    left: Annotated[Path, typer.Argument(help="Person file, CSV or Parquet.")],
    right: Annotated[Path, typer.Argument(help="Person file to link it with.")],
    output: Annotated[Path, typer.Option(help="Where the links go, CSV or Parquet.")],
) -> None:
    """Link any two person files without labels: probability, outcome and evidence of each pair."""
    from jobs.link import link_files

    link_files(left=left, right=right, output=output)
