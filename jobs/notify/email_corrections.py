"""What an email about a night corrects: news, and what is none.

A number that stays within the range that was told is no news: the range said that it may move so
far. Neither is a caveat. Who is to be acted on, and what is unusual of the night, always is.
"""

import re
from email.message import Message as Headers
from typing import Final

from jobs.contract.view_models import ReaderSummary, plural
from jobs.notify.message import ACTS_HEADER, acts_digest, figures_of, reported_figures

_NUMBER: Final = r"(-?[\d,]+(?:\.\d+)?)"
_TOLD: Final = re.compile(rf"{_NUMBER}(?: \(between {_NUMBER} and {_NUMBER}\))?")
STANDS: Final = "No number left the range that was told; lists or caveats changed."


def corrections(reported: Headers, summary: ReaderSummary, *, reason: str = "") -> tuple[str, ...]:
    """What an earlier email said, and what holds now; empty where nothing of it is news.

    Args:
        reported: the headers of the earlier message about the night.
        summary: what would be told now.
        reason: why the night was published again, in a sentence; stands first.
    """
    told, now = reported_figures(reported), figures_of(summary)
    changed = [label for label, text in now.items() if told.get(label) != text]
    news = [label for label in changed if is_news(told.get(label, ""), now[label])]
    lines = [f"{label}: {now[label]}, not {told.get(label, 'not told')}." for label in news]
    acts = str(reported[ACTS_HEADER] or "").strip() != acts_digest(summary)
    if not lines and not acts:
        return ()
    small = len(changed) - len(news)
    if lines and small:
        lines.append(
            f"{plural(small, 'other number', 'other numbers')} moved by less than the range that "
            "was told."
        )
    return (*filter(None, [reason]), *(lines or [STANDS]))


def is_news(told: str, now: str) -> bool:
    """Whether a number is beyond the range that was told of it; any change is without a range."""
    before, after = _TOLD.fullmatch(told), _TOLD.fullmatch(now)
    if before is None or after is None or before[2] is None:
        return told != now
    low, value, high = (float(text.replace(",", "")) for text in (before[2], after[1], before[3]))
    return not low <= value <= high
