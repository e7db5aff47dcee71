"""An email: short, the same in both parts, the same every time, with nobody named in it."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract import results
from jobs.contract.view_models import Detail, Reader
from jobs.notify import Recipient, render
from jobs.notify.recipients import Contact
from jobs.report import About, Earlier, SummaryWriter, headline, key_figure, next_actions
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures
from jobs.report.summary.own_part import OwnPart
from jobs.runtime.errors import BadInput

HEAD = Recipient(address="head@casework.example.invalid", role="Head of casework")
GOVERNOR = Recipient(
    address="governor@prisons.example.invalid", role="Governor", prisons=("AAI",), teams=("Team 1",)
)
DIRECTOR = Recipient(
    address="director@returns.example.invalid", role="Director", detail=Detail.COUNTS
)
SENDER = "reconciliation@returns.example.invalid"
ABOUT = About(as_of=AS_OF, publication_id="ab" * 32, pages_url="https://pages.example.invalid/")


@pytest.fixture(scope="module")
def big() -> Invented:
    return invent(episodes=4_000)


def message_for(world: Invented, recipient: Recipient = HEAD, **more: object) -> EmailMessage:
    writer = SummaryWriter(facts=world.facts, about=ABOUT, **more)  # type: ignore[arg-type]
    summary = writer.for_reader(recipient.reader)
    data = render(recipient=recipient, summary=summary, sender=SENDER).data
    message = message_from_bytes(data, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


class Words(HTMLParser):
    """What a reader of the HTML sees, images blocked."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in {"style", "title"}
        if tag == "img":
            self.words.append(str(dict(attrs)["alt"]))

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def html_of(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def seen(message: EmailMessage) -> str:
    return re.sub(r"\s+", " ", " ".join(Words(html_of(message)).words))


def test_the_subject_has_the_date_and_one_number(world: Invented) -> None:
    top = headline(world.reported.figures)
    assert message_for(world)["Subject"] == f"25 April 2006: {top.subject_number}"
    assert len(re.findall(r"[\d,]+ release", message_for(world)["Subject"])) == 1


def test_the_first_line_of_the_text_is_the_answer(world: Invented) -> None:
    first = text_of(message_for(world)).splitlines()[0]
    assert first == headline(world.reported.figures).first_line


def test_text_and_html_hold_the_same_numbers(big: Invented) -> None:
    message = message_for(big, GOVERNOR)
    text, html = text_of(message), seen(message)
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(GOVERNOR.reader)
    for figure in summary.headline.figures:
        assert figure.text in text
        assert figure.label in html
    numbers = set(re.findall(r"\d[\d,.]*\d|\d", text))
    assert numbers - set(re.findall(r"\d[\d,.]*\d|\d", html)) == set()


def test_every_word_of_the_text_is_in_the_html_in_its_order(big: Invented) -> None:
    message = message_for(big, GOVERNOR)

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z%]+|\d+(?:[.,]\d+)*", text.lower())

    html = words(re.sub(r"\s+", " ", seen(message)))
    lines = [line for line in text_of(message).splitlines() if line.strip()]
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(GOVERNOR.reader)
    figures = {*summary.headline.lines}
    for line in lines:
        said = words(re.sub(r"^( *\d+\.|-)\s", "", line))
        if line in figures or re.match(r"\s*[\d,.]+  ", line):
            said = [*said[1:], said[0]] if "(" not in line else sorted(said)
            assert set(said) <= set(html), line
        else:
            assert " ".join(said) in " ".join(html), line


def test_no_personal_value_is_in_an_email(big: Invented) -> None:
    message = message_for(big)
    words = set(re.findall(r"\w+", text_of(message) + html_of(message)))
    persons = set(big.facts["nightly.assessments"]["prisoner_number"])
    others = set(big.facts["nightly.links"]["cid_person_id"])
    assert not words & (persons | others)


def test_a_reader_of_counts_gets_no_reference(big: Invented) -> None:
    message = message_for(big, DIRECTOR)
    assert not re.search(r"\bE\d{7}\b", text_of(message) + html_of(message))
    assert re.search(r"\bE\d{7}\b", text_of(message_for(big, HEAD)))


def test_a_governor_sees_the_own_prison_and_only_its_cases(big: Invented) -> None:
    only = Recipient(address="g@x.invalid", role="Governor", prisons=("AAI",))
    text = text_of(message_for(big, only))
    assert "ASHDOWN (AAI)" in text
    assert set(re.findall(r"\((\w{3})\), (?:release|held)", text)) == {"AAI"}
    own = OwnPart(facts=big.facts, reader=only.reader)
    assert text.startswith(own.headline.first_line)
    assert "at Ashdown (AAI)" in own.headline.first_line
    assert headline(big.reported.figures).first_line not in text
    assert own.nation in text
    assert "BEAR IN MIND, OF ALL PRISONS AND TEAMS" in text
    assert "BEAR IN MIND\r\n" in text_of(message_for(big, HEAD))


