"""Airflow reads its home when it is first imported: give it one of its own before that."""

import atexit
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest

from jobs.runtime.settings import ROOT

HOME = tempfile.mkdtemp(prefix="airflow-home-")
os.environ["AIRFLOW_HOME"] = HOME
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "False"
os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "WARNING"
os.environ["AIRFLOW__CORE__PLUGINS_FOLDER"] = str(ROOT / "dags" / "plugins")
os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] = (
    "ada:admin,rita:viewer,rob:user,vera:viewer,olga:op"
)

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag


@pytest.fixture(scope="session")
def bag() -> "DagBag":
    """Every DAG, as Airflow reads the files."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(ROOT / "dags"))
