"""An email: short, the same in both parts, the same every time, with nobody named in it."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest

from benchmarks.samples.report_nights import AS_OF, Invented, invent
from jobs.contract import results
from jobs.contract.case_lists import CASE_LISTS
from jobs.contract.view_models import Detail
from jobs.notify import Recipient, render
from jobs.report import About, Earlier, SummaryWriter, headline, rows_of
from jobs.report.figures.inputs import FigureInputs
from jobs.report.figures.registry import compute_figures
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
    for figure in headline(big.reported.figures).figures:
        assert figure.text in text
        assert figure.label in html
        assert figure.range_text in text
        assert figure.range_text in html
    numbers = set(re.findall(r"\d[\d,.]*\d|\d", text))
    assert numbers - set(re.findall(r"\d[\d,.]*\d|\d", html)) == set()


def test_every_word_of_the_text_is_in_the_html_in_its_order(big: Invented) -> None:
    message = message_for(big, GOVERNOR)

    def words(text: str) -> list[str]:
        return re.findall(r"[a-z%]+|\d+(?:[.,]\d+)*", text.lower())

    html = words(re.sub(r"\s+", " ", seen(message)))
    lines = [line for line in text_of(message).splitlines() if line.strip()]
    figures = {*headline(big.reported.figures).lines}
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
    assert "PRISON AAI, ASHDOWN" in text
    assert set(re.findall(r"prison (\w{3}), (?:release|held)", text)) == {"AAI"}
    assert headline(big.reported.figures).first_line in text


def test_a_prison_that_the_census_lacks_is_said(world: Invented) -> None:
    unknown = Recipient(address="g@x.invalid", role="Governor", prisons=("QQQ",))
    assert "The census has no such prison tonight." in text_of(message_for(world, unknown))


def test_the_work_is_told_in_its_one_order_and_the_total_is_told(big: Invented) -> None:
    summary = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(HEAD.reader)
    listed = rows_of(CASE_LISTS["due"], big.facts)["episode_id"].tolist()
    places = [listed.index(action.episode_id) for action in summary.actions]
    assert places == sorted(places)
    assert "In the order of the work, the most urgent first; 10 of " in text_of(message_for(big))
    assert len(summary.actions) == 10 < summary.actions_total
    assert f"{summary.actions_total} people are to be decided on" in text_of(message_for(big))


def test_what_somebody_has_taken_on_is_counted_and_no_longer_repeated(big: Invented) -> None:
    first = SummaryWriter(facts=big.facts, about=ABOUT).for_reader(HEAD.reader)
    taken = first.actions[0].episode_id
    message = message_for(big, acknowledged=frozenset({taken}))
    assert taken not in text_of(message)
    assert "1 other is already taken on." in text_of(message)


def test_what_moved_since_the_last_night_is_said(big: Invented, world: Invented) -> None:
    earlier = Earlier(as_of=AS_OF.replace(day=24), figures=world.reported.figures)
    text = text_of(message_for(big, earlier=earlier))
    assert "SINCE 24 APRIL 2006" in text
    assert re.search(r"- Open cases: [\d,]+, [\d,]+ more than [\d,]+\.", text)
    assert re.search(
        r"- Released without consideration: [\d,]+, 3 more than [\d,]+: 4 released since the "
        r"publication before; 1 nationality.* corrected; less 2 decided before, recorded since\.",
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
    message = message_for(big, GOVERNOR)
    assert len(message.as_bytes()) < 100_000
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
    assert message["Subject"] == "25 April 2006: no release without consideration"
    assert "In your prisons and teams: nobody to be decided on within 7 days." in text_of(message)  # type: ignore[arg-type]


def test_a_sender_that_is_no_address_is_refused(world: Invented) -> None:
    summary = SummaryWriter(facts=world.facts, about=ABOUT).for_reader(HEAD.reader)
    with pytest.raises(BadInput, match=r"mail_from.*not one plain"):
        render(recipient=HEAD, summary=summary, sender="me\nBcc: you@x.invalid")
