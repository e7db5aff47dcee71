"""A question to a person on Airflow's page: to whom it goes, and that an answer has its reason."""

from datetime import UTC, datetime
from typing import Any

from airflow.providers.standard.operators.hitl import HITLOperator
from airflow.sdk import Param
from airflow.sdk.bases.notifier import BaseNotifier

from dags.alerts import told
from jobs.runtime.files import keep_private

keep_private()

WHY = {
    "why": Param(
        None,
        type=["null", "string"],
        title="Why",
        description="Your reason, as it will be kept beside your name; needed for a change.",
    )
}


class TellWanted(BaseNotifier):
    """Leads those who decide to the question, by email."""

    def __init__(self, *, is_again: bool = False) -> None:
        super().__init__()
        self.is_again = is_again

    @told
    def notify(self, context: Any) -> None:
        """Tell each of them; what the mail server does not take waits with the alerts."""
        from jobs.operate.approvals.asking import Question, alert_wanted
        from jobs.runtime.settings import load_settings

        task, instance = context["task"], context["ti"]
        found = instance.xcom_pull(task_ids=task.evidence_from)
        # A task that is tried again asks the same; an answer without a reason is a new question.
        asked = f"again at {datetime.now(UTC)}" if self.is_again else "first"
        question = Question(
            key=f"{instance.dag_id} {context['run_id']} {instance.try_number} {asked}",
            decides=task.decides,
            subject=task.subject,
            evidence=tuple(found["evidence"]),
            standing=found["standing"],
            url=HITLOperator.generate_link_to_ui_from_context(context=context),
            at=datetime.now(UTC),
        )
        alert_wanted(question, is_again=self.is_again, settings=load_settings())


class Decision(HITLOperator):
    """Asks those whom the recipients file names, and asks again where a change has no reason.

    Args:
        decides: what is decided, as the recipients file says it.
        evidence_from: the task that gives ``subject``, ``evidence`` (blocks of Markdown) and
            ``standing``, what holds meanwhile.
        change: the option that changes something and so needs a reason.
        keep: the option that leaves all as it is, also taken without an answer.
    """

    def __init__(
        self, *, decides: str, evidence_from: str, change: str, keep: str, **kwargs: Any
    ) -> None:
        found = f"ti.xcom_pull(task_ids='{evidence_from}')"
        super().__init__(
            subject=f"{{{{ {found}['subject'] }}}}",
            body=f"{{{{ ({found}['evidence'] + [{found}['standing']]) | join('\n\n') }}}}",
            options=[change, keep],
            defaults=keep,
            **(kwargs | {"params": WHY, "execution_timeout": None}),
        )
        self.decides, self.evidence_from, self.change = decides, evidence_from, change

    @told
    def execute(self, context: Any) -> None:
        """Ask, and tell those who decide."""
        self._ask(context, TellWanted())

    @told
    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Give the answer: who chose what, and why."""
        answer = super().execute_complete(context, event)
        is_change = answer["chosen_options"] == [self.change]
        if is_change and not (answer["params_input"].get("why") or "").strip():
            self.log.warning("an answer without a reason is no answer: asked again")
            self._ask(context, TellWanted(is_again=True))
        return answer

    def _ask(self, context: Any, notifier: TellWanted) -> None:
        from jobs.operate.approvals.asking import asked_people, refuse_nobody
        from jobs.runtime.settings import load_settings

        asked = asked_people(self.decides, settings=load_settings())
        refuse_nobody(asked, self.decides)
        self.assigned_users = [{"id": person.user, "name": person.role} for person in asked]
        self.notifiers = [notifier]
        super().execute(context)
