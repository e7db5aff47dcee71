"""The HTML of an email as it is seen: on a desk, on a phone, in the dark, images blocked."""

import base64
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from playwright.sync_api import Browser

from benchmarks.samples.browser import quiet_page, violations
from benchmarks.samples.report_nights import AS_OF, invent
from jobs.notify import Recipient, render
from jobs.report import About, SummaryWriter

TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
MOST_BYTES = 100_000


GOVERNOR = Recipient(address="g@x.invalid", role="Governor", prisons=("AAI",), teams=("Team 1",))
DIRECTOR = Recipient(address="d@x.invalid", role="Director-general")
PICTURES = {GOVERNOR.role: 0, DIRECTOR.role: 2}
"""How many each is sent: charts are of the whole."""


@pytest.fixture(scope="module", params=[GOVERNOR, DIRECTOR], ids=lambda reader: reader.role)
def reader(request: pytest.FixtureRequest) -> Recipient:
    found: Recipient = request.param
    return found


@pytest.fixture(scope="module")
def message(reader: Recipient) -> EmailMessage:
    about = About(as_of=AS_OF, publication_id="ab", pages_url="https://pages.example.invalid/x")
    writer = SummaryWriter(facts=invent(episodes=2_000).facts, about=about)
    data = render(
        recipient=reader,
        summary=writer.for_reader(reader.reader),
        sender="reconciliation@returns.example.invalid",
        correction=("Open cases: 5, not 6.",),
    ).data
    assert len(data) < MOST_BYTES
    read = message_from_bytes(data, policy=default)
    assert isinstance(read, EmailMessage)
    return read


def html_of(message: EmailMessage, *, images: bool) -> str:
    body = message.get_body(("html",))
    assert body is not None
    html = str(body.get_content())
    for part in message.walk():
        if part.get_content_type() == "image/png":
            name = str(part["Content-ID"]).strip("<>")
            data = base64.b64encode(part.get_payload(decode=True)).decode()
            html = html.replace(f"cid:{name}", f"data:image/png;base64,{data}" if images else "")
    return html


@pytest.mark.parametrize(
    ("width", "scheme", "images"),
    [
        pytest.param(800, "light", True, id="desk"),
        pytest.param(360, "light", True, id="phone"),
        pytest.param(800, "dark", False, id="dark, images blocked"),
    ],
)
def test_axe_finds_nothing_and_the_email_fits_its_window(
    chromium: Browser,
    reader: Recipient,
    message: EmailMessage,
    width: int,
    scheme: str,
    images: bool,
) -> None:
    with quiet_page(chromium, width=width, scheme=scheme) as page:
        page.set_content(html_of(message, images=images))
        assert violations(page) == []
        assert not page.evaluate(TOO_WIDE)
        pictures = page.locator("img")
        assert pictures.count() == PICTURES[reader.role]
        alternatives = [picture.get_attribute("alt") or "" for picture in pictures.all()]
        assert all(text.endswith("The numbers follow.") for text in alternatives)
