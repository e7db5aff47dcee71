"""What each task reads and writes, for Airflow's OpenLineage provider; off by default.

On with ``[openlineage] transport``. Names only: of registers, of the parts of a run's folder and of
tables of the warehouse.
"""

from collections.abc import Callable
from typing import Any, Final

from airflow.providers.common.compat.lineage.entities import Table
from airflow.sdk import task

from dags.alerts import told
from dags.common import PUBLICATION


def _part(place: str, *names: str) -> list[Any]:
    """Parts of one place, as lineage names them: ``reconciliation/register.prison``."""
    return [Table(cluster="reconciliation", database=place, name=name) for name in names]


REGISTERS: Final = ("prison", "immigration")
FLOW: Final[dict[str, dict[str, list[Any]]]] = {
    **{
        f"extract_{name}": {
            "inlets": _part("register", name),
            "outlets": _part("landing", name),
        }
        for name in REGISTERS
    },
    "check": {"inlets": _part("landing", *REGISTERS), "outlets": _part("run", "check")},
    "link": {"inlets": _part("run", "check"), "outlets": _part("run", "link")},
    "assess": {"inlets": _part("run", "check", "link"), "outlets": _part("run", "assess")},
    "report": {
        "inlets": _part("run", "check", "link", "assess"),
        "outlets": _part("run", "report"),
    },
    "audit_and_publish": {
        "inlets": _part("run", "check", "link", "assess", "report"),
        "outlets": [PUBLICATION, *_part("warehouse", "publications")],
    },
    "place": {"inlets": _part("run", "report"), "outlets": _part("pages", "site")},
    "prepare": {
        "inlets": _part("warehouse", "publications"),
        "outlets": _part("warehouse", "outbox"),
    },
    "deliver": {"inlets": _part("warehouse", "outbox"), "outlets": _part("mail", "messages")},
}
"""What a task reads and writes, by task."""


def step(name: str) -> Callable[[Callable[..., Any]], Any]:
    """A task that does a step of the night: with what it reads and writes, and `told` of faults."""
    return lambda do: task(**FLOW[name])(told(do))
