"""The review page behind Airflow's FAB manager, in a process of its own; prints what it answers.

Run as ``python -m tests.dags.plugins.fab_site USER ...`` in the environment that makes FAB the
manager: which one it is, Airflow reads when it is first imported. Each user's password is
``password-USER``.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa
from fastapi.testclient import TestClient

from benchmarks.samples.review.waiting_pairs import review_night
from jobs.review.page.guard import TOKEN_HEADER
from jobs.warehouse import create_roles, embedded, open_warehouse, upgrade
from tests.dags.plugins.review_site import PAGE, SITE


def answers(users: list[str]) -> dict[str, object]:
    """What each user is answered, and who is in the audit log in the end."""
    from airflow.api_fastapi.app import create_app

    with (
        tempfile.TemporaryDirectory(prefix="fab ") as folder,
        embedded.start(Path(folder) / "server") as server,
    ):
        url = server.create_database("warehouse")
        engine = open_warehouse(url)
        upgrade(engine)
        review_night(engine, data_dir=Path(folder) / "data", pairs=5)
        create_roles(engine)
        os.environ["RECONCILIATION_WAREHOUSE"] = url
        os.environ["RECONCILIATION_DATA_DIR"] = str(Path(folder) / "data")
        app = create_app(apps="core")
        found: dict[str, object] = {
            "": {"page": TestClient(app, base_url=SITE).get(f"{PAGE}/").status_code}
        }
        for user in users:
            found[user] = answers_to(TestClient(app, base_url=SITE), user)
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT DISTINCT made_by FROM review.audit"))
            found["audit"] = sorted(str(name) for (name,) in rows)
        engine.dispose()
        server.stop()
    return found


def answers_to(client: TestClient, user: str) -> dict[str, int]:
    """The status of each request of one who signed in with FAB's own login."""
    signed_in = client.post(
        "/auth/token", json={"username": user, "password": f"password-{user}"}
    ).json()
    bearer = {"Authorization": f"Bearer {signed_in['access_token']}"}
    by_program = client.post(f"{PAGE}/next", json={}, headers=bearer).status_code
    client.cookies.set("_token", signed_in["access_token"])
    page = client.get(f"{PAGE}/")
    token = page.text.partition('name="review-token" content="')[2].partition('"')[0]
    own = {"Origin": SITE, TOKEN_HEADER: token}
    return {
        "page": page.status_code,
        "next": client.post(f"{PAGE}/next", json={}, headers=own).status_code,
        "next from elsewhere": client.post(
            f"{PAGE}/next", json={}, headers={**own, "Origin": "http://elsewhere.invalid"}
        ).status_code,
        "next by a program": by_program,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(answers(sys.argv[1:])) + "\n")