def test_the_subject_of_whoever_has_a_long_part_begins_with_its_first_word(big: Invented) -> None:
    long = Recipient(
        address="g@x.invalid", role="Governor", prisons=("AAI",), teams=("Team 1", "Team 2")
    )
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(long.reader)
    made = render(recipient=long, summary=summary, sender=SENDER)
    assert len(made.subject) > 70
    assert f"\nSubject: {made.subject}\r\n".encode() in made.data
    message = message_from_bytes(made.data, policy=default)
    assert message["Subject"] == made.subject
    assert max(len(line) for line in made.data.splitlines()) <= 200


@pytest.mark.parametrize("prison", ["AAI", "BBI", "CCI"])
def test_the_own_numbers_are_those_of_the_figures_by_prison(big: Invented, prison: str) -> None:
    own = OwnPart(facts=big.facts, reader=Reader(prisons=(prison,)))
    counted = {figure.figure_id: figure.value for figure in own.figures}
    figures = big.reported.figures
    assert counted["missed.total"] == key_figure(figures, "missed.by_prison", prison).value
    assert counted["due.total"] == key_figure(figures, "due.by_prison", prison).value
    assert counted["missed.total"] == (
        counted["missed.undecided"] + counted["missed.decided_since"]
    )


def test_the_prisons_together_have_the_numbers_of_everybody(big: Invented) -> None:
    figures = big.reported.figures
    census = big.facts["nightly.census"]["prison_id"]
    own = OwnPart(facts=big.facts, reader=Reader(prisons=tuple(census)))
    for figure in own.figures:
        assert figure.value == key_figure(figures, figure.figure_id).value, figure.figure_id


def test_the_own_causes_of_the_prisons_sum_to_the_movement(big: Invented) -> None:
    moved = big.facts["nightly.movement"]
    every = OwnPart(
        facts=big.facts,
        reader=Reader(prisons=tuple(big.facts["nightly.census"]["prison_id"])),
    ).changes()
    step = int(moved.loc[moved["figure_id"].eq("missed.total"), "change"].sum())
    (line,) = (each for each in every if each.startswith("Released without consideration:"))
    assert f", {step} more than before. " in line
    nobody = OwnPart(facts=big.facts, reader=Reader(teams=("No such team",)))
    assert nobody.changes() == ()


def test_who_must_act_sums_to_the_next_actions(big: Invented) -> None:
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(DIRECTOR.reader)
    assert [section.title for section in summary.sections] == [
        "Who must act: by prison",
        "Who must act: by team",
    ]
    for section in summary.sections:
        counts = [re.fullmatch(r"(\d+) to leave, (\d+) held", text) for _, text in section.rows]
        sums = [sum(int(found[place]) for found in counts if found) for place in (1, 2)]
        assert sums == [each.total for each in summary.actions]


def test_a_reader_sees_whom_to_ask_and_where_the_pages_are(world: Invented) -> None:
    contact = Contact(name="Data team", telephone="020 7946 0000", address="ask@x.invalid")
    asked = HEAD.model_copy(update={"contact": contact})
    about = About(as_of=AS_OF, publication_id="ab" * 32, pages_path="/var/pages/index.html")
    summary = SummaryWriter(facts=world.facts, about=about).for_reader(asked.reader)
    data = render(recipient=asked, summary=summary, sender=SENDER).data
    message = message_from_bytes(data, policy=default)
    assert message["Reply-To"] == "ask@x.invalid"
    assert isinstance(message, EmailMessage)
    for words in (text_of(message), seen(message)):
        assert "To ask, or to change or end these emails: Data team, 020 7946 0000" in words
        assert "Detail: /var/pages/index.html" in words
        assert "This address is not read" not in words


def test_a_prison_that_the_census_lacks_is_said(world: Invented) -> None:
    unknown = Recipient(address="g@x.invalid", role="Governor", prisons=("QQQ",))
    assert "The census has no such prison tonight." in text_of(message_for(world, unknown))


