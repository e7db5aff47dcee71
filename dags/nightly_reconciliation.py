"""# Nightly reconciliation

Reads the prison and immigration registers as they stood on one day, checks them, links the people
of both, assesses who must be considered for deportation and was not, and publishes the result.

1. `await_turn`: waits while the night before still runs, so that nights run in order, those of a
   backfill too.
2. `await_registers`: waits for a register that is late, without a worker's slot, until the setting
   `wait_until`; then the night stops, with one alert.
3. `extract_prison`, `extract_immigration`: copy each register to the landing, once for each date.
   A connection that fails is retried; anything else says which table and column.
4. `check`: contract, row rules (bad rows go to quarantine), quality gate. A critical failure stops
   the night: have the feed mended, then clear this task.
5. `link`: gives each person of both registers an identity, with a probability on every link.
6. `assess`: the status of every custody episode, with its reasons.
7. `report`: figures, lists and pages, all rendered before anything is published.
8. `audit_and_publish`: audits the results and makes them current in one transaction. If it fails,
   the last publication stays current. Then planted cases are looked for in a copy that nothing is
   published from; one that is not found is an alert.
9. `place`: puts pages and corrections in place; if it fails, the night is published all the same.

10. `ask_somebody`: only where checks stopped the night that a person may let pass: starts
   `publish_despite`, which asks those who decide.

**As-of date**: the London date of the run's logical date and the setting `as_of_offset`, or the
parameter `as_of`. Start time, waiting and deadline are settings too.

**Past dates**: *Run Backfill* here, or `python -m jobs backfill --from ... --to ...`, which says
with `--dry-run` which figures would change. A night of the past is not mailed unless *mail* is set.

**Re-running** a date uses its landing, gives the same publication and changes nothing. To read the
registers again, set the parameter `fetch_again`.

**Alerts**: one for each run that failed, was stopped by a check, is late, has new caveats, or
recovered; by email to the readers with `alerts = true`, and on the setting's `alert_channels`.

**Publishing in spite of a failed check**: a named person can, with a reason. Who decides is asked
by `publish_despite`; or set the parameters `publish_despite` (the ids of the checks),
`publish_despite_by` and `publish_despite_why`. Name and reason stand in the manifest and on every
page. What breaks the contract cannot be let pass.

**Owner**: data team. Only run labels, counts and digests travel between tasks; data stays in the
run's folder. A part of it that was changed since its step left it is refused: clear that step.

Each publication updates the asset `publication`, which starts `email_reports`.
"""

from datetime import UTC, datetime
from typing import Any

from airflow.sdk import (
    AsyncCallback,
    CronTriggerTimetable,
    DeadlineAlert,
    DeadlineReference,
    Metadata,
    PokeReturnValue,
    dag,
    get_current_context,
    task,
)

from dags.alerts import alert_late, told
from dags.common import LONDON, PUBLICATION, hand_on, handed_on
from dags.deliveries import AwaitRegisters, is_ones_turn
from dags.forms import NIGHT, night_of, starter_of
from dags.lineage import step
from dags.measures import MEASURED_DAG
from dags.stopped_nights import AskSomebody
from jobs.operate.monitoring.timetable import time_allowed
from jobs.runtime.settings import load_settings

SETTINGS = load_settings()


def _deadline() -> DeadlineAlert | None:
    """An alert when tonight's publication is not there in time; none without the setting."""
    allowed = time_allowed(datetime.now(UTC), settings=SETTINGS)
    if allowed is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=allowed,
        callback=AsyncCallback(alert_late),
        name="published in time",
    )


def _night() -> Any:
    from jobs.night import Night
    from jobs.warehouse import override_of

    context = get_current_context()
    params = context["params"]
    return Night(
        as_of=night_of(context),
        label=f"airflow {context['run_id']}",
        settings=load_settings(),
        despite=override_of(
            rules=params["publish_despite"] or (),
            by=params["publish_despite_by"] or "",
            reason=params["publish_despite_why"] or "",
        ),
        actor=starter_of(context),
        seals=handed_on(context),
    )


def _do(step: str, **more: Any) -> dict[str, int]:
    """Do a step of the night, given ``more``, and hand on the digests of what it left."""
    night = _night()
    name, *register = step.split(" ")
    counts: dict[str, int] = getattr(night, name)(*register, **more)
    hand_on(get_current_context(), night.sealed_by(step))
    return counts


@dag(
    dag_id="nightly_reconciliation",
    schedule=CronTriggerTimetable(SETTINGS.schedule, timezone=LONDON),
    deadline=_deadline(),
    doc_md=__doc__,
    tags=["reconciliation", "tier 1"],
    params=NIGHT,
    **MEASURED_DAG,
)
def nightly_reconciliation() -> None:
    """Wire the steps of one night."""

    @task.sensor(mode="reschedule", poke_interval=15, timeout=7 * 24 * 3600)
    @told
    def await_turn() -> PokeReturnValue:
        return is_ones_turn(get_current_context())

    @step("extract_prison")
    def extract_prison(params: dict[str, Any] | None = None) -> dict[str, int]:
        return _do("extract prison", fetch_again=bool((params or {}).get("fetch_again")))

    @step("extract_immigration")
    def extract_immigration(params: dict[str, Any] | None = None) -> dict[str, int]:
        return _do("extract immigration", fetch_again=bool((params or {}).get("fetch_again")))

    @step("check")
    def check() -> dict[str, int]:
        return _do("check")

    @step("link")
    def link() -> dict[str, int]:
        return _do("link")

    @step("assess")
    def assess() -> dict[str, int]:
        return _do("assess")

    @step("report")
    def report() -> dict[str, int]:
        return _do("report")

    @step("audit_and_publish")
    def audit_and_publish() -> Any:
        from jobs.planted import try_on_night

        night = _night()
        publication_id = night.publish()
        try_on_night(night)
        asked = get_current_context()["params"]["mail"]
        yield Metadata(PUBLICATION, {"as_of": night.as_of.isoformat(), "asked": bool(asked)})
        return publication_id

    @step("place")
    def place() -> None:
        _night().place()

    checked, reported = check(), report()
    registers = AwaitRegisters(task_id="await_registers", execution_timeout=None)
    extracts = [extract_prison(), extract_immigration()]
    (
        await_turn()
        >> registers
        >> extracts
        >> checked
        >> link()
        >> assess()
        >> reported
        >> audit_and_publish()
        >> place()
    )
    [checked, reported] >> AskSomebody(task_id="ask_somebody", trigger_rule="one_failed")


nightly_reconciliation()
