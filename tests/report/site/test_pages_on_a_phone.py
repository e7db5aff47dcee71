"""The site on a phone and in its charts: nothing of an action is hidden, no two labels collide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from benchmarks.samples.browser import quiet_page

HIDDEN = """() => [...document.querySelectorAll("table.cards tbody tr:not([hidden]) :is(th, td)")]
  .filter(cell => cell.textContent.trim())
  .filter(cell => { const box = cell.getBoundingClientRect();
    return !box.width || box.left < 0 || box.right > document.documentElement.clientWidth; })
  .map(cell => cell.textContent)"""
"""Cells of cards that a reader would have to scroll to, or never sees; rows that wait to be asked
for are not looked at."""
COLLIDING = """() => [...document.querySelectorAll("figure.chart svg")].flatMap(svg => {
  const all = svg.getBoundingClientRect();
  if (!all.width) return [];
  const texts = [...svg.querySelectorAll("text")].filter(text => text.textContent.trim())
    .map(text => [text.textContent, text.getBoundingClientRect()]);
  const outside = texts.filter(([, box]) => box.left < all.left - 1 || box.right > all.right + 1);
  const pairs = texts.flatMap(([one, a], place) => texts.slice(place + 1)
    .filter(([, b]) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3)
    .map(([other]) => [one, other]));
  return [...outside.map(([text]) => [svg.id, text, "cut off"]), ...pairs];
})"""
INK = "getComputedStyle(document.querySelector('.chart-w text')).fill"


def visited(page: Page, site: Path) -> Iterator[str]:
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
        yield path.name


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 700, 400, 360])
def test_no_label_of_a_chart_lies_on_another_or_is_cut_off(
    chromium: Browser, larger_site: Path, width: int
) -> None:
    with quiet_page(chromium, width=width) as page:
        found = {name: page.evaluate(COLLIDING) for name in visited(page, larger_site)}
    assert {name: labels for name, labels in found.items() if labels} == {}


@pytest.mark.long
@pytest.mark.parametrize("width", [400, 360])
def test_a_phone_shows_every_cell_of_a_wide_table(
    chromium: Browser, larger_site: Path, width: int
) -> None:
    with quiet_page(chromium, width=width) as page:
        found = {name: page.evaluate(HIDDEN) for name in visited(page, larger_site)}
    assert {name: cells for name, cells in found.items() if cells} == {}


def test_an_action_on_a_phone_says_offence_and_days_with_and_without_scripts(
    chromium: Browser, site: Path
) -> None:
    for scripts in (True, False):
        with quiet_page(chromium, width=360, java_script_enabled=scripts) as page:
            page.goto((site / "due.html").as_uri())
            if scripts:
                page.get_by_label("Show only rows with").fill("e0")
                expect(page.get_by_role("status").first).to_contain_text("rows")
            row = page.locator("table.cards[data-sortable] tbody tr").first
            for heading in ("Offence", "Days left", "Earliest release"):
                cell = row.locator(f"td[data-h='{heading}']")
                expect(cell).to_be_visible()
                label = cell.evaluate("cell => getComputedStyle(cell, '::before').content")
                assert label == f'"{heading}"'


def test_the_answer_is_on_the_first_screen_of_a_phone_and_the_menu_one_tap_away(
    chromium: Browser, site: Path
) -> None:
    with quiet_page(chromium, width=390) as page:
        for name in ("index", "due"):
            page.goto((site / f"{name}.html").as_uri())
            lead = page.locator(".lead").first.bounding_box()
            assert lead is not None
            assert lead["y"] + lead["height"] < 700
            page.get_by_role("link", name="Menu", exact=True).click()
            expect(page.get_by_role("navigation", name="Pages")).to_be_in_viewport()
        page.set_viewport_size({"width": 1280, "height": 900})
        expect(page.get_by_role("link", name="Menu", exact=True)).to_be_hidden()
        menu, first = (page.locator(part).bounding_box() for part in ("nav", "main"))
        assert menu is not None
        assert first is not None
        assert menu["y"] < first["y"]


def test_a_list_is_sorted_on_a_phone_too(chromium: Browser, site: Path) -> None:
    with quiet_page(chromium, width=360) as page:
        page.goto((site / "due.html").as_uri())
        page.get_by_role("button", name="Days left").click()
        heading = page.locator("table[data-sortable] th", has_text="Days left").first
        expect(heading).to_have_attribute("aria-sort", "ascending")


def test_charts_take_the_ink_of_the_page_in_the_dark(chromium: Browser, site: Path) -> None:
    inks = []
    for scheme in ("light", "dark"):
        with quiet_page(chromium, scheme=scheme) as page:
            page.goto((site / "unconsidered.html").as_uri())
            ink = page.evaluate(INK)
            assert ink == page.evaluate("getComputedStyle(document.body).color")
            inks.append(ink)
    assert inks[0] != inks[1]