def test_the_work_is_told_in_its_one_order_and_the_total_is_told(big: Invented) -> None:
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(HEAD.reader)
    text = text_of(message_for(big))
    found = next_actions(big.facts)
    for listed, rows in zip(summary.actions, (found.ahead, found.held), strict=True):
        few = [action.episode_id for action in listed.actions]
        assert few == rows["episode_id"].head(10).tolist()
        places = [text.index(f"{rank}. {name},") for rank, name in enumerate(few, start=1)]
        assert places == sorted(places)
        assert listed.heading in text
    total = len(found.every)
    assert f"{total} people are to be decided on within 7 days" in text


def test_what_somebody_has_taken_on_is_counted_and_no_longer_repeated(big: Invented) -> None:
    first = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(HEAD.reader)
    taken = first.actions[0].actions[0].episode_id
    said = "by A. Manager on 24 April 2006, until 1 May 2006"
    message = message_for(big, acknowledged={taken: said, "E of another night": said})
    assert text_of(message).count(taken) == 1
    assert f"- {taken}, {said}" in text_of(message)
    assert "1 other is already taken on." in text_of(message)
    assert "E of another night" not in text_of(message)


def test_what_moved_since_the_last_night_is_said(big: Invented, world: Invented) -> None:
    earlier = Earlier(as_of=AS_OF.replace(day=24), figures=world.reported.figures)
    text = text_of(message_for(big, earlier=earlier))
    assert "SINCE 24 APRIL 2006" in text
    assert re.search(r"- Open cases: [\d,]+, [\d,]+ more than [\d,]+\.", text)
    assert re.search(
        r"- Released without consideration: [\d,]+, 3 more than [\d,]+\. 4 came in: released "
        r"since the publication before; 1 came in: nationality.* corrected; 2 went out: decided "
        r"before, recorded since\.",
        text,
    )


def test_a_night_in_which_nothing_moved_says_so(world: Invented) -> None:
    still = Invented(
        tables=world.tables,
        facts={**world.facts, "nightly.bridges": results.BRIDGES.empty()},
        reported=world.reported,
    )
    same = Earlier(as_of=AS_OF.replace(day=24), figures=world.reported.figures)
    assert "No key figure moved." in text_of(message_for(still, earlier=same))


def test_an_email_is_small_and_its_pictures_have_words(big: Invented) -> None:
    message = message_for(big, HEAD)
    assert len(message.as_bytes()) < 120_000
    pictures = [p for p in message.walk() if p.get_content_type() == "image/png"]
    assert len(pictures) == html_of(message).count("<img ") == 2
    for picture in pictures:
        assert f"cid:{str(picture['Content-ID']).strip('<>')}" in html_of(message)
    assert "Chart: " in seen(message)


def test_the_same_summary_gives_the_same_bytes(world: Invented) -> None:
    def data() -> bytes:
        summary = SummaryWriter(facts=world.facts, about=ABOUT).for_reader(HEAD.reader)
        return render(recipient=HEAD, summary=summary, sender=SENDER).data

    assert data() == data()


def test_the_message_id_follows_from_publication_and_recipient(world: Invented) -> None:
    one, same, other = (message_for(world, who)["Message-ID"] for who in (HEAD, HEAD, GOVERNOR))
    assert one == same != other
    assert one.endswith("@returns.example.invalid>")


def test_the_date_is_that_of_the_night(world: Invented) -> None:
    assert message_for(world)["Date"].datetime.date() == AS_OF


def test_html_needs_no_network(world: Invented) -> None:
    html = html_of(message_for(world))
    assert not re.search(r"<(script|link|iframe)|url\(|src=\"(?!cid:)", html)
    assert "prefers-color-scheme: dark" in html
    assert 'class="lead" style="' in html.replace("  ", " ")


def test_an_email_of_a_night_without_cases(world: Invented) -> None:
    frames = {name: table.empty() for name, table in results.NIGHTLY.items()}
    frames["nightly.figures"] = compute_figures(FigureInputs(frames=frames, as_of=AS_OF))
    summary = SummaryWriter(facts=frames, about=ABOUT).for_reader(GOVERNOR.reader)
    data = render(recipient=GOVERNOR, summary=summary, sender=SENDER).data
    message = message_from_bytes(data, policy=default)
    part = "prison AAI and Team 1"
    assert (
        str(message["Subject"]).strip()
        == f"25 April 2006, {part}: no release without consideration"
    )
    assert f"{part}: nobody to be decided on within 7 days." in text_of(message)  # type: ignore[arg-type]


def test_a_sender_that_is_no_address_is_refused(world: Invented) -> None:
    summary = SummaryWriter(facts=world.facts, about=ABOUT).for_reader(HEAD.reader)
    with pytest.raises(BadInput, match=r"mail_from.*not one plain"):
        render(recipient=HEAD, summary=summary, sender="me\nBcc: you@x.invalid")
