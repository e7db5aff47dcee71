"""Chromium for the tests that look at what people see; skipped where no Chromium is installed."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
EVERY_RULE = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""Tags of axe: the rules of WCAG 2.2 at level AA, and those that are good practice besides."""
RULES_OF_LOOKS = ("color-contrast", "target-size", "scrollable-region-focusable")
"""What another theme or width can change."""


def installed() -> str:
    """The browser's path; the test is skipped if there is none."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: apt install chromium")
    return path


@contextmanager
def browser() -> Iterator[Browser]:
    """A running Chromium."""
    path = installed()
    with sync_playwright() as driver:
        opened = driver.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield opened
        opened.close()


@contextmanager
def quiet_page(
    opened: Browser,
    *,
    width: int = 1280,
    scheme: Literal["light", "dark"] = "light",
    **options: Any,
) -> Iterator[Page]:
    """A page that fails the test at its end if it logged an error or asked the network."""
    context = opened.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, **options
    )
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        faults.append(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "about:")):
            faults.append(f"network: {request.url}")

    page = context.new_page()
    page.on("console", heard)
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("request", asked)
    yield page
    context.close()
    assert faults == []


def violations(page: Page, rules: Sequence[str] = EVERY_RULE) -> list[str]:
    """What axe finds wrong with a page, a line for each rule."""
    options = {
        "runOnly": list(rules),
        "resultTypes": ["violations"],
        # Style sheets of local files cannot be loaded a second time by a script.
        "preload": False,
    }
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {rule['help']}: {rule['nodes'][0]['html'][:160]}" for rule in found]
