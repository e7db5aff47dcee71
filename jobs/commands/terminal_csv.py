"""Tables that commands print as CSV: people send them on to spreadsheets."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def print_csv(frame: "pd.DataFrame") -> None:
    """Print a frame as CSV, formulas made harmless as in every file that goes out."""
    from jobs.runtime.outgoing import FOR_TERMINALS, csv_text

    sys.stdout.write(csv_text(frame, line_end=FOR_TERMINALS))
