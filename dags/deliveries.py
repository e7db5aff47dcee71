"""Waiting, without a worker's slot: for the night before, and for registers that are late."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Any

from airflow.sdk import BaseOperator, PokeReturnValue
from airflow.triggers.base import BaseTrigger, TriggerEvent

from dags.alerts import told
from dags.forms import night_of

ASK_SECONDS = 60.0
"""How often a register is asked whether it has delivered."""


class DeliveryTrigger(BaseTrigger):
    """Asks the registers in the triggerer until both have delivered, or the time is up."""

    def __init__(self, as_of: str, until: str, fetch_again: bool, ask_seconds: float) -> None:
        super().__init__()
        self.as_of, self.until = as_of, until
        self.fetch_again, self.ask_seconds = fetch_again, ask_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """How another triggerer takes over."""
        return (
            "dags.deliveries.DeliveryTrigger",
            {
                "as_of": self.as_of,
                "until": self.until,
                "fetch_again": self.fetch_again,
                "ask_seconds": self.ask_seconds,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Give what is still undelivered: nothing, or what was missing when the time was up."""
        until = datetime.fromisoformat(self.until)
        while True:
            try:
                late = await asyncio.to_thread(_undelivered, self.as_of, self.fetch_again)
            except Exception as error:  # noqa: BLE001 - the task raises it again, from the start
                yield TriggerEvent({"late": [], "error": type(error).__name__})
                return
            left = (until - datetime.now(UTC)).total_seconds()
            if not late or left <= 0:
                yield TriggerEvent({"late": list(late)})
                return
            await asyncio.sleep(min(self.ask_seconds, left))


class AwaitRegisters(BaseOperator):
    """Waits until both registers have delivered, at most until the setting ``wait_until``.

    Nights of the past are not waited for: their time was up long ago.
    """

    def __init__(self, *, ask_seconds: float = ASK_SECONDS, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ask_seconds = ask_seconds

    @told
    def execute(self, context: Any) -> None:
        """Ask once here, where a fault shows in the log, and wait in the triggerer."""
        from jobs.operate.deliveries import refuse_undelivered
        from jobs.operate.monitoring.timetable import waits_until
        from jobs.runtime.settings import load_settings

        night, again = night_of(context), bool(context["params"].get("fetch_again"))
        until = waits_until(night, settings=load_settings())
        late = _undelivered(night.isoformat(), again)
        if not late:
            return
        if until <= datetime.now(UTC):
            refuse_undelivered(late, as_of=night)
        self.log.warning("%s; waited for until %s", "; ".join(late), until.isoformat())
        self.defer(
            trigger=DeliveryTrigger(night.isoformat(), until.isoformat(), again, self.ask_seconds),
            method_name="resume",
        )

    @told
    def resume(self, context: Any, event: dict[str, Any]) -> None:
        """Go on, or stop the night; a register that cannot be read is asked once more, here."""
        from jobs.operate.deliveries import refuse_undelivered

        night = night_of(context)
        if event.get("error"):
            self.execute(context)
            return
        refuse_undelivered(tuple(event["late"]), as_of=night)


def is_ones_turn(context: Any) -> PokeReturnValue:
    """Whether the run of the night before has ended: nights run in order, whoever started them.

    A night is linked and compared with the one before it, so a range that runs side by side would
    give nights without a predecessor.

    Raises:
        BadInput: the range was started backwards; each night would wait for one that waits for it.
    """
    from jobs.runtime.errors import BadInput

    run, before = context["dag_run"], context["ti"].get_previous_dagrun()
    if before is None or before.state in {"success", "failed"}:
        return PokeReturnValue(is_done=True)
    if {run.run_type, before.run_type} == {"backfill"} and before.state == "queued":
        raise BadInput(
            f"night [{night_of(context)}]",
            "the range runs backwards, and a night needs the one before it",
            "start the backfill without --run-backwards",
        )
    return PokeReturnValue(is_done=False)


def _undelivered(as_of: str, fetch_again: bool) -> tuple[str, ...]:
    from jobs.operate.deliveries import undelivered
    from jobs.runtime.settings import load_settings

    return undelivered(
        as_of=date.fromisoformat(as_of), fetch_again=fetch_again, settings=load_settings()
    )
