"""docs/reading-the-report.md: fourteen questions, and each is answered where the page says."""

import re
from pathlib import Path

import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.__main__ import app
from jobs.report import About, render_site
from jobs.runtime.settings import ROOT

GUIDE = (ROOT / "docs" / "reading-the-report.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in GUIDE.splitlines()
    if line.startswith("|") and line.rstrip("| ").rpartition("|")[0].strip("| ").endswith("?")
]
EMAIL = ("Next actions", "Since", "Bear in mind")
"""Headings of the email, whose own tests hold them."""


@pytest.fixture(scope="module")
def headings(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Everything that a reader can look for: menu, headings, captions, columns and tiles."""
    folder: Path = tmp_path_factory.mktemp("a site")
    facts = invent(episodes=60).facts
    render_site(facts=facts, about=About(as_of=AS_OF, publication_id="0"), folder=folder)
    pages = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))
    found = re.findall(r"<(?:a|h2|caption|th)[^>]*>([^<]+)</", pages)
    return {text.strip() for text in found}


def test_there_are_fourteen_questions() -> None:
    assert len(ROWS) == 14


@pytest.mark.parametrize(("question", "where"), ROWS, ids=[question for question, _ in ROWS])
def test_a_question_is_answered_where_the_guide_says(
    question: str, where: str, headings: set[str]
) -> None:
    named = re.findall(r"\*([^*]+)\*", where)
    missing = [name for name in named if name not in headings and name not in EMAIL]
    assert missing == []
    assert named or "reasons" in where
    commands = re.findall(r"python -m jobs ([\w-]+)", where)
    known = {command.name for command in (*app.registered_commands, *app.registered_groups)}
    assert set(commands) <= known
