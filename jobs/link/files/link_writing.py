"""The file of links."""

import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import pandas as pd

from jobs.runtime.errors import BadInput
from jobs.runtime.files import disk_error
from jobs.runtime.outgoing import FOR_TERMINALS, csv_text

COLUMNS: Final = ("left_id", "right_id", "probability", "match_weight", "outcome", "evidence")


def refuse_input(output: Path, inputs: Iterable[Path]) -> None:
    """Refuse to write over a file that is read, by whatever name or link it goes.

    Raises:
        BadInput: the output is one of the inputs, or a folder.
    """
    if output.is_dir():
        raise BadInput(f"file [{output}]", "is a folder", "name the file to write")
    for path in inputs:
        if output.exists() and path.exists() and output.samefile(path):
            what = f"is the input [{path}], which would be lost"
            raise BadInput(f"output [{output}]", what, "name another file to write")


def no_links() -> pd.DataFrame:
    """The links between persons of whom there are none."""
    return pd.DataFrame(
        {
            name: pd.Series(dtype="float64" if name in {"probability", "match_weight"} else "str")
            for name in COLUMNS
        }
    )


def write_links(links: pd.DataFrame, output: Path) -> None:
    """Write the links under a temporary name and put them in place when whole."""
    temporary = output
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkstemp(prefix=".links-", dir=output.parent)[1])
        if output.suffix.lower() == ".parquet":
            links.to_parquet(temporary, index=False)
        else:
            text = csv_text(links, line_end=FOR_TERMINALS)
            temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(output)
    except OSError as error:
        if temporary != output:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        known = disk_error(error, output)
        if known is not error:
            raise known from error
        what = f"cannot be written ({type(error).__name__})"
        raise BadInput(f"file [{output}]", what, "name a file in a folder that can be") from None
