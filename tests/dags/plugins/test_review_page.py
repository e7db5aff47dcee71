"""The review page behind Airflow's own server and login: who gets in, and what leaves it."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import APIRoute

from benchmarks.samples.review.waiting_pairs import keys
from jobs.review.page.application import HEADERS
from jobs.review.page.guard import TOKEN_HEADER
from jobs.warehouse import audit_entries, decisions, embedded
from tests.dags.plugins.review_site import OWN, PAGE, SITE, Site, review_site

pytestmark = [pytest.mark.airflow]
PAIRS = 4
READING = ("/", "/review.js", "/second.js", "/review.css", "/progress", "/queue")
WORKING = {
    "/next": {},
    "/open": {"pair": 1},
    "/decide": {"pair": 1, "judgement": "same", "reason": "one man"},
    "/undo": {},
    "/put-back": {},
    "/awaited": {},
    "/awaited/open": {"decision": 1},
    "/awaited/confirm": {"decision": 1, "reason": "one file"},
    "/awaited/refuse": {"decision": 1, "reason": "two men"},
}


@pytest.fixture(scope="module")
def site(
    postgres: embedded.EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    with review_site(postgres, tmp_path_factory.mktemp("review page"), pairs=PAIRS) as opened:
        yield opened


def page_of(site: Site) -> FastAPI:
    (found,) = [r.app for r in site.app.routes if getattr(r, "path", "") == PAGE]
    return found


@pytest.fixture(autouse=True)
def _afresh(site: Site) -> None:
    site.forget()


def test_every_route_is_known_to_these_tests(site: Site) -> None:
    routes = [route for route in page_of(site).routes if isinstance(route, APIRoute)]
    assert len(routes) == len(page_of(site).routes), "something that is no route of ours is served"
    assert {route.path for route in routes if "GET" in route.methods} == set(READING)
    assert {route.path for route in routes if "POST" in route.methods} == set(WORKING)


@pytest.mark.parametrize("path", [*READING, *WORKING])
def test_nobody_gets_in_without_airflows_login(site: Site, path: str) -> None:
    client = site.anonymous()
    answer = client.request("POST" if path in WORKING else "GET", f"{PAGE}{path}", headers=OWN)
    assert answer.status_code == 401
    forged = {"Authorization": "Bearer forged", **OWN}
    answer = client.request("POST" if path in WORKING else "GET", f"{PAGE}{path}", headers=forged)
    assert answer.status_code in {401, 403}
    assert "A00001AA" not in answer.text


@pytest.mark.parametrize("path", [*READING, *WORKING])
@pytest.mark.parametrize("name", ["vera", "olga"])
def test_who_may_see_airflow_may_not_therefore_review(site: Site, name: str, path: str) -> None:
    method = "POST" if path in WORKING else "GET"
    bearer = {"Authorization": f"Bearer {site.token(name)}"}
    answer = site.anonymous().request(
        method, f"{PAGE}{path}", headers=bearer, json=WORKING.get(path)
    )
    assert answer.status_code == 403
    assert answer.json()["detail"] == "you lack the permission [Clerical Review]"
    assert audit_entries(site.engine, person=None, by=name).empty


@pytest.mark.parametrize("name", ["ada", "rita"])
def test_administrators_and_named_reviewers_get_in(site: Site, name: str) -> None:
    browser = site.browser(name).load()
    for path in READING:
        assert browser.client.get(f"{PAGE}{path}").status_code == 200, path
    answer = browser.post("/next")
    assert answer.status_code == 200, answer.text
    browser.post("/put-back")


def test_where_everybody_is_the_administrator_nobody_reviews(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody could say who it was."""
    browser = site.browser("ada").load()
    monkeypatch.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    assert browser.client.get(f"{PAGE}/").status_code == 403


