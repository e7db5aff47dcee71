"""docs/reading-the-report.md: twenty questions, and each is answered where the guide says."""

import re
from html import unescape
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.samples.report_nights import AS_OF, invent
from jobs.__main__ import app
from jobs.report import About, render_site
from jobs.report.site.pages import PAGES
from jobs.runtime.settings import ROOT

GUIDE = (ROOT / "docs" / "reading-the-report.md").read_text(encoding="utf-8")
CELLS = [
    tuple(cell.strip() for cell in line.strip("|").split("|"))
    for line in GUIDE.splitlines()
    if line.startswith("|") and line.split("|")[1].strip().endswith("?")
]
FILES = {page.label: page.file for page in PAGES} | {"Reasons": "cases/reasons-001.html"}


class Asked(NamedTuple):
    """A question, the page and places that answer it, the clicks to it, and the answer."""

    question: str
    where: str
    clicks: str
    answer: str


ASKED = [Asked(*cells) for cells in CELLS if len(cells) == len(Asked._fields)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a site")
    facts = invent(episodes=300, seed=3).facts
    render_site(facts=facts, about=About(as_of=AS_OF, publication_id="0"), folder=folder)
    return folder


@pytest.fixture(scope="module")
def clicks(site: Path) -> dict[Path, int]:
    """The fewest clicks from the first page to each other."""
    first = (site / "index.html").resolve()
    found, ahead = {first: 0}, [first]
    while ahead:
        page = ahead.pop(0)
        for link in re.findall(r'href="([^"#]+\.html)', page.read_text(encoding="utf-8")):
            target = (page.parent / link).resolve()
            if target not in found:
                found[target] = found[page] + 1
                ahead.append(target)
    return found


def test_there_are_twenty_questions_within_two_clicks() -> None:
    assert len(ASKED) == 20
    assert all(int(asked.clicks) <= 2 for asked in ASKED)


@pytest.mark.parametrize("asked", ASKED, ids=[asked.question for asked in ASKED])
def test_a_question_is_answered_where_the_guide_says(
    asked: Asked, site: Path, clicks: dict[Path, int]
) -> None:
    label, *places = re.findall(r"\*([^*]+)\*", asked.where)
    page = (site / FILES[label]).resolve()
    text = page.read_text(encoding="utf-8")
    headings = re.findall(r"<(?:h2|caption|th|dt)[^>]*>(?:<[^>]+>)*([^<]+)</", text)
    assert [place for place in places if place not in map(unescape, headings)] == []
    assert clicks[page] == int(asked.clicks)
    words = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)))
    pattern = re.escape(asked.answer).replace("N\\ ", r"[\d,.]+\ ")
    pattern = re.sub(r"\bN$", r"[\\d,.]+", pattern)
    assert re.search(pattern, words), pattern


def test_a_command_that_the_guide_names_is_there() -> None:
    named = set(re.findall(r"python -m jobs ([\w-]+)", GUIDE))
    known = {command.name for command in (*app.registered_commands, *app.registered_groups)}
    assert named
    assert named <= known
