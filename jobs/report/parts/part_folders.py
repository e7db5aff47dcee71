"""Which copies of the pages there are, and in which folder each stands."""

import re
from collections.abc import Iterable
from typing import Final

from jobs.contract.view_models import Reader
from jobs.runtime.files import canonical_json, text_digest

PARTS: Final = "part"
"""Folder in the pages of a night that holds the copies for parts of it."""
_MOST_LETTERS: Final = 40


def part_folder(reader: Reader) -> str:
    """The folder of a reader's copy in the pages of a night; empty for who sees everything.

    Readers of the same prisons and teams share one. Its name is the same on every night, so that
    whoever serves the pages can let each reader into the own copy alone; the digest keeps names
    apart that are written alike.
    """
    if not (reader.prisons or reader.teams):
        return ""
    scope = [sorted(set(reader.prisons)), sorted(set(reader.teams))]
    words = re.sub(r"[^a-z0-9]+", "-", "-".join([*scope[0], *scope[1]]).lower()).strip("-")
    short = words[:_MOST_LETTERS].strip("-")
    digest = text_digest("part", canonical_json(scope))[:8]
    return f"{PARTS}/{'-'.join(filter(None, [short, digest]))}"


def parts_of(readers: Iterable[Reader]) -> dict[str, Reader]:
    """The copies that these readers ask for, by folder; who sees everything asks for none."""
    return {
        folder: Reader(
            prisons=tuple(sorted(set(reader.prisons))), teams=tuple(sorted(set(reader.teams)))
        )
        for reader in readers
        if (folder := part_folder(reader))
    }
