"""What readers saw last time: email, first page and workbook of one invented night, word for word.

A change here is a change that readers notice. To accept one, run with ``UPDATE_GOLDEN=1`` and read
the difference before committing it.
"""

import os
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from benchmarks.samples.reported.workbook_xml import Book
from jobs.contract import results
from jobs.contract.view_models import Detail
from jobs.notify import Recipient, render
from jobs.notify.recipients import Contact
from jobs.report import About, Earlier, Reported, SummaryWriter, render_site
from jobs.report.about import DESPITE
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures

FOLDER = Path(__file__).parent
ABOUT = About(
    as_of=AS_OF,
    publication_id="0123456789abcdef",
    policy_version="1",
    model_version="1",
    code_version="1",
    pages_url="https://pages.example.invalid/",
)
CONTACT = Contact(
    name="Data team of returns", telephone="020 7946 0000", address="data@example.invalid"
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


READERS = {
    "director": Recipient(
        address="director@example.invalid", role="Director", detail=Detail.COUNTS, contact=CONTACT
    ),
    "governor": Recipient(
        address="governor@example.invalid", role="Governor", prisons=("BBI",), contact=CONTACT
    ),
    "team": Recipient(
        address="team@example.invalid", role="Team leader", teams=("Team 1",), contact=CONTACT
    ),
}


def email_of(
    world: Invented, reader: Recipient, *, about: About = ABOUT, correction: tuple[str, ...] = ()
) -> str:
    open_before = world.reported.backlog.iloc[2:]
    earlier = Earlier(
        as_of=AS_OF.replace(day=24), figures=world.reported.figures, backlog=open_before
    )
    writer = SummaryWriter(facts=world.facts, about=about, earlier=earlier)
    summary = writer.for_reader(reader.reader)
    data = render(
        recipient=reader, summary=summary, sender="sender@example.invalid", correction=correction
    ).data
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    shown = [f"{name}: {message[name]}" for name in ("Subject", "Reply-To", "Date", "Message-ID")]
    return "\n".join([*shown, "", str(body.get_content())]).replace("\r\n", "\n")


@pytest.mark.parametrize("reader", READERS)
def test_the_email_of_an_ordinary_night_reads_as_last_time(world: Invented, reader: str) -> None:
    agrees(f"emails/{reader}-ordinary.txt", email_of(world, READERS[reader]))


@pytest.mark.parametrize("reader", READERS)
def test_the_email_of_a_night_with_a_note_reads_as_last_time(world: Invented, reader: str) -> None:
    about = replace(
        ABOUT,
        notices=("Published in spite of failed checks: a named person says why.",),
        headed=DESPITE,
        remarks=("The size of 1 file of the prison register could not be proved.",),
    )
    text = email_of(world, READERS[reader], about=about)
    assert text.startswith("Subject: Published despite a failed check: 25 April 2006")
    agrees(f"emails/{reader}-note.txt", text)


@pytest.mark.parametrize("reader", READERS)
def test_the_email_of_a_correction_reads_as_last_time(world: Invented, reader: str) -> None:
    said = ("Released without consideration: 69, not 68.",)
    text = email_of(world, READERS[reader], correction=said)
    assert text.startswith("Subject: Correction: 25 April 2006")
    agrees(f"emails/{reader}-correction.txt", text)


@pytest.mark.parametrize("reader", READERS)
def test_the_email_of_a_quiet_night_reads_as_last_time(reader: str) -> None:
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    figures = compute_figures(FigureInputs(frames=frames, as_of=AS_OF))
    frames[results.FIGURES.full_name] = figures
    reported = Reported(
        figures=figures,
        backlog=results.BACKLOG.empty(),
        teams=results.TEAMS.empty(),
        census=results.CENSUS.empty(),
        notices=results.NOTICES.empty(),
    )
    quiet = Invented(tables={}, facts=frames, reported=reported)
    agrees(f"emails/{reader}-quiet.txt", email_of(quiet, READERS[reader]))


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
