"""Airflow's own application with the review page in it, and people who are signed in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.testclient import TestClient

from benchmarks.samples.review.waiting_pairs import review_night
from jobs.review.page.guard import TOKEN_HEADER
from jobs.warehouse import create_roles, embedded, open_warehouse, upgrade

SITE = "http://testserver"
PAGE = "/clerical-review"
OWN = {"Origin": SITE}


@dataclass
class Site:
    """Airflow's server with the plugin, and the warehouse behind it."""

    app: FastAPI
    engine: sa.Engine
    passwords: dict[str, str]

    def forget(self) -> None:
        """Withdraw every decision and assignment that a test has left."""
        with self.engine.begin() as connection:
            connection.execute(
                sa.text("UPDATE review.pairs SET assigned_to = NULL, assigned_until = NULL")
            )
            connection.execute(
                sa.text("UPDATE review.decisions SET deleted_at = now(), deleted_by = 'a test', "
                        "deletion_reason = 'afresh' WHERE deleted_at IS NULL")
            )  # fmt: skip

    def anonymous(self) -> TestClient:
        return TestClient(self.app, base_url=SITE)

    def token(self, name: str) -> str:
        body = {"username": name, "password": self.passwords[name]}
        answer = self.anonymous().post("/auth/token", json=body)
        return str(answer.json()["access_token"])

    def browser(self, name: str) -> "Browser":
        """Somebody who is signed in with a cookie, as a browser is."""
        client = self.anonymous()
        client.cookies.set("_token", self.token(name))
        return Browser(client)


@dataclass
class Browser:
    """The page as it is used in a browser."""

    client: TestClient
    token: str = ""

    def load(self) -> "Browser":
        text = self.client.get(f"{PAGE}/").text
        self.token = text.partition('name="review-token" content="')[2].partition('"')[0]
        assert self.token
        return self

    def post(self, path: str, body: object = None, **headers: str) -> Any:
        sent = {**OWN, TOKEN_HEADER: self.token, **headers}
        return self.client.post(
            f"{PAGE}{path}", json={} if body is None else body,
            headers={name: value for name, value in sent.items() if value},
        )  # fmt: skip


@contextmanager
def review_site(postgres: embedded.EmbeddedServer, folder: Path, *, pairs: int) -> Iterator[Site]:
    """A warehouse with pairs that wait, and Airflow's own application around the plugin."""
    from airflow import plugins_manager, settings
    from airflow.api_fastapi.app import create_app
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
    from airflow.models import import_all_models
    from airflow.models.base import Base

    url = postgres.create_database("review page")
    engine = open_warehouse(url)
    upgrade(engine)
    review_night(engine, data_dir=folder, pairs=pairs)
    changed = pytest.MonkeyPatch()
    for name in [n for n in os.environ if n.startswith("RECONCILIATION_")]:
        changed.delenv(name)
    changed.setenv("RECONCILIATION_WAREHOUSE", url)
    changed.setenv("RECONCILIATION_DATA_DIR", str(folder))
    changed.setenv("RECONCILIATION_REVIEWERS", '["rita", "rob"]')
    import_all_models()
    Base.metadata.create_all(settings.get_engine())
    create_roles(engine)
    # Airflow keeps a process's plugins, and ours its desk: that of the site before.
    plugins_manager._get_plugins.cache_clear()
    plugins_manager.get_fastapi_plugins.cache_clear()
    app = create_app(apps="core")
    yield Site(app, engine, SimpleAuthManager.get_passwords())
    changed.undo()
    engine.dispose()
    postgres.drop_database("review page")
