"""The site as people meet it: in Chromium, with axe, on a phone, in the dark, from the keyboard."""

import csv
import shutil
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from benchmarks.samples.browser import EVERY_RULE, RULES_OF_LOOKS, quiet_page, violations
from benchmarks.samples.report_nights import AS_OF, invent
from jobs.contract.case_lists import CASE_LISTS, MISSED, TRACINGS
from jobs.contract.results.case_list import CaseList
from jobs.report import About, key_figure, render_site, rows_of
from jobs.report.site.site import PAGE_ROWS

ABOUT = About(as_of=AS_OF, publication_id="3f2a", notices=("A named person let this night pass.",))
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
PHONE = 360
HOSTILE = (
    "<script>window.harmed = alert(1)</script><b>=1+1</b><img src=x onerror=harmed=1>"
    "\u202e\u200f\N{PILE OF POO}" + "x" * 300
)
ROWS_AND_NUMBERS = """all => all.map(a => [a.href, Number((
  a.closest(".tile")?.querySelector(".big") ?? (a.closest("th") ? a.closest("tr").cells[1] : a)
).textContent.replace(",", ""))])"""
"""Each link that opens the cases of a figure, and the number beside it."""
TO_CASES = "main a[href*='#in='], main a[href$='#list'], main a[href*='/status-']"
FIRST_ROWS = 50
ROWS = "table[data-sortable] tbody tr"


LONG = invent(episodes=1_200)
"""A night whose lists are longer than a page shows at once."""


@pytest.fixture(scope="module")
def long_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("long lists")
    render_site(facts=LONG.facts, about=ABOUT, folder=folder)
    return folder


def files(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def visit(page: Page, path: Path, fragment: str = "") -> None:
    page.goto(path.as_uri() + fragment)


@pytest.mark.parametrize("listed", [MISSED, *TRACINGS], ids=lambda listed: str(listed.name))
def test_a_list_of_the_missed_fits_a_small_desk(
    chromium: Browser, site: Path, listed: CaseList
) -> None:
    with quiet_page(chromium, width=1200) as page:
        visit(page, site / f"{listed.name}.html")
        region = page.locator(".scroll").last
        assert region.evaluate("part => part.scrollWidth - part.clientWidth") == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "rules"),
    [
        pytest.param(1280, "light", EVERY_RULE, id="desk, light"),
        pytest.param(1280, "dark", RULES_OF_LOOKS, id="desk, dark"),
        pytest.param(PHONE, "light", RULES_OF_LOOKS, id="phone"),
    ],
)
def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    chromium: Browser, site: Path, width: int, scheme: str, rules: Sequence[str]
) -> None:
    with quiet_page(chromium, width=width, scheme=scheme) as page:
        for path in files(site):
            visit(page, path)
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            assert violations(page, rules) == [], path.name
            assert not page.evaluate(TOO_WIDE), path.name


def test_hostile_text_of_a_register_is_text_and_fits_a_phone(
    chromium: Browser, tmp_path: Path
) -> None:
    facts = dict(invent(episodes=40).facts)
    facts["nightly.census"] = facts["nightly.census"].assign(prison_name=HOSTILE)
    facts["nightly.backlog"] = facts["nightly.backlog"].assign(team=HOSTILE, stage=HOSTILE)
    render_site(facts=facts, about=ABOUT, folder=tmp_path)
    with quiet_page(chromium, width=PHONE) as page:
        for name in ("census", "backlog"):
            visit(page, tmp_path / f"{name}.html")
            assert not page.evaluate(TOO_WIDE), name
            assert page.locator("td", has_text="alert(1)").count() > 2
            assert page.locator("main script, main b, main img").count() == 0
            assert page.evaluate("typeof window.harmed") == "undefined"


def test_without_scripts_every_page_is_whole(chromium: Browser, site: Path) -> None:
    with quiet_page(chromium, java_script_enabled=False) as page:
        visit(page, site / "due.html")
        rows = page.locator("table[data-sortable] tbody tr").count()
        assert rows > 5
        assert page.locator("input, button").count() == 0


