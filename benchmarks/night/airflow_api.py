"""Airflow that runs on this machine, as its API answers: for the tests and for what is measured."""

import json
import socket
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PASSWORDS: Final = Path("airflow", "simple_auth_manager_passwords.json.generated")
"""Under a data folder: the passwords that Airflow made up for its users."""


def until(true: Callable[[], object], what: str, *, seconds: float) -> None:
    """Wait until something is true; the API may be away for a moment meanwhile."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def asked(url: str, body: object = None, method: str = "GET", *, token: str = "") -> Any:
    """What Airflow answers to a request."""
    request = urllib.request.Request(  # noqa: S310 - this machine's own Airflow
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - likewise
        return json.load(answer)


def token_of(url: str, data_dir: Path, *, user: str = "admin") -> str:
    """A token for a user of the installation that keeps its data in ``data_dir``."""
    password = json.loads((data_dir / PASSWORDS).read_text())[user]
    login = {"username": user, "password": password}
    return str(asked(f"{url}/auth/token", login, "POST")["access_token"])


def is_healthy(url: str) -> bool:
    """Whether every part of Airflow says that it is well."""
    parts = asked(f"{url}/api/v2/monitor/health")
    return all(part["status"] == "healthy" for part in parts.values())


def free_port() -> int:
    """A port of this machine on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
