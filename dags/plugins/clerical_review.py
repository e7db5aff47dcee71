"""Clerical review inside Airflow's page: who is logged in, whether he may, where the page hangs.

Routes of a plugin are open to everybody unless they ask for Airflow's login themselves. Every route
of this page depends on `reviewer`, which asks Airflow who it is and whether this person has the
permission *Clerical Review*. An authorisation manager that knows no permissions by name, such as
Airflow's simple one, says yes to every viewer; there the person must be an administrator or be
named in the setting `reviewers`.
"""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI

    from jobs.review.desk import Desk

PERMISSION = "Clerical Review"
PREFIX = "/clerical-review"
FAB = "airflow.providers.fab."


class OneDesk:
    """The desk of this process, opened by the first request and kept."""

    def __init__(self) -> None:
        from contextlib import ExitStack
        from threading import Lock

        self._lock, self._stack = Lock(), ExitStack()
        self._desk: Desk | None = None

    def __call__(self) -> "Desk":
        """Give the desk."""
        from jobs.review.opening import open_desk
        from jobs.runtime.files import keep_private
        from jobs.runtime.settings import load_settings

        with self._lock:
            if self._desk is None:
                keep_private()
                self._desk = self._stack.enter_context(open_desk(load_settings()))
            return self._desk


def may_review(user: Any, method: str) -> bool:
    """Whether Airflow lets a user review; nobody who is not somebody may."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager
    from airflow.configuration import conf

    from jobs.runtime.settings import load_settings

    manager = get_auth_manager()
    if getattr(user, "is_anonymous", False) or not user.get_name():
        return False
    if not manager.is_authorized_custom_view(method=method, resource_name=PERMISSION, user=user):
        return False
    asks = type(manager).is_authorized_custom_view
    if asks is not SimpleAuthManager.is_authorized_custom_view:
        return True
    if conf.getboolean("core", "simple_auth_manager_all_admins"):
        return False
    return user.role.upper() == "ADMIN" or user.get_name() in load_settings().reviewers


def make_permission() -> None:
    """Make the permission where it is kept by name, so that a role can be given it.

    The FAB manager gives roles what it has heard of only, and its administrators all of that when a
    server starts.
    """
    from airflow.api_fastapi.app import get_auth_manager_cls
    from airflow.utils.session import create_session

    if get_auth_manager_cls().__module__.startswith(FAB):
        from airflow.providers.fab.www.security_appless import ApplessAirflowSecurityManager

        with create_session() as session:
            kept = ApplessAirflowSecurityManager(session=session)
            for action in ("can_read", "can_create"):
                kept.create_permission(action, PERMISSION)


def build_app() -> "FastAPI":
    """The page, behind Airflow's login."""
    from airflow.api_fastapi.auth.tokens import get_signing_key
    from airflow.api_fastapi.core_api.security import GetUserDep
    from airflow.configuration import conf
    from fastapi import HTTPException, Request

    from jobs.review.page.application import build_page
    from jobs.review.page.guard import Guard
    from jobs.warehouse import Reviewer

    def reviewer(request: Request, user: GetUserDep) -> Reviewer:
        if not may_review(user, "GET" if request.method in {"GET", "HEAD"} else "POST"):
            raise HTTPException(403, f"you lack the permission [{PERMISSION}]")
        return Reviewer(name=user.get_name(), channel="page")

    make_permission()
    guard = Guard(
        secret=lambda: get_signing_key("api", "secret_key"),
        base_url=conf.get("api", "base_url", fallback=""),
    )
    return build_page(desk=OneDesk(), reviewer=reviewer, guard=guard)


class ClericalReview(AirflowPlugin):  # type: ignore[misc]
    """The page and its place in the navigation."""

    name = "clerical_review"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:
        """The page; built only where it is served, not by schedulers and tasks."""
        return [{"name": "Clerical review", "app": build_app(), "url_prefix": PREFIX}]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:
        """Its entry in the navigation."""
        from urllib.parse import urlsplit

        from airflow.configuration import conf

        root = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
        return [
            {
                "name": "Review",
                "href": f"{root}{PREFIX}/",
                "destination": "nav",
                "url_route": "clerical-review",
                "nav_top_level": True,
            }
        ]
