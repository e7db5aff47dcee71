"""# Linkage model

Once a month: learns a linkage model from the last published night, measures it on invented worlds
beside the model in use, and waits for a person to decide. Nothing changes before somebody does.

1. `retrain` stores the candidate with its quality report under the data folder's
   `models/VERSION/quality.html`.
2. `decide` shows the figures of both models under *Required actions* to those who decide on models
   (`decides` in the recipients file), leads them there by email, and waits. *Use the new model*
   needs a reason. Without an answer within 27 days the model in use is kept.
3. `record` writes an approval into the warehouse's ledger with the name of the user who answered.
   Nights link with the new model from the next run on, and their movement names the change.

The same on the command line: `python -m jobs train --as-of DATE`, then `train approve`.

**As-of date**: the last published night, or the parameter `as_of`.

**Owner**: data team. Only versions and measures travel between tasks.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import CronTriggerTimetable, dag, get_current_context, task

from dags.alerts import told
from dags.common import EVERY_DAG, LONDON
from dags.decisions import Decision
from dags.forms import as_of_param

USE, KEEP = "Use the new model", "Keep the model in use"


@dag(
    dag_id="linkage_model",
    schedule=CronTriggerTimetable("0 6 1 * *", timezone=LONDON),
    doc_md=__doc__,
    tags=["reconciliation", "tier 3"],
    params={"as_of": as_of_param("The published night to learn from; empty: the last one.")},
    **EVERY_DAG,
)
def linkage_model() -> None:
    """Wire one month: retrain, wait, record."""

    @task
    @told
    def retrain() -> dict[str, Any]:
        from datetime import date

        from jobs.commands.model.trainer import last_night, train_candidate
        from jobs.runtime.settings import load_settings

        settings = load_settings()
        chosen = get_current_context()["params"].get("as_of")
        night = date.fromisoformat(chosen) if chosen else last_night(settings)
        trained = train_candidate(settings, as_of=night)
        return {
            "version": trained.version,
            "subject": f"Use the linkage model {trained.version}?",
            "evidence": list(trained.evidence),
            "standing": f"Nights link with the model {trained.in_use}, and go on to do so without "
            "an answer.",
        }

    trained = retrain()
    decide = Decision(
        task_id="decide",
        decides="models",
        evidence_from="retrain",
        change=USE,
        keep=KEEP,
        response_timeout=timedelta(days=27),
    )

    @task
    @told
    def record(candidate: dict[str, Any], answer: dict[str, Any]) -> str:
        from jobs.commands.model.trainer import approve
        from jobs.runtime.settings import load_settings

        if answer["chosen_options"] != [USE]:
            return "the model in use is kept"
        by = (answer["responded_by_user"] or {}).get("name", "")
        why = answer["params_input"].get("why") or ""
        return approve(load_settings(), candidate["version"], by, why, actor=by)

    trained >> decide
    record(trained, decide.output)


linkage_model()
