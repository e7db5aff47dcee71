"""An email: one summary as plain text and HTML that say the same, the same bytes every time.

Nothing in it comes from the clock: the date is that of the night, the Message-ID follows from
publication and recipient, so a server that gets it twice can see that it is the same message.
"""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any, Final

import css_inline
import jinja2

from jobs.contract.codes.offences import scale_text
from jobs.contract.view_models import (
    Detail,
    ReaderSummary,
    day_text,
    number_text,
    plural,
)
from jobs.notify.private import DETAIL_HEADER
from jobs.notify.recipients import ADDRESS, Recipient
from jobs.runtime.errors import BadInput
from jobs.runtime.files import canonical_json, text_digest

CONTENT_HEADER: Final = "X-Reconciliation-Content"
FIGURES_HEADER: Final = "X-Reconciliation-Figures"
ACTS_HEADER: Final = "X-Reconciliation-Acts"
REFERENCES_LINE: Final = "Counts and references only."
PRIVATE_LINE: Final = "The attachment names people: do not forward it."
ON_THE_WAY: Final = SMTP.clone(max_line_length=200)
"""A subject stays in one line: Python folds a longer one before its first word, which blanks it."""
_SEND_TIME: Final = time(23, 59, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Message:
    """A rendered email, ready to be stored and sent."""

    recipient: str
    subject: str
    data: bytes


def render(
    *,
    recipient: Recipient,
    summary: ReaderSummary,
    sender: str,
    correction: tuple[str, ...] = (),
    people: str = "",
) -> Message:
    """Render a summary for a recipient.

    Args:
        recipient: who receives it.
        summary: what it says.
        sender: address in From; its domain is that of the Message-ID.
        correction: what changed since an earlier email for the same night; makes this a
            correction.
        people: the people to be decided on, as CSV, for a reader at detail full; attached, and
            nowhere else in the message.

    Raises:
        BadInput: the sender is not one plain address.
    """
    if not ADDRESS.fullmatch(sender):
        raise BadInput("setting [mail_from]", "not one plain email address", "give name@domain")
    subject = _subject(summary, is_correction=bool(correction))
    digest = text_digest(summary.publication_id, recipient.address, "\n".join(correction))
    domain = sender.partition("@")[2]
    words: dict[str, Any] = {
        "b": summary,
        "role": recipient.role,
        "contact": recipient.contact,
        "subject": subject,
        "correction": correction,
        "actions_line": _actions_line(summary),
        "scale": scale_text(),
        "detail_line": PRIVATE_LINE if people else REFERENCES_LINE,
    }
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Consideration for deportation", addr_spec=sender)
    message["To"] = Address(addr_spec=recipient.address)
    message["Subject"] = subject
    if recipient.contact and recipient.contact.address:
        message["Reply-To"] = Address(addr_spec=recipient.contact.address)
    message["Date"] = format_datetime(datetime.combine(summary.as_of, _SEND_TIME))
    message["Message-ID"] = f"<{digest[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message[CONTENT_HEADER] = content_digest(summary)
    message[FIGURES_HEADER] = _figures_text(summary)
    message[ACTS_HEADER] = acts_digest(summary)
    message.set_content(_tidy(_render("email.txt.j2", words)), cte="quoted-printable")
    html = _inliner().inline(_render("email.html.j2", words))
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    related = list(message.iter_parts())[-1]
    for picture in summary.pictures:
        related.add_related(
            picture.png,
            "image",
            "png",
            cid=f"<{picture.name}@charts>",
            disposition="inline",
            filename=f"{picture.name}.png",
        )
    if people:
        message[DETAIL_HEADER] = Detail.FULL.value
        name = f"people-{summary.as_of}.csv"
        message.add_attachment(people, subtype="csv", cte="base64", filename=name)
    _fix_boundaries(message, digest)
    return Message(
        recipient=recipient.address, subject=subject, data=message.as_bytes(policy=ON_THE_WAY)
    )


def content_digest(summary: ReaderSummary) -> str:
    """Digest of what a summary says, whatever publication it comes from; pictures are left out."""
    content = asdict(summary)
    for key in ("publication_id", "pictures", "pages_url", "pages_path"):
        del content[key]
    return text_digest(json.dumps(content, sort_keys=True, default=str))


def acts_digest(summary: ReaderSummary) -> str:
    """Digest of what a reader acts on: the next actions, and what is unusual of the night."""
    actions = [asdict(each) for each in summary.actions]
    acts = [actions, summary.acknowledged, summary.unusual, summary.headed]
    return text_digest(json.dumps(acts, sort_keys=True, default=str))


def reported_figures(headers: Any) -> dict[str, str]:
    """The key figures of an earlier message, by label."""
    text = base64.b64decode(str(headers[FIGURES_HEADER] or "").replace(" ", ""))
    return dict(json.loads(text)) if text else {}


def _figures_text(summary: ReaderSummary) -> str:
    encoded = base64.b64encode(canonical_json(figures_of(summary)).encode()).decode()
    return " ".join(encoded[i : i + 64] for i in range(0, len(encoded), 64))


def figures_of(summary: ReaderSummary) -> dict[str, str]:
    """The key figures that a summary holds, by label."""
    return {figure.label: _with_range(figure) for figure in summary.headline.figures}


def _with_range(figure: Any) -> str:
    return f"{figure.text} ({figure.range_text})" if figure.range_text else str(figure.text)


def _subject(summary: ReaderSummary, *, is_correction: bool) -> str:
    """What is unusual, the night, the reader's own part and its one number."""
    unusual = [*(["Correction"] if is_correction else []), summary.headed]
    start = ", ".join(filter(None, unusual))
    start = f"{start[:1].upper()}{start[1:]}: " if start else ""
    where = f", {summary.part}" if summary.part else ""
    moved = f"; {summary.moved}" if summary.moved else ""
    return f"{start}{day_text(summary.as_of)}{where}: {summary.headline.subject_number}{moved}"


def _actions_line(summary: ReaderSummary) -> str:
    """What is to be done in a line, and what somebody has taken on."""
    taken = (
        f" {plural(len(summary.acknowledged), 'other is', 'others are')} already taken on."
        if summary.acknowledged
        else ""
    )
    where = f"{summary.part}: " if summary.part else ""
    ahead, held = (each.total for each in summary.actions)
    if not ahead and not held:
        return f"{where}{'nobody' if where else 'Nobody'} to be decided on within 7 days.{taken}"
    people = where + plural(ahead + held, "person is", "people are")
    of_them = "" if held == 1 and not ahead else f"{number_text(held)} of them "
    past = f", {of_them}held past the earliest release date" if held else ""
    return f"{people} to be decided on within 7 days{past}.{taken}"


def _day(value: date | None) -> str:
    return day_text(value)


def _tidy(text: str) -> str:
    """No more than one empty line in a row."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if line.strip() or (lines and lines[-1]):
            lines.append(line.rstrip())
    return "\n".join(lines) + "\n"


def _render(template: str, words: dict[str, Any]) -> str:
    return _environment().get_template(template).render(**words)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jobs.notify"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",)),
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "day": _day,
        "cid": lambda name: f"{name}@charts",
    }
    return environment


@cache
def _inliner() -> Any:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def _fix_boundaries(message: EmailMessage, digest: str) -> None:
    """Give multipart bodies boundaries that follow from the content, not from a random draw."""
    bodies = [part for part in message.walk() if part.is_multipart()]
    for place, part in enumerate(bodies):
        part.set_boundary(f"=_{digest[32:56]}_{place}")
