"""The review page as a reviewer works it: in a real browser, by keyboard, signed in to Airflow."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Browser, Page, expect

from benchmarks.samples.browser import EVERY_RULE, browser, violations
from jobs.warehouse import all_decisions, decisions, embedded
from jobs.warehouse.store.actors import acting_as
from tests.dags.plugins.review_site import PAGE, Site, review_site

pytestmark = [pytest.mark.slow, pytest.mark.airflow]
PAIRS = 12


@dataclass
class Served:
    """Airflow's application on a port of this machine, and a browser."""

    site: Site
    url: str
    browser: Browser

    @contextmanager
    def page(self, name: str) -> Iterator[Page]:
        """The page of somebody who is signed in; it may log no error and ask no other server."""
        context = self.browser.new_context(viewport={"width": 1280, "height": 1000})
        context.add_cookies([{"name": "_token", "value": self.site.token(name), "url": self.url}])
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: r.url.startswith(self.url) or faults.append(r.url))
        page.goto(f"{self.url}{PAGE}/")
        yield page
        context.close()
        assert faults == []


@pytest.fixture(scope="module")
def served(
    postgres: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with (
        browser() as opened,
        review_site(postgres, tmp_path_factory.mktemp("review"), pairs=PAIRS) as site,
    ):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        config = uvicorn.Config(site.app, host="127.0.0.1", port=port, log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Served(site, f"http://127.0.0.1:{port}", opened)
        server.should_exit = True
        thread.join()


@pytest.fixture(autouse=True)
def _afresh(served: Served) -> None:
    served.site.forget()


def title(page: Page) -> str:
    """What the page is about, once it is there."""
    heading = page.locator("#pair-title")
    expect(heading).to_have_text(re.compile(r"Pair \d+"))
    return str(heading.text_content())


def answer(page: Page, key: str, reason: str) -> None:
    """Answer as a hand on the keyboard does."""
    before = title(page)
    page.keyboard.press(key)
    page.keyboard.type(reason)
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_contain_text("recorded")
    expect(page.locator("#pair-title")).not_to_have_text(before)


def test_a_reviewer_works_by_keyboard_alone_and_undoes(served: Served) -> None:
    with served.page("rita") as page:
        first = title(page)
        assert "serious offender, to be released" in first
        answer(page, "1", "numbers agree")
        answer(page, "2", "two men")
        answer(page, "3", "too little is recorded")
        held = decisions(served.site.engine)
        assert held[["judgement", "reviewer", "reason"]].to_numpy().tolist() == [
            ["must_not_link", "rita", "two men"],
        ]  # fmt: skip
        assert len(all_decisions(served.site.engine, is_pending=True)) == 1
        expect(page.locator("#counts")).to_contain_text("2 of 12 pairs done, 2 of them by you")
        for left in (2, 1, 0):
            page.keyboard.press("u")
            expect(page.locator("#told")).to_have_text("Your last word is withdrawn.")
            expect(page.locator("#counts")).to_contain_text(f"{left} of 12 pairs done")
        assert title(page) == first
        page.keyboard.press("u")
        expect(page.locator("#told")).to_contain_text("decided nothing since the last night")


def test_both_records_stand_side_by_side_with_their_differences_marked(served: Served) -> None:
    with served.page("rita") as page:
        title(page)
        row = page.locator("#lines tr", has_text="last name")
        assert row.locator("mark").all_text_contents() == ["k", "x"]
        assert row.locator(".state").text_content() == "differs"
        given = page.locator("#lines tr", has_text="first name")
        assert given.locator("mark").count() == 0
        said = page.locator("#evidence tr").all_text_contents()
        assert any("76 times likelier if they are one person" in line for line in said)
        assert violations(page, EVERY_RULE) == []


def test_a_word_without_an_answer_or_a_reason_is_not_sent(served: Served) -> None:
    with served.page("rita") as page:
        title(page)
        page.locator("#reason").fill("because")
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_have_text("Choose an answer first: 1, 2 or 3.")
        page.locator("#reason").fill("   ")
        page.locator("[value=same]").check()
        page.locator("#word [type=submit]").click()
        expect(page.locator("#told")).to_have_text("Give a reason.")
    assert decisions(served.site.engine).empty


def test_two_reviewers_get_two_pairs_and_see_each_other_in_the_queue(served: Served) -> None:
    with served.page("rita") as hers, served.page("rob") as his:
        assert title(hers) != title(his)
        his.keyboard.press("q")
        rows = his.locator("#rows tr")
        expect(rows).to_have_count(PAIRS)
        assert "rita" in str(rows.nth(0).text_content())
        expect(rows.nth(0).get_by_role("button")).to_be_disabled()
        rows.nth(5).get_by_role("button").click()
        number = str(rows.nth(5).locator("th").text_content())
        expect(his.locator("#pair-title")).to_contain_text(f"Pair {number}:")
        assert violations(his, EVERY_RULE) == []


def test_who_lost_a_pair_is_told_and_gets_the_next_one(served: Served) -> None:
    with served.page("rita") as page:
        first = title(page)
        with served.site.engine.begin() as connection:
            acting_as(connection, "rob")
            connection.execute(
                sa.text("UPDATE review.pairs SET assigned_to = 'rob' WHERE assigned_to = 'rita'")
            )
        page.keyboard.press("1")
        page.keyboard.type("one man")
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_contain_text("by somebody else meanwhile")
        expect(page.locator("#told")).to_contain_text("Here is the next one.")
        assert title(page) != first
    assert decisions(served.site.engine).empty


def test_the_end_of_the_queue_is_told(served: Served) -> None:
    with served.page("rita") as page:
        for _ in range(PAIRS - 1):
            answer(page, "2", "two men")
        page.keyboard.press("3")
        page.keyboard.type("too little")
        page.keyboard.press("Enter")
        expect(page.locator("#nothing")).to_be_visible()
        expect(page.locator("#why")).to_contain_text("1 wait for somebody else")
        assert violations(page, EVERY_RULE) == []


def test_who_is_not_let_in_sees_no_pair(served: Served) -> None:
    context = served.browser.new_context()
    page = context.new_page()
    answered = page.goto(f"{served.url}{PAGE}/")
    assert answered is not None
    assert answered.status == 401
    context.close()


def test_a_second_person_sees_what_waits_and_confirms_it(served: Served) -> None:
    with served.page("rita") as hers:
        answer(hers, "1", "numbers agree")
        expect(hers.locator("#told")).to_contain_text("waits for a second person")
        expect(hers.locator("#awaited-count")).to_have_text("(0)")
    with served.page("rob") as his:
        expect(his.locator("#awaited-count")).to_have_text("(1)")
        his.locator("#awaited-button").click()
        his.locator("#awaited-rows button").click()
        expect(his.locator("#second-title")).to_contain_text("one person")
        expect(his.locator("#second-said")).to_contain_text("By rita")
        assert his.locator("#second-lines mark").all_text_contents()[:2] == ["k", "x"]
        expect(his.locator("#second-effect")).to_contain_text("linked with nobody")
        assert violations(his, EVERY_RULE) == []
        his.locator("#second-reason").fill("one file")
        his.locator("#second-word [value=confirm]").click()
        expect(his.locator("#told")).to_contain_text("confirmed: it holds from the next night on")
        expect(his.locator("#awaited-count")).to_have_text("(0)")
    assert decisions(served.site.engine)["judgement"].to_list() == ["must_link"]