def test_a_manager_that_knows_permissions_by_name_is_asked_for_this_one(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from airflow.api_fastapi import app as airflow_app
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    asked: list[tuple[str, str, str]] = []

    class Named(SimpleAuthManager):  # type: ignore[misc]
        def is_authorized_custom_view(self, *, method: Any, resource_name: str, user: Any) -> bool:
            asked.append((str(method), resource_name, user.get_name()))
            return user.get_name() == "vera" and method == "GET"

    browser = site.browser("vera")
    monkeypatch.setattr(airflow_app._AuthManagerState, "instance", Named())
    browser.load()
    assert browser.post("/next").status_code == 403
    assert site.browser("rita").client.get(f"{PAGE}/").status_code == 403
    assert asked == [
        ("GET", "Clerical Review", "vera"), ("POST", "Clerical Review", "vera"),
        ("GET", "Clerical Review", "rita"),
    ]  # fmt: skip


FOREIGN = [
    pytest.param({TOKEN_HEADER: ""}, id="no token"),
    pytest.param({TOKEN_HEADER: "InJpdGEi.made.up"}, id="a token of one's own making"),
    pytest.param({"Origin": "https://evil.example"}, id="another site"),
    pytest.param({"Origin": ""}, id="no origin"),
    pytest.param({"Origin": "null"}, id="a sandboxed frame"),
    pytest.param({"Origin": f"{SITE}.evil.example"}, id="a site whose name begins so"),
    pytest.param({"Sec-Fetch-Site": "cross-site"}, id="the browser says cross-site"),
    pytest.param({"Sec-Fetch-Site": "same-site"}, id="a neighbour"),
]


@pytest.mark.parametrize("path", WORKING)
@pytest.mark.parametrize("changed", FOREIGN)
def test_what_another_site_makes_a_browser_send_is_refused(
    site: Site, path: str, changed: dict[str, str]
) -> None:
    browser = site.browser("rita").load()
    assert browser.post(path, WORKING[path], **changed).status_code == 403
    assert decisions(site.engine).empty


def test_a_token_is_of_one_person(site: Site) -> None:
    rita, rob = site.browser("rita").load(), site.browser("rob").load()
    rob.token = rita.token
    assert rob.post("/next").json()["detail"] == "load the page again"


def test_a_token_is_good_for_a_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.browser("rita").load()
    monkeypatch.setattr("jobs.review.page.guard.TOKEN_SECONDS", -1)
    assert browser.post("/next").status_code == 403


def test_a_form_of_another_site_is_refused(site: Site) -> None:
    """What a page elsewhere can send with a cookie and without asking: a form."""
    browser = site.browser("rita")
    answer = browser.client.post(
        f"{PAGE}/next", data={"a": "b"}, headers={"Origin": "https://evil"}
    )
    assert answer.status_code == 403


def test_a_program_needs_its_bearer_header_only(site: Site) -> None:
    bearer = {"Authorization": f"Bearer {site.token('rob')}"}
    answer = site.anonymous().post(f"{PAGE}/next", headers=bearer)
    assert answer.status_code == 200
    pair = answer.json()["pair"]
    word = {"pair": pair["pair"], "judgement": "not_the_same", "reason": "two men"}
    assert site.anonymous().post(f"{PAGE}/decide", headers=bearer, json=word).status_code == 200
    assert decisions(site.engine)["reviewer"].to_list() == ["rob"]


def test_a_reviewer_is_who_is_signed_in_and_never_typed(site: Site) -> None:
    browser = site.browser("rita").load()
    pair = browser.post("/next").json()["pair"]["pair"]
    word = {"pair": pair, "judgement": "same", "reason": "one man", "reviewer": "somebody else"}
    assert browser.post("/decide", word).status_code == 422
    del word["reviewer"]
    answer = browser.post("/decide", word).json()
    assert answer["pair"]["pair"] != pair, "the next one at once"
    held = decisions(site.engine)
    assert held.empty
    assert answer["second"] == "a serious offence"
    assert site.browser("rita").load().post("/awaited").json() == []
    second = site.browser("rob").load()
    (waiting,) = second.post("/awaited").json()
    assert waiting["by"] == "rita"
    opened = second.post("/awaited/open", {"decision": waiting["decision"]}).json()
    assert opened["lines"]
    assert opened["effect"]
    word = {"decision": waiting["decision"], "reason": "one file"}
    own = browser.post("/awaited/confirm", word)
    assert own.status_code == 422
    assert "is your own" in own.json()["detail"]
    assert second.post("/awaited/confirm", word).json() == []
    held = decisions(site.engine)
    assert held[["reviewer", "judgement"]].to_numpy().tolist() == [["rita", "must_link"]]
    entry = audit_entries(site.engine, person=None, by="rita").iloc[1]
    assert (entry["channel"], entry["action"]) == ("page", "decide")
    assert browser.post("/undo").json()["pair"]["pair"] == pair
    assert decisions(site.engine).empty


def test_two_people_never_work_one_pair(site: Site) -> None:
    rita, rob = site.browser("rita").load(), site.browser("rob").load()
    first, second = (b.post("/next").json()["pair"]["pair"] for b in (rita, rob))
    assert first != second
    assert rob.post("/open", {"pair": first}).status_code == 409
    word = {"pair": first, "judgement": "same", "reason": "one man"}
    assert rob.post("/decide", word).status_code == 409


def test_the_warehouse_is_asked_as_a_reviewer(site: Site) -> None:
    with page_of(site).state.desk().engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT current_user")) == "reconciliation_reviewer"


def test_no_person_is_in_an_address_a_log_or_the_page_itself(
    site: Site, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    names = {*keys(1), *keys(2), "Nowak", "Brahimi", "Piotr"}
    caplog.set_level(logging.DEBUG)
    browser = site.browser("rita").load()
    pair = browser.post("/next").json()["pair"]["pair"]
    browser.post("/decide", {"pair": pair, "judgement": "same", "reason": "Nowak again"})
    shell = browser.client.get(f"{PAGE}/").text
    listed = browser.client.get(f"{PAGE}/queue").text
    said = capfd.readouterr()
    logged = caplog.text + said.out + said.err
    for name in names:
        assert name not in shell
        assert name not in listed
        assert name not in logged
    assert all("{" not in route.path for route in page_of(site).routes)


def test_a_fault_is_logged_by_its_place_and_not_by_what_it_says(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from jobs.review.desk import Desk

    def broken(*_: object, **__: object) -> None:
        raise KeyError(keys(1)[0])

    monkeypatch.setattr(Desk, "next_pair", broken)
    answer = site.browser("rita").load().post("/next")
    assert answer.status_code == 500
    assert keys(1)[0] not in answer.text + caplog.text
    assert "failed with KeyError" in caplog.text


def test_every_answer_closes_the_page_to_scripts_frames_and_caches_of_others(site: Site) -> None:
    browser = site.browser("rita").load()
    answers = [browser.client.get(f"{PAGE}/"), browser.post("/next"), browser.post("/open", {})]
    for answer in (*answers, site.anonymous().get(f"{PAGE}/")):
        assert (
            HEADERS.items() <= dict(answer.headers).items()
            or {name: answer.headers[name] for name in HEADERS} == HEADERS
        )
    policy = answers[0].headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'self'" in policy


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"pair": 1, "judgement": "perhaps", "reason": "r"}, id="no such answer"),
        pytest.param({"pair": 1, "judgement": "same", "reason": ""}, id="no reason"),
        pytest.param({"pair": 1, "judgement": "same", "reason": "x" * 501}, id="a long reason"),
        pytest.param({"pair": -1, "judgement": "same", "reason": "r"}, id="no such pair"),
        pytest.param({"pair": 2**63, "judgement": "same", "reason": "r"}, id="too large a number"),
        pytest.param([], id="no object"),
    ],
)
def test_a_bad_request_is_refused_in_one_line(site: Site, body: object) -> None:
    answer = site.browser("rita").load().post("/decide", body)
    assert answer.status_code == 422
    assert len(answer.json()["detail"].splitlines()) == 1


def test_the_page_has_its_entry_in_airflows_navigation(site: Site) -> None:
    bearer = {"Authorization": f"Bearer {site.token('ada')}"}
    found = site.anonymous().get("/api/v2/plugins", headers=bearer).json()["plugins"]
    (plugin,) = [plugin for plugin in found if plugin["name"] == "clerical_review"]
    (view,) = plugin["external_views"]
    assert view["href"] == f"{PAGE}/"
    assert view["destination"] == "nav"
    assert json.dumps(plugin).count("A0000") == 0
    errors = site.anonymous().get("/api/v2/plugins/importErrors", headers=bearer).json()
    assert errors["total_entries"] == 0
