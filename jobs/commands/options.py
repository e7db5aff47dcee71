"""Options that several commands share."""

from datetime import datetime
from typing import Annotated

import typer

Day = typer.Argument(formats=["%Y-%m-%d"], help="A day, YYYY-MM-DD.")
AsOf = Annotated[
    datetime,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="The as-of date, YYYY-MM-DD."),
]