def test_a_list_sorts_from_the_keyboard_and_says_so(chromium: Browser, site: Path) -> None:
    with quiet_page(chromium) as page:
        visit(page, site / "missed.html")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        heading = page.locator("table[data-sortable] thead th", has_text="Released").first
        reached = tab_to(page, "Released")
        assert reached
        page.keyboard.press("Enter")
        expect(heading).to_have_attribute("aria-sort", "ascending")
        place = heading.evaluate("cell => cell.cellIndex")
        cells = f"table[data-sortable] tbody tr > :nth-child({place + 1})"
        dates = [text for text in page.locator(cells).all_inner_texts() if text]
        assert len(dates) > 5
        assert dates == sorted(dates)
        page.keyboard.press("Space")
        expect(heading).to_have_attribute("aria-sort", "descending")


def test_a_list_filters_by_words_from_the_keyboard(chromium: Browser, site: Path) -> None:
    with quiet_page(chromium) as page:
        visit(page, site / "backlog.html")
        page.get_by_label("Show only rows with").focus()
        every = page.locator(ROWS)
        before = every.count()
        word = every.first.locator("td").nth(1).inner_text().lower().split()[0]
        page.keyboard.type(word)
        expect(page.get_by_role("status").first).to_contain_text(f"of {before} rows")
        shown = every.all_inner_texts()
        assert 0 < len(shown) < before
        assert all(word in row.lower() for row in shown)
        assert page.get_by_role("status").first.inner_text().startswith(f"{len(shown)} of ")


def test_who_types_before_the_rows_have_come_still_finds_them(
    chromium: Browser, site: Path
) -> None:
    with quiet_page(chromium) as page:
        asked: list[Route] = []
        page.route("**/data/*.js", lambda route: asked.append(route))
        visit(page, site / "backlog.html")
        page.get_by_label("Show only rows with").focus()
        page.keyboard.type("team")
        page.wait_for_timeout(200)
        assert len(asked) == 1
        asked[0].continue_()
        expect(page.get_by_role("status").first).to_contain_text(" rows")


def tab_to(page: Page, words: str) -> bool:
    """Press Tab until the element with these words has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == words:
            return True
    return False


def test_every_figure_opens_its_cases_and_every_case_its_reasons(
    chromium: Browser, site: Path
) -> None:
    with quiet_page(chromium) as page:
        visit(page, site / "index.html")
        tiles = page.locator(".tile")
        assert tiles.count() == page.locator(".tile a").count() > 5
        page.get_by_role("link", name="Consideration due").first.click()
        assert page.url.split("#")[0].endswith("due.html")
        reference = page.locator("table[data-sortable] tbody th a").first
        words = reference.inner_text()
        reference.click()
        case = page.locator("section.case:has(:target)")
        assert case.locator("h2").inner_text() == words
        assert "rule" in case.locator("li").first.inner_text()


def numbers_of(page: Page, site: Path) -> dict[str, float]:
    """Every link of the menu's pages that opens the cases of a figure, with its number."""
    found: dict[str, float] = {}
    for path in sorted(site.glob("*.html")):
        visit(page, path)
        for href, number in page.eval_on_selector_all(TO_CASES, ROWS_AND_NUMBERS):
            assert found.setdefault(href, number) == number, href
    return found


def test_every_number_opens_as_many_rows_as_it_counts(chromium: Browser, long_site: Path) -> None:
    with quiet_page(chromium) as page:
        numbers = numbers_of(page, long_site)
        assert len(numbers) > 120
        assert max(numbers.values()) > PAGE_ROWS
        for href, number in numbers.items():
            if href.endswith(".csv"):
                with Path(url2pathname(urlsplit(href).path)).open(newline="") as file:
                    assert len(list(csv.DictReader(file))) == number, href
                continue
            page.goto(href)
            expect(page.locator(ROWS), href).to_have_count(int(number))
        visit(page, long_site / "due.html", "#in=f0")
        assert page.get_by_role("status").inner_text().startswith("Only what the number counts")
        page.get_by_role("link", name="Show all").click()
        total = key_figure(LONG.reported.figures, "due.total").value
        expect(page.locator(ROWS)).to_have_count(int(total or 0))


