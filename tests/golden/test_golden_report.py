"""What readers saw last time: email, first page and workbook of one invented night, word for word.

A change here is a change that readers notice. To accept one, run with ``UPDATE_GOLDEN=1`` and read
the difference before committing it.
"""

import os
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from benchmarks.samples.reported.workbook_xml import Book
from jobs.notify import Recipient, render
from jobs.report import About, Earlier, SummaryWriter, render_site

FOLDER = Path(__file__).parent
ABOUT = About(
    as_of=AS_OF,
    publication_id="0123456789abcdef",
    policy_version="1",
    model_version="1",
    code_version="1",
    pages_url="https://pages.example.invalid/",
)
READER = Recipient(
    address="reader@example.invalid", role="Head of casework", prisons=("AAI",), teams=("Team 1",)
)


@pytest.fixture(scope="module")
def world() -> Invented:
    return invent(episodes=400)


@pytest.fixture(scope="module")
def site(world: Invented, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    render_site(facts=world.facts, about=ABOUT, folder=folder)
    return folder


def agrees(name: str, text: str) -> None:
    path = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def words_of(html: str) -> str:
    """A page's words line by line, drawings left out."""
    html = re.sub(r"<svg.*?</svg>|<style.*?</style>|<head>.*?</head>", "", html, flags=re.DOTALL)
    html = re.sub(r"</t[hd]><t[hd][^>]*>", " | ", html)
    lines = (
        re.sub(r"\s+", " ", line).strip() for line in re.sub(r"<[^>]+>", "\n", html).split("\n")
    )
    return "\n".join(line for line in lines if line) + "\n"


def test_the_email_reads_as_last_time(world: Invented) -> None:
    earlier = Earlier(as_of=AS_OF.replace(day=24), figures=invent(episodes=390).reported.figures)
    summary = SummaryWriter(facts=world.facts, about=ABOUT, earlier=earlier).for_reader(
        READER.reader
    )
    data = render(recipient=READER, summary=summary, sender="sender@example.invalid").data
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    shown = [f"{name}: {message[name]}" for name in ("Subject", "To", "Date", "Message-ID")]
    agrees("email.txt", "\n".join([*shown, "", str(body.get_content())]).replace("\r\n", "\n"))


def test_the_first_page_reads_as_last_time(site: Path) -> None:
    agrees("index.txt", words_of((site / "index.html").read_text(encoding="utf-8")))


def test_the_page_of_work_ahead_reads_as_last_time(site: Path) -> None:
    agrees("capacity.txt", words_of((site / "capacity.html").read_text(encoding="utf-8")))


def test_the_workbook_reads_as_last_time(site: Path) -> None:
    book = Book(site / "data" / "consideration.xlsx")
    lines = []
    for sheet in book.sheets:
        if sheet != "Definitions":
            lines.append(f"== {sheet}")
            lines += [f"{ref}: {text}" for ref, text in list(book.cells(sheet).items())[:120]]
    agrees("workbook.txt", "\n".join(lines) + "\n")
