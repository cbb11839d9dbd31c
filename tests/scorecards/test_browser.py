"""The pages in a real Chromium: accessible, whole at every width, on A4, and opened from a file share."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

KINDS = {
    "programme": "index.html",
    "goal": "mal/1/index.html",
    "pilot": "pilot/stable-line/index.html",
    "testbed": "testbadd/testbed-var/index.html",
    "indicator": "indikator/G3.4e/index.html",
    "quality": "kvalitet/index.html",
    "definitions": "definitioner/index.html",
    "guide": "sa-laser-du/index.html",
    "english": "en/index.html",
}
A4 = (595, 842)  # points


def opened(browser: Browser, width: int, file: Path) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 820, 390])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_nothing_sticks_out(browser, blocked_pages, kind, width):
    page = opened(browser, width, blocked_pages / KINDS[kind])
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert wide == 0


@pytest.mark.parametrize("width", [1280, 820, 390])
@pytest.mark.parametrize("kind", ["moten", "andrat", "rapportpaket", "en/meetings", "en/changes", "en/report-pack"])
def test_axe_finds_nothing_on_the_pages_of_meetings_and_of_the_pack(browser, packed, kind, width):
    page = opened(browser, width, packed[0] / kind / "index.html")
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert wide == 0


@pytest.mark.parametrize("file", ["index.html", "pilot/stable-line/index.html", "testbadd/testbed-var/index.html"])
def test_axe_finds_nothing_on_the_pages_of_an_empty_edition(browser, empty_pages, file):
    page = opened(browser, 390, empty_pages / file)
    found = Axe().run(page).response["violations"]
    page.close()
    assert [item["id"] for item in found] == []


@pytest.mark.parametrize(("kind", "most"), [("pilot", 1), ("programme", 2), ("testbed", 3), ("goal", 2)])
def test_a_page_prints_on_a4(browser, pages, tmp_path, kind, most):
    page = opened(browser, 1280, pages / KINDS[kind])
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    printed = PdfReader(tmp_path / "page.pdf")
    assert len(printed.pages) <= most
    assert abs(printed.pages[0].mediabox.width - A4[0]) < 2
    assert abs(printed.pages[0].mediabox.height - A4[1]) < 2
    texts = [sheet.extract_text() for sheet in printed.pages]
    for number, said in enumerate(texts, 1):
        assert "DEMONSTRATION" in said, "a sheet that is found alone says so too"
        assert f"Sida {number} av {len(texts)}" in said
        assert "20261123T214000Z-412" in said
    text = texts[0]
    assert "Datakvalitet" not in text.splitlines()[0:4]
    assert "http" not in text
    assert "20261123T214000Z-412" in printed.pages[-1].extract_text()


def test_one_can_walk_from_the_programme_to_a_pilot_an_indicator_and_the_other_language(browser, pages):
    page = opened(browser, 1280, pages / "index.html")
    page.get_by_role("columnheader", name="Stabil press- och monteringslinje").get_by_role("link").click()
    assert page.locator("h1").inner_text() == "Stabil press- och monteringslinje"
    page.get_by_role("link", name="Testbäddens prestanda (OEE)").click()
    assert page.url.endswith("indikator/G3.4e/index.html#pilot-stable-line")
    page.get_by_role("link", name="In English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Testbed performance (OEE)"
    page.close()


def test_the_first_key_press_reaches_the_content(browser, pages):
    page = opened(browser, 1280, pages / "index.html")
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    reached = page.evaluate("document.activeElement.id")
    page.close()
    assert (focused, reached) == ("skip", "content")


def test_with_scripts_switched_off_the_page_is_the_same(browser, pages):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto((pages / "index.html").as_uri())
    assert page.locator("table.matrix tbody tr").count() == 5
    assert page.locator("table.matrix tbody td").count() == 25
    context.close()