def test_without_scripts_every_number_leads_to_the_complete_list(
    chromium: Browser, long_site: Path
) -> None:
    with quiet_page(chromium, java_script_enabled=False) as page:
        numbers = numbers_of_page(page, long_site / "index.html")
        for href, number in numbers:
            if href.endswith(".csv"):
                continue
            page.goto(href)
            link = page.get_by_role("link", name="The complete list as CSV")
            path = url2pathname(urlsplit(str(link.evaluate("a => a.href"))).path)
            with Path(path).open(newline="", encoding="utf-8") as file:
                assert len(list(csv.DictReader(file))) >= number, href


def numbers_of_page(page: Page, path: Path) -> list[tuple[str, float]]:
    visit(page, path)
    return [tuple(each) for each in page.eval_on_selector_all(TO_CASES, ROWS_AND_NUMBERS)]


def test_a_search_finds_the_last_row_of_a_list_that_the_page_does_not_show(
    chromium: Browser, long_site: Path
) -> None:
    rows = rows_of(CASE_LISTS["backlog"], LONG.facts)
    last = rows["case_id"].iloc[-1]
    assert len(rows) > PAGE_ROWS
    with quiet_page(chromium) as page:
        visit(page, long_site / "backlog.html")
        expect(page.locator(ROWS)).to_have_count(PAGE_ROWS)
        page.get_by_label("Show only rows with").fill(str(last))
        expect(page.locator(ROWS)).to_have_count(1)
        assert page.locator(ROWS).first.inner_text().startswith(str(last))
        assert page.get_by_role("status").inner_text() == f"1 of {len(rows):,} rows"
        page.get_by_label("Show only rows with").fill("")
        page.get_by_role("button", name="more").click()
        expect(page.locator(ROWS)).to_have_count(len(rows))


def test_a_long_list_is_seen_by_its_first_rows_and_printed_with_all_of_the_page(
    chromium: Browser, long_site: Path
) -> None:
    seen = f"{ROWS}:visible"
    for width, highest in ((1280, 9_000), (PHONE, 24_000)):
        with quiet_page(chromium, width=width) as page:
            visit(page, long_site / "backlog.html")
            expect(page.locator(ROWS)).to_have_count(PAGE_ROWS)
            expect(page.locator(seen)).to_have_count(FIRST_ROWS)
            assert page.evaluate("document.documentElement.scrollHeight") < highest
            assert page.get_by_text(f"Rows 1 to {FIRST_ROWS} of").count() == 1
            page.emulate_media(media="print")
            expect(page.locator(seen)).to_have_count(PAGE_ROWS)
            # Only a head without boxes of its own is repeated on each sheet of paper.
            button = page.locator("thead button").first
            expect(button).to_have_css("display", "contents")
            page.emulate_media(media="screen")
            page.get_by_role("button", name="more").click()
            whole = len(rows_of(CASE_LISTS["backlog"], LONG.facts))
            expect(page.locator(seen)).to_have_count(whole)
    with quiet_page(chromium) as page:
        visit(page, long_site / "quality.html", "#list")
        expect(page.locator("table[data-sortable] tbody tr[hidden]")).to_have_count(0)


def test_a_list_without_its_file_says_so(chromium: Browser, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path, dirs_exist_ok=True)
    (tmp_path / "data" / "due.js").unlink()
    context = chromium.new_context()
    page = context.new_page()
    visit(page, tmp_path / "due.html", "#in=f0")
    expect(page.get_by_role("status")).to_contain_text("the CSV has every row")
    context.close()


@pytest.mark.long
def test_no_link_of_the_site_is_dead(chromium: Browser, site: Path) -> None:
    seen: set[str] = set()
    ahead = [(site / "index.html").as_uri()]
    with quiet_page(chromium) as page:
        while ahead:
            url = ahead.pop()
            seen.add(url)
            page.goto(url)
            links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
            for link in links:
                target, _, anchor = link.partition("#")
                assert Path(url2pathname(urlsplit(target).path)).is_file(), link
                if target == url and anchor and not anchor.startswith("in="):
                    assert page.evaluate("id => !!document.getElementById(id)", anchor), link
                if target.endswith(".html") and target not in seen and target not in ahead:
                    ahead.append(target)
    assert {path.as_uri() for path in files(site)} == seen
