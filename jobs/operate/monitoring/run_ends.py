"""How Airflow says that a run ended, and the words of its alert that need nobody to be asked."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from jobs.contract.view_models import day_text
from jobs.notify import AlertKind
from jobs.operate.monitoring.failure_notes import FailureNote

NIGHTLY: Final = "nightly_reconciliation"
EMAILS: Final = "email_reports"
_REASONS: Final = {
    "timed_out": "the run took longer than it may",
    "all_tasks_deadlocked": "no task of the run can start",
}


@dataclass(frozen=True, kw_only=True)
class RunEnd:
    """How Airflow says that a run ended.

    Args:
        dag: the DAG.
        run: the run's id.
        attempt: distinguishes one ending of a run from another, after it was cleared.
        as_of: the night, for the DAG that runs nights.
        task: the task that ended it, as far as Airflow knows.
        reason: Airflow's own word for it.
        url: the run on Airflow's page.
        at: when it ended.
    """

    dag: str
    run: str
    attempt: str
    as_of: date | None
    task: str
    reason: str
    url: str
    at: datetime

    @property
    def about(self) -> str:
        """What later alerts of the same thing have in common: the night, or the run itself."""
        return f"{self.dag} {self.as_of or self.run}"

    @property
    def subject(self) -> str:
        """What it is about, in words."""
        return f"the night of {day_text(self.as_of)}" if self.as_of else self.dag

    @property
    def key(self) -> str:
        """What the alert of this ending is known by: there is one, whatever it says."""
        return f"{self.dag} {self.run} {self.attempt}"

    @property
    def clear(self) -> str:
        """The command that runs again what failed, as *Clear* on the run's page does."""
        failed = f"--run-id '{self.run}' --only-failed --yes"
        return f"python -m jobs airflow dags clear {self.dag} {failed}"


def where_it_ended(end: RunEnd, notes: tuple[FailureNote, ...]) -> str:
    """The tasks that failed; else the one that Airflow names."""
    return ", ".join(dict.fromkeys(note.task.partition("[")[0] for note in notes)) or (
        end.task or "no task"
    )


def causes_of(end: RunEnd, notes: tuple[FailureNote, ...]) -> tuple[str, ...]:
    """Why it failed, a line each: what its tasks wrote down, else what their silence means."""
    if notes:
        return tuple(f"task {note.task}: {note.line}" for note in notes)
    if end.reason in _REASONS:
        return (f"{_REASONS[end.reason]}; it was at the task {end.task or '(none)'}",)
    return (
        (
            f"task {end.task or '(none)'}: it was killed, by the system for want of memory or by "
            "somebody, or its machine went away; it left no word"
        ),
    )


def to_look(end: RunEnd) -> tuple[str, ...]:
    """Commands that show more."""
    look = [f"python -m jobs airflow tasks states-for-dag-run {end.dag} '{end.run}'"]
    if end.as_of:
        look.append(f"python -m jobs publications list --as-of {end.as_of}")
    elif end.dag == EMAILS:
        look.append("python -m jobs outbox list")
    return tuple(look)


def to_mend(end: RunEnd, kind: AlertKind) -> tuple[str, ...]:
    """What to do, each with its command; the causes say what is wrong, this how the run goes on."""
    if end.dag == EMAILS:
        return (
            "for each message: python -m jobs outbox resend NUMBER --by NAME --why REASON",
            f"then: {end.clear}",
        )
    if end.as_of is None:
        return (f"when it is mended: {end.clear}",)
    night = f"python -m jobs night --as-of {end.as_of}"
    if kind is AlertKind.LATE:
        return (f"when the register has delivered: {end.clear}", f"or without Airflow: {night}")
    if kind is AlertKind.GATE:
        return (
            f"have the feed mended, then run the night with fetch_again, or: {night} --fetch-again",
            (
                "or, by a named person: an answer on Airflow's page to publish_despite, which asks "
                f"where one may; or: {night} --publish-despite CHECK --by NAME --why REASON"
            ),
        )
    return (
        f'see "When a night fails" in docs/operating.md; when it is mended: {end.clear}',
        f"or without Airflow: {night}",
    )


def to_mend_waiting(end: RunEnd, *, until: time) -> tuple[str, ...]:
    """What to do about a run that waits and then stops for want of a register."""
    waits = f"registers are waited for until {until:%H:%M}"
    stops = f"{waits}; then the run stops, and no other alert is sent"
    return (stops, *to_mend(end, AlertKind.LATE))


def to_mend_caveats(end: RunEnd) -> tuple[str, ...]:
    """What to do about a night that is published with caveats."""
    return (
        "see the page of data quality (quality.html), and have the feed mended",
        f"then: python -m jobs night --as-of {end.as_of} --fetch-again",
    )


def good_news(end: RunEnd, *, caveats: bool) -> str:
    """The subject of a recovery."""
    if end.as_of is None:
        return f"{end.subject} ended well"
    return f"{end.subject} is published{', with caveats' if caveats else ''}"
