"""Who decides, and the email that leads each of them to the question on Airflow's page."""

from dataclasses import dataclass
from datetime import datetime

from jobs.notify import Alert, AlertKind, Decides, Recipient, load_recipients
from jobs.operate.monitoring.alerts import send_alert
from jobs.runtime.errors import BadInput
from jobs.runtime.settings import Settings

ANSWER = "open the page with your own login, choose, and write why"
ANSWER_AGAIN = "your last answer lacked a reason: open the page, choose again, and write why"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question that waits for a person.

    Args:
        key: what it is known by; it is told once.
        decides: what is decided.
        subject: it, in a line.
        evidence: what to know for an answer, in blocks of Markdown; counts and figures, no person.
        standing: what holds until there is an answer.
        url: where it is answered.
        at: when it was asked.
    """

    key: str
    decides: Decides
    subject: str
    evidence: tuple[str, ...]
    standing: str
    url: str
    at: datetime


def asked_people(decides: Decides, *, settings: Settings) -> tuple[Recipient, ...]:
    """Those who decide a thing; none where the recipients file names nobody.

    Raises:
        BadInput: the recipients file cannot be used.
    """
    return tuple(r for r in load_recipients(settings.recipients) if decides in r.decides)


def refuse_nobody(asked: tuple[Recipient, ...], decides: Decides) -> None:
    """Refuse to ask where nobody may answer: a question without an addressee is open to all.

    Raises:
        BadInput: nobody is named.
    """
    if not asked:
        raise BadInput(
            "setting [recipients]",
            f"nobody decides on {decides}",
            f'give a recipient a user and decides = ["{decides}"], then clear this task',
        )


def alert_wanted(question: Question, *, is_again: bool, settings: Settings) -> bool:
    """Tell those who decide that an answer is wanted, once; give whether each was told."""
    alert = Alert(
        key=f"{AlertKind.DECISION.name} {question.key}",
        kind=AlertKind.DECISION,
        subject=question.subject,
        causes=tuple(line for block in question.evidence for line in block.splitlines()),
        standing=question.standing,
        look=(),
        mend=(ANSWER_AGAIN if is_again else ANSWER,),
        run="",
        url=question.url,
        at=question.at,
        decides=question.decides,
    )
    return send_alert(alert, about=question.key, settings=settings)
