"""The pages in a real Chromium: accessible, whole at every width, on A4, and opened from a file share."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from scorecards.links import Page as Site

#: Each kind of page: its kind, what it is about.
KINDS = [
    ("programme", ""), ("goal", "1"), ("step", "1.4"), ("step", "2.5"), ("subproject", "innovation"),
    ("region", "dalarna"), ("pilot", "stable-line"), ("testbed", "testbed-var"), ("machine", "var-packing-1"),
    ("indicator", "G3.4e"), ("indicator", "G2.5a"), ("months", "testbed-testbed-var"), ("quality", ""),
    ("definitions", ""), ("guide", ""), ("legend", ""), ("templates", ""), ("accessibility", ""),
]  # fmt: skip
A4 = (595, 842)  # points


def opened(browser: Browser, width: int, file: Path) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(file.as_uri())
    return page


def violations(page: Page) -> list[tuple[str, str]]:
    """What axe-core finds wrong, and where."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [(item["id"], item["nodes"][0]["html"]) for item in found]


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(("kind", "about"), KINDS)
def test_axe_finds_nothing_at_any_width_and_nothing_sticks_out(browser, sites, kind, about, lang):
    """1280, 768 and 390 pixels, and 320: what is left of 1280 when a reader enlarges to 400 per cent."""
    page = opened(browser, 1280, sites["confidential"] / Site(lang, kind, about).path)
    found = {}
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found[width] = (wide, violations(page) if width != 320 else [])
    page.close()
    assert found == dict.fromkeys(found, (0, []))


@pytest.mark.parametrize("audience", ["open", "programme"])
def test_axe_finds_nothing_on_the_front_page_of_the_other_sites(browser, sites, audience):
    page = opened(browser, 390, sites[audience] / "index.html")
    found = violations(page)
    page.close()
    assert found == []


@pytest.mark.parametrize("width", [1280, 820, 390])
@pytest.mark.parametrize("kind", ["moten", "andrat", "rapportpaket", "en/meetings", "en/changes", "en/report-pack"])
def test_axe_finds_nothing_on_the_pages_of_meetings_and_of_the_pack(browser, packed, kind, width):
    page = opened(browser, width, packed[0] / kind / "index.html")
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert (wide, found) == (0, [])


@pytest.mark.parametrize(("kind", "about"), KINDS)
def test_headings_are_in_order_and_what_scrolls_sideways_is_reached_by_keyboard(browser, sites, kind, about):
    page = opened(browser, 320, sites["confidential"] / Site("sv", kind, about).path)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])")
    mute = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => e.scrollWidth > e.clientWidth + 1 && "
        "['auto', 'scroll'].includes(getComputedStyle(e).overflowX) && e.tabIndex < 0).map(e => e.className)"
    )
    page.close()
    content = levels[levels.index(1) :]
    assert content.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(content))
    assert mute == []


def test_a_page_that_is_sent_alone_looks_the_same(browser, sites, tmp_path):
    alone = tmp_path / "mail.html"
    alone.write_bytes((sites["programme"] / "pilot/stable-line/index.html").read_bytes())
    page = opened(browser, 1280, alone)
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.close()
    assert ground == "rgb(247, 246, 242)"


@pytest.mark.parametrize(
    "file",
    [
        "index.html",
        "pilot/stable-line/index.html",
        "testbadd/testbed-var/index.html",
        "maskin/var-packing-1/index.html",
    ],
)
def test_axe_finds_nothing_on_the_pages_of_an_empty_edition(browser, empty_pages, file):
    page = opened(browser, 390, empty_pages / file)
    found = violations(page)
    page.close()
    assert found == []


@pytest.mark.parametrize(
    ("kind", "about", "most"),
    [
        ("pilot", "stable-line", 1),
        ("programme", "", 2),
        ("testbed", "testbed-var", 3),
        ("goal", "3", 2),
        ("guide", "", 1),
        ("templates", "", 1),
    ],
)
def test_a_page_prints_on_a4(browser, pages, tmp_path, kind, about, most):
    page = opened(browser, 1280, pages / Site("sv", kind, about).path)
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


def test_the_guide_is_one_sheet_in_english_too(browser, pages, tmp_path):
    page = opened(browser, 1280, pages / Site("en", "guide").path)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    assert len(PdfReader(tmp_path / "page.pdf").pages) == 1


def test_a_region_is_folded_by_goal_and_open_on_paper(browser, sites, tmp_path):
    page = opened(browser, 1280, sites["confidential"] / Site("sv", "region", "dalarna").path)
    name = page.locator(".pairs tbody th a").first
    assert not name.is_visible()
    page.locator(".fold summary").first.click()
    assert name.is_visible()
    said = name.inner_text()
    page.locator(".fold summary").first.click()
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    printed = PdfReader(tmp_path / "page.pdf")
    assert said in printed.pages[0].extract_text()
    assert len(printed.pages) <= 4


#: What is only heard stands in a box of its own, and a box has space around it.
WALKED = re.compile(r"Månad för månad\s?: Stabil press- och monteringslinje")


def test_one_can_walk_from_the_programme_down_to_an_indicator_and_back_and_to_the_other_language(browser, sites):
    page = opened(browser, 1280, sites["confidential"] / "index.html")
    page.locator(".goal-lines").get_by_role("link", name="Öka investeringar i forskning").click()
    page.get_by_role("link", name="Långsiktig finansiering av strategiska testbäddar").click()
    page.locator(".scorecard").get_by_role("link", name="Testbäddens prestanda (OEE)").click()
    assert page.locator("h1").inner_text() == "Testbäddens prestanda (OEE)"
    page.locator("table").get_by_role("link", name=WALKED).click()
    assert page.url.endswith("manad-for-manad/pilot-stable-line/index.html#G3.4e")
    page.get_by_label("Du är här").get_by_role("link", name="Stabil press- och monteringslinje").click()
    page.get_by_label("Du är här").get_by_role("link", name="Processmognad").click()
    page.get_by_role("link", name="In English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("h1").inner_text() == "Process maturity"
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
    assert page.locator(".goal-lines > li").count() == 5
    assert page.locator("table.map tbody tr").count() == 5 + 4
    context.close()
