"""The file of a list: every row of it, for the script of its page, whatever the number of rows.

A page shows the first rows, so that it stays light. Its script takes the others from
``data/NAME.js`` once somebody searches, sorts, or follows a number to its cases. The file is a
script and not JSON because a page that is opened from a disk may load scripts and nothing else.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from jobs.report.sheets import Column, cell_texts

OFTEN: Final = 2
"""A column whose texts recur so often is written as its different texts and their places."""

_ESCAPED: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<\u2028\u2029"}
"""Text of a register must end neither the script nor a line of it."""


@dataclass(frozen=True, kw_only=True)
class ListedRows:
    """A list and everything that its file says of its rows; all have an entry for each."""

    name: str
    frame: pd.DataFrame
    columns: tuple[Column, ...]
    links: Sequence[str] = ()
    tags: Sequence[str] = ()

    def script(self) -> str:
        """The file: the same bytes for the same rows."""
        content: dict[str, Any] = {
            "count": len(self.frame),
            "columns": [_packed(cell_texts(self.frame[c.source], c)) for c in self.columns],
        }
        for key, values in (("links", self.links), ("tags", self.tags)):
            if any(values):
                content[key] = _packed(pd.Series(list(values), dtype="object"))
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        # Text of a register must end neither the script nor a line of it.
        text = (
            text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        )
        return f"listed({json.dumps(self.name)},{text});\n"


def _packed(texts: pd.Series) -> dict[str, Any]:
    places, different = pd.factorize(texts)
    if len(different) * OFTEN > len(texts):
        return {"texts": [str(text) for text in texts]}
    return {"texts": [str(text) for text in different], "places": places.tolist()}
