"""What a publication says of itself."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import Any, Final

import pandas as pd

from jobs.contract.registers import SIZES_UNPROVED
from jobs.contract.view_models import day_text, plural


@dataclass(frozen=True, kw_only=True)
class About:
    """What a publication says of itself on every page and email.

    ``pages_url`` is where readers find the pages; empty where they only have the folder.
    ``runs_url`` leads from a night's pages to that of the runs, where there is one.
    ``pages_path`` is that folder. ``notices`` are what is unusual of a night, as when a named
    person let it pass: they stand first, on every page and email, and ``headed`` says them in the
    few words of a subject. ``remarks`` are caveats of the deliveries. ``planted``
    says what came of the planted cases, where that is known, ``contact`` whom readers may ask.
    """

    as_of: date
    publication_id: str
    policy_version: str = ""
    model_version: str = ""
    code_version: str = ""
    pages_url: str = ""
    runs_url: str = ""
    notices: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    headed: str = ""
    pages_path: str = ""
    planted: str = ""
    contact: str = ""

    def with_notices(self, *notices: str) -> "About":
        """The same with more notices, before the others."""
        return replace(self, notices=(*notices, *self.notices))


DESPITE: Final = "published despite a failed check"
"""How the subject of an email says that a named person let a night pass."""


def size_notices(inputs: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """What pages and emails say where nothing proves that the files of a register are whole.

    Args:
        inputs: what the publication depends on of each register, as its manifest names it.
    """
    return tuple(
        f"The size of {plural(len(names), 'file', 'files')} of the {register} register could not "
        f"be proved ({', '.join(name.partition('.')[2] for name in names)}): the register declares "
        "no number of rows, so a file cut at the end of a line shows only against earlier nights."
        for register, summary in sorted(inputs.items())
        if (names := summary.get(SIZES_UNPROVED))
    )


def with_notice(page: str, notice: str) -> str:
    """A page as text of HTML with one more notice, before the others.

    Args:
        page: the page.
        notice: markup; what is not of this software must be escaped.
    """
    head, end, rest = page.partition("</h1>")
    return f'{head}{end}\n<p class="notice">{notice}</p>{rest}' if end else page


def taken_on(acknowledged: pd.DataFrame) -> dict[str, str]:
    """Who has taken on an episode, since and until when, in words by episode; never why.

    Args:
        acknowledged: ``episode_id``, ``acknowledged_by``, ``acknowledged_at``, ``until_date``.
    """
    columns = ["episode_id", "acknowledged_by", "acknowledged_at", "until_date"]
    return {
        str(episode): f"by {by} on {day_text(at.date())}, "
        + ("until withdrawn" if pd.isna(until) else f"until {day_text(until.date())}")
        for episode, by, at, until in acknowledged[columns].itertuples(index=False, name=None)
    }


_TAKEN_ON: Final = re.compile(r'<div id="taken-on">.*?</div>', re.DOTALL)


def with_taken_on(page: str, lines: Sequence[str]) -> str:
    """The first page as text of HTML, with who has taken on which of its next actions."""
    items = "".join(f"<li><bdi>{escape(line)}</bdi></li>" for line in lines)
    said = (
        "<h3>Taken on already</h3><p>They stay on the lists above and in every number until a "
        f"decision is recorded.</p><ul>{items}</ul>"
        if lines
        else ""
    )
    return _TAKEN_ON.sub(lambda _: f'<div id="taken-on">{said}</div>', page, count=1)
