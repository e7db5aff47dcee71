"""The picture of the review page in ``docs/pictures``, taken with Chromium where Airflow runs.

Of invented people, so of a warehouse that holds nobody else::

    make standalone        # in another terminal, after a night with `make run`
    python -m benchmarks.review_picture --user admin --password ...
"""

import argparse
import io
import json
import urllib.request
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import expect

from benchmarks.samples.browser import browser
from jobs.runtime.settings import ROOT

WIDTH: Final = 1400
HEIGHT: Final = 1000
COLOURS: Final = 96
TARGET: Final = ROOT / "docs" / "pictures" / "clerical-review.png"
QUEUE: Final = ROOT / "docs" / "pictures" / "review-queue.png"
PATIENCE_MILLISECONDS: Final = 120_000


def main() -> None:
    """Take the picture of a pair, and of the queue, within Airflow's own page."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--url", default="http://localhost:8080")
    given.add_argument("--user", default="admin")
    given.add_argument("--password", required=True)
    asked = given.parse_args()
    token = _token(asked.url, asked.user, asked.password)
    with browser() as opened:
        context = opened.new_context(viewport={"width": WIDTH, "height": HEIGHT})
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        expect.set_options(timeout=PATIENCE_MILLISECONDS)
        context.add_cookies([{"name": "_token", "value": token, "url": asked.url}])
        page = context.new_page()
        page.goto(asked.url)
        page.get_by_role("link", name="Review", exact=True).click()
        frame = page.frame_locator("iframe")
        expect(frame.locator("#pair-title")).to_contain_text("Pair")
        _save(page.screenshot(), TARGET)
        frame.locator("#list-button").click()
        expect(frame.locator("#rows tr").first).to_be_visible()
        _save(page.screenshot(), QUEUE)
        frame.locator("#put-back").click()
        expect(frame.locator("#told")).to_contain_text("back in the queue")
        context.close()


def _token(url: str, user: str, password: str) -> str:
    request = urllib.request.Request(  # noqa: S310 - the caller's own Airflow
        f"{url}/auth/token",
        data=json.dumps({"username": user, "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - an address of this machine
        return str(json.load(answer)["access_token"])


def _save(taken: bytes, target: Path) -> None:
    picture = Image.open(io.BytesIO(taken))
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


if __name__ == "__main__":
    main()
