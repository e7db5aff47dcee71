"""Clerical review under Airflow's own servers: from its navigation to a decision that holds."""

import re
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from tests.dags.live import LiveAirflow, live_airflow

pytestmark = [pytest.mark.slow, pytest.mark.airflow, pytest.mark.live]
PAGE = "clerical-review"
PATIENCE_MILLISECONDS = 60_000


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveAirflow]:
    """A published night, the user ``clerk`` named as a reviewer."""
    with live_airflow(tmp_path_factory.mktemp("live") / "its data", reviewers=["clerk"]) as live:
        done = live.run("night", "--as-of", str(live.today))
        assert done.returncode == 0, done.stderr
        for user in ("clerk", "director"):
            live.log_in(user)
        yield live


def asked(live: LiveAirflow, query: str) -> list[tuple[object, ...]]:
    engine = sa.create_engine(live.server.url("warehouse"))
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(sa.text(query))]
    engine.dispose()
    return rows


def test_a_named_reviewer_finds_the_page_in_the_navigation_and_decides(live: LiveAirflow) -> None:
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with live.page("clerk") as page:
        page.goto(live.url)
        page.get_by_role("link", name="Review", exact=True).click()
        frame = page.frame_locator("iframe")
        heading = frame.locator("#pair-title")
        expect(heading).to_have_text(re.compile(r"Pair \d+"))
        first = str(heading.text_content())
        assert frame.locator("#lines tr").count() > 10
        frame.locator("[value=cannot_tell]").check()
        frame.locator("#reason").fill("too little is recorded")
        frame.locator("[type=submit]").click()
        expect(heading).not_to_have_text(first)
        frame.locator("[value=not_the_same]").check()
        frame.locator("#reason").fill("two men")
        frame.locator("#reason").press("Enter")
        expect(frame.locator("#counts")).to_contain_text("1 of ")
    assert asked(live, "SELECT judgement, reviewer FROM review.decisions ORDER BY 1") == [
        ("cannot_tell", "clerk"), ("must_not_link", "clerk"),
    ]  # fmt: skip
    looks = asked(
        live,
        "SELECT DISTINCT made_by, channel, database_user FROM review.audit WHERE action = 'look'",
    )
    assert [look[:2] for look in looks] == [("clerk", "page")]


@pytest.mark.parametrize(("user", "code"), [("director", 403), (None, 401)])
def test_the_servers_refuse_who_is_not_named_and_who_is_not_signed_in(
    live: LiveAirflow, user: str | None, code: int
) -> None:
    cookie = {} if user is None else {"Cookie": f"_token={live.tokens[user]}"}
    for path, body in (("", None), ("queue", None), ("next", b"{}")):
        request = urllib.request.Request(
            f"{live.url}/{PAGE}/{path}", data=body,
            headers={**cookie, "Content-Type": "application/json", "Origin": live.url},
        )  # fmt: skip
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=60)
        assert refused.value.code == code
        refused.value.close()


def test_no_person_is_in_the_servers_log(live: LiveAirflow) -> None:
    log = (live.data_dir.parent / "standalone.log").read_text(errors="replace")
    for prisoner, person in asked(live, "SELECT prisoner_number, cid_person_id FROM review.audit"):
        assert str(prisoner) not in log
        assert str(person) not in log
