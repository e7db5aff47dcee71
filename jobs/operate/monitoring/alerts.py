"""Alerts about runs: what a run's end means for those who mend it and those who wait for it.

Airflow says that a run failed, succeeded or is late; this says what of it is worth an alert, and
sees that it is sent once: by email to the readers with ``alerts = true``, and on the channels of
the setting ``alert_channels``. An alert that a channel did not take waits in the ledger and goes
with the next run that ends, or the next ``jobs fresh``.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Final

import sqlalchemy as sa

from jobs.contract import results
from jobs.contract.view_models import day_text
from jobs.notify import (
    Alert,
    AlertKind,
    AlertLedger,
    AlertRecord,
    RefusedError,
    UnknownFateError,
    channel_name,
    load_recipients,
    render_alert,
    send_to_channel,
    transport_for,
)
from jobs.operate.databases import warehouse
from jobs.operate.deliveries import undelivered
from jobs.operate.monitoring.failed_runs import record_failed_run
from jobs.operate.monitoring.failure_notes import failure_notes, forget_notes
from jobs.operate.monitoring.run_ends import (
    NIGHTLY,
    RunEnd,
    causes_of,
    good_news,
    to_look,
    to_mend,
    to_mend_caveats,
    to_mend_waiting,
    where_it_ended,
)
from jobs.report import notices_by_change
from jobs.runtime.errors import BadInput, Unreachable
from jobs.runtime.files import text_digest
from jobs.runtime.settings import Settings
from jobs.warehouse import (
    Publication,
    current_publication,
    latest_before,
    planted_cases,
    read_table,
)

log = logging.getLogger(__name__)

__all__ = [
    "NIGHTLY",
    "RunEnd",
    "alert_failed",
    "alert_late",
    "alert_succeeded",
    "send_alert",
    "send_waiting",
]
UNENDED: Final = "the run has not ended: a step takes longer than it should, or waits"


def alert_failed(end: RunEnd, *, settings: Settings) -> bool:
    """Alert to a run that failed, once; give whether everybody has the alert now.

    A register that is late and a deadline that is missed are one lateness: the run that stops for a
    register of which the alert at the deadline told, with what to do, gives no second one.
    """
    notes = failure_notes(dag=end.dag, run=end.run, settings=settings)
    kind = AlertKind.GATE if any(note.is_gate for note in notes) else AlertKind.FAILED
    if any(note.is_late for note in notes):
        kind = AlertKind.LATE
    alert = Alert(
        key=end.key,
        kind=kind,
        subject=f"{end.subject} stopped at {where_it_ended(end, notes)}",
        causes=causes_of(end, notes),
        standing=_standing(end, settings),
        look=to_look(end),
        mend=to_mend(end, kind),
        run=f"{end.dag} {end.run}",
        url=end.url,
        at=end.at,
    )
    sent = send_alert(
        alert, about=end.about, settings=settings, unless=lambda before: _is_told(alert, before)
    )
    record_failed_run(
        dag=end.dag,
        label=f"airflow {end.run}",
        as_of=end.as_of,
        causes=alert.causes,
        notes=notes,
        settings=settings,
    )
    forget_notes(dag=end.dag, run=end.run, settings=settings)
    return sent


def alert_late(end: RunEnd, *, settings: Settings) -> bool:
    """Alert to a night not published by its deadline, unless it is or there was an alert."""
    if end.as_of is None:
        return True
    current = _published(end.as_of, settings)
    if current is not None and current.as_of == end.as_of:
        return True
    registers = _late_registers(end.as_of, settings)
    alert = Alert(
        key=_deadline_key(end.about),
        kind=AlertKind.LATE,
        subject=f"{end.subject} is not published at {settings.deadline:%H:%M}",
        causes=(*registers, UNENDED),
        standing=_standing(end, settings),
        look=to_look(end),
        mend=(
            "see on the run's page which task it is at; a run that ends well says so",
            *(to_mend_waiting(end, until=settings.wait_until) if registers else ()),
        ),
        run=f"{end.dag} {end.run}",
        url=end.url,
        at=end.at,
    )
    return send_alert(alert, about=end.about, settings=settings, unless=bool)


def _is_told(alert: Alert, before: Sequence[AlertRecord]) -> bool:
    """Whether the alert at the deadline, the last about this night, says how to mend this one."""
    return alert.kind is AlertKind.LATE and any(
        last.alert.key == _deadline_key(last.about) and set(alert.mend) <= set(last.alert.mend)
        for last in before[-1:]
    )


def _deadline_key(about: str) -> str:
    return f"{AlertKind.LATE.name} {about}"


def alert_succeeded(end: RunEnd, *, settings: Settings) -> bool:
    """Alert to what a run that ended well leaves to say: a recovery, caveats, or nothing.

    A night that ended well by somebody's word alone, and is not published, has failed.
    The caveats of a publication are sent once: those that the night before had not, and that it was
    published in spite of a failed check. What lasts stands on its page of data quality.
    """
    if _is_unpublished(end, settings):
        return _alert_empty(end, settings)
    forget_notes(dag=end.dag, run=end.run, settings=settings)
    ledger = _ledger(settings)
    wrong = ledger.unsettled(end.about)
    publication, caveats = _caveats(end, settings)
    if not wrong and not caveats:
        return send_waiting(settings=settings)
    kind = AlertKind.RECOVERED if wrong else AlertKind.CAVEATS
    key = end.key
    if not wrong and publication is not None:
        key = f"{kind.name} {publication.publication_id}"
    alert = Alert(
        key=key,
        kind=kind,
        subject=good_news(end, caveats=bool(caveats)) if wrong else end.subject,
        causes=(
            *(f"was told: {record.alert.title}" for record in wrong if not record.went_to_nobody),
            *caveats,
        ),
        standing=_standing(end, settings),
        look=((f"python -m jobs summary --as-of {end.as_of}",) if end.as_of else to_look(end)),
        mend=to_mend_caveats(end) if caveats else (),
        run=f"{end.dag} {end.run}",
        url=end.url,
        at=end.at,
    )
    sent = send_alert(alert, about=end.about, settings=settings)
    with ledger.open():
        for record in wrong:
            ledger.write(replace(record, settled=True))
    return sent


def _alert_empty(end: RunEnd, settings: Settings) -> bool:
    """Alert to a night that Airflow calls a success and that is not published."""
    alert = Alert(
        key=end.key,
        kind=AlertKind.FAILED,
        subject=f"{end.subject} ended as a success and is not published",
        causes=(
            "a task or the run was marked as a success by hand: what it was to do is not done",
        ),
        standing=_standing(end, settings),
        look=to_look(end),
        mend=(
            "on the run's page clear the task that was marked, with those after it",
            f"or without Airflow: python -m jobs night --as-of {end.as_of}",
        ),
        run=f"{end.dag} {end.run}",
        url=end.url,
        at=end.at,
    )
    return send_alert(alert, about=end.about, settings=settings)


def send_waiting(*, settings: Settings) -> bool:
    """Send the alerts that a channel did not take before; give whether none is left."""
    ledger = _ledger(settings)
    if not ledger.folder.exists():
        return True
    with ledger.open():
        outcomes = [_send(record, ledger, settings) for record in ledger.waiting()]
    return all(outcomes)


def send_alert(
    alert: Alert,
    *,
    about: str,
    settings: Settings,
    unless: Callable[[Sequence[AlertRecord]], bool] = lambda _: False,
) -> bool:
    """Write an alert down and send it, unless it was; send those that wait too.

    ``unless`` is asked of the unsettled alerts about the same thing while no other process writes
    one: if it holds, the alert is written down and not sent.
    """
    ledger = _ledger(settings)
    with ledger.open():
        if ledger.find(alert.key) is None:
            told = unless(ledger.unsettled(about))
            ledger.write(AlertRecord(alert=alert, about=about, is_sent=told))
    return send_waiting(settings=settings)


def _send(record: AlertRecord, ledger: AlertLedger, settings: Settings) -> bool:
    """Send an alert on the channels that do not have it; note each that took it."""
    everyone = True
    for name, send in _ways(record.alert, settings):
        if name in record.sent_to:
            continue
        try:
            send()
        except (RefusedError, UnknownFateError) as error:
            # Never sent twice: a refusal stays one, and an unknown fate may be an arrival.
            log.warning("an alert was not accepted by [%s]: %s", name, error)
        except BadInput as error:
            log.warning("an alert waits: %s", error)
            everyone = False
            continue
        record.sent_to.append(name)
        ledger.write(record)
    if everyone:
        record.is_sent = True
        ledger.write(record)
    return everyone


def _ways(alert: Alert, settings: Settings) -> Iterator[tuple[str, Callable[[], None]]]:
    """Every channel of an alert by a name without secrets; the mail server comes last.

    It may take half a minute over each answer, and Airflow gives a callback less than a minute.
    """
    for channel in () if alert.decides else settings.alert_channels:
        url = channel.get_secret_value()
        yield channel_name(url), partial(send_to_channel, url=url, alert=alert)
    try:
        transport = transport_for(settings)
        readers = [
            reader
            for reader in load_recipients(settings.recipients)
            if (alert.decides in reader.decides if alert.decides else reader.alerts)
        ]
    except BadInput as error:
        yield "email", partial(_raise, error)
        return
    for reader in readers:
        message = render_alert(recipient=reader, alert=alert, sender=settings.mail_from)
        yield (
            f"email {text_digest('recipient', reader.address)[:8]}",
            partial(transport.send, message=message.data, recipient=message.recipient),
        )


def _raise(error: BadInput) -> None:
    raise error


def _ledger(settings: Settings) -> AlertLedger:
    return AlertLedger(folder=settings.data_dir / "alerts")


def _standing(end: RunEnd, settings: Settings) -> str:
    """What readers see while a run is not what it should be."""
    if end.as_of is None:
        return "Publications are untouched; this run reads and tells, it does not publish."
    current = _published(end.as_of, settings)
    if current is None:
        return "No figures stand: nothing was published before, or the warehouse is away."
    if current.as_of == end.as_of:
        return (
            f"The night of {day_text(end.as_of)} is published, on "
            f"{current.published_at:%Y-%m-%d %H:%M %Z}, and that publication stands."
        )
    return (
        f"The figures on the pages and in the last email stand as of {day_text(current.as_of)}. "
        "They are untouched."
    )


def _published(as_of: date, settings: Settings) -> Publication | None:
    """The publication of a night, else the last before it; None where nobody can be asked."""
    try:
        with warehouse(settings) as engine:
            return current_publication(engine, as_of=as_of) or latest_before(engine, as_of=as_of)
    except BadInput as error:
        log.warning("the warehouse cannot say which figures stand: %s", error)
        return None


def _is_unpublished(end: RunEnd, settings: Settings) -> bool:
    """Whether a night has no publication; not so where nobody can be asked."""
    if end.as_of is None:
        return False
    try:
        with warehouse(settings) as engine:
            return current_publication(engine, as_of=end.as_of) is None
    except BadInput as error:
        log.warning("the warehouse cannot say whether the night is published: %s", error)
        return False


def _late_registers(as_of: date, settings: Settings) -> tuple[str, ...]:
    """The registers that have not delivered for a night, in words; why, where they cannot say."""
    try:
        return undelivered(as_of=as_of, fetch_again=False, settings=settings)
    except BadInput as error:
        return (str(error),)


def _caveats(end: RunEnd, settings: Settings) -> tuple[Publication | None, tuple[str, ...]]:
    """What weakens a night's publication that did not weaken the night before."""
    if end.as_of is None:
        return None, ()
    try:
        with warehouse(settings) as engine:
            publication = current_publication(engine, as_of=end.as_of)
            if publication is None:
                return None, ()
            before = latest_before(engine, as_of=end.as_of)
            known = frozenset() if before is None else _failed(engine, before).keys()
            failed = _failed(engine, publication)
            changes = _changes(engine, publication)
            told = frozenset() if before is None else _changes(engine, before).keys()
            cases = planted_cases(engine, publication_id=publication.publication_id)
    except Unreachable as error:
        log.warning("the warehouse cannot say what weakens the night: %s", error)
        return None, ()
    notice = (publication.override.notice,) if publication.override else ()
    new = [line for key, line in changes.items() if key not in told]
    new += cases.warnings if cases else ()
    new += [line for id_, line in failed.items() if id_ not in known]
    return publication, (*notice, *new)


def _changes(engine: sa.Engine, publication: Publication) -> dict[str, str]:
    """What the site changes of the rules, or wants to: a line for each, by change and state."""
    tables = (results.OVERRIDES, results.OVERRIDDEN)
    facts = {
        t.full_name: read_table(engine, publication.publication_id, t.full_name) for t in tables
    }
    return notices_by_change(facts)


def _failed(engine: sa.Engine, publication: Publication) -> dict[str, str]:
    """The checks that failed on a publication and that nobody excepted: a line for each."""
    checks = read_table(engine, publication.publication_id, results.CHECK_RESULTS.full_name)
    failed = checks[~checks["passed"].astype("bool") & checks["excused"].isna()]
    return {
        row["check_id"]: f"table [{row['table_name']}]: check [{row['check_id']}] failed: "
        f"{row['meaning']}"
        for row in failed.to_dict("records")
    }
