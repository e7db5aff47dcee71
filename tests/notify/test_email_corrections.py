"""What is news of a night that is published again, and what is not."""

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP

import pytest

from jobs.contract.view_models import Action, ActionList, Headline, KeyFigure, ReaderSummary
from jobs.notify import Recipient, render
from jobs.notify.email_corrections import STANDS, corrections, is_news

READER = Recipient(address="reader@example.invalid", role="Reader")
REASON = "Published again because the rules changed from 10 to 11."


@pytest.mark.parametrize(
    ("told", "now", "news"),
    [
        ("69 (between 59 and 74)", "74 (between 60 and 80)", False),
        ("69 (between 59 and 74)", "59", False),
        ("69 (between 59 and 74)", "75 (between 60 and 80)", True),
        ("69 (between 59 and 74)", "58", True),
        ("1,279 (between 1,100 and 1,300)", "1,301", True),
        ("1,279 (between 1,100 and 1,300)", "1,299", False),
        ("2.7", "2.8", True),
        ("2.7", "2.7", False),
        ("not known", "3", True),
        ("", "3", True),
        ("3 (between 2 and 4)", "not known", True),
    ],
)
def test_a_number_is_news_beyond_the_range_that_was_told(told: str, now: str, news: bool) -> None:
    assert is_news(told, now) is news


def summary(*values: float, rank: int = 1) -> ReaderSummary:
    """What is told: figures from 0 to 100, and one action."""
    figures = tuple(
        KeyFigure(
            figure_id=f"f.{place}", label=f"Figure {place}", value=value, low=0, high=100,
            unit="people",
        )
        for place, value in enumerate(values)
    )  # fmt: skip
    action = Action(
        rank=rank, episode_id="E1", prison="Ashdown", release_date=None, days_to_release=3, why=""
    )
    return ReaderSummary(
        as_of=date(2006, 4, 25),
        publication_id="a",
        headline=Headline(
            first_line="Yes.", range_line="", subject_number="", missed=figures[0], figures=figures
        ),
        since=None,
        changes=(),
        moved="",
        actions=(ActionList(title="Next", actions=(action,), total=1),) * 2,
        acknowledged=0,
        part="",
        nation="",
        unusual=(),
        headed="",
        sections=(),
        capacity="",
        caveats=(),
    )


def told(said: ReaderSummary) -> Message:
    data = render(recipient=READER, summary=said, sender="sender@example.invalid").data
    return message_from_bytes(data, policy=SMTP)


def test_what_stays_within_its_range_and_changes_no_action_is_told_to_nobody() -> None:
    assert corrections(told(summary(10, 20)), summary(40, 20), reason=REASON) == ()
    assert corrections(told(summary(10, 20)), replace(summary(10, 20), caveats=("New.",))) == ()


def test_a_correction_says_why_first_and_counts_what_is_no_news() -> None:
    said = corrections(told(summary(10, 20, 30)), summary(140, 25, 30), reason=REASON)
    assert said == (
        REASON,
        "Figure 0: 140 (between 0 and 100), not 10 (between 0 and 100).",
        "1 other number moved by less than the range that was told.",
    )


@pytest.mark.parametrize(
    "changed",
    [summary(10, rank=2), replace(summary(10), unusual=("Late.",)),
     replace(summary(10), headed="published despite a failed check")],
)  # fmt: skip
def test_another_action_or_something_unusual_is_always_told(changed: ReaderSummary) -> None:
    assert corrections(told(summary(10)), changed) == (STANDS,)
